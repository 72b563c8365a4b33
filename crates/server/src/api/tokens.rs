//! `/api/v1/tokens`: tokens of the API that people make for their programs.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod list;
