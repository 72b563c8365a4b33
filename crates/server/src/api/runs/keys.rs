//! What a run is recognised by and lines up by, as the API shows it.

use super::steps::Failure;
use engine::Repeats;
use run::entry::{Entry, KeyOf};
use run::id::Millis;
use serde::Serialize;
use utoipa::ToSchema;

/// The keys of a run.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = RunKeys)]
pub(super) struct Keys {
    /// The value of `dedupe`: a delivery with the same is a repeat.
    #[serde(skip_serializing_if = "Option::is_none")]
    dedupe: Option<String>,
    /// The value of `limits.concurrency.key`: runs with the same wait for each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<String>,
    /// Why `dedupe` has no value: no delivery is a repeat of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dedupe_error: Option<Failure>,
    /// Why `limits.concurrency.key` has no value: the run lines up with all others that have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    line_error: Option<Failure>,
}

impl Keys {
    /// What these first entries of a journal tell; none where the run has no keys.
    pub(super) fn of(entries: &[Entry]) -> Option<Self> {
        let mut keys = None;
        // Keys are told before anything is decided.
        for entry in entries.iter().take(8) {
            match entry {
                Entry::Keyed { dedupe, line, .. } => {
                    let keys: &mut Self = keys.get_or_insert_default();
                    (keys.dedupe, keys.line) = (dedupe.clone(), line.clone());
                }
                Entry::Unkeyed { of: KeyOf::Dedupe, error, .. } => {
                    keys.get_or_insert_default().dedupe_error = Some(Failure::from(&**error));
                }
                Entry::Unkeyed { of: KeyOf::Line, error, .. } => {
                    keys.get_or_insert_default().line_error = Some(Failure::from(&**error));
                }
                _ => {}
            }
        }
        keys
    }
}

/// The repeats of a run's delivery.
#[derive(Serialize, ToSchema)]
#[schema(as = RunRepeats)]
pub(super) struct Repeated {
    /// How many came.
    count: u64,
    /// When the last one came, in milliseconds since 1970.
    #[schema(value_type = i64)]
    last: Millis,
}

impl From<Repeats> for Repeated {
    fn from(repeats: Repeats) -> Self {
        Self { count: repeats.count, last: repeats.last }
    }
}
