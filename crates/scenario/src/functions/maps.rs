//! Functions of maps.

use super::{Call, Function};
use crate::expression::fault::{Fault, missing, unsuitable};
use crate::expression::operators::same;
use crate::expression::value::{as_list, as_map, as_text, keys_of, list, map};
use rhai::{Dynamic, Map};

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "keys",
        group: "map",
        signature: "keys(map) -> list",
        doc: "The keys, in alphabetical order.",
        errors: "",
        example: "#{b: 1, a: 2}.keys()",
        result: r#"["a","b"]"#,
        run: keys,
    },
    Function {
        name: "values",
        group: "map",
        signature: "values(map) -> list",
        doc: "The values, in the order of their keys.",
        errors: "",
        example: "#{b: 1, a: 2}.values()",
        result: "[2,1]",
        run: values,
    },
    Function {
        name: "entries",
        group: "map",
        signature: "entries(map) -> list",
        doc: "A list of maps with `key` and `value`, in the order of the keys.",
        errors: "",
        example: "#{a: 1}.entries()",
        result: r#"[{"key":"a","value":1}]"#,
        run: entries,
    },
    Function {
        name: "from_entries",
        group: "map",
        signature: "from_entries(list, key?, value?) -> map",
        doc: "A map of entries: maps with `key` and `value`, or with properties of these other names, or pairs such \
              as `[\"a\", 1]`.",
        errors: "An item that is neither such a map nor a pair.",
        example: r#"[#{n: "Bob", a: 22}].from_entries("n", "a")"#,
        result: r#"{"Bob":22}"#,
        run: from_entries,
    },
    Function {
        name: "has",
        group: "map",
        signature: "has(map, key) -> bool",
        doc: "Whether the map has this key, whatever its value.",
        errors: "",
        example: r#"#{a: ()}.has("a")"#,
        result: "true",
        run: has,
    },
    Function {
        name: "get",
        group: "map",
        signature: "get(value, path, default?) -> value",
        doc: "The value at a path of keys and positions, such as `lines[0].sku` or `lines.0.sku`, or the default, or \
              `()`.",
        errors: "",
        example: r#"#{lines: [#{sku: "A"}]}.get("lines[0].sku")"#,
        result: r#""A""#,
        run: get,
    },
    Function {
        name: "put",
        group: "map",
        signature: "put(map, path, value) -> map",
        doc: "The map with a value at a path of keys; maps on the way are made where there are none.",
        errors: "A path through something that is no map.",
        example: r#"#{a: #{b: 1}}.put("a.c", 2)"#,
        result: r#"{"a":{"b":1,"c":2}}"#,
        run: put,
    },
    Function {
        name: "merge",
        group: "map",
        signature: "merge(map, other) -> map",
        doc: "The entries of both maps; where both have a key, the second's value.",
        errors: "",
        example: "#{a: 1, b: 1}.merge(#{b: 2})",
        result: r#"{"a":1,"b":2}"#,
        run: merge,
    },
    Function {
        name: "deep_merge",
        group: "map",
        signature: "deep_merge(map, other) -> map",
        doc: "The entries of both maps; where both have a map for a key, merged in the same way, else the second's \
              value.",
        errors: "",
        example: "#{a: #{x: 1}}.deep_merge(#{a: #{y: 2}})",
        result: r#"{"a":{"x":1,"y":2}}"#,
        run: deep_merge,
    },
    Function {
        name: "pick",
        group: "map",
        signature: "pick(map, keys) -> map",
        doc: "The entries with these keys; those that the map does not have are left out.",
        errors: "A key that is no text.",
        example: r#"#{a: 1, b: 2}.pick(["a", "z"])"#,
        result: r#"{"a":1}"#,
        run: pick,
    },
    Function {
        name: "omit",
        group: "map",
        signature: "omit(map, keys) -> map",
        doc: "The entries without these keys.",
        errors: "A key that is no text.",
        example: r#"#{a: 1, b: 2}.omit(["a"])"#,
        result: r#"{"b":2}"#,
        run: omit,
    },
    Function {
        name: "rename_keys",
        group: "map",
        signature: "rename_keys(map, names) -> map",
        doc: "The entries with new names for their keys, from a map of old names to new ones.",
        errors: "A new name that is no text.",
        example: r#"#{a: 1, b: 2}.rename_keys(#{a: "x"})"#,
        result: r#"{"b":2,"x":1}"#,
        run: rename_keys,
    },
    Function {
        name: "map_values",
        group: "map",
        signature: "map_values(map, function) -> map",
        doc: "What the function makes of each value; it may take the key as a second value.",
        errors: "",
        example: "#{a: 1}.map_values(|value| value * 10)",
        result: r#"{"a":10}"#,
        run: map_values,
    },
    Function {
        name: "map_keys",
        group: "map",
        signature: "map_keys(map, function) -> map",
        doc: "The values under what the function makes of each key; it may take the value as a second one.",
        errors: "A new key that is no text.",
        example: "#{a: 1}.map_keys(|key| key.upper())",
        result: r#"{"A":1}"#,
        run: map_keys,
    },
    Function {
        name: "filter_entries",
        group: "map",
        signature: "filter_entries(map, condition) -> map",
        doc: "The entries for which the condition on key and value holds.",
        errors: "A condition that gives neither true nor false.",
        example: "#{a: 1, b: 2}.filter_entries(|key, value| value > 1)",
        result: r#"{"b":2}"#,
        run: filter_entries,
    },
    Function {
        name: "find_key",
        group: "map",
        signature: "find_key(map, value) -> text",
        doc: "The first key that has this value, or `()`.",
        errors: "",
        example: "#{a: 1, b: 2}.find_key(2)",
        result: r#""b""#,
        run: find_key,
    },
    Function {
        name: "invert",
        group: "map",
        signature: "invert(map) -> map",
        doc: "A map from each value, as text, to its key; where several keys have the same value, the last.",
        errors: "",
        example: r#"#{a: 1, b: "x"}.invert()"#,
        result: r#"{"1":"a","x":"b"}"#,
        run: invert,
    },
    Function {
        name: "changed_keys",
        group: "map",
        signature: "changed_keys(map, other) -> list",
        doc: "The keys whose values differ between two maps, or which one of them does not have.",
        errors: "",
        example: "#{a: 1, b: 2}.changed_keys(#{a: 1, c: 3})",
        result: r#"["b","c"]"#,
        run: changed_keys,
    },
    Function {
        name: "flatten_keys",
        group: "map",
        signature: "flatten_keys(map, separator?) -> map",
        doc: "A map of one level: the keys on the way to a value are joined with a point, or with another separator. \
              Lists stay.",
        errors: "Keys so long that it needs too much memory.",
        example: "#{a: #{b: 1}}.flatten_keys()",
        result: r#"{"a.b":1}"#,
        run: flatten_keys,
    },
    Function {
        name: "unflatten_keys",
        group: "map",
        signature: "unflatten_keys(map, separator?) -> map",
        doc: "A map of many levels, out of keys that are joined with a point, or with another separator.",
        errors: "An empty separator; a path through something that is no map.",
        example: r#"#{"a.b": 1}.unflatten_keys()"#,
        result: r#"{"a":{"b":1}}"#,
        run: unflatten_keys,
    },
];

