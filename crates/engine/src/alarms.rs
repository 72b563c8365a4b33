//! What people should know of until it is over: kept on disk, told once when it begins and once when it ends.

use crate::failures;
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::End;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
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
    known: Mutex<BTreeMap<(AlarmKind, String), Alarm>>,
    /// How many runs of a scenario have failed in a row.
    streaks: Mutex<HashMap<ScenarioId, u32>>,
    /// Whether there is any streak: where nothing ever fails, nothing has to be looked at.
    has_streaks: AtomicBool,
    signals: broadcast::Sender<Signal>,
    tables: Arc<dyn Tables>,
}

impl Alarms {
    pub(crate) fn new(tables: Arc<dyn Tables>) -> Self {
        let (known, streaks) = (Mutex::default(), Mutex::default());
        Self { known, streaks, has_streaks: AtomicBool::new(false), signals: broadcast::Sender::new(BEHIND), tables }
    }

    /// Reads what is on disk. Blocks for the disk.
    pub(crate) fn load(&self) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (_, record) in &page {
                // What a later release wrote differently is raised anew when it is still so.
                if let Ok(alarm) = serde_json::from_slice::<Alarm>(&record.value) {
                    self.known().insert((alarm.kind, alarm.subject.clone()), alarm);
                }
            }
            if page.len() < PAGE {
                return Ok(());
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }

    fn is_open(&self, kind: AlarmKind, subject: &str) -> bool {
        let known = self.known();
        known.get(&(kind, subject.to_owned())).is_some_and(|alarm| alarm.cleared.is_none())
    }

    /// Puts an alarm on disk, then tells of it. Blocks for the disk.
    fn set(&self, alarm: Alarm) -> Result<(), StoreError> {
        let key = format!("{}/{}", alarm.kind.name(), alarm.subject);
        let bytes = serde_json::to_vec(&alarm).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        self.tables.put(TABLE, &key, &bytes, Expected::Any)?;
        self.known().insert((alarm.kind, alarm.subject.clone()), alarm.clone());
        // That nobody listens is no matter.
        let _ = self.signals.send(Signal::Alarm(alarm));
        Ok(())
    }

    /// Counts failures of a scenario that follow each other; gives how many there are now.
    fn count_failures(&self, scenario: &ScenarioId, more: u32) -> u32 {
        let mut streaks = self.streaks.lock().unwrap_or_else(PoisonError::into_inner);
        self.has_streaks.store(true, Ordering::Release);
        let streak = streaks.entry(scenario.clone()).or_default();
        *streak = streak.saturating_add(more);
        *streak
    }

    /// Ends a streak of failures; gives whether there was one.
    fn end_streak(&self, scenario: &ScenarioId) -> bool {
        if !self.has_streaks.load(Ordering::Acquire) {
            return false;
        }
        let mut streaks = self.streaks.lock().unwrap_or_else(PoisonError::into_inner);
        let ended = streaks.remove(scenario).is_some();
        self.has_streaks.store(!streaks.is_empty(), Ordering::Release);
        ended
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<(AlarmKind, String), Alarm>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes in that a run is over: many failures in a row are an alarm, a success ends it.
pub(crate) fn note_end(shared: &Arc<Shared>, state: &State, end: &End) {
    let scenario = &state.created().scenario;
    match end {
        End::Cancelled => {}
        End::Succeeded | End::Stopped => {
            if shared.alarms.end_streak(scenario) {
                clear(shared, AlarmKind::Failing, scenario.as_str());
            }
        }
        End::Failed { error, .. } => {
            let streak = shared.alarms.count_failures(scenario, 1);
            if state.plan().alarms.failures.is_some_and(|most| streak >= most) {
                let message = format!("the last {streak} runs of `{scenario}` failed, at last with: {}", error.message);
                raise(shared, AlarmKind::Failing, scenario.to_string(), message);
            }
        }
    }
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
        failed => _ = shared.alarms.count_failures(scenario, failed as u32),
    }
    Ok(())
}

/// Begins an alarm, unless it goes on already.
pub(crate) fn raise(shared: &Arc<Shared>, kind: AlarmKind, subject: String, message: String) {
    if shared.alarms.is_open(kind, &subject) {
        return;
    }
    let since = shared.options.clock.now();
    let alarm = Alarm { kind, subject, message, since, cleared: None, acknowledged: None };
    tracing::warn!(kind = kind.name(), subject = %alarm.subject, "{}", alarm.message);
    shared.runtime.spawn(begin(Arc::clone(shared), alarm));
}

async fn begin(shared: Arc<Shared>, alarm: Alarm) {
    let writer = Arc::clone(&shared);
    let written = alarm.clone();
    let kept = tokio::task::spawn_blocking(move || match writer.alarms.is_open(written.kind, &written.subject) {
        true => Ok(false),
        false => writer.alarms.set(written).map(|()| true),
    });
    match kept.await.unwrap_or(Err(StoreError::Closed)) {
        Ok(false) => {}
        Ok(true) => tell(&shared, &alarm).await,
        Err(error) => tracing::error!(%error, subject = %alarm.subject, "an alarm could not be kept"),
    }
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
    if let Err(error) = failures::tell(shared, &scenario, cause, &told).await {
        tracing::error!(%error, %scenario, "an alarm could not be told");
    }
}

/// Ends an alarm that goes on.
pub(crate) fn clear(shared: &Arc<Shared>, kind: AlarmKind, subject: &str) {
    if !shared.alarms.is_open(kind, subject) {
        return;
    }
    let (shared, subject) = (Arc::clone(shared), subject.to_owned());
    let runtime = shared.runtime.clone();
    runtime.spawn_blocking(move || {
        let alarm = shared.alarms.known().get(&(kind, subject)).filter(|alarm| alarm.cleared.is_none()).cloned();
        let Some(alarm) = alarm else { return };
        let now = shared.options.clock.now();
        if let Err(error) = shared.alarms.set(Alarm { cleared: Some(now), ..alarm }) {
            tracing::error!(%error, "the end of an alarm could not be kept");
        }
    });
}

impl Handle {
    /// All alarms, those that go on first, then the newest first.
    pub fn alarms(&self) -> Vec<Alarm> {
        let mut alarms: Vec<Alarm> = self.shared.alarms.known().values().cloned().collect();
        alarms.sort_by_key(|alarm| (alarm.cleared.is_some(), std::cmp::Reverse(alarm.since)));
        alarms
    }

    /// Notes that someone has seen an alarm. Blocks for the disk.
    pub fn acknowledge(&self, kind: AlarmKind, subject: &str, by: String) -> Result<Alarm, NoSuchAlarm> {
        let alarm = self.shared.alarms.known().get(&(kind, subject.to_owned())).cloned();
        let alarm = Alarm { acknowledged: Some(by), ..alarm.ok_or(NoSuchAlarm::Unknown)? };
        self.shared.alarms.set(alarm.clone())?;
        Ok(alarm)
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
        let _ = self.shared.alarms.signals.send(Signal::Ending);
    }

    /// What happens from now on, for those who watch.
    pub fn signals(&self) -> broadcast::Receiver<Signal> {
        self.shared.alarms.signals.subscribe()
    }
}
