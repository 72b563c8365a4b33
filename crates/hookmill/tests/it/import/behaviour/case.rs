//! A case as it stands in its file: what comes in, what others answer, and what has to follow.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// A blueprint and what it does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    /// The file below `shared/blueprints/make`; nothing where it stands beside the case.
    #[serde(default)]
    pub(super) blueprint: String,
    /// What of Make's semantics it shows.
    #[serde(rename = "about")]
    _about: String,
    /// How many modules are left to do.
    #[serde(default)]
    pub(super) todo: u64,
    /// What is set in the imported text before it is served: pauses that nobody waits for in a test.
    #[serde(default)]
    pub(super) instead: Vec<(String, String)>,
    /// What Google Sheets hold: rows by spreadsheet and sheet. Reading them is no request that is compared.
    #[serde(default)]
    pub(super) sheets: BTreeMap<String, BTreeMap<String, Vec<Vec<Value>>>>,
    /// What far sides answer, whatever comes in.
    #[serde(default)]
    pub(super) answers: Vec<Reply>,
    /// What comes in, one after another at the same server.
    pub(super) inputs: Vec<Input>,
}

/// What comes in, and what follows.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) name: String,
    /// What is sent to the webhook. A scenario without one is run by hand.
    #[serde(default)]
    pub(super) send: Send,
    /// What the data stores hold before.
    #[serde(default)]
    pub(super) stores: BTreeMap<String, BTreeMap<String, Value>>,
    /// What far sides answer; these count before those of the case.
    #[serde(default)]
    pub(super) answers: Vec<Reply>,
    /// What Google Sheets hold in place of what the case says.
    #[serde(default)]
    pub(super) sheets: BTreeMap<String, BTreeMap<String, Vec<Vec<Value>>>>,
    /// Every request that has to come, in this order.
    pub(super) requests: Vec<Expected>,
    /// What the caller gets.
    pub(super) answer: Option<Told>,
    /// How the run ends: `succeeded` unless given.
    pub(super) ends: Option<String>,
    /// What the data stores hold then.
    #[serde(default)]
    pub(super) stored: BTreeMap<String, BTreeMap<String, Value>>,
}

/// A request to the webhook.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Send {
    #[serde(default)]
    pub(super) query: BTreeMap<String, String>,
    pub(super) json: Option<Value>,
    /// A form as it is on the wire.
    pub(super) form: Option<String>,
}

/// What a far side answers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reply {
    /// `METHOD URL`, without the query; `*` at its end stands for the rest. A mail is `MAIL address`.
    pub(super) to: String,
    /// What the request's body has, at least.
    pub(super) asked: Option<Value>,
    /// How often; then the next one that fits answers.
    pub(super) times: Option<u32>,
    #[serde(default = "ok")]
    pub(super) status: u16,
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
    /// What the text is.
    pub(super) kind: Option<String>,
}

/// A request that has to come: what is given of it has to fit.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expected {
    /// `METHOD URL` without the query, with its path as people write it; a mail is `MAIL`.
    pub(super) to: String,
    pub(super) query: Option<Value>,
    pub(super) json: Option<Value>,
    /// The fields of a form.
    pub(super) form: Option<Value>,
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Value>,
    /// A mail by SMTP, or one that an API was given whole: `to`, `from`, `subject`, `text`, `html`, `files`.
    pub(super) mail: Option<Value>,
}

/// What the caller gets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Told {
    #[serde(default = "ok")]
    pub(super) status: u16,
    pub(super) json: Option<Value>,
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, Value>,
}

fn ok() -> u16 {
    200
}
