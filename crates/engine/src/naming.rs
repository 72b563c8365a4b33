//! The names of new runs. They sort in the order in which runs came, so that what waits is found again in its order
//! after a restart.

use run::id::{Millis, RunId};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many names a millisecond has, as a power of two: the 12 bits after the time count (RFC 9562 §6.2, method 1).
/// Beyond them, names run ahead of the clock.
const COUNTER_BITS: u32 = 12;

/// Makes names, each greater than the one before.
#[derive(Debug, Default)]
pub(crate) struct Naming {
    /// The time and the count of the last name.
    last: AtomicU64,
}

impl Naming {
    /// A new run's name.
    pub(crate) fn next(&self, now: Millis) -> RunId {
        let floor = at(now);
        let step = |last: u64| Some(floor.max(last + 1));
        let last = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step);
        // The closure never declines, so both arms are the value before.
        let name = floor.max(last.unwrap_or_else(|last| last) + 1);
        let mut random: [u8; 10] = rand::random();
        [random[0], random[1]] = [(name >> 8) as u8 & 0x0f, name as u8];
        RunId(uuid::Builder::from_unix_timestamp_millis(name >> COUNTER_BITS, &random).into_uuid())
    }

    /// New names come after this one of a run that is not over, however far the clock was set back since it was made:
    /// otherwise they would have their turns before it.
    pub(crate) fn after(&self, open: RunId) {
        self.last.fetch_max(at(open.created().saturating_add(1)), Ordering::Relaxed);
    }
}

fn at(time: Millis) -> u64 {
    u64::try_from(time).unwrap_or_default() << COUNTER_BITS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_in_the_order_in_which_they_were_made() {
        let naming = Naming::default();
        let times = [5_000; 10_000].into_iter().chain([4_000, 9_000, 9_000, 8_999]);
        let names: Vec<RunId> = times.map(|now| naming.next(now)).collect();
        assert!(names.is_sorted_by(|one, next| one < next));
        assert_eq!(names[0].created(), 5_000);
        assert_eq!(names[0].0.get_version_num(), 7);
        assert_eq!(names[4_095].created(), 5_000);
        assert_eq!((names[10_001].created(), names[10_003].created()), (9_000, 9_000));
    }

    #[test]
    fn a_clock_that_was_set_back_makes_no_name_before_those_that_wait() {
        let naming = Naming::default();
        let waiting = Naming::default().next(10_000_000);
        naming.after(waiting);
        assert!(naming.next(9_000_000) > waiting);
        let days_ahead = Naming::default().next(1_000_000_000);
        naming.after(days_ahead);
        assert!(naming.next(11_000_000) > days_ahead);
    }
}
