//! The ways in which a request says on whose behalf it comes.

use super::aws;
use super::jwt;
use super::oauth2::OAuth2;
use super::service_account::ServiceAccount;
use crate::client::Outgoing;
use crate::connections::{Secret, incomplete};
use crate::mask::Mask;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{self, HeaderName, HeaderValue};
use run::error::StepError;
use run::id::Millis;
use std::sync::Arc;

/// What a connection puts on its requests.
#[derive(Clone, Debug, Default)]
pub(crate) enum Scheme {
    /// Nothing.
    #[default]
    None,
    /// A name and a password (RFC 7617).
    Basic { user: String, password: Secret },
    /// A token that does not change (RFC 6750).
    Bearer(Secret),
    /// Headers of any name.
    Headers(Vec<(HeaderName, Secret)>),
    /// Parameters of the URL.
    Query(Vec<(String, Secret)>),
    /// A signature over the whole request, as Amazon Web Services take it.
    Aws(Box<aws::Keys>),
    /// A token that is signed here for every call.
    Jwt(Box<jwt::Signer>),
    /// A token that someone else gives, for a while.
    Token(Arc<Grantor>),
}

/// How a token is got.
#[derive(Debug)]
pub(crate) enum Grantor {
    /// From an authorization server (RFC 6749).
    OAuth2(OAuth2),
    /// From Google, for a key that it knows.
    ServiceAccount(ServiceAccount),
}

impl Scheme {
    /// Puts on the request what is known before it is sent; for what is made at the last moment, a header that is shown
    /// masked stands there until then.
    pub(crate) fn prepare(&self, request: &mut Outgoing) -> Result<(), StepError> {
        match self {
            Self::None => {}
            Self::Basic { user, password } => {
                request.headers.insert(header::AUTHORIZATION, basic(user, password.reveal())?);
            }
            Self::Bearer(token) => {
                request.headers.insert(header::AUTHORIZATION, bearer(token.reveal())?);
            }
            Self::Headers(headers) => {
                for (name, secret) in headers {
                    request.headers.insert(name, secret_value(secret.reveal())?);
                }
            }
            Self::Query(pairs) => {
                request.url.query_pairs_mut().extend_pairs(pairs.iter().map(|(name, secret)| (name, secret.reveal())));
            }
            Self::Aws(_) | Self::Jwt(_) | Self::Token(_) => {
                request.headers.insert(header::AUTHORIZATION, secret_value("made at the last moment")?);
            }
        }
        Ok(())
    }

    /// Puts on a prepared request what only the moment of sending knows; gives what nobody else may learn of that.
    pub(super) fn complete(
        &self,
        request: &mut Outgoing,
        token: Option<&Secret>,
        now: Millis,
    ) -> Result<Option<Secret>, StepError> {
        let made = match self {
            Self::Aws(keys) => return keys.sign(request, now).map(Some),
            Self::Jwt(signer) => signer.token(now)?,
            Self::Token(_) => token.ok_or_else(incomplete)?.clone(),
            _ => return Ok(None),
        };
        request.headers.insert(header::AUTHORIZATION, bearer(made.reveal())?);
        Ok(Some(made))
    }

    /// Whether nothing is put on requests.
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// What hides the credential, and this token.
    pub(crate) fn mask(&self, token: Option<&Secret>) -> Mask {
        let mut secrets = self.secrets();
        secrets.extend(token.map(|token| token.reveal().to_owned()));
        let mask = Mask::over(secrets.iter().map(String::as_str));
        match self {
            Self::Query(pairs) => pairs.iter().fold(mask, |mask, (name, _)| mask.with_field(name)),
            _ => mask,
        }
    }

    fn secrets(&self) -> Vec<String> {
        let text = |secret: &Secret| secret.reveal().to_owned();
        match self {
            Self::None => Vec::new(),
            Self::Basic { user, password } => vec![text(password), pair(user, password.reveal())],
            Self::Bearer(token) => vec![text(token)],
            Self::Headers(headers) => headers.iter().map(|(_, secret)| text(secret)).collect(),
            Self::Query(pairs) => pairs.iter().map(|(_, secret)| text(secret)).collect(),
            Self::Aws(keys) => keys.secrets().map(text).collect(),
            Self::Jwt(signer) => signer.secrets().map(text).collect(),
            Self::Token(grantor) => grantor.secrets().into_iter().map(|secret| text(&secret)).collect(),
        }
    }
}

impl Grantor {
    fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::OAuth2(client) => client.secrets().cloned().collect(),
            Self::ServiceAccount(account) => vec![account.private_key()],
        }
    }
}

/// The value of `Authorization` for a user and password (RFC 7617).
pub(crate) fn basic(user: &str, password: &str) -> Result<HeaderValue, StepError> {
    secret_value(&format!("Basic {}", pair(user, password)))
}

fn pair(user: &str, password: &str) -> String {
    STANDARD.encode(format!("{user}:{password}"))
}

/// The value of `Authorization` for a token (RFC 6750 §2.1).
fn bearer(token: &str) -> Result<HeaderValue, StepError> {
    secret_value(&format!("Bearer {token}"))
}

/// A header's value that is never shown.
pub(super) fn secret_value(text: &str) -> Result<HeaderValue, StepError> {
    let mut value = HeaderValue::from_str(text).map_err(|_| incomplete())?;
    value.set_sensitive(true);
    Ok(value)
}
