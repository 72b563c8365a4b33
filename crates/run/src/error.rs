//! How a step fails.

use scenario::diagnostic::Place;
use scenario::secret::Mask;
use serde::{Deserialize, Serialize};

/// Whether trying again can help: decided where the error is made, from its type, never from its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recovery {
    /// The far side may answer differently next time.
    Retry,
    /// The same call fails in the same way.
    Permanent,
}

/// Why an attempt of a step failed. Its text is for the run's owner; it holds no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct StepError {
    /// `http_status`, `timeout`, `connection_refused`, `expression`…: snake_case, stable, for handlers and filters.
    pub code: String,
    /// What happened, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
    /// The far side's status, where it has one.
    pub status: Option<u16>,
    /// How long the far side asks to wait before another try, in milliseconds (`Retry-After`, RFC 9110 §10.2.3).
    pub retry_after: Option<u64>,
    /// Whether another try can help.
    pub recovery: Recovery,
    /// Where in the scenario's text, when it is known more exactly than the step.
    pub place: Option<Place>,
}

impl StepError {
    /// A failure that another try does not mend.
    pub fn permanent(code: &str, message: impl Into<String>) -> Self {
        Self::new(Recovery::Permanent, code, message)
    }

    /// A failure that may pass.
    pub fn passing(code: &str, message: impl Into<String>) -> Self {
        Self::new(Recovery::Retry, code, message)
    }

    fn new(recovery: Recovery, code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            hint: None,
            status: None,
            retry_after: None,
            recovery,
            place: None,
        }
    }

    /// The same, with what to try.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, with the far side's status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = Some(status);
        self
    }

    /// The same, with the pause the far side asks for, in milliseconds.
    #[must_use]
    pub fn retry_after(mut self, pause: Option<u64>) -> Self {
        self.retry_after = pause;
        self
    }

    /// The same without secrets.
    #[must_use]
    pub fn masked(self, mask: &Mask) -> Self {
        if mask.is_empty() {
            return self;
        }
        Self { message: mask.text(&self.message), hint: self.hint.map(|hint| mask.text(&hint)), ..self }
    }

    /// The same, with a place in the scenario's text.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}
