//! `multipart/form-data` (RFC 7578) as it arrives: plain parts become fields, parts with a file name become files.

use super::super::encoding;
use super::super::fields::Fields;
use super::super::multipart::{MOST_PARTS, charset, filename, malformed, too_many_parts};
use super::super::problem::Refusal;
use super::Body;
use super::spool::{Content, Spool};
use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt, stream};
use multer::{Field, Multipart};
use run::files::{FileValue, Files};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Poll;

/// How many bytes may come before the content of a part: its header fields, and what stands before the first boundary.
const MOST_OF_A_HEAD: usize = 64 * 1024;

/// The parts of a body. All that is no file may have this many bytes.
pub(super) async fn receive(
    chunks: impl Stream<Item = Result<Bytes, Refusal>> + Send,
    boundary: &str,
    files: &Files,
    most_text: u64,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<Body, Refusal> {
    let pace = Pace::default();
    let mut multipart = Multipart::new(pace.held_to(chunks), boundary);
    let (mut fields, mut kept) = (Fields::default(), Vec::new());
    let (mut count, mut text) = (0, most_text);
    while let Some(part) = pace.anew(multipart.next_field()).await.map_err(malformed)? {
        count += 1;
        if count > MOST_PARTS {
            return Err(too_many_parts());
        }
        if part.file_name().is_some() {
            kept.push(file(part, &pace, files, &mut room).await?);
            continue;
        }
        let (name, charset) = (part.name().unwrap_or_default().to_owned(), charset(&part)?);
        let content = held(part, &pace, &mut text, &mut room).await?.ok_or_else(|| Refusal::too_large(most_text))?;
        fields.add(&name, encoding::text(&content, charset).into_owned())?;
    }
    Ok(Body::Parts { fields: fields.finish(), files: kept })
}

/// Hands chunks to the library. By itself it would read on as long as there are any, and look for the end of what it
/// holds anew each time: of what is not content, so much and no more.
#[derive(Default)]
struct Pace(AtomicUsize);

impl Pace {
    /// What is done from here on may take so much again.
    fn anew<T>(&self, next: T) -> T {
        self.0.store(0, Ordering::Relaxed);
        next
    }

    /// The chunks, one each time they are asked for.
    fn held_to<'p>(
        &'p self,
        chunks: impl Stream<Item = Result<Bytes, Refusal>> + Send + 'p,
    ) -> impl Stream<Item = Result<Bytes, Refusal>> + Send + 'p {
        let (mut chunks, mut has_given) = (Box::pin(chunks), false);
        stream::poll_fn(move |context| {
            if std::mem::take(&mut has_given) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = chunks.poll_next_unpin(context);
            if let Poll::Ready(Some(Ok(chunk))) = &next {
                has_given = true;
                if self.0.fetch_add(chunk.len(), Ordering::Relaxed) > MOST_OF_A_HEAD {
                    return Poll::Ready(Some(Err(Refusal::bad_body(format!(
                        "more than {MOST_OF_A_HEAD} bytes stand before the content of a part"
                    )))));
                }
            }
            next
        })
    }
}

async fn file(
    mut part: Field<'_>,
    pace: &Pace,
    files: &Files,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<FileValue, Refusal> {
    let (name, filename) = (part.name().unwrap_or_default().to_owned(), filename(&part));
    let content_type = part.content_type().map_or("application/octet-stream", |mime| mime.as_ref()).to_owned();
    let mut spool = Spool::new(files);
    while let Some(chunk) = pace.anew(part.chunk()).await.map_err(malformed)? {
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
    pace: &Pace,
    left: &mut u64,
    mut room: impl FnMut(u64) -> Result<(), Refusal> + Send,
) -> Result<Option<Bytes>, Refusal> {
    let mut content = BytesMut::new();
    while let Some(chunk) = pace.anew(part.chunk()).await.map_err(malformed)? {
        match left.checked_sub(chunk.len() as u64) {
            Some(rest) => *left = rest,
            None => return Ok(None),
        }
        room(chunk.len() as u64)?;
        content.extend_from_slice(&chunk);
    }
    Ok(Some(content.freeze()))
}
