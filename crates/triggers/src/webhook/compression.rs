//! Compressed bodies (RFC 9110 §8.4): what they decode to, and when it is too much.
//!
//! Signatures are made over the bytes as they were sent, so nothing is decoded on the way in that somebody may still have
//! to verify: a body that is held as a whole is decoded by [`decompress`] once that is done. Files on their way to the
//! disk are decoded as they come.

use super::headers;
use super::problem::Refusal;
use bytes::{Bytes, BytesMut};
use compression_codecs::core::util::{PartialBuffer, WriteBuffer};
use compression_codecs::zstd::params::DParameter;
use compression_codecs::{BrotliDecoder, DecodeV2, DeflateDecoder, GzipDecoder, ZlibDecoder, ZstdDecoder};
use futures_util::{Stream, StreamExt, stream};
use std::fmt;

/// How many times its own length a body may decode to, once that is more than [`FREE`] (CWE-409).
const MOST_RATIO: u64 = 100;

/// So many decoded bytes are taken whatever their ratio is.
const FREE: u64 = 64 * 1024;

/// How many bytes are decoded at a time.
const PIECE: usize = 64 * 1024;

/// The largest window of Zstandard, as a power of two: 8 MiB, which is all that a content coding may use (RFC 9659 §3).
const ZSTD_WINDOW: u32 = 23;

/// How a body of [`Coding::Brotli`] would begin whose window is larger than 16 MiB: up to 1 GiB, which is no `br` (RFC 9841).
const LARGE_WINDOW: u8 = 0x11;

/// A way to compress a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// `gzip` and `x-gzip` (RFC 1952).
    Gzip,
    /// `deflate`: zlib (RFC 1950), or without its head and end (RFC 1951), as some send it.
    Deflate,
    /// `br` (RFC 7932).
    Brotli,
    /// `zstd` (RFC 8878).
    Zstd,
}

impl Coding {
    /// How a body with this `Content-Encoding` is compressed: not at all, or once. 415: in a way that is not known, or more
    /// than once.
    pub fn of(content_encoding: Option<&[u8]>) -> Result<Option<Self>, Refusal> {
        let Some(content_encoding) = content_encoding else { return Ok(None) };
        let text = headers::text(content_encoding).to_ascii_lowercase();
        let mut codings = text.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "identity"));
        match (codings.next(), codings.next()) {
            (None, _) => Ok(None),
            (Some("gzip" | "x-gzip"), None) => Ok(Some(Self::Gzip)),
            (Some("deflate"), None) => Ok(Some(Self::Deflate)),
            (Some("br"), None) => Ok(Some(Self::Brotli)),
            (Some("zstd"), None) => Ok(Some(Self::Zstd)),
            (Some(_), None) => Err(Refusal::unsupported_media("a body may be compressed by gzip, deflate, br or zstd")),
            (Some(_), Some(_)) => Err(Refusal::unsupported_media("a body may be compressed once, not several times")),
        }
    }

    /// What decodes a body that begins with this byte.
    fn decoder(self, first: u8) -> Result<Box<dyn DecodeV2 + Send>, Refusal> {
        Ok(match self {
            Self::Gzip => Box::new(GzipDecoder::new()),
            // RFC 1950 §2.2: the low half of the first byte is 8. No stream without that head begins so.
            Self::Deflate if first & 0x0f == 8 => Box::new(ZlibDecoder::new()),
            Self::Deflate => Box::new(DeflateDecoder::new()),
            // The decoder would take it.
            Self::Brotli if first & 0x7f == LARGE_WINDOW => return Err(malformed()),
            Self::Brotli => Box::new(BrotliDecoder::new()),
            Self::Zstd => Box::new(ZstdDecoder::new_with_params(&[DParameter::window_log_max(ZSTD_WINDOW)])),
        })
    }

    /// Whether several streams in a row are one body (RFC 1952 §2.2, RFC 8878 §3).
    fn may_be_continued(self) -> bool {
        matches!(self, Self::Gzip | Self::Zstd)
    }
}

/// The `Content-Encoding` of a request. Several lines are one list (RFC 9110 §5.3), which is more than is decoded.
pub fn named<'h>(headers: &[(&str, &'h [u8])]) -> Option<&'h [u8]> {
    let mut lines = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));
    match (lines.next(), lines.next()) {
        (Some((_, only)), None) => Some(only),
        (Some(_), Some(_)) => Some(b"several, times"),
        (None, _) => None,
    }
}

