//! What can be watched by asking now and then: the triggers of apps.

use crate::plan::Newest;
use serde_json::{Map, Value};

/// A trigger that is an action asked now and then.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// Its name: `asana.new_tasks`.
    pub name: String,
    /// The module that is asked.
    pub module: String,
    /// What it tells people, a sentence.
    pub about: String,
    /// Parameters that the call has unless the author gives them.
    pub parameters: Map<String, Value>,
    /// The expression that gives the items: sees `output`.
    pub items: String,
    /// The expression by which an item is known again: sees `item`.
    pub id: String,
    /// Where the newest item is.
    pub newest: Newest,
    /// How often it is asked unless the author says so, as durations are written.
    pub every: String,
}
