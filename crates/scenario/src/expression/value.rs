//! The values of expressions: JSON's types, in the form that [`data`](crate::data) shares.

use super::code::Callable;
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::ops::Deref;

/// A list, shared and read-only.
pub(crate) fn list(items: Array) -> Dynamic {
    let levels = levels_around(items.iter());
    shared(Dynamic::from_array(items), levels)
}

/// A map, shared and read-only.
pub(crate) fn map(entries: Map) -> Dynamic {
    let levels = levels_around(entries.values());
    shared(Dynamic::from_map(entries), levels)
}

/// The list or map, shared, of which it is known how many levels it has at most. It is read-only because the machine
/// never writes into what is shared.
pub(crate) fn shared(container: Dynamic, levels: i32) -> Dynamic {
    let mut value = container.into_shared();
    value.set_tag(levels);
    value
}

/// How many lists and maps are nested in the value, itself included. It is kept as the value's tag, because values of
/// great depth, built level by level, would overflow the stack when they are walked or dropped.
pub(crate) fn levels(value: &Dynamic) -> i32 {
    value.tag()
}

fn levels_around<'v>(items: impl Iterator<Item = &'v Dynamic>) -> i32 {
    items.map(levels).max().unwrap_or(0).saturating_add(1)
}

/// The items, where the value is a list.
pub(crate) fn as_list(value: &Dynamic) -> Option<impl Deref<Target = Array> + '_> {
    value.as_array_ref().ok()
}

/// The entries, where the value is a map.
pub(crate) fn as_map(value: &Dynamic) -> Option<impl Deref<Target = Map> + '_> {
    value.as_map_ref().ok()
}

/// The text, where the value is one.
pub(crate) fn as_text(value: &Dynamic) -> Option<ImmutableString> {
    value.is_string().then(|| value.clone().into_immutable_string().ok()).flatten()
}

/// The number, whole or not, where the value is one.
pub(crate) fn as_number(value: &Dynamic) -> Option<f64> {
    value.as_int().map(|whole| whole as f64).or_else(|_| value.as_float()).ok()
}

/// The closure, where the value is one.
pub(crate) fn as_callable(value: &Dynamic) -> Option<Callable> {
    value.clone().try_cast::<Callable>()
}

/// What kind of value it is, in the words of messages.
pub(crate) fn kind_of(value: &Dynamic) -> &'static str {
    if value.is_unit() {
        "()"
    } else if value.is_string() {
        "text"
    } else if value.is_int() || value.is_float() {
        "number"
    } else if value.is_bool() {
        "bool"
    } else if value.is_array() {
        "list"
    } else if value.is_map() {
        "map"
    } else {
        "function"
    }
}

/// The value with its kind, cut to a length that fits into a message.
pub(crate) fn describe(value: &Dynamic) -> String {
    match kind_of(value) {
        "()" => "() (nothing)".into(),
        "text" => format!("the text {}", excerpt(&serde_json::to_string(value).unwrap_or_default())),
        "number" => format!("the number {value}"),
        "bool" => format!("{value}"),
        "list" => format!("a list of {} items", as_list(value).map_or(0, |items| items.len())),
        "map" => format!("a map with {}", as_map(value).map_or(String::new(), |map| keys_of(&map))),
        other => format!("a {other}"),
    }
}

/// The keys of a map, in the words of messages: twenty at most.
pub(crate) fn keys_of(map: &Map) -> String {
    const SHOWN: usize = 20;
    if map.is_empty() {
        return "no keys".into();
    }
    let shown: Vec<String> = map.keys().take(SHOWN).map(|key| format!("`{}`", excerpt(key))).collect();
    let rest = match map.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("the keys {}{rest}", shown.join(", "))
}

/// The value written into a text: a text as it is, nothing for `()`, anything else as JSON.
pub(crate) fn write_text(value: &Dynamic, out: &mut String) {
    use std::fmt::Write;
    if let Ok(text) = value.as_immutable_string_ref() {
        out.push_str(&text);
    } else if let Ok(whole) = value.as_int() {
        // Writing to a String cannot fail.
        let _ = write!(out, "{whole}");
    } else if !value.is_unit() {
        out.push_str(&String::from_utf8_lossy(&crate::data::to_text(value)));
    }
}

/// How much memory the value itself takes, roughly, without what it shares with others.
pub(crate) fn size_of(value: &Dynamic) -> u64 {
    const ITEM: usize = 16;
    const ENTRY: usize = 48;
    let size = if let Ok(text) = value.as_immutable_string_ref() {
        text.len()
    } else if let Some(items) = as_list(value) {
        items.len() * ITEM
    } else {
        as_map(value).map_or(0, |entries| entries.len() * ENTRY)
    };
    size as u64
}

fn excerpt(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
