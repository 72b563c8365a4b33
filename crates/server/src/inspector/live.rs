//! Requests for those who listen at this moment, whole and as they came: nothing of it is kept.

use super::captured::{Captured, Kind};
use bytes::Bytes;
use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use tokio::sync::Notify;

/// How many bytes of requests wait for one who listens. Of what comes when he is so far behind, he gets the newest.
const BEHIND: usize = 32 << 20;

/// What a request takes besides its body and header fields, in bytes, more or less: a small body holds on to the whole
/// piece in which it was read.
const HEAD: usize = 8 << 10;

/// A request, whole.
#[derive(Debug)]
pub(crate) struct Live {
    /// The webhook's path, as its scenario writes it.
    pub(crate) hook: Box<str>,
    pub(crate) ip: IpAddr,
    pub(crate) method: Box<str>,
    /// Path and query.
    pub(crate) target: Box<str>,
    pub(crate) headers: Vec<(Box<str>, Box<[u8]>)>,
    pub(crate) body: Bytes,
    /// How long the body was; more than there is where it was refused or went into files.
    pub(crate) body_length: u64,
    pub(crate) verdict: Kind,
    pub(crate) status: u16,
}

/// Who listens.
#[derive(Clone, Debug, Default)]
pub(super) struct Listeners(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// How many there are, to be looked at without a lock.
    count: AtomicUsize,
    ears: RwLock<Vec<Arc<Ear>>>,
}

/// One who listens to a webhook, as long as this is not dropped.
#[derive(Debug)]
pub(crate) struct Listener {
    ear: Arc<Ear>,
    listeners: Listeners,
}

/// What one who listens hears.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A request.
    Request(Arc<Live>),
    /// That some were left out, as he did not follow.
    Missed,
}

#[derive(Debug)]
struct Ear {
    hook: Box<str>,
    waiting: Mutex<Waiting>,
    spoken: Notify,
}

/// What is still to be heard.
#[derive(Debug, Default)]
struct Waiting {
    requests: VecDeque<Arc<Live>>,
    bytes: usize,
    missed: bool,
}

impl Listeners {
    /// Listens to a webhook.
    pub(super) fn listen(&self, hook: &str) -> Listener {
        let ear = Arc::new(Ear { hook: hook.into(), waiting: Mutex::default(), spoken: Notify::new() });
        self.change(|ears| ears.push(Arc::clone(&ear)));
        Listener { ear, listeners: self.clone() }
    }

    /// Tells those who listen to this webhook, if there are any.
    pub(super) fn tell(&self, captured: &Captured<'_>) {
        if !self.are_any() {
            return;
        }
        let ears = self.0.ears.read().unwrap_or_else(PoisonError::into_inner);
        let mut live = None;
        for ear in ears.iter().filter(|ear| *ear.hook == *captured.hook) {
            let live = live.get_or_insert_with(|| Arc::new(Live::of(captured)));
            ear.waiting().push(Arc::clone(live));
            ear.spoken.notify_one();
        }
    }

    /// Whether anybody listens to any webhook.
    pub(super) fn are_any(&self) -> bool {
        self.0.count.load(Ordering::Relaxed) > 0
    }

    fn change(&self, change: impl FnOnce(&mut Vec<Arc<Ear>>)) {
        let mut ears = self.0.ears.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut ears);
        self.0.count.store(ears.len(), Ordering::Relaxed);
    }
}

impl Listener {
    /// What comes next. Nothing is lost when this is dropped before.
    pub(crate) async fn next(&self) -> Heard {
        loop {
            let spoken = self.ear.spoken.notified();
            if let Some(heard) = self.ear.waiting().pop() {
                return heard;
            }
            spoken.await;
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.listeners.change(|ears| ears.retain(|ear| !Arc::ptr_eq(ear, &self.ear)));
    }
}

impl Ear {
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Adds a request, in place of the oldest where there is no room.
    fn push(&mut self, live: Arc<Live>) {
        self.bytes += live.size();
        self.requests.push_back(live);
        while self.bytes > BEHIND && self.requests.len() > 1 {
            self.bytes -= self.requests.pop_front().map_or(0, |oldest| oldest.size());
            self.missed = true;
        }
    }

