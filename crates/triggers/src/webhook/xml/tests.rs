//! The encodings of XML bodies, and how bodies are refused that are not XML.

use super::*;
use serde_json::json;

#[test]
fn encodings() {
    let check = |bytes: &[u8], charset, expected: Value| assert_eq!(decode(bytes, charset).unwrap(), expected);
    check(b"<?xml version='1.0' encoding='big5'?><a>\xa4\xa4</a>", None, json!({"a": "中"}));
    check(b"<?xml version='1.0' encoding='utf-8'?><a>\xe9</a>", Some("latin1"), json!({"a": "é"}));
    check(b"<?xml encoding = \"x\" ?><a/>", Some("utf-8"), json!({"a": ""}));
    check(b"\xff\xfe<\0a\0/\0>\0", None, json!({"a": ""}));
    assert_eq!(decode(b"<?xml encoding='x-none'?><a/>", None).unwrap_err().status, 415);
}

#[test]
fn what_is_no_xml_is_a_bad_body() {
    for (xml, detail) in [
        ("<a></b>", "the body is not XML that is taken: "),
        ("<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "DOCTYPE"),
        ("<a>", "the XML ends before its root element does"),
        ("", "the XML has no root element"),
    ] {
        let refusal = decode(xml.as_bytes(), None).expect_err(xml);
        assert_eq!((refusal.status, refusal.code), (400, "bad_body"), "{xml}");
        assert!(refusal.detail.contains(detail), "{xml}: {}", refusal.detail);
    }
}
