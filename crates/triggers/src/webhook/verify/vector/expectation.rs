//! What an entry says must come of it, and whether it did.

use super::Outcome;
use crate::webhook::answer::Answered;
use serde_json::Value;

/// What an entry says must come of it: a verdict, or an answer.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    verdict: Option<String>,
    response: Option<Value>,
}

/// Whether an answer is as one member of `response` says.
type Check = fn(&Answer<'_>, &Value) -> bool;

/// An answer as it would be sent.
struct Answer<'o> {
    sent: Answered,
    body: &'o str,
}

impl Expectation {
    pub(super) fn read(entry: &Value) -> Self {
        let verdict = entry.get("verdict").and_then(Value::as_str).map(str::to_owned);
        Self { verdict, response: entry.get("response").cloned() }
    }

    /// Whether the entry expects anything.
    pub fn is_there(&self) -> bool {
        self.verdict.is_some() || self.response.is_some()
    }

    /// In what the outcome differs, in one sentence; none where it is as expected.
    pub fn difference(&self, outcome: &Outcome) -> Option<String> {
        let got = if matches!(outcome, Outcome::Invalid(_)) { "invalid" } else { "valid" };
        if let Some(expected) = &self.verdict
            && expected != got
        {
            return Some(format!("expected {expected}, and it is {got}"));
        }
        let response = self.response.as_ref()?;
        let answer = Answer::of(outcome);
        let checks: [(&str, Check); 7] = [
            ("status", |answer, wanted| answer.has_status(wanted)),
            ("body", |answer, wanted| wanted.as_str() == Some(answer.body)),
            ("body_is_one_of", |answer, wanted| items(wanted).any(|one| one == answer.body)),
            ("json", |answer, wanted| serde_json::from_str::<Value>(answer.body).is_ok_and(|body| body == *wanted)),
            ("body_must_not_contain", |answer, wanted| wanted.as_str().is_none_or(|text| !answer.body.contains(text))),
            ("content_type", |answer, wanted| answer.has_type(wanted)),
            ("headers_required", |answer, wanted| items(wanted).all(|line| answer.has_header(line))),
        ];
        let differs = |(name, fits): &&(&str, Check)| response.get(*name).is_some_and(|wanted| !fits(&answer, wanted));
        let (name, _) = checks.iter().find(differs)?;
        Some(format!("the answer is not as `{name}` says; its status is {}", answer.sent.status))
    }
}

impl<'o> Answer<'o> {
    fn of(outcome: &'o Outcome) -> Self {
        match outcome {
            Outcome::Valid => Self { sent: Answered::empty(200), body: "" },
            Outcome::Invalid(fault) => Self { sent: Answered::empty(fault.status), body: "" },
            Outcome::Greeted(greeting) => Self { sent: Answered::greeting(greeting), body: &greeting.body },
        }
    }

    /// A number, or several with `or` between.
    fn has_status(&self, wanted: &Value) -> bool {
        match wanted {
            Value::Number(number) => number.as_u64() == Some(self.sent.status.into()),
            Value::String(words) => words.split(" or ").any(|one| one.parse() == Ok(self.sent.status)),
            _ => false,
        }
    }

    fn has_type(&self, wanted: &Value) -> bool {
        let sent = self.sent.headers().find(|(name, _)| *name == "content-type").map_or("", |(_, value)| value);
        wanted.as_str().is_some_and(|words| words.split(" or ").any(|one| sent.starts_with(one)))
    }

    fn has_header(&self, line: &str) -> bool {
        let Some((name, value)) = line.split_once(": ") else { return false };
        self.sent.headers().any(|(known, held)| known.eq_ignore_ascii_case(name) && held == value)
    }
}

fn items(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
