//! What started a run, as it is journaled: enough to give every expression the same `trigger` again.

use crate::id::Millis;
use crate::payload::Payload;
use serde::{Deserialize, Serialize};

/// The header of calls that runs make: how many runs called each other's hooks up to and with the one that calls. It ends
/// circles of scenarios that call each other.
pub const DEPTH_HEADER: &str = "hookmill-depth";

/// The most runs that may call each other's hooks in a row: a request with a greater depth is refused, and a run of this
/// depth calls no more.
pub const MOST_DEPTH: u32 = 16;

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
    /// A mail.
    Mail,
    /// Something new in an answer that is asked for now and then.
    Poll,
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
    /// `trigger.body`: the parsed body, as JSON text; of a mail all its fields, which stand in `trigger` itself, too.
    pub body: Payload,
    /// `trigger.raw` where it cannot be taken from `body`: the bytes as they came, base64 in JSON text.
    pub raw: Option<Payload>,
    /// `trigger.files`: parts of a multipart body that carry a file name, or the body itself where it is neither text
    /// nor anything that is parsed; a JSON list of [`FileValue`](crate::files::FileValue)s. `trigger.file` is the first.
    pub files: Option<Payload>,
}

impl Input {
    /// How many runs called each other's hooks up to this one: 0 where nobody's run did.
    pub fn depth(&self) -> u32 {
        let headers = self.request.iter().flat_map(|request| &request.headers);
        headers.filter(|(name, _)| name == DEPTH_HEADER).map(|(_, value)| depth(value)).max().unwrap_or(0)
    }
}

/// What a value of [`DEPTH_HEADER`] says; the greatest of several, and 0 where it is no number, which no run would write.
pub fn depth(value: &str) -> u32 {
    let numbers = value.split(',').map(str::trim).filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    // Digits fail to be a number only where they are too many.
    numbers.filter(|number| !number.is_empty()).map(|number| number.parse().unwrap_or(u32::MAX)).max().unwrap_or(0)
}

impl Request {
    /// What a run that is started by another one, and by no request, is to know: that one's depth.
    pub fn nested(depth: u32) -> Option<Box<Self>> {
        let headers = vec![(DEPTH_HEADER.to_owned(), depth.to_string())];
        (depth > 0).then(|| Box::new(Self { headers, ..Self::default() }))
    }
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
