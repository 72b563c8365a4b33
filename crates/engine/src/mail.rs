//! What others have to say to a run: an answer it waits for, a hand for a held step, the end of a run it called, or
//! that it is cancelled. A run that is driven reads it at once; one that is on disk alone is woken for it.

use crate::intake::Refused;
use crate::replies::Replies;
use run::entry::Release;
use run::id::{RunId, Spot};
use run::payload::Payload;
use run::replay::Misfit;
use run::tables::StoreError;
use scenario::plan::Plan;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, oneshot};

/// Something to be said to a run.
#[derive(Debug)]
pub(crate) enum Letter {
    /// The answer that a step waits for.
    Answer { spot: Spot, answer: Payload, receipt: Receipt },
    /// A held step goes on; without a position, every one.
    Release { spot: Option<Spot>, release: Release, by: String, receipt: Receipt },
    /// The run goes on under another version of its scenario.
    Move { plan: Arc<Plan>, by: String, receipt: Receipt },
    /// The run ends here.
    Cancel { receipt: Receipt },
    /// A run that it called is over.
    Over { child: RunId },
    /// Someone waits for its answer: whom another has brought that found it driven already, or whose delivery is a
    /// repeat of the one that started it.
    Callers(Replies),
}

/// Tells the sender what became of a letter, once that is on disk.
pub(crate) type Receipt = oneshot::Sender<Result<(), Unheard>>;

/// Why a run did not do what it was told.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unheard {
    /// There is no such run.
    #[error("there is no such run")]
    Unknown,
    /// The run is over.
    #[error("the run is over")]
    Over,
    /// No step of it waits for this.
    #[error("no step of the run waits for this")]
    NotWaiting,
    /// Someone was faster.
    #[error("this was answered before")]
    AnsweredBefore,
    /// A call of it is under way.
    #[error("a call of the run is under way")]
    Busy,
    /// There is no such version of its scenario, or none that takes runs.
    #[error("there is no such version of the run's scenario")]
    NoVersion,
    /// What it has done does not fit the version.
    #[error("what the run has done does not fit the version")]
    Unfit(Vec<Misfit>),
    /// The run cannot be read or written now.
    #[error("the run cannot be reached: {0}")]
    Unreachable(String),
}

/// The letters of all runs.
#[derive(Debug, Default)]
pub(crate) struct Mail {
    boxes: Mutex<HashMap<RunId, Mailbox>>,
}

#[derive(Debug, Default)]
struct Mailbox {
    letters: Vec<Letter>,
    /// Rung when a letter comes, while someone drives the run.
    bell: Option<Arc<Notify>>,
}

impl Mail {
    /// Takes a run over to be driven; none where it is driven already.
    pub(crate) fn open(&self, run: RunId) -> Option<Arc<Notify>> {
        let mut boxes = self.boxes();
        let mailbox = boxes.entry(run).or_default();
        if mailbox.bell.is_some() {
            return None;
        }
        let bell = Arc::new(Notify::new());
        mailbox.bell = Some(Arc::clone(&bell));
        Some(bell)
    }

    /// Delivers a letter. Gives whether the run has to be woken for it.
    #[must_use]
    pub(crate) fn send(&self, run: RunId, letter: Letter) -> Wake {
        let mut boxes = self.boxes();
        let mailbox = boxes.entry(run).or_default();
        mailbox.letters.push(letter);
        match &mailbox.bell {
            Some(bell) => {
                bell.notify_one();
                Wake::No
            }
            None => Wake::Yes,
        }
    }

    /// What has come for a run.
    pub(crate) fn take(&self, run: RunId) -> Vec<Letter> {
        self.boxes().get_mut(&run).map(|mailbox| std::mem::take(&mut mailbox.letters)).unwrap_or_default()
    }

    /// Lets go of a run, unless letters have come meanwhile.
    pub(crate) fn close(&self, run: RunId) -> Closed {
        let mut boxes = self.boxes();
        if boxes.get(&run).is_some_and(|mailbox| !mailbox.letters.is_empty()) {
            return Closed::HasLetters;
        }
        boxes.remove(&run);
        Closed::Yes
    }

    /// Lets go of a run and keeps what has come for it. Gives whether the run has to be woken for that.
    #[must_use]
    pub(crate) fn release(&self, run: RunId) -> Wake {
        let mut boxes = self.boxes();
        match boxes.get_mut(&run) {
            Some(mailbox) if !mailbox.letters.is_empty() => {
                mailbox.bell = None;
                Wake::Yes
            }
            _ => {
                boxes.remove(&run);
                Wake::No
            }
        }
    }

    /// Lets go of a run that is queued again: what has come for it is read then.
    pub(crate) fn set_down(&self, run: RunId) {
        let mut boxes = self.boxes();
        if let Some(mailbox) = boxes.get_mut(&run).filter(|mailbox| !mailbox.letters.is_empty()) {
            mailbox.bell = None;
        } else {
            boxes.remove(&run);
        }
    }

    /// Lets go of a run that hears nothing any more; gives the letters that no one will read.
    pub(crate) fn give_up(&self, run: RunId) -> Vec<Letter> {
        self.boxes().remove(&run).map(|mailbox| mailbox.letters).unwrap_or_default()
    }

    fn boxes(&self) -> MutexGuard<'_, HashMap<RunId, Mailbox>> {
        self.boxes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a run has to be woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    Yes,
    No,
}

/// Whether a run was let go of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    Yes,
    HasLetters,
}

impl Letter {
    /// Whether someone waits for what comes of it.
    pub(crate) fn is_awaited(&self) -> bool {
        !matches!(self, Self::Over { .. })
    }

    /// Tells the sender that nothing came of it.
    pub(crate) fn refuse(self, why: Unheard) {
        match self {
            Self::Answer { receipt, .. }
            | Self::Release { receipt, .. }
            | Self::Move { receipt, .. }
            | Self::Cancel { receipt } => {
                let _ = receipt.send(Err(why));
            }
            Self::Over { .. } => {}
            Self::Callers(callers) => callers.refuse(&Refused::Store(StoreError::Failed(why.to_string().into()))),
        }
    }
}
