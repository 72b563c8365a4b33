//! Keys that are fetched.

use super::super::{Incoming, KeyKind, KeyRequest, Keys, Settings};
use crate::webhook::providers::find;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

/// RFC 8037, appendix A: a key, and a token that was signed with it. Its payload is no JSON, so it shows only that
/// signatures are looked at after claims could be read.
const ED25519: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

fn incoming<'a>(headers: &'a [(&'a str, &'a [u8])]) -> Incoming<'a> {
    Incoming { method: "POST", url: "https://hooks.example.com/a", query: "", headers, body: b"{}", now: 0 }
}

#[test]
fn keys_are_wanted_from_fixed_places_only() {
    let pubsub = find("google_pubsub").unwrap();
    let google = KeyRequest { url: "https://www.googleapis.com/oauth2/v3/certs".into(), kind: KeyKind::Jwks };
    assert_eq!(pubsub.keys_wanted(&Settings::default(), &incoming(&[])), Some(google));
    let jwt = find("jwt").unwrap();
    let at = |url: &str| jwt.keys_wanted(&Settings::of("jwks", url), &incoming(&[])).map(|request| request.url);
    assert_eq!(at("https://login.example.com/keys").as_deref(), Some("https://login.example.com/keys"));
    assert_eq!(at("http://login.example.com/keys"), None);
    let paypal = find("paypal").unwrap();
    for (url, wanted) in [
        ("https://api.paypal.com/v1/notifications/certs/C", true),
        ("https://api.sandbox.paypal.com/c", true),
        ("https://API.PAYPAL.COM/c", true),
        ("https://api.paypal.com.example.com/c", false),
        ("https://example.com/api.paypal.com", false),
        ("https://api.paypal.com:444/c", false),
        ("https://api.paypal.com@example.com/c", false),
        ("http://api.paypal.com/c", false),
        ("https://127.0.0.1/c", false),
    ] {
        let headers: [(&str, &[u8]); 1] = [("PAYPAL-CERT-URL", url.as_bytes())];
        assert_eq!(paypal.keys_wanted(&Settings::default(), &incoming(&headers)).is_some(), wanted, "{url}");
    }
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
