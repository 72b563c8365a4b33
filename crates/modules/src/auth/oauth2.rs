//! The client's side of OAuth 2: what is sent to a token endpoint, and what its answer means (RFC 6749; PKCE: RFC 7636).

use crate::client::{Bounds, Client, Incoming, Outgoing, USER_AGENT};
use crate::connections::{Secret, incomplete};
use crate::guard::Trust;
use crate::mask::{Mask, preview};
use crate::status::status_error;
use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::error::{Recovery, StepError};
use run::id::Millis;
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// The longest answer of a token endpoint, in bytes.
const MAX_ANSWER: u64 = 64 * 1024;

/// How long a token endpoint may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How much of a refusal is told, in bytes.
const EXCERPT: usize = 200;

/// A token that lasts longer, in seconds, is taken to end then: no provider means a century.
const LONGEST: i64 = 10 * 366 * 24 * 3600;

/// A client of an authorization server.
#[derive(Clone, Debug)]
pub(crate) struct OAuth2 {
    /// How it comes to its first token.
    pub(crate) grant: Grant,
    /// Where people allow it to act for them.
    pub(crate) authorize: Option<Url>,
    /// Where tokens are given.
    pub(crate) token: Url,
    /// What it asks to be allowed.
    pub(crate) scopes: Vec<String>,
    /// Further parameters: of the authorization's URL, and of the request for a token where nobody is asked.
    pub(crate) extra: Vec<(String, String)>,
    /// How it says who it is.
    pub(crate) client: ClientAuth,
    /// Its name.
    pub(crate) client_id: String,
    /// Its password; a public client has none.
    pub(crate) client_secret: Option<Secret>,
    /// What was allowed elsewhere, to begin with.
    pub(crate) refresh_token: Option<Secret>,
}

/// How a client comes to its first token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grant {
    /// Someone allows it in a browser (RFC 6749 §4.1).
    AuthorizationCode,
    /// By its own credentials (RFC 6749 §4.4).
    ClientCredentials,
}

/// How a client says who it is (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClientAuth {
    /// Among the fields of the form.
    Body,
    /// As basic authentication.
    Basic,
}

/// What a token endpoint gave.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    pub(super) access: Secret,
    /// None: not told.
    pub(super) ends: Option<Millis>,
    /// None: what there was before stays.
    pub(super) refresh: Option<Secret>,
    /// When the refresh token ends, where that is told.
    pub(super) refresh_ends: Option<Millis>,
}

/// What someone allowed in a browser.
#[derive(Clone, Debug)]
pub struct Code {
    /// What the authorization server handed over.
    pub code: Secret,
    /// What proves that it was asked from here.
    pub verifier: Secret,
    /// Where it was handed over.
    pub redirect: Url,
}

impl OAuth2 {
    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.client_secret, &self.refresh_token].into_iter().flatten()
    }

    /// Where someone is to allow it: back to `redirect`, for whoever knows `state` and the verifier.
    pub(crate) fn authorization(&self, redirect: &Url, state: &str, verifier: &Secret) -> Option<Url> {
        let mut url = self.authorize.clone()?;
        let challenge = digest::digest(&digest::SHA256, verifier.reveal().as_bytes());
        let mut pairs = url.query_pairs_mut();
        pairs.append_pair("response_type", "code");
        pairs.append_pair("client_id", &self.client_id);
        pairs.append_pair("redirect_uri", redirect.as_str());
        if !self.scopes.is_empty() {
            pairs.append_pair("scope", &self.scopes.join(" "));
        }
        pairs.append_pair("state", state);
        pairs.append_pair("code_challenge", &URL_SAFE_NO_PAD.encode(challenge));
        pairs.append_pair("code_challenge_method", "S256");
        pairs.extend_pairs(&self.extra);
        drop(pairs);
        Some(url)
    }

    /// A token for what someone allowed.
    pub(super) async fn redeem(&self, client: &Client, code: &Code, now: Millis) -> Result<Granted, StepError> {
        let mut form = Form::of("authorization_code");
        form.secret("code", &code.code).secret("code_verifier", &code.verifier);
        form.field("redirect_uri", code.redirect.as_str());
        self.ask(client, form, now).await
    }

    /// A token by its own credentials.
    pub(super) async fn by_credentials(&self, client: &Client, now: Millis) -> Result<Granted, StepError> {
        let mut form = Form::of("client_credentials");
        if !self.scopes.is_empty() {
            form.field("scope", &self.scopes.join(" "));
        }
        for (name, value) in &self.extra {
            form.field(name, value);
        }
        self.ask(client, form, now).await
    }

    /// A new token for an old one (RFC 6749 §6).
    pub(super) async fn refresh(&self, client: &Client, token: &Secret, now: Millis) -> Result<Granted, StepError> {
        let mut form = Form::of("refresh_token");
        form.secret("refresh_token", token);
        self.ask(client, form, now).await
    }

    async fn ask(&self, client: &Client, mut form: Form, now: Millis) -> Result<Granted, StepError> {
        let mut authorization = None;
        match (self.client, &self.client_secret) {
            (ClientAuth::Basic, Some(secret)) => {
                authorization = Some(super::scheme::basic(&encoded(&self.client_id), &encoded(secret.reveal()))?);
            }
            (_, secret) => {
                form.field("client_id", &self.client_id);
                if let Some(secret) = secret {
                    form.secret("client_secret", secret);
                }
            }
        }
        form.secrets.extend(self.client_secret.clone());
        ask(client, &self.token, form, authorization, now).await
    }
}

