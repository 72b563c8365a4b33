//! Every usual mistake is recognised, and what is shown cannot be used.

use super::{Diagnosis, diagnose};
use crate::webhook::providers::find;
use crate::webhook::verify::{Algorithm, Incoming, Notation, Settings};

/// What `gzip -n` makes of `{"a":1}`.
const GZIP: [u8; 27] =
    [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7, 0, 0, 0];

const SECRET: &str = "an-own-secret";

/// A request, as it came.
struct Came<'a> {
    url: &'a str,
    headers: Vec<(&'a str, String)>,
    body: &'a [u8],
    now: i64,
}

/// The codes of what the doctor finds.
fn found(name: &str, settings: &Settings, came: &Came<'_>) -> Vec<&'static str> {
    let provider = find(name).unwrap();
    let headers: Vec<(&str, &[u8])> = came.headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let query = came.url.split_once('?').map_or("", |(_, query)| query);
    let incoming =
        Incoming { method: "POST", url: came.url, query, headers: &headers, body: came.body, now: came.now * 1_000 };
    let fault = provider.verify(settings, &incoming, None).unwrap_err();
    let diagnosis = diagnose(provider, settings, &incoming, &fault, &[]);
    let text = diagnosis.to_string();
    assert!(!text.contains(SECRET), "{text}");
    let long = |shown: &Option<String>| shown.as_ref().is_some_and(|shown| shown.chars().count() > 9);
    assert!(!long(&diagnosis.expected) && !long(&diagnosis.received), "{text}");
    assert_eq!(serde_json::to_value(&diagnosis).unwrap()["code"], fault.code);
    diagnosis.findings.iter().map(|finding| finding.code).collect()
}

fn code(algorithm: Algorithm, notation: Notation, key: &[u8], text: &[u8]) -> String {
    notation.write(&algorithm.code(key, text).unwrap())
}

fn hex(key: &[u8], text: &[u8]) -> String {
    code(Algorithm::HmacSha256, Notation::Hex, key, text)
}

/// What GitHub sends when it signed one text, and another one came.
fn github(signed: &[u8], body: &[u8]) -> Vec<&'static str> {
    let headers = vec![("X-Hub-Signature-256", format!("sha256={}", hex(SECRET.as_bytes(), signed)))];
    let came = Came { url: "https://hooks.example.com/a", headers, body, now: 0 };
    found("github", &Settings::of("secret", SECRET), &came)
}

#[test]
fn w1_bodies_that_were_written_anew_are_refused_and_recognised() {
    for (signed, came, expected) in [
        ("{\"a\":1,\"b\":[2]}", "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}", "body_reformatted"),
        ("{\n  \"a\": 1\n}", "{\"a\":1}", "body_reformatted"),
        ("{\n    \"a\": 1\n}", "{\"a\":1}", "body_reformatted"),
        ("{\"a\": 1, \"b\": 2}", "{\"a\":1,\"b\":2}", "body_reformatted"),
        ("{\"b\":1,\"a\":2}", "{\"b\": 1,\"a\":2}", "body_reformatted"),
        ("{\"a\":2,\"b\":1}", "{\"b\":1,\"a\":2}", "body_keys_sorted"),
        ("{\"a\":\"\\u8336\\ud83d\\ude80\"}", "{\"a\":\"茶🚀\"}", "body_escapes"),
        ("{\"a\":\"\\u8336 \\/ x\"}", "{\"a\":\"茶 / x\"}", "body_escapes"),
        ("{\"a\":\"茶\"}", "{\"a\":\"\\u8336\"}", "body_reformatted"),
        ("{\"a\":1}", "{\"a\":1}\n", "newline_added"),
        ("{\"a\":1}\n", "{\"a\":1}", "newline_removed"),
        ("{\"a\":1}\r\n", "{\"a\":1}", "newline_removed"),
        ("a\r\nb", "a\nb", "line_ends"),
        ("a\nb", "a\r\nb", "line_ends"),
        ("{\"a\":1}", "\u{feff}{\"a\":1}", "byte_order_mark"),
        ("", "{}", "body_lost"),
        ("a=x+y&b=%7E", "a=x%20y&b=~", "form_rewritten"),
        ("a=x%20y", "a=x+y", "form_rewritten"),
    ] {
        assert_eq!(github(signed.as_bytes(), came.as_bytes()), [expected], "{signed:?} {came:?}");
    }
    assert_eq!(github(b"{\"a\":1}", b"{\"a\":2}"), ["unknown_secret"]);
    assert_eq!(github(b"{\"a\":1.0}", b"{\"a\":1}"), ["unknown_secret"]);
}

