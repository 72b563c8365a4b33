//! Takes in what triggers deliver. What is answered as accepted is on disk.

use crate::course::Course;
use crate::driver;
use crate::lines::{Full, Place};
use crate::scenarios::Deployment;
use crate::shared::{Handle, Shared};
use crate::turns;
use run::entry::{Created, End};
use run::id::{Millis, RunId};
use run::input::Input;
use run::response::Response;
use run::tables::StoreError;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// What a caller is told about the run it started.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "`run` is the run, `response` what it answers")]
pub enum Answer {
    /// The run answers this.
    Responded { run: RunId, response: Arc<Response> },
    /// The run is on disk and goes its way; it has no answer of its own.
    Accepted { run: RunId },
    /// The run failed before it answered.
    Failed { run: RunId },
    /// The run has not answered in the time the caller waits; it goes on.
    TimedOut { run: RunId },
}

/// Why no run was started. Nothing of the delivery is kept.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Too much is waiting already.
    #[error("too many runs are waiting")]
    Busy,
    /// The engine is being stopped.
    #[error("the engine is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a driver answers the caller of its run.
#[derive(Debug)]
pub(crate) struct Reply {
    sender: oneshot::Sender<Result<Answer, Refused>>,
    /// Told once the run is on disk.
    written: Option<oneshot::Sender<()>>,
    /// Whether the caller waits for the run's own answer, or only to know that the run is on disk.
    awaits: Awaits,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Awaits {
    Acceptance,
    Response,
}

impl Reply {
    /// Whether the caller waits for the run's own answer.
    pub(crate) fn awaits_response(&self) -> bool {
        self.awaits == Awaits::Response
    }

    /// Answers if what is on disk of this run answers the caller; otherwise gives the reply back.
    pub(crate) fn offer(mut self, course: &Course) -> Option<Self> {
        if let Some(written) = self.written.take() {
            let _ = written.send(());
        }
        match answer(course, self.awaits) {
            Some(answer) => {
                // The caller may have gone away; the run does not mind.
                let _ = self.sender.send(Ok(answer));
                None
            }
            None => Some(self),
        }
    }

    /// Tells the caller that the run goes on without it.
    pub(crate) fn leave(self, run: RunId) {
        let _ = self.sender.send(Ok(Answer::TimedOut { run }));
    }

    pub(crate) fn refuse(self, why: Refused) {
        let _ = self.sender.send(Err(why));
    }
}

fn answer(course: &Course, awaits: Awaits) -> Option<Answer> {
    let state = course.state();
    let run = state.run();
    if let Some(response) = state.response() {
        return Some(Answer::Responded { run, response: Arc::clone(response) });
    }
    match (awaits, state.end()) {
        (Awaits::Acceptance, _) => Some(Answer::Accepted { run }),
        (Awaits::Response, None) => None,
        (Awaits::Response, Some(End::Succeeded | End::Stopped)) => Some(Answer::Accepted { run }),
        (Awaits::Response, Some(End::Failed { .. } | End::Cancelled)) => Some(Answer::Failed { run }),
    }
}

impl Handle {
    /// Starts a run and waits for its answer, at most `wait`. A run that touches nothing outside is walked to its end
    /// here and now and written in one piece; any other is handed to a driver as soon as it has to wait.
    pub async fn deliver(&self, deployment: &Deployment, input: Input, wait: Duration) -> Result<Answer, Refused> {
        let shared = &self.shared;
        let mut course = self.begin(deployment, input)?;
        let run = course.state().run();
        let awaits = if deployment.plan.responds { Awaits::Response } else { Awaits::Acceptance };
        let place = turns::enter(shared, course.state()).map_err(|Full| Refused::Busy)?;
        if place == Place::Inside && course.walk_at_once(shared.now()) {
            // The caller may go away while this is written; the turn is over all the same.
            let turn = turns::Turn::of(shared, course.state());
            course.write(shared).await?;
            drop(turn);
            return Ok(answer(&course, awaits).unwrap_or(Answer::Accepted { run }));
        }
        let (sender, mut answer) = oneshot::channel();
        let (written, is_written) = oneshot::channel();
        driver::launch(shared, course, Some(Reply { sender, written: Some(written), awaits }), place);
        if let Ok(told) = tokio::time::timeout(wait, &mut answer).await {
            return told.unwrap_or(Err(Refused::Store(StoreError::Closed)));
        }
        // That the run goes on is told only once it is on disk.
        match is_written.await {
            Ok(()) => Ok(Answer::TimedOut { run }),
            Err(_) => answer.await.unwrap_or(Err(Refused::Store(StoreError::Closed))),
        }
    }

    /// Starts a run of this name unless it exists already; comes back once it is on disk. A trigger that derives the
    /// name from its event starts one run for it, however often it tries.
    pub async fn start_once(&self, run: RunId, deployment: &Deployment, input: Input) -> Result<(), Refused> {
        let reader = Arc::clone(&self.shared);
        let known = tokio::task::spawn_blocking(move || reader.head(run)).await.unwrap_or(Err(StoreError::Closed))?;
        if known.is_some() {
            return Ok(());
        }
        let course = self.begin_as(run, deployment, input)?;
        let place = turns::enter(&self.shared, course.state()).map_err(|Full| Refused::Busy)?;
        accept(&self.shared, course, place).await
    }

    fn begin(&self, deployment: &Deployment, input: Input) -> Result<Course, Refused> {
        let run = name(self.shared.options.clock.now());
        self.begin_as(run, deployment, input)
    }

    fn begin_as(&self, run: RunId, deployment: &Deployment, input: Input) -> Result<Course, Refused> {
        admit(&self.shared)?;
        let plan = Arc::clone(&deployment.plan);
        let at = self.shared.options.clock.now();
        let created = Created { scenario: deployment.id.clone(), version: plan.version.clone(), at, input };
        Ok(Course::begin(run, plan, Arc::new(created), Arc::clone(&self.shared.options.setting)))
    }
}

/// Starts a run that another run is the cause of; comes back once it is on disk. One that touches nothing outside is
/// over by then.
pub(crate) async fn start(shared: &Arc<Shared>, mut course: Course) -> Result<(), StoreError> {
    let place = turns::enter(shared, course.state()).map_err(|Full| StoreError::Busy)?;
    if place == Place::Inside && course.walk_at_once(shared.now()) {
        let _turn = turns::Turn::of(shared, course.state());
        return Box::pin(course.write(shared)).await;
    }
    accept(shared, course, place).await.map_err(|refused| match refused {
        Refused::Store(error) => error,
        Refused::Busy => StoreError::Busy,
        Refused::Stopping => StoreError::Closed,
    })
}

/// Hands a run to a driver; comes back once it is on disk.
async fn accept(shared: &Arc<Shared>, course: Course, place: Place) -> Result<(), Refused> {
    let (sender, answer) = oneshot::channel();
    driver::launch(shared, course, Some(Reply { sender, written: None, awaits: Awaits::Acceptance }), place);
    answer.await.unwrap_or(Err(Refused::Store(StoreError::Closed))).map(|_| ())
}

pub(crate) fn admit(shared: &Shared) -> Result<(), Refused> {
    if *shared.stopping.borrow() {
        return Err(Refused::Stopping);
    }
    if shared.queues.len() >= shared.options.waiting_runs {
        return Err(Refused::Busy);
    }
    Ok(())
}

/// A new run's name.
pub(crate) fn name(now: Millis) -> RunId {
    let since = u64::try_from(now).unwrap_or_default();
    RunId(uuid::Builder::from_unix_timestamp_millis(since, &rand::random()).into_uuid())
}
