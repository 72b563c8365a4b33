//! A request in the words of other programs, to be pasted: what is in it stays data there, whatever it is.

use super::record::Record;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use std::borrow::Cow;
use std::fmt::Write;

/// Header fields that every client makes itself, for its own connection (RFC 9110 §7.6.1).
const OWN: [&str; 8] =
    ["host", "content-length", "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"];

/// In which words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A `curl` command for a POSIX shell.
    Curl,
    /// An HTTPie command for a POSIX shell.
    Httpie,
    /// A call of `fetch` in JavaScript.
    Fetch,
    /// The request itself (RFC 9112).
    Http,
}

impl Form {
    /// The form of this name.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "curl" => Self::Curl,
            "httpie" => Self::Httpie,
            "fetch" => Self::Fetch,
            "http" => Self::Http,
            _ => return None,
        })
    }
}

/// Why a request cannot be said in these words.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Uncopiable {
    /// The program would take the method for something else, such as an option.
    #[error("the method {0:?} is not all capital letters, so a command could not say it safely: take `as/http`")]
    Method(String),
    /// The program would take the header field for an option.
    #[error(
        "the header field {0:?} begins as an option does, so HTTPie would take it for one: take `as/curl` or `as/http`"
    )]
    Header(String),
}

/// What is copied.
struct Parts<'r> {
    method: &'r str,
    url: String,
    target: &'r str,
    headers: Vec<(&'r str, Cow<'r, str>)>,
    body: Cow<'r, [u8]>,
}

/// The request in these words; `base` is the server's address without a final slash. Credentials are masked.
pub(crate) fn copy(record: &Record<'_>, base: &str, form: Form) -> Result<Vec<u8>, Uncopiable> {
    if form != Form::Http && !record.method.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Uncopiable::Method(record.method.to_string()));
    }
    let shown = record.shown();
    let headers = record.headers.iter().filter(|(name, _)| !OWN.contains(&name.to_ascii_lowercase().as_str()));
    let headers = headers.filter(|(name, _)| shown.is_as_sent || !name.eq_ignore_ascii_case("content-encoding"));
    let parts = Parts {
        method: &record.method,
        url: format!("{base}{}", record.target),
        target: &record.target,
        headers: headers.map(|(name, value)| (&**name, value.text())).collect(),
        body: shown.bytes,
    };
    Ok(match form {
        Form::Curl => curl(&parts).into_bytes(),
        Form::Httpie => httpie(&parts)?.into_bytes(),
        Form::Fetch => fetch(&parts).into_bytes(),
        Form::Http => http(&parts, base),
    })
}

fn curl(parts: &Parts<'_>) -> String {
    // Braces and brackets in an address mean something to curl unless it is told otherwise.
    let mut command = format!("curl --globoff -X {} {}", shell(parts.method), shell(&parts.url));
    for (name, value) in &parts.headers {
        // A field without a value is taken for one that is to be left out, unless it ends so.
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        let _ = write!(command, " \\\n  -H {}", shell(&field));
    }
    if parts.body.is_empty() {
        return command + "\n";
    }
    if !parts.has("content-type") {
        command.push_str(" \\\n  -H 'content-type:'");
    }
    match text(&parts.body) {
        // Not `--data`: that would read a file where the body begins with `@`.
        Some(body) => format!("{command} \\\n  --data-raw {}\n", shell(body)),
        None => format!("{}{command} \\\n  --data-binary @-\n", decoded(&parts.body)),
    }
}

fn httpie(parts: &Parts<'_>) -> Result<String, Uncopiable> {
    if let Some((name, _)) = parts.headers.iter().find(|(name, _)| name.starts_with('-')) {
        return Err(Uncopiable::Header((*name).to_owned()));
    }
    let mut command = format!("http {} {}", shell(parts.method), shell(&parts.url));
    for (name, value) in &parts.headers {
        // `:=` and `:@` would mean other things than a header field.
        let escape = if value.starts_with(['=', '@']) { "\\" } else { "" };
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}:{escape}{value}") };
        let _ = write!(command, " \\\n  {}", shell(&field));
    }
    Ok(match text(&parts.body) {
        Some("") => format!("{command} \\\n  --ignore-stdin\n"),
        // In one word: a body that begins with `-` would be an option of its own.
        Some(body) => format!("{command} \\\n  --ignore-stdin {}\n", shell(&format!("--raw={body}"))),
        None => format!("{}{command}\n", decoded(&parts.body)),
    })
}

fn fetch(parts: &Parts<'_>) -> String {
    let mut call = format!("await fetch({}, {{\n  method: {},\n", script(&parts.url), script(parts.method));
    call.push_str("  headers: [\n");
    for (name, value) in &parts.headers {
        let _ = writeln!(call, "    [{}, {}],", script(name), script(value));
    }
    call.push_str("  ],\n");
    match text(&parts.body) {
        Some("") => {}
        Some(body) => _ = writeln!(call, "  body: {},", script(body)),
        None => {
            let encoded = BASE64_STANDARD.encode(&parts.body);
            let _ = writeln!(call, "  body: Uint8Array.from(atob(\"{encoded}\"), (c) => c.charCodeAt(0)),");
        }
    }
    call + "});\n"
}

fn http(parts: &Parts<'_>, base: &str) -> Vec<u8> {
    let host = base.split_once("://").map_or(base, |(_, rest)| rest);
    let host = host.split('/').next().unwrap_or_default();
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\n", parts.method, parts.target);
    for (name, value) in &parts.headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", parts.body.len());
    let mut request = head.into_bytes();
    request.extend_from_slice(&parts.body);
    request
}

impl Parts<'_> {
    fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

/// A word of a POSIX shell that means itself: nothing but a quote ends it.
fn shell(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A text of JavaScript that stays one in a page, too.
fn script(text: &str) -> String {
    serde_json::Value::from(text)
        .to_string()
        .replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

/// The beginning of a command that is given these bytes.
fn decoded(bytes: &[u8]) -> String {
    format!("printf %s {} | base64 -d | ", BASE64_STANDARD.encode(bytes))
}

/// The bytes as a text that can stand in a command; a shell cannot hand on a NUL.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests;
