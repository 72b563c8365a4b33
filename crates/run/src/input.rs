//! What started a run, as it is journaled: enough to give every expression the same `trigger` again.

use crate::id::Millis;
use crate::payload::Payload;
use serde::{Deserialize, Serialize};

/// What kind of trigger started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// An HTTP request.
    Webhook,
    /// The clock.
    Schedule,
    /// A person, the API or the command line.
    Manual,
    /// A `call` step of another scenario's run.
    Call,
    /// The failure of another scenario's run.
    Failure,
}

/// What a trigger hands to a run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Input {
    /// Which kind of trigger.
    pub source: Source,
    /// When it happened; for a schedule, when it was due.
    pub at: Millis,
    /// What the request line and headers said; none unless it was a request.
    pub request: Option<Box<Request>>,
    /// `trigger.body`: the parsed body, as JSON text.
    pub body: Payload,
    /// `trigger.raw` where it cannot be taken from `body`: the bytes as they came, base64 in JSON text.
    pub raw: Option<Payload>,
    /// `trigger.files`: parts of a multipart body that carry a file name, or the body itself where it is neither text
    /// nor anything that is parsed; a JSON list of [`FileValue`](crate::files::FileValue)s. `trigger.file` is the first.
    pub files: Option<Payload>,
}

/// The parts of an HTTP request other than its body.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Upper-case.
    pub method: String,
    /// Path below `/hook/`, decoded.
    pub path: String,
    /// Values of `{name}` segments.
    pub params: Vec<(String, String)>,
    /// Decoded query pairs, in order.
    pub query: Vec<(String, String)>,
    /// Lower-case names, values as text (Latin-1 where they are not UTF-8).
    pub headers: Vec<(String, String)>,
    /// The caller's address.
    pub ip: String,
}
