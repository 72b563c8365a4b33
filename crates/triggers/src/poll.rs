//! Triggers that ask: a module is called now and then, and what is new in its answer starts runs, each item once.
//!
//! Three things make it once. The runs are named after what they are for; what is begun is on disk before the first of them
//! starts; and what is known is noted when all of them are on disk. Wherever a crash comes in between, the next look finds
//! the same items, and the runs that are there.

mod look;

#[cfg(test)]
mod tests;

use crate::schedule::Timetable;
use engine::{Beat, Deployment, Handle};
use look::Ended;
use run::id::{Millis, ScenarioId};
use run::poll::Known;
use run::tables::{StoreError, Tables};
use scenario::plan::{Bounds, Poll, When};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};

/// The table of what polls know: `scenario/number` → JSON.
const KNOWN: &str = "polls";

/// How many far sides are asked at once.
const AT_ONCE: usize = 32;

/// A clock that is further back than this was set.
const SET_BACK: Millis = 60_000;

/// How often it is looked whether the clock was set back.
const LOOK: Duration = Duration::from_secs(30);

/// After so many failures in a row, or so many milliseconds of them, people are told.
const TELL_AFTER: (u32, Millis) = (3, 60_000);

/// A pause after the first failure, and the longest of those after others, in milliseconds.
const PAUSES: (Millis, Millis) = (5_000, 300_000);

/// A poll that is in force.
#[derive(Clone, Debug)]
pub struct ArmedPoll {
    /// What it starts.
    pub deployment: Arc<Deployment>,
    /// Its place among the scenario's polls, from 0.
    pub number: usize,
    /// What is asked.
    pub poll: Arc<Poll>,
}

impl ArmedPoll {
    fn key(&self) -> Key {
        (self.deployment.id.clone(), self.number)
    }
}

/// Which poll of which scenario.
type Key = (ScenarioId, usize);

/// How a poll stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When it asks next.
    pub next: Option<Millis>,
    /// When it was last answered, in this process.
    pub answered: Option<Millis>,
    /// How often it has failed in a row.
    pub failures: u32,
    /// Why, the last time.
    pub problem: Option<String>,
}

/// Asks for all polls. Clones are the same.
#[derive(Clone, Debug)]
pub struct Poller(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    handle: Handle,
    tables: Arc<dyn Tables>,
    watched: Mutex<Watched>,
    changed: Notify,
    slots: Arc<Semaphore>,
}

/// All polls in force, and what the clock showed last.
#[derive(Debug, Default)]
struct Watched {
    polls: BTreeMap<Key, Entry>,
    seen: Millis,
    /// How many were ever put in force: each has its number.
    count: u64,
}

#[derive(Debug)]
struct Entry {
    armed: ArmedPoll,
    timetable: Timetable,
    known: Known,
    standing: Standing,
    /// Since when it fails.
    failing: Option<Millis>,
    is_asking: bool,
    /// Tells it from one that had its place before.
    generation: u64,
}

/// A look that is due.
struct Due {
    armed: ArmedPoll,
    known: Known,
    generation: u64,
}

impl Poller {
    /// A poller with nothing in force.
    pub fn new(handle: Handle, tables: Arc<dyn Tables>) -> Self {
        let (watched, changed, slots) = (Mutex::default(), Notify::new(), Arc::new(Semaphore::new(AT_ONCE)));
        Self(Arc::new(Shared { handle, tables, watched, changed, slots }))
    }

    /// Puts these polls in force, in place of all others. One that is new, or asks for something else, knows nothing; any other
    /// goes on with what it knows. Blocks for the disk.
    pub fn arm(&self, polls: Vec<ArmedPoll>) -> Result<(), StoreError> {
        let shared = &self.0;
        let now = shared.handle.clock().now();
        let mut kept = HashMap::new();
        for armed in &polls {
            let key = armed.key();
            if shared.watched().polls.get(&key).is_none_or(|entry| !entry.is_of(&armed.poll)) {
                let record = shared.tables.get(KNOWN, &name(&key))?;
                let known = record.map(|record| Known::read(&record.value, &armed.poll.identity));
                kept.insert(key, known.unwrap_or_else(|| Known::new(&armed.poll.identity)));
            }
        }
        let mut watched = shared.watched();
        let mut before = std::mem::take(&mut watched.polls);
        for armed in polls {
            let key = armed.key();
            let timetable = match Timetable::of(&armed.poll.schedule) {
                Ok(timetable) => timetable,
                Err(error) => {
                    tracing::error!(scenario = %key.0, %error, "the poll is not in force");
                    continue;
                }
            };
            let entry = match before.remove(&key) {
                Some(entry) if entry.is_of(&armed.poll) => entry.rearmed(armed, timetable, now),
                _ => {
                    watched.count += 1;
                    let known = kept.remove(&key).unwrap_or_else(|| Known::new(&armed.poll.identity));
                    Entry::new(armed, timetable, known, watched.count, now)
                }
            };
            shared.handle.beat(&key.0, &label(&key), Beat { seen: None, next: entry.standing.next });
            watched.polls.insert(key, entry);
        }
        for key in before.into_keys() {
            shared.handle.forget_beat(&key.0, &label(&key));
            shared.handle.mended(&subject(&key));
        }
        drop(watched);
        shared.changed.notify_one();
        Ok(())
    }

