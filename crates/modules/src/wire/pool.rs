//! Connections kept open between steps: so many for each name, and not for long.

use super::Stream;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// How many connections one server is given at most.
const MAX_CONNECTIONS: usize = 8;

/// How long one is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(60);

/// Something that is kept open.
pub(crate) trait Session: Send + 'static {
    /// What carries it; none where it is in the middle of something that was broken off.
    fn stream(&mut self) -> Option<&mut Stream>;
}

/// The open connections of all names.
pub(crate) struct Pool<S>(Mutex<BTreeMap<String, Arc<Lane<S>>>>);

struct Lane<S> {
    room: Arc<Semaphore>,
    idle: Mutex<Idle<S>>,
}

struct Idle<S> {
    sessions: Vec<(S, Instant)>,
    /// Somebody closes those that nobody uses.
    is_swept: bool,
}

/// The right to one connection.
pub(crate) struct Lease<S> {
    lane: Arc<Lane<S>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl<S> Default for Pool<S> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<S: Session> Pool<S> {
    /// Waits until there is room for one more.
    pub(crate) async fn lease(&self, name: &str) -> Lease<S> {
        let lane = {
            let mut lanes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(lanes.entry(name.to_owned()).or_default())
        };
        // Nobody closes the semaphore; without a permit the bound would be gone, and nothing else.
        let permit = Arc::clone(&lane.room).acquire_owned().await.ok();
        Lease { lane, _permit: permit }
    }
}

impl<S> Default for Lane<S> {
    fn default() -> Self {
        Self {
            room: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
            idle: Mutex::new(Idle { sessions: Vec::new(), is_swept: false }),
        }
    }
}

impl<S: Session> Lease<S> {
    /// One that was left open and still is, the one used last.
    pub(crate) fn open(&self) -> Option<S> {
        let mut idle = self.lane.idle.lock().unwrap_or_else(PoisonError::into_inner);
        while let Some((mut session, _)) = idle.sessions.pop() {
            if session.stream().is_some_and(Stream::is_quiet) {
                return Some(session);
            }
        }
        None
    }

    /// Leaves it open for the next one, unless it was broken off.
    pub(crate) fn leave(self, mut session: S) {
        if session.stream().is_none() {
            return;
        }
        let mut idle = self.lane.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.sessions.push((session, Instant::now()));
        if !std::mem::replace(&mut idle.is_swept, true) {
            tokio::spawn(sweep(Arc::downgrade(&self.lane)));
        }
    }
}

/// Closes what nobody used for a while, until nothing is left.
async fn sweep<S: Session>(lane: Weak<Lane<S>>) {
    loop {
        tokio::time::sleep(IDLE / 2).await;
        let Some(lane) = lane.upgrade() else { return };
        let now = Instant::now();
        let mut idle = lane.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.sessions.retain(|(_, left)| now.saturating_duration_since(*left) < IDLE);
        if idle.sessions.is_empty() {
            idle.is_swept = false;
            return;
        }
    }
}
