//! The signatures of Standard Webhooks: `v1`, HMAC-SHA256, and `v1a`, Ed25519 (RFC 8032).

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use run::error::StepError;
use sha2::Sha256;
use std::fmt;
use std::str::FromStr;

/// Less would be guessed, in bytes; Standard Webhooks asks for 24 to 64.
const SHORTEST: usize = 16;

/// Secrets come with and without the padding of base64, and cut off anywhere.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// What is signed: `id.timestamp.body`.
pub(super) struct Signed<'a> {
    pub(super) id: &'a str,
    /// In seconds since 1970.
    pub(super) timestamp: i64,
    pub(super) body: &'a [u8],
}

/// What signs.
pub(super) enum Key {
    /// `whsec_…`.
    Shared(Vec<u8>),
    /// `whsk_…`.
    Private(Box<Ed25519KeyPair>),
}

impl Key {
    /// The signature with its version, as it stands in the header.
    pub(super) fn sign(&self, signed: &Signed<'_>) -> String {
        match self {
            Self::Shared(key) => format!("v1,{}", STANDARD.encode(mac(key, signed))),
            Self::Private(pair) => format!("v1a,{}", STANDARD.encode(pair.sign(&signed.text()).as_ref())),
        }
    }
}

impl Signed<'_> {
    fn text(&self) -> Vec<u8> {
        [format!("{}.{}.", self.id, self.timestamp).as_bytes(), self.body].concat()
    }
}

fn mac(key: &[u8], signed: &Signed<'_>) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length (RFC 2104 §2)");
    mac.update(&signed.text());
    mac.finalize().into_bytes().to_vec()
}

impl FromStr for Key {
    type Err = StepError;

    /// The error tells nothing of the secret.
    fn from_str(text: &str) -> Result<Self, StepError> {
        let invalid = |message: String| {
            StepError::permanent("invalid_secret", message).hint("a secret is `whsec_` or `whsk_` and base64")
        };
        let text = text.trim();
        let private = text.strip_prefix("whsk_");
        let encoded = private.unwrap_or_else(|| text.strip_prefix("whsec_").unwrap_or(text));
        let bytes = LENIENT.decode(encoded).map_err(|_| invalid("a `secret` is not base64".to_owned()))?;
        if private.is_some() {
            return pair(&bytes).map(|pair| Self::Private(Box::new(pair))).ok_or_else(|| {
                invalid("a `whsk_` secret is no Ed25519 key: 32 bytes, or 64 with the public key".to_owned())
            });
        }
        if bytes.len() < SHORTEST {
            return Err(invalid(format!("a `secret` has {} bytes, which is less than {SHORTEST}", bytes.len())));
        }
        Ok(Self::Shared(bytes))
    }
}

/// The key of a seed, or of a seed and its public key.
fn pair(bytes: &[u8]) -> Option<Ed25519KeyPair> {
    let (seed, public) = bytes.split_at_checked(32)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    (public.is_empty() || public == pair.public_key().as_ref()).then_some(pair)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shared(_) => "Key::Shared(•••)",
            Self::Private(_) => "Key::Private(•••)",
        })
    }
}
