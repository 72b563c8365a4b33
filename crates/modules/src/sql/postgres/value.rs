//! Values on their way to PostgreSQL and back. Both ways they are texts, as the server's own functions write and read them:
//! a type that nobody here has heard of comes as the text that `psql` shows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use postgres_protocol::Oid;
use serde_json::{Number, Value, json};
use std::error::Error;

/// `pg_type.oid` of the types that are more than texts; those of the system never change.
const BOOL: Oid = 16;
const BYTEA: Oid = 17;
const INTEGERS: [Oid; 4] = [20, 21, 23, 26];
const FLOATS: [Oid; 2] = [700, 701];
const JSON: [Oid; 2] = [114, 3802];
const TIMESTAMP: Oid = 1114;
const TIMESTAMPTZ: Oid = 1184;

/// Types of arrays with those of their items: of what stands above, and of text, varchar, char, name, date, time, numeric,
/// uuid and inet.
const ARRAYS: [(Oid, Oid); 21] = [
    (199, 114),
    (1000, 16),
    (1001, 17),
    (1002, 25),
    (1003, 25),
    (1005, 21),
    (1007, 23),
    (1009, 25),
    (1014, 25),
    (1015, 25),
    (1016, 20),
    (1021, 700),
    (1022, 701),
    (1028, 26),
    (1041, 25),
    (1115, 1114),
    (1182, 25),
    (1183, 25),
    (1185, 1184),
    (1231, 25),
    (3807, 3802),
];

/// The array of UUIDs.
const UUIDS: Oid = 2951;

/// A value of this type, from its text.
pub(super) fn decode(oid: Oid, text: &str) -> Value {
    if oid == UUIDS {
        return array(25, text).unwrap_or_else(|| text.into());
    }
    if let Some((_, item)) = ARRAYS.iter().find(|(of, _)| *of == oid) {
        return array(*item, text).unwrap_or_else(|| text.into());
    }
    let number = || match oid {
        oid if INTEGERS.contains(&oid) => text.parse::<i64>().ok().map(Value::from),
        // What JSON cannot say (NaN, Infinity) stays a text.
        oid if FLOATS.contains(&oid) => text.parse().ok().and_then(Number::from_f64).map(Value::Number),
        oid if JSON.contains(&oid) => serde_json::from_str(text).ok(),
        BOOL => Some(Value::Bool(text == "t")),
        BYTEA => text.strip_prefix("\\x").and_then(bytes).map(|bytes| json!({ "base64": STANDARD.encode(bytes) })),
        TIMESTAMP | TIMESTAMPTZ => moment(text).map(Value::String),
        _ => None,
    };
    number().unwrap_or_else(|| text.into())
}

/// The text of a value for a place of this type; none: null.
pub(super) fn encode(oid: Oid, value: &Value) -> Result<Option<String>, Box<dyn Error + Send + Sync>> {
    if JSON.contains(&oid) {
        return Ok((!value.is_null()).then(|| value.to_string()));
    }
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::String(text) => text.clone(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::Array(items) => literal(oid, items)?,
        Value::Object(fields) => match fields.get("base64") {
            Some(Value::String(text)) if oid == BYTEA => {
                let bytes = STANDARD.decode(text).map_err(|_| "`base64` holds no base64")?;
                bytes.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}"))
            }
            _ => value.to_string(),
        },
    }))
}

/// `2026-11-23 08:00:00.5+00` as RFC 3339 has it. Infinity and years before Christ stay as they are.
fn moment(text: &str) -> Option<String> {
    let (date, time) = text.split_once(' ').filter(|(_, time)| !time.contains(' '))?;
    let time = time.strip_suffix("+00").map_or_else(|| time.to_owned(), |time| format!("{time}Z"));
    Some(format!("{date}T{time}"))
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

/// A list as the literal of an array: `{1,NULL,"a b"}`.
fn literal(oid: Oid, items: &[Value]) -> Result<String, Box<dyn Error + Send + Sync>> {
    let item_type = ARRAYS.iter().find(|(of, _)| *of == oid).map_or(0, |(_, item)| *item);
    let mut text = String::from("{");
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        match item {
            Value::Array(items) if !JSON.contains(&item_type) => text.push_str(&literal(oid, items)?),
            item => match encode(item_type, item)? {
                None => text.push_str("NULL"),
                Some(item) => {
                    let quoted = item.replace('\\', "\\\\").replace('"', "\\\"");
                    text.push_str(&format!("\"{quoted}\""));
                }
            },
        }
    }
    text.push('}');
    Ok(text)
}

