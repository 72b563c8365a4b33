//! YAML texts as trees: values, places, and what is refused.

use super::*;

fn place_in(text: &str, key: &str, needle: &str) -> (u32, u32) {
    let root = read(text).unwrap();
    let node = root.get(key).unwrap();
    let decoded = node.text().unwrap();
    let offset = decoded[..decoded.find(needle).unwrap()].chars().count();
    let place = node.places(text).at(offset);
    (place.line, place.column)
}

#[test]
fn places_of_decoded_characters() {
    let cases = [
        ("plain", "a: é {{ x }}", "x", (1, 9)),
        ("double-quoted", "a: \"é {{ x }}\"", "x", (1, 10)),
        ("single-quoted", "a: 'it''s {{ x }}'", "x", (1, 14)),
        ("escapes", r#"a: "\u00e9\n\x41 {{ x }}""#, "x", (1, 21)),
        ("escaped line end", "a: \"one \\\n   two {{ x }}\"", "x", (2, 11)),
        ("literal block", "a: |\n  one\n\n    two {{ x }}\n", "x", (4, 12)),
        ("literal block with a later line", "a: |\n  one\n    two\n  x\n", "x", (4, 3)),
        ("folded block", "a: >-\n  one\n  two\n\n  three x\n", "x", (5, 9)),
        ("plain over two lines", "a: one\n   two x\n", "x", (2, 8)),
        ("plain over two lines, then a blank one", "a: one\n\n  two x\n", "x", (3, 7)),
        ("carriage returns", "a: |\r\n  one\r\n  x\r\n", "x", (3, 3)),
        ("after a tag and an anchor", "a: &n !t \"x\"", "x", (1, 11)),
    ];
    for (what, text, needle, expected) in cases {
        assert_eq!(place_in(text, "a", needle), expected, "{what}");
    }
}

#[test]
fn scalars_keep_what_people_meant() {
    let root = read("a: [NO, yes, 0755, 1_000, 0x1F, 1.50, true, ~, 2026-01-01, .inf, '1']").unwrap();
    let expected = serde_json::json!({
        "a": ["NO", "yes", "0755", "1_000", 31, 1.5, true, null, "2026-01-01", ".inf", "1"]
    });
    assert_eq!(root.to_json(), expected);
}

#[test]
fn i8_aliases_may_not_multiply() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..9 {
        let previous = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", "));
    }
    assert_eq!(read(&bomb).unwrap_err().code, "E0102");
    assert!(read("a: &a [1, 2]\nb: *a\nc: { <<: { d: 1 } }").is_ok());
}

#[test]
fn depth_and_size_are_bounded() {
    assert_eq!(read(&"[".repeat(20_000)).unwrap_err().code, "E0102");
    assert_eq!(read(&"a: b\n".repeat(300_000)).unwrap_err().code, "E0102");
    assert_eq!(read(&"- a\n".repeat(250_000)).unwrap_err().code, "E0102");
    assert!(read(&format!("{}{}", "[".repeat(60), "]".repeat(60))).is_ok());
}

#[test]
fn syntax_errors_have_places() {
    let cases = [
        ("a: [1\nb: 2", (2, 2)),
        ("a: @x", (1, 4)),
        ("a: b: c", (1, 5)),
        ("a: *nope", (1, 4)),
        ("a: 1\n---\nb: 2", (3, 1)),
    ];
    for (text, (line, column)) in cases {
        let diagnostic = read(text).unwrap_err();
        assert_eq!((diagnostic.code, diagnostic.place), ("E0101", Place { line, column }), "{text}: {diagnostic:?}");
    }
    let braces = read("a: {{ x }}").unwrap_err();
    assert_eq!((braces.code, braces.place), ("E0121", Place { line: 1, column: 5 }));
}
