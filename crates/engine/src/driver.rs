//! Drives runs: performs what is decided, journals what came of it, decides again.
//!
//! Two rules carry the promises. Nothing reaches outside before the run, and that it is about to reach outside, is
//! on disk. Nobody is told anything before it is on disk.

use crate::course::{Course, Stretch};
use crate::intake::{Refused, Reply};
use crate::queues::{Queue, Queues};
use crate::resume;
use crate::shared::Shared;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use run::call::{Call, Origin, Outcome};
use run::entry::Entry;
use run::error::StepError;
use run::id::{Millis, ScenarioId, Spot};
use run::tables::StoreError;
use run::{Action, Job, PreparedCall, settle};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;

/// How much longer than its own bound a call may take before it is cut off: the module says better what went wrong.
const GRACE: Duration = Duration::from_millis(500);

/// What a call or script gave.
type Settled = (Spot, u32, Result<Outcome, StepError>);

/// Has a new run driven: at once if a slot is free; otherwise it is put on disk and waits there.
pub(crate) fn launch(shared: &Arc<Shared>, course: Course, reply: Option<Reply>) {
    let shared_by_task = Arc::clone(shared);
    match shared.queues.of(reply.as_ref()).free_slot() {
        Some(slot) => drop(shared.runtime.spawn(drive(shared_by_task, course, reply, slot))),
        None => drop(shared.runtime.spawn(set_down(shared_by_task, course, reply))),
    }
}

/// Puts a run that cannot be driven now on disk and into its queue.
async fn set_down(shared: Arc<Shared>, mut course: Course, reply: Option<Reply>) {
    let run = course.state().run();
    match course.write(&shared).await {
        Ok(()) => shared.queues.push(run, reply.and_then(|reply| reply.offer(&course))),
        Err(error) => give_up(&course, reply, error),
    }
}

