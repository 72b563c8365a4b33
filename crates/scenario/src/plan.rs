//! A checked scenario, ready to run: every name resolved, every expression compiled, every literal decoded.
//!
//! Steps and blocks stand in two flat lists and refer to each other by number, so that a position in a run is two
//! small numbers and a list of loop counters, and a plan is shared by all its runs without locks.

use crate::diagnostic::Place;
use crate::expression::{Expression, Script, Template};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The number of a step in [`Plan::steps`], in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepNo(pub u32);

/// The number of a block in [`Plan::blocks`]; block 0 is the scenario's `steps:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockNo(pub u32);

/// The block of a scenario's own `steps:`.
pub const BODY: BlockNo = BlockNo(0);

/// A scenario that can run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether its triggers start runs.
    pub enabled: bool,
    /// IANA name of the zone in which its times are meant; `UTC` unless said.
    pub timezone: String,
    /// Digest of the text it came from.
    pub version: Version,
    /// What starts it. Empty: it is only started by hand.
    pub triggers: Vec<Trigger>,
    /// Every step, in the order of the text.
    pub steps: Vec<Step>,
    /// Every list of steps.
    pub blocks: Vec<Block>,
    /// Bounds on its runs.
    pub limits: Limits,
    /// Whether a `respond` step exists, so that a caller waits for it.
    pub responds: bool,
    /// What its expressions read of `trigger`.
    pub trigger_reads: TriggerReads,
    /// The scenario's own tests.
    pub tests: Vec<Test>,
}

impl Plan {
    /// The step of this number. Numbers come from the same plan, so it exists.
    pub fn step(&self, no: StepNo) -> &Step {
        &self.steps[no.0 as usize]
    }

    /// The block of this number. Numbers come from the same plan, so it exists.
    pub fn block(&self, no: BlockNo) -> &Block {
        &self.blocks[no.0 as usize]
    }
}

/// Digest of a scenario's text: the first 16 bytes of its SHA-256, in hexadecimal. A run is pinned to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub Arc<str>);

impl Version {
    /// The version of this text.
    pub fn of(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        use std::fmt::Write;
        let mut hex = String::with_capacity(32);
        for byte in &Sha256::digest(text.as_bytes())[..16] {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex.into())
    }
}

/// Which fields of `trigger` a plan's expressions name: what is not read need not be decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TriggerReads {
    /// `trigger` itself is used as a value: everything is read.
    #[default]
    All,
    /// Only these fields (`body`, `query`, …).
    Fields(std::collections::BTreeSet<String>),
}

impl TriggerReads {
    /// Whether this field of `trigger` may be read.
    pub fn reads(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Fields(fields) => fields.contains(field),
        }
    }
}

/// A list of steps that run one after another.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// The steps, in order.
    pub steps: Vec<StepNo>,
    /// The step this block belongs to; none for the body.
    pub owner: Option<StepNo>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its own number.
    pub no: StepNo,
    /// The block it stands in.
    pub block: BlockNo,
    /// Its place in that block, from 0.
    pub position: u32,
    /// The name by which expressions refer to its output.
    pub id: Option<Arc<str>>,
    /// What to show people: `name:`, else the id, else the module.
    pub label: Arc<str>,
    /// `http.request`, `set`, `route`…: the key that makes it what it is.
    pub module: Arc<str>,
    /// Where that key stands in the text.
    pub place: Place,
    /// False: the step is skipped.
    pub when: Option<Expression>,
    /// Switched off by its author: always skipped.
    pub disabled: bool,
    /// What happens when it fails.
    pub retry: Retry,
    /// What happens when it has failed for good.
    pub on_error: OnError,
    /// How long one attempt may take; none: the module's own bound.
    pub timeout: Option<Duration>,
    /// What it does.
    pub kind: Kind,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Calls a module of the catalogue.
    Call(CallStep),
    /// Its output is the rendered template.
    Set(Template),
    /// Its output is the value of the script. Runs apart, with higher limits than an expression.
    Rhai(Script),
    /// Answers the caller.
    Respond(Respond),
    /// False: the block it stands in ends here, successfully.
    Filter(Expression),
    /// Chooses among branches.
    Route(Route),
    /// Runs a block for each item of a list.
    ForEach(ForEach),
}

/// A call of a catalogue module.
#[derive(Clone, Debug)]
pub struct CallStep {
    /// Parameters, without `connection`.
    pub parameters: Template,
    /// The connection named.
    pub connection: Option<Arc<str>>,
    /// The `host[:port]` that the author wrote literally in the module's URL parameter, lower-case.
    pub author_host: Option<Arc<str>>,
}

