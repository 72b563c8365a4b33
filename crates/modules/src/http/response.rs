//! From an answer to a step's output.

use crate::client::{Download, Incoming};
use crate::mask::{Mask, header_text};
use crate::spec::invalid;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::{Encoding, UTF_8};
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// How to read a body.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ResponseAs {
    /// By the content type.
    #[default]
    Auto,
    /// As JSON, whatever it says.
    Json,
    /// As text in the charset it says, else UTF-8.
    Text,
    /// As bytes, in base64.
    Base64,
    /// As a file.
    File,
}

/// Which statuses are errors.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum ErrorStatuses {
    /// None.
    Word(Never),
    /// These.
    List(Vec<Statuses>),
}

/// The word for no status at all.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Never {
    /// No status is an error.
    Never,
}

/// One status, or a range of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Statuses {
    /// One status.
    One(u16),
    /// `500-599` or `5xx`.
    Range(String),
}

impl Default for ErrorStatuses {
    fn default() -> Self {
        Self::List(vec![Statuses::Range("400-599".to_owned())])
    }
}

/// Ranges of statuses, the first and the last of each.
pub(super) struct Ranges(Vec<(u16, u16)>);

impl ErrorStatuses {
    /// What is written there; an error is told before anything is sent.
    pub(super) fn read(&self) -> Result<Ranges, StepError> {
        let Self::List(list) = self else { return Ok(Ranges(Vec::new())) };
        let ranges = list.iter().map(|statuses| match statuses {
            Statuses::One(one) => Ok((*one, *one)),
            Statuses::Range(text) => range(text).ok_or_else(|| {
                invalid(format!("`{text}` in `errors` is no range of statuses")).hint("write `500-599` or `5xx`")
            }),
        });
        ranges.collect::<Result<_, _>>().map(Ranges)
    }
}

impl Ranges {
    pub(super) fn contain(&self, status: StatusCode) -> bool {
        self.0.iter().any(|(first, last)| (*first..=*last).contains(&status.as_u16()))
    }
}

/// `{status, headers, body}`. Secrets that the far side echoes do not come back in.
pub(super) fn output(answer: &Incoming, read_as: ResponseAs, mask: &Mask) -> Result<Value, StepError> {
    Ok(json!({
        "status": answer.status.as_u16(),
        "headers": headers(&answer.headers),
        "body": body(answer, read_as, mask)?,
    }))
}

/// The same for an answer whose body is a file.
pub(super) fn kept(download: &Download) -> Value {
    json!({ "status": download.status.as_u16(), "headers": headers(&download.headers), "body": download.file })
}

/// The answer's body by its content type, or as text where it is not what that says.
pub(crate) fn body_or_text(answer: &Incoming, mask: &Mask) -> Value {
    if answer.body.is_empty() {
        return Value::Null;
    }
    body(answer, ResponseAs::Auto, mask)
        .unwrap_or_else(|_| Value::String(without_secrets(String::from_utf8_lossy(&answer.body).into_owned(), mask)))
}

fn range(text: &str) -> Option<(u16, u16)> {
    if let Some(class) = text.strip_suffix("xx") {
        let class: u16 = class.parse().ok().filter(|class| (1..=5).contains(class))?;
        return Some((class * 100, class * 100 + 99));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}

/// Headers by lower-case name. Repeated ones are joined as RFC 9110 §5.3 allows; `set-cookie`, which it excepts, is
/// always a list.
pub(crate) fn headers(headers: &HeaderMap) -> Value {
    let mut map = Map::new();
    for name in headers.keys() {
        let values: Vec<String> = headers.get_all(name).iter().map(header_text).collect();
        let value = if name == header::SET_COOKIE { json!(values) } else { json!(values.join(", ")) };
        map.insert(name.as_str().to_owned(), value);
    }
    Value::Object(map)
}

fn body(answer: &Incoming, read_as: ResponseAs, mask: &Mask) -> Result<Value, StepError> {
    let (kind, charset) = content_type(&answer.headers);
    let read_as = match read_as {
        ResponseAs::Auto => by_type(&kind),
        chosen => chosen,
    };
    match read_as {
        // A file is never read whole.
        ResponseAs::Base64 | ResponseAs::File => Ok(Value::String(STANDARD.encode(&answer.body))),
        ResponseAs::Text => Ok(Value::String(without_secrets(decode(&answer.body, charset), mask))),
        ResponseAs::Json | ResponseAs::Auto if answer.body.trim_ascii().is_empty() => Ok(Value::Null),
        ResponseAs::Json | ResponseAs::Auto => {
            serde_json::from_str(&without_secrets(decode(&answer.body, charset), mask)).map_err(|error| {
                StepError::permanent("invalid_response", format!("the answer is not the JSON it should be: {error}"))
                    .status(answer.status.as_u16())
                    .hint("`response: text` takes it as it is")
            })
        }
    }
}

fn by_type(kind: &str) -> ResponseAs {
    let textual =
        ["application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/yaml"];
    if kind.ends_with("/json") || kind.ends_with("+json") {
        ResponseAs::Json
    } else if kind.starts_with("text/") || kind.ends_with("+xml") || textual.contains(&kind) {
        ResponseAs::Text
    } else {
        ResponseAs::Base64
    }
}

/// The media type, lower-case, and the charset it names.
fn content_type(headers: &HeaderMap) -> (String, Option<&'static Encoding>) {
    let text = headers.get(header::CONTENT_TYPE).map(header_text).unwrap_or_default();
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let charset = parts.find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"'))
    });
    (kind, charset.and_then(|label| Encoding::for_label(label.as_bytes())))
}

