//! What a request says of its event: of what kind it is, and by which id a repeat is known.

use super::notation::Notation;
use super::{Incoming, Settings};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::HashSet;

/// What a request says of its event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// What happened, in the sender's words: `push`.
    pub event: Option<String>,
    /// The id of the delivery: the same when the sender repeats it, and unique within the webhook.
    pub id: Option<String>,
}

/// Where a fact stands.
#[derive(Clone, Copy, Debug)]
pub enum Fact {
    /// Nowhere.
    Nowhere,
    /// In the header of this name.
    Header(&'static str),
    /// In the header that the setting of this name names.
    NamedHeader(&'static str),
    /// In the query.
    Parameter(&'static str),
    /// In the body, behind names with dots between; `*` is every item of a list, and `\.` a dot within a name.
    Body(&'static str),
    /// The fact of each item in the list of this name, with commas between; none where an item has none.
    Items(&'static str, &'static Fact),
    /// The fact, where the request has the header of this name.
    Beside(&'static str, &'static Fact),
    /// In the body, as the name of the member that is none of these.
    OtherName(&'static [&'static str]),
    /// Always this word, where the fact within is there.
    Word(&'static str, &'static Fact),
    /// The first of these that is there.
    First(&'static [Fact]),
    /// All of these, with colons between; none where one is missing.
    All(&'static [Fact]),
    /// The SHA-256 of the body as it came. An item of it has none: its neighbours would have the same.
    Digest,
}

/// No id is longer; longer ones are digested. Keys of the store are short.
const LONGEST: usize = 200;

impl Fact {
    /// The fact as a word, where there is one. Of several items the different words, with commas between.
    pub(crate) fn read(self, settings: &Settings, incoming: &Incoming<'_>, body: &Value) -> Option<String> {
        let found = match self {
            Self::Nowhere => None,
            Self::Header(name) => incoming.first(name).map(str::to_owned),
            Self::NamedHeader(setting) => incoming.first(settings.text(setting)?).map(str::to_owned),
            Self::Parameter(name) => incoming.parameters(name).next(),
            Self::Body(path) => in_body(body, path),
            Self::Items(list, fact) => {
                let items = body.get(list)?.as_array()?;
                let facts: Option<Vec<_>> = items.iter().map(|item| fact.read(settings, incoming, item)).collect();
                facts.map(|facts| facts.join(","))
            }
            Self::Beside(header, fact) => incoming.has(header).then(|| fact.read(settings, incoming, body)).flatten(),
            Self::OtherName(names) => body.as_object()?.keys().find(|key| !names.contains(&key.as_str())).cloned(),
            Self::Word(word, fact) => fact.read(settings, incoming, body).map(|_| word.to_owned()),
            Self::First(facts) => facts.iter().find_map(|fact| fact.read(settings, incoming, body)),
            Self::All(facts) => {
                let parts: Option<Vec<_>> = facts.iter().map(|fact| fact.read(settings, incoming, body)).collect();
                parts.map(|parts| parts.join(":"))
            }
            Self::Digest => (incoming.parsed_body() == *body).then(|| digested(incoming.body)),
        };
        found.filter(|text| !text.is_empty()).map(|text| bounded(text, LONGEST))
    }

    /// Whether there may be one at all.
    pub(crate) fn exists(self) -> bool {
        !matches!(self, Self::Nowhere)
    }
}

/// The text, or where it is longer, in bytes, its digest.
pub(in crate::webhook) fn bounded(text: String, longest: usize) -> String {
    if text.len() > longest { digested(text.as_bytes()) } else { text }
}

fn digested(bytes: &[u8]) -> String {
    Notation::Hex.write(digest(&SHA256, bytes).as_ref())
}

fn in_body(body: &Value, path: &str) -> Option<String> {
    let mut words = Words::default();
    let steps = steps(path);
    let steps: Vec<&str> = steps.iter().map(|step| &**step).collect();
    collect(body, &steps, &mut words);
    (!words.in_order.is_empty()).then(|| words.in_order.join(","))
}

/// Words that differ, in the order in which they came. There may be as many as a body has room for.
#[derive(Default)]
struct Words {
    in_order: Vec<String>,
    known: HashSet<String>,
}

impl Words {
    fn add(&mut self, word: String) {
        if !word.is_empty() && self.known.insert(word.clone()) {
            self.in_order.push(word);
        }
    }
}

/// The names of a path.
fn steps(path: &str) -> Vec<Cow<'_, str>> {
    let mut steps: Vec<Cow<'_, str>> = Vec::new();
    for part in path.split('.') {
        match steps.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => *last = format!("{}.{part}", &last[..last.len() - 1]).into(),
            None => steps.push(part.into()),
        }
    }
    steps
}

fn collect(value: &Value, steps: &[&str], words: &mut Words) {
    match (steps, value) {
        ([], Value::String(text)) => words.add(text.clone()),
        ([], Value::Number(number)) => words.add(number.to_string()),
        (["*", rest @ ..], Value::Array(items)) => items.iter().for_each(|item| collect(item, rest, words)),
        ([name, rest @ ..], Value::Object(members)) => {
            if let Some(member) = members.get(*name) {
                collect(member, rest, words);
            }
        }
        // JSON in a field of a form, as GitHub and Slack send it.
        (_, Value::String(text)) if text.starts_with('{') => {
            if let Ok(value) = serde_json::from_str::<Value>(text) {
                collect(&value, steps, words);
            }
        }
        _ => {}
    }
}
