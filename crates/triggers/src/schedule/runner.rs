//! Starts runs when they are due, each time once: the name of a scheduled run is derived from what is due, so that
//! trying again after a crash finds the run that is there.

use super::Timetable;
use engine::{Beat, Deployment, Handle, Refused};
use run::id::{Millis, RunId, ScenarioId};
use run::input::{Input, Source};
use run::payload::Payload;
use run::tables::{Expected, StoreError, Tables};
use scenario::plan::{Bounds, Schedule};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// The table of what was last started: `scenario/number` → milliseconds since 1970.
const LAST: &str = "schedules";

/// A start that is later than this was missed (the machine slept, the clock was set), and `catch_up` decides.
const PUNCTUAL: Millis = 60_000;

/// How often it is looked whether the clock was set back, in what passes for the process.
const LOOK: Duration = Duration::from_secs(30);

/// After how long a start that failed is tried again.
const AGAIN: Duration = Duration::from_secs(2);

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

impl Armed {
    fn key(&self) -> Key {
        (self.deployment.id.clone(), self.number)
    }
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
    /// Whether any schedules have been put in force.
    is_armed: bool,
    /// What the clock showed last.
    seen: Millis,
    schedules: BTreeMap<Key, Entry>,
    /// When the next run of each begins.
    due: BTreeSet<(Millis, Key)>,
    /// What fell due and is not over with: outlives the schedules, as it is started whatever becomes of them.
    starting: BTreeMap<Key, Starting>,
}

/// What of a schedule fell due and is being started: one after the other or side by side, as it comes.
#[derive(Debug, Default)]
struct Starting {
    /// What is not started yet.
    open: BTreeSet<Millis>,
    /// What fell due last.
    latest: Millis,
}

#[derive(Debug)]
struct Entry {
    deployment: Arc<Deployment>,
    schedule: Schedule,
    timetable: Timetable,
    /// What tells it from others that are due at the same times.
    salt: u64,
    /// The time that was last due and is settled.
    last: Millis,
    /// What is due next.
    next: Option<Millis>,
    /// When the run of that begins.
    begins: Option<Millis>,
}

impl Entry {
    /// Looks for what is due after `last`.
    fn advance(&mut self) -> Option<Millis> {
        self.next = self.timetable.next(self.last);
        self.begins = self.next.map(|due| self.timetable.begins(due, self.salt));
        self.begins
    }
}

/// A run to be started.
struct Start {
    deployment: Arc<Deployment>,
    key: Key,
    due: Millis,
    /// What its schedule says.
    of: String,
}

/// What is noted of a schedule: up to when it is settled, and what it said.
struct Note {
    last: Millis,
    of: String,
}

impl Note {
    fn of(schedule: &Schedule, last: Millis) -> Self {
        Self { last, of: digest(schedule) }
    }

    fn write(&self) -> Vec<u8> {
        format!("{} {}", self.last, self.of).into_bytes()
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (last, of) = std::str::from_utf8(bytes).ok()?.split_once(' ')?;
        Some(Self { last: last.parse().ok()?, of: of.to_owned() })
    }
}

