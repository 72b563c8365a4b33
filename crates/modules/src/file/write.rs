//! `file.write` and `file.convert`: files of texts, in the character set that somebody else wants.

use super::made::{Whole, made, told};
use super::{encoding, whole};
use crate::computed::Computed;
use crate::spec::invalid;
use encoding_rs::{EncoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};
use run::call::Module;
use run::error::StepError;
use run::files::{Files, carried};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// The largest file that is read or written, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

/// Both, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 2] {
    [
        Computed::<Convert>::listed(
            files,
            "file.convert",
            convert,
            json!({
                "file": { "filename": "orders.csv", "content_type": "text/csv", "base64": "pKSk5Qo=" },
                "from": "big5",
            }),
            json!({
                "name": "",
                "filename": "orders.csv",
                "content_type": "text/csv; charset=utf-8",
                "size": 7,
                "sha256": "a20758305f24aa08fdd593d564de930e95c652027327bd291c5559db3d03f76c",
                "base64": "5Lit5paHCg==",
            }),
        ),
        Computed::<Write>::listed(
            files,
            "file.write",
            write,
            json!({ "filename": "orders.csv", "text": "number,total\nA1,6\n" }),
            json!({
                "name": "",
                "filename": "orders.csv",
                "content_type": "text/csv; charset=utf-8",
                "size": 18,
                "sha256": "e41a6cce946b008e8d108c535f5c88a80cf9ea8fba32d7febd12741ffbbd3482",
                "base64": "bnVtYmVyLHRvdGFsCkExLDYK",
            }),
        ),
    ]
}

/// Makes a file of a text, or of bytes in base64. The output is the file, to be passed to steps that take one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Write {
    /// What it is called: `orders.csv`.
    filename: String,
    /// Its text.
    text: Option<String>,
    /// Its bytes in base64, in place of a text.
    base64: Option<String>,
    /// Its media type; without it what the name's ending says.
    content_type: Option<String>,
    /// The character set of the text: `big5`, `windows-1252`, `utf-16le`…; UTF-8 unless given.
    charset: Option<String>,
    /// Whether a byte order mark stands before the text, by which some spreadsheets know UTF-8.
    #[serde(default)]
    mark: bool,
    /// What becomes of letters that the character set does not have.
    #[serde(default)]
    missing: Missing,
}

/// Writes a file of text in another character set. The output is the file.
///
/// A byte order mark at its beginning outweighs `from`. What is malformed is the error `invalid_text`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Convert {
    /// The file, of at most 32 MiB.
    file: Whole,
    /// The character set that it has: `big5`, `windows-1252`…; UTF-8 unless given.
    from: Option<String>,
    /// The character set that it gets; UTF-8 unless given.
    to: Option<String>,
    /// Whether a byte order mark stands before the text, by which some spreadsheets know UTF-8.
    #[serde(default)]
    mark: bool,
    /// What becomes of letters that the character set does not have.
    #[serde(default)]
    missing: Missing,
}

/// What becomes of letters that a character set does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Missing {
    /// The step fails with `invalid_text`, which names the letter.
    #[default]
    Fail,
    /// A `?` stands in its place.
    QuestionMark,
}

fn write(parameters: Write, files: &Files) -> Result<Value, StepError> {
    let Write { filename, text, base64, content_type, charset, mark, missing } = parameters;
    let (bytes, kind) = match (text, base64) {
        (Some(text), None) => {
            let charset = encoding("charset", charset.as_deref().unwrap_or("utf-8"))?;
            let mark = if mark { Mark::Before } else { Mark::None };
            (encoded(&text, charset, mark, missing)?, text_type(&filename, charset))
        }
        (None, Some(base64)) => {
            let bytes = carried(&base64).ok_or_else(|| invalid("`base64` is not base64"))?;
            (bytes.to_vec(), media_type(&filename).to_owned())
        }
        _ => return Err(invalid("a file is made of one of `text` and `base64`")),
    };
    if bytes.len() as u64 > MOST {
        return Err(StepError::permanent("too_large", format!("a file that is made here has at most {MOST} bytes")));
    }
    told(&made(files, &filename, content_type.as_deref().unwrap_or(&kind), &bytes)?)
}

fn convert(parameters: Convert, files: &Files) -> Result<Value, StepError> {
    let Convert { file, from, to, mark, missing } = parameters;
    let bytes = whole(files, &file.0, MOST)?;
    let from = encoding("from", from.as_deref().unwrap_or("utf-8"))?;
    let to = encoding("to", to.as_deref().unwrap_or("utf-8"))?;
    let (text, from, is_malformed) = from.decode(&bytes);
    if is_malformed {
        let line = text.split(char::REPLACEMENT_CHARACTER).next().unwrap_or_default().matches('\n').count() + 1;
        let message = format!("line {line} of the file is not {}", from.name());
        return Err(StepError::permanent("invalid_text", message).hint("`from` says which character set it has"));
    }
    let bytes = encoded(&text, to, if mark { Mark::Before } else { Mark::None }, missing)?;
    let filename = file.0.filename();
    let kind = file.0.content_type().split(';').next().unwrap_or_default().trim();
    let kind = if kind == "application/octet-stream" { media_type(filename) } else { kind };
    let kind = format!("{kind}; charset={}", to.name().to_ascii_lowercase());
    told(&made(files, filename, &kind, &bytes)?)
}

/// Whether a byte order mark stands before a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    Before,
}

/// The text in this character set.
fn encoded(text: &str, to: &'static Encoding, mark: Mark, missing: Missing) -> Result<Vec<u8>, StepError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let marked: Vec<char> = if mark == Mark::Before { vec!['\u{feff}'] } else { Vec::new() };
    // Browsers never write UTF-16, so the library does not, either.
    if to == UTF_16LE || to == UTF_16BE {
        let bytes = |unit: u16| if to == UTF_16LE { unit.to_le_bytes() } else { unit.to_be_bytes() };
        let mark = marked.iter().map(|mark| *mark as u16);
        return Ok(mark.chain(text.encode_utf16()).flat_map(bytes).collect());
    }
    let mut written = if to == UTF_8 { marked.iter().collect::<String>().into_bytes() } else { Vec::new() };
    let mut encoder = to.new_encoder();
    let mut rest = text;
    loop {
        written.reserve(encoder.max_buffer_length_from_utf8_without_replacement(rest.len()).unwrap_or(rest.len()) + 1);
        let (result, read) = encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut written, true);
        rest = &rest[read..];
        match (result, missing) {
            (EncoderResult::InputEmpty, _) => return Ok(written),
            (EncoderResult::OutputFull, _) => {}
            (EncoderResult::Unmappable(_), Missing::QuestionMark) => written.push(b'?'),
            (EncoderResult::Unmappable(letter), Missing::Fail) => {
                let message = format!("{} has no letter {letter:?}", to.name());
                return Err(StepError::permanent("invalid_text", message)
                    .hint("`missing: question_mark` writes a `?` in its place"));
            }
        }
    }
}

fn text_type(filename: &str, charset: &'static Encoding) -> String {
    let kind = match media_type(filename) {
        "application/octet-stream" => "text/plain",
        kind => kind,
    };
    format!("{kind}; charset={}", charset.name().to_ascii_lowercase())
}

/// The media type of files that are called so.
pub(crate) fn media_type(filename: &str) -> &'static str {
    let ending = filename.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase();
    match ending.as_str() {
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "txt" | "log" => "text/plain",
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "md" => "text/markdown",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "xml" => "application/xml",
        "json" => "application/json",
        "yaml" | "yml" => "application/yaml",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        _ => "application/octet-stream",
    }
}
