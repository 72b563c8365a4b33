//! A checked scenario, ready to run: every name resolved, every expression compiled, every literal decoded.
//!
//! Steps and blocks stand in two flat lists and refer to each other by number, so that a position in a run is two
//! small numbers and a list of loop counters, and a plan is shared by all its runs without locks.

mod credential;
mod identity;
mod redirect;
mod test;
mod webhook;

pub use credential::Credential;
pub(crate) use identity::{content, identify};
pub use test::{Exchange, ExchangeBody, Expect, ExpectedError, Mock, MockError, StoreContents, Test};
pub use webhook::{Check, Dedupe, Deduping, ItemPath, Network, Verify, WAIT, Webhook, problem_of_path};

use crate::diagnostic::Place;
use crate::expression::{Expression, Script, Template};
use serde::{Deserialize, Serialize};
use serde_json::Value;
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
    /// What is done when a run has failed; none: nothing.
    pub on_failure: Option<BlockNo>,
    /// Bounds on its runs.
    pub limits: Limits,
    /// How long its runs are kept once they are over.
    pub keep: Keep,
    /// From when on people are told that something is wrong.
    pub alarms: Alarms,
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
#[derive(Clone, Debug)]
pub struct Block {
    /// The steps, in order.
    pub steps: Vec<StepNo>,
    /// The step this block belongs to; none for the body and for `on_failure`.
    pub owner: Option<StepNo>,
    /// What it is for.
    pub role: Role,
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is the scenario's `steps:`, or a part of what its owner does.
    Work,
    /// It is what `on_error` does when its owner has failed.
    Handler,
    /// It is the scenario's `on_failure`.
    Failure,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its own number.
    pub no: StepNo,
    /// What it is known by over the versions of its scenario: its id, else its module and its place among its like.
    pub identity: u64,
    /// A digest of its label and of what it is given; of its label alone where it is given other steps.
    pub content: u64,
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
    /// What becomes of it when a crash came while its call was in flight.
    pub after_crash: AfterCrash,
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
    /// Runs a block a number of times, or as long as a condition holds.
    Repeat(Repeat),
    /// Runs several blocks side by side, and goes on when all are over.
    Parallel(Vec<Branch>),
    /// Writes variables of the run.
    Assign(Vec<(Arc<str>, Template)>),
    /// Goes on later.
    Wait(Wait),
    /// Goes on when someone answers.
    WaitFor(WaitFor),
    /// Runs another scenario.
    Invoke(Invoke),
    /// Ends the run, and gives this to the run that called it.
    Return(Template),
    /// Ends the run, successfully; says why.
    Stop(Option<Template>),
    /// Fails.
    Fail(Fail),
}

impl Kind {
    /// Whether its block is walked many times, each in a turn of its own.
    pub fn is_loop(&self) -> bool {
        matches!(self, Self::ForEach(_) | Self::Repeat(_))
    }
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
    /// Hosts that a redirect may lead to which data chooses, lower-case; `*.example.com`: those below.
    pub hosts: Vec<String>,
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
    /// How many turns are walked side by side, at least 1.
    pub parallel: u32,
    /// How many items a turn gets, as a list; none: one item, as it is.
    pub batch: Option<u32>,
    /// What becomes of what the turns give; none: the output is the number of turns.
    pub collect: Option<Collect>,
}

/// `repeat`.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// How long it goes on.
    pub bound: Bound,
    /// More turns than this are a failure, where the bound is a condition.
    pub max: u32,
    /// What is done in each turn.
    pub block: BlockNo,
    /// What becomes of what the turns give; none: the output is the number of turns.
    pub collect: Option<Collect>,
}

/// How long a `repeat` goes on.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A number of turns.
    Times(Expression),
    /// As long as this holds; looked at before each turn.
    While(Expression),
    /// Until this holds; looked at after each turn, from inside of it.
    Until(Expression),
}

