//! What people should know of until it is over: kept on disk, told once when it begins and once when it ends.

use crate::failures;
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::End;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{Expected, StoreError, Tables};
use scenario::plan::Version;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::{Filter, Status};
use tokio::sync::broadcast;

/// The table of alarms: `kind/subject` → JSON.
const TABLE: &str = "alarms";
/// How many records of it are read at once.
const PAGE: usize = 500;
/// How many signals a slow listener may be behind before it misses some.
const BEHIND: usize = 1_024;

/// Something that people should know of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What is wrong.
    pub kind: AlarmKind,
    /// With what: the id of a scenario; for [`AlarmKind::Trouble`] what the one who raised it names.
    pub subject: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Since when, in milliseconds since 1970.
    pub since: Millis,
    /// Until when it was so; none: it goes on.
    pub cleared: Option<Millis>,
    /// Who has seen it.
    pub acknowledged: Option<String>,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlarmKind {
    /// A scenario has failed too often in a row.
    Failing,
    /// No trigger of a scenario has started a run for too long.
    Silent,
    /// A trigger has not done what was due.
    Stopped,
    /// Too many runs of a scenario wait.
    Queue,
    /// Something a trigger or a connection needs does not work, or is about to expire.
    Trouble,
}

impl AlarmKind {
    /// Its name, as programs see it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Failing => "failing",
            Self::Silent => "silent",
            Self::Stopped => "stopped",
            Self::Queue => "queue",
            Self::Trouble => "trouble",
        }
    }
}

/// Something that listeners hear at once.
#[derive(Clone, Debug)]
pub enum Signal {
    /// An alarm has begun, was seen, or is over.
    Alarm(Alarm),
    /// A scenario's text is another one; without a version it is gone.
    Scenario {
        /// Which scenario.
        scenario: ScenarioId,
        /// The version of its text.
        version: Option<Version>,
    },
    /// Someone's draft of a scenario is another one; without a revision it is gone.
    Draft {
        /// Of which scenario.
        scenario: ScenarioId,
        /// Which state of it.
        revision: Option<u64>,
    },
    /// The engine is about to stop.
    Ending,
}

/// There is no alarm of this kind about this.
#[derive(Debug, thiserror::Error)]
pub enum NoSuchAlarm {
    /// Nothing of the kind was ever raised.
    #[error("there is no such alarm")]
    Unknown,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// All alarms of an engine.
#[derive(Debug)]
pub(crate) struct Alarms {
    known: Mutex<Known>,
    /// Held by the one who puts a change on disk, so that they get there in the order in which they were made.
    writing: Mutex<()>,
    /// How many runs of a scenario have failed in a row.
    streaks: Mutex<HashMap<ScenarioId, u32>>,
    /// Whether there is any streak: where nothing ever fails, nothing has to be looked at.
    has_streaks: AtomicBool,
    signals: broadcast::Sender<Signal>,
    tables: Arc<dyn Tables>,
}

/// What has become of all alarms, and what of that is not on disk yet.
#[derive(Debug, Default)]
struct Known {
    alarms: BTreeMap<(AlarmKind, String), Alarm>,
    changes: VecDeque<Change>,
}

/// A change of an alarm that is to be put on disk.
#[derive(Debug)]
struct Change {
    before: Option<Alarm>,
    after: Alarm,
}

impl Known {
    fn get(&self, kind: AlarmKind, subject: &str) -> Option<&Alarm> {
        self.alarms.get(&(kind, subject.to_owned()))
    }

    fn is_open(&self, kind: AlarmKind, subject: &str) -> bool {
        self.get(kind, subject).is_some_and(|alarm| alarm.cleared.is_none())
    }

    /// Holds from now on; whoever looks next sees it.
    fn change(&mut self, after: Alarm) {
        let before = self.alarms.insert((after.kind, after.subject.clone()), after.clone());
        self.changes.push_back(Change { before, after });
    }

    /// It could not be put on disk: it is as it was, unless it has changed again since.
    fn take_back(&mut self, Change { before, after }: Change) {
        let key = (after.kind, after.subject.clone());
        if self.alarms.get(&key) != Some(&after) {
            return;
        }
        match before {
            Some(before) => _ = self.alarms.insert(key, before),
            None => _ = self.alarms.remove(&key),
        }
    }
}

impl Alarms {
    pub(crate) fn new(tables: Arc<dyn Tables>) -> Self {
        let (known, writing, streaks) = (Mutex::default(), Mutex::default(), Mutex::default());
        let (has_streaks, signals) = (AtomicBool::new(false), broadcast::Sender::new(BEHIND));
        Self { known, writing, streaks, has_streaks, signals, tables }
    }

