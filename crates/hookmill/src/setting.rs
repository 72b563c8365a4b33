//! What runs see of the place they run at: its address, the variables that the operator allows, secrets, and the key of links.

use clap::Args;
use run::resume::ResumeKey;
use run::setting::Secrets;
use run::tables::{Expected, StoreError, Tables};
use scenario::secret::{Secret, Unavailable};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// The table of what the engine keeps for itself.
const TABLE: &str = "engine";

/// The record of the key that seals the links of runs that wait.
const RESUME_KEY: &str = "resume_key";

/// Which variables of the environment scenarios may read.
#[derive(Args, Clone, Debug)]
pub(crate) struct AllowEnv {
    /// Variables of the environment that scenarios may read as `env.NAME`; none unless given
    #[arg(long = "allow-env", value_name = "NAME[,NAME…]", env = "HOOKMILL_ALLOW_ENV", value_delimiter = ',')]
    names: Vec<String>,
}

impl AllowEnv {
    /// Those that are set, with their values. One that is no Unicode counts as not set.
    pub(crate) fn variables(&self) -> BTreeMap<String, String> {
        let names = self.names.iter().map(|name| name.trim()).filter(|name| !name.is_empty());
        names.filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?))).collect()
    }
}

/// The secrets of the folder that is served, as they are now.
#[derive(Debug)]
pub(crate) struct CurrentSecrets(RwLock<Arc<modules::Secrets>>);

impl CurrentSecrets {
    pub(crate) fn of(secrets: Arc<modules::Secrets>) -> Self {
        Self(RwLock::new(secrets))
    }

    /// Those that are in use.
    pub(crate) fn current(&self) -> Arc<modules::Secrets> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, these are the secrets.
    pub(crate) fn replace(&self, secrets: Arc<modules::Secrets>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets;
    }
}

impl Secrets for CurrentSecrets {
    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).secret(name)
    }
}

/// The key that seals links: made once for an installation, so that links outlive restarts. Blocks for the disk.
pub(crate) fn resume_key(tables: &dyn Tables) -> Result<ResumeKey, StoreError> {
    loop {
        if let Some(record) = tables.get(TABLE, RESUME_KEY)? {
            let key = record.value.as_ref().try_into();
            return key.map(ResumeKey).map_err(|_| StoreError::Corrupt("the key of resume links".into()));
        }
        let made: [u8; 32] = rand::random();
        match tables.put(TABLE, RESUME_KEY, &made, Expected::Absent) {
            Ok(_) => return Ok(ResumeKey(made)),
            // Another process was faster: its key is the one.
            Err(StoreError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once() {
        let tables = store::open("memory:").unwrap().tables;
        let ResumeKey(first) = resume_key(&*tables).unwrap();
        let ResumeKey(second) = resume_key(&*tables).unwrap();
        assert_eq!(first, second);
        assert_ne!(first, [0; 32]);
        let ResumeKey(elsewhere) = resume_key(&*store::open("memory:").unwrap().tables).unwrap();
        assert_ne!(first, elsewhere);
    }

    #[test]
    fn a_key_of_another_length_is_not_used() {
        let tables = store::open("memory:").unwrap().tables;
        tables.put(TABLE, RESUME_KEY, b"short", Expected::Absent).unwrap();
        assert!(matches!(resume_key(&*tables), Err(StoreError::Corrupt(_))));
    }

    #[test]
    fn only_named_variables_are_read() {
        let allow = AllowEnv { names: ["CARGO_PKG_NAME ", "", "HOOKMILL_NOT_SET"].map(str::to_owned).into() };
        let expected = BTreeMap::from([("CARGO_PKG_NAME".to_owned(), env!("CARGO_PKG_NAME").to_owned())]);
        // Cargo sets it for the tests it runs.
        if std::env::var("CARGO_PKG_NAME").is_ok() {
            assert_eq!(allow.variables(), expected);
        }
    }
}
