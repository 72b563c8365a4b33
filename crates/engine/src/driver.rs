//! Drives runs: performs what is decided, journals what came of it, decides again.
//!
//! Two rules carry the promises. Nothing reaches outside before the run, and that it is about to reach outside, is
//! on disk. Nobody is told anything before it is on disk.

use crate::calls;
use crate::course::{Course, STRIDE, Standing, Stretch};
use crate::intake::Refused;
use crate::letters;
use crate::lines::Place;
use crate::mail::{Closed, Letter, Receipt, Unheard, Wake};
use crate::perform::{self, Settled};
use crate::queues::{Queue, Queues, Slot};
use crate::replies::Replies;
use crate::resume;
use crate::shared::Shared;
use crate::turns;
use futures_util::FutureExt;
use futures_util::future::{AbortHandle, Abortable, Aborted, BoxFuture, abortable};
use futures_util::stream::{FuturesUnordered, StreamExt};
use run::entry::{Called, Entry};
use run::id::{Millis, Spot};
use run::tables::StoreError;
use run::{Action, PreparedCall};
use std::collections::BTreeMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::sync::Notify;

/// Has a new run driven: at once if it is its turn and a slot is free; otherwise it is put on disk and waits there.
pub(crate) fn launch(shared: &Arc<Shared>, mut course: Course, callers: Replies, place: Place) {
    let shared_by_task = Arc::clone(shared);
    // Until it is on disk no one else can drive it, and what is said to it is kept for whoever has it here.
    let Some(bell) = course.bell.take().or_else(|| shared.mail.open(course.state().run())) else {
        // Its event was delivered twice at the same time, and the other one has the run.
        return callers.refuse(&Refused::Busy { retry_after: turns::TWICE });
    };
    if place == Place::Behind {
        drop(shared.runtime.spawn(line_up(shared_by_task, course, callers)));
        return;
    }
    match shared.queues.of(&callers).free_slot(&course.state().created().scenario) {
        Some(slot) => drop(shared.runtime.spawn(drive(shared_by_task, course, callers, bell, slot))),
        None => drop(shared.runtime.spawn(set_down(shared_by_task, course, callers))),
    }
}

/// Puts a run that cannot be driven now on disk and into its queue.
async fn set_down(shared: Arc<Shared>, mut course: Course, mut callers: Replies) {
    let run = course.state().run();
    // A run that begins with a wait needs no one to drive it.
    let rests = course.rests_until(shared.now());
    let standing = match rests {
        Some(wake) => Standing::Parked(Some(wake)),
        None if course.state().has_begun() => Standing::Working,
        None => Standing::Queued,
    };
    match course.write_as(&shared, standing).await {
        Ok(()) => {
            callers.offer(&course);
            shared.queues.keep(run, callers);
            // From here on others may drive it, so its timer is set before.
            rests.into_iter().for_each(|wake| shared.timers.set(wake, run));
            let has_letters = shared.mail.release(run) == Wake::Yes;
            let scenario = &course.state().created().scenario;
            match (rests, standing) {
                (Some(_), _) => {}
                (None, Standing::Queued) => shared.queues.begin(scenario, run),
                (None, _) => shared.queues.go_on(scenario, run),
            }
            if has_letters {
                shared.queues.wake_for_someone(run);
            }
        }
        Err(error) => refuse(&shared, &course, callers, error),
    }
}

/// Puts a run whose turn has not come on disk. It is woken when it has, which may be before it is written.
async fn line_up(shared: Arc<Shared>, mut course: Course, mut callers: Replies) {
    match course.write_as(&shared, Standing::Queued).await {
        Ok(()) => {
            callers.offer(&course);
            shared.queues.keep(course.state().run(), callers);
            leave_in_line(&shared, &course);
        }
        Err(error) => refuse(&shared, &course, callers, error),
    }
}

/// Lets go of a run that is on disk and has not begun. It is queued where it is its turn, which it may have become while
/// the run was written.
pub(crate) fn leave_in_line(shared: &Shared, course: &Course) {
    let run = course.state().run();
    let has_letters = shared.mail.release(run) == Wake::Yes;
    if has_letters || !turns::is_waiting(shared, course) {
        shared.queues.wake(run);
    }
}

