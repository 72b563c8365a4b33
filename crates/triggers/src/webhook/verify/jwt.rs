//! JSON Web Tokens (RFC 7519) as logins. The key says which algorithm may be, the token never does (RFC 8725 §3.1).

use super::constant_time::same;
use super::notation::Notation;
use super::token::bearer;
use super::{Algorithm, Fault, Incoming, KeyKind, KeyRequest, Keys, PublicKey, Settings};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use std::time::Duration;

/// What a preset says of its tokens.
#[derive(Clone, Copy, Debug)]
pub struct JwtRules {
    /// Where the issuer publishes its keys; none: the settings `secret`, `public_key` or `jwks` have the key.
    pub jwks: Option<&'static str>,
    /// Who issues them; empty: as the setting `issuer` says, if it does.
    pub issuers: &'static [&'static str],
    /// Whether `audience` must be set.
    pub audience: Claim,
    /// Whether `service_account` must be set, and be the verified `email` of the token.
    pub service_account: Claim,
    /// How far clocks may be apart, unless `tolerance` says otherwise.
    pub leeway: Duration,
}

/// Whether a claim of a token is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// It must be set what it is.
    Required,
    /// It is checked where it is set.
    Optional,
}

/// With so many keys a token is tried at most that does not name its own: a set of them may be long, and each costs time.
const MOST_TRIED: usize = 64;

/// A token taken apart.
struct Parsed<'t> {
    signed: &'t str,
    algorithm: String,
    key: Option<String>,
    claims: Value,
    signature: Vec<u8>,
}

impl JwtRules {
    /// Where keys are that are not set, if nothing but the signature can be wrong with the token: strangers have nothing
    /// fetched.
    pub(super) fn keys_wanted(&self, settings: &Settings, incoming: &Incoming<'_>) -> Option<KeyRequest> {
        let url = self.jwks.or_else(|| settings.text("jwks").filter(|url| url.starts_with("https://")))?;
        if settings.has("public_key") {
            return None;
        }
        let (parsed, leeway) = self.read(settings, incoming).ok()?;
        parsed.check_public_algorithm().ok()?;
        self.check_claims(&parsed.claims, settings).ok()?;
        check_times(&parsed.claims, incoming.now, leeway).ok()?;
        Some(KeyRequest { url: url.to_owned(), kind: KeyKind::Jwks })
    }

    pub(super) fn verify(
        &self,
        settings: &Settings,
        incoming: &Incoming<'_>,
        keys: Option<&Keys>,
    ) -> Result<(), Fault> {
        let (parsed, leeway) = self.read(settings, incoming)?;
        let signed = self.check_signature(&parsed, settings, keys);
        if let Err(fault) = &signed
            && fault.code != Fault::keys_unavailable().code
        {
            return signed;
        }
        // Of a token that could not pass whatever its key, that is said, and no key is missed.
        self.check_claims(&parsed.claims, settings)?;
        check_times(&parsed.claims, incoming.now, leeway)?;
        signed
    }

    /// The token, and how far clocks may be apart.
    fn read<'i>(&self, settings: &Settings, incoming: &Incoming<'i>) -> Result<(Parsed<'i>, Duration), Fault> {
        let leeway = settings.tolerance(Some(self.leeway))?.unwrap_or_default();
        self.check_set(settings)?;
        let token = match settings.text("header") {
            Some(name) => incoming.header(name)?,
            None => bearer(incoming)?,
        };
        Ok((Parsed::read(token)?, leeway))
    }

    /// Whether everything is set that must be.
    fn check_set(&self, settings: &Settings) -> Result<(), Fault> {
        for (name, claim) in [("audience", self.audience), ("service_account", self.service_account)] {
            if claim == Claim::Required || settings.has(name) {
                settings.required(name)?;
            }
        }
        let keys = ["secret", "public_key", "jwks"];
        match keys.iter().find(|name| settings.has(name)) {
            Some(name) => settings.secrets(name).map(|_| ()),
            None if self.jwks.is_some() => Ok(()),
            None => Err(Fault::no_secret("secret")),
        }
    }

    /// Public keys outweigh a secret: one is never taken for the other.
    fn check_signature(&self, parsed: &Parsed<'_>, settings: &Settings, keys: Option<&Keys>) -> Result<(), Fault> {
        if settings.has("public_key") {
            let given = settings.secrets("public_key")?;
            let read = given.iter().filter_map(|pem| PublicKey::from_pem_or_base64(std::str::from_utf8(pem).ok()?));
            let read: Vec<_> = read.collect();
            if read.is_empty() {
                return Err(Fault::bad_secret("public_key", "is no public key in PEM"));
            }
            return parsed.check_public(read.iter());
        }
        if self.jwks.is_some() || settings.has("jwks") {
            parsed.check_public_algorithm()?;
            let keys = keys.ok_or_else(Fault::keys_unavailable)?;
            let mut named = keys.named(parsed.key.as_deref()).peekable();
            return match named.peek() {
                Some(_) => parsed.check_public(named),
                None => Err(Fault::unknown_key()),
            };
        }
        parsed.check_secret(&settings.secrets("secret")?)
    }

    fn check_claims(&self, claims: &Value, settings: &Settings) -> Result<(), Fault> {
        let issuer = claims.get("iss").and_then(Value::as_str);
        let known = |issuer: &str| match self.issuers {
            [] => !settings.has("issuer") || settings.text("issuer") == Some(issuer),
            issuers => issuers.contains(&issuer),
        };
        if !issuer.map_or(self.issuers.is_empty() && !settings.has("issuer"), known) {
            return Err(Fault::bad_issuer());
        }
        if let Some(wanted) = settings.text("audience")
            && !names(claims.get("aud"), wanted)
        {
            return Err(Fault::bad_audience());
        }
        if let Some(wanted) = settings.text("service_account") {
            let verified = claims.get("email_verified") == Some(&Value::Bool(true));
            if !verified || claims.get("email").and_then(Value::as_str) != Some(wanted) {
                return Err(Fault::bad_subject("the token is of another service account"));
            }
        }
        Ok(())
    }
}

