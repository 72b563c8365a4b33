//! Takes up runs that are on disk: those that were not over at the last stop, those whose time has come, and those
//! that waited for a slot.

use crate::course::{Course, STRIDE};
use crate::driver;
use crate::hand::post;
use crate::intake::Refused;
use crate::lines::{Place, Progress};
use crate::mail::{Letter, Unheard};
use crate::queues::Slot;
use crate::replies::Replies;
use crate::shared::{Handle, Shared};
use crate::turns;
use run::State;
use run::entry::Entry;
use run::id::{Millis, RunId};
use run::tables::StoreError;
use std::sync::Arc;
use store::Status;

/// How many open runs are asked for at a time.
const PAGE: usize = 1_000;

/// After how long a run is read again that the disk did not give, in milliseconds: too many files may have been open.
const AGAIN: Millis = 30_000;

/// Lists every run that is not over: into the queue, or to its timer. Blocks for the disk.
pub(crate) fn take_up(shared: &Arc<Shared>) -> Result<usize, StoreError> {
    let mut taken = 0;
    let mut after = None;
    loop {
        let page = shared.store.journal.open_runs(after, PAGE)?;
        for (run, head) in &page {
            shared.naming.after(*run);
            if turns::return_to(shared, *run, head) == Place::Behind {
                continue;
            }
            match (head.status, head.wake) {
                (Status::Waiting | Status::Held, Some(wake)) => shared.timers.set(wake, *run),
                (Status::Held, None) => {}
                _ if turns::progress(head) == Progress::New => shared.queues.begin(&head.scenario, *run),
                _ => shared.queues.go_on(&head.scenario, *run),
            }
        }
        taken += page.len();
        match page.last() {
            Some((last, _)) if page.len() == PAGE => after = Some(*last),
            _ => {
                turns::advance_all(shared);
                return Ok(taken);
            }
        }
    }
}

/// Moves runs whose time has come to their queue.
pub(crate) async fn wake(shared: Arc<Shared>) {
    let clock = Arc::clone(&shared.options.clock);
    let mut stopping = shared.stopping.subscribe();
    loop {
        let mut woken = 0;
        while let Some(run) = shared.timers.take(clock.now()) {
            match shared.head(run) {
                // How a run stands that is not over is in memory: so many that wake at once wait with their own.
                Ok(Some(head)) => shared.queues.go_on(&head.scenario, run),
                _ => shared.queues.wake(run),
            }
            woken += 1;
            if woken % STRIDE == 0 {
                tokio::task::yield_now().await;
            }
        }
        let due = async {
            match shared.timers.next_due() {
                Some(due) => clock.sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = shared.timers.changed() => {}
            _ = stopping.wait_for(|stopping| *stopping) => return,
        }
    }
}

/// Reads a run back and drives it on.
pub(crate) async fn drive(shared: Arc<Shared>, run: RunId, callers: Replies, slot: Slot) {
    // It may have been woken for two reasons; whoever drives it sees both.
    let Some(bell) = shared.mail.open(run) else {
        // Even where no one waits: it may just have looked, and seen nothing to do.
        post(&shared, run, Letter::Callers(callers));
        return;
    };
    let reader = Arc::clone(&shared);
    let course = tokio::task::spawn_blocking(move || read(&reader, run)).await;
    match course.unwrap_or_else(|_| Err(Unresumable::Store(StoreError::Closed))) {
        Ok(mut course) => {
            turns::rejoin(&shared, &mut course);
            let scenario = &course.state().created().scenario;
            let Some(slot) = slot.belongs_to(scenario) else {
                // Its scenario has its share of the slots: it waits with the others.
                shared.queues.keep(run, callers);
                shared.mail.set_down(run);
                shared.queues.go_on(scenario, run);
                return;
            };
            driver::drive(shared, course, callers, bell, slot).await;
        }
        Err(Unresumable::Store(StoreError::Failed(error))) => {
            tracing::warn!(%run, %error, "the run cannot be read now; it is tried again");
            shared.timers.set_by(shared.now().saturating_add(AGAIN), run);
            for letter in shared.mail.give_up(run) {
                letter.refuse(Unheard::Unreachable(error.to_string()));
            }
            callers.refuse(&Refused::Store(StoreError::Failed(error)));
        }
        Err(error) => {
            tracing::error!(%run, %error, "the run cannot be resumed and stays as it is");
            if let Ok(Some(head)) = shared.head(run) {
                turns::give_up(&shared, run, &head);
            }
            for letter in shared.mail.give_up(run) {
                letter.refuse(Unheard::Unreachable(error.to_string()));
            }
            callers.refuse(&Refused::Store(StoreError::Failed(error.to_string().into())));
        }
    }
}

/// Why a run on disk cannot go on.
#[derive(Debug, thiserror::Error)]
enum Unresumable {
    #[error("its journal is gone")]
    Gone,
    #[error(transparent)]
    Version(#[from] crate::UnknownVersion),
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn read(shared: &Arc<Shared>, run: RunId) -> Result<Course, Unresumable> {
    let handle = Handle { shared: Arc::clone(shared) };
    let (head, pieces, entries) = handle.pieces(run)?.ok_or(Unresumable::Gone)?;
    let Some(Entry::Created(created)) = entries.first() else { return Err(Unresumable::Gone) };
    let created = Arc::clone(created);
    let plan = shared.scenarios.version(&created.scenario, &created.version)?;
    let state = State::new(run, plan, created, Arc::clone(&shared.options.setting));
    Ok(Course::resume(state, &entries, &head, pieces))
}