    /// Reads what is on disk. Blocks for the disk.
    pub(crate) fn load(&self) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (_, record) in &page {
                // What a later release wrote differently is raised anew when it is still so.
                if let Ok(alarm) = serde_json::from_slice::<Alarm>(&record.value) {
                    self.known().alarms.insert((alarm.kind, alarm.subject.clone()), alarm);
                }
            }
            if page.len() < PAGE {
                return Ok(());
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }

    /// Puts what has changed on disk, then tells of it; gives the alarms that began. Those who change alarms at the
    /// same time may find that another has done it for them. Blocks for the disk.
    fn keep(&self) -> (Vec<Alarm>, Result<(), StoreError>) {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut begun, mut kept) = (Vec::new(), Ok(()));
        loop {
            let Some(change) = self.known().changes.pop_front() else { return (begun, kept) };
            let begins = change.before.as_ref().is_none_or(|before| before.cleared.is_some());
            if let Err(error) = self.put(&change.after) {
                tracing::error!(%error, subject = %change.after.subject, "an alarm could not be kept");
                // What begins while there is no room is told all the same: that may be what is wrong.
                let is_told = begins && matches!(error, StoreError::Full(_));
                kept = Err(error);
                if !is_told {
                    self.known().take_back(change);
                    continue;
                }
            }
            if begins {
                begun.push(change.after.clone());
            }
            self.tell(Signal::Alarm(change.after));
        }
    }

    /// Tells those who watch. That nobody does is no matter.
    pub(crate) fn tell(&self, signal: Signal) {
        let _ = self.signals.send(signal);
    }

    fn put(&self, alarm: &Alarm) -> Result<(), StoreError> {
        let key = format!("{}/{}", alarm.kind.name(), alarm.subject);
        let bytes = serde_json::to_vec(alarm).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        self.tables.put(TABLE, &key, &bytes, Expected::Any).map(drop)
    }

