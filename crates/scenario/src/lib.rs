//! What a scenario says: its text becomes places, diagnostics and a [`Plan`](plan::Plan). Pure: nothing here knows
//! time, disk, network, or that runs exist.

#![cfg_attr(test, allow(clippy::disallowed_methods, reason = "tests read their cases from files"))]

pub mod calendar;
pub mod catalog;
pub mod changes;
pub mod data;
pub mod diagnostic;
pub mod duration;
pub mod expression;
pub mod format;
pub mod functions;
pub mod input;
pub mod lint;
pub mod merge;
pub mod plan;
pub mod preview;
pub mod schema;
pub mod secret;
pub mod xml;

mod check;
mod shape;
mod text;

pub use check::{check, check_tests, is_identifier};
pub use text::{MAX_TEXT, value};
