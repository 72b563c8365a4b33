//! The connections and secrets of the served folder, as the API shows and changes them: those of the files, which it leaves
//! alone, and those that people keep in the editor.

use super::renewal::Renewing;
use crate::sources::{CONNECTIONS, SECRETS};
use crate::vault::{Kind, Records};
use modules::connections::kept::{self, FieldFault, Kept};
use modules::connections::probe::{self, probe};
use modules::connections::{Listed, Origin, types};
use modules::secrets::{is_name, long_enough};
use modules::{Apps, Connections, auth};
use run::call::BoxFuture;
use run::id::Millis;
use serde_json::{Map, Value};
use server::vault::{self, Allowed, Connection, Consent, Fault, SecretName, Vault, VaultError, Verdict};
use std::sync::{Arc, Mutex, PoisonError};
use url::Url;

/// The longest name, in characters.
const LONGEST_NAME: usize = 64;

/// The longest value of a secret, in bytes.
const LONGEST_SECRET: usize = 64 * 1024;

/// Under which settings are tested that are not kept.
const TRIAL: &str = "it";

/// What is said of what cannot be used before a file is mended.
const MISTAKEN: &str = "connections.yaml or secrets.yaml has mistakes, which are mended first; the log tells them";

/// Keeps what people make, and puts it into use.
#[derive(Debug)]
pub(super) struct Keeper {
    renewing: Arc<Renewing>,
    /// Held while a record is read and written, so that one change sees the other.
    changing: Mutex<()>,
}

impl Keeper {
    pub(super) fn over(renewing: &Arc<Renewing>) -> Self {
        Self { renewing: Arc::clone(renewing), changing: Mutex::default() }
    }

    fn records(&self) -> &Records {
        &self.renewing.of.records
    }

    fn now(&self) -> Millis {
        self.renewing.of.handle.clock().now()
    }

    /// What was changed is used from now on; if a file has mistakes, once they are mended.
    fn renew(&self) {
        self.renewing.again();
    }

    /// These settings, with the secret ones of the connection of this name where they are left out.
    fn completed(&self, name: Option<&str>, kind: &str, fields: &Map<String, Value>) -> Map<String, Value> {
        let mut completed = fields.clone();
        completed.retain(|_, value| !is_blank(value));
        let kept = self.records().kept();
        let before = name.and_then(|name| kept.connections.get(name)?.as_ref().ok());
        let Some(before) = before.filter(|before| before.get("type").and_then(Value::as_str) == Some(kind)) else {
            return completed;
        };
        let known = types::of(&self.apps(), kind);
        let secret = |name: &str| known.as_ref().and_then(|it| it.field(name)).is_some_and(|it| it.kind.is_secret());
        for (name, value) in before.iter().filter(|(name, _)| secret(name)) {
            if !completed.contains_key(name) {
                completed.insert(name.clone(), value.clone());
            }
        }
        completed
    }

    /// The apps whose types connections may have.
    fn apps(&self) -> Arc<Apps> {
        Arc::clone(self.renewing.connections().apps())
    }

    fn is_in_file(&self, name: &str) -> bool {
        self.renewing.connections().list().any(|it| it.name == name && it.origin == Origin::File)
    }

    fn is_secret_in_file(&self, name: &str) -> bool {
        self.renewing.secrets().list().any(|(known, origin, _)| known == name && origin == Origin::File)
    }

    fn shown(&self, it: Listed<'_>, connections: &Connections, kept: &Kept) -> Connection {
        let standing = auth::standing(connections, it.name, &self.renewing.of.reach.options.tokens);
        let settings = kept.connections.get(it.name).and_then(|settings| settings.as_ref().ok());
        let settings = settings.filter(|_| it.origin == Origin::Editor);
        Connection {
            name: it.name.to_owned(),
            kind: it.kind.to_owned(),
            origin: origin(it.origin),
            sandbox: it.sandbox,
            broken: it.broken.map(str::to_owned),
            fields: settings.map(|settings| open_fields(connections.apps(), it.kind, settings)).unwrap_or_default(),
            authorized: standing.consent,
            expires: standing.fate.ends,
            refused: standing.fate.refused,
        }
    }

