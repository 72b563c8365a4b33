//! Whether and when a failed step is tried again.

use crate::error::{Recovery, StepError};
use crate::id::Millis;
use scenario::plan::{Jitter, Retry};
use std::time::Duration;

/// No far side is obeyed longer than this.
const LONGEST_ASKED_PAUSE: Millis = 24 * 60 * 60 * 1000;

/// When the next attempt is due after `attempt` (counted from 1) failed at `now`; none when the step has failed for
/// good. A pause that the far side asks for is kept, even where it is longer than the scenario's own.
pub(crate) fn next_attempt(retry: &Retry, error: &StepError, attempt: u32, now: Millis, seed: u64) -> Option<Millis> {
    if error.recovery == Recovery::Permanent || attempt >= retry.attempts {
        return None;
    }
    let own = pause_after(retry, attempt, seed).as_millis() as Millis;
    let asked = error.retry_after.map_or(0, |pause| Millis::try_from(pause).unwrap_or(Millis::MAX));
    Some(now.saturating_add(own.max(asked.min(LONGEST_ASKED_PAUSE))))
}

/// The pause after this attempt: exponential, capped, and spread so that many runs that failed together do not come
/// back together.
pub(crate) fn pause_after(retry: &Retry, attempt: u32, seed: u64) -> Duration {
    let listed = usize::try_from(attempt.saturating_sub(1)).ok().and_then(|place| retry.pauses.get(place)).copied();
    let whole = listed.unwrap_or_else(|| growing_pause(retry, attempt));
    match retry.jitter {
        Jitter::None => whole,
        Jitter::Full => whole.mul_f64(0.5 + 0.5 * fraction(seed)),
    }
}

fn growing_pause(retry: &Retry, attempt: u32) -> Duration {
    let exponent = i32::try_from(attempt.saturating_sub(1)).unwrap_or(i32::MAX);
    let grown = retry.backoff.as_secs_f64() * retry.factor.powi(exponent);
    Duration::try_from_secs_f64(grown).unwrap_or(retry.max).min(retry.max)
}

/// A number in 0..1 that depends on every bit of the seed (the finaliser of SplitMix64).
fn fraction(seed: u64) -> f64 {
    let mut bits = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn retry(attempts: u32) -> Retry {
        Retry {
            attempts,
            backoff: Duration::from_secs(2),
            factor: 3.0,
            max: Duration::from_secs(60),
            pauses: Arc::default(),
            jitter: Jitter::None,
            when: None,
        }
    }

    #[test]
    fn pauses_grow_to_their_bound_and_attempts_end() {
        let failure = StepError::passing("http_status", "503");
        let due = |attempt| next_attempt(&retry(6), &failure, attempt, 1_000, 7);
        let pauses: Vec<_> = (1..=6).map(|attempt| due(attempt).map(|at| at - 1_000)).collect();
        assert_eq!(pauses, [Some(2_000), Some(6_000), Some(18_000), Some(54_000), Some(60_000), None]);
    }

    #[test]
    fn listed_pauses_come_one_by_one() {
        let hours = |hours: u64| Duration::from_secs(hours * 3600);
        let patient = Retry { jitter: Jitter::None, ..Retry::after([Duration::from_secs(5), hours(2), hours(24)]) };
        let failure = StepError::passing("http_status", "503");
        let pauses: Vec<_> = (1..=4).map(|attempt| next_attempt(&patient, &failure, attempt, 0, 7)).collect();
        assert_eq!(pauses, [Some(5_000), Some(7_200_000), Some(86_400_000), None]);
    }

    #[test]
    fn a_permanent_failure_is_not_tried_again() {
        assert_eq!(next_attempt(&retry(9), &StepError::permanent("bad", "no"), 1, 0, 0), None);
    }

    #[test]
    fn the_far_side_may_ask_for_more_time_but_not_for_years() {
        let asking = |pause| StepError::passing("http_status", "429").retry_after(Some(pause));
        assert_eq!(next_attempt(&retry(2), &asking(1_000), 1, 0, 0), Some(2_000));
        assert_eq!(next_attempt(&retry(2), &asking(30_000), 1, 0, 0), Some(30_000));
        assert_eq!(next_attempt(&retry(2), &asking(u64::MAX), 1, 0, 0), Some(LONGEST_ASKED_PAUSE));
    }

    #[test]
    fn jitter_stays_between_half_and_whole() {
        let spread = Retry { jitter: Jitter::Full, ..retry(2) };
        let failure = StepError::passing("timeout", "late");
        let pauses: Vec<_> = (0..200).filter_map(|seed| next_attempt(&spread, &failure, 1, 0, seed)).collect();
        assert_eq!(pauses.len(), 200);
        assert!(pauses.iter().all(|pause| (1_000..=2_000).contains(pause)));
        assert!(pauses.iter().min() < Some(&1_100) && pauses.iter().max() > Some(&1_900));
    }

    #[test]
    fn huge_attempt_numbers_do_not_overflow() {
        let failure = StepError::passing("timeout", "late");
        let endless = Retry { attempts: u32::MAX, ..retry(0) };
        assert_eq!(next_attempt(&endless, &failure, u32::MAX - 1, 0, 0), Some(60_000));
    }
}
