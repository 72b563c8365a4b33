//! How fast a queue moved lately, and from that when it pays to come again.

use run::id::Millis;

/// Over how long is counted, in milliseconds.
const SPAN: Millis = 10_000;

/// What `Retry-After` says while nothing is known, in seconds.
const UNKNOWN: u32 = 30;

/// The longest that anyone is told to stay away, in seconds.
const LONGEST: u32 = 3_600;

/// Counts what happened in this span and in the one before.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meter {
    began: Millis,
    now: u32,
    before: u32,
}

impl Meter {
    /// Notes that something happened.
    pub(crate) fn note(&mut self, now: Millis) {
        self.roll(now);
        self.now = self.now.saturating_add(1);
    }

    /// How often it happened lately, per second.
    pub(crate) fn rate(mut self, now: Millis) -> f64 {
        self.roll(now);
        let passed = (now - self.began).clamp(0, SPAN);
        let rest = f64::from(self.before) * (SPAN - passed) as f64 / SPAN as f64;
        (f64::from(self.now) + rest) * 1_000.0 / SPAN as f64
    }

    /// In how many seconds there is room, if so many are before whoever asks.
    pub(crate) fn retry_after(self, waiting: usize, now: Millis) -> u32 {
        let rate = self.rate(now);
        if rate <= 0.0 {
            return UNKNOWN;
        }
        // A tenth of what waits being gone is room enough.
        let seconds = (waiting as f64 / 10.0 / rate).ceil();
        (seconds as u32).clamp(1, LONGEST)
    }

    fn roll(&mut self, now: Millis) {
        let passed = now.saturating_sub(self.began);
        if (0..SPAN).contains(&passed) {
            return;
        }
        self.before = if (SPAN..2 * SPAN).contains(&passed) { self.now } else { 0 };
        self.now = 0;
        self.began = now - now.rem_euclid(SPAN);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_rate_is_told_and_forgotten() {
        let mut meter = Meter::default();
        assert_eq!((meter.rate(500), meter.retry_after(1_000, 500)), (0.0, UNKNOWN));
        (0..40_000).step_by(100).for_each(|now| meter.note(now));
        assert!((9.0..=11.0).contains(&meter.rate(40_000)), "{}", meter.rate(40_000));
        assert_eq!(meter.retry_after(1, 40_000), 1);
        assert!((90..=112).contains(&meter.retry_after(10_000, 40_000)));
        assert_eq!(meter.retry_after(10_000_000, 40_000), LONGEST);
        assert_eq!(meter.rate(70_000), 0.0);
        meter.note(1_000);
        assert!(meter.rate(1_000) > 0.0, "a clock that is set back is counted on");
    }
}
