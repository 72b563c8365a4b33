//! Twilio's signature: the public URL and the sorted fields of the form; of other bodies the URL has the SHA-256.
//! <https://www.twilio.com/docs/usage/security>

use super::constant_time::same;
use super::notation::Notation;
use super::{Algorithm, Fault, Incoming, Settings};
use crate::webhook::encoding;
use aws_lc_rs::digest::{SHA256, digest};
use std::collections::{BTreeMap, BTreeSet};

/// The header of the signature.
pub(super) const HEADER: &str = "X-Twilio-Signature";

pub(super) fn verify(settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
    let secrets = settings.secrets("secret")?;
    let written = incoming.header(HEADER)?;
    let signature = Notation::Base64.read(written).filter(|bytes| bytes.len() == 20);
    let signature = signature.ok_or_else(|| Fault::malformed_signature("it is no HMAC-SHA1 signature in base64"))?;
    let tail = tail(incoming)?;
    let mut fits = false;
    for text in urls(incoming.url).iter().map(|url| format!("{url}{tail}")) {
        fits = secrets
            .iter()
            .fold(fits, |fits, secret| fits | Algorithm::HmacSha1.fits(secret, text.as_bytes(), &signature));
    }
    if fits { Ok(()) } else { Err(Fault::bad_signature()) }
}

/// The signed text, with the URL as it is.
pub(super) fn signed_text(incoming: &Incoming<'_>) -> Result<Vec<u8>, Fault> {
    Ok(format!("{}{}", incoming.url, tail(incoming)?).into_bytes())
}

/// What follows the URL: the names of fields, sorted, each with its values; nothing where the query has the hash of the
/// body.
fn tail(incoming: &Incoming<'_>) -> Result<String, Fault> {
    let query = incoming.url.split_once('?').map_or("", |(_, query)| query);
    let mut hashes = encoding::pairs(query.as_bytes(), encoding_rs::UTF_8).filter(|(name, _)| name == "bodySHA256");
    if let Some((_, hash)) = hashes.next() {
        let expected = digest(&SHA256, incoming.body);
        let fits = Notation::Hex.read(&hash).is_some_and(|hash| same(&hash, expected.as_ref()));
        return if fits { Ok(String::new()) } else { Err(Fault::bad_body_hash()) };
    }
    if std::str::from_utf8(incoming.body).is_err() {
        return Err(Fault::malformed_body("the body is no form"));
    }
    let mut fields: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, value) in encoding::pairs(incoming.body, encoding_rs::UTF_8) {
        fields.entry(name).or_default().insert(value);
    }
    let pairs = fields.iter().flat_map(|(name, values)| values.iter().map(move |value| format!("{name}{value}")));
    Ok(pairs.collect())
}

/// The URL without its port and with it: which one is signed differs.
fn urls(url: &str) -> Vec<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return vec![url.to_owned()] };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let port = authority.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let usual = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
    let (host, port) = port.unwrap_or((authority, usual));
    let host = host.to_ascii_lowercase();
    vec![format!("{scheme}://{host}{path}"), format!("{scheme}://{host}:{port}{path}")]
}
