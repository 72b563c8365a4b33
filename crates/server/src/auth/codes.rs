//! One-time codes: whoever opens the link that the server prints at its start is logged in.

use super::secret::{self, Digest};
use run::id::Millis;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// A code that nobody used for this long is void: 24 hours.
const LIFETIME: Millis = 24 * 60 * 60 * 1000;

/// The codes that were made and not used, with the time at which they become void.
#[derive(Default)]
pub(crate) struct LoginCodes(Mutex<HashMap<Digest, Millis>>);

impl LoginCodes {
    /// Makes a code.
    pub(crate) fn make(&self, now: Millis) -> String {
        let code = secret::fresh();
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.retain(|_, end| now < *end);
        ends.insert(secret::digest(&code), now + LIFETIME);
        code
    }

    /// Whether the code is good, and stays so.
    pub(crate) fn knows(&self, code: &str, now: Millis) -> bool {
        let ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.get(&secret::digest(code)).is_some_and(|end| now < *end)
    }

    /// Whether the code is good; if so, it is so no more.
    pub(crate) fn redeem(&self, code: &str, now: Millis) -> bool {
        let mut ends = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        ends.remove(&secret::digest(code)).is_some_and(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once() {
        let codes = LoginCodes::default();
        let code = codes.make(0);
        assert!(!codes.redeem("something else", 1));
        assert!(codes.knows(&code, 1) && !codes.knows("something else", 1));
        assert!(codes.redeem(&code, 1));
        assert!(!codes.knows(&code, 1));
        assert!(!codes.redeem(&code, 1));
    }

    #[test]
    fn a_code_becomes_void() {
        let codes = LoginCodes::default();
        let code = codes.make(0);
        assert!(!codes.redeem(&code, LIFETIME));
    }
}
