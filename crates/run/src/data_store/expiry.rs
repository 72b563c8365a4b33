//! Records that nobody needs any more are taken away. A table of its own names them by the time from which on that is so,
//! so that looking for them costs one read while there are none.

use super::record::Stored;
use super::{Address, DataError, DataStores, table};
use crate::id::Millis;
use crate::tables::{Expected, StoreError};
use std::sync::atomic::Ordering;

/// The table of ends to come: `TIME/STORE/KEY`, the time in milliseconds as 16 hexadecimal digits.
const ENDS: &str = "data-ends";

/// How long is waited between two looks, in milliseconds.
const PAUSE: Millis = 10_000;

/// How many records are taken away at one go.
const MOST: usize = 64;

impl DataStores {
    /// Takes away some of the records that were deleted or have expired an hour ago or earlier, if nobody looked lately.
    /// To be called after changes, when nobody waits. Gives how many it took.
    pub fn sweep(&self, now: Millis) -> Result<usize, DataError> {
        let last = self.0.swept.load(Ordering::Relaxed);
        let looked = now.saturating_sub(last) < PAUSE && now >= last;
        if looked || self.0.swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err() {
            return Ok(0);
        }
        let due = self.tables().scan(ENDS, "", None, MOST)?;
        let mut taken = 0;
        for (name, _) in &due {
            let Some((at, store, key)) = read(name) else { continue };
            if at > now {
                return Ok(taken);
            }
            taken += usize::from(self.take_away(&Address::new(store, key)?, now)?);
            self.tables().delete(ENDS, name, Expected::Any)?;
        }
        if due.len() == MOST {
            // There is more: the next change looks again.
            self.0.swept.store(Millis::MIN, Ordering::Relaxed);
        }
        Ok(taken)
    }

    /// Notes when the record may be taken away, if it ends at all.
    pub(super) fn announce(&self, address: &Address<'_>, stored: &Stored) -> Result<(), StoreError> {
        let Some(due) = stored.due() else { return Ok(()) };
        let name = format!("{:016x}/{}/{}", due.max(0), address.store, address.key);
        self.tables().put(ENDS, &name, b"", Expected::Any).map(drop)
    }

    /// Whether the record was there and its time had come. One that was changed since has another end, or none.
    fn take_away(&self, address: &Address<'_>, now: Millis) -> Result<bool, DataError> {
        let Some((revision, stored)) = self.load(address)? else { return Ok(false) };
        if stored.due().is_none_or(|due| due > now) {
            return Ok(false);
        }
        match self.tables().delete(&address.table, address.key, Expected::Revision(revision)) {
            Ok(was_there) => Ok(was_there),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

fn read(name: &str) -> Option<(Millis, &str, &str)> {
    let (time, rest) = name.split_once('/')?;
    let (store, key) = rest.split_once('/')?;
    table(store).ok()?;
    Some((Millis::from_str_radix(time, 16).ok()?, store, key))
}
