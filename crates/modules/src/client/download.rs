//! Answers that go into a file as they come.

use super::{Bounds, network_error, too_large};
use crate::file::failed;
use crate::mask::header_text;
use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use run::error::StepError;
use run::files::{FileValue, Files};
use run::tables::{BlobWriter, StoreError};
use tokio::task::spawn_blocking;

/// How many bytes go to the disk at a time.
const PIECE: usize = 256 * 1024;

/// An answer whose body is a file.
#[derive(Debug)]
pub(crate) struct Download {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) file: FileValue,
}

/// Reads the answer into a file.
pub(super) async fn keep(mut answer: reqwest::Response, files: &Files, bounds: Bounds) -> Result<Download, StepError> {
    if answer.content_length().is_some_and(|length| length > bounds.max_response) {
        return Err(too_large(bounds));
    }
    let (mut writer, mut buffer, mut size) = (None, BytesMut::new(), 0);
    while let Some(chunk) = answer.chunk().await.map_err(|error| network_error(&error, answer.url()))? {
        size += chunk.len() as u64;
        if size > bounds.max_response {
            return Err(too_large(bounds));
        }
        buffer.extend_from_slice(&chunk);
        if buffer.len() >= PIECE {
            writer = Some(write(files, writer, buffer.split().freeze()).await?);
        }
    }
    let writer = write(files, writer, buffer.freeze()).await?;
    let digest = blocking(move || writer.finish()).await?;
    let filename = filename(&answer);
    let kind = answer.headers().get(header::CONTENT_TYPE).map(header_text);
    let kind = kind.unwrap_or_else(|| "application/octet-stream".to_owned());
    let file = FileValue::kept("", &filename, &kind, &files.kept(digest, size));
    Ok(Download { status: answer.status(), headers: std::mem::take(answer.headers_mut()), file })
}

async fn write(
    files: &Files,
    writer: Option<Box<dyn BlobWriter>>,
    piece: Bytes,
) -> Result<Box<dyn BlobWriter>, StepError> {
    let files = files.clone();
    blocking(move || {
        let mut writer = writer.map_or_else(|| files.create(), Ok)?;
        writer.write(&piece).map(|()| writer)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StepError> {
    spawn_blocking(work).await.unwrap_or(Err(StoreError::Closed)).map_err(|error| failed(&error))
}

/// What the far side calls it (RFC 6266), else the end of the URL's path.
fn filename(answer: &reqwest::Response) -> String {
    let disposition = answer.headers().get(header::CONTENT_DISPOSITION).map(header_text).unwrap_or_default();
    let named = disposition.split_once("filename=").map(|(_, name)| match name.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next().unwrap_or_default(),
        None => name.split(';').next().unwrap_or_default().trim(),
    });
    let path = answer.url().path();
    last_component(named.unwrap_or(path)).to_owned()
}

/// A name without folders, of any system.
fn last_component(name: &str) -> &str {
    let name = name.rsplit(['/', '\\', '\0']).next().unwrap_or_default();
    if matches!(name, "." | "..") { "" } else { name }
}
