//! Scenarios that bound how many of their runs are under way, or begin in a time: whose turn it is, and who waits. Only
//! names are in memory. A run has its turn from its beginning to its end; waiting and being held are part of it.

use run::id::{Millis, RunId, ScenarioId};
use scenario::plan::{Limits, Rate};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The lines of all scenarios that have one.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    lines: Mutex<HashMap<ScenarioId, Line>>,
    /// Whether any run ever lined up: most engines need not look.
    used: AtomicBool,
}

#[derive(Debug, Default)]
struct Line {
    inside: HashSet<RunId>,
    waiting: VecDeque<RunId>,
    /// The same, to be found at once.
    waits: HashSet<RunId>,
    /// When the next run may begin if runs came at exactly the rate; behind `now` by what may still come at once.
    next: Millis,
}

/// Where a run stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is its turn.
    Inside,
    /// Others are before it.
    Behind,
}

/// The queue of a scenario is full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Full;

/// Who comes next.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Advance {
    /// Whose turn it is now.
    pub(crate) admitted: Vec<RunId>,
    /// Who is first, when only the rate holds it back, and until when.
    pub(crate) next: Option<(Millis, RunId)>,
}

/// Whether runs of a scenario with these limits have to line up.
pub(crate) fn lines_up(limits: &Limits) -> bool {
    limits.concurrency.is_some() || limits.rate.is_some()
}

impl Lines {
    /// Lines a new run up.
    pub(crate) fn enter(&self, scenario: &ScenarioId, limits: &Limits, run: RunId, now: Millis) -> Result<Place, Full> {
        self.used.store(true, Ordering::Release);
        let mut lines = self.lines();
        let line = lines.entry(scenario.clone()).or_default();
        if line.waiting.is_empty() && line.has_room(limits) && line.may_begin(limits.rate, now) {
            line.begin(run, limits.rate, now);
            return Ok(Place::Inside);
        }
        if limits.queue.is_some_and(|queue| line.waiting.len() >= queue as usize) {
            return Err(Full);
        }
        line.line_up(run);
        Ok(Place::Behind)
    }

    /// Lines up a run that was under way before a restart, or that waited: it was taken then, so it is now.
    pub(crate) fn return_to(&self, scenario: &ScenarioId, limits: &Limits, run: RunId) -> Place {
        self.used.store(true, Ordering::Release);
        let mut lines = self.lines();
        let line = lines.entry(scenario.clone()).or_default();
        if line.waiting.is_empty() && line.has_room(limits) {
            line.inside.insert(run);
            return Place::Inside;
        }
        line.line_up(run);
        Place::Behind
    }

    /// Whether no run ever lined up.
    pub(crate) fn are_unused(&self) -> bool {
        !self.used.load(Ordering::Acquire)
    }

    /// Whether a run waits for its turn.
    pub(crate) fn is_waiting(&self, scenario: &ScenarioId, run: RunId) -> bool {
        let lines = self.lines();
        let Some(line) = lines.get(scenario) else { return false };
        !line.inside.contains(&run) && line.waits.contains(&run)
    }

    /// A run is over, or will never begin.
    pub(crate) fn leave(&self, scenario: &ScenarioId, run: RunId) {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(scenario) else { return };
        if !line.inside.remove(&run) && line.waits.remove(&run) {
            line.waiting.retain(|waiting| *waiting != run);
        }
    }

