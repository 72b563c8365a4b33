//! A run in the hands of someone who drives it: its state, and what is decided but not yet on disk.

use crate::alarms;
use crate::backpressure;
use crate::claims::Reservation;
use crate::failures;
use crate::full_disk;
use crate::lines::LineNo;
use crate::shared::Shared;
use run::call::Outcome;
use run::entry::{self, Created, Decided, End, Entry};
use run::error::StepError;
use run::id::{Millis, RunId, Spot};
use run::setting::Setting;
use run::tables::StoreError;
use run::{Action, Reach, State, decide, settle};
use scenario::plan::Plan;
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Append, Claim, Head, Status};
use tokio::sync::Notify;

/// How many entries are decided at one moment, on one thread, before others get their turn.
pub(crate) const STRIDE: usize = 256;

#[derive(Debug)]
pub(crate) struct Course {
    state: State,
    unwritten: Vec<Entry>,
    pieces: u32,
    /// When it last changed, as far as that is on disk.
    changed: Millis,
    /// How the run stands on disk: its status, and when it wakes.
    stands: Option<(Status, Option<Millis>)>,
    pub(crate) in_flight: BTreeSet<Spot>,
    /// The line it stands in; none where its scenario has none for it.
    pub(crate) line: Option<LineNo>,
    /// What it lays claim to when it is first written.
    pub(crate) claim: Option<Claim>,
    /// Keeps the same claim from others until this one is on disk.
    pub(crate) reservation: Option<Reservation>,
    /// Rings when something is said to it, where it can be spoken to before it is driven.
    pub(crate) bell: Option<Arc<Notify>>,
}

/// How a run stands with what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It goes on.
    Working,
    /// It has not begun, and waits for its turn or for a slot.
    Queued,
    /// It has nothing to do before this time, or before something is said to it.
    Parked(Option<Millis>),
}

/// What a stretch of walking came to.
pub(crate) enum Stretch {
    /// More can be decided at once; the stride was used up.
    Further,
    /// These are to be done now. Empty: the run is over, or waits for what is in flight.
    Act(Vec<Action>),
}

impl Course {
    /// A new run.
    pub(crate) fn begin(run: RunId, plan: Arc<Plan>, created: Arc<Created>, setting: Arc<Setting>) -> Self {
        let first = Entry::Created(Arc::clone(&created));
        let state = State::new(run, plan, created, setting);
        Self {
            state,
            unwritten: vec![first],
            pieces: 0,
            changed: 0,
            stands: None,
            in_flight: BTreeSet::new(),
            line: None,
            claim: None,
            reservation: None,
            bell: None,
        }
    }

    /// A run as its journal has it.
    pub(crate) fn resume(mut state: State, journal: &[Entry], head: &Head, pieces: u32) -> Self {
        journal.iter().for_each(|entry| state.apply(entry));
        let stands = Some((head.status, head.wake));
        Self {
            state,
            unwritten: Vec::new(),
            pieces,
            changed: head.at,
            stands,
            in_flight: BTreeSet::new(),
            line: head.line,
            claim: None,
            reservation: None,
            bell: None,
        }
    }

    /// Has all steps see again what another run saw.
    pub(crate) fn recall(&mut self, draws: RunId, times: Vec<Decided>) {
        self.state.recall(draws, times, Reach::Everything);
    }

    /// Goes on as a run of another version, of which everything is on disk.
    pub(crate) fn go_on_as(&mut self, state: State) {
        self.state = state;
    }

    /// Tells since when this process could have carried the run on.
    pub(crate) fn take_up(&mut self, at: Millis) {
        self.state.take_up(at);
    }

    pub(crate) fn state(&self) -> &State {
        &self.state
    }

    /// Its state and everything recorded since the last write.
    pub(crate) fn finish(self) -> (State, Vec<Entry>) {
        (self.state, self.unwritten)
    }

