//! What records must be like: `if`, for one to be changed; `where`, for them to be found.

use super::failure;
use run::data_store::{Condition, Filter};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

/// What the record must be like. The words have no descriptions of their own, so that the schema lists them as one
/// choice.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum If {
    Absent,
    Present,
    /// It must still be at this revision, which `store.get` told; 0: it must not exist.
    Revision(u64),
    /// It must hold this value.
    Value(Value),
}

impl From<If> for Condition {
    fn from(condition: If) -> Self {
        match condition {
            If::Absent => Self::Absent,
            If::Present => Self::Present,
            If::Revision(revision) => Self::Revision(revision),
            If::Value(value) => Self::Value(value),
        }
    }
}

/// Which records are meant.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Where {
    All(Map<String, Value>),
    OneOf(Vec<Map<String, Value>>),
}

impl Where {
    pub(super) fn filter(self) -> Result<Filter, StepError> {
        let wanted = match self {
            Self::All(fields) => Value::Object(fields),
            Self::OneOf(maps) => maps.into_iter().map(Value::Object).collect(),
        };
        Filter::any(&wanted).map_err(failure)
    }
}

impl Default for Where {
    fn default() -> Self {
        Self::All(Map::new())
    }
}
