//! When scenarios are due by the clock: the next time, and the times that were missed. The clock itself is told.
//!
//! Whoever drives a schedule stores the last due time it has settled and asks for the next one after it. A clock that
//! is set back then gives no time twice.

pub mod runner;

mod days;
mod outlook;
mod timetable;

pub use outlook::{Outlook, outlook};
pub use timetable::{InvalidSchedule, MOST_MISSED, Timetable};