/// The list that the literal of an array holds; none, where it is none that is known here.
fn array(item: Oid, text: &str) -> Option<Value> {
    // An array that does not begin at 1 says so first: `[0:1]={1,2}`.
    let text = if text.starts_with('[') { text.split_once('=')?.1 } else { text };
    let mut rest = text.chars().peekable();
    let list = list(item, &mut rest, 0)?;
    rest.next().is_none().then_some(list)
}

type Characters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn list(item: Oid, rest: &mut Characters<'_>, depth: usize) -> Option<Value> {
    // Arrays of PostgreSQL have six dimensions at most.
    if depth > 6 || rest.next()? != '{' {
        return None;
    }
    let mut items = Vec::new();
    if rest.peek() == Some(&'}') {
        rest.next();
        return Some(items.into());
    }
    loop {
        items.push(match rest.peek()? {
            '{' => list(item, rest, depth + 1)?,
            '"' => decode(item, &quoted(rest)?),
            _ => match bare(rest).as_str() {
                "NULL" => Value::Null,
                text => decode(item, text),
            },
        });
        match rest.next()? {
            ',' => {}
            '}' => return Some(items.into()),
            _ => return None,
        }
    }
}

fn quoted(rest: &mut Characters<'_>) -> Option<String> {
    let mut text = String::new();
    rest.next();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(rest.next()?),
            character => text.push(character),
        }
    }
}

fn bare(rest: &mut Characters<'_>) -> String {
    let mut text = String::new();
    while let Some(character) = rest.next_if(|character| !matches!(character, ',' | '}')) {
        text.push(character);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_values_by_their_types() {
        let check = |oid, text: &str, expected: Value| assert_eq!(decode(oid, text), expected, "{oid} {text}");
        check(16, "t", json!(true));
        check(20, "9007199254740993", json!(9_007_199_254_740_993_i64));
        check(701, "0.1", json!(0.1));
        check(701, "NaN", json!("NaN"));
        check(1700, "120.50", json!("120.50"));
        check(3802, r#"{"a": [1, null]}"#, json!({ "a": [1, null] }));
        check(17, "\\xff00", json!({ "base64": "/wA=" }));
        check(1184, "2026-11-23 08:00:00.5+00", json!("2026-11-23T08:00:00.5Z"));
        check(1114, "2026-11-23 08:00:00", json!("2026-11-23T08:00:00"));
        check(1184, "infinity", json!("infinity"));
        check(1184, "0044-03-15 12:00:00+00 BC", json!("0044-03-15 12:00:00+00 BC"));
        check(1082, "2026-11-23", json!("2026-11-23"));
        check(600, "(1,2)", json!("(1,2)"));
        check(1007, "{1,NULL,3}", json!([1, null, 3]));
        check(1007, "{{1,2},{3,4}}", json!([[1, 2], [3, 4]]));
        check(1007, "[0:1]={1,2}", json!([1, 2]));
        check(1009, r#"{a,"b,\"c\\",NULL,"NULL",""}"#, json!(["a", "b,\"c\\", null, "NULL", ""]));
        check(1009, "{}", json!([]));
        check(1009, "{a", json!("{a"));
        check(1009, &"{".repeat(1_000), json!("{".repeat(1_000)));
    }

    #[test]
    fn values_become_texts_for_their_places() {
        let check = |oid, value: Value, expected: Option<&str>| {
            assert_eq!(encode(oid, &value).unwrap().as_deref(), expected, "{oid} {value}");
        };
        check(23, json!(5), Some("5"));
        check(23, json!("5"), Some("5"));
        check(25, json!(null), None);
        check(16, json!(true), Some("true"));
        check(3802, json!([1, "a"]), Some(r#"[1,"a"]"#));
        check(3802, json!("a"), Some(r#""a""#));
        check(25, json!({ "a": 1 }), Some(r#"{"a":1}"#));
        check(1009, json!(["a", null, "b\"\\"]), Some(r#"{"a",NULL,"b\"\\"}"#));
        check(1007, json!([[1], [2]]), Some(r#"{{"1"},{"2"}}"#));
        check(3807, json!([[1]]), Some(r#"{"[1]"}"#));
        check(17, json!({ "base64": "/wA=" }), Some("\\xff00"));
        assert!(encode(17, &json!({ "base64": "%" })).is_err());
    }
}
