//! What deliveries lay claim to while they are taken in. The store settles who was first; until it has, later ones of
//! the same key wait here, so that none of them takes a place from the first or is told what became of it too early.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::ClaimKey;
use tokio::sync::watch;

/// The claims that are not settled yet.
#[derive(Debug, Default)]
pub(crate) struct Claims {
    /// What closes once a claim is settled.
    open: Mutex<HashMap<ClaimKey, watch::Receiver<()>>>,
}

/// Whether a claim is to be had.
#[derive(Debug)]
pub(crate) enum Reserved {
    /// It is the caller's, until this is dropped.
    Mine(Reservation),
    /// Another one has it.
    Taken(Pending),
}

/// The sole right to a claim. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    claims: Arc<Claims>,
    key: ClaimKey,
    _settles: watch::Sender<()>,
}

/// A claim that another one has.
#[derive(Debug)]
pub(crate) struct Pending(watch::Receiver<()>);

impl Claims {
    /// Reserves a claim, or tells whom to wait for.
    pub(crate) fn reserve(self: &Arc<Self>, key: ClaimKey) -> Reserved {
        let mut open = self.open();
        if let Some(pending) = open.get(&key) {
            return Reserved::Taken(Pending(pending.clone()));
        }
        let (settles, pending) = watch::channel(());
        open.insert(key, pending);
        Reserved::Mine(Reservation { claims: Arc::clone(self), key, _settles: settles })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<ClaimKey, watch::Receiver<()>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // Those who wait are woken after this, when the sender is dropped.
        self.claims.open().remove(&self.key);
    }
}

impl Pending {
    /// Comes back once whoever has the claim is on disk, or was not taken in.
    pub(crate) async fn settled(mut self) {
        while self.0.changed().await.is_ok() {}
    }
}
