//! `webhook:` a URL that starts runs, and what a request has to pass on its way.

use super::{Credential, Rate};
use crate::diagnostic::Place;
use crate::expression::Expression;
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long a caller waits for an answer unless something else is said.
pub const WAIT: Duration = Duration::from_secs(40);

/// `webhook:`.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Path below `/hook/`, segments of which `{name}` match anything. None: an unguessable one is made.
    pub path: Option<Arc<str>>,
    /// Where the path, or the webhook, stands in the text.
    pub place: Place,
    /// Upper-case methods; empty: any.
    pub methods: Vec<String>,
    /// Callers' networks; empty: anyone.
    pub allow: Vec<Network>,
    /// How it is told who sent a request.
    pub verify: Verify,
    /// Origins whose pages may call, lower-case as browsers send them (RFC 6454 §6.2), or `*` alone for any; empty:
    /// browsers keep pages from it.
    pub cors: Vec<String>,
    /// How many requests are taken in a time; none: as many as come.
    pub rate: Option<Rate>,
    /// Where the list is of which each item starts a run of its own; none: a request starts one run.
    pub each: Option<ItemPath>,
    /// JSON Schema that the body (or `data`, for callers without a body) must satisfy.
    pub input: Option<Value>,
    /// How long a caller waits for `respond`; none: [`WAIT`], or as long as the sender's preset has it wait.
    pub wait: Option<Duration>,
    /// The largest body in bytes; none: the server's bound.
    pub max_body: Option<u64>,
    /// How repeated deliveries are recognised.
    pub dedupe: Deduping,
}

/// Why no webhook can have this path below `/hook/`; none: one can, where its parameters have names of their own.
pub fn problem_of_path(path: &str) -> Option<String> {
    path.split('/').find_map(|segment| problem_of_segment(path, segment))
}

fn problem_of_segment(path: &str, segment: &str) -> Option<String> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    match segment {
        "" if path.is_empty() => Some("it is empty".into()),
        "" if path.starts_with('/') => Some("it begins with `/`, which is there already".into()),
        "" => Some("it has an empty segment".into()),
        "." | ".." => Some(format!("browsers take the segment `{segment}` away")),
        _ => match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name)
                if !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().all(is_name) =>
            {
                None
            }
            Some(name) => Some(format!("`{name}` cannot be the name of a parameter")),
            None => segment.chars().find(|c| !is_plain(*c)).map(|c| format!("it has `{c}` in it")),
        },
    }
}

/// `verify:`.
#[derive(Clone, Debug, PartialEq)]
pub enum Verify {
    /// Nothing is said: everyone passes.
    Unsaid,
    /// `none`: everyone passes, and is meant to.
    Open,
    /// All of these, at least one, in the order of the text.
    By(Vec<Check>),
}

impl Verify {
    /// What a request has to pass; empty where everyone passes.
    pub fn checks(&self) -> &[Check] {
        match self {
            Self::Unsaid | Self::Open => &[],
            Self::By(checks) => checks,
        }
    }
}

/// One preset or scheme by which requests are verified, with its settings.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// Its name.
    pub provider: Arc<str>,
    /// Where it stands in the text.
    pub place: Place,
    /// What was given, in the order of the text; each setting has at least one value, and only secrets have several.
    /// Durations are texts such as `300s`, flags `true` and `false`.
    pub settings: BTreeMap<Arc<str>, Vec<Credential>>,
}

/// `dedupe:`, or what becomes of repeats where it is left out.
#[derive(Clone, Debug)]
pub enum Deduping {
    /// By the delivery's id, where the preset knows one; else each delivery is a run of its own.
    AsPreset,
    /// By the value of an expression.
    By(Dedupe),
    /// `false`: each delivery is a run of its own.
    Off,
}

impl Deduping {
    /// The expression that was written, where one was.
    pub fn expression(&self) -> Option<&Dedupe> {
        match self {
            Self::By(dedupe) => Some(dedupe),
            Self::AsPreset | Self::Off => None,
        }
    }
}

/// `dedupe:` with an expression.
#[derive(Clone, Debug)]
pub struct Dedupe {
    /// What is the same for repeats of a delivery; it reads `trigger`.
    pub key: Expression,
    /// For how long a repeat is recognised.
    pub window: Duration,
}

/// `each:` names on the way from the body to a list. A step into a list goes on in each of its items; none: the body is
/// the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPath(pub Arc<[Arc<str>]>);

/// An address range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// First address.
    pub address: IpAddr,
    /// Number of leading bits that count.
    pub prefix: u8,
}
