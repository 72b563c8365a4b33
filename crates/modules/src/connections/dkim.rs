//! Signatures of the mails of a domain (DKIM, RFC 6376), so that receivers can tell that they are the domain's.

use super::settings::{Settings, pem_of};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use mail_auth::common::crypto::{Algorithm, DkimKey, Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::{HeaderWriter, Writable};
use mail_auth::dkim::{Canonicalization, DkimSigner};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use std::fmt;
use std::sync::Arc;

/// Fields that are signed wherever they are: what readers are shown, and by what mails are told apart (RFC 6376 §5.4.1;
/// RFC 8058 §4 for those of lists).
const SIGNED: &[&str] = &[
    "From",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];

/// What signs the mails of a connection.
#[derive(Clone)]
pub(crate) struct Dkim {
    domain: String,
    selector: String,
    key: Key,
    public: String,
}

/// A private key that several signatures share.
#[derive(Clone)]
struct Key(Arc<DkimKey>);

impl Dkim {
    /// `{ dkim_domain, dkim_selector, dkim_key }`: all of them, or none.
    pub(super) fn read(settings: &mut Settings<'_>) -> Option<Self> {
        const KEYS: [&str; 3] = ["dkim_domain", "dkim_selector", "dkim_key"];
        let [domain, selector] = [settings.text(KEYS[0]), settings.text(KEYS[1])];
        let key = settings.secret(KEYS[2]);
        if let Some(given) = KEYS.into_iter().find(|key| settings.has(key)) {
            let missing: Vec<_> = KEYS.into_iter().filter(|key| !settings.has(key)).collect();
            for missing in missing {
                settings.reject(given, &format!("needs `{missing}` beside it"), Some("a signature has all three"));
            }
        }
        for (name, text) in [(KEYS[0], &domain), (KEYS[1], &selector)] {
            if text.as_deref().is_some_and(|text| !is_name(text)) {
                settings.reject(name, "is no name in the DNS", Some("example.com, and a word such as mail2026"));
            }
        }
        let (domain, selector, key) = (domain?, selector?, key?);
        let Some((key, public)) = signing_key(&pem_of(key.reveal())) else {
            settings.reject_content(KEYS[2], NO_KEY);
            return None;
        };
        (is_name(&domain) && is_name(&selector)).then_some(Self { domain, selector, key, public })
    }

    /// Where the public key is to be published, and what: a TXT record.
    pub(crate) fn record(&self) -> (String, &str) {
        (format!("{}._domainkey.{}", self.selector, self.domain), &self.public)
    }

    /// The field that signs this mail. None where it cannot be signed.
    pub(crate) fn signature(&self, mail: &[u8]) -> Option<String> {
        let signer = DkimSigner::from_key(self.key.clone()).domain(&self.domain).selector(&self.selector);
        let signer = signer.headers(there(mail)).header_canonicalization(Canonicalization::Relaxed);
        Some(signer.body_canonicalization(Canonicalization::Relaxed).sign(mail).ok()?.to_header())
    }
}

/// What is said of a key that is none.
const NO_KEY: &str = "is no private key in PEM, RSA of at least 2048 bits or Ed25519, as `openssl genpkey -algorithm ed25519` writes one";

/// The fields to sign that the mail has.
fn there(mail: &[u8]) -> Vec<&'static str> {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(mail.len());
    let names: Vec<&[u8]> =
        mail[..end].split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b':').next()).collect();
    SIGNED
        .iter()
        .copied()
        .filter(|name| names.iter().any(|there| there.eq_ignore_ascii_case(name.as_bytes())))
        .collect()
}

/// Labels with dots between them (RFC 6376 §3.1, RFC 5321 §4.1.2).
fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// The key in this PEM, with what is published of it (RFC 6376 §3.6.1, RFC 8463 §4).
fn signing_key(pem: &str) -> Option<(Key, String)> {
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).ok()?;
    if let PrivateKeyDer::Pkcs8(pkcs8) = &der
        && let Ok(key) = Ed25519Key::from_pkcs8_maybe_unchecked_der(pkcs8.secret_pkcs8_der())
    {
        let public = format!("v=DKIM1; k=ed25519; p={}", BASE64_STANDARD.encode(key.public_key()));
        return Some((Key(Arc::new(DkimKey::Ed25519(key))), public));
    }
    let key = RsaKey::<Sha256>::from_key_der(der).ok()?;
    let public = format!("v=DKIM1; k=rsa; p={}", BASE64_STANDARD.encode(spki(&key.public_key())));
    Some((Key(Arc::new(DkimKey::Rsa(key))), public))
}

/// An RSA key as `SubjectPublicKeyInfo` (RFC 5280 §4.1), as everyone publishes it.
fn spki(key: &[u8]) -> Vec<u8> {
    /// rsaEncryption, and no parameters (RFC 8017 §A.1).
    const RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
    /// SEQUENCE and BIT STRING (X.690 §8.9, §8.6).
    const SEQUENCE: u8 = 0x30;
    const BITS: u8 = 0x03;
    let bits = tagged(BITS, &[&[0][..], key].concat());
    tagged(SEQUENCE, &[RSA, &bits].concat())
}

/// A tag, a length and a content in DER.
fn tagged(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut out = vec![tag];
    match length.as_slice() {
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | long.len() as u8);
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

impl SigningKey for Key {
    type Hasher = Sha256;

    fn sign(&self, input: impl Writable) -> mail_auth::Result<Vec<u8>> {
        self.0.sign(input)
    }

    fn algorithm(&self) -> Algorithm {
        self.0.algorithm()
    }
}

impl fmt::Debug for Dkim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dkim").field("domain", &self.domain).field("selector", &self.selector).finish_non_exhaustive()
    }
}
