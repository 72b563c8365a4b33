//! Basic authentication (RFC 7617).

use super::constant_time::is_one_of;
use super::notation::Notation;
use super::{Fault, Incoming, Settings};

/// The setting with `user:password`, or several.
pub(super) const CREDENTIALS: &str = "credentials";

/// Checks the login against `credentials`, or `user` and `password`.
pub(super) fn verify(settings: &Settings, incoming: &Incoming<'_>) -> Result<(), Fault> {
    let accepted = accepted(settings)?;
    let value = incoming.header("Authorization")?;
    let encoded = match value.split_once(' ') {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => encoded.trim(),
        _ => return Err(Fault::wrong_scheme("`Authorization` is not of the scheme `Basic`")),
    };
    let given = Notation::Base64.read(encoded);
    let given = given.ok_or_else(|| Fault::malformed_header("Authorization", "has no base64 behind `Basic`"))?;
    if is_one_of(&given, accepted.iter().map(Vec::as_slice)) { Ok(()) } else { Err(Fault::bad_token()) }
}

fn accepted(settings: &Settings) -> Result<Vec<Vec<u8>>, Fault> {
    let mut accepted: Vec<Vec<u8>> = settings.all(CREDENTIALS).map(<[u8]>::to_vec).collect();
    if settings.has("user") || settings.has("password") {
        let user = settings.required("user")?.as_bytes();
        accepted.extend(settings.secrets("password")?.iter().map(|password| [user, b":", password].concat()));
    }
    // A login of an empty user and password is none.
    accepted.retain(|login| login.as_slice() != b":");
    if accepted.is_empty() { Err(Fault::no_secret(CREDENTIALS)) } else { Ok(accepted) }
}
