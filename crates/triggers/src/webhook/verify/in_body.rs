//! Mailgun's signature stands in the body and covers a time and a random token, not the event.
//! <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use super::notation::Notation;
use super::timestamp::{self, Unit, check_fresh};
use super::{Algorithm, Fault, Incoming, Settings};
use crate::webhook::encoding;
use serde_json::Value;
use std::time::Duration;

/// Retries go on for eight hours with the time of the first attempt.
const TOLERANCE: Duration = Duration::from_secs(9 * 3_600);

/// What the body says of its signature.
struct Claim {
    timestamp: String,
    token: String,
    signature: String,
}

pub(super) fn verify(settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
    let secrets = settings.secrets("secret")?;
    let tolerance = settings.tolerance(Some(TOLERANCE))?;
    let Claim { timestamp, token, signature } = claim(incoming)?;
    let signature = Notation::Hex.read(&signature).filter(|bytes| bytes.len() == 32);
    let signature = signature.ok_or_else(|| Fault::malformed_signature("it is no HMAC-SHA256 signature in hex"))?;
    let text = format!("{timestamp}{token}");
    let fits = |secret: &&[u8]| Algorithm::HmacSha256.fits(secret, text.as_bytes(), &signature);
    if !secrets.iter().fold(false, |found, secret| found | fits(secret)) {
        return Err(Fault::bad_signature());
    }
    let made = timestamp::read(&timestamp, Unit::Seconds, "`signature.timestamp` of the body")?;
    check_fresh(made, incoming.now, tolerance)
}

/// The signed text.
pub(super) fn signed_text(incoming: &Incoming<'_>) -> Result<Vec<u8>, Fault> {
    claim(incoming).map(|claim| format!("{}{}", claim.timestamp, claim.token).into_bytes())
}

/// In JSON it is an object `signature`; in the older forms the three fields stand among the others.
fn claim(incoming: &Incoming<'_>) -> Result<Claim, Fault> {
    let malformed = || Fault::malformed_body("the body has no `signature` with a timestamp, a token and a signature");
    if incoming.media_type() == "application/x-www-form-urlencoded" {
        let find = |wanted: &str| {
            let mut pairs = encoding::pairs(incoming.body, encoding_rs::UTF_8);
            pairs.find(|(name, _)| name == wanted).map(|(_, value)| value).ok_or_else(malformed)
        };
        return Ok(Claim { timestamp: find("timestamp")?, token: find("token")?, signature: find("signature")? });
    }
    let body: Value = serde_json::from_slice(incoming.body).map_err(|_| malformed())?;
    let member = |name: &str| body["signature"][name].as_str().map(str::to_owned).ok_or_else(malformed);
    Ok(Claim { timestamp: member("timestamp")?, token: member("token")?, signature: member("signature")? })
}