    /// Lets those in for whom there is room, by the scenario's present limits.
    pub(crate) fn advance(&self, scenario: &ScenarioId, limits: &Limits, now: Millis) -> Advance {
        let mut lines = self.lines();
        let Some(line) = lines.get_mut(scenario) else { return Advance::default() };
        let mut advance = Advance::default();
        while let Some(first) = line.waiting.front().copied() {
            if !line.has_room(limits) {
                break;
            }
            if !line.may_begin(limits.rate, now) {
                advance.next = Some((line.earliest(limits.rate), first));
                break;
            }
            line.waiting.pop_front();
            line.waits.remove(&first);
            line.begin(first, limits.rate, now);
            advance.admitted.push(first);
        }
        if line.inside.is_empty() && line.waiting.is_empty() && line.next <= now {
            lines.remove(scenario);
        }
        advance
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<ScenarioId, Line>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Line {
    fn line_up(&mut self, run: RunId) {
        self.waiting.push_back(run);
        self.waits.insert(run);
    }

    fn has_room(&self, limits: &Limits) -> bool {
        limits.concurrency.as_ref().is_none_or(|most| self.inside.len() < most.limit as usize)
    }

    /// As many as the rate's count may begin at once (the generic cell rate algorithm, ITU-T I.371).
    fn may_begin(&self, rate: Option<Rate>, now: Millis) -> bool {
        rate.is_none() || self.earliest(rate) <= now
    }

    fn earliest(&self, rate: Option<Rate>) -> Millis {
        let Some(rate) = rate else { return Millis::MIN };
        self.next.saturating_sub(pause(rate).saturating_mul(Millis::from(rate.count) - 1))
    }

    fn begin(&mut self, run: RunId, rate: Option<Rate>, now: Millis) {
        self.inside.insert(run);
        if let Some(rate) = rate {
            self.next = self.next.max(now).saturating_add(pause(rate));
        }
    }
}

/// The time between two runs at exactly this rate, at least a millisecond.
fn pause(rate: Rate) -> Millis {
    let per = Millis::try_from(rate.per.as_millis()).unwrap_or(Millis::MAX);
    (per / Millis::from(rate.count)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::plan::{Concurrency, OnFull};
    use std::time::Duration;

    fn run(number: u128) -> RunId {
        RunId(uuid::Uuid::from_u128(number))
    }

    fn limits(concurrency: Option<u32>, queue: Option<u32>, rate: Option<(u32, u64)>) -> Limits {
        let rate = rate.map(|(count, seconds)| Rate { count, per: Duration::from_secs(seconds) });
        let concurrency = concurrency.map(|limit| Concurrency { limit, key: None, on_full: OnFull::Queue });
        Limits { concurrency, queue, rate, ..Limits::default() }
    }

    fn id() -> ScenarioId {
        "test".parse().unwrap()
    }

    #[test]
    fn runs_follow_each_other_in_the_order_in_which_they_came() {
        let (lines, one) = (Lines::default(), limits(Some(1), None, None));
        assert_eq!(lines.enter(&id(), &one, run(3), 0), Ok(Place::Inside));
        assert_eq!(lines.enter(&id(), &one, run(1), 0), Ok(Place::Behind));
        assert_eq!(lines.enter(&id(), &one, run(2), 0), Ok(Place::Behind));
        assert_eq!(lines.advance(&id(), &one, 0), Advance::default());
        assert!(lines.is_waiting(&id(), run(1)) && !lines.is_waiting(&id(), run(3)));
        lines.leave(&id(), run(3));
        assert_eq!(lines.enter(&id(), &one, run(4), 0), Ok(Place::Behind), "no one passes those who wait");
        assert_eq!(lines.advance(&id(), &one, 0).admitted, [run(1)]);
        lines.leave(&id(), run(2));
        lines.leave(&id(), run(1));
        assert_eq!(lines.advance(&id(), &one, 0).admitted, [run(4)]);
        lines.leave(&id(), run(4));
        assert_eq!(lines.advance(&id(), &one, 0), Advance::default());
        assert!(lines.lines().is_empty(), "nothing is kept of an empty line");
    }

    #[test]
    fn a_full_queue_takes_no_more() {
        let (lines, short) = (Lines::default(), limits(Some(1), Some(1), None));
        assert_eq!(lines.enter(&id(), &short, run(1), 0), Ok(Place::Inside));
        assert_eq!(lines.enter(&id(), &short, run(2), 0), Ok(Place::Behind));
        assert_eq!(lines.enter(&id(), &short, run(3), 0), Err(Full));
        assert_eq!(lines.return_to(&id(), &short, run(4)), Place::Behind, "what was promised is kept");
        lines.leave(&id(), run(1));
        let wide = limits(Some(5), None, None);
        assert_eq!(lines.advance(&id(), &wide, 0).admitted, [run(2), run(4)], "by the limits as they are now");
    }

    #[test]
    fn no_more_begin_in_a_time_than_the_rate_says() {
        let (lines, rate) = (Lines::default(), limits(None, None, Some((2, 10))));
        assert_eq!(lines.enter(&id(), &rate, run(1), 1_000), Ok(Place::Inside));
        assert_eq!(lines.enter(&id(), &rate, run(2), 1_000), Ok(Place::Inside));
        assert_eq!(lines.enter(&id(), &rate, run(3), 1_000), Ok(Place::Behind));
        assert_eq!(lines.enter(&id(), &rate, run(4), 1_000), Ok(Place::Behind));
        let advance = lines.advance(&id(), &rate, 1_000);
        assert_eq!((advance.admitted.len(), advance.next), (0, Some((6_000, run(3)))));
        let advance = lines.advance(&id(), &rate, 6_000);
        assert_eq!((advance.admitted, advance.next), (vec![run(3)], Some((11_000, run(4)))));
        assert_eq!(lines.advance(&id(), &rate, 60_000).admitted, [run(4)]);
        assert_eq!(lines.enter(&id(), &rate, run(5), 60_000), Ok(Place::Inside));
        assert_eq!(lines.enter(&id(), &rate, run(6), 60_000), Ok(Place::Behind));
    }
}