    fn pop(&mut self) -> Option<Heard> {
        if std::mem::take(&mut self.missed) {
            return Some(Heard::Missed);
        }
        let live = self.requests.pop_front()?;
        self.bytes -= live.size();
        Some(Heard::Request(live))
    }
}

impl Live {
    fn of(captured: &Captured<'_>) -> Self {
        let headers = captured.headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Self {
            hook: captured.hook.into(),
            ip: captured.ip,
            method: captured.method.into(),
            target: captured.target.into(),
            headers: headers.collect(),
            body: captured.body.clone(),
            body_length: captured.body_length.max(captured.body.len() as u64),
            verdict: captured.verdict.kind(),
            status: captured.status,
        }
    }

    fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        HEAD + headers + self.target.len() + self.body.len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::captured::Verdict;
    use super::*;
    use std::net::Ipv4Addr;
    use std::time::Duration;

    fn captured<'a>(hook: &'a str, body: &Bytes) -> Captured<'a> {
        Captured {
            hook,
            at: 1,
            took: Duration::ZERO,
            ip: Ipv4Addr::LOCALHOST.into(),
            method: "POST",
            target: "/hook/x",
            secret_params: &[],
            secret_headers: &[],
            headers: &[("authorization", b"Bearer abc")],
            body: body.clone(),
            body_length: body.len() as u64,
            verdict: Verdict::Taken,
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

    fn heard(listener: &Listener) -> Option<Heard> {
        listener.ear.waiting().pop()
    }

    #[test]
    fn others_do_not_cost_those_who_do_not_listen_to_them() {
        let listeners = Listeners::default();
        let body = Bytes::from(vec![b'x'; 1 << 20]);
        let (one, other) = (listeners.listen("one"), listeners.listen("other"));
        (0..100).for_each(|_| listeners.tell(&captured("other", &body)));
        listeners.tell(&captured("one", &body));
        let Some(Heard::Request(live)) = heard(&one) else { panic!("nothing was heard") };
        assert_eq!((&*live.hook, live.headers[0].1.as_ref()), ("one", &b"Bearer abc"[..]));
        assert_eq!(live.body.as_ptr(), body.as_ptr(), "the body is shared, not copied");
        assert!(heard(&one).is_none());
        assert!(matches!(heard(&other), Some(Heard::Missed)));
    }

    #[test]
    fn one_who_does_not_follow_holds_so_many_bytes_and_no_more() {
        let listeners = Listeners::default();
        let listener = listeners.listen("x");
        for number in 0..100_u8 {
            listeners.tell(&captured("x", &Bytes::from(vec![number; 1 << 20])));
        }
        assert!(listener.ear.waiting().bytes <= BEHIND);
        assert!(matches!(heard(&listener), Some(Heard::Missed)));
        let left: Vec<u8> = std::iter::from_fn(|| match heard(&listener)? {
            Heard::Request(live) => Some(live.body[0]),
            Heard::Missed => panic!("it is told once"),
        })
        .collect();
        assert_eq!(left, (69..100).collect::<Vec<u8>>());
        assert_eq!(listener.ear.waiting().bytes, 0);
        drop(listener);
        assert_eq!(listeners.0.count.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn one_who_waits_is_woken() {
        let listeners = Listeners::default();
        let listener = listeners.listen("x");
        let waiting = tokio::spawn(async move { listener.next().await });
        tokio::task::yield_now().await;
        listeners.tell(&captured("x", &Bytes::new()));
        let heard = tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap().unwrap();
        assert!(matches!(heard, Heard::Request(_)));
    }
}