/// The answer to the caller.
#[derive(Clone, Debug)]
pub struct Respond {
    /// Status, 200–599; a whole number when rendered.
    pub status: Template,
    /// Header names (lower-case tokens, checked) and values.
    pub headers: Vec<(String, Template)>,
    /// What is sent.
    pub content: Content,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub enum Content {
    /// `application/json`.
    Json(Template),
    /// `text/plain; charset=utf-8`.
    Text(Template),
    /// `text/html; charset=utf-8`, sandboxed.
    Html(Template),
    /// `application/xml`.
    Xml(Template),
    /// Sent as it is, with the content type the headers give (`application/octet-stream` unless given).
    Body(Template),
    /// A `Location` header, status 302 unless given.
    Redirect(Template),
    /// Nothing (204 unless a status is given).
    Empty,
}

/// `route`.
#[derive(Clone, Debug)]
pub struct Route {
    /// How many branches may be taken.
    pub take: Take,
    /// The branches, in order.
    pub branches: Vec<Branch>,
    /// Taken when no branch was.
    pub otherwise: Option<BlockNo>,
}

/// How many branches of a route are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Every branch whose condition holds, one after another (Make's router).
    All,
    /// The first whose condition holds (a switch).
    First,
}

/// One branch of a route.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What to show people.
    pub name: Option<String>,
    /// Whether it is taken; none: always.
    pub when: Option<Expression>,
    /// What it does.
    pub block: BlockNo,
}

/// `for_each`.
#[derive(Clone, Debug)]
pub struct ForEach {
    /// The list.
    pub items: Expression,
    /// The name of the item in expressions; `item` unless `as:` says otherwise. `index` counts from 0.
    pub variable: Arc<str>,
    /// What is done with each item.
    pub block: BlockNo,
    /// What each turn gives to the output list; none: the output is the number of turns.
    pub collect: Option<Template>,
}

/// `retry:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Retry {
    /// How often the step is tried in all, at least 1.
    pub attempts: u32,
    /// The pause before the second attempt.
    pub backoff: Duration,
    /// By what the pause is multiplied from attempt to attempt, at least 1.
    pub factor: f64,
    /// No pause is longer.
    pub max: Duration,
    /// Whether a pause is drawn at random between none and its full length.
    pub jitter: Jitter,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 1,
            backoff: Duration::from_secs(1),
            factor: 2.0,
            max: Duration::from_secs(15 * 60),
            jitter: Jitter::Full,
        }
    }
}

/// How a pause is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Between half and the whole of the pause.
    Full,
    /// Exactly the pause.
    None,
}

/// `on_error:`.
#[derive(Clone, Debug)]
pub enum OnError {
    /// The run fails.
    Fail,
    /// The run goes on; the step's output is `()`.
    Ignore,
    /// The run goes on; the step's output is this.
    Use(Template),
    /// The run ends, successfully.
    Stop,
}

/// `limits:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// How long a run may take in all.
    pub timeout: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(40 * 60) }
    }
}

/// What starts a run.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// An HTTP request to `/hook/…`.
    Webhook(Webhook),
    /// The clock.
    Schedule(Schedule),
    /// A person or the API.
    Manual(Manual),
}

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
    /// JSON Schema that the body (or `data`, for callers without a body) must satisfy.
    pub input: Option<Value>,
    /// How long a caller waits for `respond`.
    pub wait: Duration,
    /// The largest body in bytes; none: the server's bound.
    pub max_body: Option<u64>,
}

/// An address range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    /// First address.
    pub address: IpAddr,
    /// Number of leading bits that count.
    pub prefix: u8,
}

/// `schedule:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When.
    pub when: When,
    /// What becomes of times missed while nothing ran.
    pub catch_up: CatchUp,
    /// IANA zone; the scenario's unless given.
    pub timezone: String,
    /// Where it stands in the text.
    pub place: Place,
}

/// The times of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Five fields, or six with seconds first; checked.
    Cron(String),
    /// At a fixed interval.
    Every(Duration),
    /// Once, at this RFC 3339 time, or local time in the schedule's zone; checked.
    At(String),
}

/// What becomes of missed times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// Nothing.
    Skip,
    /// One run for all of them.
    One,
    /// One run for each, at most 1,000.
    All,
}

/// `manual:`.
#[derive(Clone, Debug)]
pub struct Manual {
    /// JSON Schema of the input.
    pub input: Option<Value>,
}

/// One entry of `tests:`.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// The trigger's fields.
    pub trigger: Value,
    /// Outputs of steps, by id or module, given instead of calling them.
    pub mock: BTreeMap<String, Value>,
    /// What must hold.
    pub expect: Expect,
}

/// `expect:` of a test. What is not named is not looked at.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Status of the answer.
    pub status: Option<u16>,
    /// JSON body of the answer, exactly.
    pub json: Option<Value>,
    /// Text body of the answer, exactly.
    pub text: Option<String>,
    /// Headers of the answer, those named.
    pub headers: BTreeMap<String, String>,
    /// Steps (by id, else module) that were skipped, or never reached.
    pub skipped: Vec<String>,
    /// Steps (by id, else module) that ran.
    pub ran: Vec<String>,
    /// Outputs of steps by id, exactly.
    pub outputs: BTreeMap<String, Value>,
    /// How the run ends: `succeeded`, `failed`, `stopped`.
    pub ends: Option<String>,
}
