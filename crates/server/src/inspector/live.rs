//! Requests for those who listen at this moment, whole and as they came: nothing of it is kept.

use super::captured::{Captured, Kind};
use bytes::Bytes;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::broadcast;

/// How many requests one who listens may be behind.
const BEHIND: usize = 256;

/// A request, whole.
#[derive(Debug)]
pub(crate) struct Live {
    /// The webhook's path, as its scenario writes it.
    pub(crate) hook: Box<str>,
    pub(crate) ip: IpAddr,
    pub(crate) method: Box<str>,
    /// Path and query.
    pub(crate) target: Box<str>,
    pub(crate) headers: Vec<(Box<str>, Bytes)>,
    pub(crate) body: Bytes,
    /// How long the body was; more than there is where it was refused or went into files.
    pub(crate) body_length: u64,
    pub(crate) verdict: Kind,
    pub(crate) status: u16,
}

/// Who listens.
#[derive(Debug)]
pub(super) struct Listeners {
    count: Arc<AtomicUsize>,
    requests: broadcast::Sender<Arc<Live>>,
}

/// One who listens, as long as this is not dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    count: Arc<AtomicUsize>,
    pub(crate) requests: broadcast::Receiver<Arc<Live>>,
}

impl Default for Listeners {
    fn default() -> Self {
        Self { count: Arc::default(), requests: broadcast::Sender::new(BEHIND) }
    }
}

impl Listeners {
    pub(super) fn listen(&self) -> Listener {
        self.count.fetch_add(1, Ordering::Relaxed);
        Listener { count: Arc::clone(&self.count), requests: self.requests.subscribe() }
    }

    /// Tells those who listen, if there are any.
    pub(super) fn tell(&self, captured: &Captured<'_>) {
        if self.count.load(Ordering::Relaxed) > 0 {
            // That nobody listens any more is no matter.
            let _ = self.requests.send(Arc::new(Live::of(captured)));
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.count.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Live {
    fn of(captured: &Captured<'_>) -> Self {
        let headers = captured.headers.iter().map(|(name, value)| ((*name).into(), Bytes::copy_from_slice(value)));
        Self {
            hook: captured.hook.into(),
            ip: captured.ip,
            method: captured.method.into(),
            target: captured.target.into(),
            headers: headers.collect(),
            body: Bytes::copy_from_slice(captured.body),
            body_length: captured.body_length.max(captured.body.len() as u64),
            verdict: captured.verdict.kind(),
            status: captured.status,
        }
    }
}