#[test]
fn secrets_that_were_copied_badly_are_recognised() {
    let signed_with = |key: &[u8]| Came {
        url: "https://hooks.example.com/a",
        headers: vec![("X-Hub-Signature-256", format!("sha256={}", hex(key, b"{}")))],
        body: b"{}",
        now: 0,
    };
    let of = |stored: &str, key: &[u8]| found("github", &Settings::of("secret", stored), &signed_with(key));
    assert_eq!(of("an-own-secret\n", SECRET.as_bytes()), ["secret_has_blanks"]);
    assert_eq!(of("\"an-own-secret\"", SECRET.as_bytes()), ["secret_is_quoted"]);
    assert_eq!(of("whsec_abcd", b"abcd"), ["secret_has_prefix"]);
    assert_eq!(of("YW4tb3duLXNlY3JldA==", SECRET.as_bytes()), ["secret_is_base64"]);
    assert_eq!(of("616e2d6f776e2d736563726574", SECRET.as_bytes()), ["secret_is_hex"]);
    assert_eq!(of("", SECRET.as_bytes()), ["empty_secret"]);
    let swapped = Settings::default().with("secret", "verify-me").with("verify_token", SECRET);
    assert_eq!(found("meta", &swapped, &signed_with(SECRET.as_bytes())), ["secrets_swapped"]);
}

#[test]
fn signatures_made_or_written_in_another_way_are_recognised() {
    let of = |signature: String| {
        let headers = vec![("X-Hub-Signature-256", signature)];
        let came = Came { url: "https://hooks.example.com/a", headers, body: b"{}", now: 0 };
        found("github", &Settings::of("secret", SECRET), &came)
    };
    let key = SECRET.as_bytes();
    let base64 = code(Algorithm::HmacSha256, Notation::Base64, key, b"{}");
    assert_eq!(of(format!("sha256={base64}")), ["other_encoding"]);
    assert_eq!(of(hex(key, b"{}")), ["other_prefix"]);
    assert_eq!(of(format!("sha256={}", code(Algorithm::HmacSha1, Notation::Hex, key, b"{}"))), ["other_algorithm"]);
    assert_eq!(of(format!("sha512={}", code(Algorithm::HmacSha512, Notation::Hex, key, b"{}"))), ["other_algorithm"]);
    let stripe = |signed: &str| {
        let headers = vec![("Stripe-Signature", format!("t=100,v1={}", hex(key, signed.as_bytes())))];
        let came = Came { url: "https://hooks.example.com/a", headers, body: b"{}", now: 100 };
        found("stripe", &Settings::of("secret", SECRET), &came)
    };
    assert_eq!(stripe("{}"), ["other_text"]);
    assert_eq!(stripe("100{}"), ["other_text"]);
}

#[test]
fn clocks_that_are_wrong_are_recognised() {
    let of = |time: &str, now: i64| {
        let headers = vec![
            ("X-Slack-Request-Timestamp", time.to_owned()),
            ("X-Slack-Signature", format!("v0={}", hex(SECRET.as_bytes(), format!("v0:{time}:{{}}").as_bytes()))),
        ];
        let came = Came { url: "https://hooks.example.com/a", headers, body: b"{}", now };
        found("slack", &Settings::of("secret", SECRET), &came)
    };
    assert_eq!(of("1760000000", 1_760_000_301), ["clock_skew"]);
    assert_eq!(of("1760000000", 1_759_999_699), ["clock_skew"]);
    assert_eq!(of("1760000000000", 1_760_000_000), ["time_in_milliseconds"]);
    assert_eq!(of("noon", 1_760_000_000), ["unreadable_time"]);
}

