//! `redis.push`, `redis.pop` and `redis.list`.

use super::act::Act;
use super::session::{Reply, Session};
use super::value::{As, items, kept};
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// How many items one step takes or gives at most.
const MOST: u32 = 10_000;

/// An end of a list. The words have no descriptions of their own, so that the schema lists them as one choice.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum End {
    Head,
    Tail,
}

/// Adds items to a list, which is made where there is none. The output has `length`: how many items it has then.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Push {
    /// The list's key.
    key: String,
    /// The items, in order: texts as they are, anything else as JSON. What is no list is one item.
    items: Value,
    /// At which end they are added.
    #[serde(default = "tail")]
    end: End,
}

fn tail() -> End {
    End::Tail
}

fn head() -> End {
    End::Head
}

impl Act for Push {
    const NAME: &'static str = "redis.push";

    fn shown() -> (Value, Value) {
        (json!({ "key": "jobs", "items": [{ "id": "A1" }] }), json!({ "length": 1 }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let items: Vec<Vec<u8>> = match &self.items {
            Value::Array(items) => items.iter().map(kept).collect(),
            item => vec![kept(item)],
        };
        let key = self.key.as_bytes();
        let command = match self.end {
            End::Head => &b"LPUSH"[..],
            End::Tail => b"RPUSH",
        };
        let command: Vec<&[u8]> = [command, key].into_iter().chain(items.iter().map(Vec::as_slice)).collect();
        let answer = if items.is_empty() { session.ask(&[b"LLEN", key]).await? } else { session.ask(&command).await? };
        match answer {
            Reply::Integer(length) => Ok(json!({ "length": length })),
            _ => Err(session.unexpected()),
        }
    }
}

/// Takes items from a list. The output has `item`, the first of them or null, and `items`.
///
/// What is taken is gone from the list, also where the answer is lost on its way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Pop {
    /// The list's key.
    key: String,
    /// From which end they are taken.
    #[serde(default = "head")]
    end: End,
    /// How many to take at most. More than one needs Redis 6.2.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 10000))]
    count: u32,
    /// What to make of the texts: leave them, or read them as JSON.
    #[serde(default)]
    r#as: As,
}

fn one() -> u32 {
    1
}

impl Act for Pop {
    const NAME: &'static str = "redis.pop";

    fn shown() -> (Value, Value) {
        let job = json!({ "id": "A1" });
        (json!({ "key": "jobs", "as": "json" }), json!({ "item": job, "items": [job] }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        if !(1..=MOST).contains(&self.count) {
            return Err(invalid(format!("`count` is {}; it goes from 1 to {MOST}", self.count)));
        }
        let command = match self.end {
            End::Head => &b"LPOP"[..],
            End::Tail => b"RPOP",
        };
        let count = self.count.to_string();
        let mut command = vec![command, self.key.as_bytes()];
        if self.count > 1 {
            command.push(count.as_bytes());
        }
        let taken = match session.ask(&command).await? {
            Reply::List(taken) => taken,
            Reply::Nothing => Vec::new(),
            item @ Reply::Bytes(_) => vec![item],
            _ => return Err(session.unexpected()),
        };
        let items = items(taken, self.r#as)?;
        Ok(json!({ "item": items.first().unwrap_or(&Value::Null), "items": items }))
    }
}

/// Reads the items of a list, or some of them. The output has `items`; where there is no list, none.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    /// The list's key.
    key: String,
    /// The first item's place, from 0; -1 is the last one.
    #[serde(default)]
    from: i64,
    /// The last item's place, which belongs to it.
    #[serde(default = "last")]
    to: i64,
    /// What to make of the texts: leave them, or read them as JSON.
    #[serde(default)]
    r#as: As,
}

fn last() -> i64 {
    -1
}

impl Act for List {
    const NAME: &'static str = "redis.list";

    fn shown() -> (Value, Value) {
        (json!({ "key": "jobs", "to": 99 }), json!({ "items": ["first", "second"] }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let (from, to) = (self.from.to_string(), self.to.to_string());
        match session.ask(&[b"LRANGE", self.key.as_bytes(), from.as_bytes(), to.as_bytes()]).await? {
            Reply::List(found) => Ok(json!({ "items": items(found, self.r#as)? })),
            _ => Err(session.unexpected()),
        }
    }
}
