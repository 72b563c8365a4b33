//! Data stores as files.

pub(super) mod export;
pub(super) mod import;

mod taking;
