//! Who is logged in. Sessions live in memory: a restart logs everyone out.

use super::secret::{self, Digest};
use run::id::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A session that is not used for this long is over: 30 days.
pub(super) const IDLE: Millis = 30 * 24 * 60 * 60 * 1000;

/// No session lasts longer, however much it is used: 90 days.
const LONGEST: Millis = 3 * IDLE;

/// The name of a session that is not its secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SessionKey(Digest);

/// By what a session was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// The link that the server printed: whoever can read that owns the machine.
    Link,
    /// The administrator's name and password.
    Password,
    /// The token of the server.
    Token,
}

/// The open sessions.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<SessionKey, Session>>);

#[derive(Clone, Copy)]
struct Session {
    way: Way,
    opened: Millis,
    used: Millis,
}

impl Session {
    fn is_open(&self, now: Millis) -> bool {
        now - self.used < IDLE && now - self.opened < LONGEST
    }
}

impl Sessions {
    /// Opens a session and gives its secret, for the cookie.
    pub(crate) fn open(&self, way: Way, now: Millis) -> String {
        let secret = secret::fresh();
        let mut sessions = self.lock();
        sessions.retain(|_, session| session.is_open(now));
        sessions.insert(SessionKey(secret::digest(&secret)), Session { way, opened: now, used: now });
        secret
    }

    /// The open session of this secret, which counts as used now.
    pub(super) fn find(&self, secret: &str, now: Millis) -> Option<(SessionKey, Way)> {
        let key = SessionKey(secret::digest(secret));
        let mut sessions = self.lock();
        let session = sessions.get_mut(&key).filter(|session| session.is_open(now))?;
        session.used = now;
        Some((key, session.way))
    }

    /// Ends a session.
    pub(super) fn close(&self, key: SessionKey) {
        self.lock().remove(&key);
    }

    /// Ends all sessions but this one.
    pub(crate) fn close_others(&self, kept: Option<SessionKey>) {
        self.lock().retain(|key, _| Some(*key) == kept);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a4_a_session_lasts_while_it_is_used_and_not_for_ever() {
        let sessions = Sessions::default();
        let secret = sessions.open(Way::Link, 0);
        assert!(sessions.find(&secret, IDLE - 1).is_some());
        assert!(sessions.find(&secret, 2 * IDLE - 2).is_some());
        assert!(sessions.find(&secret, 3 * IDLE - 2).is_none());
        let secret = sessions.open(Way::Link, 0);
        let busy = (0..LONGEST).step_by(IDLE as usize / 2);
        assert!(busy.into_iter().all(|now| sessions.find(&secret, now).is_some()));
        assert!(sessions.find(&secret, LONGEST).is_none());
    }

    #[test]
    fn a_closed_session_is_over_and_others_are_not() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.open(Way::Password, 0), sessions.open(Way::Token, 0));
        sessions.close(sessions.find(&one, 1).unwrap().0);
        assert!(sessions.find(&one, 1).is_none());
        assert_eq!(sessions.find(&other, 1).unwrap().1, Way::Token);
        assert!(sessions.find("", 1).is_none());
    }

    #[test]
    fn all_but_one_can_be_closed() {
        let sessions = Sessions::default();
        let (one, other) = (sessions.open(Way::Password, 0), sessions.open(Way::Token, 0));
        sessions.close_others(sessions.find(&one, 1).map(|(key, _)| key));
        assert!(sessions.find(&one, 1).is_some() && sessions.find(&other, 1).is_none());
    }
}
