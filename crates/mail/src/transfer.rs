//! What a part's bytes were before they were made fit for transfer (RFC 2045 §6). Broken encodings give what can be
//! read of them.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::borrow::Cow;

/// Takes whatever ends an encoding, and bits that are left over.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The bytes behind this encoding; those of an unknown one as they are.
pub(crate) fn decoded<'a>(encoding: &str, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => base64(bytes).into(),
        "quoted-printable" => quoted_printable(bytes).into(),
        _ => bytes.into(),
    }
}

/// Base64 without whatever does not belong there. Several encodings one after the other, each with its padding, are read
/// as one.
pub(crate) fn base64(bytes: &[u8]) -> Vec<u8> {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'+' || *byte == b'/';
    let mut out = Vec::with_capacity(bytes.len() / 4 * 3);
    for piece in bytes.split(|byte| *byte == b'=') {
        let mut signs: Vec<u8> = piece.iter().copied().filter(is_sign).collect();
        // One sign alone is no byte.
        if signs.len() % 4 == 1 {
            signs.pop();
        }
        // All that is left are signs of the alphabet, in a length that decodes.
        let _ = LENIENT.decode_vec(&signs, &mut out);
    }
    out
}

/// Quoted-printable (RFC 2045 §6.7). What follows a `=` and is no number stands for itself.
pub(crate) fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let content = line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line));
        let ending = &line[content.len()..];
        // Blanks at the end of a line came on the way.
        let content = content.trim_ascii_end();
        match content.strip_suffix(b"=") {
            Some(soft) => quoted_line(soft, &mut out),
            None => {
                quoted_line(content, &mut out);
                out.extend_from_slice(ending);
            }
        }
    }
    out
}

fn quoted_line(mut line: &[u8], out: &mut Vec<u8>) {
    while let Some((first, rest)) = line.split_first() {
        match rest {
            [high, low, after @ ..] if *first == b'=' => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    out.push(high << 4 | low);
                    line = after;
                }
                _ => {
                    out.push(b'=');
                    line = rest;
                }
            },
            _ => {
                out.push(*first);
                line = rest;
            }
        }
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_broken_gives_what_can_be_read() {
        let check = |encoding: &str, bytes: &str, expected: &str| {
            assert_eq!(String::from_utf8_lossy(&decoded(encoding, bytes.as_bytes())), expected, "{bytes:?}");
        };
        check("base64", "SGVs\r\nbG8=", "Hello");
        check("BASE64", "SGVsbG8", "Hello");
        check("base64", "SGVsbG8=IQ==", "Hello!");
        check("base64", "SG*V s-bG8=", "Hello");
        check("base64", "SGVsbG8hI", "Hello!");
        check("base64", "", "");
        check("quoted-printable", "a=3Db =\r\nc  \r\nd", "a=b c\r\nd");
        check("quoted-printable", "=ZZ =", "=ZZ ");
        check("quoted-printable", "=e4=", "\u{fffd}");
        check("8bit", "=3D", "=3D");
    }
}
