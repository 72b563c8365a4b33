//! The generic signature check, whose every part the author sets.

use super::notation::Notation;
use super::signature_list::SignatureList;
use super::signed::{KeyForm, Signed};
use super::template;
use super::timestamp::{Time, Unit};
use super::{Algorithm, Fault, Incoming, Settings};
use serde_json::Value;
use std::borrow::Cow;
use std::time::Duration;

/// How far clocks may be apart where a signed time is named and nothing else is said.
const TOLERANCE: Duration = Duration::from_secs(300);

/// Checks the signature as the settings say.
pub(super) fn verify(settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
    let settings = with_file(settings)?;
    signed(&settings)?.verify(&settings, incoming)
}

/// What in the settings refuses every request, whatever the secret is.
pub(super) fn check(settings: &Settings) -> Result<(), Fault> {
    // What such a file says is known only once it is there.
    if settings.has("json") { Ok(()) } else { signed(settings).map(drop) }
}

/// The check that the settings describe.
pub(super) fn signed(settings: &Settings) -> Result<Signed<'_>, Fault> {
    settings.secrets("secret")?;
    let header = settings.text("header");
    let header = header.ok_or_else(|| Fault::bad_setting("header", "must name the header of the signature"))?;
    for setting in ["header", "timestamp", "id"] {
        if settings.text(setting).is_some_and(|name| !is_field_name(name)) {
            return Err(Fault::bad_setting(setting, "is no name of a header, so no request can have it"));
        }
    }
    let text = settings.text("signed").unwrap_or("{body}");
    if let Some(name) = template::unknown_name(text) {
        let names = template::NAMES.map(|name| format!("`{{{name}}}`")).join(", ");
        return Err(Fault::bad_setting("signed", &format!("has `{{{name}}}`, and there are only {names}")));
    }
    if !template::covers_body(text) {
        return Err(Fault::bad_setting("signed", "must contain `{body}`: else the body could be changed"));
    }
    let time = time(settings)?;
    if text.contains("{timestamp}") && time == Time::Nowhere {
        return Err(Fault::bad_setting("signed", "has `{timestamp}`, so `timestamp` must name the header of the time"));
    }
    let id = settings.text("id").filter(|_| text.contains("{id}")).unwrap_or_default();
    if text.contains("{id}") && id.is_empty() {
        return Err(Fault::bad_setting("signed", "has `{id}`, so `id` must name the header of the id"));
    }
    // A time that is not signed proves nothing, and anybody could change it.
    let tolerance = text.contains("{timestamp}").then_some(TOLERANCE);
    Ok(Signed {
        header,
        list: SignatureList::One(settings.text("prefix").unwrap_or_default()),
        algorithm: choice(settings, "algorithm", &Algorithm::NAMED, "sha256")?,
        notation: choice(settings, "encoding", &notations(), "hex")?,
        secret: "secret",
        key: KeyForm::Text,
        text,
        time,
        tolerance,
        id,
        version: None,
    })
}

/// The settings with what a JSON file says that the provider gave out (`json`). What is set beside it outweighs it.
pub(super) fn with_file(settings: &Settings) -> Result<Cow<'_, Settings>, Fault> {
    if !settings.has("json") {
        return Ok(Cow::Borrowed(settings));
    }
    let file: Option<Value> = serde_json::from_str(settings.required("json")?).ok();
    let Some(Value::Object(members)) = file else { return Err(Fault::bad_secret("json", "is no JSON object")) };
    let mut all = settings.clone();
    for (name, value) in members {
        let Some(setting) = setting_of(&name).filter(|setting| !settings.has(setting)) else { continue };
        if let Value::String(text) = value {
            all.add(setting, in_our_words(setting, &text).as_bytes());
        }
    }
    Ok(Cow::Owned(all))
}

/// The setting that a member of such a file is: names differ in case, in separators and in words around.
fn setting_of(name: &str) -> Option<&'static str> {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let plain = plain.strip_prefix("signature").or(plain.strip_prefix("signing")).unwrap_or(&plain);
    match plain {
        "secret" | "secretkey" | "key" | "value" | "hmackey" | "hmacsecret" | "sharedsecret" => Some("secret"),
        "header" | "headername" | "httpheader" => Some("header"),
        "algorithm" | "alg" | "algo" | "hashalgorithm" | "hmacalgorithm" => Some("algorithm"),
        "encoding" | "format" => Some("encoding"),
        "prefix" => Some("prefix"),
        _ => None,
    }
}

/// `HMAC-SHA256` and `HmacSHA256` are `sha256` here, `Base64` is `base64`.
fn in_our_words(setting: &str, text: &str) -> String {
    if !matches!(setting, "algorithm" | "encoding") {
        return text.to_owned();
    }
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    plain.strip_prefix("hmac").unwrap_or(&plain).to_owned()
}

/// Whether a header can be called so (RFC 9110 §5.1).
fn is_field_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn time(settings: &Settings) -> Result<Time<'_>, Fault> {
    let units = [("s", Unit::Seconds), ("ms", Unit::Millis)];
    let unit = choice(settings, "unit", &units, "s")?;
    Ok(settings.text("timestamp").map_or(Time::Nowhere, |header| Time::Header(header, unit)))
}

fn notations() -> [(&'static str, Notation); 3] {
    Notation::ALL.map(|notation| (notation.name(), notation))
}

fn choice<T: Copy>(settings: &Settings, setting: &str, known: &[(&str, T)], usual: &str) -> Result<T, Fault> {
    let name = settings.text(setting).unwrap_or(usual);
    let found = known.iter().find(|(one, _)| *one == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(one, _)| *one).collect();
        Fault::bad_setting(setting, &format!("is one of {}", names.join(", ")))
    })
}
