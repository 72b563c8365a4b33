//! The request inspector: every request to every webhook as it came, with what became of it, so that people can look at it,
//! send it again, and learn from it.
//!
//! [`Inspector::record`] is on the way of every request: it copies what the gateway has at hand into the log's buffer,
//! with credentials masked ([`redact`]), and waits for nothing.

mod bins;
mod captured;
mod content;
mod copies;
pub(crate) mod curl;
mod draft;
mod live;
mod record;
mod redact;
mod watches;

pub(crate) use bins::{Bin, NoBin};
pub(crate) use captured::Kind;
pub use captured::{Captured, Verdict};
pub(crate) use content::content;
pub(crate) use copies::{Form, copy};
pub(crate) use draft::draft;
pub(crate) use live::{Listener, Live};
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
    captures: Arc<dyn Captures>,
    bins: Bins,
    listeners: Listeners,
    watches: Watches,
    keeps: Keeps,
}

/// Whether requests are kept at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    Requests,
    Nothing,
}

impl Inspector {
    /// An inspector that keeps so much; bounds of no bytes or no time keep nothing. Blocks for the disk.
    pub fn new(captures: Arc<dyn Captures>, tables: &Arc<dyn Tables>, bounds: Bounds) -> Result<Self, StoreError> {
        let is_off = bounds.bytes == 0 || bounds.age.is_some_and(|age| age.is_zero());
        let keeps = if is_off { Keeps::Nothing } else { Keeps::Requests };
        captures.bound(bounds);
        let bins = Bins::load(Arc::clone(tables))?;
        let watches = Watches::load(Arc::clone(tables))?;
        Ok(Self(Arc::new(Shared { captures, bins, listeners: Listeners::default(), watches, keeps })))
    }

    /// Keeps a request, and gives its id. Waits for nothing: where the disk does not follow, it is left out.
    pub fn record(&self, captured: &Captured<'_>) -> Option<u64> {
        self.0.listeners.tell(captured);
        if self.0.keeps == Keeps::Nothing {
            return None;
        }
        self.0.captures.append(label(captured), &mut |buffer| record::encode(captured, buffer))
    }

    /// Keeps a request to a bin; the promise is fulfilled once it is on disk. Where nothing is kept, it is at once.
    pub fn record_durably(&self, captured: &Captured<'_>) -> Kept {
        self.0.listeners.tell(captured);
        if self.0.keeps == Keeps::Nothing {
            let (sender, kept) = Kept::pair();
            // The promise lives, so the answer arrives.
            let _ = sender.send(Ok(0));
            return kept;
        }
        self.0.captures.append_durably(label(captured), &mut |buffer| record::encode(captured, buffer))
    }

    /// The path of the bin that a request means, by its path below `/hook/` as it came.
    pub fn bin(&self, path: &str) -> Option<Arc<str>> {
        self.0.bins.find(path)
    }

    /// Lets go of what need not be kept at `now`. Blocks for the disk.
    pub fn retain(&self, now: Millis) -> Result<(), StoreError> {
        self.0.captures.retain(now)
    }

    /// Writes what waits, for the process to end. Blocks for the disk.
    pub fn settle(&self) -> Result<(), StoreError> {
        self.0.captures.settle()
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
            self.0.captures.purge(path)?;
        }
        Ok(was_there)
    }

    /// One request. Blocks for the disk.
    pub(crate) fn get(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError> {
        self.0.captures.read(hook, id)
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
        loop {
            let page = self.0.captures.newest(hook, before, kinds, PAGE)?;
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
        self.0.captures.after(hook, after, limit)
    }

    /// What is kept of each webhook. Blocks for the disk.
    pub(crate) fn tallies(&self) -> Result<BTreeMap<Arc<str>, Tally>, StoreError> {
        self.0.captures.tallies()
    }

    /// Forgets what came to a webhook. Blocks for the disk.
    pub(crate) fn purge(&self, hook: &str) -> Result<u64, StoreError> {
        self.0.captures.purge(hook)
    }

    /// The newest request that can be read, as it changes.
    pub(crate) fn written(&self) -> watch::Receiver<u64> {
        self.0.captures.written()
    }

    /// Hears of every request from now on.
    pub(crate) fn listen(&self) -> Listener {
        self.0.listeners.listen()
    }
}

fn label<'a>(captured: &Captured<'a>) -> Label<'a> {
    Label { hook: captured.hook, at: captured.at, kind: captured.verdict.kind() as u8 }
}
