//! The administrator's name and password, kept with the records. There is one administrator; who comes in by a link or a
//! token is the same person.

use super::password::{self, Hashed};
use super::secret;
use super::tokens::Tokens;
use run::id::Millis;
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;

/// The table of people and tokens.
pub(super) const TABLE: &str = "accounts";

/// The record of the administrator.
const ADMINISTRATOR: &str = "administrator";

/// What the administrator is called before there is a name.
const NAMELESS: &str = "admin";

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

/// How many passwords are hashed at once: each takes 19 MiB.
const AT_ONCE: usize = 2;

/// The administrator, as kept.
#[derive(Clone, Serialize, Deserialize)]
struct Administrator {
    name: Arc<str>,
    password: Hashed,
    created: Millis,
}

/// Who may come in by name and password, and by tokens that people made.
pub struct Accounts {
    tables: Arc<dyn Tables>,
    administrator: RwLock<Option<Administrator>>,
    tokens: Tokens,
    hashing: Semaphore,
}

/// Why a name or a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unfit {
    /// The name is empty, too long, or not a line of text.
    #[error("a name is one line of 1 to {LONGEST_NAME} characters")]
    Name,
    /// Too short or too long.
    #[error("a password has {} characters at least, and {} bytes at most", password::SHORTEST, password::LONGEST)]
    Length,
    /// It says who it belongs to.
    #[error("the password is the name")]
    IsName,
}

/// Why there is no administrator now.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetUpError {
    /// There is one already.
    #[error("there is an administrator already")]
    Done,
    /// Name or password are not taken.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The hash could not be made.
    #[error("the password cannot be hashed: {0}")]
    Hash(argon2::Error),
}

impl Accounts {
    /// Those kept in these tables. Blocks for the disk.
    pub fn open(tables: Arc<dyn Tables>) -> Result<Self, StoreError> {
        let kept = tables.get(TABLE, ADMINISTRATOR)?;
        let administrator = kept.map(|record| read(&record.value)).transpose()?;
        let tokens = Tokens::open(Arc::clone(&tables))?;
        Ok(Self { tables, administrator: RwLock::new(administrator), tokens, hashing: Semaphore::new(AT_ONCE) })
    }

    /// Whether there is an administrator with a password.
    pub(crate) fn is_set_up(&self) -> bool {
        self.read().is_some()
    }

    /// What the administrator is called.
    pub(crate) fn name(&self) -> Arc<str> {
        self.read().as_ref().map_or_else(|| NAMELESS.into(), |kept| Arc::clone(&kept.name))
    }

    /// The tokens that people made.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// Room to hash one password. Whoever waits here costs nothing.
    pub(crate) async fn room(&self) -> Option<tokio::sync::SemaphorePermit<'_>> {
        self.hashing.acquire().await.ok()
    }

    /// Makes the one administrator; of two who try at once, one is. Blocks, for the disk and for the hash.
    pub(crate) fn set_up(&self, name: &str, password: &str, now: Millis) -> Result<(), SetUpError> {
        if self.is_set_up() {
            return Err(SetUpError::Done);
        }
        let name = fit_name(name)?;
        self.keep(name, password, now, Expected::Absent)
    }

    /// Gives the administrator another password. Blocks, for the disk and for the hash.
    pub(crate) fn change_password(&self, password: &str, now: Millis) -> Result<(), SetUpError> {
        let kept = self.read().clone();
        let (name, created) = kept.map_or_else(|| (NAMELESS.into(), now), |kept| (kept.name, kept.created));
        self.keep(name, password, created, Expected::Any)
    }

    /// Whether this is the administrator. Takes the same time whoever it is, and if there is none. Blocks for the hash.
    pub(crate) fn is_administrator(&self, name: &str, password: &str) -> bool {
        let kept = self.read().clone();
        let is_there = kept.is_some();
        let Ok(kept) = kept.map_or_else(nobody, Ok) else { return false };
        let is_name = bool::from(secret::digest(name.trim()).ct_eq(&secret::digest(&kept.name)));
        let is_password = password.len() <= password::LONGEST && kept.password.is(password).unwrap_or(false);
        is_there & is_name & is_password
    }

    fn keep(&self, name: Arc<str>, password: &str, created: Millis, expected: Expected) -> Result<(), SetUpError> {
        fit_password(password, &name)?;
        let password = Hashed::of(password).map_err(SetUpError::Hash)?;
        let administrator = Administrator { name, password, created };
        let bytes = serde_json::to_vec(&administrator).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        self.tables.put(TABLE, ADMINISTRATOR, &bytes, expected).map_err(|error| match error {
            StoreError::Conflict => SetUpError::Done,
            other => SetUpError::Store(other),
        })?;
        *self.administrator.write().unwrap_or_else(PoisonError::into_inner) = Some(administrator);
        Ok(())
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Option<Administrator>> {
        self.administrator.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("is_set_up", &self.is_set_up()).finish_non_exhaustive()
    }
}

