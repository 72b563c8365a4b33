//! Files that go with a mail: beside its text, or shown within it.

use super::head::{encoded, quoted};
use crate::file::{FileParameter, failed, whole};
use crate::spec::invalid;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, Header, HeaderName, HeaderValue};
use lettre::message::{Body, SinglePart};
use run::error::StepError;
use run::files::Files;
use run::tables::StoreError;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::collections::HashSet;
use std::error::Error;
use tokio::task::spawn_blocking;

/// So many files go with one mail.
const MOST: usize = 100;
/// So many bytes may all files of a mail have together: what large providers take (Gmail: 25 MB with its encoding).
const MOST_BYTES: u64 = 25 * 1024 * 1024;
/// So long is a file's name, in characters.
const LONGEST_NAME: usize = 200;

/// Files as `attachments` takes them: one, or a list.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Attachments(Value);

/// Files by the names that the HTML shows them by.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Inline(Map<String, Value>);

/// One entry of `attachments` that is more than a file. What attachments of received mails have, is taken.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    file: FileParameter,
    name: Option<String>,
    content_type: Option<String>,
    content_id: Option<String>,
    #[serde(default, rename = "inline")]
    _inline: Value,
    #[serde(default, rename = "size")]
    _size: Value,
    #[serde(default, rename = "mail")]
    _mail: Value,
}

/// A file that goes with a mail.
#[derive(Debug)]
pub(super) struct Attached {
    file: FileParameter,
    name: String,
    content_type: String,
    /// By what the HTML shows it.
    pub(super) content_id: Option<String>,
    bytes: Vec<u8>,
}

impl JsonSchema for Attachments {
    fn schema_name() -> Cow<'static, str> {
        "Attachments".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "array", "items": { "type": "object" }, "maxItems": MOST },
            { "type": "object" },
        ] })
    }
}

impl JsonSchema for Inline {
    fn schema_name() -> Cow<'static, str> {
        "Inline".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "object" } })
    }
}

/// The files of both parameters, read.
pub(super) async fn read(
    attachments: &Attachments,
    inline: &Inline,
    files: &Files,
) -> Result<Vec<Attached>, StepError> {
    let mut all = listed(attachments)?;
    forget_odd_names(&mut all);
    for (id, value) in &inline.0 {
        let mut attached = entry(value, &format!("inline.{id}"))?;
        attached.content_id = Some(id.clone());
        all.push(attached);
    }
    if all.len() > MOST {
        return Err(invalid(format!("the mail has {} files, and may have {MOST}", all.len())));
    }
    for id in all.iter().filter_map(|attached| attached.content_id.as_deref()) {
        if !is_name(id) {
            return Err(invalid(format!("a file cannot be shown by the name {id:?}")).hint("letters, digits, `-`, `.`"));
        }
    }
    let mut left = MOST_BYTES;
    for attached in &mut all {
        let (files, file) = (files.clone(), attached.file.clone());
        let bytes = spawn_blocking(move || whole(&files, &file, left)).await;
        let bytes = bytes.unwrap_or_else(|_| Err(failed(&StoreError::Closed))).map_err(too_large)?;
        left -= bytes.len() as u64;
        attached.bytes = bytes.into();
    }
    Ok(all)
}

/// Files that came with a mail have names that its writer made up. One that cannot be shown here, or that another has, is
/// none: whoever writes to us does not decide whether the answer can be sent.
fn forget_odd_names(all: &mut [Attached]) {
    let mut known = HashSet::new();
    for attached in all {
        attached.content_id = attached.content_id.take().filter(|id| is_name(id) && known.insert(id.clone()));
    }
}

/// Whether a file can be shown by this name (RFC 2392), and nothing in it means anything to a mail or to HTML.
fn is_name(id: &str) -> bool {
    let is_word = !id.is_empty() && id.len() <= 200 && id.bytes().all(|byte| byte.is_ascii_graphic());
    is_word && !id.contains(['<', '>', '"', '\'', '(', ')', '&'])
}

fn too_large(error: StepError) -> StepError {
    if error.code != "too_large" {
        return error;
    }
    StepError::permanent("too_large", format!("the files of the mail have more than {MOST_BYTES} bytes together"))
        .hint("put large files where they can be fetched, and send their address")
}

fn listed(attachments: &Attachments) -> Result<Vec<Attached>, StepError> {
    match &attachments.0 {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => {
            let entries = items.iter().enumerate().filter(|(_, item)| !item.is_null());
            entries.map(|(at, item)| entry(item, &format!("attachments[{at}]"))).collect()
        }
        one => Ok(vec![entry(one, "attachments")?]),
    }
}

/// A file, or a map with a file in it.
fn entry(value: &Value, place: &str) -> Result<Attached, StepError> {
    let wrong = |error: serde_json::Error| {
        invalid(format!("`{place}` is no file: {error}"))
            .hint("`trigger.file`, `trigger.files`, or `{ file: \"{{ trigger.file }}\", name: report.pdf }`")
    };
    let (file, name, content_type, content_id) = match value.get("file") {
        Some(Value::Object(_)) => {
            let named = Named::deserialize(value).map_err(wrong)?;
            (named.file, named.name, named.content_type, named.content_id)
        }
        _ => (FileParameter::deserialize(value).map_err(wrong)?, None, None, None),
    };
    let content_type = media_type(content_type.as_deref().unwrap_or_else(|| file.content_type()));
    let name = file_name(name.as_deref().filter(|name| !name.is_empty()).unwrap_or_else(|| file.filename()));
    let name = if name.is_empty() { "file".to_owned() } else { name };
    Ok(Attached { file, name, content_type, content_id, bytes: Vec::new() })
}