    /// How each poll of a scenario stands, in their order.
    pub fn standing_of(&self, scenario: &ScenarioId) -> Vec<Standing> {
        let watched = self.0.watched();
        let of_it = watched.polls.range((scenario.clone(), 0)..).take_while(|((id, _), _)| id == scenario);
        of_it.map(|(_, entry)| entry.standing.clone()).collect()
    }

    /// Works until the future is dropped.
    pub async fn run(&self) {
        let clock = self.0.handle.clock();
        loop {
            for due in self.0.watched().take(clock.now()) {
                let shared = Arc::clone(&self.0);
                tokio::spawn(async move { shared.look(due).await });
            }
            let next = self.0.watched().next();
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
}

impl Entry {
    /// One that begins: it asks at once where it may, so that what is there already is known, and so is what came while
    /// nothing ran.
    fn new(armed: ArmedPoll, timetable: Timetable, known: Known, generation: u64, now: Millis) -> Self {
        let schedule = &armed.poll.schedule;
        let at_once = matches!(schedule.when, When::Every(_)) && schedule.bounds == Bounds::default();
        let next = if at_once { Some(now) } else { timetable.next(now) };
        let standing = Standing { next, ..Standing::default() };
        Self { armed, timetable, known, standing, failing: None, is_asking: false, generation }
    }

    /// Whether it asks for the same.
    fn is_of(&self, poll: &Poll) -> bool {
        self.armed.poll.identity == poll.identity
    }

    /// The same for another version of the scenario.
    fn rearmed(mut self, armed: ArmedPoll, timetable: Timetable, now: Millis) -> Self {
        if self.armed.poll.schedule != armed.poll.schedule && self.failing.is_none() {
            self.standing.next = timetable.next(now);
        }
        (self.armed, self.timetable) = (armed, timetable);
        self
    }

    /// Takes in how a look ended; gives whether people are to be told, or told that it is over.
    fn ended(&mut self, ended: Ended, now: Millis) -> Option<Telling> {
        self.is_asking = false;
        match ended {
            Ended::Answered { known, more } => {
                self.known = *known;
                // An alarm may be of the process before.
                let had_failed = self.failing.take().is_some() || self.standing.answered.is_none();
                let next = if more { Some(now) } else { self.next(now) };
                self.standing = Standing { next, answered: Some(now), failures: 0, problem: None };
                had_failed.then_some(Telling::Mended)
            }
            Ended::Failed { message, pause } => {
                let since = *self.failing.get_or_insert(now);
                let failures = self.standing.failures.saturating_add(1);
                let doubled = PAUSES.0.saturating_mul(1 << (failures - 1).min(10)).min(PAUSES.1);
                self.standing.next = Some(now + doubled.max(pause));
                self.standing.failures = failures;
                self.standing.problem = Some(message.clone());
                let is_told = failures >= TELL_AFTER.0 || now - since >= TELL_AFTER.1;
                is_told.then_some(Telling::Trouble(message))
            }
            Ended::Stopped => {
                self.standing.next = None;
                None
            }
        }
    }

    fn next(&self, now: Millis) -> Option<Millis> {
        self.timetable.next(now).map(|due| self.timetable.begins(due, self.generation))
    }
}

/// What people are told of a poll.
enum Telling {
    Trouble(String),
    Mended,
}

impl Watched {
    /// Takes what is due and is not being asked.
    fn take(&mut self, now: Millis) -> Vec<Due> {
        let was = std::mem::replace(&mut self.seen, now);
        let is_set_back = was > now + SET_BACK;
        let mut due = Vec::new();
        for entry in self.polls.values_mut().filter(|entry| !entry.is_asking) {
            if is_set_back {
                entry.standing.next = entry.next(now);
            }
            if entry.standing.next.is_some_and(|next| next <= now) {
                entry.is_asking = true;
                let (armed, known) = (entry.armed.clone(), entry.known.clone());
                due.push(Due { armed, known, generation: entry.generation });
            }
        }
        due
    }

    /// When the next is due.
    fn next(&self) -> Option<Millis> {
        let waiting = self.polls.values().filter(|entry| !entry.is_asking);
        waiting.filter_map(|entry| entry.standing.next).min()
    }
}

impl Shared {
    fn watched(&self) -> MutexGuard<'_, Watched> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the poll is still the one in force.
    fn is_current(&self, key: &Key, generation: u64) -> bool {
        self.watched().polls.get(key).is_some_and(|entry| entry.generation == generation)
    }

    /// Takes in how a look ended.
    fn settle(&self, key: &Key, generation: u64, ended: Ended) {
        let now = self.handle.clock().now();
        let (telling, next) = {
            let mut watched = self.watched();
            let Some(entry) = watched.polls.get_mut(key).filter(|entry| entry.generation == generation) else { return };
            let telling = entry.ended(ended, now);
            (telling, entry.standing.next)
        };
        self.handle.beat(&key.0, &label(key), Beat { seen: Some(now), next });
        match telling {
            Some(Telling::Trouble(message)) => {
                let message = format!("the trigger {} of `{}` gets no answer: {message}", label(key), key.0);
                self.handle.trouble(&subject(key), message);
            }
            Some(Telling::Mended) => self.handle.mended(&subject(key)),
            None => {}
        }
        self.changed.notify_one();
    }
}

/// What the poll is called among the triggers of its scenario.
fn label((_, number): &Key) -> String {
    format!("poll {}", number + 1)
}

/// What its alarms are about.
fn subject((scenario, number): &Key) -> String {
    format!("poll:{scenario}/{}", number + 1)
}

fn name((scenario, number): &Key) -> String {
    format!("{scenario}/{number}")
}
