//! Who is logged in. Sessions live in memory: a restart logs everyone out.

use super::secret::{self, Digest};
use run::id::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A session that is not used for this long is over: 30 days.
pub(super) const IDLE: Millis = 30 * 24 * 60 * 60 * 1000;

/// The name of a session that is not its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey(Digest);

/// The open sessions.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<SessionKey, Millis>>);

impl Sessions {
    /// Opens a session and gives its secret, for the cookie.
    pub(super) fn open(&self, now: Millis) -> String {
        let secret = secret::fresh();
        let mut last_used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last_used.retain(|_, used| now - *used < IDLE);
        last_used.insert(SessionKey(secret::digest(&secret)), now);
        secret
    }

    /// The open session of this secret, which counts as used now.
    pub(super) fn find(&self, secret: &str, now: Millis) -> Option<SessionKey> {
        let key = SessionKey(secret::digest(secret));
        let mut last_used = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = last_used.get_mut(&key).filter(|used| now - **used < IDLE)?;
        *used = now;
        Some(key)
    }

    /// Ends a session.
    pub(super) fn close(&self, key: SessionKey) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_lasts_while_it_is_used() {
        let sessions = Sessions::default();
        let secret = sessions.open(0);
        assert!(sessions.find(&secret, IDLE - 1).is_some());
        assert!(sessions.find(&secret, 2 * IDLE - 2).is_some());
        assert!(sessions.find(&secret, 3 * IDLE - 2).is_none());
    }

    #[test]
    fn a_closed_session_is_over_and_others_are_not() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.open(0), sessions.open(0));
        sessions.close(sessions.find(&one, 1).unwrap());
        assert!(sessions.find(&one, 1).is_none());
        assert!(sessions.find(&other, 1).is_some());
        assert!(sessions.find("", 1).is_none());
    }
}