/// What is sent to a token endpoint, and what of it is secret.
pub(super) struct Form {
    pairs: Vec<(String, String)>,
    secrets: Vec<Secret>,
}

impl Form {
    pub(super) fn of(grant_type: &str) -> Self {
        Self { pairs: vec![("grant_type".to_owned(), grant_type.to_owned())], secrets: Vec::new() }
    }

    fn field(&mut self, name: &str, value: &str) -> &mut Self {
        self.pairs.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(super) fn secret(&mut self, name: &str, value: &Secret) -> &mut Self {
        self.secrets.push(value.clone());
        self.field(name, value.reveal())
    }
}

/// Asks a token endpoint.
pub(super) async fn ask(
    client: &Client,
    endpoint: &Url,
    form: Form,
    authorization: Option<HeaderValue>,
    now: Millis,
) -> Result<Granted, StepError> {
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded")),
        // Some answer with a form unless they are asked for JSON.
        (header::ACCEPT, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
    ]);
    headers.extend(authorization.map(|value| (header::AUTHORIZATION, value)));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.pairs).finish();
    let request = Outgoing { method: Method::POST, url: endpoint.clone(), headers, body: body.into() };
    let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: PATIENCE };
    // The operator wrote where it is.
    let trust = Trust { endpoint: Some(endpoint), ..Trust::default() };
    let answer = client.send(request, trust, bounds).await?;
    let mask = Mask::over(form.secrets.iter().map(Secret::reveal));
    granted(&answer, now, &mask)
}

fn granted(answer: &Incoming, now: Millis, mask: &Mask) -> Result<Granted, StepError> {
    let told: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    // Some refuse with a status that says that all is well.
    if !answer.status.is_success() || told.get("error").is_some_and(|error| !error.is_null()) {
        return Err(refusal(answer, &told, now, mask));
    }
    let text = |name: &str| told[name].as_str().filter(|text| !text.is_empty()).map(Secret::new);
    let time = |names: &[&str]| names.iter().find_map(|name| seconds(&told[name])).map(|seconds| now + seconds * 1000);
    let access = text("access_token")
        .filter(|token| HeaderValue::from_str(token.reveal()).is_ok())
        .ok_or_else(|| StepError::passing("token_refused", "the token endpoint answered without a token"))?;
    Ok(Granted {
        access,
        ends: time(&["expires_in"]),
        refresh: text("refresh_token"),
        refresh_ends: time(&["refresh_token_expires_in", "refresh_expires_in"]),
    })
}

/// A number of seconds, which some write as a text.
fn seconds(value: &Value) -> Option<i64> {
    let number = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64));
    let number = number.or_else(|| value.as_str()?.parse().ok())?;
    Some(number.clamp(0, LONGEST))
}

