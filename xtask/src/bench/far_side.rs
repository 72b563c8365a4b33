//! Somebody else's service, which takes the time it is told to take and keeps in mind what it was asked, in order.

use std::collections::{HashMap, HashSet};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::connection::Connection;
use super::events::{self, Acknowledged, Number};
use super::server::PATIENCE;

/// Where scenarios of `bench/scenarios` say that it is.
pub(crate) const PLACE: &str = "http://far-side.example.com";

/// How often a request that is held back looks whether it still is.
const LOOK: Duration = Duration::from_millis(20);

/// How much memory a thread has for its stack; there is one for each connection.
const STACK: usize = 128 << 10;

/// Answers until the program ends.
pub(crate) struct FarSide {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// How long an answer takes, in milliseconds.
    pause: AtomicU64,
    seen: Mutex<Seen>,
}

/// What it was asked.
#[derive(Default)]
struct Seen {
    /// The numbers of each key, in the order in which they came first.
    numbers: HashMap<u32, Vec<Number>>,
    events: HashSet<(u32, Number)>,
    repeated: u64,
    /// Requests that were no events.
    unreadable: u64,
}

/// How what was acknowledged stands to what came.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Acknowledged, and never came.
    pub(crate) lost: usize,
    /// Came more than once.
    pub(crate) repeated: u64,
    /// Keys of which an event came before an earlier one.
    pub(crate) disordered: usize,
}

impl FarSide {
    /// Starts it on a free port.
    pub(crate) fn start(pause: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let far_side = Self { address, shared: Arc::default() };
        far_side.take(pause);
        let shared = Arc::clone(&far_side.shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                // A connection that gets no thread is closed, and the caller tries again.
                let _ = thread::Builder::new().stack_size(STACK).spawn(move || serve(stream, &shared));
            }
        });
        Ok(far_side)
    }

    /// From now on an answer takes this long, also to those who wait for theirs.
    pub(crate) fn take(&self, pause: Duration) {
        self.shared.pause.store(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// A scenario's text that calls this service.
    pub(crate) fn put_into(&self, scenario: &str) -> String {
        scenario.replace(PLACE, &format!("http://{}", self.address))
    }

    /// How many different events came.
    pub(crate) fn events(&self) -> usize {
        self.seen().events.len()
    }

    /// Comes back once so many different events came; fails when none comes for long.
    pub(crate) fn wait_for(&self, count: usize) -> anyhow::Result<()> {
        let (mut before, mut since) = (self.events(), Instant::now());
        while before < count {
            thread::sleep(Duration::from_millis(2));
            let now = self.events();
            if now > before {
                (before, since) = (now, Instant::now());
            } else if since.elapsed() > PATIENCE {
                bail!("{now} of {count} events came, and no more");
            }
        }
        Ok(())
    }

    /// Holds what came against what was acknowledged. Events that were refused may have come all the same: a server that
    /// is killed can have taken what it could not acknowledge any more.
    pub(crate) fn compare(&self, acknowledged: &Acknowledged) -> anyhow::Result<Comparison> {
        let seen = self.seen();
        (seen.unreadable == 0).then_some(()).with_context(|| format!("{} requests are no events", seen.unreadable))?;
        let keyed = acknowledged.numbers.iter().enumerate();
        let lost =
            keyed.map(|(key, numbers)| numbers.iter().filter(|n| !seen.events.contains(&(key as u32, **n))).count());
        Ok(Comparison {
            lost: lost.sum(),
            repeated: seen.repeated,
            disordered: seen.numbers.values().filter(|numbers| !numbers.is_sorted()).count(),
        })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.shared.seen()
    }
}

impl Shared {
    /// A thread that broke off while it held the lock has left a whole record: it is written in one go.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seen {
    fn record(&mut self, event: Option<(u32, Number)>) {
        match event {
            None => self.unreadable += 1,
            Some((key, number)) if self.events.insert((key, number)) => {
                self.numbers.entry(key).or_default().push(number);
            }
            Some(_) => self.repeated += 1,
        }
    }
}

/// Answers one connection until it ends.
fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut connection = Connection::over(stream)?;
    loop {
        let (_, body) = connection.receive()?;
        let came = Instant::now();
        shared.seen().record(events::read(&body));
        loop {
            let pause = Duration::from_millis(shared.pause.load(Ordering::Relaxed));
            let rest = pause.saturating_sub(came.elapsed());
            if rest.is_zero() {
                break;
            }
            thread::sleep(rest.min(LOOK));
        }
        connection.answer(b"{\"ok\":true}")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn tells_what_is_lost_repeated_and_out_of_order() -> anyhow::Result<()> {
        let far_side = FarSide::start(Duration::ZERO)?;
        for event in [(0, 1), (0, 2), (1, 2), (1, 1), (1, 1)] {
            far_side.seen().record(Some(event));
        }
        let acknowledged = Acknowledged { numbers: vec![vec![1, 2, 3], vec![1]], refused: 0 };
        assert_eq!(far_side.compare(&acknowledged)?, Comparison { lost: 1, repeated: 1, disordered: 1 });
        far_side.seen().record(None);
        assert!(far_side.compare(&acknowledged).is_err());
        Ok(())
    }

    #[test]
    fn keeps_in_mind_what_is_posted() -> anyhow::Result<()> {
        let far_side = FarSide::start(Duration::from_millis(1))?;
        let events = events::Events { address: far_side.address, path: "/events", keys: 4, clients: 2, rate: None };
        let acknowledged = events.post(20, 1, &AtomicBool::new(true))?;
        far_side.wait_for(20)?;
        assert_eq!((acknowledged.len(), acknowledged.refused), (20, 0));
        assert_eq!(far_side.compare(&acknowledged)?, Comparison::default());
        assert_eq!(
            far_side.put_into("url: http://far-side.example.com/x"),
            format!("url: http://{}/x", far_side.address)
        );
        Ok(())
    }
}
