//! A place for connections and secrets that forgets them: what is tested here is what the API makes of them.

use run::call::BoxFuture;
use scenario::secret::Secret;
use serde_json::{Map, Value, json};
use server::vault::{Allowed, Connection, Consent, Fault, Origin, SecretName, Vault, VaultError, Verdict};
use std::collections::BTreeMap;
use std::sync::Mutex;
use url::Url;

/// The one name that a file has.
pub(crate) const OF_FILE: &str = "of-file";

/// A type, and what was given to it.
type Settings = (String, Map<String, Value>);

/// Connections with their types, and secrets with their values.
#[derive(Debug, Default)]
pub(crate) struct Drawer {
    connections: Mutex<BTreeMap<String, Settings>>,
    secrets: Mutex<BTreeMap<String, String>>,
}

fn is_free(name: &str, file: &'static str) -> Result<(), VaultError> {
    if name == OF_FILE { Err(VaultError::InFile { name: name.to_owned(), file }) } else { Ok(()) }
}

impl Vault for Drawer {
    fn connections(&self) -> Vec<Connection> {
        let connections = self.connections.lock().unwrap();
        let shown = connections.iter().map(|(name, (kind, fields))| Connection {
            name: name.clone(),
            kind: kind.clone(),
            origin: Origin::Editor,
            sandbox: false,
            broken: fields.is_empty().then(|| "it has no settings".to_owned()),
            fields: fields.clone(),
            authorized: fields.contains_key("authorize").then_some(fields.contains_key("code")),
            expires: None,
            refused: None,
        });
        shown.collect()
    }

    fn connection_types(&self) -> Value {
        let words = json!({ "title": "權杖", "description": "權杖本身。" });
        let field = json!({ "name": "token", "kind": "secret", "required": true, "title": "Token",
            "description": "The token.", "i18n": { "zh-TW": words } });
        json!([{ "type": "bearer", "title": "Bearer", "fields": [field], "i18n": { "zh-TW": { "title": "權杖" } } }])
    }

    fn put_connection(&self, name: &str, kind: &str, fields: &Map<String, Value>) -> Result<(), VaultError> {
        is_free(name, "connections.yaml")?;
        if kind != "bearer" {
            let message = "there is no such type".to_owned();
            return Err(VaultError::Invalid(vec![Fault { field: Some("type".to_owned()), message }]));
        }
        self.connections.lock().unwrap().insert(name.to_owned(), (kind.to_owned(), fields.clone()));
        Ok(())
    }

    fn delete_connection(&self, name: &str) -> Result<(), VaultError> {
        is_free(name, "connections.yaml")?;
        let removed = self.connections.lock().unwrap().remove(name);
        removed.map(drop).ok_or_else(|| VaultError::Unknown(name.to_owned()))
    }

    fn test_connection<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<Verdict, VaultError>> {
        let is_there = self.connections.lock().unwrap().contains_key(name);
        Box::pin(async move {
            let verdict = Verdict { ok: true, code: None, message: "it answers".to_owned(), hint: None };
            if is_there { Ok(verdict) } else { Err(VaultError::Unknown(name.to_owned())) }
        })
    }

    fn try_connection<'a>(
        &'a self,
        _: Option<&'a str>,
        _: &'a str,
        fields: &'a Map<String, Value>,
    ) -> BoxFuture<'a, Result<Verdict, VaultError>> {
        let (ok, hint) = (!fields.is_empty(), Some("give it a token".to_owned()));
        let (code, hint) = ((!ok).then(|| "connection_broken".to_owned()), hint.filter(|_| !ok));
        Box::pin(async move { Ok(Verdict { ok, code, message: "it was asked".to_owned(), hint }) })
    }

    fn consent(&self, name: &str, redirect: &Url, state: &str) -> Result<Consent, VaultError> {
        let connections = self.connections.lock().unwrap();
        let (_, fields) = connections.get(name).ok_or_else(|| VaultError::Unknown(name.to_owned()))?;
        let page = fields.get("authorize").and_then(Value::as_str);
        let page = page.ok_or_else(|| VaultError::Refused("nobody authorizes it".to_owned()))?;
        let pairs = [("redirect_uri", redirect.as_str()), ("state", state)];
        Ok(Consent { url: Url::parse_with_params(page, pairs).unwrap(), verifier: Secret::new("verifier") })
    }

    /// The code `good` is, with the right verifier.
    fn redeem<'a>(&'a self, name: &'a str, allowed: Allowed) -> BoxFuture<'a, Result<(), VaultError>> {
        Box::pin(async move {
            let given = (allowed.code.reveal(), allowed.verifier.reveal(), allowed.redirect.path());
            if given != ("good", "verifier", "/oauth/callback") {
                return Err(VaultError::Refused("no access token: invalid_grant <script>".to_owned()));
            }
            let mut connections = self.connections.lock().unwrap();
            connections.get_mut(name).unwrap().1.insert("code".to_owned(), "taken".into());
            Ok(())
        })
    }

    fn secrets(&self) -> Vec<SecretName> {
        let secrets = self.secrets.lock().unwrap();
        let named =
            |name: &String| SecretName { name: name.clone(), origin: Origin::Editor, broken: None, changed: Some(1) };
        secrets.keys().map(named).collect()
    }

    fn put_secret(&self, name: &str, value: &str) -> Result<(), VaultError> {
        is_free(name, "secrets.yaml")?;
        if value.len() < 4 {
            return Err(VaultError::Unfit("it is too short".to_owned()));
        }
        self.secrets.lock().unwrap().insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    fn delete_secret(&self, name: &str) -> Result<(), VaultError> {
        let removed = self.secrets.lock().unwrap().remove(name);
        removed.map(drop).ok_or_else(|| VaultError::Unknown(name.to_owned()))
    }
}
