//! What a run does about what is said to it.

use crate::calls;
use crate::course::Course;
use crate::hand::post;
use crate::mail::{Letter, Receipt, Unheard};
use crate::moves;
use crate::shared::Shared;
use run::State;
use run::entry::{Called, End, Entry, Release};
use run::id::{Millis, RunId, Spot};
use run::payload::Payload;
use run::tables::StoreError;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Records what a letter comes to. Gives the receipt to be signed once that is on disk.
pub(crate) async fn heed(
    shared: &Arc<Shared>,
    course: &mut Course,
    letter: Letter,
) -> Result<Option<Receipt>, StoreError> {
    let at = shared.options.clock.now();
    let (entries, receipt) = match letter {
        Letter::Callers(_) => return Ok(None),
        Letter::Over { child } => {
            take_over(shared, course, child).await?;
            return Ok(None);
        }
        Letter::Move { plan, by, receipt } => return moves::heed(shared, course, plan, by, receipt).await,
        Letter::Answer { spot, answer, receipt } => (answered(course.state(), spot, answer, at), receipt),
        Letter::Release { spot, release, by, receipt } => (released(course.state(), spot, &release, &by, at), receipt),
        Letter::Cancel { receipt } => (Ok(cancelled(course, at)), receipt),
    };
    match entries {
        Ok(entries) if course.state().end().is_none() => {
            entries.into_iter().for_each(|entry| course.record(entry));
            Ok(Some(receipt))
        }
        refused => {
            let _ = receipt.send(Err(refused.err().unwrap_or(Unheard::Over)));
            Ok(None)
        }
    }
}

/// What was in flight at a crash is named even where the run is not carried on.
fn cancelled(course: &Course, at: Millis) -> Vec<Entry> {
    let mut entries = run::doubts(course.state(), &course.in_flight, at);
    entries.push(Entry::Ended { end: Box::new(End::Cancelled), at });
    entries
}

fn answered(state: &State, spot: Spot, answer: Payload, at: i64) -> Result<Vec<Entry>, Unheard> {
    match state.awaits(&spot) {
        Some((_, false)) => Ok(vec![Entry::Answered { spot, answer, at }]),
        Some((_, true)) => Err(Unheard::AnsweredBefore),
        None => Err(Unheard::NotWaiting),
    }
}

fn released(state: &State, spot: Option<Spot>, release: &Release, by: &str, at: i64) -> Result<Vec<Entry>, Unheard> {
    let held = state.held().map(|(held, _)| held).filter(|held| spot.as_ref().is_none_or(|spot| spot == *held));
    let release =
        |spot: &Spot| Entry::Released { spot: spot.clone(), release: release.clone(), by: Some(by.to_owned()), at };
    let entries: Vec<Entry> = held.map(release).collect();
    if entries.is_empty() { Err(Unheard::NotWaiting) } else { Ok(entries) }
}

/// Takes in what a called run came to, if that is still wanted.
async fn take_over(shared: &Arc<Shared>, course: &mut Course, child: RunId) -> Result<(), StoreError> {
    let called: Option<Arc<Called>> = course.state().calls().find(|called| called.child == child).cloned();
    let Some(called) = called else { return Ok(()) };
    if let Some(result) = calls::follow(shared, course.state(), &called).await? {
        course.settle(&called.spot, called.attempt, result, shared.now());
    }
    Ok(())
}

/// A run that is over waits for nothing: what it called and waited for ends, too.
pub(crate) fn cancel_called(shared: &Shared, state: &State) {
    for called in state.calls() {
        let (receipt, _) = oneshot::channel();
        post(shared, called.child, Letter::Cancel { receipt });
    }
}