/// `collect:` what a loop makes of what its turns give.
#[derive(Clone, Debug)]
pub enum Collect {
    /// A list of the values.
    List(Template),
    /// One text, with this between the parts.
    Text {
        /// What a turn gives.
        part: Template,
        /// What stands between two parts.
        separator: String,
    },
    /// The sum of the numbers.
    Sum(Expression),
    /// A map of lists: the values under their keys.
    Group {
        /// What a turn gives.
        value: Template,
        /// Under which key.
        by: Expression,
    },
}

/// `wait`.
#[derive(Clone, Debug)]
pub enum Wait {
    /// This long.
    For(Duration),
    /// A duration (`5m`, or a number of seconds) or a time, known when the step begins. The zone is that of times
    /// without an offset.
    Computed {
        /// What gives it.
        value: Template,
        /// IANA name.
        timezone: Arc<str>,
    },
}

/// `wait_for`.
#[derive(Clone, Debug)]
pub struct WaitFor {
    /// Steps that tell someone the link, `resume.url`; walked before waiting.
    pub block: BlockNo,
    /// The title of the page behind the link.
    pub title: Option<Template>,
    /// What the page says.
    pub text: Option<Template>,
    /// What is asked, in order.
    pub fields: Vec<Field>,
    /// The buttons; none: one that sends the answer.
    pub choices: Vec<String>,
    /// Upper-case methods by which the link takes an answer.
    pub methods: Vec<String>,
    /// How long an answer is waited for.
    pub deadline: Duration,
}

/// Something that is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Under which name it is answered.
    pub name: String,
    /// What kind of answer it takes.
    pub of: FieldType,
    /// What to show people; the name unless said.
    pub label: String,
    /// Whether an answer without it is refused.
    pub required: bool,
}

/// What kind of answer a field takes.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldType {
    /// One line of text.
    Text,
    /// Several lines of text.
    LongText,
    /// A number.
    Number,
    /// Yes or no.
    Boolean,
    /// A day, `2026-12-31`.
    Date,
    /// One of these.
    Choice(Vec<String>),
}

/// `call`: another scenario.
#[derive(Clone, Debug)]
pub struct Invoke {
    /// Its id.
    pub scenario: Arc<str>,
    /// What it gets as `trigger.body`.
    pub input: Template,
    /// Whether its `return` is waited for.
    pub detach: Detach,
}

/// Whether a called scenario goes its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detach {
    /// The step is over when the called run is; its output is what that returned.
    Await,
    /// The step is over when the called run is on disk; its output is `{ run }`.
    Go,
}

/// `fail`.
#[derive(Clone, Debug)]
pub struct Fail {
    /// What is told.
    pub message: Template,
    /// The error's code; `failed` unless said.
    pub code: Option<String>,
}

/// `retry:`.
#[derive(Clone, Debug)]
pub struct Retry {
    /// How often the step is tried in all, at least 1.
    pub attempts: u32,
    /// The pause before the second attempt.
    pub backoff: Duration,
    /// By what the pause is multiplied from attempt to attempt, at least 1.
    pub factor: f64,
    /// No pause is longer.
    pub max: Duration,
    /// The pauses one by one, in place of `backoff`, `factor` and `max`; none: as those say. They may take days, and count
    /// as rests of the run: `limits.timeout` does not end it meanwhile.
    pub pauses: Arc<[Duration]>,
    /// Whether a pause is drawn at random between none and its full length.
    pub jitter: Jitter,
    /// Which errors are worth another try (`error` is in scope); none: those that may pass.
    pub when: Option<Expression>,
}

impl Retry {
    /// An attempt after each of these pauses.
    pub fn after(pauses: impl IntoIterator<Item = Duration>) -> Self {
        let pauses: Arc<[Duration]> = pauses.into_iter().collect();
        let attempts = u32::try_from(pauses.len()).unwrap_or(u32::MAX).saturating_add(1);
        Self { attempts, pauses, ..Self::default() }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 1,
            backoff: Duration::from_secs(1),
            factor: 2.0,
            max: Duration::from_secs(15 * 60),
            pauses: Arc::default(),
            jitter: Jitter::Full,
            when: None,
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
    /// The run waits, with everything done so far, until someone resumes it at this step; or until this policy does.
    Hold(Option<Box<Retry>>),
    /// These steps run, with `error` in scope; then the run goes on, and the step's output is `()`.
    Steps(BlockNo),
}

/// `after_crash:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterCrash {
    /// The call is made again, with the same idempotency key.
    #[default]
    Retry,
    /// The run is held until someone says whether the call was done.
    Hold,
}

