//! How fast connections are used: no faster than their `rate`, and not before the time that the far side asks for.
//!
//! A call that may not go out yet is given a time of its own, so that those who wait do not come back all at once. Times
//! given are not on disk: after a restart they are given anew.

use crate::lines;
use run::id::{Millis, RunId, Spot};
use scenario::plan::Rate;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// No far side holds a connection back for longer than this, in milliseconds.
const LONGEST_HOLD: Millis = 3_600_000;

/// For how long a time that was given is kept for whoever does not come, in milliseconds.
const KEPT: Millis = 600_000;

/// From how many given times on it is looked for those that nobody came for.
const MANY: usize = 1_024;

/// The connections that have a rate, or are held back.
#[derive(Debug, Default)]
pub(crate) struct Paces {
    of: Mutex<HashMap<String, Pace>>,
    /// Whether there are any: most engines need not look.
    any: AtomicBool,
}

#[derive(Debug, Default)]
struct Pace {
    rate: Option<Rate>,
    /// When the next call may go out if calls came at exactly the rate.
    next: Millis,
    /// Until when the far side wants none.
    held: Millis,
    given: HashMap<(RunId, Spot), Millis>,
    /// When it was last asked for.
    seen: Millis,
    /// At how many given times stale ones are looked for.
    look_at: usize,
}

impl Paces {
    /// From now on, these connections have these rates, and no others have any.
    pub(crate) fn use_rates(&self, rates: HashMap<String, Rate>) {
        let mut of = self.of();
        of.values_mut().for_each(|pace| pace.rate = None);
        for (connection, rate) in rates {
            of.entry(connection).or_default().rate = Some(rate);
        }
        self.any.store(!of.is_empty(), Ordering::Release);
    }

    /// Whether this step may call over the connection now; otherwise when to ask again.
    pub(crate) fn turn(&self, connection: &str, run: RunId, spot: &Spot, now: Millis) -> Result<(), Millis> {
        if !self.any.load(Ordering::Acquire) {
            return Ok(());
        }
        self.of().get_mut(connection).map_or(Ok(()), |pace| pace.turn(run, spot, now))
    }

    /// The far side wants no calls for so many milliseconds.
    pub(crate) fn hold(&self, connection: &str, pause: u64, now: Millis) {
        let pause = Millis::try_from(pause).unwrap_or(Millis::MAX).min(LONGEST_HOLD);
        let mut of = self.of();
        let pace = of.entry(connection.to_owned()).or_default();
        pace.held = pace.held.max(now.saturating_add(pause));
        self.any.store(true, Ordering::Release);
    }

    fn of(&self) -> MutexGuard<'_, HashMap<String, Pace>> {
        self.of.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    fn turn(&mut self, run: RunId, spot: &Spot, now: Millis) -> Result<(), Millis> {
        self.follow_clock(now);
        let held = self.held.min(now.saturating_add(LONGEST_HOLD));
        let place = (run, spot.clone());
        match self.given.get(&place).copied().filter(|at| *at >= held) {
            Some(at) if at > now => return Err(at),
            Some(_) => {
                self.given.remove(&place);
                return Ok(());
            }
            None => drop(self.given.remove(&place)),
        }
        let Some(rate) = self.rate else {
            return if held > now { Err(held) } else { Ok(()) };
        };
        let at = lines::earliest(self.next, rate).max(held);
        self.next = self.next.max(now).max(held).saturating_add(lines::pause(rate));
        if at <= now {
            return Ok(());
        }
        self.forget_stale(now);
        self.given.insert(place, at);
        Err(at)
    }

    /// Where the clock was set back, what lies ahead comes as much sooner: nobody is to wait for that long.
    fn follow_clock(&mut self, now: Millis) {
        let back = self.seen.saturating_sub(now).max(0);
        self.seen = now;
        for at in self.given.values_mut().chain([&mut self.next, &mut self.held]).filter(|_| back > 0) {
            *at = at.saturating_sub(back);
        }
    }

    fn forget_stale(&mut self, now: Millis) {
        if self.given.len() >= self.look_at.max(MANY) {
            self.given.retain(|_, at| at.saturating_add(KEPT) > now);
            self.look_at = 2 * self.given.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::plan::StepNo;
    use std::time::Duration;

    fn spot() -> Spot {
        Spot { step: StepNo(0), turns: Default::default() }
    }

    fn paces(count: u32, seconds: u64) -> Paces {
        let paces = Paces::default();
        paces.use_rates([("shop".to_owned(), Rate { count, per: Duration::from_secs(seconds) })].into());
        paces
    }

    fn ask(paces: &Paces, run: u128, now: Millis) -> Result<(), Millis> {
        paces.turn("shop", RunId(uuid::Uuid::from_u128(run)), &spot(), now)
    }

    #[test]
    fn calls_beyond_the_rate_get_times_of_their_own() {
        let paces = paces(2, 10);
        assert_eq!([ask(&paces, 1, 0), ask(&paces, 2, 0)], [Ok(()), Ok(())]);
        assert_eq!([ask(&paces, 3, 0), ask(&paces, 4, 0), ask(&paces, 5, 0)], [Err(5_000), Err(10_000), Err(15_000)]);
        assert_eq!(ask(&paces, 4, 1), Err(10_000), "asking again changes nothing");
        assert_eq!([ask(&paces, 3, 5_000), ask(&paces, 4, 10_000)], [Ok(()), Ok(())]);
        assert_eq!(paces.turn("other", RunId(uuid::Uuid::nil()), &spot(), 0), Ok(()));
    }

    #[test]
    fn what_the_far_side_asks_for_holds_everyone_back() {
        let paces = paces(1, 10);
        assert_eq!([ask(&paces, 1, 0), ask(&paces, 2, 0)], [Ok(()), Err(10_000)]);
        paces.hold("shop", 60_000, 0);
        let again = [ask(&paces, 2, 10_000), ask(&paces, 3, 10_000)];
        assert_eq!(again, [Err(60_000), Err(70_000)]);
        assert_eq!([ask(&paces, 2, 60_000), ask(&paces, 3, 70_000)], [Ok(()), Ok(())]);
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_no_call_waiting_for_that_long() {
        const DAY: Millis = 86_400_000;
        let paces = paces(1, 10);
        assert_eq!([ask(&paces, 1, DAY), ask(&paces, 2, DAY)], [Ok(()), Err(DAY + 10_000)]);
        assert_eq!([ask(&paces, 3, 0), ask(&paces, 2, 0)], [Err(20_000), Err(10_000)]);
        assert_eq!([ask(&paces, 2, 10_000), ask(&paces, 3, 20_000)], [Ok(()), Ok(())]);
    }

    #[test]
    fn a_connection_without_a_rate_is_held_back_too_and_not_for_ever() {
        let paces = Paces::default();
        assert_eq!(ask(&paces, 1, 0), Ok(()));
        paces.hold("shop", u64::MAX, 0);
        assert_eq!(ask(&paces, 1, 0), Err(LONGEST_HOLD));
        assert_eq!([ask(&paces, 1, LONGEST_HOLD), ask(&paces, 2, LONGEST_HOLD)], [Ok(()), Ok(())]);
    }
}
