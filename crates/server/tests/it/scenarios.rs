//! `/api/v1/scenarios`

mod create;
mod delete;
mod draft;
mod export;
mod get;
mod layout;
mod list;
mod listen;
mod next;
mod put;
mod run;
mod switch;
mod r#try;
mod versions;
