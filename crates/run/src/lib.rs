//! What a run is and what comes next. A type belongs here only if it stands in a journal entry, in a decision or
//! in a contract. Pure: no clock, no disk, no network; time is told.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read their cases from files"))]

pub mod alone;
pub mod answer;
pub mod call;
pub mod data_store;
pub mod entry;
pub mod error;
pub mod files;
pub mod history;
pub mod id;
pub mod input;
pub mod mailbox;
pub mod payload;
pub mod poll;
pub mod replay;
pub mod response;
pub mod resume;
pub mod retention;
pub mod scope;
pub mod setting;
pub mod tables;

mod chance;
mod decide;
mod key;
mod names;
mod retry;
mod state;

pub use chance::Reach;
pub use decide::{Action, Job, PreparedCall, decide, doubts, settle};
pub use key::Key;
pub use state::State;

#[cfg(test)]
mod tests;
