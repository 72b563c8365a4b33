//! `redis.hash_get` and `redis.hash_set`.

use super::act::Act;
use super::session::{Reply, Session};
use super::value::{As, kept, read};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Reads the fields of a hash, or some of them. The output has `fields`, by name, and `exists`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Get {
    /// The hash's key.
    key: String,
    /// Which fields to read; without it: all. One that is not there is null.
    fields: Option<Vec<String>>,
    /// What to make of the texts: leave them, or read them as JSON.
    #[serde(default)]
    r#as: As,
}

impl Act for Get {
    const NAME: &'static str = "redis.hash_get";

    fn shown() -> (Value, Value) {
        let fields = json!({ "name": "Ann", "city": "Taipei" });
        (json!({ "key": "customer:42" }), json!({ "fields": fields, "exists": true }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let key = self.key.as_bytes();
        let pairs: Vec<(String, Reply)> = match &self.fields {
            Some(names) if names.is_empty() => Vec::new(),
            Some(names) => {
                let parts = [&b"HMGET"[..], key].into_iter().chain(names.iter().map(String::as_bytes));
                let command: Vec<&[u8]> = parts.collect();
                let Reply::List(values) = session.ask(&command).await? else { return Err(session.unexpected()) };
                names.iter().cloned().zip(values).collect()
            }
            None => {
                let Reply::List(all) = session.ask(&[b"HGETALL", key]).await? else {
                    return Err(session.unexpected());
                };
                paired(all)
            }
        };
        let exists = pairs.iter().any(|(_, value)| *value != Reply::Nothing);
        let read = |(name, value)| {
            let value = match value {
                Reply::Bytes(bytes) => read(&bytes, self.r#as)?,
                _ => Value::Null,
            };
            Ok((name, value))
        };
        let fields = pairs.into_iter().map(read).collect::<Result<Map<_, _>, StepError>>()?;
        Ok(json!({ "fields": fields, "exists": exists }))
    }
}

/// Names and values, which come in turns.
fn paired(replies: Vec<Reply>) -> Vec<(String, Reply)> {
    let mut replies = replies.into_iter();
    let mut pairs = Vec::new();
    while let (Some(Reply::Bytes(name)), Some(value)) = (replies.next(), replies.next()) {
        pairs.push((String::from_utf8_lossy(&name).into_owned(), value));
    }
    pairs
}

/// Sets fields of a hash, which is made where there is none; its other fields stay. The output has `added`: how many of
/// the fields were not there before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Set {
    /// The hash's key.
    key: String,
    /// The fields with their values: texts as they are, anything else as JSON.
    fields: Map<String, Value>,
}

impl Act for Set {
    const NAME: &'static str = "redis.hash_set";

    fn shown() -> (Value, Value) {
        (json!({ "key": "customer:42", "fields": { "city": "Taipei" } }), json!({ "added": 1 }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        if self.fields.is_empty() {
            return Ok(json!({ "added": 0 }));
        }
        let fields: Vec<(&String, Vec<u8>)> = self.fields.iter().map(|(name, value)| (name, kept(value))).collect();
        let parts = fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_slice()]);
        let command: Vec<&[u8]> = [&b"HSET"[..], self.key.as_bytes()].into_iter().chain(parts).collect();
        match session.ask(&command).await? {
            Reply::Integer(added) => Ok(json!({ "added": added })),
            _ => Err(session.unexpected()),
        }
    }
}
