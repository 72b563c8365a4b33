//! A run as people look at it: one record for each step and turn, folded from the journal.

use crate::call::Delivery;
use crate::entry::{Entry, Release, Skip};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot};
use crate::payload::Payload;
use scenario::data;
use scenario::expression::Comparison;
use serde::Serialize;
use std::collections::HashMap;

/// How a step stands or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
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
}

/// What happened to one step in one turn.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// Which step in which turn.
    pub spot: Spot,
    /// How it stands or ended.
    pub outcome: Outcome,
    /// Why it was not run.
    pub skipped: Option<Skip>,
    /// How often it was tried.
    pub attempts: u32,
    /// When it began.
    pub started: Millis,
    /// When it ended.
    pub ended: Option<Millis>,
    /// What it gave.
    pub output: Option<Payload>,
    /// What was sent.
    pub sent: Option<Payload>,
    /// Whether it really left the machine.
    pub delivery: Delivery,
    /// Its last failure.
    pub error: Option<StepError>,
    /// Its attempts that failed and were to be followed by another, in order.
    pub failures: Vec<Attempt>,
    /// What a filter compared.
    pub comparisons: Vec<Comparison>,
    /// Until when it waits, at the longest.
    pub until: Option<Millis>,
    /// The run it called.
    pub child: Option<RunId>,
    /// Who resumed it after it was held.
    pub released_by: Option<String>,
    /// Its attempts of which it is not known whether they were made: the process ended before they were answered.
    pub in_doubt: Vec<InDoubt>,
    /// It was done by the run that this one does again, not by this one.
    pub copied: bool,
}

/// An attempt that failed and was to be followed by another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// When it began, in milliseconds since 1970.
    pub started: Millis,
    /// When it had failed, in milliseconds since 1970.
    pub ended: Millis,
    /// Why it failed.
    pub error: StepError,
    /// When the next attempt was due, in milliseconds since 1970.
    pub next: Millis,
}

/// An attempt that was in flight when the process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct InDoubt {
    /// Which attempt, from 1.
    pub attempt: u32,
    /// When it was about to be made, in milliseconds since 1970.
    pub started: Millis,
    /// When the run was taken up again, in milliseconds since 1970.
    pub noticed: Millis,
}

/// The steps of a journal, in the order in which they began.
pub fn history(entries: &[Entry]) -> Vec<StepRecord> {
    let mut history = History { records: Vec::new(), places: HashMap::new(), began: HashMap::new(), copied: 0 };
    for entry in entries {
        history.take(entry);
        history.copied = history.copied.saturating_sub(1);
    }
    history.records
}

struct History {
    records: Vec<StepRecord>,
    places: HashMap<Spot, usize>,
    /// When the last attempt of a step began.
    began: HashMap<Spot, Millis>,
    /// How many entries from here on are another run's.
    copied: u32,
}

