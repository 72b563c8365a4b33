//! The steps of a run as the API shows them.

use crate::api::value;
use run::call::Delivery;
use run::entry::{Entry, Trial};
use run::error::StepError;
use run::history::{self, StepRecord, history};
use run::id::{Millis, Spot};
use run::payload::Payload;
use scenario::expression;
use scenario::plan::{self, Kind, Plan};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a step did in one turn of the loops around it.
#[derive(Serialize, ToSchema)]
pub(super) struct Step {
    /// Its number in the scenario, from 0 in the order of the text.
    step: u32,
    /// Which turn of each loop around it, outermost first, from 0.
    turns: Vec<u32>,
    /// The name by which expressions refer to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    /// What to call it.
    label: String,
    /// What it uses.
    module: String,
    /// How it stands or ended.
    #[schema(value_type = StepStatus)]
    status: history::StepStatus,
    /// How often it was tried.
    attempts: u32,
    /// When it began, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    started: Option<Millis>,
    /// When it ended, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    ended: Option<Millis>,
    /// What it gave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    output: Option<Box<RawValue>>,
    /// What was sent, secrets masked.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    sent: Option<Box<RawValue>>,
    /// Whether the call was only written down, not made.
    sandbox: bool,
    /// Its last failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// Its attempts that failed and were to be followed by another, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failures: Vec<FailedAttempt>,
    /// What a filter compared: both sides with their types, and how it came out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    comparisons: Vec<Comparison>,
    /// Until when it waits, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    until: Option<Millis>,
    /// The link by which it is answered, while it waits for that. Whoever has it may answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    resume_url: Option<String>,
    /// Who answered it, and when.
    #[serde(skip_serializing_if = "Option::is_none")]
    answered: Option<Answered>,
    /// The run it called.
    #[serde(skip_serializing_if = "Option::is_none")]
    child: Option<String>,
    /// Who resumed it after it was held.
    #[serde(skip_serializing_if = "Option::is_none")]
    released_by: Option<String>,
    /// Attempts of which it is not known whether they were made: the process ended while they were in flight.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    in_doubt: Vec<InDoubt>,
    /// It was done by the run that this one does again, not by this one, or was given to a trial.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    copied: bool,
    /// It was not done: what it gave was pinned for this trial.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pinned: bool,
}

/// An attempt that failed and was to be followed by another.
#[derive(Serialize, ToSchema)]
#[schema(as = StepFailedAttempt)]
struct FailedAttempt {
    /// Which attempt, from 1.
    attempt: u32,
    /// When it began, in milliseconds since 1970.
    #[schema(value_type = i64)]
    started: Millis,
    /// When it had failed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    ended: Millis,
    /// Why it failed.
    error: Failure,
    /// When the next attempt was due, in milliseconds since 1970.
    #[schema(value_type = i64)]
    next: Millis,
}

/// An attempt of which it is not known whether it was made.
#[derive(Serialize, ToSchema)]
#[schema(as = StepInDoubt)]
struct InDoubt {
    /// Which attempt, from 1.
    attempt: u32,
    /// When it was about to be made, in milliseconds since 1970.
    #[schema(value_type = i64)]
    started: Millis,
    /// When the run was taken up again, in milliseconds since 1970.
    #[schema(value_type = i64)]
    noticed: Millis,
}

/// An answer that a step waited for.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = StepAnswered)]
struct Answered {
    /// When, in milliseconds since 1970.
    #[schema(value_type = i64)]
    at: Millis,
    /// Which user; none where it was somebody with the link.
    by: Option<String>,
}

/// A comparison that a filter made.
#[derive(Serialize, ToSchema)]
struct Comparison {
    /// The left value as JSON, cut where it is long.
    left: String,
    /// Its type.
    left_type: String,
    /// The operator, or the function that tells true from false.
    operator: String,
    /// The right value, as the left.
    right: String,
    /// Its type.
    right_type: String,
    /// How it came out.
    result: bool,
}

/// How a step stands or ended.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes `run`'s status, which knows no API document")]
enum StepStatus {
    /// Begun and not over.
    Running,
    /// Waits for its next attempt.
    Retrying,
    /// Gave its output.
    Done,
    /// Failed for good.
    Failed,
    /// Failed, and `on_error` stood in for it.
    Recovered,
    /// Not run: its `when` is false, or it is switched off.
    Skipped,
    /// A filter that held its branch back.
    Filtered,
    /// Waits for a time, an answer, or another run.
    Waiting,
    /// Failed, and waits for someone to resume it.
    Held,
    /// Given up before it was over, since the run was.
    Cancelled,
}

