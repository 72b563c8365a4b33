//! Expressions, scripts and templates: compiled once when a scenario is checked, evaluated against names.

use crate::diagnostic::{Diagnostic, Place};
use crate::plan::TriggerReads;
use rhai::Dynamic;

/// What an expression sees of time and chance. It comes with the call, so that evaluating is a pure function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// From what random values are drawn.
    pub seed: u64,
}

/// Where an expression finds the values of its names (`trigger`, step ids, `item`…).
pub trait Names {
    /// The value of this name; none where the name has no value at this point.
    fn get(&self, name: &str) -> Option<Dynamic>;
}
