//! Work on what strangers send, by code that is not ours: on a thread of its own, with room and for a time. It may panic
//! or never end; whoever waits for it gets an answer all the same.

use run::error::StepError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// How long it may take.
pub(crate) const TIME: Duration = Duration::from_secs(20);

/// How deep it may go: parts within parts take stack.
const STACK: usize = 16 * 1024 * 1024;

/// How much of it is done at once, with what was given up and has not noticed yet.
const AT_ONCE: usize = 4;

static AT_WORK: AtomicUsize = AtomicUsize::new(0);

/// What the work gives; `damaged` is the error where it panics.
pub(crate) fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StepError> + Send + 'static,
    damaged: impl FnOnce(&str) -> StepError,
) -> Result<T, StepError> {
    let place = Place::taken()?;
    let (done, outcome) = mpsc::channel();
    let thread = std::thread::Builder::new().name("aside".into()).stack_size(STACK).spawn(move || {
        let _place = place;
        // Whoever asked may have gone.
        let _ = done.send(work());
    });
    thread.map_err(|error| StepError::passing("busy", format!("no thread could be started: {error}")))?;
    match outcome.recv_timeout(TIME) {
        Ok(told) => told,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(late()),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(damaged("it is not as it must be")),
    }
}

/// It took too long.
pub(crate) fn late() -> StepError {
    StepError::permanent("too_large", format!("reading the file took more than {} s", TIME.as_secs()))
}

/// One of those that are at work at once.
struct Place;

impl Place {
    fn taken() -> Result<Self, StepError> {
        if AT_WORK.fetch_add(1, Ordering::Relaxed) >= AT_ONCE {
            AT_WORK.fetch_sub(1, Ordering::Relaxed);
            return Err(StepError::passing("busy", format!("{AT_ONCE} files are being looked into already")));
        }
        Ok(Self)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        AT_WORK.fetch_sub(1, Ordering::Relaxed);
    }
}
