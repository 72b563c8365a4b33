//! Public keys that are fetched: what is to be fetched, and what came of it.

use super::notation::{self, Notation};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::signature::RsaPublicKeyComponents;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::server::ParsedCertificate;
use serde_json::Value;

/// Keys that a check needs. The URL is one that a preset or the author fixed, or is at a host that the preset fixed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRequest {
    /// To be fetched with GET over HTTPS, and to be kept for as long as the answer may be cached.
    pub url: String,
    /// How to read the answer.
    pub kind: KeyKind,
}

/// What is published at a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// A JSON Web Key Set (RFC 7517 §5).
    Jwks,
    /// A certificate, or a chain that begins with it, in PEM (RFC 7468).
    Certificate,
}

/// Public keys of a provider.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    keys: Vec<PublicKey>,
}

/// One public key.
#[derive(Clone, Debug)]
pub struct PublicKey {
    /// The name by which tokens refer to it (`kid`).
    id: Option<String>,
    /// What it is for: `RSA`, `EC` or `OKP` (RFC 7518 §6.1); none where it does not say.
    kind: Option<String>,
    bytes: Vec<u8>,
}

impl Keys {
    /// The keys in what was fetched; none where it holds none that can be read.
    pub fn read(kind: KeyKind, fetched: &[u8]) -> Option<Self> {
        match kind {
            KeyKind::Jwks => Self::from_jwks(fetched),
            KeyKind::Certificate => PublicKey::from_certificate(fetched).map(Self::of),
        }
    }

    /// One key.
    pub fn of(key: PublicKey) -> Self {
        Self { keys: vec![key] }
    }

    /// Those that may have made a signature: with this name, if both say one.
    pub(super) fn named<'k>(&'k self, id: Option<&'k str>) -> impl Iterator<Item = &'k PublicKey> {
        self.keys.iter().filter(move |key| match (&key.id, id) {
            (Some(key), Some(id)) => key == id,
            _ => true,
        })
    }

    fn from_jwks(fetched: &[u8]) -> Option<Self> {
        let set: Value = serde_json::from_slice(fetched).ok()?;
        let keys: Vec<_> = set.get("keys")?.as_array()?.iter().filter_map(PublicKey::from_jwk).collect();
        (!keys.is_empty()).then_some(Self { keys })
    }
}

impl PublicKey {
    /// The key in a PEM of a public key or of a certificate, or in the base64 of a `SubjectPublicKeyInfo`.
    pub fn from_pem_or_base64(text: &str) -> Option<Self> {
        if text.contains("-----BEGIN CERTIFICATE") {
            return Self::from_certificate(text.as_bytes());
        }
        let bytes = if text.contains("-----BEGIN") {
            SubjectPublicKeyInfoDer::from_pem_slice(text.as_bytes()).ok()?.to_vec()
        } else {
            notation::read_key(text)?
        };
        Some(Self { id: None, kind: None, bytes })
    }

    /// As aws-lc takes it: a `SubjectPublicKeyInfo` in DER, or the raw key of a curve.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether it is of this kind, as far as it says.
    pub(super) fn may_be(&self, kind: &str) -> bool {
        self.kind.as_deref().is_none_or(|own| own == kind)
    }

    fn from_certificate(pem: &[u8]) -> Option<Self> {
        let certificate = CertificateDer::from_pem_slice(pem).ok()?;
        let bytes = ParsedCertificate::try_from(&certificate).ok()?.subject_public_key_info().to_vec();
        Some(Self { id: None, kind: None, bytes })
    }

    /// A key for signatures of RSA, P-256 or Ed25519 (RFC 7518 §6, RFC 8037 §2). Shared secrets are not taken from a set
    /// that is public.
    fn from_jwk(jwk: &Value) -> Option<Self> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        if text("use").is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let part = |name: &str| Notation::Base64Url.read(text(name)?);
        let bytes = match (text("kty")?, text("crv")) {
            ("RSA", _) => rsa(&part("n")?, &part("e")?)?,
            ("EC", Some("P-256")) => [&[4], part("x")?.as_slice(), part("y")?.as_slice()].concat(),
            ("OKP", Some("Ed25519")) => part("x")?,
            _ => return None,
        };
        Some(Self { id: text("kid").map(str::to_owned), kind: text("kty").map(str::to_owned), bytes })
    }
}

fn rsa(modulus: &[u8], exponent: &[u8]) -> Option<Vec<u8>> {
    let components = RsaPublicKeyComponents { n: modulus, e: exponent };
    components.as_der().ok().map(|der| der.as_ref().to_vec())
}
