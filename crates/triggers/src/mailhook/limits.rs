//! How much is taken from whom.

use crate::webhook::rate::{Callers, site};
use run::id::Millis;
use run::mailbox::MOST_MAIL;
use scenario::plan::Rate;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The bounds of a server that takes mails in.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The longest mail, in bytes.
    pub size: usize,
    /// How many recipients a mail may have (RFC 5321 §4.5.3.1.8 asks for a hundred).
    pub recipients: usize,
    /// How many connections there may be.
    pub connections: usize,
    /// How many of them may come from one address, or one /64 of IPv6.
    pub connections_each: usize,
    /// How many mails one address may send.
    pub rate: Rate,
    /// How much memory mails that are coming in may take, over all connections, in bytes.
    pub memory: usize,
    /// How long a command may be awaited (RFC 5321 §4.5.3.2.7).
    pub command: Duration,
    /// How long a piece of a mail may be awaited (RFC 5321 §4.5.3.2.5).
    pub piece: Duration,
    /// How long a mail may take to come as a whole.
    pub mail: Duration,
    /// How long a connection may last.
    pub connection: Duration,
    /// How many commands may be refused on a connection.
    pub errors: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            size: MOST_MAIL as usize,
            recipients: 100,
            connections: 200,
            connections_each: 20,
            rate: Rate { count: 300, per: Duration::from_secs(60) },
            memory: 256 * 1024 * 1024,
            command: Duration::from_secs(300),
            piece: Duration::from_secs(180),
            mail: Duration::from_secs(900),
            connection: Duration::from_secs(3_600),
            errors: 10,
        }
    }
}

/// What is taken at the moment.
#[derive(Debug)]
pub(super) struct Occupied {
    connections: Mutex<HashMap<IpAddr, usize>>,
    memory: AtomicUsize,
    senders: Callers,
}

impl Occupied {
    pub(super) fn none(limits: &Limits) -> Arc<Self> {
        let senders = Callers::new(limits.rate);
        Arc::new(Self { connections: Mutex::default(), memory: AtomicUsize::new(0), senders })
    }

    /// A place for a connection, given back when dropped; none where there is none left.
    pub(super) fn enter(self: &Arc<Self>, from: IpAddr, limits: &Limits) -> Option<Seat> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let (all, from) = (connections.values().sum::<usize>(), site(from));
        let here = connections.get(&from).copied().unwrap_or_default();
        if all >= limits.connections || here >= limits.connections_each {
            return None;
        }
        connections.insert(from, here + 1);
        Some(Seat { of: Arc::clone(self), from })
    }

    /// Counts a mail of this sender; whether it is taken.
    pub(super) fn takes_mail_of(&self, from: IpAddr, now: Millis) -> bool {
        self.senders.take(from, now).is_ok()
    }

    /// No memory yet, to be made more.
    pub(super) fn room(self: &Arc<Self>) -> Room {
        Room { of: Arc::clone(self), taken: 0 }
    }
}

/// The place of a connection.
#[derive(Debug)]
pub(super) struct Seat {
    of: Arc<Occupied>,
    from: IpAddr,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut connections = self.of.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = connections.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                connections.remove(&self.from);
            }
        }
    }
}

/// Memory of a mail that is coming in, given back when dropped.
#[derive(Debug)]
pub(super) struct Room {
    of: Arc<Occupied>,
    taken: usize,
}

impl Room {
    /// Whether there is room for so many bytes in all.
    pub(super) fn grow(&mut self, bytes: usize, limits: &Limits) -> bool {
        let more = bytes.saturating_sub(self.taken);
        let grown = |taken: usize| (taken + more <= limits.memory).then_some(taken + more);
        let is_there = self.of.memory.fetch_update(Ordering::Relaxed, Ordering::Relaxed, grown).is_ok();
        if is_there {
            self.taken += more;
        }
        is_there
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        self.of.memory.fetch_sub(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_memory_are_given_back() {
        let limits = Limits { connections: 3, connections_each: 2, memory: 100, ..Limits::default() };
        let occupied = Occupied::none(&limits);
        let [a, b]: [IpAddr; 2] = ["192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap()];
        let first = occupied.enter(a, &limits).unwrap();
        // The same machine, by its other spelling.
        let second = occupied.enter("::ffff:192.0.2.1".parse().unwrap(), &limits).unwrap();
        assert!(occupied.enter(a, &limits).is_none());
        let third = occupied.enter(b, &limits).unwrap();
        assert_eq!(site("2001:db8::1".parse().unwrap()), site("2001:db8::2:1".parse().unwrap()));
        assert!(occupied.enter(b, &limits).is_none());
        drop(first);
        assert!(occupied.enter(b, &limits).is_some());
        drop((second, third));
        assert!(occupied.connections.lock().unwrap().is_empty());
        let (mut one, mut other) = (occupied.room(), occupied.room());
        assert!(one.grow(60, &limits) && one.grow(60, &limits) && other.grow(40, &limits));
        assert!(!one.grow(61, &limits));
        drop(other);
        assert!(one.grow(100, &limits));
        drop(one);
        assert_eq!(occupied.memory.load(Ordering::Relaxed), 0);
    }
}
