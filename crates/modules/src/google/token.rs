//! Access tokens of service accounts: a signed assertion is exchanged for a token that lasts an hour (RFC 7523 §2.1;
//! Google Identity, "Using OAuth 2.0 for server to server applications").

use crate::catalog::Shared;
use crate::client::{Bounds, Client, Incoming, Outgoing, USER_AGENT};
use crate::connections::{Google, Secret, ServiceAccount, incomplete};
use crate::guard::Trust;
use crate::mask::Mask;
use crate::status::status_error;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use run::call::Call;
use run::error::StepError;
use run::id::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

/// A token that ends sooner than this is not used any more, in milliseconds.
const MARGIN: Millis = 60_000;

/// How long an assertion holds, in seconds: the most that Google takes.
const LIFETIME: i64 = 3600;

/// The scope that every account is given a token for.
const IDENTITY: &str = "https://www.googleapis.com/auth/userinfo.email";

/// The longest answer of a token endpoint, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// The tokens at hand, by connection and scope. While one is fetched, all who need it wait for that one.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    slots: Mutex<BTreeMap<(String, String), Slot>>,
}

type Slot = Arc<tokio::sync::Mutex<Option<Token>>>;

/// A token and when it ends.
#[derive(Clone, Debug)]
pub(super) struct Token {
    secret: Secret,
    ends: Millis,
}

/// Which token is asked for.
#[derive(Clone, Copy)]
pub(super) struct Grant<'a> {
    pub(super) connection: &'a str,
    pub(super) google: &'a Google,
    /// What it is for, unless the connection says otherwise.
    pub(super) scope: &'a str,
}

impl Token {
    /// The token, for the one header that carries it.
    pub(super) fn secret(&self) -> &Secret {
        &self.secret
    }
}

impl Tokens {
    /// A token that is still good; `refused` is one that the service did not take, whatever its time.
    pub(super) async fn get(
        &self,
        shared: &Shared,
        grant: Grant<'_>,
        call: &Call<'_>,
        refused: Option<&Token>,
    ) -> Result<Token, StepError> {
        let scope = grant.google.scopes.as_ref().map_or_else(|| grant.scope.to_owned(), |scopes| scopes.join(" "));
        let slot = self.slot(grant.connection, &scope);
        let mut held = slot.lock().await;
        if let Some(token) = held.as_ref()
            && token.ends - MARGIN > call.now
            && refused.is_none_or(|refused| refused.secret != token.secret)
        {
            return Ok(token.clone());
        }
        let account = grant.google.account.as_ref().ok_or_else(incomplete)?;
        let token = fetch(&shared.client, account, &scope, (call.now, call.timeout)).await?;
        *held = Some(token.clone());
        Ok(token)
    }

    fn slot(&self, connection: &str, scope: &str) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry((connection.to_owned(), scope.to_owned())).or_default())
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    scope: &'a str,
    aud: &'a str,
    iat: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: i64,
}

/// Asks whether a token is given. It is not kept.
pub(crate) async fn probe(client: &Client, google: &Google, now: Millis, timeout: Duration) -> Result<(), StepError> {
    let account = google.account.as_ref().ok_or_else(incomplete)?;
    let scope = google.scopes.as_ref().map_or_else(|| IDENTITY.to_owned(), |scopes| scopes.join(" "));
    fetch(client, account, &scope, (now, timeout)).await.map(drop)
}

/// A new token, for which the account signs at this time.
async fn fetch(
    client: &Client,
    account: &ServiceAccount,
    scope: &str,
    (now, timeout): (Millis, Duration),
) -> Result<Token, StepError> {
    let url = Url::parse(&account.token_uri).map_err(|_| incomplete())?;
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
        .append_pair("assertion", assertion(account, scope, now)?.reveal())
        .finish();
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
    ]);
    let request = Outgoing { method: Method::POST, url: url.clone(), headers, body: body.into() };
    let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout };
    // The operator wrote the key file, so its token endpoint may be anywhere.
    let trust = Trust { author_host: None, endpoint: Some(&url) };
    let answer = client.send(request, trust, bounds).await?;
    granted(&answer, now)
}

fn granted(answer: &Incoming, now: Millis) -> Result<Token, StepError> {
    if answer.status != StatusCode::OK {
        let mut error = status_error(answer, now, &Mask::default());
        error.code = "token_refused".to_owned();
        error.message = format!("no access token for the service account: {}", error.message);
        return Err(error.hint("check the key of the connection, and this machine's clock"));
    }
    let granted: Granted = serde_json::from_slice(&answer.body)
        .map_err(|_| StepError::passing("token_refused", "the token endpoint answered without a token"))?;
    Ok(Token { secret: Secret::new(granted.access_token), ends: now + granted.expires_in.clamp(0, LIFETIME) * 1000 })
}

/// The signed claim to be this account.
fn assertion(account: &ServiceAccount, scope: &str, now: Millis) -> Result<Secret, StepError> {
    let iat = now.div_euclid(1000);
    let claims = Claims { iss: &account.client_email, scope, aud: &account.token_uri, iat, exp: iat + LIFETIME };
    let header = Header { kid: account.private_key_id.clone(), ..Header::new(Algorithm::RS256) };
    let key = EncodingKey::from_rsa_pem(account.private_key().reveal().as_bytes()).map_err(|_| incomplete())?;
    jsonwebtoken::encode(&header, &claims, &key).map(Secret::new).map_err(|_| incomplete())
}
