//! `/api/v1/secrets`: their names. No answer holds a value.

pub(super) mod delete;
pub(super) mod list;
pub(super) mod put;