    /// The connections in use, if this one is among them.
    fn known(&self, name: &str) -> Result<Arc<Connections>, VaultError> {
        let connections = self.renewing.connections();
        let is_known = connections.list().any(|it| it.name == name);
        if is_known { Ok(connections) } else { Err(VaultError::Unknown(name.to_owned())) }
    }

    async fn tested(&self, connections: &Connections, name: &str) -> Verdict {
        let reach = &self.renewing.of.reach;
        let probe::Verdict { ok, code, message, hint } =
            probe(connections, name, &reach.files, reach.options.clone(), self.now()).await;
        Verdict { ok, code, message, hint }
    }
}

impl Vault for Keeper {
    fn connections(&self) -> Vec<Connection> {
        let (connections, kept) = (self.renewing.connections(), self.records().kept());
        let mut shown: Vec<Connection> = connections.list().map(|it| self.shown(it, &connections, &kept)).collect();
        let unused = kept.connections.keys().filter(|name| connections.list().all(|it| it.name != *name));
        shown.extend(unused.map(|name| {
            let it = Listed { name, kind: "", origin: Origin::Editor, sandbox: false, broken: Some(MISTAKEN) };
            self.shown(it, &connections, &kept)
        }));
        shown
    }

    fn connection_types(&self) -> Value {
        serde_json::to_value(&**self.apps().types()).unwrap_or_default()
    }

    fn put_connection(&self, name: &str, kind: &str, fields: &Map<String, Value>) -> Result<(), VaultError> {
        fit_name(name)?;
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_in_file(name) {
            return Err(VaultError::InFile { name: name.to_owned(), file: CONNECTIONS });
        }
        let completed = self.completed(Some(name), kind, fields);
        let apps = self.apps();
        sound(&apps, kind, &completed)?;
        self.records().put_connection(name, &kept::settings(&apps, kind, &completed), self.now())?;
        self.renew();
        Ok(())
    }