/// `limits:`.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long a run may take in all.
    pub timeout: Duration,
    /// How long a run may take from its arrival on, with all its waiting; none: any time.
    pub deadline: Option<Duration>,
    /// How many runs may be under way at once; none: as many as come.
    pub concurrency: Option<Concurrency>,
    /// How many runs may wait for their turn; none: as many as the engine takes. More are refused.
    pub queue: Option<u32>,
    /// How many runs may begin in a time; none: as many as come.
    pub rate: Option<Rate>,
    /// What its journal survives.
    pub durability: Durability,
}

/// `limits.concurrency`, or `limits.sequential`. With a limit of one, runs follow each other in the order in which
/// they came.
#[derive(Clone, Debug)]
pub struct Concurrency {
    /// How many runs at once, at least 1; for each value of the key.
    pub limit: u32,
    /// What tells apart runs that need not wait for each other; it reads `trigger`. None: all wait for all.
    pub key: Option<Expression>,
    /// What becomes of a run that comes when there are as many.
    pub on_full: OnFull,
}

/// `on_full:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFull {
    /// It waits for its turn on disk.
    #[default]
    Queue,
    /// It is not begun.
    Drop,
    /// The oldest one that is under way is cancelled, and it begins.
    CancelRunning,
}

/// `limits.durability`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// What is acknowledged is on disk.
    #[default]
    Disk,
    /// What is acknowledged is on its way to the disk: a crash of the machine or of the process may lose the last
    /// moments.
    Memory,
}

/// `keep:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// How long a run is kept after it is over; none: as the server says.
    pub age: Option<Duration>,
    /// How many runs are kept at most; none: as the server says.
    pub runs: Option<u64>,
    /// Which runs are kept.
    pub only: Kept,
}

/// `keep.only`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// All.
    #[default]
    All,
    /// Those that failed or were cancelled.
    Failures,
    /// None.
    Nothing,
}

/// `alarms:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// How many runs fail in a row before it is an alarm; none: never.
    pub failures: Option<u32>,
    /// How long nothing may come before it is an alarm; none: any time.
    pub silence: Option<Duration>,
    /// How many runs may wait before it is an alarm; none: never.
    pub queue: Option<u32>,
}

impl Default for Alarms {
    fn default() -> Self {
        Self { failures: Some(5), silence: None, queue: Some(10_000) }
    }
}

/// So many in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many, at least 1.
    pub count: u32,
    /// In how long.
    pub per: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(40 * 60),
            deadline: None,
            concurrency: None,
            queue: None,
            rate: None,
            durability: Durability::Disk,
        }
    }
}

/// What starts a run.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// An HTTP request to `/hook/…`.
    Webhook(Box<Webhook>),
    /// The clock.
    Schedule(Schedule),
    /// A person or the API.
    Manual(Manual),
    /// A `call` step of another scenario.
    Call(Callable),
    /// The failure of another scenario.
    Failure(Failure),
}

/// `call:` as a trigger.
#[derive(Clone, Debug)]
pub struct Callable {
    /// JSON Schema of the input.
    pub input: Option<Value>,
}

/// `failure:`.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which scenarios, as patterns in which `*` stands for anything; empty: all.
    pub scenarios: Vec<String>,
    /// Which not.
    pub except: Vec<String>,
}

impl Failure {
    /// Whether the failure of this scenario is meant.
    pub fn covers(&self, scenario: &str) -> bool {
        let among = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, scenario));
        (self.scenarios.is_empty() || among(&self.scenarios)) && !among(&self.except)
    }
}

/// Whether a pattern, in which `*` stands for any characters, fits a name. Takes the last `*` back as far as need be,
/// so the time is bounded by the product of the lengths.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p) == Some(&name[n]) {
            (p, n) = (p + 1, n + 1);
        } else if let Some((at, taken)) = star {
            (p, n, star) = (at + 1, taken + 1, Some((at, taken + 1)));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
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
