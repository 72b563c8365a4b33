//! A certificate by which a client says who it is while a connection is made (mutual TLS).

use super::innermost;
use super::resolver::GuardedResolver;
use crate::connections::Secret;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;
use run::id::Millis;
use std::fmt;
use std::sync::OnceLock;

/// A certificate with its key, and whom it trusts besides the system's authorities. Connections are shared among calls.
pub(crate) struct Identity {
    certificate: String,
    key: Secret,
    trusted: Option<String>,
    anywhere: OnceLock<reqwest::Client>,
    checked: OnceLock<reqwest::Client>,
}

/// What is wrong with a part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unfit {
    /// The certificate, or the key, or that they belong together.
    Identity,
    /// What is to be trusted.
    Trusted,
}

impl Identity {
    /// The identity that these texts (PEM) hold.
    pub(crate) fn of(certificate: String, key: Secret, trusted: Option<String>) -> Result<Self, Unfit> {
        let identity = Self { certificate, key, trusted, anywhere: OnceLock::new(), checked: OnceLock::new() };
        let trusts = identity.roots().map_err(|_| Unfit::Trusted)?;
        if identity.trusted.is_some() && trusts.is_empty() {
            return Err(Unfit::Trusted);
        }
        let pair = identity.pair().map_err(|_| Unfit::Identity)?;
        // Whether key and certificate belong together is found out where they are put to use.
        reqwest::Client::builder().identity(pair).tls_certs_only([]).build().map_err(|_| Unfit::Identity)?;
        Ok(identity)
    }

    /// The client with this identity, whose names are resolved by this resolver, or as the system does.
    pub(super) fn client(&self, resolver: Option<GuardedResolver>) -> Result<&reqwest::Client, StepError> {
        let slot = if resolver.is_some() { &self.checked } else { &self.anywhere };
        if let Some(client) = slot.get() {
            return Ok(client);
        }
        let unfit = |error: reqwest::Error| StepError::permanent("tls_unavailable", innermost(&error));
        let builder = super::builder(resolver).identity(self.pair().map_err(unfit)?);
        let made = builder.tls_certs_merge(self.roots().map_err(unfit)?).build().map_err(unfit)?;
        Ok(slot.get_or_init(|| made))
    }

    /// What hides in texts.
    pub(crate) fn secret(&self) -> &Secret {
        &self.key
    }

    /// When the certificate ends.
    pub(crate) fn ends(&self) -> Option<Millis> {
        not_after(&der(&self.certificate)?)
    }

    fn pair(&self) -> reqwest::Result<reqwest::Identity> {
        reqwest::Identity::from_pem(format!("{}\n{}", self.certificate, self.key.reveal()).as_bytes())
    }

    fn roots(&self) -> reqwest::Result<Vec<reqwest::Certificate>> {
        self.trusted.as_ref().map_or(Ok(Vec::new()), |text| reqwest::Certificate::from_pem_bundle(text.as_bytes()))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// The bytes of the first certificate of a text.
fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
    let (text, _) = rest.split_once("-----END CERTIFICATE-----")?;
    STANDARD.decode(text.split_whitespace().collect::<String>()).ok()
}

/// When a certificate ends (RFC 5280 §4.1: version, serial number, algorithm and issuer stand before it).
fn not_after(certificate: &[u8]) -> Option<Millis> {
    let (_, whole, _) = part(certificate)?;
    let (_, mut rest, _) = part(whole)?;
    let (tag, _, after) = part(rest)?;
    if tag == 0xa0 {
        rest = after;
    }
    for _ in 0..3 {
        rest = part(rest)?.2;
    }
    let (_, validity, _) = part(rest)?;
    let (tag, time, _) = part(part(validity)?.2)?;
    let time = std::str::from_utf8(time).ok()?;
    // `491231235959Z` up to 2049, `20500101000000Z` from then on.
    let time = match tag {
        0x17 => format!("{}{time}", if time.get(..2)? < "50" { "20" } else { "19" }),
        0x18 => time.to_owned(),
        _ => return None,
    };
    millis(&time)
}

/// A part of DER: its tag, what is in it, and what follows it.
fn part(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (digits.iter().fold(0, |sum, digit| sum << 8 | usize::from(*digit)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

/// `20270101120000Z`, as milliseconds since 1970: days by the civil calendar.
fn millis(time: &str) -> Option<Millis> {
    let digits = time.strip_suffix('Z').filter(|it| it.len() == 14 && it.bytes().all(|byte| byte.is_ascii_digit()))?;
    let number = |range: std::ops::Range<usize>| digits[range].parse::<i64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let seconds = number(8..10)? * 3600 + number(10..12)? * 60 + number(12..14)?;
    // March is the first month of such a year, so that the odd day is its last one.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468;
    Some((days * 86_400 + seconds) * 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_certificate_is_read() {
        assert_eq!(millis("19700101000000Z"), Some(0));
        assert_eq!(millis("20000229120000Z"), Some(951_825_600_000));
        assert_eq!(millis("20261122000000Z"), Some(1_795_305_600_000));
        assert_eq!(millis("2026112200000Z"), None);
        for (not_after, expected) in [
            ((2027, 3, 1), 1_803_859_200_000_i64),
            ((2049, 12, 31), 2_524_521_600_000),
            ((2050, 1, 1), 2_524_608_000_000),
        ] {
            let key = rcgen::KeyPair::generate().unwrap();
            let mut params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
            params.not_after = rcgen::date_time_ymd(not_after.0, not_after.1, not_after.2);
            let pem = params.self_signed(&key).unwrap().pem();
            assert_eq!(super::not_after(&der(&pem).unwrap()), Some(expected), "{not_after:?}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(vec!["example.com".to_owned()]).unwrap();
        let whole = der(&params.self_signed(&key).unwrap().pem()).unwrap();
        for length in 0..whole.len() {
            // It may be read as far as its end stands; nothing panics.
            let _ = not_after(&whole[..length]);
        }
        for wrong in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80", &[0x30; 40]] {
            assert_eq!(not_after(wrong), None);
        }
    }
}
