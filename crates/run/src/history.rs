//! A run as people look at it: one record for each step and turn, folded from the journal.

use crate::call::Delivery;
use crate::entry::{End, Entry, Release, Skip};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot};
use crate::payload::Payload;
use scenario::data;
use scenario::expression::Comparison;
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// How a step stands or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
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

/// What happened to one step in one turn.
#[derive(Clone, Debug)]
pub struct StepRecord {
    /// Which step in which turn.
    pub spot: Spot,
    /// How it stands or ended.
    pub status: StepStatus,
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
    let mut history = History::default();
    for entry in entries {
        history.take(entry);
        history.copied = history.copied.saturating_sub(1);
    }
    history.records
}

#[derive(Default)]
struct History {
    records: Vec<StepRecord>,
    places: HashMap<Spot, usize>,
    /// The places of steps that have begun with steps of their own.
    containers: HashSet<usize>,
    /// When the last attempt of a step began.
    began: HashMap<Spot, Millis>,
    /// How many entries from here on are another run's.
    copied: u32,
}

impl History {
    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(_) | Entry::Turned { .. } => {}
            Entry::Ended { end, at } => self.give_up(end, *at),
            Entry::Started { spot, attempt, at } => {
                self.begin(spot, *at, StepStatus::Running).attempts = *attempt;
                self.began.insert(spot.clone(), *at);
            }
            Entry::Routed { spot, at, .. } | Entry::Looped { spot, at, .. } => {
                self.begin(spot, *at, StepStatus::Running);
                self.containers.extend(self.places.get(spot));
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
                record.status = if retry.is_some() { StepStatus::Retrying } else { StepStatus::Failed };
                record.ended = retry.is_none().then_some(*at);
            }
            Entry::Done(done) => {
                let record = self.end(&done.spot, done.at, StepStatus::Done);
                record.attempts = done.attempt;
                record.output = Some(done.output.clone());
                record.sent = (done.sent.text() != b"null").then(|| done.sent.clone());
                record.delivery = done.delivery;
                record.error = None;
            }
            Entry::Recovered { spot, output, at } => {
                self.end(spot, *at, StepStatus::Recovered).output = Some(output.clone());
            }
            Entry::Skipped { spot, why, at } => {
                let record = self.end(spot, *at, StepStatus::Skipped);
                record.attempts = 0;
                record.skipped = Some(*why);
            }
            Entry::Weighed { spot, passed, comparisons, at } => {
                let status = if *passed { StepStatus::Done } else { StepStatus::Filtered };
                self.end(spot, *at, status).comparisons = comparisons.clone();
            }
            Entry::Filtered { spot, passed, at } => {
                self.end(spot, *at, if *passed { StepStatus::Done } else { StepStatus::Filtered });
            }
            Entry::Responded { spot, at, .. } => {
                self.end(spot, *at, StepStatus::Done);
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
            Entry::Tried(trial) => self.copied = trial.given.saturating_add(1),
            Entry::Assigned { spot, values, at } => {
                let values = values.iter().map(|(name, value)| (name.as_str().into(), value.value()));
                let values = data::share(values.collect::<rhai::Map>().into());
                self.end(spot, *at, StepStatus::Done).output = Some(Payload::of(values));
            }
            Entry::Concluded { spot, value, at, .. } => {
                self.end(spot, *at, StepStatus::Done).output = Some(value.clone());
            }
            Entry::Awaiting { spot, until, at } => {
                self.begin(spot, *at, StepStatus::Waiting).until = Some(*until);
            }
            Entry::Collapsed { spot, error, at } => {
                self.give_up(&End::Failed { spot: spot.clone(), error: (**error).clone() }, *at);
            }
            Entry::Called(called) => {
                let record = self.begin(&called.spot, called.at, StepStatus::Waiting);
                record.attempts = called.attempt;
                record.child = Some(called.child);
                record.sent = Some(called.input.clone());
            }
            Entry::Escalated { spot, error, at, .. } => {
                self.end(spot, *at, StepStatus::Failed).error = Some((**error).clone());
            }
            Entry::Held { spot, error, due, at } => {
                let record = self.begin(spot, *at, StepStatus::Held);
                record.error = Some((**error).clone());
                record.until = *due;
            }
            Entry::Released { spot, release, by, at } => self.released(spot, release, by.as_ref(), *at),
            // What concerns the run, or a turn, is no step of its own.
            _ => {}
        }
    }

    fn released(&mut self, spot: &Spot, release: &Release, by: Option<&String>, at: Millis) {
        let record = match release {
            Release::Retry => self.begin(spot, at, StepStatus::Running),
            Release::Use(_) => self.end(spot, at, StepStatus::Recovered),
            Release::Fail => self.end(spot, at, StepStatus::Failed),
        };
        record.released_by = by.cloned();
        if let Release::Use(output) = release {
            record.output = Some(output.clone());
        }
    }

    /// Nothing goes on: steps that are not over will never be. Those around others end as the run does.
    fn give_up(&mut self, end: &End, at: Millis) {
        let around = match end {
            End::Succeeded | End::Stopped => StepStatus::Done,
            End::Failed { .. } => StepStatus::Failed,
            End::Cancelled => StepStatus::Cancelled,
        };
        for (place, record) in self.records.iter_mut().enumerate().filter(|(_, record)| record.ended.is_none()) {
            record.status = if self.containers.contains(&place) { around } else { StepStatus::Cancelled };
            record.ended = Some(at);
        }
    }

    /// A step begins, or stands still: again, where it was over before and a step around it begins anew.
    fn begin(&mut self, spot: &Spot, at: Millis, status: StepStatus) -> &mut StepRecord {
        let record = self.record(spot, at);
        record.status = status;
        record.ended = None;
        record
    }

    fn end(&mut self, spot: &Spot, at: Millis, status: StepStatus) -> &mut StepRecord {
        let record = self.record(spot, at);
        record.status = status;
        record.ended = Some(at);
        record
    }

    fn record(&mut self, spot: &Spot, at: Millis) -> &mut StepRecord {
        let copied = self.copied > 0;
        let place = *self.places.entry(spot.clone()).or_insert_with(|| {
            self.records.push(StepRecord {
                spot: spot.clone(),
                status: StepStatus::Running,
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