/// Gives the runs of a queue to drivers, as slots become free.
pub(crate) async fn dispatch(shared: Arc<Shared>, queue: fn(&Queues) -> &Queue) {
    let mut stopping = shared.stopping.subscribe();
    loop {
        tokio::select! {
            (run, slot) = queue(&shared.queues).next() => {
                let reply = shared.queues.take_caller(run);
                shared.runtime.spawn(resume::drive(Arc::clone(&shared), run, reply, slot));
            }
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Drives one run until it is over or has to wait for a time.
pub(crate) async fn drive(shared: Arc<Shared>, course: Course, reply: Option<Reply>, slot: OwnedSemaphorePermit) {
    let mut drive = Drive { shared: &shared, course, reply, calls: FuturesUnordered::new() };
    if let Err(error) = drive.run().await {
        give_up(&drive.course, drive.reply.take(), error);
    }
    drop(slot);
}

/// The store failed: what is on disk of the run goes on at the next start.
fn give_up(course: &Course, reply: Option<Reply>, error: StoreError) {
    tracing::error!(run = %course.state().run(), %error, "the run stops here until the next start");
    if let Some(reply) = reply {
        reply.refuse(Refused::Store(error));
    }
}

struct Drive<'a> {
    shared: &'a Arc<Shared>,
    course: Course,
    reply: Option<Reply>,
    calls: FuturesUnordered<BoxFuture<'static, Settled>>,
}

impl Drive<'_> {
    async fn run(&mut self) -> Result<(), StoreError> {
        loop {
            let actions = match self.course.walk(&self.shared.moment()) {
                Stretch::Act(actions) => actions,
                Stretch::Further => {
                    self.write(None).await?;
                    continue;
                }
            };
            if self.course.has_ended() {
                return self.write(None).await;
            }
            if *self.shared.stopping.borrow() && self.calls.is_empty() {
                self.write(None).await?;
                let run = self.course.state().run();
                self.reply.take().into_iter().for_each(|reply| reply.leave(run));
                return Ok(());
            }
            let wake = self.act(actions).await?;
            if self.calls.is_empty() {
                return self.park(wake).await;
            }
            self.settle_one(wake).await;
        }
    }

    /// Starts what is to be done, after it is on disk that it will be. Gives the time before which nothing else is.
    async fn act(&mut self, actions: Vec<Action>) -> Result<Option<Millis>, StoreError> {
        let mut wake = None;
        let mut calls = Vec::new();
        for action in actions {
            match action {
                Action::Record(entry) => self.course.record(entry),
                Action::Call(call) => {
                    let (spot, attempt) = (call.spot.clone(), call.attempt);
                    self.course.in_flight.insert(spot.clone());
                    self.course.record(Entry::Started { spot, attempt, at: self.shared.options.clock.now() });
                    calls.push(*call);
                }
                Action::Compute(job) => {
                    self.course.in_flight.insert(job.spot.clone());
                    self.calls.push(compute(*job).boxed());
                }
                Action::Wait(due) => wake = Some(wake.map_or(due, |wake: Millis| wake.min(due))),
            }
        }
        let someone_waits = self.reply.is_some() && !self.calls.is_empty();
        if !calls.is_empty() || someone_waits {
            self.write(None).await?;
        }
        let scenario = &self.course.state().created().scenario;
        let run = self.course.state().run();
        for call in calls {
            self.calls.push(perform(Arc::clone(self.shared), scenario.clone(), run, call).boxed());
        }
        Ok(wake)
    }

    /// Puts on disk what is decided, and answers the caller if that answers it.
    async fn write(&mut self, wake: Option<Millis>) -> Result<(), StoreError> {
        self.course.write_until(self.shared, wake).await?;
        self.reply = self.reply.take().and_then(|reply| reply.offer(&self.course));
        Ok(())
    }

    /// Takes in the next outcome, or notices that something is due.
    async fn settle_one(&mut self, wake: Option<Millis>) {
        let deadline = self.course.state().deadline();
        let due = wake.map_or(deadline, |wake| wake.min(deadline));
        tokio::select! {
            Some((spot, attempt, result)) = self.calls.next() => {
                let entry = settle(self.course.state(), &spot, attempt, result, &self.shared.moment());
                self.course.in_flight.remove(&spot);
                self.course.record(entry);
            }
            () = self.shared.options.clock.sleep_until(due) => {}
        }
    }

    /// Leaves the run to its timer: until then it is on disk alone.
    async fn park(&mut self, wake: Option<Millis>) -> Result<(), StoreError> {
        let Some(wake) = wake else {
            let run = self.course.state().run();
            tracing::error!(%run, "nothing is left to do in a run that is not over");
            return self.write(None).await;
        };
        let wake = wake.min(self.course.state().deadline());
        self.write(Some(wake)).await?;
        let run = self.course.state().run();
        if let Some(reply) = self.reply.take() {
            self.shared.queues.keep(run, reply);
        }
        self.shared.timers.set(wake, run);
        Ok(())
    }
}

/// Runs a script where it keeps no one waiting.
async fn compute(job: Job) -> Settled {
    let (spot, attempt) = (job.spot.clone(), job.attempt);
    let result = tokio::task::spawn_blocking(move || job.run()).await;
    let result =
        result.unwrap_or_else(|_| Err(StepError::permanent("script_panicked", "the script broke its interpreter")));
    (spot, attempt, result)
}

/// Makes one call, within its time.
async fn perform(shared: Arc<Shared>, scenario: ScenarioId, run: run::id::RunId, prepared: PreparedCall) -> Settled {
    let (spot, attempt, timeout) = (prepared.spot.clone(), prepared.attempt, prepared.timeout);
    let Some(module) = shared.module(&prepared.module) else {
        let message = format!("there is no module `{}` here", prepared.module);
        return (spot, attempt, Err(StepError::permanent("unknown_module", message)));
    };
    let call = Call {
        parameters: &prepared.parameters,
        connection: prepared.connection.as_deref(),
        idempotency_key: &prepared.idempotency_key,
        author_host: prepared.author_host.as_deref(),
        timeout,
        now: shared.options.clock.now(),
        origin: Origin { scenario: &scenario, run, spot: &spot, attempt },
    };
    let guarded = AssertUnwindSafe(module.call(call)).catch_unwind();
    let result = match tokio::time::timeout(timeout + GRACE, guarded).await {
        Ok(Ok(result)) => result,
        Ok(Err(_)) => Err(StepError::permanent("module_panicked", "the module broke off; its log says where")),
        Err(_) => Err(StepError::passing("timeout", format!("the call took longer than {timeout:?}"))
            .hint("Raise the step's `timeout`, or give it a `retry`.")),
    };
    (spot, attempt, result)
}
