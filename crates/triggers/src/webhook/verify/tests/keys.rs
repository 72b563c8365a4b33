//! Keys that are fetched.

use super::super::{Incoming, KeyKind, KeyRequest, Keys, Settings};
use crate::webhook::providers::find;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// RFC 8037, appendix A: a key, and a token that was signed with it. Its payload is no JSON, so it shows only that
/// signatures are looked at after claims could be read.
const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn incoming<'a>(headers: &'a [(&'a str, &'a [u8])]) -> Incoming<'a> {
    Incoming { method: "POST", url: "https://hooks.example.com/a", query: "", headers, body: b"{}", now: 0 }
}

fn bearer(claims: &str) -> String {
    let parts = ["{\"alg\":\"RS256\"}", claims, "signature"].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("Bearer {}", parts.join("."))
}

#[test]
fn keys_of_tokens_are_wanted_from_fixed_places_only() {
    let token = bearer(r#"{"exp":1}"#);
    let headers: [(&str, &[u8]); 1] = [("authorization", token.as_bytes())];
    let jwt = find("jwt").unwrap();
    let at = |url: &str| jwt.keys_wanted(&Settings::of("jwks", url), &incoming(&headers)).map(|request| request.url);
    assert_eq!(at("https://login.example.com/keys").as_deref(), Some("https://login.example.com/keys"));
    assert_eq!(at("http://login.example.com/keys"), None);
}

#[test]
fn keys_are_wanted_for_tokens_only_that_may_pass() {
    let pubsub = find("google_pubsub").unwrap();
    let settings = Settings::of("audience", "hook").with("service_account", "push@example.com");
    let google = KeyRequest { url: "https://www.googleapis.com/oauth2/v3/certs".into(), kind: KeyKind::Jwks };
    let good = r#"{"iss":"accounts.google.com","aud":"hook","email":"push@example.com","email_verified":true,"exp":1}"#;
    for (claims, wanted) in [
        (good.to_owned(), true),
        (good.replace("accounts.google.com", "accounts.example.com"), false),
        (good.replace("hook", "another"), false),
        (good.replace("push@", "other@"), false),
        (good.replace("true", "false"), false),
        (good.replace("\"exp\":1", "\"exp\":-1"), false),
    ] {
        let token = bearer(&claims);
        let headers: [(&str, &[u8]); 1] = [("authorization", token.as_bytes())];
        let found = pubsub.keys_wanted(&settings, &incoming(&headers));
        assert_eq!(found, wanted.then(|| google.clone()), "{claims}");
        let status = pubsub.verify(&settings, &incoming(&headers), None).unwrap_err().status;
        assert_eq!(status, if wanted { 503 } else { 401 }, "{claims}");
    }
    assert_eq!(pubsub.keys_wanted(&settings, &incoming(&[])), None);
    let token = bearer(good);
    let headers: [(&str, &[u8]); 1] = [("authorization", token.as_bytes())];
    assert_eq!(pubsub.keys_wanted(&settings.with("tolerance", ""), &incoming(&headers)), None);
}

#[test]
fn certificates_are_wanted_from_their_place_and_for_whole_requests_only() {
    let paypal = find("paypal").unwrap();
    let settings = Settings::of("webhook_id", "W1");
    let wanted = |url: &str, left_out: &str| {
        let all: [(&str, &[u8]); 5] = [
            ("PAYPAL-TRANSMISSION-ID", b"i"),
            ("PAYPAL-TRANSMISSION-TIME", b"2026-01-01T00:00:00Z"),
            ("PAYPAL-TRANSMISSION-SIG", b"AAAA"),
            ("PAYPAL-AUTH-ALGO", b"SHA256withRSA"),
            ("PAYPAL-CERT-URL", url.as_bytes()),
        ];
        let headers: Vec<_> = all.into_iter().filter(|(name, _)| *name != left_out).collect();
        paypal.keys_wanted(&settings, &incoming(&headers)).is_some()
    };
    let url = "https://api.paypal.com/v1/notifications/certs/C";
    for (url, expected) in [
        (url, true),
        ("https://api.sandbox.paypal.com/v1/notifications/certs/C", true),
        ("https://API.PAYPAL.COM/v1/notifications/certs/C", true),
        ("https://api.paypal.com/c", false),
        ("https://api.paypal.com/v1/notifications/certs/../../c", false),
        ("https://api.paypal.com/v1/notifications/certs/%2e%2e/c", false),
        ("https://api.paypal.com/v1/notifications/certs/C?1", false),
        ("https://api.paypal.com/v1/notifications/certs/C#1", false),
        ("https://api.paypal.com.example.com/v1/notifications/certs/C", false),
        ("https://example.com/api.paypal.com/v1/notifications/certs/C", false),
        ("https://api.paypal.com:444/v1/notifications/certs/C", false),
        ("https://api.paypal.com@example.com/v1/notifications/certs/C", false),
        ("http://api.paypal.com/v1/notifications/certs/C", false),
        ("https://127.0.0.1/v1/notifications/certs/C", false),
    ] {
        assert_eq!(wanted(url, ""), expected, "{url}");
    }
    for name in ["ID", "TIME", "SIG"] {
        assert!(!wanted(url, &format!("PAYPAL-TRANSMISSION-{name}")), "{name}");
    }
    assert!(!wanted(url, "PAYPAL-AUTH-ALGO") && !wanted(url, "PAYPAL-CERT-URL"));
}

#[test]
fn keys_that_could_not_be_fetched_are_not_the_callers_fault() {
    let token =
        ["{\"alg\":\"EdDSA\",\"kid\":\"k\"}", "{\"exp\":1}", ""].map(|part| URL_SAFE_NO_PAD.encode(part)).join(".");
    let bearer = format!("Bearer {token}");
    let headers: [(&str, &[u8]); 1] = [("authorization", bearer.as_bytes())];
    let settings = Settings::of("jwks", "https://login.example.com/keys");
    let verify = |keys: Option<&Keys>| find("jwt").unwrap().verify(&settings, &incoming(&headers), keys).unwrap_err();
    assert_eq!((verify(None).code, verify(None).status), ("keys_unavailable", 503));
    let set = |id: &str| json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": id, "x": ED25519 }] }).to_string();
    let keys = |id: &str| Keys::read(KeyKind::Jwks, set(id).as_bytes()).unwrap();
    assert_eq!((verify(Some(&keys("other"))).code, verify(Some(&keys("k"))).code), ("unknown_key", "bad_signature"));
}

#[test]
fn sets_without_a_key_that_can_be_used_are_none() {
    for set in [
        json!({}),
        json!({ "keys": [] }),
        json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] }),
        json!({ "keys": [{ "kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB" }] }),
        json!({ "keys": [{ "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA" }] }),
    ] {
        assert!(Keys::read(KeyKind::Jwks, set.to_string().as_bytes()).is_none(), "{set}");
    }
    assert!(Keys::read(KeyKind::Jwks, b"<html>").is_none());
    assert!(
        Keys::read(KeyKind::Certificate, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").is_none()
    );
}