/// What a schedule says, in short: its times and its zone.
fn digest(schedule: &Schedule) -> String {
    let mut text = format!("{:?} {}", schedule.when, schedule.timezone);
    if schedule.bounds != Bounds::default() {
        text.push_str(&format!(" {:?}", schedule.bounds));
    }
    Sha256::digest(text)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Scheduler {
    /// A scheduler with nothing in force.
    pub fn new(handle: Handle, tables: Arc<dyn Tables>) -> Self {
        let (agenda, changed) = (Mutex::default(), Notify::new());
        Self(Arc::new(Shared { handle, tables, agenda, changed }))
    }

    /// Puts these schedules in force, in place of all others. One that is new, changed, or was switched off while the
    /// process ran counts from now; any other counts from what was last due, and `catch_up` decides about what was
    /// missed. Blocks for the disk.
    pub fn arm(&self, schedules: Vec<Armed>) -> Result<(), StoreError> {
        let now = self.0.handle.clock().now();
        let noted = self.noted(&schedules, now)?;
        // One lock for looking and replacing: what falls due in between is taken once, by the one or the other.
        let mut agenda = self.agenda();
        let starting = std::mem::take(&mut agenda.starting);
        let mut next = Agenda { is_armed: true, seen: agenda.seen, starting, ..Agenda::default() };
        for armed in schedules {
            let key = armed.key();
            let last = agenda.last_of(&key, &armed.schedule).or(noted.get(&key).copied()).unwrap_or(now);
            match Timetable::of(&armed.schedule) {
                Ok(timetable) => next.put(key, armed, timetable, last),
                Err(error) => tracing::error!(scenario = %key.0, %error, "the schedule is not in force"),
            }
        }
        for (key, _) in agenda.schedules.iter().filter(|(key, _)| !next.schedules.contains_key(*key)) {
            self.0.handle.forget_beat(&key.0, &label(key));
        }
        for (key, entry) in &next.schedules {
            self.0.handle.beat(&key.0, &label(key), Beat { seen: None, next: entry.begins });
        }
        *agenda = next;
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
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// What was last due of those that are not in force yet, as it was noted before the process was started. The others
    /// count from now, and that is noted, for all of them together.
    fn noted(&self, schedules: &[Armed], now: Millis) -> Result<BTreeMap<Key, Millis>, StoreError> {
        let (mut noted, mut fresh) = (BTreeMap::new(), Vec::new());
        for armed in schedules {
            let key = armed.key();
            if self.agenda().last_of(&key, &armed.schedule).is_some() {
                continue;
            }
            let known = self.known(&key, &armed.schedule, now)?;
            if known.is_none() {
                fresh.push((name(&key), Note::of(&armed.schedule, now).write()));
            }
            noted.insert(key, known.unwrap_or(now));
        }
        self.0.tables.put_all(LAST, &fresh)?;
        Ok(noted)
    }

    /// What was last due, as it was noted before the process was started; nothing by a clock that was ahead.
    fn known(&self, key: &Key, schedule: &Schedule, now: Millis) -> Result<Option<Millis>, StoreError> {
        if self.agenda().is_armed {
            return Ok(None);
        }
        let note = self.0.tables.get(LAST, &name(key))?.and_then(|record| Note::read(&record.value));
        let fits = |note: &Note| note.of == digest(schedule) && note.last <= now + PUNCTUAL;
        Ok(note.filter(fits).map(|note| note.last))
    }

    fn agenda(&self) -> MutexGuard<'_, Agenda> {
        self.0.agenda.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Agenda {
    /// What was last due of a schedule that is in force and has not changed.
    fn last_of(&self, key: &Key, schedule: &Schedule) -> Option<Millis> {
        self.schedules.get(key).filter(|entry| entry.schedule == *schedule).map(|entry| entry.last)
    }

    fn next_of(&self, key: &Key) -> Option<Millis> {
        self.schedules.get(key).and_then(|entry| entry.begins)
    }

    fn put(&mut self, key: Key, armed: Armed, timetable: Timetable, last: Millis) {
        let Armed { deployment, schedule, .. } = armed;
        let (salt, next, begins) = (salt(&key), None, None);
        let mut entry = Entry { deployment, schedule, timetable, salt, last, next, begins };
        self.due.extend(entry.advance().map(|begins| (begins, key.clone())));
        self.schedules.insert(key, entry);
    }

    /// Counts from now where the clock was ahead and is set right: nothing would be due until it is where it was. What falls
    /// due again and has run is found by its name.
    fn follow(&mut self, now: Millis) {
        let was = std::mem::replace(&mut self.seen, now);
        if was <= now + PUNCTUAL {
            return;
        }
        for (key, entry) in self.schedules.iter_mut().filter(|(_, entry)| entry.last > now + PUNCTUAL) {
            if let Some(begins) = entry.begins {
                self.due.remove(&(begins, key.clone()));
            }
            entry.last = now;
            self.due.extend(entry.advance().map(|begins| (begins, key.clone())));
        }
    }

    /// Takes what is due, and puts each schedule's next time in its place.
    fn take(&mut self, now: Millis) -> Vec<Start> {
        self.follow(now);
        let mut starts = Vec::new();
        while let Some((begins, key)) = self.due.first().filter(|(begins, _)| *begins <= now).cloned() {
            self.due.remove(&(begins, key.clone()));
            let Some(entry) = self.schedules.get_mut(&key) else { continue };
            let Some(due) = entry.next else { continue };
            let late = now - begins > PUNCTUAL;
            let dues = if late { entry.timetable.missed(entry.last, now) } else { vec![due] };
            entry.last = if late { now } else { due };
            let starting = self.starting.entry(key.clone()).or_default();
            starting.latest = dues.last().copied().unwrap_or(starting.latest);
            starting.open.extend(&dues);
            let (of, deployment) = (digest(&entry.schedule), &entry.deployment);
            let start = |due| Start { deployment: Arc::clone(deployment), of: of.clone(), key: key.clone(), due };
            starts.extend(dues.into_iter().map(start));
            self.due.extend(entry.advance().map(|begins| (begins, key)));
        }
        starts
    }

    /// Notes that a run was started for what was due, and tells up to when its schedule is settled: everything that was due
    /// by then has its run. What came later may have been quicker.
    fn started(&mut self, key: &Key, due: Millis) -> Millis {
        let Some(starting) = self.starting.get_mut(key) else { return due };
        starting.open.remove(&due);
        if let Some(first) = starting.open.first() {
            return first - 1;
        }
        self.starting.remove(key).map_or(due, |starting| starting.latest)
    }
}

impl Shared {
    /// Starts a run and notes what was due. A crash between the two finds the run by its name.
    async fn start(&self, start: Start) {
        let Start { deployment, key, due, of } = start;
        let scenario = &deployment.id;
        let input =
            Input { source: Source::Schedule, at: due, request: None, body: Payload::null(), raw: None, files: None };
        while let Err(error) = self.handle.start_once(run_of(&key, due), &deployment, input.clone()).await {
            tracing::error!(%scenario, due, %error, "a scheduled run was not started; it is tried again");
            if matches!(error, Refused::Stopping) {
                return;
            }
            tokio::time::sleep(AGAIN).await;
        }
        let (next, last) = {
            let mut agenda = self.agenda.lock().unwrap_or_else(PoisonError::into_inner);
            (agenda.next_of(&key), agenda.started(&key, due))
        };
        self.handle.beat(&key.0, &label(&key), Beat { seen: Some(due), next });
        let (tables, now) = (Arc::clone(&self.tables), self.handle.clock().now());
        let noted = tokio::task::spawn_blocking(move || settle(&*tables, &name(&key), &Note { last, of }, now));
        if let Ok(Err(error)) = noted.await {
            tracing::error!(%scenario, due, %error, "it was not noted that a scheduled run was started");
        }
    }
}

/// Notes up to when a schedule is settled, unless more is known, or it says something else by now. What was noted by a clock
/// that was ahead counts for nothing.
fn settle(tables: &dyn Tables, name: &str, note: &Note, now: Millis) -> Result<(), StoreError> {
    loop {
        let Some(record) = tables.get(LAST, name)? else { return Ok(()) };
        let known = Note::read(&record.value).filter(|known| known.of == note.of);
        if known.is_none_or(|known| (note.last..=now + PUNCTUAL).contains(&known.last)) {
            return Ok(());
        }
        match tables.put(LAST, name, &note.write(), Expected::Revision(record.revision)) {
            Err(StoreError::Conflict) => {}
            written => return written.map(drop),
        }
    }
}

/// What the schedule is called among the triggers of its scenario.
fn label((_, number): &Key) -> String {
    format!("schedule {}", number + 1)
}

fn name((scenario, number): &Key) -> String {
    format!("{scenario}/{number}")
}

/// A number of its own for each schedule.
fn salt(key: &Key) -> u64 {
    let digest = Sha256::digest(name(key));
    digest[..8].iter().fold(0, |salt, byte| (salt << 8) | u64::from(*byte))
}

/// The name of the run for what is due: always the same.
fn run_of(key: &Key, due: Millis) -> RunId {
    let digest = Sha256::digest(format!("{}@{due}", name(key)));
    let mut bits = [0; 10];
    bits.copy_from_slice(&digest[..10]);
    RunId(uuid::Builder::from_unix_timestamp_millis(due.unsigned_abs(), &bits).into_uuid())
}

#[cfg(test)]
mod tests;