/// The text in this charset, a byte order mark aside; what is not valid in it becomes U+FFFD.
fn decode(body: &[u8], charset: Option<&'static Encoding>) -> String {
    charset.unwrap_or(UTF_8).decode(body).0.into_owned()
}

fn without_secrets(text: String, mask: &Mask) -> String {
    if mask.finds(&text) { mask.text(&text) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn check(kind: &'static str, body: &'static [u8], read_as: ResponseAs, expected: Result<Value, &str>) {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(kind))]);
        let answer = Incoming { status: StatusCode::OK, headers, body: body.into() };
        let output = output(&answer, read_as, &Mask::over(["supersecret"])).map(|output| output["body"].clone());
        assert_eq!(output.map_err(|error| error.code), expected.map_err(str::to_owned), "{kind}");
    }

    #[test]
    fn a_body_is_read_by_its_type() {
        use ResponseAs::{Auto, Base64, Json, Text};
        check("application/json", b"{\"a\":[1,2.5]}", Auto, Ok(json!({"a": [1, 2.5]})));
        check("application/problem+json; charset=utf-8", b"1", Auto, Ok(json!(1)));
        check("application/json", b" ", Auto, Ok(Value::Null));
        check("application/json", b"<html>", Auto, Err("invalid_response"));
        check("application/json", b"\xef\xbb\xbf{}", Auto, Ok(json!({})));
        check("application/json", b"{", Text, Ok(json!("{")));
        check("text/html; charset=\"ISO-8859-1\"", b"caf\xe9", Auto, Ok(json!("café")));
        check("text/plain", "日本".as_bytes(), Auto, Ok(json!("日本")));
        check("application/atom+xml", b"<a/>", Auto, Ok(json!("<a/>")));
        check("image/png", b"\x89PNG", Auto, Ok(json!("iVBORw==")));
        check("", b"x", Auto, Ok(json!("eA==")));
        check("text/plain", b"[1]", Json, Ok(json!([1])));
        check("text/plain", b"x", Base64, Ok(json!("eA==")));
        check("text/plain", b"you sent supersecret", Auto, Ok(json!("you sent •••")));
    }

    #[test]
    fn errors_are_statuses_and_ranges() {
        let check = |errors: Value, status: u16, expected: Result<bool, &str>| {
            let errors: ErrorStatuses = serde_json::from_value(errors).unwrap();
            let found = errors.read().map(|errors| errors.contain(StatusCode::from_u16(status).unwrap()));
            assert_eq!(found.map_err(|error| error.code), expected.map_err(str::to_owned));
        };
        check(json!("never"), 500, Ok(false));
        check(json!([404, "500-599"]), 404, Ok(true));
        check(json!([404, "500-599"]), 403, Ok(false));
        check(json!([404, "500-599"]), 503, Ok(true));
        check(json!(["5xx"]), 599, Ok(true));
        check(json!(["4xx"]), 500, Ok(false));
        check(json!([]), 500, Ok(false));
        check(json!(["some"]), 500, Err("invalid_parameters"));
        let usual = ErrorStatuses::default().read().unwrap();
        assert!(usual.contain(StatusCode::BAD_REQUEST) && !usual.contain(StatusCode::from_u16(399).unwrap()));
    }

    #[test]
    fn repeated_headers_are_joined_but_cookies() {
        let mut map = HeaderMap::new();
        for (name, value) in [("x-a", "1"), ("x-a", "2"), ("set-cookie", "a=1"), ("set-cookie", "b=2")] {
            map.append(name, HeaderValue::from_static(value));
        }
        assert_eq!(headers(&map), json!({"x-a": "1, 2", "set-cookie": ["a=1", "b=2"]}));
    }
}