/// Why something failed.
#[derive(Serialize, ToSchema)]
#[schema(as = RunError)]
pub(super) struct Failure {
    /// For programs: `http_status`, `timeout`, `expression`…
    code: String,
    /// For people.
    message: String,
    /// What to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The far side's HTTP status.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

/// The steps of this journal. Without the plan they have numbers for names. `link` leads to a step that waits.
pub(super) fn of(entries: &[Entry], plan: Option<&Plan>, link: impl Fn(&Spot) -> Option<String>) -> Vec<Step> {
    let records = history(entries);
    let steps = plan.map_or(&[][..], |plan| &plan.steps);
    let (answers, trial) = (answers(entries), Trial::of(entries));
    let shown = |record: &StepRecord| {
        let step = steps.get(record.spot.step.0 as usize);
        let answered = answers.get(&record.spot).cloned();
        let asks = step.is_some_and(|step| matches!(step.kind, Kind::WaitFor(_)));
        let awaits = asks && record.status == history::StepStatus::Waiting && answered.is_none();
        let resume_url = awaits.then(|| link(&record.spot)).flatten();
        let pinned = trial.is_some_and(|trial| trial.pin(record.spot.step).is_some()) && !record.copied;
        Step { resume_url, answered, pinned, ..Step::of(record, step) }
    };
    records.iter().map(shown).collect()
}

/// The answers that came, by the steps that waited for them.
fn answers(entries: &[Entry]) -> BTreeMap<&Spot, Answered> {
    let answers = entries.iter().filter_map(|entry| match entry {
        Entry::Answered { spot, answer, at } => Some((spot, Answered { at: *at, by: by(answer) })),
        _ => None,
    });
    answers.collect()
}

/// The user that an answer names.
fn by(answer: &Payload) -> Option<String> {
    #[derive(Deserialize)]
    struct By {
        by: Option<String>,
    }
    serde_json::from_slice::<By>(answer.text()).ok()?.by
}

impl Step {
    fn of(record: &StepRecord, step: Option<&plan::Step>) -> Self {
        let no = record.spot.step.0;
        Self {
            step: no,
            turns: record.spot.turns.to_vec(),
            id: step.and_then(|step| step.id.as_deref()).map(str::to_owned),
            label: step.map_or_else(|| format!("step {no}"), |step| step.label.to_string()),
            module: step.map(|step| step.module.to_string()).unwrap_or_default(),
            status: record.status,
            attempts: record.attempts,
            started: (record.status != history::StepStatus::Skipped).then_some(record.started),
            ended: record.ended,
            output: record.output.as_ref().map(value::shown),
            sent: record.sent.as_ref().map(value::shown),
            sandbox: record.delivery == Delivery::Sandbox,
            error: record.error.as_ref().map(Failure::from),
            failures: record.failures.iter().map(FailedAttempt::from).collect(),
            comparisons: record.comparisons.iter().map(Comparison::from).collect(),
            until: record.until.filter(|_| record.ended.is_none()),
            resume_url: None,
            answered: None,
            child: record.child.map(|child| child.to_string()),
            released_by: record.released_by.clone(),
            in_doubt: record.in_doubt.iter().map(InDoubt::from).collect(),
            copied: record.copied,
            pinned: false,
        }
    }
}

impl From<&history::InDoubt> for InDoubt {
    fn from(doubt: &history::InDoubt) -> Self {
        let history::InDoubt { attempt, started, noticed } = *doubt;
        Self { attempt, started, noticed }
    }
}

impl From<&history::Attempt> for FailedAttempt {
    fn from(failed: &history::Attempt) -> Self {
        let history::Attempt { attempt, started, ended, next, .. } = *failed;
        Self { attempt, started, ended, error: Failure::from(&failed.error), next }
    }
}

impl From<&expression::Comparison> for Comparison {
    fn from(made: &expression::Comparison) -> Self {
        let expression::Comparison { left, left_type, operator, right, right_type, result } = made.clone();
        Self { left, left_type, operator, right, right_type, result }
    }
}

impl From<&StepError> for Failure {
    fn from(error: &StepError) -> Self {
        let StepError { code, message, hint, status, .. } = error.clone();
        Self { code, message, hint, status }
    }
}
