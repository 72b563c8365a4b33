//! `/api/v1/runs`

mod get;
mod list;
