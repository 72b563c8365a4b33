//! Starts runs when they are due, each time once: the name of a scheduled run is derived from what is due, so that
//! trying again after a crash finds the run that is there.

use super::Timetable;
use engine::{Deployment, Handle};
use run::id::{Millis, RunId, ScenarioId};
use run::input::{Input, Source};
use run::payload::Payload;
use run::tables::{Expected, StoreError, Tables};
use scenario::plan::Schedule;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The table of what was last started: `scenario/number` → milliseconds since 1970.
const LAST: &str = "schedules";

/// A start that is later than this was missed (the machine slept, the clock was set), and `catch_up` decides.
const PUNCTUAL: Millis = 60_000;

/// A schedule that is in force.
#[derive(Clone, Debug)]
pub struct Armed {
    /// What it starts.
    pub deployment: Arc<Deployment>,
    /// Its place among the scenario's schedules, from 0.
    pub number: usize,
    /// When.
    pub schedule: Schedule,
}

/// Which schedule of which scenario.
type Key = (ScenarioId, usize);

/// Starts the runs of all schedules. Clones are the same scheduler.
#[derive(Clone, Debug)]
pub struct Scheduler(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    handle: Handle,
    tables: Arc<dyn Tables>,
    agenda: Mutex<Agenda>,
    changed: Notify,
}

/// What is in force, and what is due when.
#[derive(Debug, Default)]
struct Agenda {
    schedules: BTreeMap<Key, Entry>,
    due: BTreeSet<(Millis, Key)>,
}

#[derive(Debug)]
struct Entry {
    deployment: Arc<Deployment>,
    timetable: Timetable,
    /// The time that was last due and is settled.
    last: Millis,
    next: Option<Millis>,
}

/// A run to be started.
struct Start {
    deployment: Arc<Deployment>,
    key: Key,
    due: Millis,
}

impl Scheduler {
    /// A scheduler with nothing in force.
    pub fn new(handle: Handle, tables: Arc<dyn Tables>) -> Self {
        let (agenda, changed) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared { handle, tables, agenda, changed }))
    }

    /// Puts these schedules in force, in place of all others. One that is new counts from now; one that is known
    /// counts from what was last due, and `catch_up` decides about what was missed. Blocks for the disk.
    pub fn arm(&self, schedules: Vec<Armed>) -> Result<(), StoreError> {
        let now = self.0.handle.clock().now();
        let mut agenda = Agenda::default();
        for armed in schedules {
            let key = (armed.deployment.id.clone(), armed.number);
            let known = self.agenda().schedules.get(&key).map(|entry| entry.last);
            let last = known.map_or_else(|| self.last(&key, now), Ok)?;
            match Timetable::of(&armed.schedule) {
                Ok(timetable) => agenda.put(key, armed.deployment, timetable, last),
                Err(error) => tracing::error!(scenario = %key.0, %error, "the schedule is not in force"),
            }
        }
        *self.agenda() = agenda;
        self.0.changed.notify_one();
        Ok(())
    }

    /// When each schedule of a scenario is due next, in their order.
    pub fn next_of(&self, scenario: &ScenarioId) -> Vec<Option<Millis>> {
        let agenda = self.agenda();
        let from = (scenario.clone(), 0);
        agenda.schedules.range(from..).take_while(|((id, _), _)| id == scenario).map(|(_, entry)| entry.next).collect()
    }

    /// Works until the future is dropped.
    pub async fn run(&self) {
        let clock = self.0.handle.clock();
        loop {
            for start in self.agenda().take(clock.now()) {
                let shared = Arc::clone(&self.0);
                tokio::spawn(async move { shared.start(start).await });
            }
            let next = self.agenda().due.first().map(|(due, _)| *due);
            let due = async {
                match next {
                    Some(due) => clock.sleep_until(due).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = due => {}
                () = self.0.changed.notified() => {}
            }
        }
    }

    /// What was last due; a schedule that is seen for the first time counts from now.
    fn last(&self, key: &Key, now: Millis) -> Result<Millis, StoreError> {
        let name = name(key);
        let record = self.0.tables.get(LAST, &name)?;
        match record.and_then(|record| std::str::from_utf8(&record.value).ok()?.parse().ok()) {
            Some(last) => Ok(last),
            None => self.0.tables.put(LAST, &name, now.to_string().as_bytes(), Expected::Any).map(|_| now),
        }
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.0.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Agenda {
    fn put(&mut self, key: Key, deployment: Arc<Deployment>, timetable: Timetable, last: Millis) {
        let next = timetable.next(last);
        self.due.extend(next.map(|due| (due, key.clone())));
        self.schedules.insert(key, Entry { deployment, timetable, last, next });
    }

    /// Takes what is due, and puts each schedule's next time in its place.
    fn take(&mut self, now: Millis) -> Vec<Start> {
        let mut starts = Vec::new();
        while let Some((due, key)) = self.due.first().filter(|(due, _)| *due <= now).cloned() {
            self.due.remove(&(due, key.clone()));
            let Some(entry) = self.schedules.get_mut(&key) else { continue };
            let late = now - due > PUNCTUAL;
            let dues = if late { entry.timetable.missed(entry.last, now) } else { vec![due] };
            entry.last = if late { now } else { due };
            let deployment = &entry.deployment;
            starts.extend(dues.into_iter().map(|due| Start {
                deployment: Arc::clone(deployment),
                key: key.clone(),
                due,
            }));
            entry.next = entry.timetable.next(entry.last);
            self.due.extend(entry.next.map(|due| (due, key)));
        }
        starts
    }
}

impl Shared {
    /// Starts a run and notes what was due. A crash between the two finds the run by its name.
    async fn start(&self, start: Start) {
        let Start { deployment, key, due } = start;
        let scenario = &deployment.id;
        let input =
            Input { source: Source::Schedule, at: due, request: None, body: Payload::null(), raw: None, files: None };
        if let Err(error) = self.handle.start_once(run_of(&key, due), &deployment, input).await {
            tracing::error!(%scenario, due, %error, "a scheduled run was not started");
            return;
        }
        let tables = Arc::clone(&self.tables);
        let noted = tokio::task::spawn_blocking(move || {
            tables.put(LAST, &name(&key), due.to_string().as_bytes(), Expected::Any)
        });
        if let Ok(Err(error)) = noted.await {
            tracing::error!(%scenario, due, %error, "it was not noted that a scheduled run was started");
        }
    }
}

fn name((scenario, number): &Key) -> String {
    format!("{scenario}/{number}")
}

/// The name of the run for what is due: always the same.
fn run_of(key: &Key, due: Millis) -> RunId {
    let digest = Sha256::digest(format!("{}@{due}", name(key)));
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest[..10]);
    RunId(uuid::Builder::from_unix_timestamp_millis(due.unsigned_abs(), &bits).into_uuid())
}
