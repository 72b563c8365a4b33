//! How much of request bodies is held in memory at once, over all requests that are being read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use triggers::webhook::problem::Refusal;

/// How many bytes of bodies are held at once, unless said: 256 MiB.
const USUAL: u64 = 256 << 20;

/// After how many seconds a caller may try again for whose body there is no room.
const RETRY_AFTER: u32 = 2;

/// The room for bodies. Clones mean the same room.
#[derive(Clone, Debug)]
pub struct Bodies(Arc<AtomicU64>);

impl Bodies {
    /// Room for so many bytes.
    pub fn of(bytes: u64) -> Self {
        Self(Arc::new(AtomicU64::new(bytes)))
    }

    /// The room for one body, of which nothing has come yet.
    pub(crate) fn share(&self) -> Share {
        Share { of: self.clone(), bytes: 0 }
    }
}

impl Default for Bodies {
    fn default() -> Self {
        Self::of(USUAL)
    }
}

/// What one body takes. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    of: Bodies,
    bytes: u64,
}

impl Share {
    /// Takes room for more bytes; refused where there is none.
    pub(crate) fn take(&mut self, bytes: u64) -> Result<(), Refusal> {
        let left = self.of.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        left.map_err(|_| Refusal::busy(RETRY_AFTER))?;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.of.0.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_taken_by_what_has_come_and_given_back() {
        let bodies = Bodies::of(100);
        let (mut one, mut other) = (bodies.share(), bodies.share());
        one.take(60).unwrap();
        assert_eq!(other.take(41).unwrap_err().status, 503);
        other.take(40).unwrap();
        assert_eq!(other.take(1).unwrap_err().retry_after, Some(RETRY_AFTER));
        drop(one);
        other.take(60).unwrap();
        drop(other);
        bodies.share().take(100).unwrap();
    }
}
