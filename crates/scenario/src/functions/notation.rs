//! How bytes are written as text: hexadecimal, base64, base32, or as the UTF-8 text they are.

use super::options::Options;
use crate::expression::fault::Fault;
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose};

/// A way to write bytes as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    /// UTF-8.
    Text,
    /// RFC 4648 §8, in lower case; read in either case.
    Hex,
    /// RFC 4648 §4; read with or without padding.
    Base64,
    /// RFC 4648 §5, written without padding.
    Base64Url,
    /// RFC 4648 §6, written without padding; read in either case.
    Base32,
}

/// What the notations are called in options.
pub(super) const NAMES: &[(&str, Notation)] = &[
    ("text", Notation::Text),
    ("hex", Notation::Hex),
    ("base64", Notation::Base64),
    ("base64url", Notation::Base64Url),
    ("base32", Notation::Base32),
];

impl Notation {
    /// The notation that an option names, or `otherwise`.
    pub(super) fn of(options: &Options, name: &str, otherwise: Self) -> Result<Self, Fault> {
        if options.any(name).is_none() { Ok(otherwise) } else { options.choice(name, NAMES) }
    }

    /// The bytes as text; the error says what they are not.
    pub(super) fn write(self, bytes: Vec<u8>) -> Result<String, String> {
        Ok(match self {
            Self::Text => return utf8(bytes),
            Self::Hex => hex(&bytes),
            Self::Base64 => general_purpose::STANDARD.encode(&bytes),
            Self::Base64Url => general_purpose::URL_SAFE_NO_PAD.encode(&bytes),
            Self::Base32 => base32(&bytes),
        })
    }

    /// The bytes that a text stands for; the error says what the text is not. Blanks and line breaks are skipped.
    pub(super) fn read(self, text: &str) -> Result<Vec<u8>, String> {
        let spaced = || text.bytes().filter(|byte| !byte.is_ascii_whitespace());
        match self {
            Self::Text => Ok(text.as_bytes().to_vec()),
            Self::Hex => unhex(&spaced().collect::<Vec<u8>>()),
            Self::Base64 => unbase64(&STANDARD, &spaced().collect::<Vec<u8>>(), "base64"),
            Self::Base64Url => unbase64(&URL_SAFE, &spaced().collect::<Vec<u8>>(), "base64url"),
            Self::Base32 => unbase32(spaced()),
        }
    }
}

/// The bytes as UTF-8 text.
pub(super) fn utf8(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        format!("the bytes are no UTF-8 text from byte {at} on; `decode_text` reads other character sets")
    })
}

/// Hexadecimal digits in lower case.
pub(super) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 0xf)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// Reads padding or does without; the last character's spare bits may be anything, as some writers leave them.
const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

fn unbase64(engine: &GeneralPurpose, text: &[u8], name: &str) -> Result<Vec<u8>, String> {
    // What the decoder says names a character, which of a key would be too much.
    engine.decode(text).map_err(|_| format!("this is no {name}: it has other characters, or an odd length"))
}

fn unhex(text: &[u8]) -> Result<Vec<u8>, String> {
    if text.len() % 2 == 1 {
        return Err("this is not hexadecimal: it has an odd number of digits".into());
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| Some((digit(*pair.first()?)? << 4) | digit(*pair.get(1)?)?);
    let bytes: Option<Vec<u8>> = text.chunks(2).map(pair).collect();
    bytes.ok_or_else(|| "this is not hexadecimal: it has other characters than 0-9 and a-f".into())
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut pending, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        pending = (pending << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(pending >> bits) as usize & 0x1f]));
        }
        pending &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(char::from(BASE32[(pending << (5 - bits)) as usize & 0x1f]));
    }
    text
}

fn unbase32(text: impl Iterator<Item = u8>) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let (mut pending, mut bits) = (0_u32, 0_u32);
    for byte in text.filter(|byte| *byte != b'=') {
        let value = BASE32.iter().position(|digit| *digit == byte.to_ascii_uppercase());
        let Some(value) = value.and_then(|value| u32::try_from(value).ok()) else {
            return Err("this is no base32: it has other characters than A-Z and 2-7".into());
        };
        pending = (pending << 5) | value;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((pending >> bits) as u8);
            pending &= (1 << bits) - 1;
        }
    }
    Ok(bytes)
}
