//! Google's service accounts: an assertion that the account's key signs is exchanged for a token that lasts an hour
//! (RFC 7523 §2.1; Google Identity, "Using OAuth 2.0 for server to server applications").

use super::oauth2::{Form, Granted, ask};
use crate::client::Client;
use crate::connections::{Secret, incomplete};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use run::error::StepError;
use run::id::Millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;
use url::Url;

/// How long an assertion holds, in seconds: the most that Google takes.
const LIFETIME: i64 = 3600;

/// What a service account's key file says, as far as it is needed, and what the connection says of it.
#[derive(Clone, Deserialize)]
pub(crate) struct ServiceAccount {
    pub(crate) client_email: String,
    private_key: String,
    #[serde(default)]
    private_key_id: Option<String>,
    #[serde(default = "default_token_uri")]
    token_uri: String,
    /// The person of the domain for whom the account acts, if not for itself.
    #[serde(skip)]
    subject: Option<String>,
    /// What tokens are good for, if not for what the module asks.
    #[serde(skip)]
    scopes: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<&'a str>,
}

impl ServiceAccount {
    /// The key that the JSON holds. The reason why it is none tells nothing of what it holds.
    pub(crate) fn of(key: Value) -> Result<Self, &'static str> {
        let account: Self = serde_json::from_value(key)
            .map_err(|_| "is no service account's key: `client_email` or `private_key` is missing")?;
        EncodingKey::from_rsa_pem(account.private_key.as_bytes())
            .map_err(|_| "holds a `private_key` that is no RSA key (PEM)")?;
        Url::parse(&account.token_uri).map_err(|_| "holds a `token_uri` that is no URL")?;
        Ok(account)
    }

    /// The same, for this person, and good for these.
    pub(crate) fn acting(self, subject: Option<String>, scopes: Option<Vec<String>>) -> Self {
        Self { subject, scopes, ..self }
    }

    /// The private key, PEM.
    pub(crate) fn private_key(&self) -> Secret {
        Secret::new(self.private_key.as_str())
    }

    /// What a token is asked for, where the module asks for these.
    pub(super) fn scope(&self, scopes: &[&str]) -> String {
        self.scopes.as_ref().map_or_else(|| scopes.join(" "), |scopes| scopes.join(" "))
    }

    /// What tells this account and the person it acts for from others.
    pub(super) fn identity(&self) -> [&str; 3] {
        [&self.token_uri, &self.client_email, self.subject.as_deref().unwrap_or_default()]
    }

    /// A new token, for which the account signs at this time.
    pub(super) async fn token(&self, client: &Client, scope: &str, now: Millis) -> Result<Granted, StepError> {
        let endpoint = Url::parse(&self.token_uri).map_err(|_| incomplete())?;
        let mut form = Form::of("urn:ietf:params:oauth:grant-type:jwt-bearer");
        form.secret("assertion", &self.assertion(scope, now)?);
        let explained = |error: StepError| match error.code.as_str() {
            "token_refused" => error.hint("check the key of the connection, and this machine's clock"),
            _ => error,
        };
        ask(client, &endpoint, form, None, now).await.map_err(explained)
    }

    /// The signed claim to be this account.
    fn assertion(&self, scope: &str, now: Millis) -> Result<Secret, StepError> {
        let iat = now.div_euclid(1000);
        let (iss, aud, sub) = (&self.client_email, &self.token_uri, self.subject.as_deref());
        let claims = Claims { iss, scope, aud, iat, exp: iat + LIFETIME, sub };
        let header = Header { kid: self.private_key_id.clone(), ..Header::new(Algorithm::RS256) };
        let key = EncodingKey::from_rsa_pem(self.private_key.as_bytes()).map_err(|_| incomplete())?;
        jsonwebtoken::encode(&header, &claims, &key).map(Secret::new).map_err(|_| incomplete())
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
