//! What a step is: the part that every step has, and the one thing that it does.

use super::flow::{Branch, ForEach, Repeat, Route};
use super::{BlockNo, Invoke, OnError, Respond, Retry, StepNo, Wait, WaitFor};
use crate::diagnostic::Place;
use crate::expression::{Expression, Script, Template};
use std::sync::Arc;
use std::time::Duration;

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

/// `after_crash:`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AfterCrash {
    /// The call is made again, with the same idempotency key.
    #[default]
    Retry,
    /// The run is held until someone says whether the call was done.
    Hold,
}

/// `fail`.
#[derive(Clone, Debug)]
pub struct Fail {
    /// What is told.
    pub message: Template,
    /// The error's code; `failed` unless said.
    pub code: Option<String>,
}
