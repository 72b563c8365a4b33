//! What a record must be like for it to be changed: `if`.

use run::data_store::Condition;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

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
