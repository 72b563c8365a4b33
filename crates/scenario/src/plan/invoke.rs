//! `call:` one scenario runs another: the step that does, and the trigger that lets it.

use crate::expression::Template;
use serde_json::Value;
use std::sync::Arc;

/// `call`: another scenario.
#[derive(Clone, Debug)]
pub struct Invoke {
    /// Its id.
    pub scenario: Arc<str>,
    /// What it gets as `trigger.body`.
    pub input: Template,
    /// Whether its `return` is waited for.
    pub detach: Detach,
}

/// Whether a called scenario goes its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detach {
    /// The step is over when the called run is; its output is what that returned.
    Await,
    /// The step is over when the called run is on disk; its output is `{ run }`.
    Go,
}

/// `call:` as a trigger.
#[derive(Clone, Debug)]
pub struct Callable {
    /// JSON Schema of the input.
    pub input: Option<Value>,
}
