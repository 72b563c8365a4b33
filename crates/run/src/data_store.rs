//! Data stores: the named tables of values that scenarios read and write. How their records are kept in [`Tables`] is
//! a contract between the modules that steps call and the API that people use; both go through [`DataStores`].
//!
//! - Their tables have names of their own, so no scenario reaches what else is kept there.
//! - A change is made by compare-and-set, and once: a record remembers by which steps it was last changed and what came
//!   of it. A step that was in flight at a crash is called again, finds itself there, and gets its first result.
//! - A store may have columns: then a record that does not hold what they take is not written.
//! - What is deleted or expired is out of sight at once, and taken away an hour later: until then it remembers.

mod cell;
mod changes;
mod error;
mod expiry;
mod filter;
mod record;
mod schema;
mod search;

use crate::id::Millis;
use crate::tables::{Expected, StoreError, Tables};
use record::Stored;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use cell::{guess, write};
pub use changes::{Add, Added, Condition, Put, Written};
pub use error::DataError;
pub use filter::Filter;
pub use schema::{Column, ColumnType, Others, Schema};
pub use search::{Direction, Order, Page, Query};

/// The longest key, in bytes.
pub const LONGEST_KEY: usize = 512;
/// The largest value, in bytes of its JSON text.
pub const LARGEST_VALUE: usize = 1 << 20;

/// What the table of a data store is called: this and the store's name. No other table begins so.
const PREFIX: &str = "data:";
/// The table of the names of all data stores.
const NAMES: &str = "data-stores";
/// The longest name of a data store.
const LONGEST_NAME: usize = 64;
/// How many locks keep changes of one process to the same record apart, so that they need not meet as conflicts.
const LOCKS: usize = 256;

/// All data stores of an installation. Clones mean the same ones. Calls may block for a disk flush: keep them off
/// threads that must not wait.
#[derive(Clone)]
pub struct DataStores(Arc<Shared>);

struct Shared {
    tables: Arc<dyn Tables>,
    locks: [Mutex<()>; LOCKS],
    /// Stores of which the name is known to be noted.
    noted: Mutex<BTreeSet<String>>,
    /// When expired records were last looked for.
    swept: AtomicI64,
}

/// A record of a data store.
#[derive(Clone, Debug, PartialEq)]
pub struct DataRecord {
    /// Its key.
    pub key: String,
    /// What it holds.
    pub value: Value,
    /// Grows with each change of the record; never 0.
    pub revision: u64,
    /// When it was last changed.
    pub changed: Millis,
    /// When it expires.
    pub expires: Option<Millis>,
}

/// Whose change it is, and when.
#[derive(Clone, Copy, Debug)]
pub struct Act<'a> {
    /// Now.
    pub now: Millis,
    /// The same for every try of one change, so that it is made once; none: each call is a change of its own.
    pub idempotency_key: Option<&'a str>,
}

/// A place for a record, well named.
#[derive(Debug)]
struct Address<'a> {
    store: &'a str,
    table: String,
    key: &'a str,
}

impl DataStores {
    /// The data stores kept in these tables. Whoever shares the tables in one process should share this, too.
    pub fn new(tables: Arc<dyn Tables>) -> Self {
        Self(Arc::new(Shared {
            tables,
            locks: std::array::from_fn(|_| Mutex::default()),
            noted: Mutex::default(),
            swept: AtomicI64::new(Millis::MIN),
        }))
    }

    /// The record under this key.
    pub fn get(&self, store: &str, key: &str, now: Millis) -> Result<Option<DataRecord>, DataError> {
        let address = Address::new(store, key)?;
        let found = self.load(&address)?;
        found.and_then(|(revision, stored)| stored.live(key, revision, now).transpose()).transpose()
    }

    /// The names of all stores that were ever written, in order.
    pub fn names(&self) -> Result<Vec<String>, DataError> {
        let mut names: Vec<String> = Vec::new();
        loop {
            let page = self.tables().scan(NAMES, "", names.last().map(String::as_str), search::PAGE)?;
            let is_last = page.len() < search::PAGE;
            names.extend(page.into_iter().map(|(name, _)| name));
            if is_last {
                return Ok(names);
            }
        }
    }

    fn tables(&self) -> &dyn Tables {
        &*self.0.tables
    }

    fn load(&self, address: &Address<'_>) -> Result<Option<(u64, Stored)>, DataError> {
        let Some(record) = self.tables().get(&address.table, address.key)? else { return Ok(None) };
        Ok(Some((record.revision, Stored::decode(&record.value)?)))
    }

    /// Only one change to a record at a time comes from this process.
    fn lock(&self, address: &Address<'_>) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        (&address.table, address.key).hash(&mut hasher);
        let number = (hasher.finish() % LOCKS as u64) as usize;
        self.0.locks[number].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the store's name with the others, before its first record.
    fn note(&self, store: &str) -> Result<(), StoreError> {
        let noted = || self.0.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted().contains(store) {
            return Ok(());
        }
        match self.tables().put(NAMES, store, b"", Expected::Absent) {
            Ok(_) | Err(StoreError::Conflict) => {
                noted().insert(store.to_owned());
                Ok(())
            }
            Err(error) => Err(error),
        }
    }
}

impl fmt::Debug for DataStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DataStores").field("tables", &self.0.tables).finish_non_exhaustive()
    }
}

impl<'a> Address<'a> {
    fn new(store: &'a str, key: &'a str) -> Result<Self, DataError> {
        if key.is_empty() || key.len() > LONGEST_KEY {
            return Err(DataError::InvalidKey);
        }
        Ok(Self { store, table: table(store)?, key })
    }
}

/// The table of the store of this name.
fn table(store: &str) -> Result<String, DataError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if store.is_empty() || store.len() > LONGEST_NAME || !store.chars().all(fits) {
        return Err(DataError::InvalidName(store.chars().take(LONGEST_NAME).collect()));
    }
    Ok(format!("{PREFIX}{store}"))
}

/// What a value is, for people.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

/// The beginning of a key, for messages.
fn shown(key: &str) -> String {
    const MOST: usize = 60;
    if key.chars().count() <= MOST { key.to_owned() } else { key.chars().take(MOST).chain(['…']).collect() }
}

#[cfg(test)]
mod tests;
