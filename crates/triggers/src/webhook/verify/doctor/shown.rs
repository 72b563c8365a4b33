//! What was signed, as a person can look at it.

use super::trial::Trial;
use crate::webhook::redact;
use crate::webhook::verify::signed::Expectation;
use crate::webhook::verify::{Fault, Incoming, Scheme, certificate, form_and_url, in_body};
use scenario::secret::MASK;
use std::borrow::Cow;

/// How much of a signed text is shown, in bytes.
const MOST_TEXT: usize = 400;

/// How much of a body is looked at to show it, in bytes.
const MOST_BODY: usize = 64 * 1_024;

/// How much of a signature is shown, in characters: enough to see that two differ, too little to send.
const MOST_SIGNATURE: usize = 8;

/// What can be shown.
#[derive(Default)]
pub(super) struct Shown {
    pub(super) method: Option<String>,
    pub(super) signed: Option<String>,
    pub(super) length: Option<usize>,
    pub(super) expected: Option<String>,
    pub(super) received: Option<String>,
}

pub(super) fn of(trial: &Trial<'_>) -> Shown {
    match trial.provider.scheme {
        Scheme::FormAndUrl => text("HMAC-SHA1 in base64", trial, form_and_url::signed_text),
        Scheme::InBody => text("HMAC-SHA256 in hex", trial, in_body::signed_text),
        // It has the checksum of the body, and nothing else of it.
        Scheme::Certificate => {
            let text = certificate::signed_text(trial.settings, &trial.incoming).ok();
            let (signed, length) = (text.as_deref().map(escaped), text.as_ref().map(Vec::len));
            Shown { method: Some("RSA-SHA256 in base64".to_owned()), signed, length, ..Shown::default() }
        }
        _ => in_header(trial).unwrap_or_default(),
    }
}

/// The body as it may be shown; of one that was compressed nothing, as anything may be in it.
pub(super) fn body<'i>(incoming: &Incoming<'i>) -> Cow<'i, [u8]> {
    let coding = incoming.first("content-encoding").unwrap_or("identity");
    if !coding.eq_ignore_ascii_case("identity") {
        return Cow::Borrowed(MASK.as_bytes());
    }
    let start = &incoming.body[..incoming.body.len().min(MOST_BODY)];
    redact::body(incoming.first("content-type"), start)
}

fn text(method: &str, trial: &Trial<'_>, read: fn(&Incoming<'_>) -> Result<Vec<u8>, Fault>) -> Shown {
    let signed = read(&trial.masked).ok().map(|text| escaped(&text));
    let length = read(&trial.incoming).ok().map(|text| text.len());
    Shown { method: Some(method.to_owned()), signed, length, ..Shown::default() }
}

fn in_header(trial: &Trial<'_>) -> Option<Shown> {
    let way = trial.way()?;
    let method = Some(format!("{} in {}", way.algorithm.title(), way.notation.name()));
    let Ok(claim) = way.claim(&trial.incoming) else { return Some(Shown { method, ..Shown::default() }) };
    let received = claim.signatures().first().map(|signature| shortened(signature));
    let Ok(keys) = way.keys(trial.settings) else { return Some(Shown { method, received, ..Shown::default() }) };
    let Expectation { text, length, code } = way.expectation(keys.first()?, &claim, &trial.masked);
    let expected = code.map(|code| shortened(&code));
    Some(Shown { method, signed: Some(escaped(&text)), length: Some(length), expected, received })
}

fn shortened(signature: &str) -> String {
    let first: String = signature.chars().take(MOST_SIGNATURE).collect();
    if first.len() < signature.len() { format!("{first}…") } else { first }
}

/// The beginning of a text, with escapes for line ends, control characters and bytes that are no UTF-8.
pub(super) fn escaped(text: &[u8]) -> String {
    let start = &text[..text.len().min(MOST_TEXT)];
    let mut shown = String::new();
    for chunk in start.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '\n' | '\r' | '\t' | '\\' => shown.extend(character.escape_default()),
                _ if character.is_control() => shown.extend(character.escape_unicode()),
                _ => shown.push(character),
            }
        }
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    if start.len() < text.len() { shown + "…" } else { shown }
}