    fn delete_connection(&self, name: &str) -> Result<(), VaultError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.records().delete(Kind::Connection, name)? {
            return Err(match self.is_in_file(name) {
                true => VaultError::InFile { name: name.to_owned(), file: CONNECTIONS },
                false => VaultError::Unknown(name.to_owned()),
            });
        }
        self.records().delete(Kind::Token, name)?;
        self.renew();
        Ok(())
    }

    fn test_connection<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Verdict, VaultError>> {
        Box::pin(async move {
            let connections = self.known(name)?;
            Ok(self.tested(&connections, name).await)
        })
    }

    fn try_connection<'a>(
        &'a self,
        name: Option<&'a str>,
        kind: &'a str,
        fields: &'a Map<String, Value>,
    ) -> BoxFuture<'a, Result<Verdict, VaultError>> {
        Box::pin(async move {
            let completed = self.completed(name, kind, fields);
            let apps = self.apps();
            sound(&apps, kind, &completed)?;
            let mut trial = Kept::default();
            trial.connections.insert(TRIAL.to_owned(), Ok(kept::settings(&apps, kind, &completed)));
            Ok(self.tested(&Connections::of(&apps).with_kept(&trial), TRIAL).await)
        })
    }

    fn consent(&self, name: &str, redirect: &Url, state: &str) -> Result<Consent, VaultError> {
        let connections = self.known(name)?;
        let consent = auth::consent(&connections, name, redirect, state);
        let auth::Consent { url, verifier } = consent.map_err(|error| VaultError::Refused(error.message))?;
        Ok(Consent { url, verifier })
    }

    fn redeem<'a>(&'a self, name: &'a str, allowed: Allowed) -> BoxFuture<'a, Result<(), VaultError>> {
        Box::pin(async move {
            let (connections, reach) = (self.known(name)?, &self.renewing.of.reach);
            let Allowed { code, verifier, redirect } = allowed;
            let code = auth::Code { code, verifier, redirect };
            let redeemed = auth::redeem(&connections, name, code, &reach.files, reach.options.clone(), self.now());
            redeemed.await.map_err(|error| VaultError::Refused(error.message))
        })
    }

    fn secrets(&self) -> Vec<SecretName> {
        let (secrets, kept) = (self.renewing.secrets(), self.records().kept());
        let listed = secrets.list().map(|(name, from, broken)| SecretName {
            name: name.to_owned(),
            origin: origin(from),
            broken: broken.map(str::to_owned),
            changed: self.records().changed(name).filter(|_| from == Origin::Editor),
        });
        let mut listed: Vec<SecretName> = listed.collect();
        let unused = kept.secrets.keys().filter(|name| secrets.list().all(|(known, ..)| known != *name));
        listed.extend(unused.map(|name| SecretName {
            name: name.clone(),
            origin: vault::Origin::Editor,
            broken: Some(MISTAKEN.to_owned()),
            changed: self.records().changed(name),
        }));
        listed
    }

    fn put_secret(&self, name: &str, value: &str) -> Result<(), VaultError> {
        if !is_name(name) || name.len() > LONGEST_NAME {
            let detail = format!("a secret's name is made of letters, digits, `_` and `-`, {LONGEST_NAME} at most");
            return Err(VaultError::Unfit(detail));
        }
        if value.len() > LONGEST_SECRET {
            return Err(VaultError::Unfit(format!("a secret has {LONGEST_SECRET} bytes at most")));
        }
        long_enough(value.to_owned()).map_err(|why| VaultError::Unfit(format!("the value cannot be kept: {why}")))?;
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_secret_in_file(name) {
            return Err(VaultError::InFile { name: name.to_owned(), file: SECRETS });
        }
        self.records().put_secret(name, value, self.now())?;
        self.renew();
        Ok(())
    }

    fn delete_secret(&self, name: &str) -> Result<(), VaultError> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.records().delete(Kind::Secret, name)? {
            return Err(match self.is_secret_in_file(name) {
                true => VaultError::InFile { name: name.to_owned(), file: SECRETS },
                false => VaultError::Unknown(name.to_owned()),
            });
        }
        self.renew();
        Ok(())
    }
}

/// The settings that people may see again: no secret ones, and no others than the form has.
fn open_fields(apps: &Apps, kind: &str, settings: &Map<String, Value>) -> Map<String, Value> {
    let Some(known) = types::of(apps, kind) else { return Map::new() };
    let is_open = |name: &str| known.field(name).is_some_and(|field| !field.kind.is_secret());
    settings.iter().filter(|(name, _)| is_open(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn sound(apps: &Apps, kind: &str, settings: &Map<String, Value>) -> Result<(), VaultError> {
    let faults = kept::faults(apps, kind, settings);
    let told = |FieldFault { field, message, hint }: FieldFault| {
        let message = hint.map_or_else(|| message.clone(), |hint| format!("{message} ({hint})"));
        Fault { field, message }
    };
    if faults.is_empty() { Ok(()) } else { Err(VaultError::Invalid(faults.into_iter().map(told).collect())) }
}

fn fit_name(name: &str) -> Result<(), VaultError> {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let fits = name.starts_with(char::is_alphanumeric) && name.chars().all(is_part);
    if fits && name.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    let detail = format!("a connection's name is made of letters, digits, `-`, `_` and `.`, {LONGEST_NAME} at most");
    Err(VaultError::Unfit(detail))
}

fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

fn origin(origin: Origin) -> vault::Origin {
    match origin {
        Origin::File => vault::Origin::File,
        Origin::Editor => vault::Origin::Editor,
    }
}
