//! Values to and from JSON.

use super::*;

fn check(json: &str, expected: &str) {
    assert_eq!(String::from_utf8(to_text(&parse(json.as_bytes()).unwrap())).unwrap(), expected, "{json}");
}

#[test]
fn values_survive() {
    check("null", "null");
    check(" [true, 1, -1, 1.5, \"é\\n\", {}] ", "[true,1,-1,1.5,\"é\\n\",{}]");
    check(r#"{"b":{"c":[]},"a":1}"#, r#"{"a":1,"b":{"c":[]}}"#);
    check("9223372036854775807", "9223372036854775807");
    check("-9223372036854775808", "-9223372036854775808");
    check(r#"{"a":1,"a":2}"#, r#"{"a":2}"#);
}

#[test]
fn numbers_beyond_64_bits_are_doubles() {
    check("9223372036854775808", "9.223372036854776e+18");
    check("1e3", "1000.0");
}

#[test]
fn what_is_no_value_is_an_error() {
    for json in ["", "{", "1e400", "nul", "[1,]", "\"\u{1}\"", "{\"a\":1}x", &"[".repeat(200)] {
        assert!(parse(json.as_bytes()).is_err(), "{json}");
    }
    assert!(parse(b"\"\xff\"").is_err());
}

#[test]
fn both_ways_of_json_give_the_same() {
    let json = r#"{"a":[1,2.5,"x",null,{"b":false}]}"#;
    let value = of(&serde_json::from_str(json).unwrap());
    assert_eq!(to_text(&value), to_text(&parse(json.as_bytes()).unwrap()));
    assert_eq!(to_json(&value).to_string(), json);
}

#[test]
fn what_json_cannot_say_is_null() {
    assert_eq!(to_text(&Dynamic::from_float(f64::INFINITY)), b"null");
    assert_eq!(to_text(&list(vec![Dynamic::from(std::time::Duration::ZERO)])), b"[null]");
}

#[test]
fn sharing_again_changes_nothing() {
    let plain = Dynamic::from_array(vec![Dynamic::from_map(Map::new())]);
    let shared = share(plain);
    assert!(shared.is_shared() && share(shared.clone()).is_shared());
    assert!(shared.as_array_ref().unwrap()[0].is_shared());
}
