//! `/api/v1/runs`

mod cancel;
mod events;
mod get;
mod list;
mod replay;
mod resume;
mod scope;
