//! The clock, as a thing that can be moved by tests, and what its steps mean.

use run::call::BoxFuture;
use run::id::Millis;
use std::fmt;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Milliseconds since 1970-01-01T00:00Z.
    fn now(&self) -> Millis;
    /// Milliseconds that have passed for this process, whatever the clock was set to meanwhile, since some moment.
    fn passed(&self) -> Millis;
    /// Comes back once `now` is at or after `due`.
    fn sleep_until(&self, due: Millis) -> BoxFuture<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// From when on what passes is counted.
static BEGINNING: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The clock is looked at again after at most this long, so that one that is set is noticed.
const LONGEST_NAP: Duration = Duration::from_secs(10);

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
    }

    fn passed(&self) -> Millis {
        BEGINNING.elapsed().as_millis() as Millis
    }

    fn sleep_until(&self, due: Millis) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            while let Some(left) = due.checked_sub(self.now()).filter(|left| *left > 0) {
                tokio::time::sleep(Duration::from_millis(left as u64).min(LONGEST_NAP)).await;
            }
        })
    }
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(watch::Sender<Shown>);

/// What a clock that is moved by hand shows.
#[derive(Clone, Copy, Debug)]
struct Shown {
    now: Millis,
    passed: Millis,
}

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(now: Millis) -> Self {
        Self(watch::Sender::new(Shown { now, passed: 0 }))
    }

    /// Lets time pass.
    pub fn advance(&self, by: Millis) {
        self.0.send_modify(|shown| *shown = Shown { now: shown.now + by, passed: shown.passed + by });
    }

    /// Sets the clock on, or back, in no time.
    pub fn step(&self, by: Millis) {
        self.0.send_modify(|shown| shown.now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        self.0.borrow().now
    }

    fn passed(&self) -> Millis {
        self.0.borrow().passed
    }

    fn sleep_until(&self, due: Millis) -> BoxFuture<'_, ()> {
        let mut moves = self.0.subscribe();
        Box::pin(async move {
            // The sender lives as long as `self`, so waiting cannot fail.
            let _ = moves.wait_for(|shown| shown.now >= due).await;
        })
    }
}

/// By how much a clock may be off what passed before that counts as a step, in milliseconds.
const STEP: u64 = 5_000;

/// Since when this process could have carried runs on: since it began, or since the clock was last set on. A machine that
/// slept finds its clock set on, too.
#[derive(Debug)]
pub(crate) struct Presence(Mutex<Seen>);

#[derive(Debug)]
struct Seen {
    /// By how much the clock is ahead of what passed.
    ahead: Millis,
    since: Millis,
}

impl Presence {
    pub(crate) fn from_now(clock: &dyn Clock) -> Self {
        let now = clock.now();
        Self(Mutex::new(Seen { ahead: now.saturating_sub(clock.passed()), since: now }))
    }

    /// In milliseconds since 1970. A step of the clock is noticed by whoever asks first after it.
    pub(crate) fn since(&self, clock: &dyn Clock) -> Millis {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, before) = (clock.now(), seen.ahead);
        let ahead = now.saturating_sub(clock.passed());
        if ahead.abs_diff(before) > STEP {
            seen.ahead = ahead;
            if ahead > before {
                seen.since = now;
            }
        }
        seen.since
    }
}
