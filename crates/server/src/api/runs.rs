//! `/api/v1/runs`

pub(super) mod get;
pub(super) mod list;
pub(super) mod test;
pub(super) mod view;

mod input;
mod steps;
