//! `redis.keys` and `redis.delete`.

use super::act::Act;
use super::session::{Reply, Session};
use super::value::Texts;
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// How many keys one step gives at most.
const MOST: usize = 10_000;

/// How many the server looks at for one answer.
const BATCH: &[u8] = b"500";

/// Finds keys by a pattern. The output has `keys`, sorted, and `more`: whether there are others beyond `limit`.
///
/// All keys of the database are looked at, in small pieces, so that the server answers others meanwhile.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    /// What the keys look like: `order:*`, where `*` is any text, `?` any character and `[ab]` one of these.
    pattern: String,
    /// How many keys to give at most.
    #[serde(default = "usual")]
    #[schemars(range(min = 1, max = 10000))]
    limit: usize,
}

fn usual() -> usize {
    1_000
}

impl Act for Keys {
    const NAME: &'static str = "redis.keys";

    fn shown() -> (Value, Value) {
        (json!({ "pattern": "order:*" }), json!({ "keys": ["order:A1", "order:A2"], "more": false }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        if !(1..=MOST).contains(&self.limit) {
            return Err(invalid(format!("`limit` is {}; it goes from 1 to {MOST}", self.limit)));
        }
        // A key may be told more than once.
        let mut found = BTreeSet::new();
        let mut cursor = bytes::Bytes::from_static(b"0");
        loop {
            let scan = [&b"SCAN"[..], &cursor, b"MATCH", self.pattern.as_bytes(), b"COUNT", BATCH];
            let Reply::List(answer) = session.ask(&scan).await? else { return Err(session.unexpected()) };
            let Ok([Reply::Bytes(next), Reply::List(keys)]) = <[Reply; 2]>::try_from(answer) else {
                return Err(session.unexpected());
            };
            found.extend(keys.into_iter().filter_map(|key| match key {
                Reply::Bytes(key) => Some(String::from_utf8_lossy(&key).into_owned()),
                _ => None,
            }));
            if found.len() > self.limit || *next == *b"0" {
                break;
            }
            cursor = next;
        }
        let more = found.len() > self.limit;
        let keys: Vec<String> = found.into_iter().take(self.limit).collect();
        Ok(json!({ "keys": keys, "more": more }))
    }
}

/// Deletes one key or several. The output has `deleted`: how many of them were there.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Delete {
    /// The key, or a list of keys.
    keys: Texts,
}

impl Act for Delete {
    const NAME: &'static str = "redis.delete";

    fn shown() -> (Value, Value) {
        (json!({ "keys": "session:42" }), json!({ "deleted": 1 }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let keys = self.keys.list();
        if keys.is_empty() {
            return Ok(json!({ "deleted": 0 }));
        }
        let command: Vec<&[u8]> = std::iter::once(&b"DEL"[..]).chain(keys.iter().map(String::as_bytes)).collect();
        match session.ask(&command).await? {
            Reply::Integer(deleted) => Ok(json!({ "deleted": deleted })),
            _ => Err(session.unexpected()),
        }
    }
}
