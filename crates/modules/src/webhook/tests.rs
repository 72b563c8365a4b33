//! Signing, against signatures that others made.

use super::signature::{Key, Signed};
use std::path::Path;

const SECRET: &str = "whsec_aG9va21pbGwgdGVzdCBzZWNyZXQgb2YgMzIgYnl0ZXM=";

fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Result<String, String> {
    let key: Key = secret.parse().map_err(|error: run::error::StepError| error.code)?;
    Ok(key.sign(&Signed { id, timestamp, body: body.as_bytes() }))
}

/// Made with `openssl dgst -sha256 -mac HMAC`, and with `openssl pkeyutl -sign -rawin`.
#[test]
fn signatures_are_as_other_programs_make_them() {
    let check = |secret: &str, expected: Result<&str, &str>| {
        let signature = sign(secret, "msg_1", 1_795_305_600, r#"{"n":1}"#);
        assert_eq!(signature.as_deref().map_err(String::as_str), expected, "{secret}");
    };
    check(SECRET, Ok("v1,4dL/McZkqLC/GYZYe7IeUufKbi2oHMbvbi5CvQnTzSo="));
    check(SECRET.trim_start_matches("whsec_"), Ok("v1,4dL/McZkqLC/GYZYe7IeUufKbi2oHMbvbi5CvQnTzSo="));
    check(SECRET.trim_end_matches('='), Ok("v1,4dL/McZkqLC/GYZYe7IeUufKbi2oHMbvbi5CvQnTzSo="));
    check(
        "whsk_8EuDXpqp95W6YRYSWc53YpGHdft9G+pQWEInhHP5SNU=",
        Ok("v1a,FdNk4TQ4dIIk0IUVR1HiuXdZmFQfk9GbLDW/YgKyByDWtiU7wp7E6xAuzo1OhAz9ODhLYewmzk+clulQQwRbCw=="),
    );
    check(
        "whsk_8EuDXpqp95W6YRYSWc53YpGHdft9G+pQWEInhHP5SNUlHPOFxrKhG/UHW1g6znEgqSyoSaDx5/gibiNZw2JvFw==",
        Ok("v1a,FdNk4TQ4dIIk0IUVR1HiuXdZmFQfk9GbLDW/YgKyByDWtiU7wp7E6xAuzo1OhAz9ODhLYewmzk+clulQQwRbCw=="),
    );
    for none in [
        "",
        "whsec_",
        "whsec_c2hvcnQ=",
        "whsec_not base64",
        "whsk_",
        "whsk_c2hvcnQ=",
        "whsk_8EuDXpqp95W6YRYSWc53YpGHdft9G+pQWEInhHP5SNXwS4Nemqn3lbphFhJZzndikYd1+30b6lBYQieEc/lI1Q==",
    ] {
        check(none, Err("invalid_secret"));
    }
}

/// The published examples, where the collection of them lies beside the project.
#[test]
fn published_examples_are_signed_in_the_same_way() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/providers/vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut signed = 0;
    for vector in all["vectors"].as_array().unwrap() {
        let Some(secret) = vector["secret"].as_str().filter(|_| vector["provider"] == "standard") else { continue };
        let header = |name: &str| {
            let headers = vector["headers"].as_array().unwrap().iter();
            headers.into_iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str())
        };
        let Some((id, timestamp, expected)) = header("webhook-id")
            .zip(header("webhook-timestamp"))
            .zip(header("webhook-signature"))
            .map(|((a, b), c)| (a, b, c))
        else {
            continue;
        };
        if vector["verdict"] != "valid" {
            continue;
        }
        let signature = sign(secret, id, timestamp.parse().unwrap(), vector["body"].as_str().unwrap()).unwrap();
        assert!(expected.split(' ').any(|one| one == signature), "{}: {signature}", vector["id"]);
        signed += 1;
    }
    assert!(signed >= 4, "{signed} examples");
}
