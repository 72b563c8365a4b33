//! The algorithms of tokens (RFC 7518 §3) and the keys they go with.

use super::super::hash::code;
use super::super::notation::Notation;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Hmac;
use jsonwebtoken::{Algorithm as Pair, DecodingKey, EncodingKey, crypto};
use sha2::{Sha256, Sha384, Sha512};
use subtle::ConstantTimeEq;

/// A way to sign.
#[derive(Clone, Copy, Debug)]
pub(super) enum Algorithm {
    /// With a secret that both sides share: its name and the code it makes of a key and a message.
    Secret(&'static str, fn(&[u8], &[u8]) -> Vec<u8>),
    /// With a key pair of RSA.
    Rsa(&'static str, Pair),
    /// With a key pair on an elliptic curve. Such signatures are random, so expressions check them but do not make them.
    Curve(&'static str, Pair),
}

/// All that are known.
pub(super) const ALGORITHMS: &[Algorithm] = &[
    Algorithm::Secret("HS256", code::<Hmac<Sha256>>),
    Algorithm::Secret("HS384", code::<Hmac<Sha384>>),
    Algorithm::Secret("HS512", code::<Hmac<Sha512>>),
    Algorithm::Rsa("RS256", Pair::RS256),
    Algorithm::Rsa("RS384", Pair::RS384),
    Algorithm::Rsa("RS512", Pair::RS512),
    Algorithm::Curve("ES256", Pair::ES256),
    Algorithm::Curve("ES384", Pair::ES384),
];

/// A key, of which it is known for what algorithms it is.
pub(super) enum Key {
    /// Bytes that both sides share.
    Secret(Vec<u8>),
    /// A private or public key in PEM (RFC 7468).
    Pem(String),
}

impl Key {
    /// What a text starts with decides: a PEM is never a shared secret.
    pub(super) fn read(text: &str, notation: Notation) -> Result<Self, String> {
        if text.contains("-----BEGIN") {
            return Ok(Self::Pem(text.to_owned()));
        }
        match notation.read(text)? {
            bytes if bytes.is_empty() => Err("it is empty".into()),
            bytes => Ok(Self::Secret(bytes)),
        }
    }

    /// The algorithm, unless told otherwise.
    pub(super) fn usual(&self) -> Algorithm {
        match self {
            Self::Secret(_) => ALGORITHMS[0],
            Self::Pem(_) => ALGORITHMS[3],
        }
    }
}

impl Algorithm {
    /// What the header of a token calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Secret(name, _) | Self::Rsa(name, _) | Self::Curve(name, _) => name,
        }
    }

    /// Whether it is for this kind of key.
    pub(super) fn goes_with(self, key: &Key) -> bool {
        matches!((self, key), (Self::Secret(..), Key::Secret(_)) | (Self::Rsa(..) | Self::Curve(..), Key::Pem(_)))
    }

    /// The signature of a message.
    pub(super) fn sign(self, key: &Key, message: &[u8]) -> Result<Vec<u8>, String> {
        match (self, key) {
            (Self::Secret(_, code), Key::Secret(secret)) => Ok(code(secret, message)),
            (Self::Rsa(_, pair), Key::Pem(pem)) => {
                let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| unreadable("private", self))?;
                let signature = crypto::sign(message, &key, pair).map_err(|_| unreadable("private", self))?;
                URL_SAFE_NO_PAD.decode(signature).map_err(|error| error.to_string())
            }
            (Self::Curve(name, _), _) => {
                Err(format!("{name} can be checked here but not signed with: its signatures are random"))
            }
            _ => Err(unreadable("private", self)),
        }
    }

    /// Whether this is the signature of a message. The time it takes does not tell where a code differs.
    pub(super) fn verify(self, key: &Key, message: &[u8], signature: &[u8]) -> Result<bool, String> {
        let (decoded, pair) = match (self, key) {
            (Self::Secret(_, code), Key::Secret(secret)) => {
                return Ok(bool::from(code(secret, message).ct_eq(signature)));
            }
            (Self::Rsa(_, pair), Key::Pem(pem)) => (DecodingKey::from_rsa_pem(pem.as_bytes()), pair),
            (Self::Curve(_, pair), Key::Pem(pem)) => (DecodingKey::from_ec_pem(pem.as_bytes()), pair),
            _ => return Err(unreadable("public", self)),
        };
        let decoded = decoded.map_err(|_| unreadable("public", self))?;
        crypto::verify(&URL_SAFE_NO_PAD.encode(signature), message, &decoded, pair)
            .map_err(|_| unreadable("public", self))
    }
}

fn unreadable(half: &str, algorithm: Algorithm) -> String {
    format!("the key is not the PEM of a {half} key for {}", algorithm.name())
}