/// The bytes that a body of this `Content-Encoding` decodes to; itself where it is not compressed. 413: they are more than
/// `most`, or out of all proportion; nothing beyond is decoded. `room` is asked before bytes are held that were not before.
pub fn decompress(
    content_encoding: Option<&[u8]>,
    body: Bytes,
    most: u64,
    mut room: impl FnMut(u64) -> Result<(), Refusal>,
) -> Result<Bytes, Refusal> {
    let Some(coding) = Coding::of(content_encoding)?.filter(|_| !body.is_empty()) else { return Ok(body) };
    let mut decompressor = Decompressor::new(coding, most);
    let (mut input, mut decoded) = (body, BytesMut::new());
    loop {
        let piece = decompressor.decode(&mut input)?;
        if piece.is_empty() {
            decompressor.end()?;
            return Ok(decoded.freeze());
        }
        room(piece.len() as u64)?;
        decoded.extend_from_slice(&piece);
    }
}

/// What these chunks of a compressed body decode to, as they come: at most `most` bytes.
pub(super) fn decoded<S>(coding: Coding, chunks: S, most: u64) -> impl Stream<Item = Result<Bytes, Refusal>> + Send
where
    S: Stream<Item = Result<Bytes, Refusal>> + Send,
{
    let start = (Box::pin(chunks), Decompressor::new(coding, most), Bytes::new());
    stream::try_unfold(start, |(mut chunks, mut decompressor, mut input)| async move {
        loop {
            let piece = decompressor.decode(&mut input)?;
            if !piece.is_empty() {
                return Ok(Some((piece, (chunks, decompressor, input))));
            }
            match chunks.next().await.transpose()? {
                Some(chunk) => input = chunk,
                None => return decompressor.end().map(|()| None),
            }
        }
    })
}

/// A body that is being decoded.
struct Decompressor {
    coding: Coding,
    /// None before the first byte, and between two streams of one body.
    decoder: Option<Box<dyn DecodeV2 + Send>>,
    /// How many bytes were decoded, and to how many.
    taken: u64,
    given: u64,
    most: u64,
    /// The last piece was full: there may be more without further input.
    is_full: bool,
}

impl Decompressor {
    fn new(coding: Coding, most: u64) -> Self {
        Self { coding, decoder: None, taken: 0, given: 0, most, is_full: false }
    }

    /// The next piece, for which `input` is used up as far as needed; empty once it is used up and all of it was given.
    fn decode(&mut self, input: &mut Bytes) -> Result<Bytes, Refusal> {
        let mut piece = vec![0; if input.is_empty() && !self.is_full { 0 } else { PIECE }];
        let mut filled = 0;
        while filled < piece.len() && (!input.is_empty() || self.is_full) {
            filled += self.step(input, &mut piece[filled..])?;
        }
        piece.truncate(filled);
        Ok(piece.into())
    }

    /// Decodes into `piece`, and gives how much it was.
    fn step(&mut self, input: &mut Bytes, piece: &mut [u8]) -> Result<usize, Refusal> {
        if self.decoder.is_none() && self.taken > 0 && !self.coding.may_be_continued() {
            return Err(malformed());
        }
        let first = input.first().copied().unwrap_or_default();
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(self.coding.decoder(first)?),
        };
        let (mut from, mut to) = (PartialBuffer::new(&input[..]), WriteBuffer::new_initialized(piece));
        let ended = match decoder.decode(&mut from, &mut to) {
            Ok(ended) => ended,
            // Without input, decoders may only say that there is no more to give.
            Err(_) if input.is_empty() => false,
            Err(_) => return Err(malformed()),
        };
        let (taken, given) = (from.written_len(), to.written_len());
        if taken == 0 && given == 0 && !ended && !input.is_empty() {
            return Err(malformed());
        }
        self.is_full = !ended && given == piece.len();
        if ended {
            self.decoder = None;
        }
        let _ = input.split_to(taken);
        self.count(taken as u64, given as u64).map(|()| given)
    }

    fn count(&mut self, taken: u64, given: u64) -> Result<(), Refusal> {
        self.taken += taken;
        self.given += given;
        if self.given > self.most {
            return Err(Refusal::too_large(self.most));
        }
        let is_out_of_proportion = self.given > FREE && self.given / MOST_RATIO > self.taken;
        if is_out_of_proportion { Err(Refusal::too_compressed(MOST_RATIO)) } else { Ok(()) }
    }

    /// All of the body was given. It must have come to its end.
    fn end(&self) -> Result<(), Refusal> {
        if self.decoder.is_some() { Err(malformed()) } else { Ok(()) }
    }
}

impl fmt::Debug for Decompressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decompressor").field("coding", &self.coding).field("given", &self.given).finish_non_exhaustive()
    }
}

fn malformed() -> Refusal {
    Refusal::bad_body("the body is not compressed as its content encoding says, or breaks off")
}

#[cfg(test)]
mod tests;