    /// The failures of scenarios that follow each other. What follows from a change of them is done before others see
    /// it: a success is not to end an alarm that is only about to begin.
    fn streaks(&self) -> MutexGuard<'_, HashMap<ScenarioId, u32>> {
        self.streaks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes in that a run is over: many failures in a row are an alarm, a success ends it.
pub(crate) fn note_end(shared: &Arc<Shared>, state: &State, end: &End) {
    if state.trial().is_some() {
        return;
    }
    let scenario = &state.created().scenario;
    let alarms = &shared.alarms;
    match end {
        End::Cancelled => {}
        End::Succeeded | End::Stopped => {
            if !alarms.has_streaks.load(Ordering::Acquire) {
                return;
            }
            let mut streaks = alarms.streaks();
            if streaks.remove(scenario).is_some() {
                alarms.has_streaks.store(!streaks.is_empty(), Ordering::Release);
                clear(shared, AlarmKind::Failing, scenario.as_str());
            }
        }
        End::Failed { error, .. } => {
            let mut streaks = alarms.streaks();
            let streak = lengthen(alarms, &mut streaks, scenario, 1);
            if state.plan().alarms.failures.is_some_and(|most| streak >= most) {
                let message = format!("the last {streak} runs of `{scenario}` failed, at last with: {}", error.message);
                raise(shared, AlarmKind::Failing, scenario.to_string(), message);
            }
        }
    }
}

/// Counts failures of a scenario that follow each other; gives how many there are now.
fn lengthen(alarms: &Alarms, streaks: &mut HashMap<ScenarioId, u32>, scenario: &ScenarioId, more: u32) -> u32 {
    alarms.has_streaks.store(true, Ordering::Release);
    let streak = streaks.entry(scenario.clone()).or_default();
    *streak = streak.saturating_add(more);
    *streak
}

/// Counts the failures that a scenario ended with before this process began, so that its next ones belong to them.
/// Blocks for the disk.
pub(crate) fn recall(shared: &Arc<Shared>, scenario: &ScenarioId, most: u32) -> Result<(), StoreError> {
    let filter = Filter { scenario: Some(scenario.clone()), ..Filter::default() };
    let runs = shared.store.journal.list(&filter, most as usize)?;
    if runs.first().is_some_and(|(_, head)| matches!(head.status, Status::Succeeded | Status::Stopped)) {
        clear(shared, AlarmKind::Failing, scenario.as_str());
    }
    let before = runs.iter().filter(|(run, _)| run.created() < shared.started);
    match before.take_while(|(_, head)| head.status == Status::Failed).count() {
        0 => {}
        failed => _ = lengthen(&shared.alarms, &mut shared.alarms.streaks(), scenario, failed as u32),
    }
    Ok(())
}

/// Begins an alarm, unless it goes on already. It is kept and told a moment later.
pub(crate) fn raise(shared: &Arc<Shared>, kind: AlarmKind, subject: String, message: String) {
    let since = shared.options.clock.now();
    let mut known = shared.alarms.known();
    if known.is_open(kind, &subject) {
        return;
    }
    tracing::warn!(kind = kind.name(), %subject, "{message}");
    known.change(Alarm { kind, subject, message, since, cleared: None, acknowledged: None });
    drop(known);
    keep_soon(shared);
}

/// Ends an alarm that goes on.
pub(crate) fn clear(shared: &Arc<Shared>, kind: AlarmKind, subject: &str) {
    let now = shared.options.clock.now();
    let mut known = shared.alarms.known();
    let Some(alarm) = known.get(kind, subject).filter(|alarm| alarm.cleared.is_none()).cloned() else { return };
    known.change(Alarm { cleared: Some(now), ..alarm });
    drop(known);
    keep_soon(shared);
}

/// The alarms that go on about scenarios that take no runs any more: nothing that those do will end them.
pub(crate) fn of_the_gone(shared: &Shared) -> Vec<(AlarmKind, ScenarioId)> {
    let known = shared.alarms.known();
    let open = known.alarms.values().filter(|alarm| alarm.cleared.is_none() && alarm.kind != AlarmKind::Trouble);
    let named = open.filter_map(|alarm| Some((alarm.kind, alarm.subject.parse().ok()?)));
    named.filter(|(_, scenario)| shared.scenarios.current(scenario).is_none()).collect()
}

/// Has what changed put on disk and told, without keeping anyone waiting.
fn keep_soon(shared: &Arc<Shared>) {
    let (writer, teller) = (Arc::clone(shared), Arc::clone(shared));
    let kept = shared.runtime.spawn_blocking(move || writer.alarms.keep());
    shared.runtime.spawn(async move {
        // That it could not be kept is in the log.
        let Ok((begun, _)) = kept.await else { return };
        for alarm in begun {
            tell(&teller, &alarm).await;
        }
    });
}

/// Starts the scenarios that hear of failures of this one.
async fn tell(shared: &Arc<Shared>, alarm: &Alarm) {
    let Ok(scenario) = alarm.subject.parse::<ScenarioId>() else { return };
    let name = shared.scenarios.current(&scenario).map(|deployment| deployment.plan.name.clone());
    let told = json!({
        "scenario": scenario.as_str(),
        "name": name,
        // What a failure has and an alarm has not is there all the same: most scenarios are written for both.
        "run": null,
        "at": failures::time(alarm.since),
        "alarm": alarm.kind.name(),
        "error": {
            "code": format!("alarm_{}", alarm.kind.name()),
            "message": alarm.message,
            "status": null,
            "hint": null,
            "step": null,
        },
    });
    // The alarm's own name: two of the same kind differ by their time.
    let nobody = RunId(uuid::Uuid::nil());
    let what = format!("{}/{}@{}", alarm.kind.name(), alarm.subject, alarm.since);
    let cause = RunId::derived(alarm.since, nobody, what.as_bytes());
    let cause = failures::Cause { run: cause, depth: 0 };
    if let Err(error) = failures::tell(shared, &scenario, cause, &told).await {
        tracing::error!(%error, %scenario, "an alarm could not be told");
    }
}

impl Handle {
    /// All alarms, those that go on first, then the newest first.
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = self.shared.alarms.known().alarms.values().cloned().collect();
        alarms.sort_by_key(|alarm| (alarm.cleared.is_some(), std::cmp::Reverse(alarm.since)));
        alarms
    }

    /// Notes that someone has seen an alarm. Blocks for the disk.
    pub fn acknowledge(&self, kind: AlarmKind, subject: &str, by: String) -> Result<Alarm, NoSuchAlarm> {
        let alarms = &self.shared.alarms;
        let mut known = alarms.known();
        let alarm = known.get(kind, subject).cloned().ok_or(NoSuchAlarm::Unknown)?;
        let alarm = Alarm { acknowledged: Some(by), ..alarm };
        known.change(alarm.clone());
        drop(known);
        let (begun, kept) = alarms.keep();
        let shared = Arc::clone(&self.shared);
        self.shared.runtime.spawn(async move {
            for alarm in begun {
                tell(&shared, &alarm).await;
            }
        });
        kept.map(|()| alarm).map_err(NoSuchAlarm::Store)
    }

    /// Tells that something that a trigger or connection needs does not work. Goes on until it is
    /// [mended](Self::mended).
    pub fn trouble(&self, subject: &str, message: String) {
        raise(&self.shared, AlarmKind::Trouble, subject.to_owned(), message);
    }

    /// Tells that what was in [trouble](Self::trouble) works again.
    pub fn mended(&self, subject: &str) {
        clear(&self.shared, AlarmKind::Trouble, subject);
    }

    /// Tells those who watch that there is nothing more to come.
    pub fn end_signals(&self) {
        self.shared.alarms.tell(Signal::Ending);
    }

    /// What happens from now on, for those who watch.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.shared.alarms.signals.subscribe()
    }
}