fn refuse(shared: &Shared, course: &Course, callers: Replies, error: StoreError) {
    turn_away(shared, course, &Unheard::Unreachable(error.to_string()));
    give_up(course, callers, error);
}

/// A run is not taken in: nothing is kept of it.
pub(crate) fn turn_away(shared: &Shared, course: &Course, why: &Unheard) {
    turns::leave(shared, course);
    let letters = shared.mail.give_up(course.state().run());
    letters.into_iter().for_each(|letter| letter.refuse(why.clone()));
}

/// Gives the runs of a queue to drivers, as slots become free.
pub(crate) async fn dispatch(shared: Arc<Shared>, queue: fn(&Queues) -> &Arc<Queue>) {
    let mut stopping = shared.stopping.subscribe();
    let clock = &shared.options.clock;
    loop {
        tokio::select! {
            (run, slot) = queue(&shared.queues).next(|| clock.now()) => {
                let callers = shared.queues.take_callers(run);
                shared.runtime.spawn(resume::drive(Arc::clone(&shared), run, callers, slot));
            }
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Drives one run until it is over or has to wait: for a time, for another run, or for what someone does.
pub(crate) async fn drive(shared: Arc<Shared>, course: Course, callers: Replies, bell: Arc<Notify>, slot: Slot) {
    let run = course.state().run();
    let (calls, handles) = (FuturesUnordered::new(), BTreeMap::new());
    let mut drive = Drive { shared: &shared, course, callers, bell, calls, handles };
    let broken = |_| Err(StoreError::Failed("the engine broke off; its log says where".into()));
    let ended = AssertUnwindSafe(drive.run()).catch_unwind().await.unwrap_or_else(broken);
    let Drive { course, callers, .. } = drive;
    let unheard = match &ended {
        Ok(Ending::Parked) => return drop(slot),
        Ok(Ending::Over) => {
            turns::leave(&shared, &course);
            shared.timers.forget(run);
            calls::tell_caller(&shared, course.state());
            letters::cancel_called(&shared, course.state());
            Unheard::Over
        }
        Ok(Ending::Stopping) => Unheard::Unreachable("the server is stopping".to_owned()),
        Err(error) => Unheard::Unreachable(error.to_string()),
    };
    for letter in shared.mail.give_up(run) {
        match letter {
            Letter::Callers(mut callers) if ended.is_ok() => {
                callers.offer(&course);
                callers.leave(run);
            }
            letter => letter.refuse(unheard.clone()),
        }
    }
    if let Err(error) = ended {
        // Nobody wakes it before the next start: others need not wait for it.
        turns::leave(&shared, &course);
        give_up(&course, callers, error);
    }
    drop(slot);
}

/// Why a run is not driven any more.
enum Ending {
    /// It is over.
    Over,
    /// It is on disk alone, and woken when there is something to do.
    Parked,
    /// It goes on at the next start.
    Stopping,
}

/// The store failed: what is on disk of the run goes on at the next start. Of one that was never taken in there is nothing,
/// and whoever asked for it is told.
fn give_up(course: &Course, callers: Replies, error: StoreError) {
    if course.is_taken_in() {
        tracing::error!(run = %course.state().run(), %error, "the run stops here until the next start");
    }
    callers.refuse(&Refused::Store(error));
}

struct Drive<'a> {
    shared: &'a Arc<Shared>,
    course: Course,
    callers: Replies,
    bell: Arc<Notify>,
    calls: FuturesUnordered<Abortable<BoxFuture<'static, Settled>>>,
    /// How calls are given up that no one waits for any more.
    handles: BTreeMap<Spot, AbortHandle>,
}

impl Drive<'_> {
    async fn run(&mut self) -> Result<Ending, StoreError> {
        loop {
            self.read_letters().await?;
            if self.is_new_in_line() {
                self.keep_callers();
                let deadline = self.course.state().arrival_deadline();
                deadline.into_iter().for_each(|at| self.shared.timers.set_by(at, self.course.state().run()));
                if self.shared.mail.close(self.course.state().run()) == Closed::Yes {
                    // Its turn may have come while it was not to be woken.
                    if !self.is_new_in_line() {
                        self.shared.queues.wake(self.course.state().run());
                    }
                    return Ok(Ending::Parked);
                }
                self.callers = self.shared.queues.take_callers(self.course.state().run());
                continue;
            }
            self.course.take_up(self.shared.present_since());
            let now = self.shared.now();
            let actions = match self.course.walk(now) {
                Stretch::Act(actions) => actions,
                Stretch::Further => {
                    self.write(Standing::Working).await?;
                    continue;
                }
            };
            if self.course.has_ended() {
                self.write(Standing::Working).await?;
                return Ok(Ending::Over);
            }
            if *self.shared.stopping.borrow() {
                self.write(Standing::Working).await?;
                if self.calls.is_empty() {
                    self.callers.leave(self.course.state().run());
                    return Ok(Ending::Stopping);
                }
                // What is under way may end; nothing more begins.
                self.settle_some(None).await;
                continue;
            }
            let acted = self.act(actions, now).await?;
            if acted.has_news {
                continue;
            }
            if !self.calls.is_empty() {
                if self.course.has_news_to_keep() {
                    self.write(Standing::Working).await?;
                }
                self.settle_some(acted.wake).await;
            } else if self.park(acted.wake).await? == Closed::Yes {
                return Ok(Ending::Parked);
            }
        }
    }

    /// Whether it is not its turn to begin. What was said to it is heard all the same, and it fails at its deadline.
    fn is_new_in_line(&mut self) -> bool {
        if self.course.has_ended() || self.course.state().has_begun() {
            return false;
        }
        turns::set_back(self.shared, &mut self.course);
        let deadline = self.course.state().arrival_deadline();
        let is_overdue = deadline.is_some_and(|deadline| deadline <= self.shared.options.clock.now());
        !is_overdue && turns::is_waiting(self.shared, &self.course)
    }

    fn keep_callers(&mut self) {
        self.shared.queues.keep(self.course.state().run(), std::mem::take(&mut self.callers));
    }

    /// Does what others have to say to the run, and has it on disk before they are told so.
    async fn read_letters(&mut self) -> Result<(), StoreError> {
        let letters = self.shared.mail.take(self.course.state().run());
        let mut receipts = Vec::new();
        for letter in letters {
            if let Letter::Callers(mut callers) = letter {
                self.write(self.course.standing()).await?;
                callers.offer(&self.course);
                self.callers.join(callers);
                continue;
            }
            receipts.extend(letters::heed(self.shared, &mut self.course, letter).await?);
        }
        if !receipts.is_empty() {
            self.write(self.course.standing()).await?;
            receipts.into_iter().for_each(|receipt: Receipt| drop(receipt.send(Ok(()))));
        }
        Ok(())
    }

    /// Starts what was decided to be done, after it is on disk that it will be.
    async fn act(&mut self, actions: Vec<Action>, decided: Millis) -> Result<Acted, StoreError> {
        self.give_up_unwanted();
        let mut wake = None;
        let (mut calls, mut follows) = (Vec::new(), Vec::new());
        for action in actions {
            match action {
                Action::Record(entry) => self.course.record(entry),
                Action::Call(call) => {
                    if let Err(due) = self.pace(&call) {
                        wake = Some(wake.map_or(due, |wake: Millis| wake.min(due)));
                        continue;
                    }
                    let (spot, attempt) = (call.spot.clone(), call.attempt);
                    self.course.in_flight.insert(spot.clone());
                    self.course.record(Entry::Started { spot, attempt, at: decided });
                    calls.push(*call);
                }
                Action::Compute(job) => {
                    let (spot, attempt) = (job.spot.clone(), job.attempt);
                    self.course.in_flight.insert(spot.clone());
                    self.course.record(Entry::Started { spot: spot.clone(), attempt, at: decided });
                    self.begin(spot, perform::script(*job).boxed());
                }
                Action::Follow(called) => {
                    self.course.in_flight.insert(called.spot.clone());
                    follows.push(called);
                }
                Action::Wait(due) => wake = Some(wake.map_or(due, |wake: Millis| wake.min(due))),
            }
        }
        let someone_waits = !self.callers.is_empty() && !self.calls.is_empty();
        if !calls.is_empty() || someone_waits {
            self.write(Standing::Working).await?;
        } else if !follows.is_empty() {
            let only_follows = self.calls.is_empty();
            self.write(if only_follows { Standing::Parked(None) } else { Standing::Working }).await?;
        }
        let (run, created) = (self.course.state().run(), Arc::clone(self.course.state().created()));
        for call in calls {
            let spot = call.spot.clone();
            self.begin(spot, perform::call(Arc::clone(self.shared), run, Arc::clone(&created), call).boxed());
        }
        let mut has_news = false;
        for called in follows {
            has_news |= self.follow(&called).await?;
        }
        Ok(Acted { wake, has_news })
    }

    /// Whether the call's connection lets it go out now; otherwise when to ask again.
    fn pace(&self, call: &PreparedCall) -> Result<(), Millis> {
        let Some(connection) = call.connection.as_deref() else { return Ok(()) };
        let now = self.shared.options.clock.now();
        self.shared.paces.turn(connection, self.course.state().run(), &call.spot, now)
    }

    fn begin(&mut self, spot: Spot, call: BoxFuture<'static, Settled>) {
        let (call, handle) = abortable(call);
        self.handles.insert(spot, handle);
        self.calls.push(call);
    }

    /// Breaks off calls within steps that have failed: should such a step begin anew, they are not its own.
    fn give_up_unwanted(&mut self) {
        let in_flight = &self.course.in_flight;
        self.handles.retain(|spot, handle| {
            let is_wanted = in_flight.contains(spot);
            if !is_wanted {
                handle.abort();
            }
            is_wanted
        });
    }

    /// Sees to it that a called run goes its way; gives whether it is over already.
    async fn follow(&mut self, called: &Called) -> Result<bool, StoreError> {
        let Some(result) = calls::follow(self.shared, self.course.state(), called).await? else { return Ok(false) };
        self.course.settle(&called.spot, called.attempt, result, self.shared.now());
        Ok(true)
    }

    /// Puts on disk what is decided, and answers the caller if that answers it.
    async fn write(&mut self, standing: Standing) -> Result<(), StoreError> {
        self.course.write_as(self.shared, standing).await?;
        self.callers.offer(&self.course);
        Ok(())
    }

    /// Takes in the next outcome, and those that are there with it, or notices that something is due or was said.
    async fn settle_some(&mut self, wake: Option<Millis>) {
        let deadline = self.course.state().deadline();
        let due = wake.map_or(deadline, |wake| wake.min(deadline));
        tokio::select! {
            Some(settled) = self.calls.next() => self.settle(settled),
            () = self.bell.notified() => return,
            () = self.shared.options.clock.sleep_until(due) => return,
        }
        // To decide looks at every lane, so what has come together is decided on together.
        for _ in 0..STRIDE {
            let Some(Some(settled)) = self.calls.next().now_or_never() else { return };
            self.settle(settled);
        }
    }

    /// Takes in what a call or script gave, unless it was given up.
    fn settle(&mut self, settled: Result<Settled, Aborted>) {
        let Ok((spot, attempt, result)) = settled else { return };
        self.handles.remove(&spot);
        self.course.settle(&spot, attempt, result, self.shared.now());
    }

    /// Leaves the run to its timer and to those who may wake it: until then it is on disk alone.
    async fn park(&mut self, wake: Option<Millis>) -> Result<Closed, StoreError> {
        let state = self.course.state();
        let run = state.run();
        if wake.is_none() && !state.is_held() && state.calls().next().is_none() {
            tracing::error!(%run, "nothing is left to do in a run that is not over");
        }
        let wake = Some(wake.map_or(state.deadline(), |wake| wake.min(state.deadline())));
        let wake = wake.filter(|wake| *wake < Millis::MAX);
        self.write(Standing::Parked(wake)).await?;
        self.keep_callers();
        // Once it is let go of, another may drive it and set a timer of its own.
        wake.into_iter().for_each(|wake| self.shared.timers.set(wake, run));
        let closed = self.shared.mail.close(run);
        if closed == Closed::HasLetters {
            self.callers = self.shared.queues.take_callers(run);
        }
        Ok(closed)
    }
}

/// What came of acting.
struct Acted {
    /// The time before which nothing else is to be done.
    wake: Option<Millis>,
    /// Something was recorded that more can be decided on.
    has_news: bool,
}