impl History {
    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(_) | Entry::Turned { .. } | Entry::Ended { .. } => {}
            Entry::Started { spot, attempt, at } => {
                let record = self.record(spot, *at);
                record.attempts = *attempt;
                record.outcome = Outcome::Running;
                self.began.insert(spot.clone(), *at);
            }
            Entry::Routed { spot, at, .. } | Entry::Looped { spot, at, .. } => {
                self.record(spot, *at);
            }
            Entry::Failed { spot, attempt, error, retry, at } => {
                let started = self.began.get(spot).copied().unwrap_or(*at);
                let record = self.record(spot, *at);
                record.attempts = *attempt;
                record.error = Some((**error).clone());
                if let Some(next) = *retry {
                    let error = (**error).clone();
                    record.failures.push(Attempt { attempt: *attempt, started, ended: *at, error, next });
                }
                record.outcome = if retry.is_some() { Outcome::Retrying } else { Outcome::Failed };
                record.ended = retry.is_none().then_some(*at);
            }
            Entry::Done(done) => {
                let record = self.end(&done.spot, done.at, Outcome::Done);
                record.attempts = done.attempt;
                record.output = Some(done.output.clone());
                record.sent = (done.sent.text() != b"null").then(|| done.sent.clone());
                record.delivery = done.delivery;
                record.error = None;
            }
            Entry::Recovered { spot, output, at } => {
                self.end(spot, *at, Outcome::Recovered).output = Some(output.clone());
            }
            Entry::Skipped { spot, why, at } => {
                let record = self.end(spot, *at, Outcome::Skipped);
                record.attempts = 0;
                record.skipped = Some(*why);
            }
            Entry::Weighed { spot, passed, comparisons, at } => {
                let outcome = if *passed { Outcome::Done } else { Outcome::Filtered };
                self.end(spot, *at, outcome).comparisons = comparisons.clone();
            }
            Entry::Filtered { spot, passed, at } => {
                self.end(spot, *at, if *passed { Outcome::Done } else { Outcome::Filtered });
            }
            Entry::Responded { spot, at, .. } => {
                self.end(spot, *at, Outcome::Done);
            }
            flow => self.take_flow(flow),
        }
    }

    /// What happens to steps that guide the run.
    fn take_flow(&mut self, entry: &Entry) {
        match entry {
            Entry::Doubted { spot, attempt, at } => {
                let started = self.began.get(spot).copied().unwrap_or(*at);
                let doubt = InDoubt { attempt: *attempt, started, noticed: *at };
                self.record(spot, *at).in_doubt.push(doubt);
            }
            // This entry itself is counted, too.
            Entry::Replayed(replayed) => self.copied = replayed.copied.saturating_add(1),
            Entry::Assigned { spot, values, at } => {
                let values = values.iter().map(|(name, value)| (name.as_str().into(), value.value()));
                let values = data::share(values.collect::<rhai::Map>().into());
                self.end(spot, *at, Outcome::Done).output = Some(Payload::of(values));
            }
            Entry::Concluded { spot, value, at, .. } => {
                self.end(spot, *at, Outcome::Done).output = Some(value.clone());
            }
            Entry::Awaiting { spot, until, at } => {
                let record = self.record(spot, *at);
                record.outcome = Outcome::Waiting;
                record.until = Some(*until);
            }
            Entry::Called(called) => {
                let record = self.record(&called.spot, called.at);
                record.outcome = Outcome::Waiting;
                record.attempts = called.attempt;
                record.child = Some(called.child);
                record.sent = Some(called.input.clone());
            }
            Entry::Escalated { spot, error, at, .. } => {
                self.end(spot, *at, Outcome::Failed).error = Some((**error).clone());
            }
            Entry::Held { spot, error, due, at } => {
                let record = self.record(spot, *at);
                record.outcome = Outcome::Held;
                record.error = Some((**error).clone());
                record.until = *due;
                record.ended = None;
            }
            Entry::Released { spot, release, by, at } => self.released(spot, release, by.as_ref(), *at),
            // What concerns the run, or a turn, is no step of its own.
            _ => {}
        }
    }

    fn released(&mut self, spot: &Spot, release: &Release, by: Option<&String>, at: Millis) {
        let record = match release {
            Release::Retry => self.record(spot, at),
            Release::Use(_) => self.end(spot, at, Outcome::Recovered),
            Release::Fail => self.end(spot, at, Outcome::Failed),
        };
        record.released_by = by.cloned();
        match release {
            Release::Retry => record.outcome = Outcome::Running,
            Release::Use(output) => record.output = Some(output.clone()),
            Release::Fail => {}
        }
    }

    fn end(&mut self, spot: &Spot, at: Millis, outcome: Outcome) -> &mut StepRecord {
        let record = self.record(spot, at);
        record.outcome = outcome;
        record.ended = Some(at);
        record
    }

    fn record(&mut self, spot: &Spot, at: Millis) -> &mut StepRecord {
        let copied = self.copied > 0;
        let place = *self.places.entry(spot.clone()).or_insert_with(|| {
            self.records.push(StepRecord {
                spot: spot.clone(),
                outcome: Outcome::Running,
                skipped: None,
                attempts: 1,
                started: at,
                ended: None,
                output: None,
                sent: None,
                delivery: Delivery::Real,
                error: None,
                failures: Vec::new(),
                comparisons: Vec::new(),
                until: None,
                child: None,
                released_by: None,
                in_doubt: Vec::new(),
                copied,
            });
            self.records.len() - 1
        });
        &mut self.records[place]
    }
}
