//! XML bodies: which encoding they are in. What they say is read as expressions read it, by [`scenario::xml`].

use super::encoding;
use super::problem::Refusal;
use encoding_rs::{Encoding, UTF_8};
use scenario::xml::{self, Malformed};
use serde_json::Value;

/// How much of a document is searched for the encoding it declares.
const DECLARATION: usize = 200;

/// The value of a document. The encoding is the one its byte order mark says, else `charset`, else the declared one,
/// else UTF-8 (RFC 7303 §3.2).
pub(super) fn decode(bytes: &[u8], charset: Option<&str>) -> Result<Value, Refusal> {
    let encoding = match charset {
        Some(label) => encoding::named(label)?,
        None => declared(bytes)?,
    };
    xml::read(&encoding::text(bytes, encoding)).map_err(|malformed| refusal(&malformed))
}

fn declared(bytes: &[u8]) -> Result<&'static Encoding, Refusal> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(DECLARATION)]);
    let declaration = head.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let label = declaration.and_then(|(declaration, _)| declaration.split_once("encoding")).and_then(|(_, rest)| {
        let value = rest.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
        value[1..].split(quote).next()
    });
    label.map_or(Ok(UTF_8), encoding::named)
}

fn refusal(malformed: &Malformed) -> Refusal {
    match malformed.at {
        Some(_) => Refusal::bad_body(format!("the body is not XML that is taken: {malformed}")),
        None => Refusal::bad_body(malformed.to_string()),
    }
}

#[cfg(test)]
mod tests;
