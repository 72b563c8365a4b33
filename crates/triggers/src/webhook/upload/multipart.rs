//! `multipart/form-data` (RFC 7578) as it arrives: plain parts become fields, parts with a file name become files.

use super::super::encoding;
use super::super::fields::Fields;
use super::super::multipart::{MOST_PARTS, charset, filename, malformed, too_many_parts};
use super::super::problem::Refusal;
use super::Body;
use super::spool::{Content, Spool};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use multer::{Field, Multipart};
use run::files::{FileValue, Files};

/// The parts of a body. All that is no file may have this many bytes.
pub(super) async fn receive(
    chunks: impl Stream<Item = Result<Bytes, Refusal>> + Send,
    boundary: &str,
    files: &Files,
    most_text: u64,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<Body, Refusal> {
    let mut multipart = Multipart::new(chunks, boundary);
    let (mut fields, mut kept) = (Fields::default(), Vec::new());
    let (mut count, mut text) = (0, most_text);
    while let Some(part) = multipart.next_field().await.map_err(malformed)? {
        count += 1;
        if count > MOST_PARTS {
            return Err(too_many_parts());
        }
        if part.file_name().is_some() {
            kept.push(file(part, files, &mut room).await?);
            continue;
        }
        let (name, charset) = (part.name().unwrap_or_default().to_owned(), charset(&part)?);
        let content = held(part, &mut text, &mut room).await?.ok_or_else(|| Refusal::too_large(most_text))?;
        fields.add(&name, encoding::text(&content, charset).into_owned())?;
    }
    Ok(Body::Parts { fields: fields.finish(), files: kept })
}

async fn file(
    mut part: Field<'_>,
    files: &Files,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<FileValue, Refusal> {
    let (name, filename) = (part.name().unwrap_or_default().to_owned(), filename(&part));
    let content_type = part.content_type().map_or("application/octet-stream", |mime| mime.as_ref()).to_owned();
    let mut spool = Spool::new(files);
    while let Some(chunk) = part.chunk().await.map_err(malformed)? {
        spool.push(&chunk).await?;
    }
    let content = spool.finish().await?;
    if let Content::Small(bytes) = &content {
        room(bytes.len() as u64)?;
    }
    Ok(content.into_value(&name, &filename, &content_type))
}

/// The content of a part; none where it is longer than what is `left` for all of them.
async fn held(
    mut part: Field<'_>,
    left: &mut u64,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<Option<Bytes>, Refusal> {
    let mut content = BytesMut::new();
    while let Some(chunk) = part.chunk().await.map_err(malformed)? {
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => *left = rest,
            None => return Ok(None),
        }
        room(chunk.len() as u64)?;
        content.extend_from_slice(&chunk);
    }
    Ok(Some(content.freeze()))
}