    /// What was recorded since the last write.
    pub(crate) fn unwritten(&self) -> &[Entry] {
        &self.unwritten
    }

    /// Whether its beginning is on disk.
    pub(crate) fn is_taken_in(&self) -> bool {
        self.pieces > 0
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.state.end().is_some()
    }

    /// Takes in what happened.
    pub(crate) fn record(&mut self, entry: Entry) {
        self.state.apply(&entry);
        if matches!(entry, Entry::Failed { retry: None, .. } | Entry::Escalated { .. } | Entry::Collapsed { .. }) {
            // What was inside of a step that has failed is given up.
            self.in_flight.retain(|spot| self.state.wants(spot));
        }
        self.unwritten.push(entry);
    }

    /// Takes in what a call, a script or a called run gave; what no one waits for any more is left.
    pub(crate) fn settle(&mut self, spot: &Spot, attempt: u32, result: Result<Outcome, StepError>, now: Millis) {
        self.in_flight.remove(spot);
        if self.state.wants(spot) {
            self.record(settle(&self.state, spot, attempt, result, now));
        }
    }

    /// Decides and records until something has to be done, or the stride is used up.
    pub(crate) fn walk(&mut self, now: Millis) -> Stretch {
        let before = self.unwritten.len();
        for _ in 0..STRIDE {
            if self.unwritten.len() - before > STRIDE {
                break;
            }
            let mut actions = decide(&self.state, &self.in_flight, now);
            if !matches!(actions.first(), Some(Action::Record(_))) {
                return Stretch::Act(actions);
            }
            for action in actions.drain(..) {
                if let Action::Record(entry) = action {
                    self.record(entry);
                }
            }
        }
        Stretch::Further
    }

    /// The time before which there is nothing to do, where there is one and nothing else is to be done.
    pub(crate) fn rests_until(&self, now: Millis) -> Option<Millis> {
        let actions = decide(&self.state, &self.in_flight, now);
        let due = |action: &Action| match action {
            Action::Wait(due) => Some(*due),
            _ => None,
        };
        let soonest = actions.iter().map(due).collect::<Option<Vec<Millis>>>()?.into_iter().min()?;
        Some(soonest.min(self.state.deadline()))
    }

    /// Walks the run to its end if that takes nothing but thinking, and not much of it.
    pub(crate) fn walk_at_once(&mut self, now: Millis) -> bool {
        matches!(self.walk(now), Stretch::Act(_)) && self.has_ended() && !self.has_large_values()
    }

    /// Puts everything decided on disk.
    pub(crate) async fn write(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        self.write_as(shared, self.standing()).await
    }

    /// How it stands while it is worked on: one that has not begun is still queued, whatever was said to it.
    pub(crate) fn standing(&self) -> Standing {
        if self.state.has_begun() { Standing::Working } else { Standing::Queued }
    }

    /// The same, telling how the run stands with it. What others must know of a failure is on disk before it.
    pub(crate) async fn write_as(&mut self, shared: &Arc<Shared>, standing: Standing) -> Result<(), StoreError> {
        let head = self.head(standing);
        // Work that is taken up and leads to nothing new is not worth a write; that a run rests is, for lists of runs
        // and for the next start.
        let is_known = standing == Standing::Working || self.stands == Some((head.status, head.wake));
        if self.unwritten.is_empty() && is_known {
            return Ok(());
        }
        self.stands = Some((head.status, head.wake));
        if self.pieces == 0 && failures::is_heard(shared, &self.state) {
            self.append_beginning(shared).await?;
        }
        // A new run is refused where there is no room; one that was promised to someone waits for it.
        let first = self.pieces == 0;
        while let Err(error) = self.prepare(shared).await {
            full_disk::note(shared, &error);
            if first || !backpressure::is_passing(&error) {
                return Err(error);
            }
            backpressure::pause().await;
        }
        self.append(shared, head).await?;
        if let Some(end) = self.state.end() {
            alarms::note_end(shared, &self.state, end);
        }
        Ok(())
    }

