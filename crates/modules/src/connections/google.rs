//! Connections to Google by a service account.

use super::Secret;
use super::delivery;
use super::settings::Settings;
use jsonwebtoken::EncodingKey;
use run::call::Delivery;
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use url::Url;

/// A connection of the type `google`.
#[derive(Debug)]
pub(crate) struct Google {
    /// On whose behalf; none in a sandbox that was given no key.
    pub(crate) account: Option<ServiceAccount>,
    /// Where the APIs are, if not where Google has them.
    pub(crate) endpoint: Option<Url>,
    /// What the token is good for, if not for what the module asks.
    pub(crate) scopes: Option<Vec<String>>,
    /// Whether calls leave the machine.
    pub(crate) delivery: Delivery,
}

/// What a service account's key file says, as far as it is needed.
#[derive(Clone, Deserialize)]
pub(crate) struct ServiceAccount {
    pub(crate) client_email: String,
    private_key: String,
    #[serde(default)]
    pub(crate) private_key_id: Option<String>,
    #[serde(default = "default_token_uri")]
    pub(crate) token_uri: String,
}

impl Google {
    /// `{ type: google, service_account: { file: key.json }, endpoint?, scopes? }`; the key may also stand there as
    /// a map or as JSON text.
    pub(super) fn read(settings: &mut Settings<'_>) -> Self {
        let key = settings.required_json("service_account");
        let account = key.and_then(|key| match account(key) {
            Ok(account) => Some(account),
            Err(reason) => {
                settings.reject_content("service_account", reason);
                None
            }
        });
        Self {
            account,
            endpoint: settings.http_url("endpoint"),
            scopes: settings.texts("scopes"),
            delivery: delivery(settings.is_sandbox()),
        }
    }
}

/// The key that the JSON holds. The reason why it is none tells nothing of what it holds.
fn account(key: Value) -> Result<ServiceAccount, &'static str> {
    let account: ServiceAccount = serde_json::from_value(key)
        .map_err(|_| "is no service account's key: `client_email` or `private_key` is missing")?;
    let secret = account.private_key();
    EncodingKey::from_rsa_pem(secret.reveal().as_bytes())
        .map_err(|_| "holds a `private_key` that is no RSA key (PEM)")?;
    Url::parse(&account.token_uri).map_err(|_| "holds a `token_uri` that is no URL")?;
    Ok(account)
}

impl ServiceAccount {
    /// The private key, PEM.
    pub(crate) fn private_key(&self) -> Secret {
        Secret::new(self.private_key.clone())
    }
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServiceAccount").field("client_email", &self.client_email).finish_non_exhaustive()
    }
}

fn default_token_uri() -> String {
    "https://oauth2.googleapis.com/token".to_owned()
}
