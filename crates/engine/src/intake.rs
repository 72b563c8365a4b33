//! Takes in what triggers deliver. What is answered as accepted is on disk.

use crate::claims::Reserved;
use crate::course::Course;
use crate::delivery::Delivery;
use crate::driver;
use crate::failures;
use crate::keys;
use crate::lines::Place;
use crate::repeats::{self, Novelty, Told};
use crate::replies::{Awaits, Replies, Reply, answer};
use crate::scenarios::Deployment;
use crate::shared::{Handle, Shared};
use crate::turns::{self, Closed};
use run::entry::{Created, Entry, Recognised};
use run::id::RunId;
use run::input::Input;
use run::response::Response;
use run::tables::StoreError;
use std::sync::Arc;
use std::time::Duration;

/// After how many seconds a caller may try again whose scenario's queue is being drained.
const DRAINING: u32 = 60;

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
    /// No run was started, as `limits.concurrency.on_full: drop` says.
    Dropped,
}

impl Answer {
    /// The run that it is about.
    pub fn run(&self) -> Option<RunId> {
        match self {
            Self::Responded { run, .. } | Self::Accepted { run } | Self::Failed { run } | Self::TimedOut { run } => {
                Some(*run)
            }
            Self::Dropped => None,
        }
    }
}

/// Why no run was started. Nothing of the delivery is kept.
#[derive(Clone, Debug, thiserror::Error)]
#[expect(missing_docs, reason = "`retry_after` says in how many seconds there is room again, at a guess")]
pub enum Refused {
    /// Too much is waiting already.
    #[error("too many runs are waiting")]
    Busy { retry_after: u32 },
    /// The scenario's queue is being drained.
    #[error("the scenario takes no runs in while its queue is drained")]
    Draining { retry_after: u32 },
    /// The engine is being stopped.
    #[error("the engine is stopping")]
    Stopping,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Handle {
    /// Starts a run and waits for its answer, at most `wait`. A run that touches nothing outside is walked to its end
    /// here and now and written in one piece; any other is handed to a driver as soon as it has to wait.
    ///
    /// Where a delivery that is the same by `dedupe` was taken in within the window, nothing is started: that one's run
    /// answers this one, too. One whose key has no value is a run of its own, which shows why.
    pub async fn deliver(&self, deployment: &Deployment, delivery: Delivery, wait: Duration) -> Result<Told, Refused> {
        let shared = &self.shared;
        admit(shared, 1)?;
        let mut course = self.begin(deployment, delivery);
        if let Some(first) = first_of_its_kind(shared, &mut course, wait).await? {
            return repeats::answer(shared, first, wait).await;
        }
        match self.carry_out(course, wait).await {
            // Another one was faster by a moment.
            Err(Refused::Store(StoreError::Claimed(first))) => repeats::answer(shared, first, wait).await,
            told => Ok(Told { answer: told?, novelty: Novelty::First }),
        }
    }

    async fn carry_out(&self, mut course: Course, wait: Duration) -> Result<Answer, Refused> {
        let shared = &self.shared;
        let place = match turns::enter(shared, &mut course) {
            Err(Closed::Dropped) => return Ok(Answer::Dropped),
            place => place.map_err(Refused::from)?,
        };
        self.carry_on(course, place, wait).await
    }

    /// Carries a run on that has its place, and waits for its answer, at most `wait`.
    pub(crate) async fn carry_on(&self, mut course: Course, place: Place, wait: Duration) -> Result<Answer, Refused> {
        let shared = &self.shared;
        let run = course.state().run();
        let awaits = if course.state().plan().responds { Awaits::Response } else { Awaits::Acceptance };
        if place == Place::Inside && ends_at_once(shared, &mut course) {
            // The caller may go away while this is written; the turn is over all the same.
            let turn = turns::Turn::of(shared, &course);
            course.write(shared).await?;
            drop(turn);
            return Ok(answer(&course, awaits).unwrap_or(Answer::Accepted { run }));
        }
        let (reply, mut answer) = Reply::pair(awaits);
        let (reply, is_written) = reply.noting();
        driver::launch(shared, course, Replies::one(reply), place);
        if let Ok(told) = tokio::time::timeout(wait, &mut answer).await {
            return told.unwrap_or(Err(Refused::Store(StoreError::Closed)));
        }
        // That the run goes on is told only once it is on disk.
        match is_written.await {
            Ok(()) => {
                drop(answer);
                shared.queues.forget_gone(run);
                Ok(Answer::TimedOut { run })
            }
            Err(_) => answer.await.unwrap_or(Err(Refused::Store(StoreError::Closed))),
        }
    }

    /// Starts a run of this name unless it exists already; comes back once it is on disk. A trigger that derives the
    /// name from its event starts one run for it, however often it tries. One that is dropped, as
    /// `limits.concurrency.on_full` says, is done with.
    pub async fn start_once(&self, run: RunId, deployment: &Deployment, input: Input) -> Result<(), Refused> {
        let reader = Arc::clone(&self.shared);
        let known = tokio::task::spawn_blocking(move || reader.head(run)).await.unwrap_or(Err(StoreError::Closed))?;
        if known.is_some() {
            return Ok(());
        }
        admit(&self.shared, 1)?;
        let mut course = self.begin_as(run, deployment, input.into());
        match turns::enter(&self.shared, &mut course) {
            Err(Closed::Dropped) => Ok(()),
            place => accept(&self.shared, course, place?).await,
        }
    }

    /// A new run with all that is known of it before its first step. Nothing of it is on disk.
    pub(crate) fn begin(&self, deployment: &Deployment, delivery: Delivery) -> Course {
        let run = self.shared.naming.next(self.shared.now());
        self.begin_as(run, deployment, delivery)
    }

    fn begin_as(&self, run: RunId, deployment: &Deployment, delivery: Delivery) -> Course {
        let Delivery { input, recognised, dedupe } = delivery;
        let mut course = self.begin_unlined(run, deployment, input, recognised);
        keys::recognise(&mut course, dedupe.as_ref(), self.shared.now());
        course
    }

    /// A new run that stands in no line and claims nothing.
    pub(crate) fn begin_apart(&self, deployment: &Deployment, input: Input, recognised: Option<Recognised>) -> Course {
        let run = self.shared.naming.next(self.shared.now());
        self.begin_unlined(run, deployment, input, recognised)
    }

    fn begin_unlined(
        &self,
        run: RunId,
        deployment: &Deployment,
        input: Input,
        recognised: Option<Recognised>,
    ) -> Course {
        let plan = Arc::clone(&deployment.plan);
        let at = self.shared.now();
        let created = Created { scenario: deployment.id.clone(), version: plan.version.clone(), at, input };
        let mut course = Course::begin(run, plan, Arc::new(created), Arc::clone(&self.shared.options.setting));
        recognised.into_iter().for_each(|recognised| course.record(Entry::Recognised(Box::new(recognised))));
        course
    }
}

/// The run that has laid claim already to what this one is recognised by. None: the claim is this one's, from before it
/// takes anyone's place until it is on disk.
async fn first_of_its_kind(
    shared: &Arc<Shared>,
    course: &mut Course,
    wait: Duration,
) -> Result<Option<RunId>, Refused> {
    let Some(claim) = course.claim else { return Ok(None) };
    loop {
        let mine = match shared.claims.reserve(claim.key) {
            Reserved::Mine(reservation) => Some(reservation),
            Reserved::Taken(pending) => {
                let late = |_| Refused::Busy { retry_after: turns::TWICE };
                tokio::time::timeout(wait, pending.settled()).await.map_err(late)?;
                None
            }
        };
        match repeats::first(shared, claim).await? {
            None if mine.is_none() => {}
            None => {
                course.reservation = mine;
                return Ok(None);
            }
            first => return Ok(first),
        }
    }
}

impl From<Closed> for Refused {
    fn from(closed: Closed) -> Self {
        match closed {
            Closed::Full { retry_after } => Self::Busy { retry_after },
            Closed::Dropped => Self::Busy { retry_after: 1 },
            Closed::Draining => Self::Draining { retry_after: DRAINING },
        }
    }
}

/// Starts a run that another run is the cause of; comes back once it is on disk. One that touches nothing outside is
/// over by then.
pub(crate) async fn start(shared: &Arc<Shared>, mut course: Course) -> Result<(), StoreError> {
    keys::recognise(&mut course, None, shared.now());
    let place = turns::enter(shared, &mut course).map_err(|_| StoreError::Busy)?;
    if place == Place::Inside && ends_at_once(shared, &mut course) {
        let _turn = turns::Turn::of(shared, &course);
        return Box::pin(course.write(shared)).await;
    }
    accept(shared, course, place).await.map_err(|refused| match refused {
        Refused::Store(error) => error,
        Refused::Busy { .. } | Refused::Draining { .. } => StoreError::Busy,
        Refused::Stopping => StoreError::Closed,
    })
}

/// Starts a run that stands in no line; comes back once it is on disk.
pub(crate) async fn start_apart(shared: &Arc<Shared>, mut course: Course) -> Result<(), Refused> {
    if ends_at_once(shared, &mut course) {
        return Ok(Box::pin(course.write(shared)).await?);
    }
    accept(shared, course, Place::Inside).await
}

/// Walks a run as far as thinking goes. Gives whether it is over by that and can be written in one piece: whoever asks for
/// it may go away at any moment, and must not leave it half-way.
fn ends_at_once(shared: &Arc<Shared>, course: &mut Course) -> bool {
    course.walk_at_once(shared.now()) && !failures::is_heard(shared, course.state())
}

/// Hands a run to a driver; comes back once it is on disk.
async fn accept(shared: &Arc<Shared>, course: Course, place: Place) -> Result<(), Refused> {
    let (reply, answer) = Reply::pair(Awaits::Acceptance);
    driver::launch(shared, course, Replies::one(reply), place);
    answer.await.unwrap_or(Err(Refused::Store(StoreError::Closed))).map(|_| ())
}

/// Whether so many more may wait. What waits takes memory: its slot's queue, its line or its timer. Together they are
/// bounded.
pub(crate) fn admit(shared: &Shared, more: usize) -> Result<(), Refused> {
    if *shared.stopping.borrow() {
        return Err(Refused::Stopping);
    }
    let waiting = shared.queues.len() + shared.lines.len() + shared.timers.len();
    if waiting + more > shared.options.waiting_runs {
        return Err(Refused::Busy { retry_after: shared.queues.retry_after(shared.options.clock.now()) });
    }
    Ok(())
}
