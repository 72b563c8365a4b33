//! A body as a value: JSON, lines of JSON, form, multipart, XML, text or bytes, as the content type says and nothing else.

use super::encoding;
use super::fields;
use super::headers;
use super::media_type::{Family, MediaType};
use super::multipart;
use super::problem::Refusal;
use super::upload::Body;
use super::xml;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use run::files::FileValue;
use run::payload::Payload;
use scenario::data;
use scenario::plan::TriggerReads;
use serde_json::value::RawValue;

/// The byte order mark of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// What a body gives to [`Input`](run::input::Input).
pub(super) struct Decoded {
    pub(super) body: Payload,
    pub(super) raw: Option<Payload>,
    pub(super) files: Option<Payload>,
}

/// The value of a body that was taken in.
pub(super) fn decode(content_type: Option<&[u8]>, body: Body, reads: &TriggerReads) -> Result<Decoded, Refusal> {
    match body {
        Body::Whole(bytes) => whole(content_type, bytes, reads),
        Body::Parts { fields, files } => Ok(Decoded { body: payload(&fields), raw: None, files: listed(&files) }),
        Body::File(file) => Ok(Decoded { body: Payload::null(), raw: None, files: listed(&[file]) }),
    }
}

/// The type that a body goes by as a file.
pub(super) fn file_type(media_type: MediaType) -> String {
    let is_named = !media_type.essence.is_empty();
    if is_named { media_type.essence } else { "application/octet-stream".to_owned() }
}

/// The value of a body. Without a content type, what parses as JSON is JSON, and what else is UTF-8 is text.
fn whole(content_type: Option<&[u8]>, bytes: Bytes, reads: &TriggerReads) -> Result<Decoded, Refusal> {
    let raw = |bytes: &Bytes| reads.reads("raw").then(|| raw_payload(bytes));
    if bytes.is_empty() {
        return Ok(Decoded { body: Payload::null(), raw: raw(&bytes), files: None });
    }
    let Some(content_type) = content_type else { return Ok(guess(bytes, reads)) };
    if content_type == b"application/json" {
        return json(bytes, reads);
    }
    let media_type = MediaType::parse(&headers::text(content_type));
    let charset = || encoding::named(media_type.charset.as_deref().unwrap_or("utf-8"));
    match media_type.family() {
        Family::Json => json(bytes, reads),
        Family::JsonLines => Ok(Decoded { body: json_lines(&bytes)?, raw: raw(&bytes), files: None }),
        Family::Form => {
            let form = fields::form(&bytes, charset()?)?;
            Ok(Decoded { body: payload(&form), raw: raw(&bytes), files: None })
        }
        Family::Multipart => {
            let parts = multipart::decode(bytes.clone(), media_type.boundary.as_deref())?;
            Ok(Decoded { body: payload(&parts.fields), raw: raw(&bytes), files: listed(&parts.files) })
        }
        Family::Xml => {
            let document = xml::decode(&bytes, media_type.charset.as_deref())?;
            Ok(Decoded { body: payload(&document), raw: raw(&bytes), files: None })
        }
        Family::Text => {
            let text = encoding::text(&bytes, charset()?);
            Ok(Decoded { body: payload(&text), raw: raw(&bytes), files: None })
        }
        Family::Bytes => {
            let is_read = reads.reads("file") || reads.reads("files");
            let file = is_read.then(|| FileValue::small("", "", &file_type(media_type), &bytes));
            Ok(Decoded { body: Payload::null(), raw: Some(raw_payload(&bytes)), files: listed(file.as_slice()) })
        }
    }
}

fn json(bytes: Bytes, reads: &TriggerReads) -> Result<Decoded, Refusal> {
    let text = if bytes.starts_with(BOM) { bytes.slice(BOM.len()..) } else { bytes.clone() };
    match data::parse(&text) {
        Ok(value) => {
            // The journaled text is the body itself, unless a mark stood before it.
            let raw = (text.len() != bytes.len() && reads.reads("raw")).then(|| raw_payload(&bytes));
            Ok(Decoded { body: Payload::of_both(text, value), raw, files: None })
        }
        Err(error) => Err(Refusal::bad_json(format!("the body is not valid JSON: {error}"))),
    }
}

/// The list of the values, one a line. Lines without any are passed over, as at the end.
fn json_lines(bytes: &[u8]) -> Result<Payload, Refusal> {
    let mut list = Vec::with_capacity(bytes.len() + 2);
    for (at, line) in bytes.strip_prefix(BOM).unwrap_or(bytes).split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let value: &RawValue = serde_json::from_slice(line).map_err(|error| bad_line(at, &error))?;
        list.push(if list.is_empty() { b'[' } else { b',' });
        list.extend_from_slice(value.get().as_bytes());
    }
    if list.is_empty() {
        list.push(b'[');
    }
    list.push(b']');
    let value = data::parse(&list)
        .map_err(|error| Refusal::bad_json(format!("the lines of the body are no list of JSON values: {error}")))?;
    Ok(Payload::of_both(list, value))
}

fn bad_line(at: usize, error: &serde_json::Error) -> Refusal {
    Refusal::bad_json(format!("line {} of the body is not valid JSON: {error}", at + 1))
}

fn guess(bytes: Bytes, reads: &TriggerReads) -> Decoded {
    if let Ok(decoded) = json(bytes.clone(), reads) {
        return decoded;
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let raw = reads.reads("raw").then(|| raw_payload(&bytes));
            Decoded { body: payload(text), raw, files: None }
        }
        Err(_) => Decoded { body: Payload::null(), raw: Some(raw_payload(&bytes)), files: None },
    }
}

fn listed(files: &[FileValue]) -> Option<Payload> {
    (!files.is_empty()).then(|| payload(files))
}

/// The payload of a value that need not be looked at now.
fn payload<V: serde::Serialize + ?Sized>(value: &V) -> Payload {
    Payload::of_json(serde_json::to_vec(value).expect("texts, lists and maps with text keys always have a JSON text"))
}

fn raw_payload(bytes: &[u8]) -> Payload {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4 + 2);
    text.push('"');
    STANDARD.encode_string(bytes, &mut text);
    text.push('"');
    Payload::of_json(text)
}
