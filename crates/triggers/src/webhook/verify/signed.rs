//! Signatures in a header over a text made of the request: what most providers do, with names and forms of their own.

use super::notation::{self, Notation};
use super::signature_list::{Found, SignatureList};
use super::template::{self, Filling};
use super::timestamp::check_fresh;
use super::{Algorithm, Fault, Incoming, PublicKey, Settings, Time, Unit};
use scenario::secret::MASK;
use std::borrow::Cow;
use std::time::Duration;

/// How a provider signs.
#[derive(Clone, Copy, Debug)]
pub struct Signed<'a> {
    /// The header of the signature.
    pub header: &'a str,
    /// How signatures stand in it.
    pub list: SignatureList<'a>,
    /// How they are made.
    pub algorithm: Algorithm,
    /// How they are written.
    pub notation: Notation,
    /// The setting that holds the key.
    pub secret: &'a str,
    /// How the key is written there.
    pub key: KeyForm,
    /// The signed text: `{body}`, `v0:{timestamp}:{body}`; also `{id}`, `{url}`, `{decoded_url}`, `{method}`, `{secret}`.
    pub text: &'a str,
    /// Where the request says when it was made.
    pub time: Time<'a>,
    /// How far that may be from now, unless `tolerance` says otherwise; none: it is not looked at.
    pub tolerance: Option<Duration>,
    /// The header that `{id}` stands for; empty where there is none.
    pub id: &'a str,
    /// A header that must have this value, as it says by which scheme the request is signed.
    pub version: Option<(&'a str, &'a str)>,
}

/// How a key is written in a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// The bytes of the text are the key.
    Text,
    /// Base64 behind `whsec_`, or without it (Standard Webhooks).
    Whsec,
    /// A public key in base64 behind `whpk_`, or without it (Standard Webhooks).
    Whpk,
    /// A public key in hexadecimal.
    Hex,
    /// A public key as PEM (RFC 7468), or as the base64 in it alone.
    Pem,
}

impl Signed<'static> {
    /// HMAC-SHA256 over the body in hexadecimal: what providers change a little.
    pub(crate) const BODY: Self = Self {
        header: "",
        list: SignatureList::One(""),
        algorithm: Algorithm::HmacSha256,
        notation: Notation::Hex,
        secret: "secret",
        key: KeyForm::Text,
        text: "{body}",
        time: Time::Nowhere,
        tolerance: None,
        id: "",
        version: None,
    };

    /// Standard Webhooks with a shared secret (`v1`).
    pub(crate) const STANDARD: Self = Self {
        header: "webhook-signature",
        list: SignatureList::Versions("v1"),
        notation: Notation::Base64,
        key: KeyForm::Whsec,
        text: "{id}.{timestamp}.{body}",
        time: Time::Header("webhook-timestamp", Unit::Seconds),
        tolerance: Some(Duration::from_secs(300)),
        id: "webhook-id",
        ..Self::BODY
    };

    /// Standard Webhooks with a key pair (`v1a`).
    pub(crate) const STANDARD_PUBLIC: Self = Self {
        list: SignatureList::Versions("v1a"),
        algorithm: Algorithm::Ed25519,
        secret: "public_key",
        key: KeyForm::Whpk,
        ..Self::STANDARD
    };
}

/// What a request brought, before it is compared with what was expected.
pub(super) struct Claim<'i> {
    found: Found<'i>,
    filling: Filling<'i>,
    time: Option<&'i str>,
}

/// What was to be signed, and what was to come of it, for a person to look at.
pub(super) struct Expectation {
    /// The text, with credentials and the secret masked.
    pub(super) text: Vec<u8>,
    /// How many bytes it has as it is.
    pub(super) length: usize,
    /// The code; none where only the sender can make one.
    pub(super) code: Option<String>,
}