    /// Puts a run that has failed already on disk without its end. It may be refused, and nobody is to hear of the
    /// failure of a run that there is not; after a crash it fails again, and is heard of then.
    async fn append_beginning(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        if self.has_large_values() {
            self.offload(shared).await?;
        }
        let end = self.unwritten.pop_if(|entry| matches!(entry, Entry::Ended { .. }));
        let head = Head { status: Status::Running, ..self.head(Standing::Working) };
        self.append(shared, head).await?;
        self.unwritten.extend(end);
        Ok(())
    }

    async fn append(&mut self, shared: &Arc<Shared>, head: Head) -> Result<(), StoreError> {
        let append = Append {
            run: self.state.run(),
            piece: self.pieces,
            head,
            bytes: entry::encode(&self.unwritten),
            digests: self.unwritten.iter().flat_map(Entry::digests).collect(),
            claim: self.claim.take(),
            durability: self.state.plan().limits.durability,
        };
        self.pieces += 1;
        self.changed = append.head.at;
        self.unwritten.clear();
        let news = shared.watchers.news(&append, self.state.trial());
        if append.piece > 0 {
            backpressure::append(shared, append).await?;
        } else if let Err(error) = shared.store.journal.append(append).await {
            full_disk::note(shared, &error);
            self.pieces = 0;
            return Err(error);
        }
        self.reservation = None;
        shared.watchers.tell(news);
        Ok(())
    }

    /// Brings to disk what a write builds upon. May be done again.
    async fn prepare(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        if self.has_large_values() {
            self.offload(shared).await?;
        }
        if failures::is_heard(shared, &self.state) {
            failures::raise(shared, &self.state).await?;
        }
        Ok(())
    }

    /// Whether something is decided that is not on disk, while a call is out that may take long.
    pub(crate) fn has_news_to_keep(&self) -> bool {
        !self.unwritten.is_empty() && self.state.is_calling_out()
    }

    fn head(&self, standing: Standing) -> Head {
        // What a replay copies is older than the run.
        let at = self.unwritten.last().map_or(self.changed, Entry::at).max(self.state.created().at);
        let status = match (self.state.end(), standing) {
            (Some(End::Succeeded), _) => Status::Succeeded,
            (Some(End::Stopped), _) => Status::Stopped,
            (Some(End::Failed { .. }), _) => Status::Failed,
            (Some(End::Cancelled), _) => Status::Cancelled,
            (None, Standing::Parked(_)) if self.state.is_held() => Status::Held,
            (None, Standing::Parked(_) | Standing::Queued) => Status::Waiting,
            (None, Standing::Working) => Status::Running,
        };
        let wake = match standing {
            // The end of a called run may have been missed by a crash, so such a run is looked at after a restart.
            Standing::Parked(_) if self.state.calls().next().is_some() => Some(at),
            Standing::Parked(wake) => wake,
            Standing::Working | Standing::Queued => None,
        };
        Head { scenario: self.state.created().scenario.clone(), status, wake, at, line: self.line }
    }

    fn has_large_values(&self) -> bool {
        self.unwritten.iter().any(Entry::has_large_values)
    }

    /// Moves large values into files, on a thread that may wait for the disk. All of them are there as before if one could
    /// not be moved: each attempt puts all, so none grows old unnamed.
    async fn offload(&mut self, shared: &Arc<Shared>) -> Result<(), StoreError> {
        let blobs = Arc::clone(&shared.store.blobs);
        let mut entries = self.unwritten.clone();
        let moved = tokio::task::spawn_blocking(move || {
            entries.iter_mut().try_for_each(|entry| entry.offload(&*blobs)).map(|()| entries)
        });
        self.unwritten = moved.await.unwrap_or(Err(StoreError::Closed))?;
        Ok(())
    }
}
