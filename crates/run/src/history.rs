//! A run as people look at it: one record for each step and turn, folded from the journal.

use crate::call::Delivery;
use crate::entry::{Entry, Skip};
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::payload::Payload;
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
}

/// The steps of a journal, in the order in which they began.
pub fn history(entries: &[Entry]) -> Vec<StepRecord> {
    let mut history = History { records: Vec::new(), places: HashMap::new() };
    for entry in entries {
        history.take(entry);
    }
    history.records
}

struct History {
    records: Vec<StepRecord>,
    places: HashMap<Spot, usize>,
}

impl History {
    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(_) | Entry::Turned { .. } | Entry::Ended { .. } => {}
            Entry::Started { spot, attempt, at } => {
                let record = self.record(spot, *at);
                record.attempts = *attempt;
                record.outcome = Outcome::Running;
            }
            Entry::Routed { spot, at, .. } | Entry::Looped { spot, at, .. } => {
                self.record(spot, *at);
            }
            Entry::Failed { spot, attempt, error, retry, at } => {
                let record = self.record(spot, *at);
                record.attempts = *attempt;
                record.error = Some((**error).clone());
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
            Entry::Filtered { spot, passed, at } => {
                self.end(spot, *at, if *passed { Outcome::Done } else { Outcome::Filtered });
            }
            Entry::Responded { spot, at, .. } => {
                self.end(spot, *at, Outcome::Done);
            }
        }
    }

    fn end(&mut self, spot: &Spot, at: Millis, outcome: Outcome) -> &mut StepRecord {
        let record = self.record(spot, at);
        record.outcome = outcome;
        record.ended = Some(at);
        record
    }

    fn record(&mut self, spot: &Spot, at: Millis) -> &mut StepRecord {
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
            });
            self.records.len() - 1
        });
        &mut self.records[place]
    }
}
