//! `file.read`: the content of a file as a value.

use super::{FileParameter, Source, failed, next, open};
use crate::spec::{About, describe, invalid, parameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::files::Files;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

/// The longest file that becomes a value, in bytes.
const MOST: u64 = 16 * 1024 * 1024;

/// How many bytes are read at a time.
const PIECE: usize = 1024 * 1024;

/// Reads a file of at most 16 MiB and gives its content: as text, as the value that its JSON says, or as base64.
///
/// Steps that pass files on, like `http.request`, do not need it. A text that is read so can go on into `from_csv`,
/// `from_xml` and the like.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The file: `trigger.file`, one of `trigger.files`, or the `body` of a step with `response: file`.
    file: FileParameter,
    /// What to make of it: `text`, `json` or `base64`.
    #[serde(rename = "as", default)]
    read_as: ReadAs,
    /// The character set of the text, if it is not UTF-8: `iso-8859-1`, `big5`…
    charset: Option<String>,
}

/// What to make of a file.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReadAs {
    /// Its text.
    #[default]
    Text,
    /// The value that its JSON says.
    Json,
    /// Its bytes in base64.
    Base64,
}

/// The module.
pub(crate) struct Read {
    spec: Arc<ModuleSpec>,
    files: Files,
}

impl Read {
    pub(crate) fn new(files: &Files) -> Self {
        let spec = describe::<Parameters>(About {
            name: "file.read",
            example: json!({ "file": { "filename": "orders.csv", "text": "number,total\nA1,6\n" }, "as": "text" }),
            sample: json!("number,total\nA1,6\n"),
            connections: &[],
            needs_connection: false,
            ..About::default()
        });
        Self { spec, files: files.clone() }
    }

    async fn read(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let bytes = self.content(&parameters.file).await?;
        let output = match parameters.read_as {
            ReadAs::Text => text(&bytes, parameters.charset.as_deref())?.into(),
            ReadAs::Base64 => STANDARD.encode(&bytes).into(),
            ReadAs::Json => serde_json::from_slice(&bytes).map_err(|error| {
                StepError::permanent("invalid_json", format!("the file is not JSON: {error}"))
                    .hint("`as: text` takes it as it is")
            })?,
        };
        Ok(Outcome { output, sent: json!({ "file": parameters.file.shown() }), delivery: Delivery::Real })
    }

    async fn content(&self, file: &FileParameter) -> Result<Bytes, StepError> {
        let mut reader = match file.source()? {
            Source::Bytes(bytes) => return Ok(bytes),
            Source::Kept(reference) => open(&self.files, &reference).await?,
        };
        if reader.length() > MOST {
            let message = format!("the file has {} bytes, and a value may have {MOST}", reader.length());
            return Err(StepError::permanent("too_large", message).hint("pass the file on without reading it"));
        }
        let mut content = BytesMut::with_capacity(reader.length() as usize);
        loop {
            let (piece, rest) = next(reader, PIECE).await.map_err(|error| failed(&error))?;
            if piece.is_empty() {
                return Ok(content.freeze());
            }
            content.extend_from_slice(&piece);
            reader = rest;
        }
    }
}

impl Module for Read {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.read(call))
    }
}

/// A byte order mark outweighs the character set; what is malformed becomes U+FFFD.
fn text(bytes: &[u8], charset: Option<&str>) -> Result<String, StepError> {
    let label = charset.unwrap_or("utf-8");
    let encoding = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| invalid(format!("`charset`: {label:?} is not the name of a character set")))?;
    Ok(encoding.decode(bytes).0.into_owned())
}
