//! How many requests are let in: for a webhook, and for a caller.
//!
//! A rate of 100 in a minute is a bucket of 100 that fills up again by one each 600 ms. What is kept of it is one number,
//! the time at which it is full again: the generic cell rate algorithm (ITU-T I.371, Annex A), which needs no lock.

use run::id::Millis;
use scenario::plan::Rate;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Times are counted in these, so that a million a second is still a rate.
const MICROS: i64 = 1_000;

/// A rate, and how much of it is used.
#[derive(Debug)]
pub struct Bucket {
    pace: Pace,
    /// When it is full again, in microseconds.
    full: AtomicI64,
}

/// A rate, as it is counted.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// How long one request takes to be made up for, in microseconds.
    each: i64,
    /// How long an empty bucket takes to fill up, in microseconds.
    whole: i64,
}

impl Bucket {
    /// A full bucket of this rate.
    pub fn new(rate: Rate) -> Self {
        Self { pace: Pace::of(rate), full: AtomicI64::new(i64::MIN) }
    }

    /// Takes one request in. Refused: after how many seconds the next one is let in.
    pub fn take(&self, now: Millis) -> Result<(), u32> {
        let now = now.saturating_mul(MICROS);
        let next = |full| self.pace.take(full, now).ok();
        match self.full.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(_) => Ok(()),
            Err(full) => Err(self.pace.take(full, now).err().map_or(1, seconds)),
        }
    }
}

impl Pace {
    fn of(rate: Rate) -> Self {
        let whole = i64::try_from(rate.per.as_micros()).unwrap_or(i64::MAX).max(1);
        Self { each: (whole / i64::from(rate.count.max(1))).max(1), whole }
    }

    /// When the bucket is full again once one more was taken; else how many microseconds to wait for one.
    fn take(self, full: i64, now: i64) -> Result<i64, i64> {
        let most = now.saturating_add(self.whole);
        // No bucket takes longer than the whole time to fill up, unless the clock was set back: what is not known of it then
        // must not close the door.
        let full = if full > most { now } else { full.max(now) };
        let taken = full.saturating_add(self.each);
        if taken <= most { Ok(taken) } else { Err(taken - most) }
    }
}

fn seconds(micros: i64) -> u32 {
    u32::try_from((micros as u64).div_ceil(1_000_000)).unwrap_or(u32::MAX).max(1)
}

/// How many callers are counted at once. Beyond that, those who have used the least are forgotten.
const MOST_CALLERS: usize = 65_536;

/// So many tables, so that callers seldom wait for each other.
const SHARDS: usize = 16;

/// One bucket for each caller.
#[derive(Debug)]
pub struct Callers {
    pace: Pace,
    hasher: RandomState,
    shards: [Mutex<HashMap<IpAddr, i64>>; SHARDS],
}

impl Callers {
    /// Each caller has this rate.
    pub fn new(rate: Rate) -> Self {
        Self { pace: Pace::of(rate), hasher: RandomState::new(), shards: Default::default() }
    }

    /// Takes a request of this caller in. Refused: after how many seconds the next one is let in.
    pub fn take(&self, caller: IpAddr, now: Millis) -> Result<(), u32> {
        let (caller, now) = (site(caller), now.saturating_mul(MICROS));
        let shard = self.hasher.hash_one(caller) as usize % SHARDS;
        let mut full = self.shards[shard].lock().unwrap_or_else(PoisonError::into_inner);
        if full.len() >= MOST_CALLERS / SHARDS && !full.contains_key(&caller) {
            make_room(&mut full, now);
        }
        let slot = full.entry(caller).or_insert(i64::MIN);
        self.pace.take(*slot, now).map(|taken| *slot = taken).map_err(seconds)
    }
}

/// What one caller can take addresses from: the address itself, or the /64 of an IPv6 address.
pub(crate) fn site(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        v4 => v4,
    }
}

/// Forgets callers whose buckets are full; where that are too few, the half that has used the least, so that room is made
/// for many at once.
fn make_room(full: &mut HashMap<IpAddr, i64>, now: i64) {
    full.retain(|_, full| *full > now);
    if full.len() < MOST_CALLERS / SHARDS / 2 {
        return;
    }
    let mut times: Vec<i64> = full.values().copied().collect();
    let middle = times.len() / 2;
    let (_, median, _) = times.select_nth_unstable(middle);
    let median = *median;
    full.retain(|_, full| *full > median);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn rate(count: u32, seconds: u64) -> Rate {
        Rate { count, per: Duration::from_secs(seconds) }
    }

    /// How many of `tries` at once are let in.
    fn let_in(bucket: &Bucket, tries: u32, now: Millis) -> u32 {
        (0..tries).map(|_| u32::from(bucket.take(now).is_ok())).sum()
    }

    #[test]
    fn w14_a_bucket_is_emptied_at_once_and_fills_up_evenly() {
        let bucket = Bucket::new(rate(100, 60));
        assert_eq!(let_in(&bucket, 150, 1_000_000), 100);
        assert_eq!(bucket.take(1_000_000), Err(1));
        assert_eq!(let_in(&bucket, 9, 1_000_600), 1);
        assert_eq!(let_in(&bucket, 99, 1_006_600), 10);
        assert_eq!(let_in(&bucket, 200, 1_000_000_000), 100);
    }

    #[test]
    fn w14_the_wait_that_is_told_is_enough() {
        for (count, per) in [(1, 1), (1, 3600), (3, 10), (100, 60), (1_000_000, 1)] {
            let bucket = Bucket::new(rate(count, per));
            assert_eq!(let_in(&bucket, count, 5_000), count);
            let wait = bucket.take(5_000).unwrap_err();
            assert!(u64::from(wait) <= per, "{count} in {per} s: {wait}");
            assert_eq!(bucket.take(5_000 + Millis::from(wait) * 1000), Ok(()), "{count} in {per} s");
        }
    }

    #[test]
    fn d6_a_clock_set_back_shuts_nobody_out_for_longer_than_the_time() {
        let bucket = Bucket::new(rate(1, 10));
        assert_eq!(let_in(&bucket, 1, 3_600_000), 1);
        assert_eq!((bucket.take(0), bucket.take(0), bucket.take(9_999)), (Ok(()), Err(10), Err(1)));
        assert_eq!(bucket.take(10_000), Ok(()));
    }

    #[test]
    fn w14_threads_together_take_no_more() {
        let bucket = Bucket::new(rate(1_000, 3600));
        let taken: u32 = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| let_in(&bucket, 500, 7))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(taken, 1_000);
    }

    #[test]
    fn w14_callers_do_not_pay_for_each_other() {
        let callers = Callers::new(rate(2, 60));
        let take = |address: &str| callers.take(address.parse().unwrap(), 0);
        assert_eq!([take("192.0.2.1"), take("192.0.2.1"), take("192.0.2.1")], [Ok(()), Ok(()), Err(30)]);
        assert_eq!(take("192.0.2.2"), Ok(()));
        assert!(take("::ffff:192.0.2.1").is_err());
        assert_eq!([take("2001:db8::1"), take("2001:db8::2"), take("2001:db8::3")], [Ok(()), Ok(()), Err(30)]);
        assert_eq!(take("2001:db8:0:1::1"), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let callers = Callers::new(rate(1, 3600));
        for number in 0..MOST_CALLERS as u32 * 2 {
            callers.take(IpAddr::V4((0x0a00_0000 + number).into()), Millis::from(number)).unwrap();
        }
        let held: usize = callers.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert!(held <= MOST_CALLERS, "{held}");
    }
}
