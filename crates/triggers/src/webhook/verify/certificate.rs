//! PayPal's signature: RSA over the id, the time, the webhook's id and a checksum of the body, with the key of a
//! certificate that PayPal publishes. <https://developer.paypal.com/api/rest/webhooks/rest/>

use super::notation::Notation;
use super::{Algorithm, Fault, Incoming, KeyKind, KeyRequest, Keys, PublicKey, Settings};
use url::Url;

/// Where certificates may be.
const HOSTS: [&str; 2] = ["api.paypal.com", "api.sandbox.paypal.com"];

/// Where they are there.
const FOLDER: &str = "/v1/notifications/certs/";

/// The header of the signature.
pub(super) const SIGNATURE: &str = "PAYPAL-TRANSMISSION-SIG";

const CERTIFICATE: &str = "PAYPAL-CERT-URL";

/// What a request says of its signature.
struct Claim {
    text: Vec<u8>,
    signature: Vec<u8>,
    /// Where the certificate is.
    url: String,
}

/// The certificate, if its URL is at PayPal and nothing else is wrong with the request: strangers have nothing fetched.
pub(super) fn keys_wanted(settings: &Settings, incoming: &Incoming<'_>) -> Option<KeyRequest> {
    if settings.has("public_key") {
        return None;
    }
    let claim = claim(settings, incoming).ok()?;
    Some(KeyRequest { url: claim.url, kind: KeyKind::Certificate })
}

pub(super) fn verify(settings: &Settings, incoming: &Incoming<'_>, keys: Option<&Keys>) -> Result<(), Fault> {
    let Claim { text, signature, .. } = claim(settings, incoming)?;
    let own = settings.text("public_key").map(|pem| {
        let key = PublicKey::from_pem_or_base64(pem).map(Keys::of);
        key.ok_or_else(|| Fault::bad_secret("public_key", "is no public key in PEM"))
    });
    let own = own.transpose()?;
    let keys = own.as_ref().or(keys).ok_or_else(Fault::keys_unavailable)?;
    let fits = |key: &PublicKey| Algorithm::RsaSha256.fits_public(key, &text, &signature);
    if keys.named(None).fold(false, |found, key| found | fits(key)) { Ok(()) } else { Err(Fault::bad_signature()) }
}

/// What the request says of its signature: all of its five headers are there and can be read.
fn claim(settings: &Settings, incoming: &Incoming<'_>) -> Result<Claim, Fault> {
    let text = signed_text(settings, incoming)?;
    let written = incoming.header(SIGNATURE)?;
    let url = trusted_url(incoming)?;
    if !incoming.header("PAYPAL-AUTH-ALGO")?.eq_ignore_ascii_case("SHA256withRSA") {
        return Err(Fault::wrong_scheme("`PAYPAL-AUTH-ALGO` is not `SHA256withRSA`"));
    }
    let signature = Notation::Base64.read(written);
    let signature = signature.ok_or_else(|| Fault::malformed_signature("it is no signature in base64"))?;
    Ok(Claim { text, signature, url })
}

/// The signed text.
pub(super) fn signed_text(settings: &Settings, incoming: &Incoming<'_>) -> Result<Vec<u8>, Fault> {
    let webhook = settings.required("webhook_id")?;
    let id = incoming.header("PAYPAL-TRANSMISSION-ID")?;
    let time = incoming.header("PAYPAL-TRANSMISSION-TIME")?;
    Ok(format!("{id}|{time}|{webhook}|{}", crc32fast::hash(incoming.body)).into_bytes())
}

/// The certificate's URL, when it is one of PayPal's.
fn trusted_url(incoming: &Incoming<'_>) -> Result<String, Fault> {
    let written = incoming.header(CERTIFICATE)?;
    let url = Url::parse(written).ok().filter(|url| {
        let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        let bare = url.query().is_none() && url.fragment().is_none() && url.path().starts_with(FOLDER);
        plain && bare && url.scheme() == "https" && url.host_str().is_some_and(|host| HOSTS.contains(&host))
    });
    url.map(String::from).ok_or_else(Fault::untrusted_certificate_url)
}
