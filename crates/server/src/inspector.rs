//! The request inspector: every request to every webhook as it came, with what became of it, so that people can look at it,
//! send it again, and learn from it.
//!
//! [`Inspector::record`] is on the way of every request: it copies what the gateway has at hand into the log's buffer,
//! with credentials masked ([`redact`](triggers::webhook::redact)), and waits for nothing.

mod bins;
mod captured;
mod content;
mod copies;
pub(crate) mod curl;
mod draft;
mod live;
mod record;
mod watches;

pub(crate) use bins::{Bin, NoBin};
pub(crate) use captured::Kind;
pub use captured::{Captured, Verdict};
pub(crate) use content::{content, input};
pub(crate) use copies::{Form, copy};
pub(crate) use draft::{Said, draft};
pub(crate) use live::{Heard, Listener, Live};
pub(crate) use record::{Raw, Record, decode};
pub(crate) use watches::{Unwatchable, Watched};

use bins::Bins;
use engine::captures::{Bounds, Capture, Captures, Kept, Kinds, Label, Tally};
use live::Listeners;
use run::id::Millis;
use run::tables::{StoreError, Tables};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use tokio::sync::watch;
use watches::Watches;

/// How many requests are held at once where many are looked at.
const PAGE: usize = 16;

/// Keeps requests and shows them. Clones are cheap and mean the same one.
#[derive(Clone, Debug)]
pub struct Inspector(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// What came to webhooks, to those that are refused, too: anybody may fill it.
    requests: Log,
    /// What came to bins, which have answered that they keep it.
    kept: Log,
    bins: Bins,
    listeners: Listeners,
    watches: Watches,
}

/// Where requests are kept, and how many.
#[derive(Clone, Debug)]
pub struct Log {
    /// Where.
    pub captures: Arc<dyn Captures>,
    /// How many; bounds of no bytes or no time keep nothing.
    pub bounds: Bounds,
}

impl Log {
    fn keeps_nothing(&self) -> bool {
        self.bounds.bytes == 0 || self.bounds.age.is_some_and(|age| age.is_zero())
    }
}

impl Inspector {
    /// An inspector that keeps what comes to webhooks in `requests`, and what comes to bins in `bins`, where no flood of the
    /// others can reach it. Blocks for the disk.
    pub fn new(requests: Log, bins: Log, tables: &Arc<dyn Tables>) -> Result<Self, StoreError> {
        let kept = bins;
        [&requests, &kept].into_iter().for_each(|log| log.captures.bound(log.bounds));
        let bins = Bins::load(Arc::clone(tables))?;
        let watches = Watches::load(Arc::clone(tables))?;
        Ok(Self(Arc::new(Shared { requests, kept, bins, listeners: Listeners::default(), watches })))
    }

    /// Whether anybody wants a request to this webhook: to keep it, or to hear of it.
    pub(crate) fn wants(&self, hook: &str) -> bool {
        self.0.listeners.are_any() || !self.log(hook).keeps_nothing()
    }

    /// Keeps a request, and gives its id. Waits for nothing: where the disk does not follow, it is left out.
    pub fn record(&self, captured: &Captured<'_>) -> Option<u64> {
        self.0.listeners.tell(captured);
        let log = self.log(captured.hook);
        if log.keeps_nothing() {
            return None;
        }
        log.captures.append(label(captured), &mut |buffer| record::encode(captured, buffer))
    }

    /// Keeps a request to a bin; the promise is fulfilled once it is on disk. None: nothing is kept here.
    pub fn record_durably(&self, captured: &Captured<'_>) -> Option<Kept> {
        self.0.listeners.tell(captured);
        let log = &self.0.kept;
        if log.keeps_nothing() {
            return None;
        }
        Some(log.captures.append_durably(label(captured), &mut |buffer| record::encode(captured, buffer)))
    }

    /// The path of the bin that a request means, by its path below `/hook/` as it came.
    pub fn bin(&self, path: &str) -> Option<Arc<str>> {
        self.0.bins.find(path)
    }

    /// Lets go of what need not be kept at `now`. Blocks for the disk.
    pub fn retain(&self, now: Millis) -> Result<(), StoreError> {
        self.logs().try_for_each(|captures| captures.retain(now))
    }

