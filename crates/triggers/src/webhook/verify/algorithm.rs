//! Codes, digests and signatures, and how long each is.

use super::constant_time::same;
use super::keys::PublicKey;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};

/// A way to sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC (RFC 2104) with SHA-1, for providers that still use it.
    HmacSha1,
    /// HMAC with SHA-256.
    HmacSha256,
    /// HMAC with SHA-512.
    HmacSha512,
    /// Plain SHA-256 (FIPS 180-4) of a text that holds the secret.
    Sha256,
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ECDSA with P-256 and SHA-256, the signature in DER.
    EcdsaP256,
    /// RSA with SHA-256, PKCS #1 v1.5 (RFC 8017 §8.2).
    RsaSha256,
}

impl Algorithm {
    /// Those of the generic check, by what settings call them.
    pub(super) const NAMED: [(&'static str, Self); 3] =
        [("sha1", Self::HmacSha1), ("sha256", Self::HmacSha256), ("sha512", Self::HmacSha512)];

    /// What people call it.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::HmacSha1 => "HMAC-SHA1",
            Self::HmacSha256 => "HMAC-SHA256",
            Self::HmacSha512 => "HMAC-SHA512",
            Self::Sha256 => "SHA-256",
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256 => "ECDSA P-256",
            Self::RsaSha256 => "RSA-SHA256",
        }
    }

    /// How many bytes a signature has, where that is fixed.
    pub(super) fn length(self) -> Option<usize> {
        match self {
            Self::HmacSha1 => Some(20),
            Self::HmacSha256 | Self::Sha256 => Some(32),
            Self::HmacSha512 | Self::Ed25519 => Some(64),
            Self::EcdsaP256 | Self::RsaSha256 => None,
        }
    }

    /// Whether both sides hold the same secret.
    pub(super) fn is_shared(self) -> bool {
        matches!(self, Self::HmacSha1 | Self::HmacSha256 | Self::HmacSha512 | Self::Sha256)
    }

    /// The code of a text under a key; none where only the sender can make one. Plain digests need no key: it is in the
    /// text.
    pub(super) fn code(self, key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let kind = match self {
            Self::HmacSha1 => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::HmacSha256 => HMAC_SHA256,
            Self::HmacSha512 => HMAC_SHA512,
            Self::Sha256 => return Some(digest(&SHA256, text).as_ref().to_vec()),
            Self::Ed25519 | Self::EcdsaP256 | Self::RsaSha256 => return None,
        };
        Some(hmac::sign(&hmac::Key::new(kind, key), text).as_ref().to_vec())
    }

    /// Whether one of these is the signature of a text. All are looked at, and a code is made once for all of them: who
    /// sends many signatures makes no more work than who sends one.
    pub(super) fn fits_one_of(self, key: &[u8], text: &[u8], signatures: &[Vec<u8>]) -> bool {
        match self.code(key, text) {
            Some(code) => signatures.iter().fold(false, |fits, one| fits | same(&code, one)),
            None => signatures.iter().fold(false, |fits, one| fits | self.fits(key, text, one)),
        }
    }

    /// Whether this is the signature of a text. The time it takes does not tell where a code differs.
    pub(super) fn fits(self, key: &[u8], text: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Ed25519 => checks(&ED25519, key, text, signature),
            Self::EcdsaP256 => checks(&ECDSA_P256_SHA256_ASN1, key, text, signature),
            Self::RsaSha256 => checks(&RSA_PKCS1_2048_8192_SHA256, key, text, signature),
            _ => self.code(key, text).is_some_and(|code| same(&code, signature)),
        }
    }

    /// As [`fits`](Self::fits), with a public key.
    pub(super) fn fits_public(self, key: &PublicKey, text: &[u8], signature: &[u8]) -> bool {
        !self.is_shared() && self.fits(key.bytes(), text, signature)
    }
}

/// A key of another kind than the algorithm's fits nothing.
fn checks(algorithm: &'static dyn VerificationAlgorithm, key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm, key).verify(text, signature).is_ok()
}
