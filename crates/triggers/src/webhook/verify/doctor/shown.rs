//! What was signed, as a person can look at it.

use super::trial::Trial;
use crate::webhook::verify::{Fault, Scheme, certificate, form_and_url, in_body};

/// How much of a signed text is shown, in bytes.
const MOST_TEXT: usize = 400;

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
        Scheme::FormAndUrl => text("HMAC-SHA1 in base64", form_and_url::signed_text(&trial.incoming)),
        Scheme::InBody => text("HMAC-SHA256 in hex", in_body::signed_text(&trial.incoming)),
        Scheme::Certificate => text("RSA-SHA256 in base64", certificate::signed_text(trial.settings, &trial.incoming)),
        _ => in_header(trial).unwrap_or_default(),
    }
}

fn text(method: &str, text: Result<Vec<u8>, Fault>) -> Shown {
    let method = Some(method.to_owned());
    match text {
        Ok(text) => Shown { method, signed: Some(escaped(&text)), length: Some(text.len()), ..Shown::default() },
        Err(_) => Shown { method, ..Shown::default() },
    }
}

fn in_header(trial: &Trial<'_>) -> Option<Shown> {
    let way = trial.way()?;
    let method = Some(format!("{} in {}", way.algorithm.title(), way.notation.name()));
    let Ok(claim) = way.claim(&trial.incoming) else { return Some(Shown { method, ..Shown::default() }) };
    let received = claim.signatures().first().map(|signature| shortened(signature));
    let Ok(keys) = way.keys(trial.settings) else { return Some(Shown { method, received, ..Shown::default() }) };
    let (text, code) = way.expectation(keys.first()?, &claim);
    let expected = code.map(|code| shortened(&code));
    Some(Shown { method, signed: Some(escaped(&text)), length: Some(text.len()), expected, received })
}

fn shortened(signature: &str) -> String {
    let first: String = signature.chars().take(MOST_SIGNATURE).collect();
    if first.len() < signature.len() { format!("{first}…") } else { first }
}

/// The beginning of a text, with escapes for line ends, control characters and bytes that are no UTF-8.
fn escaped(text: &[u8]) -> String {
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