    /// Writes what waits, for the process to end. Blocks for the disk.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.logs().try_for_each(|captures| captures.settle())
    }

    /// All bins, by path.
    pub(crate) fn bins(&self) -> BTreeMap<Arc<str>, Bin> {
        self.0.bins.list()
    }

    /// Makes a bin. Blocks for the disk.
    pub(crate) fn make_bin(&self, path: &str, at: Millis) -> Result<(), NoBin> {
        self.0.bins.make(path, at)
    }

    /// Removes a bin with all it has kept; whether it was there. Blocks for the disk.
    pub(crate) fn remove_bin(&self, path: &str) -> Result<bool, StoreError> {
        let was_there = self.0.bins.remove(path)?;
        if was_there {
            self.0.kept.captures.purge(path)?;
        }
        Ok(was_there)
    }

    /// One request. Blocks for the disk.
    pub(crate) fn get(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError> {
        self.log(hook).captures.read(hook, id)
    }

    /// Visits requests, the newest first, until it is told to stop. Only a few are held at once: each may be large.
    /// Blocks for the disk.
    pub(crate) fn visit(
        &self,
        hook: &str,
        mut before: Option<u64>,
        kinds: Kinds,
        mut visit: impl FnMut(&Capture) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let captures = &self.log(hook).captures;
        loop {
            let page = captures.newest(hook, before, kinds, PAGE)?;
            for capture in &page {
                if visit(capture).is_break() {
                    return Ok(());
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => before = Some(last.id),
                _ => return Ok(()),
            }
        }
    }

    /// Requests in their order, after this one. Blocks for the disk.
    pub(crate) fn after(&self, hook: &str, after: u64, limit: usize) -> Result<Vec<Capture>, StoreError> {
        self.log(hook).captures.after(hook, after, limit)
    }

    /// What is kept of each webhook. Blocks for the disk.
    pub(crate) fn tallies(&self) -> Result<BTreeMap<Arc<str>, Tally>, StoreError> {
        let mut tallies = self.0.requests.captures.tallies()?;
        tallies.retain(|hook, _| !self.0.bins.has(hook));
        let kept = self.0.kept.captures.tallies()?;
        tallies.extend(kept.into_iter().filter(|(hook, _)| self.0.bins.has(hook)));
        Ok(tallies)
    }

    /// Forgets what came to a webhook. Blocks for the disk.
    pub(crate) fn purge(&self, hook: &str) -> Result<u64, StoreError> {
        self.logs().map(|captures| captures.purge(hook)).sum()
    }

    /// The newest request to any webhook that lies where this one's do, as it changes.
    pub(crate) fn written(&self, hook: &str) -> watch::Receiver<u64> {
        self.log(hook).captures.written()
    }

    /// Hears of every request to a webhook from now on.
    pub(crate) fn listen(&self, hook: &str) -> Listener {
        self.0.listeners.listen(hook)
    }

    /// Where the requests to a webhook are. Where a bin has its path, they are with the bin's, whoever answers them.
    fn log(&self, hook: &str) -> &Log {
        if self.0.bins.has(hook) { &self.0.kept } else { &self.0.requests }
    }

    fn logs(&self) -> impl Iterator<Item = &Arc<dyn Captures>> {
        [&self.0.requests.captures, &self.0.kept.captures].into_iter()
    }
}

fn label<'a>(captured: &Captured<'a>) -> Label<'a> {
    Label { hook: captured.hook, at: captured.at, kind: captured.verdict.kind() as u8 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    const BOUNDS: Bounds = Bounds { age: None, bytes: 1 << 20 };

    fn inspector(bins: Bounds) -> Inspector {
        let store = store::open("memory:").unwrap();
        let requests = Log { captures: store.captures, bounds: BOUNDS };
        Inspector::new(requests, Log { captures: store.bins, bounds: bins }, &store.tables).unwrap()
    }

    fn captured<'a>(hook: &'a str, body: Bytes, verdict: Verdict<'a>) -> Captured<'a> {
        Captured {
            hook,
            at: 1,
            took: Duration::ZERO,
            ip: Ipv4Addr::LOCALHOST.into(),
            method: "POST",
            target: "/hook/x",
            secret_params: &[],
            secret_headers: &[],
            headers: &[],
            body_length: body.len() as u64,
            body,
            verdict,
            provider: None,
            event: None,
            id: None,
            status: 200,
            answer_headers: &[],
            answer: b"",
            run: None,
            runs: 1,
            of: None,
        }
    }

    #[tokio::test]
    async fn strangers_cannot_flush_a_bin() {
        let inspector = inspector(BOUNDS);
        inspector.record(&captured("probe", Bytes::from_static(b"before"), Verdict::Taken));
        inspector.make_bin("probe", 1).unwrap();
        let body = Bytes::from_static(b"precious");
        let kept = inspector.record_durably(&captured("probe", body.clone(), Verdict::Kept)).unwrap();
        let id = tokio::time::timeout(Duration::from_secs(20), kept).await.unwrap().unwrap();
        let flood = Bytes::from(vec![b'x'; 1 << 20]);
        for verdict in [Verdict::Refused { code: "unverified", detail: "", diagnosis: None }, Verdict::Taken] {
            (0..100).for_each(|_| _ = inspector.record(&captured("open", flood.clone(), verdict.clone())));
        }
        assert_eq!(decode(&inspector.get("probe", id).unwrap().unwrap().bytes).unwrap().body.0, body);
        let tallies = inspector.tallies().unwrap();
        assert_eq!((tallies["probe"].total(), inspector.after("probe", 0, 9).unwrap().len()), (1, 1));
        inspector.remove_bin("probe").unwrap();
        assert_eq!(inspector.get("probe", id).unwrap(), None);
    }

    #[test]
    fn refused_requests_take_little_room() {
        let inspector = inspector(BOUNDS);
        let body = Bytes::from(vec![b'x'; 512 << 10]);
        let refused = Verdict::Refused { code: "unverified", detail: "", diagnosis: None };
        let first = inspector.record(&captured("orders", Bytes::from_static(b"{}"), Verdict::Taken)).unwrap();
        (0..50).for_each(|_| _ = inspector.record(&captured("orders", body.clone(), refused.clone())));
        assert!(inspector.get("orders", first).unwrap().is_some());
    }

    #[test]
    fn where_nothing_is_kept_no_promise_is_made() {
        for bins in [Bounds { bytes: 0, ..BOUNDS }, Bounds { age: Some(Duration::ZERO), ..BOUNDS }] {
            let inspector = inspector(bins);
            inspector.make_bin("probe", 1).unwrap();
            assert!(inspector.record_durably(&captured("probe", Bytes::new(), Verdict::Kept)).is_none());
        }
    }
}
