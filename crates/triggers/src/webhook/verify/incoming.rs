//! A request as it came: what signatures are made over.

use super::Fault;
use crate::webhook::{encoding, fields};
use run::id::Millis;
use serde_json::Value;

/// A request whose sender is to be known.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// `POST`.
    pub method: &'a str,
    /// The public URL that the sender called, with its query: behind a proxy another one than the server sees.
    pub url: &'a str,
    /// What stands behind the `?`, as it came; empty where nothing does.
    pub query: &'a str,
    /// As they came, in order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The bytes of the body as they came: not decompressed, not decoded.
    pub body: &'a [u8],
    /// When it came.
    pub now: Millis,
}

impl<'a> Incoming<'a> {
    /// The body as [`Provider::facts`](crate::webhook::providers::Provider::facts) reads it, for those who have no parsed
    /// one at hand: JSON, or a form where the content type says so; else null.
    pub fn parsed_body(&self) -> Value {
        if self.media_type() == "application/x-www-form-urlencoded" {
            return fields::form(self.body, encoding_rs::UTF_8).unwrap_or_default();
        }
        serde_json::from_slice(self.body).unwrap_or_default()
    }

    /// The value of a header that must be there once and say something.
    pub(super) fn header(&self, name: &str) -> Result<&'a str, Fault> {
        let mut lines = self.headers.iter().filter(|(field, _)| field.eq_ignore_ascii_case(name));
        let value = match (lines.next(), lines.next()) {
            (Some((_, value)), None) if !value.is_empty() => *value,
            (Some(_), Some(_)) => return Err(Fault::duplicate_header(name)),
            _ => return Err(Fault::missing_header(name)),
        };
        std::str::from_utf8(value).map_err(|_| Fault::malformed_header(name, "is not UTF-8"))
    }

    /// Whether there is a header of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(field, _)| field.eq_ignore_ascii_case(name))
    }

    /// The first value of a header, as text.
    pub(super) fn first(&self, name: &str) -> Option<&'a str> {
        let line = self.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(line.1).ok().filter(|value| !value.is_empty())
    }

    /// The values of a parameter of the query, decoded.
    pub(super) fn parameters(&self, name: &str) -> impl Iterator<Item = String> {
        let pairs = encoding::pairs(self.query.as_bytes(), encoding_rs::UTF_8);
        pairs.filter(move |(parameter, _)| parameter == name).map(|(_, value)| value)
    }

    /// The media type, lower-case, without parameters.
    pub(super) fn media_type(&self) -> String {
        let value = self.first("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }
}
