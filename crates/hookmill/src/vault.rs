//! What people keep in the editor and nobody is to read on the disk: the records of connections and secrets, sealed with a
//! key that does not lie among them.

mod key;
mod rekey;
mod seal;

pub(crate) use key::Keys;
pub(crate) use rekey::Vault;

use modules::connections::kept::Kept;
use run::id::Millis;
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The table of sealed records.
const TABLE: &str = "vault";

/// How many records of each kind are read.
const MOST: usize = 10_000;

/// What a record is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A connection: a map of settings.
    Connection,
    /// A secret: a text.
    Secret,
    /// The tokens that a connection was given: a text.
    Token,
}

impl Kind {
    /// What the keys of its records begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Connection => "connection/",
            Self::Secret => "secret/",
            Self::Token => "token/",
        }
    }
}

/// A record, before it is sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Content<T> {
    value: T,
    changed: Millis,
}

/// What became of records whose key was changed.
#[derive(Debug, Default)]
pub(crate) struct Resealed {
    /// How many were sealed anew.
    pub(crate) count: usize,
    /// The places of those that no key opens.
    pub(crate) lost: Vec<String>,
}

/// The records, and what they hold.
#[derive(Debug)]
pub(crate) struct Records {
    tables: Arc<dyn Tables>,
    keys: Keys,
    kept: RwLock<Arc<Kept>>,
    /// When each secret was last given.
    changed: RwLock<BTreeMap<String, Millis>>,
}

impl Records {
    /// Those in these tables. One that no key opens is there, and cannot be used. Blocks for the disk.
    pub(crate) fn open(tables: Arc<dyn Tables>, keys: Keys) -> Result<Self, StoreError> {
        let records = Self { tables, keys, kept: RwLock::default(), changed: RwLock::default() };
        records.read()?;
        Ok(records)
    }

    /// What is kept.
    pub(crate) fn kept(&self) -> Arc<Kept> {
        Arc::clone(&self.kept.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// When the secret of this name was last given.
    pub(crate) fn changed(&self, secret: &str) -> Option<Millis> {
        self.changed.read().unwrap_or_else(PoisonError::into_inner).get(secret).copied()
    }

    /// Keeps a connection's settings. Blocks for the disk.
    pub(crate) fn put_connection(&self, name: &str, value: &Map<String, Value>, now: Millis) -> Result<(), StoreError> {
        self.put(Kind::Connection, name, &Content { value, changed: now })
    }

    /// Keeps a secret's value. Blocks for the disk.
    pub(crate) fn put_secret(&self, name: &str, value: &str, now: Millis) -> Result<(), StoreError> {
        self.put(Kind::Secret, name, &Content { value, changed: now })
    }

    /// Keeps the tokens of the connection of this name. Blocks for the disk.
    pub(crate) fn put_token(&self, connection: &str, value: &str, now: Millis) -> Result<(), StoreError> {
        self.write(Kind::Token, connection, &Content { value, changed: now })
    }

    /// The tokens of the connection of this name. Blocks for the disk.
    pub(crate) fn token(&self, connection: &str) -> Result<Option<String>, StoreError> {
        let place = place(Kind::Token, connection);
        let Some(record) = self.tables.get(TABLE, &place)? else { return Ok(None) };
        let unreadable = |why: String| StoreError::Failed(why.into());
        let text = self.keys.open(&place, &record.value).map_err(|error| unreadable(error.to_string()))?;
        let content: Content<String> =
            serde_json::from_slice(&text).map_err(|_| unreadable("the record of a token is damaged".to_owned()))?;
        Ok(Some(content.value))
    }

    /// Removes a record; whether it was there. Blocks for the disk.
    pub(crate) fn delete(&self, kind: Kind, name: &str) -> Result<bool, StoreError> {
        let was_there = self.tables.delete(TABLE, &place(kind, name), Expected::Any)?;
        self.read()?;
        Ok(was_there)
    }

    /// Seals with the present key whatever another one sealed; gives how many records that were, and which no key opens.
    /// Each is put in place whole: whatever stops it, those that are left are sealed the next time. Blocks for the disk.
    pub(crate) fn reseal(&self) -> Result<Resealed, StoreError> {
        let mut resealed = Resealed::default();
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, "", after.as_deref(), MOST)?;
            for (place, record) in &page {
                if seal::is_of(&self.keys.current, &record.value) {
                    continue;
                }
                match self.keys.open(place, &record.value) {
                    Ok(text) => {
                        let failed = || StoreError::Failed("a record cannot be sealed".into());
                        let sealed = seal::seal(&self.keys.current, place, &text).ok_or_else(failed)?;
                        self.tables.put(TABLE, place, &sealed, Expected::Any)?;
                        resealed.count += 1;
                    }
                    Err(_) => resealed.lost.push(place.clone()),
                }
            }
            if page.len() < MOST {
                self.read()?;
                return Ok(resealed);
            }
            after = page.into_iter().next_back().map(|(place, _)| place);
        }
    }