fn read(bytes: &[u8]) -> Result<Administrator, StoreError> {
    serde_json::from_slice(bytes).map_err(|_| StoreError::Corrupt("the administrator's record".into()))
}

/// Someone whose password nobody knows, to take as long over as over the administrator.
fn nobody() -> Result<Administrator, argon2::Error> {
    Ok(Administrator { name: "".into(), password: Hashed::of(&secret::fresh())?, created: 0 })
}

fn fit_name(name: &str) -> Result<Arc<str>, Unfit> {
    let name = name.trim();
    let fits = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Ok(name.into()) } else { Err(Unfit::Name) }
}

fn fit_password(password: &str, name: &str) -> Result<(), Unfit> {
    if password.chars().count() < password::SHORTEST || password.len() > password::LONGEST {
        return Err(Unfit::Length);
    }
    if password.to_lowercase() == name.to_lowercase() { Err(Unfit::IsName) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts(tables: &Arc<dyn Tables>) -> Accounts {
        Accounts::open(Arc::clone(tables)).unwrap()
    }

    #[test]
    fn a12_there_is_one_administrator_and_a_restart_knows_them() {
        let tables = store::open("memory:").unwrap().tables;
        let (one, other) = (accounts(&tables), accounts(&tables));
        assert!(!one.is_administrator("admin", "") && !one.is_set_up());
        one.set_up(" Ada ", "correct horse", 1).unwrap();
        assert!(matches!(other.set_up("Eve", "battery staple", 2), Err(SetUpError::Done)), "of a race one wins");
        assert!(matches!(one.set_up("Eve", "battery staple", 2), Err(SetUpError::Done)));
        let again = accounts(&tables);
        assert_eq!(&*again.name(), "Ada");
        assert!(again.is_administrator("Ada", "correct horse"));
        for (name, password) in
            [("Ada", "battery staple"), ("Eve", "correct horse"), ("", ""), ("ada", "correct horse")]
        {
            assert!(!again.is_administrator(name, password), "{name} {password}");
        }
        again.change_password("battery staple", 3).unwrap();
        assert!(again.is_administrator("Ada", "battery staple") && !again.is_administrator("Ada", "correct horse"));
    }

    #[test]
    fn a3_weak_passwords_and_odd_names_are_refused() {
        let tables = store::open("memory:").unwrap().tables;
        let accounts = accounts(&tables);
        let long = "x".repeat(1025);
        for (name, password, expected) in [
            ("Ada", "eleven chars", None),
            ("Ada", "elevenchars", Some(Unfit::Length)),
            ("Ada", &long, Some(Unfit::Length)),
            ("Ada Lovelace", "ADA LOVELACE", Some(Unfit::IsName)),
            ("", "correct horse", Some(Unfit::Name)),
            ("a\nb", "correct horse", Some(Unfit::Name)),
        ] {
            let told = match accounts.set_up(name, password, 0) {
                Err(SetUpError::Unfit(unfit)) => Some(unfit),
                Ok(()) | Err(_) => None,
            };
            tables.delete(TABLE, ADMINISTRATOR, Expected::Any).unwrap();
            *accounts.administrator.write().unwrap() = None;
            assert_eq!(told, expected, "{name:?}");
        }
    }

    #[test]
    fn what_is_kept_shows_no_password() {
        let tables = store::open("memory:").unwrap().tables;
        accounts(&tables).set_up("Ada", "correct horse", 0).unwrap();
        let kept = tables.get(TABLE, ADMINISTRATOR).unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&kept.value).contains("correct"));
    }
}
