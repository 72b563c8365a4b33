//! Connections and secrets, wherever they are kept: what the API shows of them and changes. Nothing here holds a credential
//! on its way out.

use run::call::BoxFuture;
use run::id::Millis;
use run::tables::StoreError;
use scenario::secret::Secret;
use serde_json::{Map, Value};
use std::fmt;
use url::Url;

/// A connection, as people may see it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its name.
    pub name: String,
    /// Its type; empty where that is not known.
    pub kind: String,
    /// Who made it.
    pub origin: Origin,
    /// Whether nothing is sent over it.
    pub sandbox: bool,
    /// Why it cannot be used.
    pub broken: Option<String>,
    /// Its settings, without the secret ones; none of a connection that the file has.
    pub fields: Map<String, Value>,
    /// Whether somebody has allowed it to act for them; none where nobody has to.
    pub authorized: Option<bool>,
    /// When its credential ends and nothing takes its place, as far as that is known.
    pub expires: Option<Millis>,
    /// Since when it is given no token, and why.
    pub refused: Option<(Millis, String)>,
}

/// Where someone is to allow a connection.
#[derive(Clone, Debug)]
pub struct Consent {
    /// The page of the provider.
    pub url: Url,
    /// What proves there that it was asked from here.
    pub verifier: Secret,
}

/// What someone allowed.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// What the provider handed over.
    pub code: Secret,
    /// What proves that it was asked from here.
    pub verifier: Secret,
    /// Where it was handed over.
    pub redirect: Url,
}

/// A secret, as people may see it.
#[derive(Clone, Debug)]
pub struct SecretName {
    /// Its name.
    pub name: String,
    /// Who made it.
    pub origin: Origin,
    /// Why it cannot be used.
    pub broken: Option<String>,
    /// When its value was last given; none for one that the file has.
    pub changed: Option<Millis>,
}

/// Who made a connection or a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `connections.yaml` or `secrets.yaml`.
    File,
    /// Someone in the editor.
    Editor,
}

/// What came of the test of a connection.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Whether it works, as far as can be told.
    pub ok: bool,
    /// Why it does not work: the code with which a step would fail.
    pub code: Option<String>,
    /// What was found.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
}

/// Something wrong with a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which setting; none: the connection as a whole.
    pub field: Option<String>,
    /// What is wrong, and what to try.
    pub message: String,
}

/// Why a connection or a secret was not changed or tested.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is none of this name.
    #[error("there is nothing named `{0}`")]
    Unknown(String),
    /// The file has it, and the file is the one that says.
    #[error("`{name}` is written in {file}: change it there")]
    InFile {
        /// Its name.
        name: String,
        /// Which file.
        file: &'static str,
    },
    /// Nothing can have this name, or a secret cannot have this value.
    #[error("{0}")]
    Unfit(String),
    /// The settings are wrong.
    #[error("the settings are not what the connection asks for")]
    Invalid(Vec<Fault>),
    /// The provider did not give what was asked for, or nobody can be asked.
    #[error("{0}")]
    Refused(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Where connections and secrets are kept. Methods may block for the disk.
pub trait Vault: Send + Sync + fmt::Debug {
    /// All connections, by name.
    fn connections(&self) -> Vec<Connection>;
    /// The types that a connection can have, with their fields, as JSON.
    fn connection_types(&self) -> Value;
    /// Keeps a connection, new or changed. A secret setting that is left out stays as it was.
    fn put_connection(&self, name: &str, kind: &str, fields: &Map<String, Value>) -> Result<(), VaultError>;
    /// Removes a connection.
    fn delete_connection(&self, name: &str) -> Result<(), VaultError>;
    /// Tests a connection that is kept.
    fn test_connection<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Verdict, VaultError>>;
    /// Tests settings without keeping them; what a connection of this name has as secrets is used where they are left out.
    fn try_connection<'a>(
        &'a self,
        name: Option<&'a str>,
        kind: &'a str,
        fields: &'a Map<String, Value>,
    ) -> BoxFuture<'a, Result<Verdict, VaultError>>;
    /// Asks somebody to allow a connection; the answer comes to `redirect`, with this `state`.
    fn consent(&self, name: &str, redirect: &Url, state: &str) -> Result<Consent, VaultError>;
    /// Gets and keeps tokens for what somebody allowed.
    fn redeem<'a>(&'a self, name: &'a str, allowed: Allowed) -> BoxFuture<'a, Result<(), VaultError>>;
    /// All secrets, by name.
    fn secrets(&self) -> Vec<SecretName>;
    /// Keeps a secret, new or changed.
    fn put_secret(&self, name: &str, value: &str) -> Result<(), VaultError>;
    /// Removes a secret.
    fn delete_secret(&self, name: &str) -> Result<(), VaultError>;
}