#[test]
fn public_urls_that_a_proxy_changed_are_recognised() {
    for (signed, came) in [
        ("https://hooks.example.com/a", "http://hooks.example.com/a"),
        ("https://hooks.example.com/a", "https://hooks.example.com:8443/a"),
        ("https://hooks.example.com/a", "https://internal/a"),
        ("https://hooks.example.com/a/", "http://internal:8080/a"),
        ("https://hooks.example.com/a", "https://hooks.example.com/a/?b=c"),
        ("https://hooks.example.com/a?b=c", "http://hooks.example.com/a?b=c"),
    ] {
        let text = format!("{signed}{{}}");
        let headers = vec![
            (
                "x-square-hmacsha256-signature",
                code(Algorithm::HmacSha256, Notation::Base64, SECRET.as_bytes(), text.as_bytes()),
            ),
            ("X-Forwarded-Host", "hooks.example.com".to_owned()),
        ];
        let came = Came { url: came, headers, body: b"{}", now: 0 };
        assert_eq!(found("square", &Settings::of("secret", SECRET), &came), ["public_url"], "{signed} {}", came.url);
    }
    let twilio = code(Algorithm::HmacSha1, Notation::Base64, SECRET.as_bytes(), b"https://hooks.example.com/aBodyhi");
    let came = Came {
        url: "http://hooks.example.com/a",
        headers: vec![("X-Twilio-Signature", twilio)],
        body: b"Body=hi",
        now: 0,
    };
    assert_eq!(found("twilio", &Settings::of("secret", SECRET), &came), ["public_url"]);
}

#[test]
fn credentials_that_are_absent_or_misspelt_are_recognised() {
    let of = |name: &str, settings: &Settings, headers: Vec<(&'static str, &str)>| {
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        found(name, settings, &Came { url: "https://hooks.example.com/a?token=", headers, body: b"{}", now: 0 })
    };
    let bearer = Settings::of("token", SECRET);
    let token = Settings::of("value", SECRET).with("name", "token");
    let basic = Settings::of("credentials", "ann:an-own-secret");
    assert_eq!(of("bearer", &bearer, vec![]), ["no_credentials"]);
    assert_eq!(of("bearer", &bearer, vec![("Authorization", SECRET)]), ["scheme_missing"]);
    assert_eq!(of("bearer", &bearer, vec![("Authorization", "Token an-own-secret")]), ["other_scheme"]);
    assert_eq!(of("bearer", &bearer, vec![("Authorization", "another")]), ["other_scheme"]);
    assert_eq!(of("bearer", &bearer, vec![("Authorization", "•••")]), ["masked"]);
    assert_eq!(of("basic", &basic, vec![]), ["no_credentials"]);
    assert_eq!(of("basic", &basic, vec![("Authorization", "ann:an-own-secret")]), ["other_encoding"]);
    assert_eq!(of("query", &token, vec![]), ["no_credentials"]);
    assert_eq!(of("header", &token, vec![]), ["no_credentials"]);
    let timed = Settings::of("secret", SECRET)
        .with("header", "X-Signature")
        .with("signed", "{timestamp}.{body}")
        .with("timestamp", "X-Time");
    assert_eq!(of("hmac", &timed, vec![("X-Signature", "00")]), ["incomplete"]);
    assert_eq!(of("hmac", &timed, vec![]), ["unsigned"]);
    assert_eq!(of("hmac", &timed, vec![("X-Signature", "•••"), ("X-Time", "1")]), ["masked"]);
}

/// The sender signs, and only then compresses: the other way round than the bytes come.
#[test]
fn bodies_that_were_signed_before_they_were_compressed_are_recognised() {
    let headers = vec![
        ("X-Hub-Signature-256", format!("sha256={}", hex(SECRET.as_bytes(), b"{\"a\":1}"))),
        ("Content-Encoding", "gzip".to_owned()),
    ];
    let came = Came { url: "https://hooks.example.com/a", headers, body: &GZIP, now: 0 };
    assert_eq!(found("github", &Settings::of("secret", SECRET), &came), ["body_compressed"]);
}

#[test]
fn requests_of_other_senders_are_recognised() {
    let key = SECRET.as_bytes();
    let base64 = code(Algorithm::HmacSha256, Notation::Base64, key, b"{}");
    let came = |headers| Came { url: "https://hooks.example.com/a", headers, body: b"{}", now: 0 };
    let github = Settings::of("secret", SECRET);
    assert_eq!(found("github", &github, &came(vec![("x-line-signature", base64)])), ["other_sender"]);
    assert_eq!(found("github", &github, &came(vec![("x-line-signature", "other".into())])), ["other_sender"]);
    assert_eq!(found("github", &github, &came(vec![])), ["unsigned"]);
    let twice = vec![("X-Hub-Signature-256", "sha256=00".to_owned()), ("X-Hub-Signature-256", "sha256=00".to_owned())];
    assert_eq!(found("github", &github, &came(twice)), ["duplicate_header"]);
    assert_eq!(
        found("bearer", &Settings::of("token", SECRET), &came(vec![("Authorization", "Bearer x".into())])),
        ["unknown_token"]
    );
}