/// Whoever calls can send tokens without a key's name, and each key that is tried costs time.
#[test]
fn a13_of_a_long_set_a_token_without_a_name_is_tried_with_some_keys_alone() {
    let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let jwk = |name: String, key: &[u8]| json!({ "kty": "OKP", "crv": "Ed25519", "kid": name, "x": encode(key) });
    let verify = |others: u32, header: &str| {
        let others = (0..others).map(|number| jwk(number.to_string(), &[number as u8; 32]));
        let set: Vec<_> = others.chain([jwk("own".to_owned(), pair.public_key().as_ref())]).collect();
        let keys = Keys::read(KeyKind::Jwks, json!({ "keys": set }).to_string().as_bytes()).unwrap();
        let signed = format!("{}.{}", encode(header.as_bytes()), encode(br#"{"exp":9}"#));
        let token = format!("Bearer {signed}.{}", encode(pair.sign(signed.as_bytes()).as_ref()));
        let headers: [(&str, &[u8]); 1] = [("authorization", token.as_bytes())];
        let settings = Settings::of("jwks", "https://login.example.com/keys");
        find("jwt").unwrap().verify(&settings, &incoming(&headers), Some(&keys)).map_err(|fault| fault.code)
    };
    let (nameless, named) = (r#"{"alg":"EdDSA"}"#, r#"{"alg":"EdDSA","kid":"own"}"#);
    assert_eq!([verify(0, nameless), verify(63, nameless), verify(5_000, named)], [Ok(()); 3]);
    assert_eq!(verify(64, nameless), Err("bad_signature"));
    for hostile in ["../../../dev/null", "own' OR 1=1 --", "OWN", "0"] {
        let header = json!({ "alg": "EdDSA", "kid": hostile }).to_string();
        assert!(verify(3, &header).is_err(), "{hostile}");
    }
}
