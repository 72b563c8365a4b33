//! What a trigger hands to the engine.

use run::entry::Recognised;
use run::input::Input;
use scenario::plan::Dedupe;
use std::time::Duration;

/// One event that is to start a run.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// What the run is given.
    pub input: Input,
    /// What it was recognised as, which the run's journal keeps and its `trigger` shows.
    pub recognised: Option<Recognised>,
    /// What repeats of it are known by; none: it starts a run however often it comes.
    pub dedupe: Option<By>,
}

/// What repeats of a delivery are known by.
#[derive(Clone, Debug)]
pub enum By {
    /// The value of an expression over `trigger`.
    Expression(Dedupe),
    /// A text that its sender gives to this delivery alone.
    Id {
        /// Unique among the deliveries of the scenario's webhook.
        id: String,
        /// For how long a repeat is recognised.
        window: Duration,
    },
}

impl By {
    pub(crate) fn window(&self) -> Duration {
        match self {
            Self::Expression(dedupe) => dedupe.window,
            Self::Id { window, .. } => *window,
        }
    }
}

impl From<Input> for Delivery {
    /// A delivery that is like no other, and of which nothing more is known.
    fn from(input: Input) -> Self {
        Self { input, recognised: None, dedupe: None }
    }
}
