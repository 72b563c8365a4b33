//! What starts a run: a request or the clock. Pure but for [`schedule::runner`], which waits for the clock: a request
//! comes as bytes, the time as a number, and what comes out is the input of a run, a time, or a refusal.

pub mod schedule;
pub mod webhook;
