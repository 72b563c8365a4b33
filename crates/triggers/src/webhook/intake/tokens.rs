//! Tokens that senders give when they first call, for webhooks that have no secret yet (Notion): kept for their authors to
//! see. Anyone can call first, so no request is verified by one of these.

use run::tables::{Expected, StoreError, Tables};
use std::sync::Arc;

/// The table that keeps them: the webhook's path → the token.
const TABLE: &str = "hook-tokens";

/// The tokens that senders gave. Clones mean the same.
#[derive(Clone, Debug)]
pub struct KeptTokens(Arc<dyn Tables>);

impl KeptTokens {
    /// Those in these tables.
    pub fn in_tables(tables: Arc<dyn Tables>) -> Self {
        Self(tables)
    }

    /// What the sender of this webhook gave. Blocks for the disk.
    pub fn get(&self, hook: &str) -> Result<Option<String>, StoreError> {
        let record = self.0.get(TABLE, hook)?;
        Ok(record.map(|record| String::from_utf8_lossy(&record.value).into_owned()))
    }

    /// Keeps what a sender gives, unless one was given before. Whether it was kept. Blocks for the disk.
    pub fn keep_first(&self, hook: &str, token: &str) -> Result<bool, StoreError> {
        match self.0.put(TABLE, hook, token.as_bytes(), Expected::Absent) {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Forgets it, so that the next one is kept: somebody subscribes anew. Blocks for the disk.
    pub fn forget(&self, hook: &str) -> Result<(), StoreError> {
        self.0.delete(TABLE, hook, Expected::Any).map(|_| ())
    }
}
