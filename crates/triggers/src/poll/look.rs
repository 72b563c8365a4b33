//! One look: asking, finding out what is new, starting its runs, noting it.

use super::{Due, KNOWN, Key, Shared, name};
use engine::Refused;
use run::error::StepError;
use run::id::Millis;
use run::input::{Input, Source};
use run::payload::Payload;
use run::poll::{Found, Fresh, Known, Of, ask, look};
use run::tables::{Expected, StoreError};
use std::sync::Arc;
use std::time::Duration;

/// After how long a start that failed is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// How a look ended.
#[derive(Debug)]
pub(super) enum Ended {
    /// There was an answer, and all that is new in it has its runs.
    Answered {
        /// What is known now.
        known: Box<Known>,
        /// Whether there is more, to be asked for at once.
        more: bool,
    },
    /// There was none, or none that could be read.
    Failed {
        /// Why.
        message: String,
        /// How long the far side wants to be left alone, in milliseconds.
        pause: Millis,
    },
    /// The engine ends, or the poll is not in force any more.
    Stopped,
}

impl From<StepError> for Ended {
    fn from(error: StepError) -> Self {
        let pause = error.retry_after.and_then(|pause| Millis::try_from(pause).ok()).unwrap_or(0);
        Self::Failed { message: error.message, pause }
    }
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Failed { message: error.to_string(), pause: 0 }
    }
}

impl Shared {
    /// Makes one look.
    pub(super) async fn look(self: Arc<Self>, due: Due) {
        let (key, generation) = (due.armed.key(), due.generation);
        let ended = self.looked(&key, due).await.unwrap_or_else(|ended| ended);
        if let Ended::Failed { message, .. } = &ended {
            tracing::warn!(scenario = %key.0, poll = key.1 + 1, %message, "a poll has no answer");
        }
        self.settle(&key, generation, ended);
    }

    async fn looked(&self, key: &Key, due: Due) -> Result<Ended, Ended> {
        let _slot = self.slots.acquire().await.map_err(|_| Ended::Stopped)?;
        let Due { armed, known, generation } = due;
        let (setting, now) = (self.handle.setting(), self.handle.clock().now());
        let (poll, of) = (Arc::clone(&armed.poll), Of { scenario: key.0.as_str(), number: key.1 });
        let (name, call) = ask(&poll, of, &known, &setting, now)?;
        let parameters = call.parameters.clone();
        let outcome = self.handle.ask(&key.0, name, call).await?;
        let (scenario, number, before) = (key.0.clone(), key.1, known.clone());
        // Expressions over many items take their time.
        let found = tokio::task::spawn_blocking(move || {
            let of = Of { scenario: scenario.as_str(), number };
            look(&poll, of, &before, (&parameters, &outcome.output), &setting, now)
        });
        let broken = |_| StepError::permanent("expression", "an expression broke off; the log says where");
        let Found { fresh, begun, known: next, more } = found.await.map_err(broken)??;
        if !self.is_current(key, generation) {
            return Err(Ended::Stopped);
        }
        if let Some(begun) = begun.filter(|begun| *begun != known) {
            self.note(key, begun).await?;
        }
        for fresh in fresh {
            self.start(key, &armed.deployment, fresh, now).await?;
        }
        if next != known && self.is_current(key, generation) {
            self.note(key, next.clone()).await?;
        }
        Ok(Ended::Answered { known: Box::new(next), more })
    }

    /// Starts a run, unless it is there; comes back once it is on disk.
    async fn start(&self, key: &Key, deployment: &engine::Deployment, fresh: Fresh, now: Millis) -> Result<(), Ended> {
        let Fresh { run, body } = fresh;
        let body = Payload::of_value(&body);
        let input = Input { source: Source::Poll, at: now, request: None, body, raw: None, files: None };
        while let Err(error) = self.handle.start_once(run, deployment, input.clone()).await {
            if matches!(error, Refused::Stopping) {
                return Err(Ended::Stopped);
            }
            tracing::warn!(scenario = %key.0, %run, %error, "the run for something new was not started; it is tried again");
            tokio::time::sleep(AGAIN).await;
        }
        Ok(())
    }

    async fn note(&self, key: &Key, known: Known) -> Result<(), StoreError> {
        let (tables, name) = (Arc::clone(&self.tables), name(key));
        let put = move || tables.put(KNOWN, &name, &known.write(), Expected::Any).map(drop);
        tokio::task::spawn_blocking(put).await.unwrap_or(Err(StoreError::Closed))
    }
}
