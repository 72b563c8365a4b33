//! Decryption, and where requests go.

use super::*;
use std::path::Path;

/// `{"svid":"aB3dE","result":[]}`, encrypted with `openssl enc -aes-128-cbc -base64`: padded as it does, and with zeros.
#[test]
fn answers_are_decrypted_whatever_their_padding() {
    let keys = Keys::new("0123456789abcdef", "fedcba9876543210").unwrap();
    for encrypted in [
        "lvghx3fGu2MVj8zwDsPSGyxUg3VF9PNPEiIsBPRkjjo=",
        "lvghx3fGu2MVj8zwDsPSG+AD6+A3saYkF+VlCAxUJIM=",
        "lvghx3fGu2MVj8zwDsPSGyxUg3VF9PNPEiIsBPRkjjo=\n",
    ] {
        assert_eq!(keys.decrypt(encrypted.as_bytes()).unwrap(), json!({"svid": "aB3dE", "result": []}), "{encrypted}");
    }
    let code = |keys: &Keys, text: &str| keys.decrypt(text.as_bytes()).unwrap_err().code;
    assert_eq!(code(&keys, ""), "empty_answer");
    assert_eq!(code(&keys, "<html>not found</html>"), "invalid_response");
    assert_eq!(code(&keys, "AAAA"), "invalid_response");
    let others = Keys::new("0123456789abcdeF", "fedcba9876543210").unwrap();
    assert_eq!(code(&others, "lvghx3fGu2MVj8zwDsPSGyxUg3VF9PNPEiIsBPRkjjo="), "undecryptable");
    assert!(Keys::new("short", "fedcba9876543210").is_err_and(|error| !error.message.contains("fedc")));
}

/// The published examples, where the collection of them lies beside the project.
#[test]
fn row_12_published_answers_are_decrypted() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/providers/vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is absent", path.display());
        return;
    };
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut tried = 0;
    for example in all["decryptions"].as_array().unwrap().iter().filter(|one| one["provider"] == "surveycake") {
        let of = |name: &str| example[name].as_str().unwrap();
        let keys = Keys::new(of("hash_key"), of("iv_key"));
        let plain = keys.and_then(|keys| keys.decrypt(of("ciphertext_base64").as_bytes()));
        let expected = &example["expect"];
        match plain {
            Ok(plain) => assert_eq!(plain, expected["ok"], "{}", example["id"]),
            Err(error) => assert!(expected["error"].is_string(), "{}: {error:?}", example["id"]),
        }
        tried += 1;
    }
    assert!(tried >= 4, "{tried} examples");
}

#[test]
fn requests_go_to_surveycake_alone() {
    let check = |svid: &str, hash: &str, at: Option<&str>, expected: Result<&str, &str>| {
        let parameters = Parameters {
            svid: svid.to_owned(),
            hash: hash.to_owned(),
            hash_key: None,
            iv_key: None,
            domain: at.map(str::to_owned),
        };
        let url = build(&parameters, None).map(|request| request.url.to_string());
        let url = url.map_err(|error| error.code);
        assert_eq!(url.as_deref().map_err(String::as_str), expected, "{svid} {hash} {at:?}");
    };
    check("aB3", "x9", None, Ok("https://www.surveycake.com/webhook/v0/aB3/x9"));
    check("aB3", "x9", Some("shop.surveycake.com"), Ok("https://shop.surveycake.com/webhook/v0/aB3/x9"));
    for (svid, hash) in
        [("", "x"), ("a/../b", "x"), ("a", "x?y"), ("a", "x#"), ("é", "x"), ("a", "%2e%2e"), ("a", "x\n")]
    {
        check(svid, hash, None, Err("invalid_parameters"));
    }
    for at in [
        "surveycake.com.evil.example",
        "evilsurveycake.com",
        "evil.example/.surveycake.com",
        "a@surveycake.com",
        "a:1.surveycake.com",
        "",
    ] {
        check("a", "x", Some(at), Err("invalid_parameters"));
    }
}
