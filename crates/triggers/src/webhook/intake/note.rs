//! What became of a request: the answer, and what is to be noted of it.

use super::Arrival;
use crate::webhook::answer::Answered;
use crate::webhook::hooks::Hook;
use crate::webhook::problem::Refusal;
use crate::webhook::verify::Diagnosis;
use run::id::RunId;
use std::borrow::Cow;

/// What became of a request.
#[derive(Debug)]
pub struct Settled<'h> {
    /// What the caller is told.
    pub answer: Answered,
    /// The webhook that was meant; none: there is none at this path.
    pub hook: Option<&'h Hook>,
    /// What is to be noted.
    pub note: Note,
}

/// What is to be noted of a request.
#[derive(Clone, Debug)]
pub struct Note {
    /// What became of it.
    pub verdict: Verdict,
    /// The preset by which its sender was known.
    pub provider: Option<&'static str>,
    /// What it tells of, in the sender's words.
    pub event: Option<String>,
    /// What the sender calls the delivery.
    pub id: Option<String>,
    /// The run it started, or the first of them; of a repeat, the run that it repeats.
    pub run: Option<RunId>,
    /// How many runs it started.
    pub runs: u32,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It started a run.
    Taken,
    /// It was taken in before.
    Repeat,
    /// It was an exchange that senders ask for, and starts nothing.
    Handshake,
    /// It was not taken.
    Refused {
        /// Why, for programs.
        code: &'static str,
        /// Why, for people. The caller is told less where its signature is concerned.
        detail: Cow<'static, str>,
        /// What is wrong with its signature.
        diagnosis: Option<Box<Diagnosis>>,
    },
}

impl Note {
    pub(super) fn new(verdict: Verdict) -> Self {
        Self { verdict, provider: None, event: None, id: None, run: None, runs: 0 }
    }
}

impl<'h> Settled<'h> {
    pub(super) fn new(hook: &'h Hook, answer: Answered, note: Note) -> Self {
        Self { answer, hook: Some(hook), note }
    }

    /// There is no such webhook.
    pub(super) fn unknown() -> Self {
        let refusal = Refusal::not_found();
        Self { answer: Answered::refused(&refusal), hook: None, note: Note::new(Verdict::refused(&refusal)) }
    }

    pub(super) fn handshake(hook: &'h Hook, answer: Answered) -> Self {
        Self::new(hook, answer, Note::new(Verdict::Handshake))
    }

    /// A webhook does not take the request.
    pub fn refused(hook: &'h Hook, refusal: Refusal) -> Self {
        let run = refusal.run;
        let note = Note { run, ..Note::new(Verdict::refused(&refusal)) };
        Self::new(hook, Answered::refused(&refusal), note)
    }

    /// The same, so that pages of other sites may read it, where the webhook lets them.
    #[must_use]
    pub fn with_cors(mut self, hook: &Hook, arrival: &Arrival<'_>) -> Self {
        for (name, value) in hook.cors.headers(arrival.headers) {
            self.answer = self.answer.with(name, value);
        }
        self
    }
}

impl Verdict {
    pub(super) fn refused(refusal: &Refusal) -> Self {
        Self::Refused { code: refusal.code, detail: refusal.detail.clone(), diagnosis: None }
    }
}
