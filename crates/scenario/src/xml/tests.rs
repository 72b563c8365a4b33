//! XML documents and their values; documents that must not be read.

use super::*;
use serde_json::json;
use std::time::{Duration, Instant};

fn check(xml: &str, expected: Value) {
    assert_eq!(read(xml).unwrap(), expected, "{xml}");
}

fn refused(xml: &str) -> String {
    read(xml).expect_err(xml).to_string()
}

#[test]
fn documents() {
    check("<a/>", json!({"a": ""}));
    check("<a>text</a>", json!({"a": "text"}));
    check("<a> padded </a>", json!({"a": " padded "}));
    check("<a x='1'/>", json!({"a": {"@x": "1"}}));
    check("<a x='1'>text</a>", json!({"a": {"@x": "1", "#text": "text"}}));
    check("<a>\n  <b>1</b>\n  <b>2</b>\n  <c/>\n</a>", json!({"a": {"b": ["1", "2"], "c": ""}}));
    check("<a><b/><c/><b/><b/></a>", json!({"a": {"b": ["", "", ""], "c": ""}}));
    check("<a>one<b/>two</a>", json!({"a": {"b": "", "#text": "onetwo"}}));
    check("<a>&lt;&amp;&#65;&#x4E2D;</a>", json!({"a": "<&A中"}));
    check("<a b='&quot;&#10;x'/>", json!({"a": {"@b": "\"\nx"}}));
    check("<a><![CDATA[<b>&x;]]></a>", json!({"a": "<b>&x;"}));
    check("<?xml version='1.0'?><!-- c --><s:E xmlns:s='u'><s:B/></s:E>", json!({"s:E": {"@xmlns:s": "u", "s:B": ""}}));
    check("\u{feff}<a/>\n", json!({"a": ""}));
    check("<__proto__><constructor>1</constructor></__proto__>", json!({"__proto__": {"constructor": "1"}}));
}

#[test]
fn malformed_documents() {
    for xml in [
        "",
        "text",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>text",
        "<a b></a>",
        "<a b='1' b='2'/>",
        "<a>&</a>",
        "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a",
        "<!--",
        "<a><![CDATA[</a>",
    ] {
        refused(xml);
    }
    assert!(refused("<a>\n</b>").contains("at byte"));
}

const DOCTYPES: [&str; 7] = [
    "<!DOCTYPE a><a/>",
    "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>",
    "<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://192.0.2.1/x.dtd'> %p;]><a/>",
    "<!DOCTYPE a SYSTEM 'http://192.0.2.1/x.dtd'><a/>",
    "<!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;']><l>&c;</l>",
    "<?xml version='1.0'?>\n<!-- first -->\n<!DOCTYPE a PUBLIC 'x' 'y'><a/>",
];

#[test]
fn i7_document_types_are_refused() {
    for xml in DOCTYPES {
        let detail = refused(xml);
        assert!(detail.contains("DOCTYPE"), "{xml}: {detail}");
    }
}

#[test]
fn i7_entities_are_refused() {
    for xml in ["<a>&x;</a>", "<a b='&x;'/>", "<a>&nbsp;</a>"] {
        assert!(refused(xml).contains("entity"), "{xml}");
    }
}

#[test]
fn i7_xinclude_is_an_element_like_any_other() {
    check(
        "<a xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file:///etc/passwd'/></a>",
        json!({"a": {"@xmlns:xi": "http://www.w3.org/2001/XInclude", "xi:include": {"@href": "file:///etc/passwd"}}}),
    );
}

#[test]
fn i7_deep_nesting_is_refused_at_once() {
    let nested = |depth: usize| ["<a>", "</a>"].map(|tag| tag.repeat(depth)).concat();
    assert!(read(&nested(MOST_DEPTH)).is_ok());
    let before = Instant::now();
    for depth in [MOST_DEPTH + 1, 10_000, 1_000_000] {
        assert!(refused(&nested(depth)).contains("deep"));
    }
    assert!(before.elapsed() < Duration::from_secs(1));
}

/// The value must be readable again from its JSON text, whose depth is bounded.
#[test]
fn the_deepest_document_has_a_readable_json_text() {
    let level = |xml: String| format!("<a><b>{xml}</b><b/></a>");
    let xml = (0..MOST_DEPTH / 2).fold("<c d='1'/>".to_owned(), |xml, _| level(xml));
    let lists = read(&xml).unwrap();
    assert!(crate::data::parse(lists.to_string().as_bytes()).is_ok());
    let twins = (0..MOST_DEPTH - 1).fold("<a d='1'/>".to_owned(), |xml, _| format!("<a><a/>{xml}</a>"));
    let twins = read(&twins).unwrap();
    assert!(crate::data::parse(twins.to_string().as_bytes()).is_ok());
}

#[test]
fn documents_of_too_many_elements_are_refused() {
    let xml = format!("<a>{}</a>", "<b/>".repeat(MOST_NODES));
    assert!(refused(&xml).contains("more than"));
    let attributes: String = (0..MOST_NODES / 100).map(|index| format!(" a{index}=''")).collect();
    assert!(read(&format!("<a{attributes}/>")).is_ok());
}
