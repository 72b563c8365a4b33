//! What people may see of a request: everything but its secrets.

use crate::client::{Body, Outgoing};
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::call::Outcome;
use scenario::secret;
pub(crate) use scenario::secret::MASK;
use serde_json::{Map, Value, json};
use url::{Position, Url};

/// How much of a body is shown, in bytes.
const PREVIEW: usize = 4096;

/// Secrets shorter than this are masked by the name of their field only: replacing them everywhere would garble
/// more than it hides.
const SHORTEST: usize = 6;

/// Secret texts of one call, replaced wherever they appear.
#[derive(Clone, Default)]
pub(crate) struct Mask {
    secrets: secret::Mask,
    /// As a form writes them.
    fields: Vec<String>,
}

impl Mask {
    /// A mask over these secrets, also where they stand in a URL or a form.
    pub(crate) fn over<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST);
        Self { secrets: secret::Mask::over(secrets), fields: Vec::new() }
    }

    /// The same, hiding also whatever the query has under this name.
    #[must_use]
    pub(crate) fn with_field(mut self, name: &str) -> Self {
        self.fields.push(url::form_urlencoded::byte_serialize(name.as_bytes()).collect());
        self
    }

    /// Whether the text holds a secret.
    pub(crate) fn finds(&self, text: &str) -> bool {
        self.secrets.finds(text)
    }

    /// The text without secrets.
    pub(crate) fn text(&self, text: &str) -> String {
        self.secrets.text(text)
    }

    /// What a call gave, without secrets: far sides tell back what they were told.
    pub(crate) fn outcome(&self, outcome: Outcome) -> Outcome {
        outcome.masked(&self.secrets)
    }

    /// The request as people may see it: method, URL, headers, and the beginning of the body.
    pub(crate) fn request(&self, request: &Outgoing) -> Value {
        json!({
            "method": request.method.as_str(),
            "url": self.text(&masked_url(&request.url, &self.fields)),
            "headers": self.headers(&request.headers),
            "body": self.body(request),
        })
    }

    fn headers(&self, headers: &HeaderMap) -> Value {
        let shown = headers.iter().map(|(name, value)| {
            let hidden = value.is_sensitive() || is_secret_name(name.as_str());
            let text = if hidden { MASK.to_owned() } else { self.text(&header_text(value)) };
            (name.as_str().to_owned(), Value::String(text))
        });
        Value::Object(shown.collect::<Map<_, _>>())
    }

    fn body(&self, request: &Outgoing) -> Value {
        let bytes = match &request.body {
            Body::Bytes(bytes) if bytes.is_empty() => return Value::Null,
            Body::Bytes(bytes) => bytes,
            Body::Pieces(pieces) => {
                let mut shown = pieces.shown.clone();
                mask_fields(&mut shown);
                return self.secrets.value(shown);
            }
        };
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Value::String(format!("{} bytes that are not text", bytes.len()));
        };
        let kind = request.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let shown = if kind.starts_with(b"application/x-www-form-urlencoded") {
            masked_pairs(text, &[])
        } else if let Ok(mut value) = serde_json::from_str::<Value>(text) {
            mask_fields(&mut value);
            value.to_string()
        } else {
            text.to_owned()
        };
        Value::String(preview(&self.text(&shown), PREVIEW))
    }
}

/// The beginning of a text, at most this many bytes, with a sign that more follows.
pub(crate) fn preview(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let mut shown = text[..text.floor_char_boundary(limit)].to_owned();
    shown.push('…');
    shown
}

/// A header's value as text; Latin-1 where it is not UTF-8 (RFC 9110 §5.5).
pub(crate) fn header_text(value: &HeaderValue) -> String {
    match std::str::from_utf8(value.as_bytes()) {
        Ok(text) => text.to_owned(),
        Err(_) => value.as_bytes().iter().map(|&byte| char::from(byte)).collect(),
    }
}

fn masked_url(url: &Url, fields: &[String]) -> String {
    let before_query = match url.password() {
        Some(_) => {
            format!("{}{MASK}{}", &url[..Position::BeforePassword], &url[Position::AfterPassword..Position::AfterPath])
        }
        None => url[..Position::AfterPath].to_owned(),
    };
    let query = url.query().map(|query| format!("?{}", masked_pairs(query, fields))).unwrap_or_default();
    let fragment = url.fragment().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{before_query}{query}{fragment}")
}

/// `a=1&token=•••`: the pairs of a query or a form, as they were written but for secrets.
fn masked_pairs(pairs: &str, fields: &[String]) -> String {
    let masked = pairs.split('&').map(|pair| {
        let name = pair.split_once('=').map_or(pair, |(name, _)| name);
        if pair != name && (is_secret_name(name) || fields.iter().any(|field| field == name)) {
            format!("{name}={MASK}")
        } else {
            pair.to_owned()
        }
    });
    masked.collect::<Vec<_>>().join("&")
}

fn mask_fields(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                if is_secret_name(name) && !field.is_null() {
                    *field = MASK.into();
                } else {
                    mask_fields(field);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask_fields),
        _ => {}
    }
}

/// Whether a header, query or body field of this name holds a secret, as far as names tell.
fn is_secret_name(name: &str) -> bool {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
    let parts = ["token", "secret", "password", "passwd", "apikey", "accesskey", "privatekey", "authorization"];
    parts.iter().any(|part| name.contains(part))
        || ["signature", "credential"].iter().any(|part| name.ends_with(part))
        || ["cookie", "setcookie", "key", "xauth", "xauthkey", "auth"].contains(&name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_urls_are_masked() {
        let check = |text: &str, expected: &str| {
            assert_eq!(masked_url(&Url::parse(text).unwrap(), &["k".to_owned()]), expected)
        };
        check("https://a:geheim@example.com:81/x", "https://a:•••@example.com:81/x");
        check("https://a@example.com/x?", "https://a@example.com/x?");
        check(
            "https://example.com/?q=%201&api_key=abc&token=x&k=1#f",
            "https://example.com/?q=%201&api_key=•••&token=•••&k=•••#f",
        );
        check("https://example.com/?idempotency-key=1&token", "https://example.com/?idempotency-key=1&token");
    }

    #[test]
    fn secrets_in_bodies_are_masked_by_name_and_by_value() {
        let check = |kind: &'static str, body: &'static [u8], expected: Value| {
            let request = Outgoing {
                method: reqwest::Method::POST,
                url: Url::parse("https://example.com").unwrap(),
                headers: HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]),
                body: body.into(),
            };
            assert_eq!(Mask::over(["hunter2 hunter2"]).request(&request)["body"], expected);
        };
        let json = br#"{"user":{"name":"a","Access-Token":"x"},"note":"hunter2 hunter2!"}"#;
        check("application/json", json, json!(r#"{"user":{"name":"a","Access-Token":"•••"},"note":"•••!"}"#));
        check("application/x-www-form-urlencoded", b"a=hunter2+hunter2&password=x", json!("a=•••&password=•••"));
        check("text/plain", b"hunter2 hunter2", json!("•••"));
        check("application/octet-stream", b"\xff\xfe", json!("2 bytes that are not text"));
        check("text/plain", b"", Value::Null);
    }

    #[test]
    fn a_preview_ends_between_characters() {
        assert_eq!(preview("aéé", 2), "a…");
        assert_eq!(preview("aé", 3), "aé");
    }
}
