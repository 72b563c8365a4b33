//! How connections fare: when each was last used, and since when nothing goes over it. Known in memory alone: what is on
//! disk are the runs that say so one by one.

use run::call::{Delivery, Outcome};
use run::error::StepError;
use run::id::Millis;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How one connection fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// When a call last went over it.
    pub last_used: Option<Millis>,
    /// Since when every call was refused for who it is, or found nobody; none while it works.
    pub failing_since: Option<Millis>,
}

/// How all connections fare that were used since the start.
#[derive(Debug, Default)]
pub(crate) struct Healths(Mutex<BTreeMap<Box<str>, Health>>);

impl Healths {
    /// Takes note of what came of a call over a connection.
    pub(crate) fn note(&self, connection: &str, result: &Result<Outcome, StepError>, now: Millis) {
        if matches!(result, Ok(outcome) if outcome.delivery == Delivery::Sandbox) {
            return;
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains_key(connection) {
            all.insert(connection.into(), Health::default());
        }
        let Some(health) = all.get_mut(connection) else { return };
        health.last_used = Some(now);
        health.failing_since = match result {
            Err(error) if is_the_connections(error) => health.failing_since.or(Some(now)),
            Ok(_) | Err(_) => None,
        };
    }

    /// All of them, by name.
    pub(crate) fn all(&self) -> BTreeMap<Box<str>, Health> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Whether the failure says that the connection is no good, whatever the call asked for.
fn is_the_connections(error: &StepError) -> bool {
    let codes = ["connection_broken", "connection_failed", "connection_unfit", "connection_unknown", "token_refused"];
    matches!(error.status, Some(401 | 403 | 407 | 530 | 535)) || codes.contains(&error.code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn it_fails_from_the_first_refusal_until_a_call_goes_through() {
        let healths = Healths::default();
        let told = |delivery| Ok(Outcome { output: Value::Null, sent: Value::Null, delivery });
        let status = |status| Err(StepError::permanent("http_status", "no").status(status));
        for (now, result, failing_since) in [
            (1, told(Delivery::Real), None),
            (2, status(401), Some(2)),
            (3, Err(StepError::passing("connection_failed", "nobody")), Some(2)),
            (4, status(422), None),
            (5, Err(StepError::permanent("token_refused", "no")), Some(5)),
            (6, told(Delivery::Real), None),
        ] {
            healths.note("shop", &result, now);
            assert_eq!(healths.all()["shop"], Health { last_used: Some(now), failing_since });
        }
        healths.note("shop", &told(Delivery::Sandbox), 9);
        healths.note("quiet", &told(Delivery::Sandbox), 9);
        assert_eq!(healths.all()["shop"].last_used, Some(6));
        assert_eq!(healths.all().len(), 1);
    }
}