/// `type/subtype`, with the character set of a text. Parts that are made of parts or are mails must not be encoded
/// (RFC 2046 §5.1, §5.2.1): such files, and what is no media type, go as bytes.
fn media_type(said: &str) -> String {
    const BYTES: &str = "application/octet-stream";
    let mut parts = said.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_token = |text: &str| !text.is_empty() && text.len() <= 100 && text.bytes().all(is_token_byte);
    let fits = essence
        .split_once('/')
        .is_some_and(|(main, sub)| is_token(main) && is_token(sub) && !matches!(main, "multipart" | "message"));
    if !fits {
        return BYTES.to_owned();
    }
    let charset = parts.find_map(|part| part.strip_prefix("charset=")).map(|set| set.trim_matches('"'));
    match charset.filter(|set| essence.starts_with("text/") && is_token(set)) {
        Some(set) => format!("{essence}; charset={set}"),
        None => essence,
    }
}

/// RFC 2045 §5.1.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte)
}

/// What a file is called: without folders, and without characters that steer a line or turn the direction of writing,
/// by which a name can be made to look like another.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let kept = last.chars().filter(|c| !c.is_control() && !turns(*c) && !matches!(c, '\u{2028}' | '\u{2029}'));
    kept.take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

impl Attached {
    /// What people see of it: never its bytes.
    pub(super) fn shown(&self) -> Value {
        let mut shown = json!({ "filename": self.name, "content_type": self.content_type, "size": self.bytes.len() });
        if let Some(id) = &self.content_id {
            shown["content_id"] = id.as_str().into();
        }
        shown
    }

    /// The part of the mail that it is.
    pub(super) fn part(self, shown: Shown) -> SinglePart {
        let kind = Typed::of(&self.content_type, &self.name);
        let part = SinglePart::builder().header(kind);
        let part = match (shown, self.content_id) {
            (Shown::Within, Some(id)) => {
                part.header(ContentId(id)).header(ContentDisposition::inline_with_name(&self.name))
            }
            (Shown::Beside, Some(id)) => part.header(ContentId(id)).header(ContentDisposition::attachment(&self.name)),
            (_, None) => part.header(ContentDisposition::attachment(&self.name)),
        };
        part.body(base64_body(self.bytes))
    }
}

/// Where readers show a file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shown {
    /// Within the HTML.
    Within,
    /// Beside the text.
    Beside,
}

/// Bytes in base64, whatever they are: what looks like text must arrive as it was, line ends included.
fn base64_body(bytes: Vec<u8>) -> Body {
    let body = Body::new_with_encoding(bytes, ContentTransferEncoding::Base64);
    body.unwrap_or_else(|bytes| Body::dangerous_pre_encoded(bytes, ContentTransferEncoding::Binary))
}

/// `Content-ID` (RFC 2392).
#[derive(Clone)]
struct ContentId(String);

/// `Content-Type` with the file's name, for readers that look for it here (RFC 2047 within a parameter, which is not
/// by the book, but what they read; those that go by the book find RFC 2231 in `Content-Disposition`).
#[derive(Clone)]
struct Typed(HeaderValue);

impl Typed {
    fn of(kind: &str, name: &str) -> Self {
        let name = if name.is_ascii() { quoted(name, 7) } else { format!("\"{}\"", encoded(name, 7)) };
        let value = format!("{kind};\r\n name={name}");
        Self(HeaderValue::dangerous_new_pre_encoded(Self::name(), kind.to_owned(), value))
    }
}

impl Header for Typed {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-Type")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Err("it is only written".into())
    }

    fn display(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl Header for ContentId {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Content-ID")
    }

    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self(text.trim_matches(['<', '>']).to_owned()))
    }

    fn display(&self) -> HeaderValue {
        let value = format!("<{}>", self.0);
        HeaderValue::dangerous_new_pre_encoded(Self::name(), value.clone(), value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_media_type_goes_as_bytes() {
        let check = |said: &str, expected: &str| assert_eq!(media_type(said), expected, "{said:?}");
        check("image/PNG", "image/png");
        check("text/csv; charset=big5; x=y", "text/csv; charset=big5");
        check("text/csv; charset=\"a\r\nBcc: b\"", "text/csv");
        check("image/png; charset=big5", "image/png");
        for said in ["", "png", "image/", "image/png\r\nBcc: a", "a b/c", "multipart/mixed", "message/rfc822", "é/x"] {
            check(said, "application/octet-stream");
        }
    }

    #[test]
    fn names_of_files_are_names_alone() {
        let check = |said: &str, expected: &str| assert_eq!(file_name(said), expected, "{said:?}");
        check("../../etc/passwd", "passwd");
        check("C:\\a\\b.pdf", "b.pdf");
        check("a\r\nBcc: b.txt", "aBcc: b.txt");
        check("invoice\u{202e}fdp.exe", "invoicefdp.exe");
        check("明細.csv", "明細.csv");
        assert_eq!(file_name(&"長".repeat(500)).chars().count(), LONGEST_NAME);
    }
}
