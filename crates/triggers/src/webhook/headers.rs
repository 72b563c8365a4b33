//! Header fields as the journal keeps them.

use super::problem::Refusal;
use run::input::{DEPTH_HEADER, MOST_DEPTH, depth};
use scenario::secret::MASK;
use std::borrow::Cow;

/// How many header fields a request may have.
pub const MOST: usize = 100;

/// How many bytes they may have, names and values together.
pub const MOST_BYTES: usize = 64 * 1024;

/// Fields that almost every request has and that carry no credential: known without a closer look.
const PLAIN: [&str; 12] = [
    "host",
    "accept",
    "content-type",
    "content-length",
    "user-agent",
    "accept-encoding",
    "accept-language",
    "connection",
    "x-forwarded-for",
    "x-forwarded-proto",
    "x-request-id",
    "traceparent",
];

/// Fields that carry a credential by definition (RFC 9110 §11, RFC 6265).
const CREDENTIALS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// Words that give away a field which carries a credential, or a signature that could be played again.
const TELLTALES: [&str; 9] =
    ["token", "secret", "signature", "password", "api-key", "apikey", "access-key", "auth-key", "hmac"];

/// Whether a request has no more header fields than are taken.
pub fn check(fields: &[(&str, &[u8])]) -> Result<(), Refusal> {
    if fields.len() > MOST {
        return Err(Refusal::too_many_headers(MOST));
    }
    let bytes: usize = fields.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > MOST_BYTES { Err(Refusal::headers_too_large(MOST_BYTES)) } else { Ok(()) }
}

/// Whether no more runs have called each other's hooks up to this request than may. Whoever sends it, of this server or
/// another: a circle may lead over several.
pub(super) fn check_depth(fields: &[(&str, &[u8])]) -> Result<(), Refusal> {
    let values = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case(DEPTH_HEADER));
    match values.map(|(_, value)| depth(&text(value))).max() {
        Some(deep) if deep > MOST_DEPTH => Err(Refusal::loop_detected(MOST_DEPTH)),
        _ => Ok(()),
    }
}

/// The fields with lower-case names; values of one name joined in order (RFC 9110 §5.3), credentials masked.
///
/// `secret` are further names, lower-case, of fields that carry a credential.
pub(super) fn keep(fields: &[(&str, &[u8])], secret: &[String]) -> Result<Vec<(String, String)>, Refusal> {
    check(fields)?;
    let mut kept: Vec<(String, String)> = Vec::with_capacity(fields.len());
    for (name, value) in fields {
        let name = name.to_ascii_lowercase();
        let value = if is_secret(&name) || secret.contains(&name) { Cow::Borrowed(MASK) } else { text(value) };
        match kept.iter_mut().find(|(known, _)| *known == name) {
            None => kept.push((name, value.into_owned())),
            Some((_, all)) if all == MASK => {}
            Some((_, all)) => {
                all.push_str(", ");
                all.push_str(&value);
            }
        }
    }
    Ok(kept)
}

/// Whether the value of this field, lower-case, must not be shown.
pub fn is_secret(name: &str) -> bool {
    !PLAIN.contains(&name) && (CREDENTIALS.contains(&name) || TELLTALES.iter().any(|telltale| name.contains(telltale)))
}

/// A value as text: UTF-8, else Latin-1, in which every byte is a character.
pub(super) fn text(value: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(value) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(value.iter().copied().map(char::from).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a2_credentials_are_masked() {
        for (name, secret) in [
            ("authorization", true),
            ("proxy-authorization", true),
            ("cookie", true),
            ("x-gitlab-token", true),
            ("x-auth-token", true),
            ("x-hub-signature-256", true),
            ("stripe-signature", true),
            ("x-shopify-hmac-sha256", true),
            ("x-api-key", true),
            ("x-client-secret", true),
            ("idempotency-key", false),
            ("content-type", false),
            ("x-github-event", false),
            ("x-github-delivery", false),
        ] {
            assert_eq!(is_secret(name), secret, "{name}");
        }
    }

    #[test]
    fn x7_a_request_that_too_many_runs_led_up_to() {
        for (values, taken) in [
            (vec![], true),
            (vec!["16"], true),
            (vec!["many", "-17", ""], true),
            (vec!["17"], false),
            (vec!["3, 17"], false),
            (vec!["17", "3"], false),
            (vec!["99999999999"], false),
        ] {
            let fields: Vec<(&str, &[u8])> = values.iter().map(|value| ("Hookmill-Depth", value.as_bytes())).collect();
            let refused = check_depth(&fields).err().map(|refusal| (refusal.status, refusal.code));
            assert_eq!(refused, (!taken).then_some((508, "loop_detected")), "{values:?}");
        }
    }

    #[test]
    fn names_lower_case_and_repeats_joined() {
        let fields: [(&str, &[u8]); 5] =
            [("X-Trace", b"one"), ("Cookie", b"a=1"), ("x-trace", b"two"), ("cookie", b"b=2"), ("X-Name", b"caf\xe9")];
        let expected = [("x-trace", "one, two"), ("cookie", MASK), ("x-name", "café")];
        assert_eq!(keep(&fields, &[]).unwrap(), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn a2_fields_that_the_author_names_for_a_secret_are_masked() {
        let fields: [(&str, &[u8]); 3] = [("X-Door", b"open"), ("x-door", b"shut"), ("X-Doors", b"two")];
        let expected = [("x-door", MASK), ("x-doors", "two")];
        let kept = keep(&fields, &["x-door".to_owned()]).unwrap();
        assert_eq!(kept, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn w8_a_hundred_fields_and_no_more() {
        let fields: Vec<(&str, &[u8])> = vec![("x-a", b"1"); MOST + 1];
        assert!(keep(&fields[1..], &[]).is_ok());
        assert_eq!(keep(&fields, &[]).unwrap_err().status, 431);
    }

    #[test]
    fn w8_64_kib_and_no_more() {
        let value = vec![b'x'; MOST_BYTES - 3];
        assert_eq!(check(&[("x-a", &value)]), Ok(()));
        let refusal = check(&[("x-ab", &value)]).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (431, "headers_too_large"));
    }
}
