//! API tokens that people made for their programs: known by their digest, each with a name and the time of its last use.

use super::accounts::TABLE;
use super::secret::{self, Digest};
use super::token::ApiToken;
use run::id::Millis;
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What the keys of their records begin with.
const PREFIX: &str = "token/";

/// How many there may be.
const MOST: usize = 1_000;

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

/// The last use is kept on disk as often as this at most: once in 10 minutes.
const REMEMBERED: Millis = 10 * 60 * 1000;

/// A token, as kept. Its text is known to whoever made it alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    /// What it is for, in its maker's words.
    pub(crate) name: Arc<str>,
    /// When it was made.
    pub(crate) created: Millis,
    /// When it was last used.
    pub(crate) last_used: Option<Millis>,
    digest: Digest,
}

/// The tokens that people made.
#[derive(Debug)]
pub(crate) struct Tokens {
    tables: Arc<dyn Tables>,
    by_id: Mutex<BTreeMap<Arc<str>, Named>>,
}

/// Why a token was not made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    /// The name is empty, too long, or not a line of text.
    #[error("a token's name is one line of 1 to {LONGEST_NAME} characters")]
    Name,
    /// There are too many.
    #[error("there are {MOST} tokens already; delete one that is not used")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Tokens {
    /// Those kept in these tables. Blocks for the disk.
    pub(super) fn open(tables: Arc<dyn Tables>) -> Result<Self, StoreError> {
        let mut by_id = BTreeMap::new();
        for (key, record) in tables.scan(TABLE, PREFIX, None, MOST)? {
            let token: Named = serde_json::from_slice(&record.value)
                .map_err(|_| StoreError::Corrupt(format!("the token {key}").into()))?;
            by_id.insert(key.trim_start_matches(PREFIX).into(), token);
        }
        Ok(Self { tables, by_id: Mutex::new(by_id) })
    }

    /// Makes one and gives its id and its text, which is not kept. Blocks for the disk.
    pub(crate) fn make(&self, name: &str, now: Millis) -> Result<(Arc<str>, String), TokenError> {
        let name = name.trim();
        if !(1..=LONGEST_NAME).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            return Err(TokenError::Name);
        }
        let text = ApiToken::generate();
        let token = Named { name: name.into(), created: now, last_used: None, digest: secret::digest(&text) };
        let id: Arc<str> = secret::fresh()[..16].into();
        let mut by_id = self.lock();
        if by_id.len() >= MOST {
            return Err(TokenError::TooMany);
        }
        self.keep(&id, &token, Expected::Absent)?;
        by_id.insert(Arc::clone(&id), token);
        Ok((id, text))
    }

    /// All of them, by id.
    pub(crate) fn list(&self) -> Vec<(Arc<str>, Named)> {
        self.lock().iter().map(|(id, token)| (Arc::clone(id), token.clone())).collect()
    }

    /// Takes one back, from now on; whether it was there. Blocks for the disk.
    pub(crate) fn delete(&self, id: &str) -> Result<bool, StoreError> {
        let mut by_id = self.lock();
        let was_there = self.tables.delete(TABLE, &format!("{PREFIX}{id}"), Expected::Any)?;
        by_id.remove(id);
        Ok(was_there)
    }

    /// The name of the token with this text, which counts as used now. Digests are compared: how long it takes tells
    /// nothing of a text.
    pub(super) fn find(&self, text: &str, now: Millis) -> Option<Found> {
        let digest = secret::digest(text);
        let mut by_id = self.lock();
        let (id, token) = by_id.iter_mut().find(|(_, token)| token.digest == digest)?;
        let is_stale = token.last_used.is_none_or(|before| now - before >= REMEMBERED);
        token.last_used = Some(now);
        Some(Found { name: Arc::clone(&token.name), to_remember: is_stale.then(|| Arc::clone(id)) })
    }

    /// Keeps on disk when this token was last used. Blocks for the disk.
    pub(super) fn remember(&self, id: &str) -> Result<(), StoreError> {
        // Held meanwhile: a token that is deleted does not come back.
        let by_id = self.lock();
        by_id.get(id).map_or(Ok(()), |token| self.keep(id, token, Expected::Any))
    }

    fn keep(&self, id: &str, token: &Named, expected: Expected) -> Result<(), StoreError> {
        let bytes = serde_json::to_vec(token).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        self.tables.put(TABLE, &format!("{PREFIX}{id}"), &bytes, expected).map(drop)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Named>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token that was recognised.
pub(super) struct Found {
    pub(super) name: Arc<str>,
    /// The token's id, where its last use is to be kept on disk.
    pub(super) to_remember: Option<Arc<str>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a10_tokens_are_known_by_their_digest_until_they_are_deleted() {
        let tables = store::open("memory:").unwrap().tables;
        let tokens = Tokens::open(Arc::clone(&tables)).unwrap();
        let (id, text) = tokens.make(" ci ", 5).unwrap();
        let (_, other) = tokens.make("backup", 6).unwrap();
        assert!(text.starts_with("hookmill_") && text != other);
        let found = tokens.find(&text, 7).unwrap();
        assert_eq!((&*found.name, found.to_remember.as_deref()), ("ci", Some(&*id)));
        assert!(tokens.find(&text, 8).unwrap().to_remember.is_none(), "once in a while is often enough");
        tokens.remember(&id).unwrap();
        let again = Tokens::open(Arc::clone(&tables)).unwrap();
        let kept: Vec<_> = again.list().into_iter().map(|(_, token)| (token.name, token.last_used)).collect();
        assert_eq!(kept.len(), 2);
        assert!(kept.contains(&("ci".into(), Some(8))) && kept.contains(&("backup".into(), None)));
        for (_, record) in tables.scan(TABLE, PREFIX, None, 10).unwrap() {
            assert!(!String::from_utf8_lossy(&record.value).contains(&text["hookmill_".len()..]));
        }
        assert!(again.delete(&id).unwrap() && !again.delete(&id).unwrap());
        again.remember(&id).unwrap();
        assert!(again.find(&text, 9).is_none() && again.find(&other, 9).is_some() && again.find("", 9).is_none());
    }

    #[test]
    fn names_are_lines() {
        let tokens = Tokens::open(store::open("memory:").unwrap().tables).unwrap();
        for name in ["", "  ", "a\nb", &"x".repeat(65)] {
            assert!(matches!(tokens.make(name, 0), Err(TokenError::Name)), "{name:?}");
        }
    }
}
