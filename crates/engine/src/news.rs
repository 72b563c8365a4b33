//! What happens to runs, told to whoever watches at the moment. Costs nothing while nobody does.

use crate::alarms::Signal;
use crate::shared::Handle;
use run::entry::Trial;
use run::id::{RunId, ScenarioId};
use scenario::plan::Version;
use store::{Append, Status};
use tokio::sync::broadcast;

/// How many news a slow watcher may be behind before it misses some.
const BEHIND: usize = 4_096;

/// Something new of a run is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunNews {
    /// Which run.
    pub run: RunId,
    /// Of which scenario.
    pub scenario: ScenarioId,
    /// How it stands.
    pub status: Status,
    /// Whether this is the first that is known of it.
    pub is_new: bool,
    /// Whether it tries a text.
    pub is_trial: bool,
}

/// Those who watch runs.
#[derive(Debug)]
pub(crate) struct Watchers(broadcast::Sender<RunNews>);

impl Default for Watchers {
    fn default() -> Self {
        Self(broadcast::Sender::new(BEHIND))
    }
}

impl Watchers {
    /// What is to be told once this is on disk; none while nobody watches.
    pub(crate) fn news(&self, append: &Append, trial: Option<&Trial>) -> Option<RunNews> {
        (self.0.receiver_count() > 0).then(|| RunNews {
            run: append.run,
            scenario: append.head.scenario.clone(),
            status: append.head.status,
            is_new: append.piece == 0,
            is_trial: trial.is_some(),
        })
    }

    pub(crate) fn tell(&self, news: Option<RunNews>) {
        // That nobody listens any more is no matter.
        news.into_iter().for_each(|news| drop(self.0.send(news)));
    }
}

impl Handle {
    /// What happens to runs from now on. A watcher that falls behind is told so, and looks for itself.
    pub fn run_news(&self) -> broadcast::Receiver<RunNews> {
        self.shared.watchers.0.subscribe()
    }

    /// Tells those who watch that a scenario's text is another one; none: it is gone.
    pub fn tell_changed(&self, scenario: ScenarioId, version: Option<Version>) {
        self.shared.alarms.tell(Signal::Scenario { scenario, version });
    }

    /// Tells those who watch that someone's draft of a scenario is another one; none: it is gone.
    pub fn tell_drafted(&self, scenario: ScenarioId, revision: Option<u64>) {
        self.shared.alarms.tell(Signal::Draft { scenario, revision });
    }
}
