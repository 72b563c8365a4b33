//! A request in the words of other programs, to be pasted: what is in it stays data there, whatever it is.

use super::record::Record;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use memchr::memmem;
use scenario::secret::MASK;
use std::borrow::Cow;
use std::fmt::Write;

/// Header fields that every client makes itself, for its own connection (RFC 9110 §7.6.1).
const OWN: [&str; 8] =
    ["host", "content-length", "connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade"];

/// The largest body that stands in a command as an argument, in bytes: Linux takes none over 128 KiB (`MAX_ARG_STRLEN`,
/// execve(2)).
const LONGEST_ARGUMENT: usize = 100_000;

/// What is said where something is masked; free of everything that a shell without comments would stumble over.
const FILL_IN: &str = "Fill in what is masked: values that read •••, in the address %E2%80%A2%E2%80%A2%E2%80%A2";

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
    /// The program sends no body with this method.
    #[error("{program} sends no body with {method}: take `as/http`")]
    Body {
        /// Which program.
        program: &'static str,
        /// Which method.
        method: String,
    },
}

/// What is copied.
struct Parts<'r> {
    method: &'r str,
    url: String,
    target: String,
    /// Whether the target has something masked in it.
    is_masked: bool,
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
    // An address is ASCII (RFC 3986 §2), but for what masks a value.
    let target = record.target.replace('•', "%E2%80%A2");
    let parts = Parts {
        method: &record.method,
        url: format!("{base}{target}"),
        is_masked: target != record.target,
        target,
        headers: headers.map(|(name, value)| (&**name, value.text())).collect(),
        body: shown.bytes,
    };
    Ok(match form {
        Form::Curl => parts.noted("#", curl(&parts)?).into_bytes(),
        Form::Httpie => parts.noted("#", httpie(&parts)?).into_bytes(),
        Form::Fetch => parts.noted("//", fetch(&parts)?).into_bytes(),
        Form::Http => http(&parts, base),
    })
}

fn curl(parts: &Parts<'_>) -> Result<String, Uncopiable> {
    // With `-X HEAD`, curl would wait for the body that the answer announces.
    let method = match parts.method {
        "HEAD" => parts.without_body("curl").map(|()| "--head".to_owned())?,
        method => format!("-X {}", shell(method)),
    };
    // Braces and brackets in an address mean something to curl unless it is told otherwise.
    let mut command = format!("curl --globoff {method} {}", shell(&parts.url));
    for (name, value) in &parts.headers {
        // A field without a value is taken for one that is to be left out, unless it ends so.
        let field = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
        let _ = write!(command, " \\\n  -H {}", shell(&field));
    }
    if parts.body.is_empty() {
        return Ok(command + "\n");
    }
    if !parts.has("content-type") {
        command.push_str(" \\\n  -H 'content-type:'");
    }
    Ok(match argument(&parts.body) {
        // Not `--data`: that would read a file where the body begins with `@`.
        Some(body) => format!("{command} \\\n  --data-raw {}\n", shell(body)),
        None => format!("{}{command} \\\n  --data-binary @-\n", decoded(&parts.body)),
    })
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
    Ok(match argument(&parts.body) {
        Some("") => format!("{command} \\\n  --ignore-stdin\n"),
        // In one word: a body that begins with `-` would be an option of its own.
        Some(body) => format!("{command} \\\n  --ignore-stdin {}\n", shell(&format!("--raw={body}"))),
        None => format!("{}{command}\n", decoded(&parts.body)),
    })
}

fn fetch(parts: &Parts<'_>) -> Result<String, Uncopiable> {
    if matches!(parts.method, "GET" | "HEAD") {
        parts.without_body("`fetch`")?;
    }
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
    Ok(call + "});\n")
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

    fn without_body(&self, program: &'static str) -> Result<(), Uncopiable> {
        let method = self.method.to_owned();
        if self.body.is_empty() { Ok(()) } else { Err(Uncopiable::Body { program, method }) }
    }

    /// The copy, below a comment where something in it is masked.
    fn noted(&self, comment: &str, copy: String) -> String {
        let has_mask = |bytes: &[u8]| memmem::find(bytes, MASK.as_bytes()).is_some();
        let has_encoded_mask = |bytes: &[u8]| memmem::find(bytes, b"%E2%80%A2").is_some();
        let in_headers = self.headers.iter().any(|(_, value)| **value == *MASK);
        let is_masked = self.is_masked || in_headers || has_mask(&self.body) || has_encoded_mask(&self.body);
        if is_masked { format!("{comment} {FILL_IN}\n{copy}") } else { copy }
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

/// The bytes as a text that can be an argument of a command.
fn argument(bytes: &[u8]) -> Option<&str> {
    if bytes.len() > LONGEST_ARGUMENT { None } else { text(bytes) }
}

/// The bytes as a text that can stand in a script; a shell cannot hand on a NUL.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests;
