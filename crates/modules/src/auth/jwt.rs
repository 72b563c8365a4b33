//! Tokens that a connection signs itself, one for every call (RFC 7519; RFC 8725 for what to leave alone).

use crate::connections::{Secret, incomplete};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use run::error::StepError;
use run::id::Millis;
use serde_json::{Map, Value};
use std::fmt;
use std::time::Duration;

/// What signs, and what is said.
#[derive(Clone)]
pub(crate) struct Signer {
    header: Header,
    key: EncodingKey,
    secret: Secret,
    claims: Map<String, Value>,
    lifetime: Duration,
}

/// Why nothing is signed so. It tells nothing of the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unusable {
    /// There is no such algorithm.
    Algorithm,
    /// The key is none for it.
    Key,
    /// The shared secret can be guessed.
    Short,
}

impl Signer {
    /// A signer by this algorithm: `secret` is the shared secret for HS, else a private key (PEM).
    pub(crate) fn of(
        algorithm: &str,
        secret: Secret,
        key_id: Option<String>,
        claims: Map<String, Value>,
        lifetime: Duration,
    ) -> Result<Self, Unusable> {
        let algorithm: Algorithm = algorithm.parse().map_err(|_| Unusable::Algorithm)?;
        let bytes = secret.reveal().as_bytes();
        let shortest = match algorithm {
            Algorithm::HS256 => 32,
            Algorithm::HS384 => 48,
            Algorithm::HS512 => 64,
            _ => 0,
        };
        if bytes.len() < shortest {
            return Err(Unusable::Short);
        }
        let key = match algorithm {
            Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512 => Ok(EncodingKey::from_secret(bytes)),
            Algorithm::ES256 | Algorithm::ES384 => EncodingKey::from_ec_pem(bytes),
            Algorithm::EdDSA => EncodingKey::from_ed_pem(bytes),
            _ => EncodingKey::from_rsa_pem(bytes),
        };
        let key = key.map_err(|_| Unusable::Key)?;
        let header = Header { kid: key_id, ..Header::new(algorithm) };
        let signer = Self { header, key, secret, claims, lifetime };
        signer.token(0).map_err(|_| Unusable::Key)?;
        Ok(signer)
    }

    /// A token that is good from now on.
    pub(super) fn token(&self, now: Millis) -> Result<Secret, StepError> {
        let now = now.div_euclid(1000);
        let mut claims = self.claims.clone();
        let ends = now.saturating_add(i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX));
        claims.insert("iat".to_owned(), now.into());
        claims.insert("exp".to_owned(), ends.into());
        jsonwebtoken::encode(&self.header, &claims, &self.key).map(Secret::new).map_err(|_| incomplete())
    }

    pub(super) fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.secret].into_iter()
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("header", &self.header).field("claims", &self.claims).finish_non_exhaustive()
    }
}
