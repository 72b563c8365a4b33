//! Tells a run's steps while they happen, from what is written to its journal.

use crate::terminal::{self, BAD, DOUBTFUL, OK, QUIET, paint};
use run::call::Delivery;
use run::entry::{self, Conclusion, Entry, Skip};
use run::error::StepError;
use run::id::{Millis, RunId, Spot};
use run::tables::StoreError;
use scenario::expression::Comparison;
use scenario::plan::{Plan, Step};
use std::collections::HashMap;
use std::sync::Arc;
use store::{Ack, Append, Filter, Head, Journal, Journaled, Store};
use tokio::sync::mpsc;

/// A journal, and someone who hears what is written to it.
#[derive(Debug)]
struct Overheard {
    journal: Arc<dyn Journal>,
    listener: mpsc::UnboundedSender<(RunId, Entry)>,
}

impl Journal for Overheard {
    fn append(&self, append: Append) -> Ack {
        let (run, entries) = (append.run, entry::decode(&append.bytes).unwrap_or_default());
        let ack = self.journal.append(append);
        for entry in entries {
            // Once the end is told, nobody listens any more.
            let _ = self.listener.send((run, entry));
        }
        ack
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        self.journal.read(run)
    }

    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        self.journal.open_runs(after, limit)
    }

    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        self.journal.list(filter, limit)
    }

    fn close(&self) -> Result<(), StoreError> {
        self.journal.close()
    }
}

/// The steps of a run, told one line each.
pub(super) struct Narration {
    plan: Arc<Plan>,
    entries: mpsc::UnboundedReceiver<(RunId, Entry)>,
    began: HashMap<Spot, Millis>,
    /// How wide the widest label, and the widest name of a module, is.
    widths: (usize, usize),
}

impl Narration {
    /// The store, and the narration of the run that will be written to it.
    pub(super) fn over(store: Store, plan: Arc<Plan>) -> (Store, Self) {
        let (listener, entries) = mpsc::unbounded_channel();
        let journal = Arc::new(Overheard { journal: store.journal, listener });
        let widest = |name: fn(&Step) -> &str| plan.steps.iter().map(|step| name(step).chars().count()).max();
        let widths = (widest(|step| &step.label).unwrap_or(0), widest(|step| &step.module).unwrap_or(0));
        (Store { journal, ..store }, Self { plan, entries, began: HashMap::new(), widths })
    }

    /// Tells every step until the run is over, and which run it was.
    pub(super) async fn tell(mut self) -> Result<RunId, StoreError> {
        while let Some((run, entry)) = self.entries.recv().await {
            self.take(&entry);
            if matches!(entry, Entry::Ended { .. }) {
                return Ok(run);
            }
        }
        Err(StoreError::Closed)
    }

    fn take(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(_) | Entry::Turned { .. } | Entry::Ended { .. } => {}
            Entry::Started { spot, at, .. } | Entry::Looped { spot, at, .. } => {
                self.began.entry(spot.clone()).or_insert(*at);
            }
            Entry::Done(done) => {
                let sandbox = if done.delivery == Delivery::Sandbox { "sandbox" } else { "" };
                self.say(&done.spot, &paint(OK, "done     "), done.at, sandbox);
            }
            Entry::Failed { spot, error, retry: Some(retry), at, .. } => {
                let note = format!("{}; again in {} ms", reason(error), retry - at);
                self.say(spot, &paint(DOUBTFUL, "retry    "), *at, &note);
            }
            Entry::Failed { spot, error, retry: None, at, .. } => {
                self.say(spot, &paint(BAD, "failed   "), *at, &reason(error));
            }
            Entry::Recovered { spot, at, .. } => {
                self.say(spot, &paint(DOUBTFUL, "recovered"), *at, "as `on_error` says")
            }
            Entry::Skipped { spot, why, at } => {
                let note = match why {
                    Skip::When => "`when` is false",
                    Skip::Disabled => "disabled",
                };
                self.say(spot, &paint(QUIET, "skipped  "), *at, note);
            }
            Entry::Weighed { spot, passed, comparisons, at } => {
                let seen: Vec<String> = comparisons.iter().map(compared).collect();
                let status = if *passed { paint(OK, "passed   ") } else { paint(QUIET, "held back") };
                self.say(spot, &status, *at, &seen.join(", "));
            }
            Entry::Filtered { spot, passed: true, at } => self.say(spot, &paint(OK, "passed   "), *at, ""),
            Entry::Filtered { spot, passed: false, at } => {
                self.say(spot, &paint(QUIET, "held back"), *at, "the branch ends here");
            }
            Entry::Routed { spot, branches, at } => {
                let taken = format!("takes {}", terminal::count(branches.len(), "branch"));
                self.say(spot, &paint(OK, "routed   "), *at, &taken);
            }
            Entry::Responded { spot, response, at } => {
                self.say(spot, &paint(OK, "answered "), *at, &format!("status {}", response.status));
            }
            flow => self.take_flow(flow),
        }
    }

    /// What steps do that guide the run.
    fn take_flow(&mut self, entry: &Entry) {
        match entry {
            Entry::Assigned { spot, values, at } => {
                let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
                self.say(spot, &paint(OK, "assigned "), *at, &names.join(", "));
            }
            Entry::Awaiting { spot, until, at } => {
                self.began.entry(spot.clone()).or_insert(*at);
                let note = format!("until {}", terminal::time(*until));
                self.say(spot, &paint(QUIET, "waits    "), *at, &note);
            }
            Entry::Called(called) => {
                self.began.entry(called.spot.clone()).or_insert(called.at);
            }
            Entry::Concluded { spot, conclusion, at, .. } => {
                let status = match conclusion {
                    Conclusion::Returned => "returned ",
                    Conclusion::Stopped => "stopped  ",
                };
                self.say(spot, &paint(OK, status), *at, "");
            }
            Entry::Escalated { spot, error, at, .. } => self.say(spot, &paint(BAD, "failed   "), *at, &reason(error)),
            Entry::Held { spot, error, at, .. } => {
                self.say(spot, &paint(DOUBTFUL, "held     "), *at, &reason(error));
            }
            Entry::Released { spot, at, .. } => self.say(spot, &paint(DOUBTFUL, "resumed  "), *at, ""),
            Entry::Collapsed { error, .. } => {
                terminal::say(paint(BAD, format_args!("  failed; `on_failure` runs: {}", reason(error))));
            }
            _ => {}
        }
    }

    fn say(&self, spot: &Spot, status: &str, at: Millis, note: &str) {
        let step = self.plan.step(spot.step);
        let turns: String = spot.turns.iter().map(|turn| format!("  turn {turn}")).collect();
        let ((label, module), (wide, wider)) = ((&step.label, &step.module), self.widths);
        let took = self.began.get(spot).map_or(0, |began| at - began);
        let note = if note.is_empty() { String::new() } else { paint(QUIET, format_args!("  {note}")) };
        terminal::say(format_args!("  {status}  {label:<wide$}  {module:<wider$}  {took:>4} ms{turns}{note}"));
    }
}

/// A comparison with both sides and their types: `"5" (text) == 5 (number) is false`.
fn compared(made: &Comparison) -> String {
    let Comparison { left, left_type, operator, right, right_type, result } = made;
    format!("{left} ({left_type}) {operator} {right} ({right_type}) is {result}")
}

fn reason(error: &StepError) -> String {
    format!("{}: {}", error.code, error.message)
}
