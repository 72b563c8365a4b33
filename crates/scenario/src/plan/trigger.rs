//! What starts a run.

use super::{Calendar, Callable, Exception, MailTrigger, MailhookTrigger, Poll, Webhook};
use crate::diagnostic::Place;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;

/// What starts a run.
#[derive(Clone, Debug)]
pub enum Trigger {
    /// An HTTP request to `/hook/…`.
    Webhook(Box<Webhook>),
    /// The clock.
    Schedule(Schedule),
    /// A mail that arrives.
    Mail(Box<MailTrigger>),
    /// A mail that comes to an address of this server.
    Mailhook(Box<MailhookTrigger>),
    /// What is new in the answers of a module that is asked now and then.
    Poll(Box<Poll>),
    /// A person or the API.
    Manual(Manual),
    /// A `call` step of another scenario.
    Call(Callable),
    /// The failure of another scenario.
    Failure(Failure),
}

/// `manual:`.
#[derive(Clone, Debug)]
pub struct Manual {
    /// JSON Schema of the input.
    pub input: Option<Value>,
}

/// `schedule:`.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// When.
    pub when: When,
    /// When not, though it would be due.
    pub bounds: Bounds,
    /// By how much a run may be late on purpose, so that not all begin at once.
    pub jitter: Duration,
    /// What becomes of times missed while nothing ran.
    pub catch_up: CatchUp,
    /// IANA zone; the scenario's unless given.
    pub timezone: String,
    /// Where it stands in the text.
    pub place: Place,
}

impl Schedule {
    /// At an interval, with nothing else to it.
    pub fn every(period: Duration, timezone: &str, place: Place) -> Self {
        let (bounds, jitter, catch_up) = (Bounds::default(), Duration::ZERO, CatchUp::Skip);
        Self { when: When::Every(period), bounds, jitter, catch_up, timezone: timezone.to_owned(), place }
    }
}

/// What a schedule is bounded by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bounds {
    /// Nothing is due before this date or time; what is counted is counted from there; checked.
    pub from: Option<String>,
    /// Nothing is due after this time, or the end of this date; checked.
    pub until: Option<String>,
    /// Days, by the clock of the zone, on which nothing is due.
    pub except: Vec<Exception>,
}

/// The times of a schedule.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// Five fields, or six with seconds first; checked.
    Cron(String),
    /// At a fixed interval.
    Every(Duration),
    /// Once at each of these RFC 3339 times, or local times in the schedule's zone; checked.
    At(Vec<String>),
    /// At times of day on certain days.
    Calendar(Calendar),
}

/// What becomes of missed times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CatchUp {
    /// Nothing.
    Skip,
    /// One run for all of them.
    One,
    /// One run for each, at most 1,000.
    All,
}

/// `failure:`.
#[derive(Clone, Debug)]
pub struct Failure {
    /// Which scenarios, as patterns in which `*` stands for anything; empty: all.
    pub scenarios: Vec<String>,
    /// Which not.
    pub except: Vec<String>,
}

impl Failure {
    /// Whether the failure of this scenario is meant.
    pub fn covers(&self, scenario: &str) -> bool {
        let among = |patterns: &[String]| patterns.iter().any(|pattern| fits(pattern, scenario));
        (self.scenarios.is_empty() || among(&self.scenarios)) && !among(&self.except)
    }
}

/// Whether a pattern, in which `*` stands for any characters, fits a name. Takes the last `*` back as far as need be,
/// so the time is bounded by the product of the lengths.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    let (mut p, mut n, mut star) = (0, 0, None);
    while n < name.len() {
        if pattern.get(p) == Some(&'*') {
            star = Some((p, n));
            p += 1;
        } else if pattern.get(p) == Some(&name[n]) {
            (p, n) = (p + 1, n + 1);
        } else if let Some((at, taken)) = star {
            (p, n, star) = (at + 1, taken + 1, Some((at, taken + 1)));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}
