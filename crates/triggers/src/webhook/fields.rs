//! The fields of forms as one map: `a=1&a=2` and `a[]=1` make lists, `a[b]=1` a map, `a[0]`, `a[1]`… a list.

use super::encoding;
use super::problem::Refusal;
use encoding_rs::Encoding;
use serde_json::{Map, Value};

/// How many fields a form may have.
const MOST_FIELDS: usize = 1_000;

/// How many brackets a name may have. Bounds the depth of the value, which must stay readable as JSON.
const MOST_BRACKETS: usize = 16;

/// The map of an `application/x-www-form-urlencoded` body.
pub(super) fn form(bytes: &[u8], encoding: &'static Encoding) -> Result<Value, Refusal> {
    let mut fields = Fields::default();
    for (name, value) in encoding::pairs(bytes, encoding) {
        fields.add(&name, value)?;
    }
    Ok(fields.finish())
}

/// Fields being gathered.
#[derive(Default)]
pub(super) struct Fields {
    map: Map<String, Value>,
    count: usize,
}

/// What stands in a pair of brackets.
enum Key<'n> {
    Named(&'n str),
    Next,
}

impl Fields {
    /// Adds a field. A name whose brackets do not fit what is already there is taken as it is.
    pub(super) fn add(&mut self, name: &str, value: String) -> Result<(), Refusal> {
        self.count += 1;
        if self.count > MOST_FIELDS {
            return Err(Refusal::bad_body(format!("the form has more than {MOST_FIELDS} fields")));
        }
        let (head, keys) = split(name);
        if keys.len() > MOST_BRACKETS {
            return Err(Refusal::bad_body(format!("a name in the form has more than {MOST_BRACKETS} brackets")));
        }
        if fits(self.map.get(head), &keys) {
            place(self.map.entry(head).or_insert(Value::Null), &keys, value);
        } else {
            place(self.map.entry(name).or_insert(Value::Null), &[], value);
        }
        Ok(())
    }

    /// All fields.
    pub(super) fn finish(self) -> Value {
        Value::Object(self.map.into_iter().map(|(name, value)| (name, numbered_to_lists(value))).collect())
    }
}

/// `a[b][]` as `a` and its keys; a name whose brackets do not pair has no keys.
fn split(name: &str) -> (&str, Vec<Key<'_>>) {
    let Some(open) = name.find('[').filter(|open| *open > 0) else { return (name, Vec::new()) };
    let mut keys = Vec::new();
    let mut rest = &name[open..];
    while !rest.is_empty() {
        let Some((key, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) else {
            return (name, Vec::new());
        };
        keys.push(if key.is_empty() { Key::Next } else { Key::Named(key) });
        rest = after;
    }
    (&name[..open], keys)
}

/// Whether a value can be put there: a named key needs a map, or nothing.
fn fits(slot: Option<&Value>, keys: &[Key<'_>]) -> bool {
    match (slot, keys) {
        (Some(Value::Object(map)), [Key::Named(key), rest @ ..]) => fits(map.get(*key), rest),
        (Some(_), [Key::Named(_), ..]) => false,
        _ => true,
    }
}

fn place(slot: &mut Value, keys: &[Key<'_>], text: String) {
    match keys {
        [] if slot.is_null() => *slot = Value::String(text),
        [] => push(slot, Value::String(text)),
        [Key::Next, rest @ ..] => {
            let mut item = Value::Null;
            place(&mut item, rest, text);
            push(slot, item);
        }
        [Key::Named(key), rest @ ..] => {
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(map) = slot {
                place(map.entry(*key).or_insert(Value::Null), rest, text);
            }
        }
    }
}

/// Adds to the list in this slot; what was there before becomes its first item.
fn push(slot: &mut Value, item: Value) {
    match slot.take() {
        Value::Array(mut list) => {
            list.push(item);
            *slot = Value::Array(list);
        }
        Value::Null => *slot = Value::Array(vec![item]),
        first => *slot = Value::Array(vec![first, item]),
    }
}

/// Maps with the keys 0, 1, 2… as lists.
fn numbered_to_lists(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(numbered_to_lists).collect()),
        Value::Object(map) if map.keys().enumerate().all(|(index, key)| *key == index.to_string()) => {
            Value::Array(map.into_iter().map(|(_, item)| numbered_to_lists(item)).collect())
        }
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, item)| (key, numbered_to_lists(item))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, expected: Value) {
        assert_eq!(form(text.as_bytes(), encoding_rs::UTF_8).unwrap(), expected, "{text}");
    }

    #[test]
    fn forms() {
        check("a=1&b=x+y%21", json!({"a": "1", "b": "x y!"}));
        check("a=1&a=2&a=3", json!({"a": ["1", "2", "3"]}));
        check("a[]=1", json!({"a": ["1"]}));
        check("a=1&a[]=2", json!({"a": ["1", "2"]}));
        check("a[b]=1&a[c]=2", json!({"a": {"b": "1", "c": "2"}}));
        check("a%5Bb%5D[c]=1", json!({"a": {"b": {"c": "1"}}}));
        check("a[][x]=1&a[][x]=2", json!({"a": [{"x": "1"}, {"x": "2"}]}));
        check("a[0][x]=1&a[1][x]=2", json!({"a": [{"x": "1"}, {"x": "2"}]}));
        check("a[1]=1&a[2]=2", json!({"a": {"1": "1", "2": "2"}}));
        check("0=a&1=b", json!({"0": "a", "1": "b"}));
        check("a&=b&&c=", json!({"a": "", "": "b", "c": ""}));
        check("a=1&a[b]=2", json!({"a": "1", "a[b]": "2"}));
        check("a[b]=1&a=2", json!({"a": [{"b": "1"}, "2"]}));
        check("a[b=1&a]=2&[c]=3&a[b]c=4", json!({"a[b": "1", "a]": "2", "[c]": "3", "a[b]c": "4"}));
        check("__proto__[x]=1&constructor=2", json!({"__proto__": {"x": "1"}, "constructor": "2"}));
        check("%ff=%zz", json!({"\u{fffd}": "%zz"}));
    }

    #[test]
    fn other_character_sets() {
        let big5 = encoding::named("big5").unwrap();
        assert_eq!(form(b"%A4%A4=%A4%E5", big5).unwrap(), json!({"中": "文"}));
    }

    #[test]
    fn w10_a_thousand_fields_and_no_more() {
        let fields = "a=1&".repeat(MOST_FIELDS);
        assert!(form(fields.as_bytes(), encoding_rs::UTF_8).is_ok());
        let refusal = form(format!("{fields}b=1").as_bytes(), encoding_rs::UTF_8).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (400, "bad_body"));
    }

    #[test]
    fn deep_names_are_refused() {
        let name = |brackets: usize| format!("a{}=1", "[x]".repeat(brackets));
        assert!(form(name(MOST_BRACKETS).as_bytes(), encoding_rs::UTF_8).is_ok());
        assert_eq!(form(name(MOST_BRACKETS + 1).as_bytes(), encoding_rs::UTF_8).unwrap_err().code, "bad_body");
    }
}