fn keys(call: &mut Call) -> Result {
    Ok(list(call.map(0)?.keys().map(|key| key.as_str().into()).collect()))
}

fn values(call: &mut Call) -> Result {
    Ok(list(call.map(0)?.values().cloned().collect()))
}

fn entries(call: &mut Call) -> Result {
    let entry = |(key, value): (&rhai::Identifier, &Dynamic)| {
        map(Map::from_iter([("key".into(), key.as_str().into()), ("value".into(), value.clone())]))
    };
    Ok(list(call.map(0)?.iter().map(entry).collect()))
}

fn from_entries(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let key_name = call.given(1).map_or(Ok("key".into()), |_| call.text(1))?;
    let value_name = call.given(2).map_or(Ok("value".into()), |_| call.text(2))?;
    let mut made = Map::new();
    for item in items.iter() {
        let (key, value) = match as_list(item) {
            Some(pair) if pair.len() == 2 => (pair[0].clone(), pair[1].clone()),
            Some(_) => return Err(unsuitable("an entry", "a pair of a key and a value", item)),
            None => (property(item, &key_name)?, property(item, &value_name)?),
        };
        let mut name = String::new();
        crate::expression::value::write_text(&key, &mut name);
        made.insert(name.into(), value);
    }
    Ok(map(made))
}

fn property(item: &Dynamic, name: &str) -> Result {
    let Some(entries) = as_map(item) else { return Err(unsuitable("an entry", "a map or a pair", item)) };
    let hint = "say which properties are key and value: `from_entries(list, \"id\", \"name\")`".to_owned();
    let found = entries.get(name).cloned();
    found.ok_or_else(|| missing(format!("an entry has no `{name}`; it has {}", keys_of(&entries)), hint))
}

