//! What people were sent to other servers for: to allow a connection to act for them. What comes back is taken once, within
//! a few minutes, and from the browser that was sent.

use super::secret::{self, Digest};
use super::sessions::SessionKey;
use run::id::Millis;
use scenario::secret::Secret;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use url::Url;

/// Whoever comes back later is too late: 10 minutes.
const LIFETIME: Millis = 10 * 60 * 1000;

/// Who has not come back makes room for others beyond this many.
const MOST: usize = 1_000;

/// What is to be done with what someone brings back.
#[derive(Debug)]
pub(crate) struct Errand {
    /// The connection's name.
    pub(crate) connection: String,
    /// What proves at the other server that it was asked from here.
    pub(crate) verifier: Secret,
    /// Where the answer was asked for.
    pub(crate) redirect: Url,
}

/// The errands that people are on.
#[derive(Debug, Default)]
pub(crate) struct Consents(Mutex<HashMap<Digest, Open>>);

#[derive(Debug)]
struct Open {
    errand: Errand,
    /// In whose browser; none where a program asked, which hands the address on to whom it will.
    session: Option<SessionKey>,
    ends: Millis,
}

/// Why what was brought back is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stray {
    /// Nobody was sent for it, or it was taken before, or it comes too late.
    Unknown,
    /// Another browser was sent for it.
    OtherBrowser,
}

impl Consents {
    /// A name for an errand that nobody can guess.
    pub(crate) fn fresh() -> String {
        secret::fresh()
    }

    /// Someone is sent on an errand, which is known by this name.
    pub(crate) fn begin(&self, state: &str, errand: Errand, session: Option<SessionKey>, now: Millis) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, it| now < it.ends);
        if open.len() >= MOST
            && let Some(oldest) = open.iter().min_by_key(|(_, it)| it.ends).map(|(state, _)| *state)
        {
            open.remove(&oldest);
        }
        open.insert(secret::digest(state), Open { errand, session, ends: now + LIFETIME });
    }

    /// The errand of this name, which is over with that.
    pub(crate) fn end(&self, state: &str, session: Option<SessionKey>, now: Millis) -> Result<Errand, Stray> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let it = open.remove(&secret::digest(state)).filter(|it| now < it.ends).ok_or(Stray::Unknown)?;
        match it.session {
            Some(asked) if session != Some(asked) => Err(Stray::OtherBrowser),
            _ => Ok(it.errand),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sessions::{Sessions, Way};
    use super::*;

    fn errand() -> Errand {
        let redirect = Url::parse("https://mill.example.com/oauth/callback").unwrap();
        Errand { connection: "crm".to_owned(), verifier: Secret::new("verifier"), redirect }
    }

    #[test]
    fn an_errand_ends_once_in_time_and_in_its_own_browser() {
        let (consents, sessions) = (Consents::default(), Sessions::default());
        let session = || sessions.find(&sessions.open(Way::Link, 0), 0).map(|(key, _)| key);
        let (mine, other) = (session(), session());
        for (state, asked) in [("a", mine), ("b", mine), ("c", mine), ("d", mine), ("e", None)] {
            consents.begin(state, errand(), asked, 0);
        }
        assert_eq!(consents.end("a", mine, 1).unwrap().connection, "crm");
        assert_eq!(consents.end("a", mine, 1).unwrap_err(), Stray::Unknown);
        assert_eq!(consents.end("b", other, 1).unwrap_err(), Stray::OtherBrowser);
        assert_eq!(consents.end("b", mine, 1).unwrap_err(), Stray::Unknown);
        assert_eq!(consents.end("c", None, 1).unwrap_err(), Stray::OtherBrowser);
        assert_eq!(consents.end("d", mine, LIFETIME).unwrap_err(), Stray::Unknown);
        assert!(consents.end("e", None, 1).is_ok());
        assert_eq!(consents.end("", mine, 1).unwrap_err(), Stray::Unknown);
    }

    #[test]
    fn who_never_comes_back_takes_no_room() {
        let consents = Consents::default();
        for number in 0..MOST + 2 {
            consents.begin(&number.to_string(), errand(), None, number as Millis);
        }
        assert_eq!(consents.0.lock().unwrap().len(), MOST);
        assert_eq!(consents.end("1", None, 2_000).unwrap_err(), Stray::Unknown);
        assert!(consents.end("2", None, 2_000).is_ok());
    }
}