/// What the doctor says of a request, as it is kept.
fn said(name: &str, settings: &Settings, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Diagnosis {
    let provider = find(name).unwrap();
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let incoming = Incoming { method: "POST", url, query, headers: &headers, body, now: 0 };
    let fault = provider.verify(settings, &incoming, None).unwrap_err();
    diagnose(provider, settings, &incoming, &fault, &["door".to_owned()])
}

#[test]
fn a2_what_is_shown_of_a_request_has_its_credentials_masked() {
    let settings = Settings::of("secret", SECRET).with("header", "X-Own").with("signed", "{url}{body}");
    let wrong = "0".repeat(64);
    let url = "https://hooks.example.com/a?token=abc&door=open&page=2";
    let json = r#"{"password":"hunter2\"","n":1}"#.as_bytes();
    let diagnosis = said("hmac", &settings, url, &[("X-Own", &wrong)], json);
    let shown = r#"https://hooks.example.com/a?token=•••&door=•••&page=2{"password":"•••","n":1}"#;
    assert_eq!(diagnosis.signed.as_deref(), Some(shown));
    assert_eq!(diagnosis.signed_length, Some(url.len() + json.len()));

    let form =
        [("Content-Type", "application/x-www-form-urlencoded"), ("X-Twilio-Signature", "AAAAAAAAAAAAAAAAAAAAAAAAAAA=")];
    let diagnosis = said("twilio", &Settings::of("secret", SECRET), url, &form, b"AccessToken=hunter2&Body=hi");
    assert_eq!(
        diagnosis.signed.as_deref(),
        Some("https://hooks.example.com/a?token=•••&door=•••&page=2AccessToken•••Bodyhi")
    );

    let packed = [("X-Own", wrong.as_str()), ("Content-Encoding", "gzip")];
    let diagnosis = said("hmac", &Settings::of("secret", SECRET).with("header", "X-Own"), url, &packed, b"\x1f\x8b");
    assert_eq!((diagnosis.signed.as_deref(), diagnosis.signed_length), (Some("•••"), Some(2)));
}

#[test]
fn a2_a_url_that_a_proxy_changed_is_told_without_its_credentials() {
    let signed = "https://hooks.example.com/a?token=abc&door=open";
    let code = code(Algorithm::HmacSha256, Notation::Base64, SECRET.as_bytes(), format!("{signed}{{}}").as_bytes());
    let headers = [("x-square-hmacsha256-signature", code.as_str())];
    let diagnosis = said("square", &Settings::of("secret", SECRET), &signed.replace("https", "http"), &headers, b"{}");
    assert_eq!(diagnosis.findings[0].code, "public_url");
    let text = diagnosis.to_string();
    assert!(text.contains("https://hooks.example.com/a?token=•••&door=•••"), "{text}");
    assert!(!text.contains("abc") && !text.contains("open"), "{text}");
}

/// What is found is printed in terminals.
#[test]
fn i5_no_header_reaches_a_terminal_with_its_control_characters() {
    let settings = Settings::of("secret", "geheim");
    let headers = [("X-Slack-Signature", "v0=00"), ("X-Slack-Request-Timestamp", "1\u{9b}2J\u{202e}\u{1b}[31m")];
    let told = said("slack", &settings, "https://hooks.example.com/a", &headers, b"{}");
    assert_eq!(told.findings[0].code, "unreadable_time");
    assert!(!told.to_string().chars().any(|c| c.is_control() && c != '\n'), "{told:?}");
    assert!(told.to_string().contains("1\\u{9b}2J"), "{told}");
}

#[test]
fn in_long_bodies_no_mistake_is_searched_for() {
    let long = [&b"x".repeat(64 * 1_024)[..], b"\n"].concat();
    assert_eq!(github(&long[..long.len() - 1], &long), ["body_too_long"]);
    assert_eq!(github(&long[1..long.len() - 1], &long[1..]), ["newline_added"]);
}
