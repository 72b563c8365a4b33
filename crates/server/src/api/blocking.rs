//! Work that waits for the disk, kept off the workers that answer requests.

use crate::error::Problem;
use actix_web::web;

/// Does the work on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    web::block(work).await.unwrap_or_else(|error| Err(Problem::internal(&error)))
}
