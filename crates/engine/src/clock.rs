//! The clock, as a thing that can be moved by tests.

use run::call::BoxFuture;
use run::id::Millis;
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Tells the time and waits for it.
pub trait Clock: Send + Sync + fmt::Debug {
    /// Milliseconds since 1970-01-01T00:00Z.
    fn now(&self) -> Millis;
    /// Comes back once `now` is at or after `due`.
    fn sleep_until(&self, due: Millis) -> BoxFuture<'_, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

/// The clock is looked at again after at most this long, so that one that is set is noticed.
const LONGEST_NAP: Duration = Duration::from_secs(10);

impl Clock for SystemClock {
    fn now(&self) -> Millis {
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Millis)
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
pub struct ManualClock(watch::Sender<Millis>);

impl ManualClock {
    /// A clock that shows this time.
    pub fn at(now: Millis) -> Self {
        Self(watch::Sender::new(now))
    }

    /// Moves the clock on (or back).
    pub fn advance(&self, by: Millis) {
        self.0.send_modify(|now| *now += by);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Millis {
        *self.0.borrow()
    }

    fn sleep_until(&self, due: Millis) -> BoxFuture<'_, ()> {
        let mut moves = self.0.subscribe();
        Box::pin(async move {
            // The sender lives as long as `self`, so waiting cannot fail.
            let _ = moves.wait_for(|now| *now >= due).await;
        })
    }
}
