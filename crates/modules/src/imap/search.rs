//! `email.search`.

use super::act::{Act, inbox};
use super::answer::Fetched;
use super::session::{Session, Word};
use crate::spec::invalid;
use jiff::Timestamp;
use jiff::civil::Date;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// So many mails are told of at most.
const MOST: usize = 500;
/// So many headers are asked for at once.
const AT_ONCE: usize = 50;

/// Looks for mails in a folder. The output has `mails`, the newest first, each with `uid`, by which other steps name it,
/// `from`, `to`, `subject`, `date`, `message_id`, `size` and `flags`; and `count`, how many there are in all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// The folder.
    #[serde(default = "inbox")]
    folder: String,
    /// What stands in the sender's name or address.
    from: Option<String>,
    /// What stands in the names or addresses of those who get it.
    to: Option<String>,
    /// What stands in the subject.
    subject: Option<String>,
    /// What stands anywhere in the mail.
    text: Option<String>,
    /// The day from which on it came, `2026-11-01`.
    since: Option<String>,
    /// The day before which it came, `2026-12-01`.
    before: Option<String>,
    /// Whether it has been read.
    state: Option<State>,
    /// How many mails are told of at most.
    #[serde(default = "usual")]
    limit: usize,
}

/// Whether a mail has been read, or stands out.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum State {
    Unseen,
    Seen,
    Flagged,
    Answered,
}

fn usual() -> usize {
    50
}

impl Act for Search {
    const NAME: &'static str = "email.search";

    fn shown() -> (Value, Value) {
        let mail = json!({
            "uid": 4392,
            "from": { "name": "First Bank", "address": "statement@bank.example" },
            "to": [{ "name": "", "address": "shop@example.com" }],
            "subject": "Statement of November",
            "date": "2026-11-23T08:00:00+08:00",
            "message_id": "s1@bank.example",
            "size": 48_210,
            "flags": ["\\Seen"],
        });
        (json!({ "subject": "Statement", "state": "unseen" }), json!({ "mails": [mail], "count": 1 }))
    }

    async fn run(self, session: &mut Session, _files: &Files) -> Result<Value, StepError> {
        let (since, before) =
            (self.since.as_deref().map(day).transpose()?, self.before.as_deref().map(day).transpose()?);
        session.examine(&self.folder).await?;
        let mut words = vec![Word::Plain("UID SEARCH CHARSET UTF-8 UNDELETED")];
        let texts = [("FROM", &self.from), ("TO", &self.to), ("SUBJECT", &self.subject), ("TEXT", &self.text)];
        let texts = texts.map(|(key, text)| (format!(" {key} "), text.as_deref().filter(|text| !text.is_empty())));
        for (key, text) in &texts {
            if let Some(text) = text {
                words.extend([Word::Plain(key), Word::Literal(text)]);
            }
        }
        let days = [("SINCE", since), ("BEFORE", before)];
        let days = days.map(|(key, day)| day.map(|day| format!(" {key} {day}")));
        words.extend(days.iter().flatten().map(|day| Word::Plain(day)));
        words.extend(self.state.map(|state| {
            Word::Plain(match state {
                State::Unseen => " UNSEEN",
                State::Seen => " SEEN",
                State::Flagged => " FLAGGED",
                State::Answered => " ANSWERED",
            })
        }));
        let found = session.search(&words).await?;
        let newest: Vec<u32> = found.iter().rev().take(self.limit.min(MOST)).copied().collect();
        let mut mails = Vec::new();
        for uids in newest.chunks(AT_ONCE) {
            let mut told = session.fetch(uids, "UID RFC822.SIZE FLAGS BODY.PEEK[HEADER]<0.65536>").await?;
            told.sort_by_key(|mail| std::cmp::Reverse(mail.uid));
            mails.extend(told.iter().map(shown));
        }
        Ok(json!({ "mails": mails, "count": found.len() }))
    }
}

fn shown(fetched: &Fetched) -> Value {
    let mail = mail::read_head(fetched.header.as_deref().unwrap_or_default(), fetched.size.unwrap_or_default());
    json!({
        "uid": fetched.uid,
        "from": mail.from,
        "to": mail.to,
        "subject": mail.subject,
        "date": mail.date,
        "message_id": mail.message_id,
        "size": mail.size,
        "flags": fetched.flags,
    })
}

/// The day of a date or of a time, as searches name it.
fn day(text: &str) -> Result<String, StepError> {
    let date = text.parse::<Date>().ok().or_else(|| {
        let time = text.parse::<Timestamp>().ok()?;
        Some(time.to_zoned(jiff::tz::TimeZone::UTC).date())
    });
    let date = date.ok_or_else(|| invalid(format!("`{text}` is no day; write it as 2026-11-01")))?;
    Ok(date.strftime("%-d-%b-%Y").to_string())
}
