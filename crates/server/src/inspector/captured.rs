//! A request to a webhook with all that came of it, as the gateway hands it over: borrowed or shared, nothing copied.

use bytes::Bytes;
use run::id::{Millis, RunId};
use std::net::IpAddr;
use std::time::Duration;

/// A request to a webhook, and what came of it.
#[derive(Clone, Debug)]
pub struct Captured<'a> {
    /// The webhook's path, as its scenario writes it: `orders/{id}`.
    pub hook: &'a str,
    /// When it came.
    pub at: Millis,
    /// How long the caller waited for the answer.
    pub took: Duration,
    /// Where it came from, behind the proxies that are believed.
    pub ip: IpAddr,
    /// As it came.
    pub method: &'a str,
    /// Path and query, as they came.
    pub target: &'a str,
    /// Query parameters that carry a secret of this webhook, besides those that look like it by their names.
    pub secret_params: &'a [String],
    /// Header fields, lower-case, that carry a secret or a signature of this webhook, besides those that look like it by
    /// their names.
    pub secret_headers: &'a [String],
    /// As they came, in order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// As it came, or the beginning of it.
    pub body: Bytes,
    /// How long the body was, which may be more than is at hand: the rest was refused, or went into files.
    pub body_length: u64,
    /// What became of it.
    pub verdict: Verdict<'a>,
    /// The provider's preset that verified it.
    pub provider: Option<&'a str>,
    /// What happened, in the provider's words.
    pub event: Option<&'a str>,
    /// The provider's name of the delivery.
    pub id: Option<&'a str>,
    /// The status of the answer.
    pub status: u16,
    /// The header fields of the answer.
    pub answer_headers: &'a [(&'a str, &'a [u8])],
    /// The body of the answer.
    pub answer: &'a [u8],
    /// The run it started, or the first of them; of a repeat, the run that it repeats.
    pub run: Option<RunId>,
    /// How many runs it started.
    pub runs: u32,
    /// The request that this one is, done again by a person.
    pub of: Option<u64>,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Verdict<'a> {
    /// It started a run.
    Taken,
    /// It was taken in before.
    Repeat,
    /// It was an exchange that the provider asks for, and starts nothing.
    Handshake,
    /// It was not taken.
    Refused {
        /// Why, for programs.
        code: &'a str,
        /// Why, for people.
        detail: &'a str,
        /// What is wrong with its signature.
        diagnosis: Option<&'a serde_json::Value>,
    },
    /// It came to a bin, which keeps everything.
    Kept,
}

/// The kinds of verdicts, as they are stored: numbers are never used again for something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = HookVerdict)]
pub(crate) enum Kind {
    /// It started a run.
    Taken = 0,
    /// It was taken in before.
    Repeat = 1,
    /// It was an exchange that the provider asks for.
    Handshake = 2,
    /// It was not taken.
    Refused = 3,
    /// It came to a bin.
    Kept = 4,
}

impl Kind {
    /// The kind of this number.
    pub(crate) fn of(number: u8) -> Self {
        match number {
            0 => Self::Taken,
            1 => Self::Repeat,
            2 => Self::Handshake,
            4 => Self::Kept,
            _ => Self::Refused,
        }
    }
}

impl Verdict<'_> {
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Taken => Kind::Taken,
            Self::Repeat => Kind::Repeat,
            Self::Handshake => Kind::Handshake,
            Self::Refused { .. } => Kind::Refused,
            Self::Kept => Kind::Kept,
        }
    }
}
