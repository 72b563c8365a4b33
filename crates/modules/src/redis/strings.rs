//! `redis.get` and `redis.set`.

use super::act::Act;
use super::session::{Reply, Session};
use super::value::{As, kept, read};
use crate::ttl::{TextOrNumber, Ttl};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Reads the value of a key. The output has `value`, which is null where nothing is kept, and `exists`.
///
/// For lists there is `redis.list`, for hashes `redis.hash_get`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    /// The key.
    key: String,
    /// What to make of the text: leave it, or read it as JSON.
    #[serde(default)]
    r#as: As,
}

impl Act for Get {
    const NAME: &'static str = "redis.get";

    fn shown() -> (Value, Value) {
        (json!({ "key": "session:42" }), json!({ "value": "ann", "exists": true }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        match session.ask(&[b"GET", self.key.as_bytes()]).await? {
            Reply::Bytes(bytes) => Ok(json!({ "value": read(&bytes, self.r#as)?, "exists": true })),
            Reply::Nothing => Ok(json!({ "value": null, "exists": false })),
            _ => Err(session.unexpected()),
        }
    }
}

/// Keeps a value under a key, whatever was there. A text is kept as it is, anything else as JSON. The output has `set`:
/// whether it was kept.
///
/// With `if: absent`, it is kept only where nothing is: of several runs that try, one gets `set: true`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    /// The key.
    key: String,
    /// The value.
    value: Value,
    /// How long it is kept (`90s`, `15m`, `24h`), or in seconds. Without it: until it is deleted.
    #[schemars(with = "Option<TextOrNumber>")]
    ttl: Option<Ttl>,
    /// Keep it only where the key is there already, or only where it is not.
    r#if: Option<If>,
}

/// What must be there. The words have no descriptions of their own, so that the schema lists them as one choice.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum If {
    Absent,
    Present,
}

impl Act for Set {
    const NAME: &'static str = "redis.set";

    fn shown() -> (Value, Value) {
        (json!({ "key": "seen:A1", "value": "1", "ttl": "24h", "if": "absent" }), json!({ "set": true }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let value = kept(&self.value);
        let ttl = self.ttl.map(|ttl| ttl.milliseconds()).transpose()?.map(|ttl| ttl.to_string());
        let mut command = vec![&b"SET"[..], self.key.as_bytes(), &value];
        if let Some(ttl) = &ttl {
            command.extend([&b"PX"[..], ttl.as_bytes()]);
        }
        match self.r#if {
            Some(If::Absent) => command.push(b"NX"),
            Some(If::Present) => command.push(b"XX"),
            None => {}
        }
        match session.ask(&command).await? {
            Reply::Word(_) => Ok(json!({ "set": true })),
            Reply::Nothing => Ok(json!({ "set": false })),
            _ => Err(session.unexpected()),
        }
    }
}
