//! Files as parameters of steps; `file.read`, which makes a value of one; and those that make one.

mod made;
mod read;
mod write;

use crate::spec::invalid;
use bytes::{Bytes, BytesMut};
use encoding_rs::Encoding;
pub(crate) use made::{Whole, made, renamed, told};
pub(crate) use read::Read;
use run::error::StepError;
use run::files::{FileError, Files, carried};
use run::tables::{BlobReader, StoreError};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
pub(crate) use write::{all, media_type};

/// A file: `trigger.file`, one of `trigger.files`, what a step with `response: file` gave, or one made here of
/// `base64` or `text`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FileParameter {
    /// The field of the form that it came in. It is not looked at.
    #[serde(default)]
    #[expect(dead_code, reason = "file values have it, and are taken as they are")]
    name: String,
    /// What the file is called.
    #[serde(default)]
    filename: String,
    /// Its media type.
    content_type: Option<String>,
    /// Its length, as the file tells of itself. The real one counts.
    #[serde(default)]
    size: u64,
    /// The SHA-256 of its bytes, as the file tells of itself.
    #[serde(default)]
    sha256: String,
    /// The reference by which a large file is opened. Only references that were made by this server open one.
    file: Option<String>,
    /// Its bytes in base64.
    base64: Option<String>,
    /// Its bytes as text, in UTF-8.
    text: Option<String>,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Here.
    Bytes(Bytes),
    /// In the blobs, by this reference.
    Kept(String),
}

impl FileParameter {
    pub(crate) fn filename(&self) -> &str {
        &self.filename
    }

    pub(crate) fn content_type(&self) -> &str {
        let usual = if self.text.is_some() { "text/plain; charset=utf-8" } else { "application/octet-stream" };
        self.content_type.as_deref().unwrap_or(usual)
    }

    /// Where its bytes are: exactly one of `file`, `base64` and `text` says so.
    pub(crate) fn source(&self) -> Result<Source, StepError> {
        match (&self.file, &self.base64, &self.text) {
            (Some(reference), None, None) => Ok(Source::Kept(reference.clone())),
            (None, Some(base64), None) => {
                carried(base64).map(Source::Bytes).ok_or_else(|| invalid("`base64` of the file is not base64"))
            }
            (None, None, Some(text)) => Ok(Source::Bytes(Bytes::from(text.clone()))),
            _ => Err(invalid("a file has its bytes in one of `file`, `base64` and `text`")
                .hint("pass `trigger.file`, one of `trigger.files`, or the `body` of a step with `response: file`")),
        }
    }

    /// What people see of it: never its bytes.
    pub(crate) fn shown(&self) -> Value {
        let size = match self.source() {
            Ok(Source::Bytes(bytes)) => bytes.len() as u64,
            _ => self.size,
        };
        let mut shown = json!({ "filename": self.filename, "content_type": self.content_type(), "size": size });
        if !self.sha256.is_empty() {
            shown["sha256"] = self.sha256.as_str().into();
        }
        shown
    }
}

/// Opens the bytes behind a reference.
pub(crate) async fn open(files: &Files, reference: &str) -> Result<Box<dyn BlobReader>, StepError> {
    let (files, reference) = (files.clone(), reference.to_owned());
    let opened = spawn_blocking(move || files.open(&reference)).await;
    opened.unwrap_or_else(|_| Err(FileError::Store(StoreError::Closed))).map_err(unopened)
}

fn unopened(error: FileError) -> StepError {
    match error {
        FileError::Foreign => StepError::permanent("file_unknown", error.to_string())
            .hint("only files that this server has taken in can be opened; one from outside comes as `base64`"),
        FileError::Gone => {
            StepError::permanent("file_gone", error.to_string()).hint("files go with the last run that names them")
        }
        FileError::Store(error) => failed(&error),
    }
}

/// All bytes of a file that has at most this many, on a thread that may wait.
pub(crate) fn whole(files: &Files, file: &FileParameter, most: u64) -> Result<Bytes, StepError> {
    /// How many bytes are read at a time.
    const PIECE: usize = 1024 * 1024;
    let too_large = |length: u64| {
        let message = format!("the file has {length} bytes, and at most {most} can be read here");
        StepError::permanent("too_large", message).hint("pass the file on without reading it")
    };
    let mut reader = match file.source()? {
        Source::Bytes(bytes) if bytes.len() as u64 > most => return Err(too_large(bytes.len() as u64)),
        Source::Bytes(bytes) => return Ok(bytes),
        Source::Kept(reference) => files.open(&reference).map_err(unopened)?,
    };
    if reader.length() > most {
        return Err(too_large(reader.length()));
    }
    let mut content = BytesMut::with_capacity(reader.length() as usize);
    loop {
        let piece = reader.read(PIECE).map_err(|error| failed(&error))?;
        if piece.is_empty() {
            return Ok(content.freeze());
        }
        content.extend_from_slice(&piece);
    }
}

/// Bytes as text. A byte order mark outweighs the character set; what is malformed becomes U+FFFD.
pub(crate) fn text(bytes: &[u8], charset: Option<&str>) -> Result<String, StepError> {
    Ok(encoding("charset", charset.unwrap_or("utf-8"))?.decode(bytes).0.into_owned())
}

/// The character set of this name, which a parameter gives.
pub(crate) fn encoding(parameter: &str, label: &str) -> Result<&'static Encoding, StepError> {
    Encoding::for_label(label.as_bytes())
        .ok_or_else(|| invalid(format!("`{parameter}`: {label:?} is not the name of a character set")))
}

/// The next bytes of a file, with what goes on reading it.
pub(crate) async fn next(
    mut reader: Box<dyn BlobReader>,
    most: usize,
) -> Result<(Bytes, Box<dyn BlobReader>), StoreError> {
    let read = move || reader.read(most).map(|bytes| (bytes, reader));
    spawn_blocking(read).await.unwrap_or(Err(StoreError::Closed))
}

/// A store that failed, as a step's error.
pub(crate) fn failed(error: &StoreError) -> StepError {
    match error {
        StoreError::Corrupt(_) => StepError::permanent("file_damaged", error.to_string()),
        _ => StepError::passing("store_failed", error.to_string()),
    }
}
