//! Tells a run's steps while they happen, from what is written to its journal.

use super::standstill::{Blocked, Standstill};
use crate::terminal::{self, BAD, DOUBTFUL, OK, QUIET, paint};
use run::call::Delivery;
use run::entry::{self, Conclusion, Entry, Skip};
use run::error::StepError;
use run::id::{Millis, RunId, ScenarioId, Spot};
use run::tables::StoreError;
use scenario::expression::Comparison;
use scenario::plan::{Plan, Step};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use store::{Ack, Append, ClaimKey, Filter, Head, Journal, Journaled, Retention, Store, Usage};
use tokio::sync::{mpsc, watch};

/// A journal, and someone who hears what is written to it.
#[derive(Debug)]
struct Overheard {
    journal: Arc<dyn Journal>,
    listener: mpsc::UnboundedSender<Piece>,
}

/// What was written of a run at once.
#[derive(Debug)]
struct Piece {
    run: RunId,
    head: Head,
    entries: Vec<Entry>,
}

impl Journal for Overheard {
    fn append(&self, append: Append) -> Ack {
        let entries = entry::decode(&append.bytes).unwrap_or_default();
        let piece = Piece { run: append.run, head: append.head.clone(), entries };
        let ack = self.journal.append(append);
        // Once the end is told, nobody listens any more.
        let _ = self.listener.send(piece);
        ack
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        self.journal.read(run)
    }

    fn head(&self, run: RunId) -> Result<Option<Head>, StoreError> {
        self.journal.head(run)
    }

    fn claimed(&self, key: &ClaimKey, now: Millis) -> Result<Option<RunId>, StoreError> {
        self.journal.claimed(key, now)
    }

    fn last(&self, scenario: &ScenarioId) -> Result<Option<(RunId, Head)>, StoreError> {
        self.journal.last(scenario)
    }

    fn open_runs(&self, after: Option<RunId>, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        self.journal.open_runs(after, limit)
    }

    fn list(&self, filter: &Filter, limit: usize) -> Result<Vec<(RunId, Head)>, StoreError> {
        self.journal.list(filter, limit)
    }

    fn retain(&self, retention: &Retention, now: Millis) -> Result<Usage, StoreError> {
        self.journal.retain(retention, now)
    }

    fn usage(&self) -> Result<Usage, StoreError> {
        self.journal.usage()
    }

    fn failure(&self) -> watch::Receiver<Option<StoreError>> {
        self.journal.failure()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.journal.close()
    }
}

/// The steps of a run, and of those it calls, told one line each.
pub(super) struct Narration {
    /// The scenario that is run.
    scenario: ScenarioId,
    /// It and those that it may call.
    plans: BTreeMap<ScenarioId, Arc<Plan>>,
    pieces: mpsc::UnboundedReceiver<Piece>,
    began: HashMap<(RunId, Spot), Millis>,
    standstill: Standstill,
    /// How wide the widest label, and the widest name of a module, is.
    widths: (usize, usize),
}

/// What was told: which run it was, and what it still waits for, if that does not come by itself.
pub(super) struct Told {
    pub(super) run: RunId,
    pub(super) blocked: Option<Blocked>,
}

/// Whose entry is told.
struct Teller<'a> {
    run: RunId,
    scenario: &'a ScenarioId,
    plan: &'a Plan,
}

impl Narration {
    /// The store, and the narration of the run that will be written to it.
    pub(super) fn over(store: Store, scenario: ScenarioId, plans: BTreeMap<ScenarioId, Arc<Plan>>) -> (Store, Self) {
        let (listener, pieces) = mpsc::unbounded_channel();
        let journal = Arc::new(Overheard { journal: store.journal, listener });
        let steps = || plans.iter().flat_map(|(id, plan)| plan.steps.iter().map(move |step| (id, step)));
        let widths = (
            steps().map(|(id, step)| label(&scenario, id, step).chars().count()).max().unwrap_or(0),
            steps().map(|(_, step)| step.module.chars().count()).max().unwrap_or(0),
        );
        let (began, standstill) = (HashMap::new(), Standstill::default());
        (Store { journal, ..store }, Self { scenario, plans, pieces, began, standstill, widths })
    }

    /// Tells every step until all is over, or nothing more happens by itself.
    pub(super) async fn tell(mut self) -> Result<Told, StoreError> {
        let mut first = None;
        while let Some(piece) = self.pieces.recv().await {
            let run = *first.get_or_insert(piece.run);
            let Some(plan) = self.plans.get(&piece.head.scenario).cloned() else { continue };
            self.standstill.note(piece.run, &piece.head, &piece.entries, &plan);
            for entry in &piece.entries {
                self.take(&Teller { run: piece.run, scenario: &piece.head.scenario, plan: &plan }, entry);
            }
            let blocked = self.standstill.blocked().cloned();
            if blocked.is_some() || self.standstill.is_over() {
                return Ok(Told { run, blocked });
            }
        }
        Err(StoreError::Closed)
    }

