//! Bodies in every coding, whole, cut, doubled, and as bombs.

use super::*;
use compression_codecs::{
    BrotliEncoder, DeflateEncoder, EncodeV2, GzipEncoder, ZlibEncoder, ZstdEncoder, brotli, flate, zstd,
};

const MOST: u64 = 4 << 20;

/// What this makes of the text.
fn encode(mut encoder: impl EncodeV2, text: &[u8]) -> Vec<u8> {
    let (mut input, mut encoded) = (PartialBuffer::new(text), Vec::new());
    let mut buffer = vec![0; PIECE];
    loop {
        let mut output = WriteBuffer::new_initialized(&mut buffer);
        let ended = if input.unwritten().is_empty() {
            encoder.finish(&mut output).unwrap()
        } else {
            encoder.encode(&mut input, &mut output).unwrap();
            false
        };
        encoded.extend_from_slice(output.written());
        if ended {
            return encoded;
        }
    }
}

fn gzip(text: &[u8]) -> Vec<u8> {
    encode(GzipEncoder::new(flate::params::FlateEncoderParams::from(best())), text)
}

fn best() -> compression_codecs::core::Level {
    compression_codecs::core::Level::Best
}

/// Every coding with what it makes of a text.
fn all(text: &[u8]) -> [(&'static str, Vec<u8>); 6] {
    let level = || flate::params::FlateEncoderParams::from(best());
    [
        ("gzip", encode(GzipEncoder::new(level()), text)),
        ("X-GZip", encode(GzipEncoder::new(level()), text)),
        ("deflate", encode(ZlibEncoder::new(level()), text)),
        ("deflate", encode(DeflateEncoder::new(level()), text)),
        ("br", encode(BrotliEncoder::new(quick()), text)),
        ("zstd", encode(ZstdEncoder::new(zstd_level()), text)),
    ]
}

/// Its best takes seconds, and is no harder to decode.
fn quick() -> brotli::params::EncoderParams {
    brotli::params::EncoderParams::default().quality(compression_codecs::core::Level::Precise(5))
}

fn zstd_level() -> i32 {
    zstd::params::CParameter::quality(compression_codecs::core::Level::Default)
}

fn whole(coding: &str, body: &[u8], most: u64) -> Result<Bytes, Refusal> {
    decompress(Some(coding.as_bytes()), Bytes::copy_from_slice(body), most, |_| Ok(()))
}

/// The same by chunks, one after the other.
fn by_chunks(coding: &str, body: &[u8], chunk: usize, most: u64) -> Result<Vec<u8>, Refusal> {
    let coding = Coding::of(Some(coding.as_bytes()))?.unwrap();
    let chunks = stream::iter(body.chunks(chunk).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>());
    let pieces = decoded(coding, chunks, most).collect::<Vec<_>>();
    let pieces = futures_util::FutureExt::now_or_never(pieces).unwrap();
    pieces.into_iter().collect::<Result<Vec<Bytes>, Refusal>>().map(|pieces| pieces.concat())
}

/// Text that compresses, but not by far.
fn prose(length: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b"abcdefgh \n{}\",:"[(state >> 24) as usize % 14]
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn every_coding_gives_back_what_was_sent() {
    for length in [0, 1, 100, PIECE - 1, PIECE, PIECE + 1, 300_000] {
        let text = prose(length);
        for (coding, encoded) in all(&text) {
            assert!(whole(coding, &encoded, MOST).unwrap() == text, "{coding} {length}");
            for chunk in [1_000, encoded.len().max(1)] {
                assert!(by_chunks(coding, &encoded, chunk, MOST).unwrap() == text, "{coding} {length} by {chunk}");
            }
        }
    }
    for (coding, encoded) in all(b"one byte at a time") {
        assert_eq!(by_chunks(coding, &encoded, 1, MOST).unwrap(), b"one byte at a time", "{coding}");
    }
}

#[test]
fn what_is_not_compressed_is_handed_on() {
    for coding in [None, Some(&b""[..]), Some(b"identity"), Some(b" Identity , ")] {
        assert_eq!(decompress(coding, Bytes::from_static(b"x"), 0, |_| Ok(())).unwrap(), "x");
    }
    assert_eq!(whole("gzip", b"", 0).unwrap(), "");
}

#[test]
fn w7_unknown_and_layered_codings_are_refused() {
    for coding in ["compress", "gzip, gzip", "br,identity,gzip", "aes128gcm", "gzip;q=1", "\u{ff}"] {
        let refusal = whole(coding, b"x", MOST).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (415, "unsupported_media"), "{coding}");
    }
}

#[test]
fn broken_bodies_are_refused() {
    let text = prose(5_000);
    for (coding, encoded) in all(&text) {
        for cut in (1..encoded.len()).step_by(97).chain([encoded.len() - 1]) {
            let refusal = whole(coding, &encoded[..cut], MOST).map(|bytes| bytes.len()).unwrap_err();
            assert_eq!((refusal.status, refusal.code), (400, "bad_body"), "{coding} cut at {cut}");
            assert_eq!(by_chunks(coding, &encoded[..cut], 50, MOST).unwrap_err().code, "bad_body", "{coding} {cut}");
        }
        let trailing = [&encoded[..], b"\x07 no stream"].concat();
        assert_eq!(whole(coding, &trailing, MOST).unwrap_err().code, "bad_body", "{coding}");
        assert_eq!(whole(coding, &text, MOST).unwrap_err().code, "bad_body", "{coding}: not compressed");
    }
}

/// `br` has windows of at most 16 MiB (RFC 7932 §9.1); "large" ones of up to a gigabyte are another format (RFC 9841).
#[test]
fn w7_windows_of_brotli_have_the_size_of_its_format() {
    // The mark of a large window, 30 bits for its size, and a block of 16 MiB that is not the last.
    let large = [0x11, 0x1e, 0xfc, 0xff, 0xff, 0x8f, 0x00, 0x00, 0x00];
    for (coding, body) in [("br", &large[..]), ("br", &large[..1])] {
        assert_eq!(whole(coding, body, MOST).unwrap_err().code, "bad_body");
    }
    assert_eq!(Coding::Brotli.decoder(0x11).err().unwrap().code, "bad_body");
}

#[test]
fn streams_in_a_row_are_one_body_where_the_format_says_so() {
    for (coding, encoded) in all(b"half ") {
        let twice = whole(coding, &encoded.repeat(2), MOST);
        let is_continued = Coding::of(Some(coding.as_bytes())).unwrap().unwrap().may_be_continued();
        match twice {
            Ok(bytes) => assert!(is_continued && bytes == "half half ", "{coding}"),
            Err(refusal) => assert!(!is_continued && refusal.code == "bad_body", "{coding}"),
        }
    }
}

#[test]
fn w7_the_decoded_size_is_bounded_by_the_byte() {
    let text = prose(200_000);
    for (coding, encoded) in all(&text) {
        assert!(whole(coding, &encoded, 200_000).is_ok(), "{coding}");
        let refusal = whole(coding, &encoded, 199_999).map(|bytes| bytes.len()).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (413, "too_large"), "{coding}");
        assert_eq!(by_chunks(coding, &encoded, 999, 199_999).unwrap_err().code, "too_large", "{coding}");
    }
}

