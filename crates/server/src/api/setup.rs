//! `/api/v1/setup`: the one administrator is made, once. Open to anyone who has the code of the printed link.

pub(super) mod create;
pub(super) mod get;

use serde::Serialize;
use utoipa::ToSchema;

/// Whether somebody is to be made administrator.
#[derive(Serialize, ToSchema)]
struct Setup {
    /// There is an administrator with a password.
    done: bool,
}