    fn put<T: Serialize>(&self, kind: Kind, name: &str, content: &Content<T>) -> Result<(), StoreError> {
        self.write(kind, name, content)?;
        self.read()
    }

    fn write<T: Serialize>(&self, kind: Kind, name: &str, content: &Content<T>) -> Result<(), StoreError> {
        let failed = |what: &str| StoreError::Failed(what.into());
        let text = serde_json::to_vec(content).map_err(|_| failed("what is to be kept is no JSON"))?;
        let place = place(kind, name);
        let sealed =
            seal::seal(&self.keys.current, &place, &text).ok_or_else(|| failed("the record cannot be sealed"))?;
        self.tables.put(TABLE, &place, &sealed, Expected::Any).map(drop)
    }

    /// Reads all records anew.
    fn read(&self) -> Result<(), StoreError> {
        let connections = self.scan::<Map<String, Value>>(Kind::Connection)?;
        let secrets = self.scan::<String>(Kind::Secret)?;
        let changed = secrets.iter().filter_map(|(name, read)| Some((name.clone(), read.as_ref().ok()?.changed)));
        *self.changed.write().unwrap_or_else(PoisonError::into_inner) = changed.collect();
        let kept = Kept { connections: values(connections), secrets: values(secrets) };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kept);
        Ok(())
    }

    fn scan<T: for<'de> Deserialize<'de>>(&self, kind: Kind) -> Result<BTreeMap<String, Unsealed<T>>, StoreError> {
        let prefix = kind.prefix();
        let records = self.tables.scan(TABLE, prefix, None, MOST)?;
        let opened = records.into_iter().filter_map(|(place, record)| {
            let name = place.strip_prefix(prefix)?.to_owned();
            let content = self.keys.open(&place, &record.value).map_err(|error| error.to_string());
            let damaged = |_| "its record is damaged: give it again".to_owned();
            Some((name, content.and_then(|text| serde_json::from_slice(&text).map_err(damaged))))
        });
        Ok(opened.collect())
    }
}

/// What is in a record, or why it cannot be used.
type Unsealed<T> = Result<Content<T>, String>;

fn values<T>(read: BTreeMap<String, Unsealed<T>>) -> BTreeMap<String, Result<T, String>> {
    read.into_iter().map(|(name, content)| (name, content.map(|content| content.value))).collect()
}

fn place(kind: Kind, name: &str) -> String {
    format!("{}{name}", kind.prefix())
}

#[cfg(test)]
mod tests {
    use super::key::Key;
    use super::*;
    use serde_json::json;

    fn settings() -> Map<String, Value> {
        json!({ "type": "bearer", "token": "cAnAry-1" }).as_object().cloned().unwrap()
    }

