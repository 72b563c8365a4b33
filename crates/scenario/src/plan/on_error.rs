//! What becomes of a step that fails: how it is tried again, and what comes of it when that was in vain.

use super::BlockNo;
use crate::expression::{Expression, Template};
use std::sync::Arc;
use std::time::Duration;

/// `on_error:`.
#[derive(Clone, Debug)]
pub enum OnError {
    /// The run fails.
    Fail,
    /// The run goes on; the step's output is `()`.
    Ignore,
    /// The run goes on; the step's output is this.
    Use(Template),
    /// The run ends, successfully.
    Stop,
    /// The run waits, with everything done so far, until someone resumes it at this step; or until this policy does.
    Hold(Option<Box<Retry>>),
    /// These steps run, with `error` in scope; then the run goes on, and the step's output is `()`.
    Steps(BlockNo),
}

/// `retry:`.
#[derive(Clone, Debug)]
pub struct Retry {
    /// How often the step is tried in all, at least 1.
    pub attempts: u32,
    /// The pause before the second attempt.
    pub backoff: Duration,
    /// By what the pause is multiplied from attempt to attempt, at least 1.
    pub factor: f64,
    /// No pause is longer.
    pub max: Duration,
    /// The pauses one by one, in place of `backoff`, `factor` and `max`; none: as those say. They may take days, and count
    /// as rests of the run: `limits.timeout` does not end it meanwhile.
    pub pauses: Arc<[Duration]>,
    /// Whether a pause is drawn at random between none and its full length.
    pub jitter: Jitter,
    /// Which errors are worth another try (`error` is in scope); none: those that may pass.
    pub when: Option<Expression>,
}

impl Retry {
    /// An attempt after each of these pauses.
    pub fn after(pauses: impl IntoIterator<Item = Duration>) -> Self {
        let pauses: Arc<[Duration]> = pauses.into_iter().collect();
        let attempts = u32::try_from(pauses.len()).unwrap_or(u32::MAX).saturating_add(1);
        Self { attempts, pauses, ..Self::default() }
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 1,
            backoff: Duration::from_secs(1),
            factor: 2.0,
            max: Duration::from_secs(15 * 60),
            pauses: Arc::default(),
            jitter: Jitter::Full,
            when: None,
        }
    }
}

/// How a pause is spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jitter {
    /// Between half and the whole of the pause.
    Full,
    /// Exactly the pause.
    None,
}
