//! What the language consists of, one file for each construct: how it is written, what is wrong with it, and what
//! becomes of it in the plan.

mod for_each;
mod limits;
mod not_yet;
mod on_error;
mod parameters;
mod respond;
mod retry;
mod route;
mod scenario;
mod schedule;
mod step;
mod test;
mod trigger;
mod webhook;

pub(crate) use not_yet::STEPS as STEPS_NOT_YET;
pub(crate) use step::{BUILT_IN, COMMON};