    fn take(&mut self, teller: &Teller<'_>, entry: &Entry) {
        match entry {
            Entry::Created(_) | Entry::Turned { .. } | Entry::Ended { .. } => {}
            Entry::Started { spot, at, .. } | Entry::Looped { spot, at, .. } => {
                self.began.entry((teller.run, spot.clone())).or_insert(*at);
            }
            Entry::Done(done) => {
                let sandbox = if done.delivery == Delivery::Sandbox { "sandbox" } else { "" };
                self.say(teller, &done.spot, &paint(OK, "done     "), done.at, sandbox);
            }
            Entry::Failed { spot, error, retry: Some(retry), at, .. } => {
                let note = format!("{}; again in {} ms", reason(error), retry - at);
                self.say(teller, spot, &paint(DOUBTFUL, "retry    "), *at, &note);
            }
            Entry::Failed { spot, error, retry: None, at, .. } => {
                self.say(teller, spot, &paint(BAD, "failed   "), *at, &reason(error));
            }
            Entry::Recovered { spot, at, .. } => {
                self.say(teller, spot, &paint(DOUBTFUL, "recovered"), *at, "as `on_error` says")
            }
            Entry::Skipped { spot, why, at } => {
                let note = match why {
                    Skip::When => "`when` is false",
                    Skip::Disabled => "disabled",
                };
                self.say(teller, spot, &paint(QUIET, "skipped  "), *at, note);
            }
            Entry::Weighed { spot, passed, comparisons, at } => {
                let seen: Vec<String> = comparisons.iter().map(compared).collect();
                let status = if *passed { paint(OK, "passed   ") } else { paint(QUIET, "held back") };
                self.say(teller, spot, &status, *at, &seen.join(", "));
            }
            Entry::Filtered { spot, passed: true, at } => self.say(teller, spot, &paint(OK, "passed   "), *at, ""),
            Entry::Filtered { spot, passed: false, at } => {
                self.say(teller, spot, &paint(QUIET, "held back"), *at, "the branch ends here");
            }
            Entry::Routed { spot, branches, at } => {
                let taken = format!("takes {}", terminal::count(branches.len(), "branch"));
                self.say(teller, spot, &paint(OK, "routed   "), *at, &taken);
            }
            Entry::Responded { spot, response, at } => {
                self.say(teller, spot, &paint(OK, "answered "), *at, &format!("status {}", response.status));
            }
            flow => self.take_flow(teller, flow),
        }
    }

    /// What steps do that guide the run.
    fn take_flow(&mut self, teller: &Teller<'_>, entry: &Entry) {
        match entry {
            Entry::Assigned { spot, values, at } => {
                let names: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).collect();
                self.say(teller, spot, &paint(OK, "assigned "), *at, &names.join(", "));
            }
            Entry::Awaiting { spot, until, at } => {
                self.began.entry((teller.run, spot.clone())).or_insert(*at);
                let note = format!("until {}", terminal::time(*until));
                self.say(teller, spot, &paint(QUIET, "waits    "), *at, &note);
            }
            Entry::Called(called) => {
                self.began.entry((teller.run, called.spot.clone())).or_insert(called.at);
            }
            Entry::Concluded { spot, conclusion, at, .. } => {
                let status = match conclusion {
                    Conclusion::Returned => "returned ",
                    Conclusion::Stopped => "stopped  ",
                };
                self.say(teller, spot, &paint(OK, status), *at, "");
            }
            Entry::Escalated { spot, error, at, .. } => {
                self.say(teller, spot, &paint(BAD, "failed   "), *at, &reason(error))
            }
            Entry::Held { spot, error, at, .. } => {
                self.say(teller, spot, &paint(DOUBTFUL, "held     "), *at, &reason(error));
            }
            Entry::Released { spot, at, .. } => self.say(teller, spot, &paint(DOUBTFUL, "resumed  "), *at, ""),
            Entry::Collapsed { error, .. } => {
                terminal::say(paint(BAD, format_args!("  failed; `on_failure` runs: {}", reason(error))));
            }
            _ => {}
        }
    }

    fn say(&self, teller: &Teller<'_>, spot: &Spot, status: &str, at: Millis, note: &str) {
        let step = teller.plan.step(spot.step);
        let turns: String = spot.turns.iter().map(|turn| format!("  turn {turn}")).collect();
        let label = label(&self.scenario, teller.scenario, step);
        let (module, (wide, wider)) = (&step.module, self.widths);
        let took = self.began.get(&(teller.run, spot.clone())).map_or(0, |began| at - began);
        let note = if note.is_empty() { String::new() } else { paint(QUIET, format_args!("  {note}")) };
        terminal::say(format_args!("  {status}  {label:<wide$}  {module:<wider$}  {took:>4} ms{turns}{note}"));
    }
}

/// A step's label, with its scenario where that is another than the one that is run.
fn label<'s>(main: &ScenarioId, scenario: &ScenarioId, step: &'s Step) -> Cow<'s, str> {
    if main == scenario { (*step.label).into() } else { format!("{scenario} › {}", step.label).into() }
}

/// A comparison with both sides and their types: `"5" (text) == 5 (number) is false`.
fn compared(made: &Comparison) -> String {
    let Comparison { left, left_type, operator, right, right_type, result } = made;
    format!("{left} ({left_type}) {operator} {right} ({right_type}) is {result}")
}

fn reason(error: &StepError) -> String {
    format!("{}: {}", error.code, error.message)
}
