//! `zip.create` and `zip.extract`.

mod create;
mod extract;

use run::call::Module;
use run::error::StepError;
use run::files::Files;
use std::sync::Arc;

/// The largest archive that is read or written, in bytes.
const MOST: u64 = 64 * 1024 * 1024;

/// How many files an archive has at most.
const FILES: usize = 1_000;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [create::module(files), extract::module(files)]
}

fn damaged(message: impl std::fmt::Display) -> StepError {
    StepError::permanent("invalid_zip", format!("the archive cannot be read: {message}"))
}

fn too_large(message: String) -> StepError {
    StepError::permanent("too_large", message)
}