impl Signed<'_> {
    pub(super) fn verify(&self, settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
        let keys = self.keys(settings)?;
        let tolerance = settings.tolerance(self.tolerance)?;
        let claim = self.claim(incoming)?;
        let signatures = self.decode(&claim.found)?;
        let mut fits = false;
        for key in &keys {
            let text = template::fill(self.text, &Filling { secret: key, ..claim.filling });
            // Every key and every signature is tried: how long it takes does not tell which one fits.
            fits |= self.algorithm.fits_one_of(key, &text, &signatures);
        }
        if !fits {
            return Err(Fault::bad_signature());
        }
        match self.time.read(incoming, claim.time)? {
            Some(made) => check_fresh(made, incoming.now, tolerance),
            None => Ok(()),
        }
    }

    /// What the request says of its signature.
    pub(super) fn claim<'i>(&self, incoming: &Incoming<'i>) -> Result<Claim<'i>, Fault> {
        let value = incoming.header(self.header)?;
        // Where the time does not matter it is a part of the text, and no more.
        let in_header = match self.time {
            Time::Header(name, _) if self.tolerance.is_none() => Some(incoming.header(name)?),
            time => time.written(incoming)?,
        };
        let id = if self.id.is_empty() { "" } else { incoming.header(self.id)? };
        if let Some((header, version)) = self.version
            && incoming.header(header)? != version
        {
            return Err(Fault::wrong_scheme(format!("`{header}` is not `{version}`")));
        }
        let found = self.list.read(self.header, value)?;
        let time = in_header.or(found.time);
        if let Time::Beside(_) = self.time {
            self.time.read(incoming, time)?;
        }
        let filling = Filling { incoming: *incoming, timestamp: time.unwrap_or_default(), id, secret: &[] };
        Ok(Claim { found, filling, time })
    }

    /// What is expected under a key. `masked` is the request as it may be shown.
    pub(super) fn expectation(&self, key: &[u8], claim: &Claim<'_>, masked: &Incoming<'_>) -> Expectation {
        let shown = Filling { incoming: *masked, secret: MASK.as_bytes(), ..claim.filling };
        let text = template::fill(self.text, &Filling { secret: key, ..claim.filling });
        let code = self.algorithm.code(key, &text).map(|code| self.notation.write(&code));
        Expectation { text: template::fill(self.text, &shown).into_owned(), length: text.len(), code }
    }

    /// The keys, each as the algorithm takes it.
    pub(super) fn keys<'s>(&self, settings: &'s Settings) -> Result<Vec<Cow<'s, [u8]>>, Fault> {
        let given = settings.secrets(self.secret)?;
        let read: Vec<_> = given.into_iter().filter_map(|secret| self.key.read(secret)).collect();
        if read.is_empty() {
            return Err(Fault::bad_secret(self.secret, self.key.complaint()));
        }
        // HMAC with an empty key can be computed by anybody.
        let keys: Vec<_> = read.into_iter().filter(|key| !key.is_empty()).collect();
        if keys.is_empty() { Err(Fault::no_secret(self.secret)) } else { Ok(keys) }
    }

    fn decode(&self, found: &Found<'_>) -> Result<Vec<Vec<u8>>, Fault> {
        let read = |signature: &str| {
            let bytes = self.notation.read(signature)?;
            self.algorithm.length().is_none_or(|length| bytes.len() == length).then_some(bytes)
        };
        let signatures: Vec<_> = found.signatures.iter().filter_map(|signature| read(signature)).collect();
        if signatures.is_empty() && !self.list.is_lenient() {
            let (notation, algorithm) = (self.notation.name(), self.algorithm.title());
            return Err(Fault::malformed_signature(format!("it is no {algorithm} signature in {notation}")));
        }
        Ok(signatures)
    }
}

impl<'i> Claim<'i> {
    /// The signatures as they are written.
    pub(super) fn signatures(&self) -> &[&'i str] {
        &self.found.signatures
    }
}

impl KeyForm {
    /// The key that a setting holds; none where it is not written so.
    fn read(self, secret: &[u8]) -> Option<Cow<'_, [u8]>> {
        if self == Self::Text {
            return Some(secret.into());
        }
        let text = std::str::from_utf8(secret).ok()?.trim();
        match self {
            Self::Text => Some(secret.into()),
            Self::Whsec => notation::read_key(text.strip_prefix("whsec_").unwrap_or(text)).map(Cow::Owned),
            Self::Whpk => notation::read_key(text.strip_prefix("whpk_").unwrap_or(text)).map(Cow::Owned),
            Self::Hex => Notation::Hex.read(text).map(Cow::Owned),
            Self::Pem => PublicKey::from_pem_or_base64(text).map(|key| Cow::Owned(key.bytes().to_vec())),
        }
    }

    fn complaint(self) -> &'static str {
        match self {
            Self::Text => "is no text",
            Self::Whsec => "is not `whsec_` and base64",
            Self::Whpk => "is not `whpk_` and base64",
            Self::Hex => "is no public key in hexadecimal",
            Self::Pem => "is no public key in PEM or base64",
        }
    }
}
