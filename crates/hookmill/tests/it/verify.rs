//! `hookmill verify`.

use crate::binary::{Said, folder, hookmill, with_stdin};
use serde_json::{Value, json};
use std::path::Path;

/// A request as LINE sends it: the signature is HMAC-SHA256 under `channel-secret`, in base64.
const SIGNED: &str = "POST /hook/line?a=1 HTTP/1.1\nHost: hooks.example.com\nContent-Type: application/json\nx-line-signature: SIGNATURE\n\n{\"events\":[{\"type\":\"follow\",\"webhookEventId\":\"e1\"}]}";

/// Made once with another program: `openssl dgst -sha256 -hmac channel-secret -binary | base64`.
const SIGNATURE: &str = "43PygHIxchSQQmjxd6aVa/C3o5b4cGe381PcdCXO87k=";

fn verify(request: &str, arguments: &[&str]) -> Said {
    let folder = folder(&[("request.http", request)]);
    let all: Vec<&str> = ["verify", "line"].iter().chain(arguments).chain(&["request.http"]).copied().collect();
    hookmill(folder.path(), &all)
}

#[test]
fn a_request_that_passes_is_valid() {
    let request = SIGNED.replace("SIGNATURE", SIGNATURE);
    for text in [request.clone(), request.replacen('\n', "\r\n", 5)] {
        let said = verify(&text, &["--secret", "old", "--secret2", "channel-secret"]);
        assert_eq!((said.code, said.out.as_str()), (0, "valid line\n  event     follow\n  id        e1\n"), "{said:?}");
    }
    let said = verify(&request, &["--secret", "channel-secret", "--json"]);
    assert_eq!(said.json(), json!({ "verdict": "valid", "provider": "line", "event": "follow", "id": "e1" }));
}

#[test]
fn a_request_that_does_not_is_explained() {
    let request = SIGNED.replace("SIGNATURE", SIGNATURE);
    let said = verify(&request.replace("follow", "unfollow"), &["--secret", "channel-secret", "--json"]);
    assert_eq!((said.code, &said.json()["code"]), (1, &"bad_signature".into()), "{said:?}");
    let said = verify(&request, &["--secret", " channel-secret\n"]);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.out.starts_with("invalid line\nbad_signature: "), "{}", said.out);
    assert!(said.out.contains("\nsecret_has_blanks: "), "{}", said.out);
    assert!(!said.out.contains("channel-secret"), "{}", said.out);
    assert!(!said.out.contains(SIGNATURE), "{}", said.out);
}

#[test]
fn times_and_urls_can_be_given() {
    let request = "POST /hook/slack HTTP/1.1\nx-slack-request-timestamp: 1760000000\nx-slack-signature: v0=5c348385b2b6398512dd93ac6bed4bb8802e2b202b883b1be0786389f41417c8\n\ntext=ship";
    let at = |time: &str| {
        let folder = folder(&[]);
        with_stdin(
            folder.path(),
            &["verify", "slack", "--secret", "signing-secret", "--at", time, "-", "--json"],
            request,
        )
    };
    for time in ["1760000000", "1760000299", "2025-10-09T08:53:20Z"] {
        assert_eq!(at(time).code, 0, "{time}: {:?}", at(time));
    }
    let late = at("1760000301");
    assert_eq!((late.code, &late.json()["code"]), (1, &"stale_timestamp".into()));
    let square = "POST /a HTTP/1.1\nHost: internal:8080\nx-square-hmacsha256-signature: dLADJ0XrZTgvsDeeZ3rzfE8sdFRzNZkYOCwFHzGtX6E=\n\n{}";
    let said = |arguments: &[&str]| {
        let folder = folder(&[]);
        let all: Vec<&str> = ["verify", "square", "-", "--secret", "k"].iter().chain(arguments).copied().collect();
        with_stdin(folder.path(), &all, square)
    };
    assert_eq!(said(&["--url", "https://hooks.example.com/a"]).code, 0);
    let proxied = said(&["--url", "http://hooks.example.com/a/"]);
    assert!(proxied.code == 1 && proxied.out.contains("public_url: "), "{proxied:?}");
}

#[test]
fn wrong_arguments_are_2() {
    for arguments in [
        &["verify"][..],
        &["verify", "line"],
        &["verify", "lime", "-"],
        &["verify", "branch", "-"],
        &["verify", "line", "absent.http"],
        &["verify", "line", "-", "--set", "nope=1"],
        &["verify", "line", "-", "--at", "noon"],
        &["verify", "line", "-"],
        &["verify", "--vector", "absent.json"],
        &["verify", "--vector", "-"],
        &["verify", "line", "-", "--vector", "-"],
    ] {
        let folder = folder(&[]);
        let said = hookmill(folder.path(), arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {said:?}");
    }
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["verify", "lime", "-"]);
    assert!(said.err.contains("did you mean `line`?"), "{}", said.err);
}

fn vector(entry: &Value) -> Said {
    let folder = folder(&[]);
    with_stdin(folder.path(), &["verify", "--vector", "-", "--json"], &entry.to_string())
}

#[test]
fn w1_vectors_give_their_verdict() {
    let entry = json!({ "id": "own-1", "provider": "line", "secret": "channel-secret", "headers": [["X-Line-Signature", SIGNATURE]], "body": "{\"events\":[{\"type\":\"follow\",\"webhookEventId\":\"e1\"}]}" });
    let said = vector(&entry);
    assert_eq!((said.code, &said.json()["verdict"]), (0, &"valid".into()), "{said:?}");
    let mut tampered = entry.clone();
    tampered["body"] = "{}".into();
    tampered["verdict"] = "valid".into();
    let said = vector(&tampered);
    assert_eq!((said.code, &said.json()["verdict"]), (1, &"invalid".into()), "{said:?}");
    assert!(said.err.contains("not as expected"), "{}", said.err);
    let said = vector(&json!([entry, tampered]));
    assert_eq!(said.code, 1, "{said:?}");
    assert_eq!(said.json()[1]["difference"], "expected valid, and it is invalid");
}

#[test]
fn the_shared_vectors_are_all_as_expected() {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/providers/vectors.json");
    let Ok(text) = std::fs::read_to_string(&shared) else {
        eprintln!("skipped: the shared vectors are not there");
        return;
    };
    let folder = folder(&[]);
    let said = with_stdin(folder.path(), &["verify", "--vector", "-"], &text);
    assert_eq!(said.code, 0, "{}", said.out.lines().filter(|line| line.starts_with("wrong")).collect::<String>());
}
