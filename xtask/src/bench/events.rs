//! Numbered events: each key's are posted by one client, one after another, so that their order is known.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;
use serde_json::{Value, json};

use super::connection::Connection;

/// An event's place among those of its key, from 1.
pub(crate) type Number = u32;

/// Who posts what where.
pub(crate) struct Events<'a> {
    /// The server.
    pub(crate) address: SocketAddr,
    /// The webhook with its `/`.
    pub(crate) path: &'a str,
    /// How many keys there are.
    pub(crate) keys: u32,
    /// How many clients post at once; each has keys of its own.
    pub(crate) clients: u32,
    /// How many events are posted each second by all clients together; none: as fast as they are answered.
    pub(crate) rate: Option<f64>,
}

/// What was acknowledged, by key: numbers in the order in which they were posted.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Acknowledged {
    /// The numbers of each key.
    pub(crate) numbers: Vec<Vec<Number>>,
    /// How many were answered otherwise than with 200 (nothing may be kept of those), or not at all.
    pub(crate) refused: u64,
}

impl Acknowledged {
    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.numbers.iter().map(Vec::len).sum()
    }

    fn record(&mut self, key: u32, number: Number) {
        let key = key as usize;
        if self.numbers.len() <= key {
            self.numbers.resize(key + 1, Vec::new());
        }
        self.numbers[key].push(number);
    }
}

/// What an event carries, besides its key and number.
pub(crate) fn event(key: u32, number: Number) -> Value {
    json!({ "key": key, "number": number })
}

/// Reads an event again.
pub(crate) fn read(body: &[u8]) -> Option<(u32, Number)> {
    let event: Value = serde_json::from_slice(body).ok()?;
    let number = |name: &str| event[name].as_u64()?.try_into().ok();
    Some((number("key")?, number("number")?))
}

impl Events<'_> {
    /// Posts this many, numbered from `first` on for each key, until it is done or told to stop. A client whose
    /// connection breaks goes on over a new one; the event that was under way counts as refused.
    pub(crate) fn post(&self, count: u64, first: Number, goes_on: &AtomicBool) -> anyhow::Result<Acknowledged> {
        let all = Mutex::new(Acknowledged::default());
        let start = Instant::now();
        thread::scope(|scope| {
            let clients: Vec<_> = (0..self.clients)
                .map(|client| {
                    let client = Client { number: client, start, count, first };
                    let all = &all;
                    scope.spawn(move || self.be(client, goes_on, all))
                })
                .collect();
            clients.into_iter().all(|client| client.join().is_ok()).then_some(()).context("a client broke off")
        })?;
        all.into_inner().ok().context("a client broke off")
    }

    fn be(&self, client: Client, goes_on: &AtomicBool, all: &Mutex<Acknowledged>) {
        let mut mine = Acknowledged::default();
        let mut connection = None;
        for index in (u64::from(client.number)..client.count).step_by(self.clients as usize) {
            if let Some(rate) = self.rate {
                let due = client.start + Duration::from_secs_f64(index as f64 / rate);
                thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            if !goes_on.load(Ordering::Relaxed) {
                break;
            }
            let (key, number) = self.place(index);
            let number = client.first + number;
            let posted = self.post_one(&mut connection, &event(key, number));
            if posted { mine.record(key, number) } else { mine.refused += 1 }
        }
        if let Ok(mut all) = all.lock() {
            all.refused += mine.refused;
            let numbers = mine.numbers.iter().enumerate();
            numbers.for_each(|(key, list)| list.iter().for_each(|number| all.record(key as u32, *number)));
        }
    }

    /// Key and number, from 0, of the event of this index. A client has every `clients`-th index, so the number of keys
    /// is made a multiple of that for a key to be of one client.
    fn place(&self, index: u64) -> (u32, Number) {
        let keys = u64::from(self.keys.div_ceil(self.clients) * self.clients);
        ((index % keys) as u32, (index / keys) as Number)
    }

    fn post_one(&self, connection: &mut Option<Connection>, event: &Value) -> bool {
        if connection.is_none() {
            *connection = Connection::open(self.address).ok();
        }
        let answer = connection.as_mut().map(|open| open.post(self.path, event.to_string().as_bytes()));
        match answer {
            Some(Ok(status)) => status == 200,
            _ => {
                *connection = None;
                false
            }
        }
    }
}

/// One of those who post.
#[derive(Clone, Copy)]
struct Client {
    number: u32,
    start: Instant,
    count: u64,
    first: Number,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_of_one_client() {
        let events = Events { address: ([127, 0, 0, 1], 1).into(), path: "/", keys: 10, clients: 4, rate: None };
        let mut owners = std::collections::HashMap::new();
        for index in 0..100 {
            let (key, number) = events.place(index);
            assert_eq!(*owners.entry(key).or_insert(index % 4), index % 4, "key {key}");
            assert_eq!(u64::from(number), index / 12);
        }
        assert_eq!(owners.len(), 12);
    }

    #[test]
    fn events_are_read_again() {
        assert_eq!(read(event(7, 12).to_string().as_bytes()), Some((7, 12)));
        assert_eq!(read(b"{\"key\":7}"), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn what_no_one_takes_is_refused() -> anyhow::Result<()> {
        // Bound and dropped: nobody listens there.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let events = Events { address, path: "/", keys: 2, clients: 2, rate: None };
        let acknowledged = events.post(10, 1, &AtomicBool::new(true))?;
        assert_eq!((acknowledged.len(), acknowledged.refused), (0, 10));
        Ok(())
    }
}
