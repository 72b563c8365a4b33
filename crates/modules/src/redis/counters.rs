//! `redis.increment`.

use super::act::Act;
use super::session::{Reply, Session};
use crate::ttl::{TextOrNumber, Ttl};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Adds to a number, which is 0 where nothing is kept, and gives what it is then: `value`. Runs that do so at once do not
/// get in each other's way.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Increment {
    /// The key.
    key: String,
    /// What to add, less than nothing to take away.
    #[serde(default = "one")]
    by: i64,
    /// How long a number that begins here is kept (`90s`, `15m`, `24h`), or in seconds. One that is there keeps its time.
    #[schemars(with = "Option<TextOrNumber>")]
    ttl: Option<Ttl>,
}

fn one() -> i64 {
    1
}

impl Act for Increment {
    const NAME: &'static str = "redis.increment";

    fn shown() -> (Value, Value) {
        (json!({ "key": "calls:ann", "ttl": "1h" }), json!({ "value": 3 }))
    }

    async fn run(self, session: &mut Session) -> Result<Value, StepError> {
        let (key, by) = (self.key.as_bytes(), self.by.to_string());
        let add = [&b"INCRBY"[..], key, by.as_bytes()];
        let answer = match &self.ttl {
            None => session.ask(&add).await?,
            Some(ttl) => {
                let ttl = ttl.milliseconds()?.to_string();
                // Both or neither, so that no number stays for ever because something broke in between.
                let begin = [&b"SET"[..], key, b"0", b"PX", ttl.as_bytes(), b"NX"];
                let answers = session.ask_all(&[&[b"MULTI"], &begin, &add, &[b"EXEC"]]).await?;
                last(answers)
            }
        };
        match answer {
            Reply::Integer(value) => Ok(json!({ "value": value })),
            Reply::Refusal(text) => Err(session.refused(&text)),
            _ => Err(session.unexpected()),
        }
    }
}

/// The last answer within the last one: that of the last command of a transaction.
fn last(mut answers: Vec<Reply>) -> Reply {
    match answers.pop() {
        Some(Reply::List(mut answers)) => answers.pop().unwrap_or(Reply::Nothing),
        _ => Reply::Nothing,
    }
}
