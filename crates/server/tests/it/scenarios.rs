//! `/api/v1/scenarios`

mod create;
mod delete;
mod get;
mod list;
mod put;
mod run;
mod switch;
mod versions;