/// 10 MB that would be 10 GB: refused after the first pieces, and no more than those is ever held.
#[test]
fn w7_a_bomb_is_refused_before_it_goes_off() {
    let member = gzip(&vec![0; 8 << 20]);
    let bomb = member.repeat((10 << 20) / member.len() + 1);
    let mut held = 0;
    let refusal = decompress(Some(b"gzip"), bomb.clone().into(), u64::MAX, |bytes| {
        held += bytes;
        Ok(())
    });
    assert_eq!(refusal.map(|bytes| bytes.len()).unwrap_err().code, "too_compressed");
    assert!(held < 8 << 20, "{held}");
    assert_eq!(by_chunks("gzip", &bomb, 16_384, u64::MAX).unwrap_err().status, 413);
    for (coding, encoded) in all(&vec![0; 4 << 20]) {
        assert_eq!(whole(coding, &encoded, u64::MAX).map(|bytes| bytes.len()).unwrap_err().status, 413, "{coding}");
    }
}

#[test]
fn little_may_be_compressed_as_far_as_it_likes() {
    for (coding, encoded) in all(&vec![b' '; FREE as usize]) {
        assert!(encoded.len() < 200, "{coding}");
        assert_eq!(whole(coding, &encoded, MOST).unwrap().len() as u64, FREE, "{coding}");
    }
}

#[test]
fn room_is_asked_for_what_is_decoded() {
    let encoded = gzip(&prose(300_000));
    for (room, fits) in [(300_000, true), (299_999, false)] {
        let mut left: u64 = room;
        let told = decompress(Some(b"gzip"), encoded.clone().into(), MOST, |bytes| {
            left = left.checked_sub(bytes).ok_or_else(|| Refusal::busy(2))?;
            Ok(())
        });
        assert_eq!(told.is_ok(), fits, "{room}");
    }
}
