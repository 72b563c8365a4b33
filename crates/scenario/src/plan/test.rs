//! A scenario's tests: what comes in, what stands in for the outside, and what must hold.

use crate::diagnostic::Place;
use serde_json::Value;
use std::collections::BTreeMap;

/// Contents of data stores: table → key → value.
pub type StoreContents = BTreeMap<String, BTreeMap<String, Value>>;

/// One test of a scenario.
#[derive(Clone, Debug)]
pub struct Test {
    /// What it shows.
    pub name: String,
    /// Where it stands.
    pub place: Place,
    /// When the run begins, in milliseconds since 1970; the clock stands there. None: when all tests begin.
    pub at: Option<i64>,
    /// From what random values are drawn; none: as for all tests.
    pub seed: Option<u64>,
    /// The trigger's fields.
    pub trigger: Value,
    /// What data stores hold before.
    pub stores: StoreContents,
    /// What stands in for steps, by id or module.
    pub mock: BTreeMap<String, Mock>,
    /// Recorded answers of far sides to `http.request`, in order.
    pub http: Vec<Exchange>,
    /// What must hold.
    pub expect: Expect,
}

/// What stands in for a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Mock {
    /// Its output, or what an awaited person sends.
    Value(Value),
    /// It fails.
    Error(MockError),
    /// One for each call, in order.
    Sequence(Vec<Mock>),
    /// Nobody answers before the deadline.
    Timeout,
}

impl Mock {
    /// Whether it lets a wait end without an answer.
    pub(crate) fn may_time_out(&self) -> bool {
        match self {
            Self::Timeout => true,
            Self::Sequence(items) => items.iter().any(Self::may_time_out),
            Self::Value(_) | Self::Error(_) => false,
        }
    }
}

/// `$error:` how a mocked call fails. What is left out has a usual value.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MockError {
    /// The error's code.
    pub code: Option<String>,
    /// What is told.
    pub message: Option<String>,
    /// The far side's status.
    pub status: Option<u16>,
    /// The pause that the far side asks for, in milliseconds.
    pub retry_after: Option<u64>,
    /// Whether another try may help; none: as the status says, else yes.
    pub retry: Option<bool>,
}

/// A recorded exchange with a far side: which requests it answers, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct Exchange {
    /// Where it stands.
    pub place: Place,
    /// Which URLs it answers: `*` stands for anything within a segment, `**` for anything at all. Without a `?` in it,
    /// the query does not count.
    pub url: String,
    /// Which method, upper-case; none: any.
    pub method: Option<String>,
    /// What the request's query must have.
    pub query: Option<Value>,
    /// What the request's JSON must have.
    pub json: Option<Value>,
    /// How often it answers at most; none: always.
    pub times: Option<u32>,
    /// The answer's status.
    pub status: u16,
    /// The answer's headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The answer's body.
    pub body: ExchangeBody,
}

/// The body of a recorded answer.
#[derive(Clone, Debug, PartialEq)]
pub enum ExchangeBody {
    /// `application/json`, unless the headers say otherwise.
    Json(Value),
    /// `text/plain`, unless the headers say otherwise.
    Text(String),
    /// Nothing.
    Empty,
}

/// `expect:` of a test. What is not named is not looked at. Values may hold matchers: maps such as `{ $any: true }`.
#[derive(Clone, Debug, Default)]
pub struct Expect {
    /// Status of the answer.
    pub status: Option<u16>,
    /// JSON body of the answer.
    pub json: Option<Value>,
    /// Text body of the answer.
    pub text: Option<Value>,
    /// Headers of the answer, those named.
    pub headers: BTreeMap<String, Value>,
    /// Steps (by id, else module) that were skipped, or never reached.
    pub skipped: Vec<String>,
    /// Steps (by id, else module) that ran.
    pub ran: Vec<String>,
    /// How often steps (by id, else module) were called.
    pub calls: BTreeMap<String, u64>,
    /// Parameters of steps (by id, else module) as they were sent: those named. A map is what every call sent, a list
    /// has one for each.
    pub sent: BTreeMap<String, Value>,
    /// Outputs of steps by id.
    pub outputs: BTreeMap<String, Value>,
    /// Run variables at the end, those named.
    pub vars: BTreeMap<String, Value>,
    /// What data stores hold afterwards, of the keys named; null where nothing is held.
    pub stores: StoreContents,
    /// What the run gives to its caller.
    pub returned: Option<Value>,
    /// How the run ends: `succeeded`, `failed`, `stopped`, `returned`, `held`.
    pub ends: Option<String>,
    /// Why it failed, or is held.
    pub error: Option<ExpectedError>,
}

/// `error:` of what a test expects.
#[derive(Clone, Debug, Default)]
pub struct ExpectedError {
    /// Its code.
    pub code: Option<Value>,
    /// Its message.
    pub message: Option<Value>,
    /// The step that failed, by id, module or label.
    pub step: Option<String>,
}
