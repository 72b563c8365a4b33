//! What was read of archives lately, for all archives together: runs that are read one after another lie in one block.

use super::chunk::Reader;
use super::directory::Part;
use run::tables::StoreError;
use std::any::Any;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Keeps what was read lately, up to a number of bytes.
pub(crate) struct Cache {
    most: usize,
    kept: Mutex<Kept>,
    readers: Mutex<Vec<Reader>>,
    serial: AtomicU64,
}

/// What is kept, of which archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The archive's number in this process.
    pub(super) archive: u64,
    pub(super) what: What,
}

/// What is kept of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    /// The open file.
    File,
    /// The names of its scenarios.
    Scenarios,
    /// The directory of a part.
    Directory(Part),
    /// The page of this number.
    Page(Part, usize),
    /// The block of this number.
    Block(Part, usize),
}

#[derive(Default)]
struct Kept {
    slots: HashMap<Key, Slot>,
    /// What was used when, oldest first.
    uses: BTreeMap<u64, Key>,
    bytes: usize,
    /// Grows with each use.
    clock: u64,
}

struct Slot {
    value: Arc<dyn Any + Send + Sync>,
    weight: usize,
    used: u64,
}

impl Cache {
    /// A cache of at most this many bytes.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        let (kept, readers, serial) = (Mutex::default(), Mutex::default(), AtomicU64::default());
        Arc::new(Self { most, kept, readers, serial })
    }

    /// A number that no other archive has.
    pub(super) fn number(&self) -> u64 {
        self.serial.fetch_add(1, Ordering::Relaxed)
    }

    /// What is kept under the key, or else what `read` gives, with its weight in bytes. Two threads may read the same
    /// at once; that costs time and nothing else.
    pub(super) fn get<T: Any + Send + Sync>(
        &self,
        key: Key,
        read: impl FnOnce() -> Result<(T, usize), StoreError>,
    ) -> Result<Arc<T>, StoreError> {
        if let Some(value) = lock(&self.kept).touch(key).and_then(|value| value.downcast().ok()) {
            return Ok(value);
        }
        let (value, weight) = read()?;
        let value = Arc::new(value);
        // What is larger than an eighth would drive out too much else.
        if weight <= self.most / 8 {
            lock(&self.kept).put(key, value.clone(), weight, self.most);
        }
        Ok(value)
    }

    /// Forgets an archive.
    pub(super) fn forget(&self, archive: u64) {
        let mut kept = lock(&self.kept);
        let keys: Vec<Key> = kept.slots.keys().filter(|key| key.archive == archive).copied().collect();
        keys.iter().for_each(|key| kept.remove(key));
    }

    /// Lends a reader. As many are kept as were ever lent at once.
    pub(super) fn with_reader<T>(
        &self,
        read: impl FnOnce(&mut Reader) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let free = lock(&self.readers).pop();
        let mut reader = free.map_or_else(Reader::new, Ok)?;
        let value = read(&mut reader);
        lock(&self.readers).push(reader);
        value
    }

    /// How many bytes are kept.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        lock(&self.kept).bytes
    }
}

impl Kept {
    fn touch(&mut self, key: Key) -> Option<Arc<dyn Any + Send + Sync>> {
        self.clock += 1;
        let slot = self.slots.get_mut(&key)?;
        self.uses.remove(&slot.used);
        self.uses.insert(self.clock, key);
        slot.used = self.clock;
        Some(slot.value.clone())
    }

    fn put(&mut self, key: Key, value: Arc<dyn Any + Send + Sync>, weight: usize, most: usize) {
        self.remove(&key);
        while self.bytes + weight > most {
            let Some(oldest) = self.uses.first_key_value().map(|(_, key)| *key) else { break };
            self.remove(&oldest);
        }
        self.clock += 1;
        self.bytes += weight;
        self.uses.insert(self.clock, key);
        self.slots.insert(key, Slot { value, weight, used: self.clock });
    }

    fn remove(&mut self, key: &Key) {
        let Some(slot) = self.slots.remove(key) else { return };
        self.uses.remove(&slot.used);
        self.bytes -= slot.weight;
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("most", &self.most).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
