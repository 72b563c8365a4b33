//! Why a request is not taken for what it says it is.

use std::fmt;

/// Why a request does not pass. It holds no secret and no expected signature, so it may be kept and shown to the author
/// of the webhook; callers are told its status alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What it is, for programs: `bad_signature`.
    pub code: &'static str,
    /// What it is, in one sentence without a final dot.
    pub detail: String,
    /// What the caller is answered: 401, or 503 where it is not the caller's fault and it should try again.
    pub status: u16,
}

impl Fault {
    fn new(code: &'static str, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), status: 401 }
    }

    pub(in crate::webhook) fn no_secret(setting: &str) -> Self {
        Self::new("no_secret", format!("`{setting}` has no value, and an empty one protects nothing"))
    }

    pub(super) fn bad_secret(setting: &str, why: &str) -> Self {
        Self::new("bad_secret", format!("`{setting}` {why}"))
    }

    pub(super) fn bad_setting(setting: &str, why: &str) -> Self {
        Self::new("bad_setting", format!("`{setting}` {why}"))
    }

    pub(super) fn missing_header(name: &str) -> Self {
        Self::new("missing_header", format!("the header `{name}` is missing or empty"))
    }

    pub(super) fn duplicate_header(name: &str) -> Self {
        Self::new("duplicate_header", format!("the header `{name}` is there more than once, so none is taken"))
    }

    pub(super) fn malformed_header(name: &str, why: &str) -> Self {
        Self::new("malformed_header", format!("the header `{name}` {why}"))
    }

    pub(super) fn missing_parameter(name: &str) -> Self {
        Self::new("missing_parameter", format!("the query has no `{name}`"))
    }

    pub(super) fn duplicate_parameter(name: &str) -> Self {
        Self::new("duplicate_parameter", format!("the query has `{name}` more than once, so none is taken"))
    }

    pub(super) fn malformed_signature(why: impl Into<String>) -> Self {
        Self::new("malformed_signature", why)
    }

    pub(super) fn wrong_scheme(why: impl Into<String>) -> Self {
        Self::new("wrong_scheme", why)
    }

    pub(super) fn malformed_timestamp(place: &str) -> Self {
        Self::new("malformed_timestamp", format!("{place} is no time: 1 to 15 digits are expected"))
    }

    pub(super) fn stale(seconds: i64, tolerance: u64) -> Self {
        let detail = format!("the request is {seconds} s old, and {tolerance} s are allowed");
        Self::new("stale_timestamp", detail)
    }

    pub(super) fn future(seconds: i64, tolerance: u64) -> Self {
        let detail = format!("the request is {seconds} s ahead of this clock, and {tolerance} s are allowed");
        Self::new("future_timestamp", detail)
    }

    pub(super) fn bad_signature() -> Self {
        Self::new("bad_signature", "the signature does not fit these bytes and any of the secrets")
    }

    pub(super) fn bad_token() -> Self {
        Self::new("bad_token", "the token or login is not one of those that are set")
    }

    pub(super) fn bad_body_hash() -> Self {
        Self::new("bad_body_hash", "the body has another SHA-256 than the URL says")
    }

    pub(super) fn malformed_body(why: impl Into<String>) -> Self {
        Self::new("malformed_body", why)
    }

    pub(super) fn untrusted_certificate_url() -> Self {
        Self::new("untrusted_cert_url", "the certificate's URL is not at one of the provider's hosts")
    }

    pub(super) fn bad_issuer() -> Self {
        Self::new("bad_issuer", "the token is from another issuer")
    }

    pub(super) fn bad_audience() -> Self {
        Self::new("bad_audience", "the token is meant for another audience")
    }

    pub(super) fn bad_subject(why: &str) -> Self {
        Self::new("bad_subject", why)
    }

    pub(super) fn bad_claim(claim: &str) -> Self {
        Self::new("malformed_token", format!("the token's `{claim}` is missing or has another kind"))
    }

    pub(super) fn unknown_key() -> Self {
        Self::new("unknown_key", "the token is signed with a key that the issuer does not publish")
    }

    /// The key could not be fetched: the sender is to try again.
    pub(super) fn keys_unavailable() -> Self {
        let fault = Self::new("keys_unavailable", "the provider's public key could not be fetched");
        Self { status: 503, ..fault }
    }

    /// A preset that checks nothing was asked to check.
    pub(super) fn unverifiable(provider: &str) -> Self {
        Self::new("unverifiable", format!("{provider} signs nothing, so this proves nothing"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl std::error::Error for Fault {}
