//! What providers ask before or between events, and what they are answered. No handshake starts a run, and none signs
//! or shows for a caller what the caller could not have made.

use super::constant_time::is_one_of;
use super::notation::Notation;
use super::{Algorithm, Fault, Incoming, Settings};
use scenario::secret::Secret;
use serde_json::{Value, json};

/// How a provider makes sure that someone listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// It does not.
    None,
    /// With a `HEAD` request.
    Head,
    /// With a signed event of this name in this header.
    Event(&'static str, &'static str),
    /// As [`Event`](Self::Event), with no need of a signature: it has nothing in it and starts nothing.
    Notice(&'static str, &'static str),
    /// With a signed `url_verification` whose challenge is sent back (Slack).
    Challenge,
    /// With a `GET` that has a token and a challenge (Meta).
    Subscribe,
    /// With a signed token that is to be signed (Zoom).
    SignToken,
    /// With a `GET` whose parameter of this name is sent back.
    EchoOnGet(&'static str),
    /// With a `POST` whose parameter of this name is sent back.
    EchoOnPost(&'static str),
    /// With a signed `{"type":1}` (Discord).
    Ping,
    /// With a signed batch in which the list of this name is empty.
    EmptyList(&'static str),
    /// With a token that is to be kept for the author, who sets it as the secret (Notion).
    KeepToken,
}

/// The answer to a handshake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Greeting {
    /// 200, or 403 where the handshake was not passed.
    pub status: u16,
    /// The type of the body.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
    /// What has to be done before it is answered.
    pub effect: Option<Effect>,
}

/// What a handshake asks for besides its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Keep this, if nothing is kept yet, and show it to the author of the webhook. Anyone may have sent it, so it
    /// verifies nothing until the author has set it as the secret.
    Keep(Secret),
}

/// Echoed texts are never longer, in bytes.
const LONGEST_ECHO: usize = 1_024;

const PLAIN: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

impl Handshake {
    /// Methods that a webhook has to take for it besides `POST`.
    pub fn methods(self) -> &'static [&'static str] {
        match self {
            Self::Head => &["HEAD"],
            Self::Subscribe | Self::EchoOnGet(_) => &["GET"],
            _ => &[],
        }
    }

    /// The answer, where the request is a handshake that may be answered. `verdict` is what its verification said.
    pub(crate) fn answer(
        self,
        settings: &Settings,
        incoming: &Incoming<'_>,
        verdict: &Result<(), Fault>,
    ) -> Option<Greeting> {
        let method = |wanted: &str| incoming.method.eq_ignore_ascii_case(wanted);
        match self {
            Self::None => None,
            Self::Head => method("HEAD").then(|| Greeting::plain("")),
            Self::Subscribe => method("GET").then(|| subscribe(settings, incoming)),
            Self::EchoOnGet(name) => method("GET").then(|| echo(incoming, name)).flatten(),
            Self::EchoOnPost(name) => method("POST").then(|| echo(incoming, name)).flatten(),
            Self::Notice(header, event) => (incoming.first(header) == Some(event)).then(|| Greeting::plain("")),
            Self::KeepToken => keep_token(settings, incoming),
            // The others carry a signature, and are answered only where it is right.
            _ if verdict.is_err() => None,
            Self::Event(header, event) => (incoming.first(header) == Some(event)).then(|| Greeting::plain("")),
            Self::Challenge => challenge(incoming),
            Self::SignToken => sign_token(settings, incoming),
            Self::Ping => {
                (json_body(incoming)?.get("type")?.as_i64() == Some(1)).then(|| Greeting::json(&json!({ "type": 1 })))
            }
            Self::EmptyList(name) => {
                json_body(incoming)?.get(name)?.as_array()?.is_empty().then(|| Greeting::plain(""))
            }
        }
    }
}

impl Greeting {
    /// A text that no browser takes for something else.
    fn plain(body: &str) -> Self {
        Self { status: 200, content_type: PLAIN, body: body.to_owned(), effect: None }
    }

    fn json(body: &Value) -> Self {
        Self { content_type: JSON, body: body.to_string(), ..Self::plain("") }
    }

    fn refused(status: u16) -> Self {
        Self { status, ..Self::plain("") }
    }
}

fn json_body(incoming: &Incoming<'_>) -> Option<Value> {
    serde_json::from_slice(incoming.body).ok()
}

/// A parameter of the query, sent back. What is too long was made by someone else.
fn echo(incoming: &Incoming<'_>, name: &str) -> Option<Greeting> {
    let text = incoming.parameters(name).next()?;
    Some(if text.len() <= LONGEST_ECHO { Greeting::plain(&text) } else { Greeting::refused(400) })
}

fn subscribe(settings: &Settings, incoming: &Incoming<'_>) -> Greeting {
    let parameter = |name: &str| incoming.parameters(name).next().unwrap_or_default();
    let accepted: Vec<&[u8]> = settings.all("verify_token").collect();
    let knows = is_one_of(parameter("hub.verify_token").as_bytes(), accepted);
    if parameter("hub.mode") != "subscribe" || !knows {
        return Greeting::refused(403);
    }
    echo(incoming, "hub.challenge").unwrap_or_else(|| Greeting::refused(400))
}

fn challenge(incoming: &Incoming<'_>) -> Option<Greeting> {
    let body = json_body(incoming)?;
    if body.get("type")?.as_str()? != "url_verification" {
        return None;
    }
    let text = body.get("challenge")?.as_str()?;
    Some(if text.len() <= LONGEST_ECHO { Greeting::plain(text) } else { Greeting::refused(400) })
}

/// The token is signed with the key that signs events. Only what cannot be the text of an event is: a token of these
/// characters has no colon, which every signed text has.
fn sign_token(settings: &Settings, incoming: &Incoming<'_>) -> Option<Greeting> {
    let body = json_body(incoming)?;
    if body.get("event")?.as_str()? != "endpoint.url_validation" {
        return None;
    }
    let token = body.get("payload")?.get("plainToken")?.as_str()?;
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if token.is_empty() || token.len() > 64 || !token.bytes().all(harmless) {
        return Some(Greeting::refused(400));
    }
    let key = settings.all("secret").next()?;
    let code = Algorithm::HmacSha256.code(key, token.as_bytes())?;
    Some(Greeting::json(&json!({ "plainToken": token, "encryptedToken": Notation::Hex.write(&code) })))
}

/// Only while the webhook has no secret: whoever comes later could set one.
fn keep_token(settings: &Settings, incoming: &Incoming<'_>) -> Option<Greeting> {
    if settings.all("secret").next().is_some() || !incoming.method.eq_ignore_ascii_case("POST") {
        return None;
    }
    let body = json_body(incoming)?;
    let token = body.get("verification_token")?.as_str().filter(|token| !token.trim().is_empty())?;
    if token.len() > LONGEST_ECHO {
        return Some(Greeting::refused(400));
    }
    Some(Greeting { effect: Some(Effect::Keep(Secret::new(token))), ..Greeting::plain("") })
}
