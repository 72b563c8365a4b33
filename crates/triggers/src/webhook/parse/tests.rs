//! What a run is given of a request: bodies by content type, and what the security checklist asks of them.

use super::*;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::Ipv4Addr;

fn request<'a>(headers: &'a [(&'a str, &'a [u8])], body: &[u8], reads: &'a TriggerReads) -> RawRequest<'a> {
    RawRequest {
        method: "POST",
        path: "orders/7",
        params: vec![("id".to_owned(), "7".to_owned())],
        query: "",
        headers,
        body: Bytes::copy_from_slice(body).into(),
        ip: Ipv4Addr::new(203, 0, 113, 9).into(),
        at: 1_700_000_000_000,
        reads,
        secret_headers: &[],
    }
}

fn parse_body(content_type: Option<&str>, body: &[u8]) -> Result<Input, Refusal> {
    let headers: Vec<(&str, &[u8])> = content_type.iter().map(|value| ("Content-Type", value.as_bytes())).collect();
    parse(request(&headers, body, &TriggerReads::All))
}

fn value(payload: &run::payload::Payload) -> Value {
    let value: Value = serde_json::from_slice(payload.text()).unwrap();
    assert_eq!(scenario::data::to_json(&payload.value()), value, "the decoded form is that of the text");
    value
}

/// The body's value, and that the bytes can be had.
fn check(content_type: &str, body: &[u8], expected: Value) {
    let content_type = (content_type != "-").then_some(content_type);
    let input = parse_body(content_type, body).unwrap();
    assert_eq!(value(&input.body), expected, "{content_type:?} {:?}", String::from_utf8_lossy(body));
    match &input.raw {
        Some(raw) => assert_eq!(value(raw), json!(STANDARD.encode(body))),
        None => assert_eq!(input.body.text(), body),
    }
}