fn has(call: &mut Call) -> Result {
    let key = call.text(1)?;
    Ok(call.map(0)?.contains_key(key.as_str()).into())
}

fn get(call: &mut Call) -> Result {
    if let Ok(position) = call.any(1).as_int() {
        let items = call.list(0)?;
        let found = usize::try_from(position).ok().and_then(|position| items.get(position).cloned());
        return Ok(found.or_else(|| call.given(2).cloned()).unwrap_or_default());
    }
    let (value, path) = (call.any(0), call.text(1)?);
    if as_map(value).is_none() && as_list(value).is_none() {
        return Err(call.unsuitable(0, "a map or a list"));
    }
    call.spend_bytes(path.len().saturating_mul(8))?;
    Ok(lookup(value, &path).or_else(|| call.given(2).cloned()).unwrap_or_default())
}

/// What stands at a path of keys and positions. A key that is written just so comes before a path.
pub(super) fn lookup(value: &Dynamic, path: &str) -> Option<Dynamic> {
    if let Some(found) = as_map(value).and_then(|entries| entries.get(path).cloned()) {
        return Some(found);
    }
    let mut at = value.clone();
    for part in path.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
        let next = match as_list(&at) {
            Some(items) => part.parse::<usize>().ok().and_then(|position| items.get(position).cloned()),
            None => as_map(&at).and_then(|entries| entries.get(part).cloned()),
        };
        at = next?;
    }
    (!path.is_empty()).then_some(at)
}

fn put(call: &mut Call) -> Result {
    let mut made = call.map(0)?.clone();
    let path = call.text(1)?;
    let keys: Vec<&str> = path.split('.').collect();
    put_at(call, &mut made, &keys, call.any(2))?;
    Ok(map(made))
}

/// Paths longer than a value may be deep are refused, so that neither these calls nor the value grow without bounds.
fn put_at(call: &mut Call, entries: &mut Map, keys: &[&str], value: &Dynamic) -> Result<()> {
    const DEEPEST: usize = 100;
    let Some((key, deeper)) = keys.split_first() else { return Ok(()) };
    if keys.len() > DEEPEST {
        return Err(crate::expression::fault::limit(format!("a path has at most {DEEPEST} keys")));
    }
    if deeper.is_empty() {
        entries.insert((*key).into(), value.clone());
        return Ok(());
    }
    let mut inner = match entries.get(*key) {
        Some(inner) if !inner.is_unit() => {
            as_map(inner).ok_or_else(|| unsuitable(&format!("`{key}` in a path"), "a map", inner))?.clone()
        }
        _ => Map::new(),
    };
    call.spend_bytes(inner.len().saturating_mul(64))?;
    put_at(call, &mut inner, deeper, value)?;
    entries.insert((*key).into(), map(inner));
    Ok(())
}