    #[test]
    fn a1_what_is_kept_cannot_be_read_without_the_key_nor_under_another_name() {
        let tables = store::open("memory:").unwrap().tables;
        let key = || Key::parse(&"0123456789abcdef".repeat(4)).unwrap();
        let records = Records::open(Arc::clone(&tables), key().into()).unwrap();
        records.put_connection("shop", &settings(), 1).unwrap();
        records.put_secret("shop", "cAnAry-2", 2).unwrap();
        let all = tables.scan(TABLE, "", None, 10).unwrap();
        assert_eq!(all.len(), 2);
        for (place, record) in &all {
            let shown = String::from_utf8_lossy(&record.value).to_string();
            assert!(!shown.contains("cAnAry") && !shown.contains("bearer"), "{place}");
            tables.put(TABLE, &format!("{place}2"), &record.value, Expected::Absent).unwrap();
        }
        let again = Records::open(Arc::clone(&tables), key().into()).unwrap();
        assert_eq!(again.kept().connections["shop"], Ok(settings()));
        assert_eq!(again.kept().secrets["shop"].as_deref(), Ok("cAnAry-2"));
        assert_eq!(again.changed("shop"), Some(2));
        assert!(again.kept().connections["shop2"].is_err() && again.kept().secrets["shop2"].is_err());
        let other = Key::parse(&"123456789abcdef0".repeat(4)).unwrap();
        let other = Records::open(tables, other.into()).unwrap();
        let why = other.kept().secrets["shop"].clone().unwrap_err();
        assert!(why.contains("another key"), "{why}");
    }

    #[test]
    fn a_changed_key_seals_everything_anew_and_may_be_stopped_meanwhile() {
        let tables = store::open("memory:").unwrap().tables;
        let key = |digits: &str| Key::parse(&digits.repeat(4)).unwrap();
        let (old, new) = (key("0123456789abcdef"), key("fedcba9876543210"));
        let records = Records::open(Arc::clone(&tables), old.clone().into()).unwrap();
        records.put_connection("shop", &settings(), 1).unwrap();
        records.put_secret("a", "cAnAry-2", 2).unwrap();
        records.put_token("shop", "cAnAry-3", 3).unwrap();
        // It was stopped after the first record: both keys are known at the next start.
        let place = "connection/shop";
        let text = seal::open(&old, place, &tables.get(TABLE, place).unwrap().unwrap().value).unwrap();
        tables.put(TABLE, place, &seal::seal(&new, place, &text).unwrap(), Expected::Any).unwrap();
        let both =
            Records::open(Arc::clone(&tables), Keys { current: new.clone(), former: Some(old.clone()) }).unwrap();
        assert_eq!(both.kept().connections["shop"], Ok(settings()));
        assert_eq!(both.token("shop").unwrap().as_deref(), Some("cAnAry-3"));
        let resealed = both.reseal().unwrap();
        assert_eq!((resealed.count, resealed.lost.len()), (2, 0));
        assert_eq!(both.reseal().unwrap().count, 0);
        let after = Records::open(Arc::clone(&tables), new.into()).unwrap();
        assert_eq!(after.kept().secrets["a"].as_deref(), Ok("cAnAry-2"));
        assert_eq!(after.token("shop").unwrap().as_deref(), Some("cAnAry-3"));
        let former = Records::open(tables, old.into()).unwrap();
        assert!(former.kept().secrets["a"].is_err() && former.token("shop").is_err());
    }

    #[test]
    fn a_record_that_is_deleted_is_gone() {
        let tables = store::open("memory:").unwrap().tables;
        let key = Key::parse(&"0123456789abcdef".repeat(4)).unwrap();
        let records = Records::open(tables, key.into()).unwrap();
        records.put_secret("shop", "value", 2).unwrap();
        assert!(!records.delete(Kind::Connection, "shop").unwrap());
        assert!(records.delete(Kind::Secret, "shop").unwrap() && !records.delete(Kind::Secret, "shop").unwrap());
        assert!(records.kept().secrets.is_empty() && records.changed("shop").is_none());
    }
}