#[test]
fn bodies() {
    check("application/json", br#"{"a": [1, 2.5, null]}"#, json!({"a": [1, 2.5, null]}));
    check("application/json", b"\xef\xbb\xbf{\"a\":1}", json!({"a": 1}));
    check("Application/JSON; charset=utf-8", b"3", json!(3));
    check("application/vnd.github+json", b"[]", json!([]));
    check("application/json", br#"{"a":1,"a":2}"#, json!({"a": 2}));
    check("application/json", br#"{"n":9007199254740993}"#, json!({"n": 9_007_199_254_740_993_i64}));
    check(
        "application/json",
        br#"{"__proto__":{"x":1},"constructor":2}"#,
        json!({"__proto__": {"x": 1}, "constructor": 2}),
    );
    check("application/x-ndjson", b"{\"a\":1}\r\n\n[2]\n \"x\"  \n", json!([{"a": 1}, [2], "x"]));
    check("application/jsonl", b"\n \n", json!([]));
    check("application/jsonl", b"\xef\xbb\xbf9007199254740993", json!([9_007_199_254_740_993_i64]));
    check("application/cloudevents-batch+json", b"[{\"id\":\"1\"}]", json!([{"id": "1"}]));
    check("application/x-www-form-urlencoded", b"a=1&b=2", json!({"a": "1", "b": "2"}));
    check("application/x-www-form-urlencoded; charset=big5", b"a=%A4%A4", json!({"a": "中"}));
    check("application/xml", b"<a><b>1</b></a>", json!({"a": {"b": "1"}}));
    check("application/soap+xml", b"<a/>", json!({"a": ""}));
    check("text/plain", b"{\"not\":\"json here\"}", json!("{\"not\":\"json here\"}"));
    check("text/plain; charset=iso-8859-1", b"caf\xe9", json!("café"));
    check("text/plain; charset=\"utf-16le\"", b"h\0i\0", json!("hi"));
    check("text/csv", b"a,b\n1,\xff", json!("a,b\n1,\u{fffd}"));
    check("application/octet-stream", b"\0\x01", json!(null));
    check("image/png", b"{}", json!(null));
    check("", b"x", json!(null));
    check("-", b"{\"a\":1}", json!({"a": 1}));
    check("-", b"a=1", json!("a=1"));
    check("-", b"\xff\xfe", json!(null));
}

#[test]
fn empty_bodies_are_nothing() {
    for content_type in [None, Some("application/json"), Some("text/plain"), Some("multipart/form-data"), Some("x/y")] {
        let input = parse_body(content_type, b"").unwrap();
        assert_eq!((value(&input.body), value(&input.raw.unwrap())), (json!(null), json!("")), "{content_type:?}");
    }
}

#[test]
fn refused_bodies() {
    let check = |content_type: &str, body: &[u8], status: u16, code: &str, detail: &str| {
        let refusal = parse_body(Some(content_type), body).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (status, code), "{content_type} {body:?}");
        assert!(refusal.detail.contains(detail), "{} has no {detail:?}", refusal.detail);
    };
    check("application/json", b"{\"a\":1,\n\"b\" 2}", 400, "bad_json", "line 2 column 5");
    check("application/json", b"{}{}", 400, "bad_json", "trailing characters at line 1 column 3");
    check("application/json", b"  ", 400, "bad_json", "EOF");
    check("application/json", b"a=1", 400, "bad_json", "line 1 column 1");
    check("application/x-ndjson", b"{}\n{\"a\":\n1}", 400, "bad_json", "line 2 of the body");
    check("application/x-ndjson", b"1\n{} {}", 400, "bad_json", "line 2 of the body");
    check("application/jsonl", b"{}\n1e400", 400, "bad_json", "");
    check("application/jsonl", b"\"\xff\"", 400, "bad_json", "line 1 of the body");
    check("application/xml", b"<a>", 400, "bad_body", "");
    check("multipart/form-data", b"--x--", 400, "bad_body", "boundary");
    check("text/plain; charset=klingon", b"x", 415, "unsupported_media", "character set");
    check("text/xml; charset=utf-7", b"<a/>", 415, "unsupported_media", "character set");
}

#[test]
fn w10_json_depth() {
    let nested = |depth: usize| ["[", "]"].map(|bracket| bracket.repeat(depth)).concat();
    assert!(parse_body(Some("application/json"), nested(127).as_bytes()).is_ok());
    assert!(parse_body(Some("application/jsonl"), nested(126).as_bytes()).is_ok());
    assert_eq!(parse_body(Some("application/jsonl"), nested(128).as_bytes()).unwrap_err().code, "bad_json");
    for depth in [129, 100_000] {
        let refusal = parse_body(Some("application/json"), nested(depth).as_bytes()).unwrap_err();
        assert_eq!(refusal.code, "bad_json", "{depth}");
    }
}

#[test]
fn w10_numbers_and_texts_that_json_cannot_say() {
    for body in [&b"1e400"[..], b"-1e400", b"NaN", b"01", b"\"\xff\"", b"{\"\xc3\x28\":1}", b"\"\\ud800\""] {
        let refusal = parse_body(Some("application/json"), body).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (400, "bad_json"), "{:?}", String::from_utf8_lossy(body));
    }
}

/// What a body calls files is data: nothing of it names a file, and only bytes that came are one.
#[test]
fn w11_cve_2026_21858_files_in_json_are_data() {
    let body = br#"{"files":{"x":{"filepath":"/etc/passwd","filename":"/etc/passwd"}}}"#;
    for content_type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] {
        let input = parse_body(Some(content_type), body).unwrap();
        assert!(input.files.is_none(), "{content_type}");
    }
    let input = parse_body(Some("image/png"), body).unwrap();
    let itself = run::files::FileValue::small("", "", "image/png", body);
    assert_eq!(value(&input.files.unwrap()), json!([itself]));
    let input = parse_body(Some("application/json"), body).unwrap();
    assert_eq!(value(&input.body)["files"]["x"]["filepath"], "/etc/passwd");
}

#[test]
fn w11_multipart_files_are_values() {
    let body = "--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"../../etc/passwd\"\r\n\r\nhello\r\n\
                --b\r\nContent-Disposition: form-data; name=\"files[x][filepath]\"\r\n\r\n/etc/passwd\r\n--b--\r\n";
    let input = parse_body(Some("multipart/form-data; boundary=b"), body.as_bytes()).unwrap();
    let file = json!({"name": "x", "filename": "passwd", "content_type": "application/octet-stream", "size": 5,
                      "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
                      "base64": "aGVsbG8="});
    assert_eq!(value(&input.files.unwrap()), json!([file]));
    assert_eq!(value(&input.body), json!({"files": {"x": {"filepath": "/etc/passwd"}}}));
}

