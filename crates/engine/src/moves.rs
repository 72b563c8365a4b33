//! Moves open runs to another version of their scenario, where what they have done fits it.

use crate::course::Course;
use crate::mail::{Letter, Receipt, Unheard};
use crate::shared::{Handle, Shared};
use run::State;
use run::entry::Entry;
use run::id::RunId;
use run::replay::{Misfit, translate};
use run::tables::StoreError;
use scenario::plan::{Plan, Version};
use std::sync::Arc;

/// Whether a run is moved, or only looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// It is moved if it fits.
    Go,
    /// Nothing changes.
    Check,
}

impl Handle {
    /// Moves an open run to another version, the current one unless named; comes back once that is on disk. Gives the
    /// steps that do not fit: the run is moved only where there are none. A run that is calling out is not moved
    /// ([`Unheard::Busy`]); one that waits, is held, or stands in a queue is.
    pub async fn move_run(
        &self,
        run: RunId,
        to: Option<Version>,
        how: Move,
        by: String,
    ) -> Result<Vec<Misfit>, Unheard> {
        let handle = self.clone();
        let looked = tokio::task::spawn_blocking(move || handle.look(run, to)).await;
        let (plan, misfits) = looked.unwrap_or_else(|_| Err(Unheard::Unreachable("the store failed".to_owned())))?;
        if how == Move::Check || !misfits.is_empty() {
            return Ok(misfits);
        }
        match self.tell(run, |receipt| Letter::Move { plan, by, receipt }).await {
            Ok(()) => Ok(Vec::new()),
            // It went on meanwhile, and does not fit any more.
            Err(Unheard::Unfit(misfits)) => Ok(misfits),
            Err(unheard) => Err(unheard),
        }
    }

    /// The version to move to, and what does not fit it. Blocks for the disk.
    fn look(&self, run: RunId, to: Option<Version>) -> Result<(Arc<Plan>, Vec<Misfit>), Unheard> {
        let unreachable = |error: &dyn std::fmt::Display| Unheard::Unreachable(error.to_string());
        let (head, entries) = self.journal(run).map_err(|error| unreachable(&error))?.ok_or(Unheard::Unknown)?;
        if head.status.is_over() {
            return Err(Unheard::Over);
        }
        let Some(Entry::Created(created)) = entries.first() else { return Err(Unheard::Unknown) };
        let plan = match to {
            Some(version) => self.version(&created.scenario, &version).map_err(|_| Unheard::NoVersion)?,
            None => Arc::clone(&self.deployment(&created.scenario).ok_or(Unheard::NoVersion)?.plan),
        };
        let old = self.version(&created.scenario, &created.version).map_err(|error| unreachable(&error))?;
        let misfits = translate(&entries, &old, &plan).err().unwrap_or_default();
        Ok((plan, misfits))
    }
}

/// Moves a run that is being driven, unless a call of it is under way. Gives the receipt to be signed once that is on
/// disk.
pub(crate) async fn heed(
    shared: &Arc<Shared>,
    course: &mut Course,
    plan: Arc<Plan>,
    by: String,
    receipt: Receipt,
) -> Result<Option<Receipt>, StoreError> {
    match moved(shared, course, &plan).await? {
        Ok(state) => {
            let version = plan.version.clone();
            course.go_on_as(state);
            course.record(Entry::Moved { version, by, at: shared.now() });
            Ok(Some(receipt))
        }
        Err(unheard) => {
            let _ = receipt.send(Err(unheard));
            Ok(None)
        }
    }
}

/// The run under the other version.
async fn moved(
    shared: &Arc<Shared>,
    course: &mut Course,
    plan: &Arc<Plan>,
) -> Result<Result<State, Unheard>, StoreError> {
    if course.has_ended() {
        return Ok(Err(Unheard::Over));
    }
    if !course.in_flight.is_empty() {
        return Ok(Err(Unheard::Busy));
    }
    // What is decided is said in the terms of the version it was decided under.
    course.write(shared).await?;
    let (run, handle) = (course.state().run(), Handle { shared: Arc::clone(shared) });
    let read = tokio::task::spawn_blocking(move || handle.journal(run)).await.unwrap_or(Err(StoreError::Closed))?;
    let Some((_, entries)) = read else { return Ok(Err(Unheard::Unknown)) };
    let translated = match translate(&entries, course.state().plan(), plan) {
        Ok(translated) => translated,
        Err(misfits) => return Ok(Err(Unheard::Unfit(misfits))),
    };
    let Some(Entry::Created(created)) = translated.first() else { return Ok(Err(Unheard::Unknown)) };
    let setting = Arc::clone(&shared.options.setting);
    let mut state = State::new(run, Arc::clone(plan), Arc::clone(created), setting);
    translated.iter().for_each(|entry| state.apply(entry));
    state.take_up(shared.present_since());
    Ok(Ok(state))
}
