//! How signatures and keys are written in headers and settings.

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::{DecodePaddingMode, Engine};

/// How bytes are written as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// Hexadecimal, in either case.
    Hex,
    /// Base64 with padding (RFC 4648 §4).
    Base64,
    /// Base64 for URLs, with padding or without (RFC 4648 §5).
    Base64Url,
}

const fn engine(alphabet: &alphabet::Alphabet, padding: DecodePaddingMode) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding).with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

const PADDED: GeneralPurpose = engine(&alphabet::STANDARD, DecodePaddingMode::RequireCanonical);
const ANY_PADDING: GeneralPurpose = engine(&alphabet::STANDARD, DecodePaddingMode::Indifferent);
const FOR_URLS: GeneralPurpose = engine(&alphabet::URL_SAFE, DecodePaddingMode::Indifferent);

impl Notation {
    /// All there are.
    pub(super) const ALL: [Self; 3] = [Self::Hex, Self::Base64, Self::Base64Url];

    /// What settings call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Hex => "hex",
            Self::Base64 => "base64",
            Self::Base64Url => "base64url",
        }
    }

    /// The bytes that a text stands for; none where it is not written so.
    pub(super) fn read(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Hex => read_hex(text),
            Self::Base64 => PADDED.decode(text).ok(),
            Self::Base64Url => FOR_URLS.decode(text).ok(),
        }
    }

    /// The bytes as text.
    pub(super) fn write(self, bytes: &[u8]) -> String {
        match self {
            Self::Hex => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
            Self::Base64 => PADDED.encode(bytes),
            Self::Base64Url => FOR_URLS.encode(bytes),
        }
    }
}

/// Base64 as keys are copied and pasted: with padding or without.
pub(super) fn read_key(text: &str) -> Option<Vec<u8>> {
    ANY_PADDING.decode(text.trim()).ok()
}

fn read_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if digits.is_empty() || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}
