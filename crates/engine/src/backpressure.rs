//! Runs that were promised to someone wait for a store that is full or behind, however long that takes.

use crate::full_disk;
use crate::shared::Shared;
use run::id::Millis;
use run::tables::{Digest, StoreError};
use std::sync::Arc;
use std::time::Duration;
use store::Append;

/// After how long a store that had no room is tried again.
const PAUSE: Duration = Duration::from_millis(50);

/// After how long the large values of an append that waits are put again. The store removes those that no run names for
/// an hour.
const RENEWAL: Millis = 15 * 60 * 1000;

/// Whether the same may succeed later: nothing of it was done.
pub(crate) fn is_passing(error: &StoreError) -> bool {
    matches!(error, StoreError::Busy | StoreError::Full(_))
}

/// Waits a moment for room.
pub(crate) async fn pause() {
    tokio::time::sleep(PAUSE).await;
}

/// Appends as soon as the store has room.
pub(crate) async fn append(shared: &Arc<Shared>, append: Append) -> Result<(), StoreError> {
    let mut renewed = shared.now();
    loop {
        match shared.store.journal.append(append.clone()).await {
            Err(error) if is_passing(&error) => {
                full_disk::note(shared, &error);
                pause().await;
            }
            told => return told,
        }
        if !append.digests.is_empty() && shared.now().saturating_sub(renewed) >= RENEWAL {
            renewed = shared.now();
            renew(shared, append.digests.clone()).await?;
        }
    }
}

/// Puts large values again that are there, so that they count as young. Where the disk is full, that is tried later.
async fn renew(shared: &Shared, digests: Vec<Digest>) -> Result<(), StoreError> {
    let blobs = Arc::clone(&shared.store.blobs);
    let put_again = move || {
        digests.iter().try_for_each(|digest| match blobs.get(digest)? {
            Some(bytes) => blobs.put(&bytes).map(drop),
            None => Err(StoreError::Corrupt(format!("the large value {digest:?} is gone").into())),
        })
    };
    match tokio::task::spawn_blocking(put_again).await.unwrap_or(Err(StoreError::Closed)) {
        Err(error) if is_passing(&error) => Ok(()),
        told => told,
    }
}