fn refusal(answer: &Incoming, told: &Value, now: Millis, mask: &Mask) -> StepError {
    let mut error = status_error(answer, now, mask);
    error.code = "token_refused".to_owned();
    // RFC 6749 §5.2: a word, and a sentence for people.
    let word = told["error"].as_str().or_else(|| told["error"]["message"].as_str());
    if let Some(word) = word {
        let about = told["error_description"].as_str().map(|about| format!(": {about}")).unwrap_or_default();
        let text = mask.text(&format!("{word}{about}"));
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        error.message = format!("{} ({})", preview(&text, EXCERPT), answer.status.as_u16());
        if matches!(word, "temporarily_unavailable" | "slow_down" | "server_error") {
            error.recovery = Recovery::Retry;
        }
    }
    error.message = format!("no access token: {}", error.message);
    let hint = match word {
        Some("invalid_grant") => "authorize the connection again",
        Some("invalid_client" | "unauthorized_client") => "check `client_id` and `client_secret`",
        Some("invalid_scope") => "check the scopes of the connection",
        _ => "check the credentials of the connection, and this machine's clock",
    };
    error.hint(hint)
}

/// RFC 6749 §2.3.1 has the parts of basic authentication written as in a form.
fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The refusal to do anything before someone has allowed it.
pub(super) fn unauthorized(connection: &str) -> StepError {
    StepError::permanent("not_authorized", format!("nobody has authorized the connection `{connection}` yet"))
        .hint("open it in the editor and authorize it")
}

/// The refusal to ask for what the connection cannot be asked for.
pub(super) fn unfit() -> StepError {
    StepError { message: "the connection is none that somebody authorizes in a browser".to_owned(), ..incomplete() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::StatusCode;
    use serde_json::json;

    fn client() -> OAuth2 {
        OAuth2 {
            grant: Grant::AuthorizationCode,
            authorize: Some(Url::parse("https://login.example.com/authorize?tenant=1").unwrap()),
            token: Url::parse("https://login.example.com/token").unwrap(),
            scopes: vec!["read".to_owned(), "write".to_owned()],
            extra: vec![("prompt".to_owned(), "consent".to_owned())],
            client: ClientAuth::Body,
            client_id: "mill".to_owned(),
            client_secret: Some(Secret::new("hunter22")),
            refresh_token: None,
        }
    }

    /// The verifier and challenge of RFC 7636, appendix B.
    #[test]
    fn people_are_sent_with_a_challenge() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        let redirect = Url::parse("https://mill.example.com/oauth/callback").unwrap();
        let url = client().authorization(&redirect, "st", &verifier).unwrap();
        let expected = "https://login.example.com/authorize?tenant=1&response_type=code&client_id=mill\
            &redirect_uri=https%3A%2F%2Fmill.example.com%2Foauth%2Fcallback&scope=read+write&state=st\
            &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=consent";
        assert_eq!(url.as_str(), expected);
    }

    fn answered(status: u16, body: &Value) -> Result<Granted, StepError> {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Incoming { status, headers: HeaderMap::new(), body: body.to_string().into() };
        granted(&answer, 1_000, &Mask::over(["hunter22"]))
    }

    #[test]
    fn a_token_ends_when_it_is_said_to() {
        let ends = |value: Value| answered(200, &json!({ "access_token": "t", "expires_in": value })).unwrap().ends;
        assert_eq!(ends(json!(3600)), Some(3_601_000));
        assert_eq!(ends(json!("60")), Some(61_000));
        assert_eq!(ends(json!(-5)), Some(1_000));
        assert_eq!(ends(Value::Null), None);
        assert!(ends(json!(i64::MAX)).is_some_and(|ends| ends < 400_000_000_000_000));
    }

    #[test]
    fn a_refusal_is_one_whatever_its_status_and_tells_no_secret() {
        for (status, word, recovery) in [
            (400, "invalid_grant", Recovery::Permanent),
            (200, "bad_verification_code", Recovery::Permanent),
            (400, "slow_down", Recovery::Retry),
            (503, "server_error", Recovery::Retry),
        ] {
            let told = json!({ "error": word, "error_description": "you sent\nhunter22" });
            let error = answered(status, &told).unwrap_err();
            assert_eq!((error.code.as_str(), error.recovery), ("token_refused", recovery), "{word}");
            assert_eq!(error.message, format!("no access token: {word}: you sent ••• ({status})"));
        }
        let odd = answered(200, &json!({ "access_token": "a\nb" })).unwrap_err();
        assert_eq!((odd.code.as_str(), odd.recovery), ("token_refused", Recovery::Retry));
    }
}