#[test]
fn the_request_is_kept() {
    let headers: [(&str, &[u8]); 4] = [
        ("Content-Type", b"application/json"),
        ("Authorization", b"Bearer canary"),
        ("X-Hub-Signature-256", b"sha256=canary"),
        ("X-Event", b"push"),
    ];
    let reads = TriggerReads::All;
    let request = RawRequest { query: "a=1&b=x+y%21&a=%E4%B8%AD&c", ..request(&headers, b"{}", &reads) };
    let input = parse(request).unwrap();
    let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    };
    let expected = Request {
        method: "POST".into(),
        path: "orders/7".into(),
        params: pairs(&[("id", "7")]),
        query: pairs(&[("a", "1"), ("b", "x y!"), ("a", "中"), ("c", "")]),
        headers: pairs(&[
            ("content-type", "application/json"),
            ("authorization", "•••"),
            ("x-hub-signature-256", "•••"),
            ("x-event", "push"),
        ]),
        ip: "203.0.113.9".into(),
    };
    assert_eq!(*input.request.unwrap(), expected);
    assert_eq!((input.source, input.at), (Source::Webhook, 1_700_000_000_000));
}

#[test]
fn raw_is_kept_only_for_those_who_read_it() {
    let nothing = TriggerReads::Fields(BTreeSet::new());
    let raw = TriggerReads::Fields(BTreeSet::from(["raw".to_owned()]));
    for (content_type, body, read, unread) in [
        ("application/json", "{}", false, false),
        ("text/plain", "x", true, false),
        ("application/xml", "<a/>", true, false),
        ("application/x-www-form-urlencoded", "a", true, false),
        ("application/pdf", "x", true, true),
    ] {
        let headers: [(&str, &[u8]); 1] = [("content-type", content_type.as_bytes())];
        let kept = |reads| parse(request(&headers, body.as_bytes(), reads)).unwrap().raw.is_some();
        assert_eq!((kept(&raw), kept(&nothing)), (read, unread), "{content_type}");
    }
}

#[test]
fn too_long_queries_are_refused() {
    let query = "a=1&".repeat(MOST_QUERY);
    let parse_query = |query: &str| parse(RawRequest { query, ..request(&[], b"", &TriggerReads::All) });
    assert_eq!(parse_query(&query).unwrap().request.unwrap().query.len(), MOST_QUERY);
    assert_eq!(parse_query(&format!("{query}b")).unwrap_err().code, "bad_query");
}

/// Content types that reach every parser, and pieces that their syntaxes are made of.
const CONTENT_TYPES: [&str; 9] = [
    "application/json",
    "application/x-ndjson",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "application/xml",
    "text/plain; charset=big5",
    "text/html; charset=\"utf-16le\"",
    "application/octet-stream",
    "",
];
const PIECES: [&str; 28] = [
    "--b",
    "--",
    "\r\n",
    "\r\n\r\n",
    "Content-Disposition: form-data; name=\"a\"",
    "; filename=\"../x\"",
    "<a>",
    "</a>",
    "<a b='&lt;'",
    "/>",
    "&amp;",
    "&x;",
    "&#x41;",
    "<!DOCTYPE a [",
    "]>",
    "<![CDATA[",
    "]]>",
    "<?xml encoding=\"big5\"?>",
    "a[b]=1",
    "&a[]=",
    "a[0]",
    "%",
    "%f",
    "{\"a\":",
    "[",
    "}",
    "1e400",
    "\"\\u",
];

proptest! {
    #[test]
    fn nothing_panics(
        content_type in prop_oneof![
            prop::sample::select(&CONTENT_TYPES[..]).prop_map(|text| text.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..40),
        ],
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(&PIECES[..]).prop_map(|text| text.as_bytes().to_vec()),
                prop::collection::vec(any::<u8>(), 0..6),
            ],
            0..24,
        ),
        header in prop::collection::vec(any::<u8>(), 0..20),
        query in ".{0,40}",
    ) {
        let headers: [(&str, &[u8]); 3] = [("content-type", &content_type), ("x-a", &header), ("X-A", &header)];
        let reads = TriggerReads::All;
        let input = parse(RawRequest { query: &query, ..request(&headers, &pieces.concat(), &reads) });
        if let Ok(input) = input {
            for payload in [Some(&input.body), input.raw.as_ref(), input.files.as_ref()].into_iter().flatten() {
                prop_assert!(scenario::data::parse(payload.text()).is_ok(), "the journaled text is JSON");
            }
        }
    }
}