impl<'t> Parsed<'t> {
    fn read(token: &'t str) -> Result<Self, Fault> {
        let malformed = || Fault::malformed_header("Authorization", "has no token of three parts in base64url");
        let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
        let (header, claims) = signed.split_once('.').ok_or_else(malformed)?;
        let json = |part: &str| -> Option<Value> { serde_json::from_slice(&Notation::Base64Url.read(part)?).ok() };
        let header = json(header).ok_or_else(malformed)?;
        // Extensions that must be understood (RFC 7515 §4.1.11): none is.
        if header.get("crit").is_some() {
            return Err(Fault::wrong_scheme("the token asks for extensions that are not known here"));
        }
        Ok(Self {
            signed,
            algorithm: header.get("alg").and_then(Value::as_str).unwrap_or_default().to_owned(),
            key: header.get("kid").and_then(Value::as_str).map(str::to_owned),
            claims: json(claims).ok_or_else(malformed)?,
            signature: Notation::Base64Url.read(signature).unwrap_or_default(),
        })
    }

    fn check_public_algorithm(&self) -> Result<(), Fault> {
        match self.algorithm.as_str() {
            "RS256" | "ES256" | "EdDSA" => Ok(()),
            _ => Err(Fault::wrong_scheme("the token is not signed with RS256, ES256 or EdDSA")),
        }
    }

    fn check_public<'k>(&self, keys: impl Iterator<Item = &'k PublicKey>) -> Result<(), Fault> {
        let (text, keys) = (self.signed.as_bytes(), keys.take(MOST_TRIED));
        let fits = |key: &PublicKey| match self.algorithm.as_str() {
            "RS256" => key.may_be("RSA") && Algorithm::RsaSha256.fits_public(key, text, &self.signature),
            "EdDSA" => key.may_be("OKP") && Algorithm::Ed25519.fits_public(key, text, &self.signature),
            "ES256" => key.may_be("EC") && fits_fixed(key, text, &self.signature),
            _ => false,
        };
        self.check_public_algorithm()?;
        if keys.fold(false, |found, key| found | fits(key)) { Ok(()) } else { Err(Fault::bad_signature()) }
    }

    fn check_secret(&self, secrets: &[&[u8]]) -> Result<(), Fault> {
        let algorithm = match self.algorithm.as_str() {
            "HS256" => Algorithm::HmacSha256,
            "HS512" => Algorithm::HmacSha512,
            _ => return Err(Fault::wrong_scheme("the token is not signed with HS256 or HS512")),
        };
        // A public key that was set as a secret would let everyone sign (RFC 8725 §2.1).
        if secrets.iter().any(|secret| secret.windows(10).any(|window| window == b"-----BEGIN")) {
            return Err(Fault::bad_secret("secret", "is a PEM; set it as `public_key`"));
        }
        let text = self.signed.as_bytes();
        let fits = |secret: &&[u8]| algorithm.code(secret, text).is_some_and(|code| same(&code, &self.signature));
        if secrets.iter().fold(false, |found, secret| found | fits(secret)) {
            Ok(())
        } else {
            Err(Fault::bad_signature())
        }
    }
}

/// Tokens have ECDSA signatures as two numbers of fixed length, not in DER (RFC 7518 §3.4).
fn fits_fixed(key: &PublicKey, text: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.bytes()).verify(text, signature).is_ok()
}

/// Whether an audience, a text or a list of texts (RFC 7519 §4.1.3), names this one.
fn names(audience: Option<&Value>, wanted: &str) -> bool {
    match audience {
        Some(Value::String(one)) => one == wanted,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(wanted)),
        _ => false,
    }
}

/// `exp` must be there: a token without an end is a password.
fn check_times(claims: &Value, now: i64, leeway: Duration) -> Result<(), Fault> {
    let (now, leeway) = (now as f64 / 1_000.0, leeway.as_secs_f64());
    let expires = claims.get("exp").and_then(Value::as_f64).ok_or_else(|| Fault::bad_claim("exp"))?;
    if expires + leeway < now {
        return Err(Fault::stale((now - expires) as i64, leeway as u64));
    }
    match claims.get("nbf").map(Value::as_f64) {
        None => Ok(()),
        Some(None) => Err(Fault::bad_claim("nbf")),
        Some(Some(begins)) if begins > now + leeway => Err(Fault::future((begins - now) as i64, leeway as u64)),
        Some(Some(_)) => Ok(()),
    }
}
