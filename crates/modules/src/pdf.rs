//! `pdf.text`, with a bound on everything that grows.

use crate::aside::{TIME, aside, late};
use crate::computed::Computed;
use crate::file::{Whole, whole};
use crate::spec::invalid;
use lopdf::{DecompressError, Document, Error, LoadOptions};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Instant;

/// The largest file, in bytes.
const MOST: u64 = 32 * 1024 * 1024;

/// What one stream in it may decompress to, in bytes.
const STREAM: usize = 32 * 1024 * 1024;

/// How many pages are read at most.
const PAGES: usize = 500;

/// How much text comes out at most, in bytes.
const TEXT: usize = 8 * 1024 * 1024;

/// A small document that says hello.
const HELLO: &str = "\
    JVBERi0xLjQKMSAwIG9iajw8L1R5cGUvQ2F0YWxvZy9QYWdlcyAyIDAgUj4+IGVuZG9iagoyIDAgb2JqPDwvVHlwZS9QYWdlcy9L\
    aWRzWzMgMCBSXS9Db3VudCAxPj4gZW5kb2JqCjMgMCBvYmo8PC9UeXBlL1BhZ2UvUGFyZW50IDIgMCBSL01lZGlhQm94WzAgMCA5\
    OSA5OV0vQ29udGVudHMgNCAwIFIvUmVzb3VyY2VzPDwvRm9udDw8L0YgNSAwIFI+Pj4+Pj4gZW5kb2JqCjQgMCBvYmo8PC9MZW5n\
    dGggMjg+PnN0cmVhbQpCVC9GIDkgVGYgOSA5IFRkKEhlbGxvKVRqIEVUCmVuZHN0cmVhbSBlbmRvYmoKNSAwIG9iajw8L1R5cGUv\
    Rm9udC9TdWJ0eXBlL1R5cGUxL0Jhc2VGb250L0hlbHZldGljYT4+IGVuZG9iagp4cmVmCjAgNgowMDAwMDAwMDAwIDY1NTM1IGYg\
    CjAwMDAwMDAwMDkgMDAwMDAgbiAKMDAwMDAwMDA1MyAwMDAwMCBuIAowMDAwMDAwMTAzIDAwMDAwIG4gCjAwMDAwMDAyMTEgMDAw\
    MDAgbiAKMDAwMDAwMDI4NSAwMDAwMCBuIAp0cmFpbGVyPDwvU2l6ZSA2L1Jvb3QgMSAwIFI+PgpzdGFydHhyZWYKMzQ3CiUlRU9G\
    Cg==";

/// Reads the text of a PDF. The output has `text`, `pages` (the text of each page that was read) and `count`, the number of
/// pages of the document.
///
/// It is the text that the document has as letters, in the order in which it is drawn; scanned pages have none. At most
/// 500 pages are read, in 20 seconds.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The PDF, a file of at most 32 MiB.
    file: Whole,
    /// The first page that is read.
    #[serde(default = "one")]
    #[schemars(range(min = 1))]
    from: usize,
    /// The last page that is read; without it the last of the document.
    #[schemars(range(min = 1))]
    to: Option<usize>,
    /// The password, if the document asks for one.
    #[schemars(extend("x-secret" = true))]
    password: Option<String>,
}

/// The module.
pub(crate) fn module(files: &Files) -> Arc<dyn Module> {
    Computed::<Parameters>::listed(
        files,
        "pdf.text",
        read,
        json!({ "file": { "filename": "hello.pdf", "content_type": "application/pdf", "base64": HELLO } }),
        json!({ "text": "Hello\n", "pages": ["Hello\n"], "count": 1 }),
    )
}

fn read(parameters: Parameters, files: &Files) -> Result<Value, StepError> {
    if parameters.from == 0 || parameters.to.is_some_and(|to| to < parameters.from) {
        return Err(invalid("pages are counted from 1, and `to` is not before `from`"));
    }
    let bytes = whole(files, &parameters.file.0, MOST)?;
    let deadline = Instant::now() + TIME;
    aside(move || text(&bytes, &parameters, deadline), damaged)
}

fn text(bytes: &[u8], parameters: &Parameters, deadline: Instant) -> Result<Value, StepError> {
    let options = LoadOptions {
        password: parameters.password.clone(),
        max_decompressed_size: Some(STREAM),
        ..LoadOptions::default()
    };
    let document = Document::load_mem_with_options(bytes, options).map_err(explained)?;
    if document.is_encrypted() {
        return Err(encrypted());
    }
    let count = document.get_pages().len();
    if count == 0 {
        return Err(damaged("it has no pages"));
    }
    let to = parameters.to.unwrap_or(count).min(count);
    if to.saturating_sub(parameters.from) >= PAGES {
        let message = format!("at most {PAGES} pages are read at once");
        return Err(StepError::permanent("too_large", message).hint("say which with `from` and `to`"));
    }
    let (mut pages, mut length) = (Vec::new(), 0);
    for number in parameters.from..=to {
        if Instant::now() > deadline {
            return Err(late());
        }
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        let page = document.extract_text_with_limit(&[number], STREAM).map_err(explained)?;
        length += page.len();
        if length > TEXT {
            return Err(StepError::permanent("too_large", format!("the pages have more than {TEXT} bytes of text")));
        }
        pages.push(page);
    }
    Ok(json!({ "text": pages.concat(), "pages": pages, "count": count }))
}

fn explained(error: Error) -> StepError {
    match error {
        Error::Decompress(DecompressError::MemoryLimitExceeded { .. }) => {
            StepError::permanent("too_large", format!("a part of the PDF has more than {STREAM} bytes"))
        }
        Error::InvalidPassword | Error::Decryption(_) => encrypted(),
        other => damaged(&other.to_string()),
    }
}

fn damaged(reason: &str) -> StepError {
    StepError::permanent("invalid_pdf", format!("the PDF cannot be read: {reason}"))
}

fn encrypted() -> StepError {
    StepError::permanent("invalid_pdf", "the PDF is encrypted, and not with this `password`")
}

fn one() -> usize {
    1
}