fn merge(call: &mut Call) -> Result {
    let mut merged = call.map(0)?.clone();
    merged.extend(call.map(1)?.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(map(merged))
}

fn deep_merge(call: &mut Call) -> Result {
    let (left, right) = (call.map(0)?, call.map(1)?);
    Ok(map(deeply_merged(call, &left, &right)?))
}

/// Values are nested 128 levels deep at most, and so are these calls.
fn deeply_merged(call: &mut Call, left: &Map, right: &Map) -> Result<Map> {
    call.spend_bytes((left.len() + right.len()).saturating_mul(64))?;
    let mut merged = left.clone();
    for (key, value) in right {
        let both = left.get(key).and_then(as_map).zip(as_map(value));
        let value = match both {
            Some((left, right)) => map(deeply_merged(call, &left, &right)?),
            None => value.clone(),
        };
        merged.insert(key.clone(), value);
    }
    Ok(merged)
}

fn pick(call: &mut Call) -> Result {
    let (entries, keys) = (call.map(0)?, key_list(call)?);
    let kept = keys.into_iter().filter_map(|key| entries.get_key_value(key.as_str()));
    Ok(map(kept.map(|(key, value)| (key.clone(), value.clone())).collect()))
}

fn omit(call: &mut Call) -> Result {
    let mut entries = call.map(0)?.clone();
    for key in key_list(call)? {
        entries.remove(key.as_str());
    }
    Ok(map(entries))
}

/// The second argument: a list of keys, or one key.
fn key_list(call: &mut Call) -> Result<Vec<rhai::ImmutableString>> {
    if let Some(key) = as_text(call.any(1)) {
        return Ok(vec![key]);
    }
    let keys = call.list(1)?;
    keys.iter().map(|key| as_text(key).ok_or_else(|| unsuitable("a key", "a text", key))).collect()
}

fn rename_keys(call: &mut Call) -> Result {
    let (entries, names) = (call.map(0)?, call.map(1)?);
    let mut renamed = Map::new();
    for (key, value) in entries.iter() {
        let name = match names.get(key) {
            Some(name) => as_text(name).ok_or_else(|| unsuitable("a new name", "a text", name))?.as_str().into(),
            None => key.clone(),
        };
        renamed.insert(name, value.clone());
    }
    Ok(map(renamed))
}

fn map_values(call: &mut Call) -> Result {
    let (entries, function) = (call.map(0)?, call.closure(1)?);
    let mut made = Map::new();
    for (key, value) in entries.iter() {
        made.insert(key.clone(), call.invoke(&function, &[value.clone(), key.as_str().into()])?);
    }
    Ok(map(made))
}

fn map_keys(call: &mut Call) -> Result {
    let (entries, function) = (call.map(0)?, call.closure(1)?);
    let mut made = Map::new();
    for (key, value) in entries.iter() {
        let key = call.invoke(&function, &[key.as_str().into(), value.clone()])?;
        let name = as_text(&key).ok_or_else(|| unsuitable("a key", "a text", &key))?;
        made.insert(name.as_str().into(), value.clone());
    }
    Ok(map(made))
}

fn filter_entries(call: &mut Call) -> Result {
    let (entries, condition) = (call.map(0)?, call.closure(1)?);
    let mut kept = Map::new();
    for (key, value) in entries.iter() {
        if call.decide(&condition, &[key.as_str().into(), value.clone()])? {
            kept.insert(key.clone(), value.clone());
        }
    }
    Ok(map(kept))
}

fn find_key(call: &mut Call) -> Result {
    let wanted = call.any(1);
    let entries = call.map(0)?;
    Ok(entries.iter().find(|(_, value)| same(value, wanted)).map(|(key, _)| key.as_str().into()).unwrap_or_default())
}

fn invert(call: &mut Call) -> Result {
    let entries = call.map(0)?;
    let mut inverted = Map::new();
    for (key, value) in entries.iter() {
        let mut name = String::new();
        crate::expression::value::write_text(value, &mut name);
        call.spend_bytes(name.len())?;
        inverted.insert(name.into(), key.as_str().into());
    }
    Ok(map(inverted))
}

fn changed_keys(call: &mut Call) -> Result {
    let (left, right) = (call.map(0)?, call.map(1)?);
    let mut keys: std::collections::BTreeSet<&str> = left.keys().map(|key| key.as_str()).collect();
    keys.extend(right.keys().map(|key| key.as_str()));
    let differs = |key: &&str| match (left.get(*key), right.get(*key)) {
        (Some(left), Some(right)) => !same(left, right),
        _ => true,
    };
    Ok(list(keys.into_iter().filter(differs).map(|key| key.into()).collect()))
}

fn flatten_keys(call: &mut Call) -> Result {
    let separator = call.given(1).map_or(Ok(".".into()), |_| call.text(1))?;
    let entries = call.map(0)?;
    let mut flat = Map::new();
    flatten_into(call, &entries, "", &separator, &mut flat)?;
    Ok(map(flat))
}

/// Values are nested 128 levels deep at most, and so are these calls.
fn flatten_into(call: &mut Call, entries: &Map, prefix: &str, separator: &str, flat: &mut Map) -> Result<()> {
    for (key, value) in entries {
        let name = format!("{prefix}{key}");
        call.spend_bytes(64 + name.len())?;
        match as_map(value).filter(|inner| !inner.is_empty()) {
            Some(inner) => flatten_into(call, &inner, &format!("{name}{separator}"), separator, flat)?,
            None => {
                flat.insert(name.into(), value.clone());
            }
        }
    }
    Ok(())
}

fn unflatten_keys(call: &mut Call) -> Result {
    let separator = call.given(1).map_or(Ok(".".into()), |_| call.text(1))?;
    if separator.is_empty() {
        return Err(call.unsuitable(1, "a separator"));
    }
    let entries = call.map(0)?;
    let mut made = Map::new();
    for (path, value) in entries.iter() {
        call.spend_bytes(path.len() + separator.len())?;
        let keys: Vec<&str> = path.split(separator.as_str()).collect();
        put_at(call, &mut made, &keys, value)?;
    }
    Ok(map(made))
}
