//! Slows down whoever tries tokens: after ten wrong tries an address has to wait.

use run::id::Millis;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

/// So many tries are free.
const TRIES: u32 = 10;

/// Tries are forgotten after 15 minutes.
const PERIOD: Millis = 15 * 60 * 1000;

/// No more addresses are remembered; beyond that the one whose tries are forgotten next gives way.
const MOST_ADDRESSES: usize = 10_000;

/// Tries by address.
#[derive(Default)]
pub(crate) struct Throttle(Mutex<HashMap<IpAddr, Tries>>);

#[derive(Clone, Copy)]
struct Tries {
    count: u32,
    forgotten: Millis,
}

impl Throttle {
    /// Counts a try before it is looked at, so that tries made at once count too. Refused: how many seconds to wait.
    pub(super) fn attempt(&self, address: IpAddr, now: Millis) -> Result<(), u64> {
        let mut addresses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = site(address);
        if addresses.len() >= MOST_ADDRESSES && !addresses.contains_key(&address) {
            make_room(&mut addresses, now);
        }
        let tries = addresses.entry(address).or_insert(Tries { count: 0, forgotten: now + PERIOD });
        if tries.forgotten <= now {
            *tries = Tries { count: 0, forgotten: now + PERIOD };
        }
        if tries.count >= TRIES {
            return Err(((tries.forgotten - now) as u64).div_ceil(1000));
        }
        tries.count += 1;
        Ok(())
    }

    /// The try was right: the address starts anew.
    pub(crate) fn succeed(&self, address: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&site(address));
    }
}

/// What one caller can take addresses from: the address itself, or the /64 of an IPv6 address.
fn site(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.into(),
            None => Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64).into(),
        },
    }
}

fn make_room(addresses: &mut HashMap<IpAddr, Tries>, now: Millis) {
    addresses.retain(|_, tries| tries.forgotten > now);
    if addresses.len() >= MOST_ADDRESSES
        && let Some(next) = addresses.iter().min_by_key(|(_, tries)| tries.forgotten).map(|(address, _)| *address)
    {
        addresses.remove(&next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(throttle: &Throttle, address: &str, count: u32, now: Millis) -> Vec<Result<(), u64>> {
        (0..count).map(|_| throttle.attempt(address.parse().unwrap(), now)).collect()
    }

    #[test]
    fn the_eleventh_try_waits_until_the_first_is_forgotten() {
        let throttle = Throttle::default();
        assert_eq!(tries(&throttle, "192.0.2.1", 10, 0), [Ok(()); 10]);
        assert_eq!(tries(&throttle, "192.0.2.1", 1, 60_000), [Err(14 * 60)]);
        assert_eq!(tries(&throttle, "192.0.2.2", 1, 60_000), [Ok(())]);
        assert_eq!(tries(&throttle, "192.0.2.1", 1, PERIOD), [Ok(())]);
    }

    #[test]
    fn a_right_try_starts_anew() {
        let throttle = Throttle::default();
        tries(&throttle, "192.0.2.1", 9, 0);
        throttle.succeed("192.0.2.1".parse().unwrap());
        assert_eq!(tries(&throttle, "192.0.2.1", 10, 0), [Ok(()); 10]);
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_as_one() {
        let throttle = Throttle::default();
        tries(&throttle, "2001:db8:0:1::1", 10, 0);
        assert!(tries(&throttle, "2001:db8:0:1:ffff::2", 1, 0)[0].is_err());
        assert!(tries(&throttle, "2001:db8:0:2::1", 1, 0)[0].is_ok());
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..MOST_ADDRESSES as u32 + 100 {
            throttle.attempt(IpAddr::V4((0x0a00_0000 + number).into()), Millis::from(number)).unwrap();
        }
        assert_eq!(throttle.0.lock().unwrap().len(), MOST_ADDRESSES);
    }
}
