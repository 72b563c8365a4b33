//! What the expressions of an app see: parameters, the connection, and what was answered.

use rhai::Dynamic;
use scenario::data;
use scenario::expression::{Moment, Names};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Names and their values.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    /// What was given, by the names of parameters.
    given: &'a Map<String, Value>,
    /// The names of all parameters.
    declared: &'a [String],
    /// Whatever else has a name; it comes before parameters of the same name.
    others: BTreeMap<String, Dynamic>,
    pub(crate) moment: Moment,
}

impl<'a> Scope<'a> {
    /// Parameters alone.
    pub(crate) fn new(given: &'a Map<String, Value>, declared: &'a [String], moment: Moment) -> Self {
        Self { given, declared, others: BTreeMap::new(), moment }
    }

    /// No parameters.
    pub(crate) fn empty(moment: Moment) -> Scope<'static> {
        static NOTHING: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        Scope::new(&NOTHING, &[], moment)
    }

    /// The same, with one more name.
    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: &Value) -> Self {
        self.set(name, value);
        self
    }

    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        self.others.insert(name.to_owned(), data::of(value));
    }

    /// Whether a parameter has this name, and nothing else.
    pub(crate) fn declares(&self, name: &str) -> bool {
        !self.others.contains_key(name) && self.declared.iter().any(|declared| declared == name)
    }

    /// What was given for a parameter.
    pub(crate) fn given(&self, name: &str) -> Option<&'a Value> {
        self.given.get(name)
    }
}

impl Names for Scope<'_> {
    fn get(&self, name: &str) -> Option<Dynamic> {
        if let Some(value) = self.others.get(name) {
            return Some(value.clone());
        }
        let declared = self.declared.iter().any(|declared| declared == name);
        declared.then(|| self.given.get(name).map_or(Dynamic::UNIT, data::of))
    }
}
