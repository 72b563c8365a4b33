//! The values of expressions: JSON's types, in the form that [`data`](crate::data) shares.

use super::code::Callable;
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::ops::Deref;

/// What is known of a value without walking it. It is kept as the value's tag. Values of great depth, built level by
/// level, would overflow the stack when they are walked or dropped; values that hold one another many times over are
/// small in memory and endless as JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extent {
    /// How many lists and maps are nested in it at most, itself included.
    pub(crate) levels: u32,
    /// How long its JSON is at most, roughly, in units of 16 bytes.
    pub(crate) units: u32,
    /// Whether it may be less, because parts of it were replaced.
    pub(crate) rough: bool,
}

/// The tag of a value: 23 bits of units, 1 of roughness, 7 of levels.
impl Extent {
    const LEVEL_BITS: u32 = 7;
    const MOST_LEVELS: u32 = (1 << Self::LEVEL_BITS) - 1;
    const ROUGH: u32 = 1 << Self::LEVEL_BITS;
    const UNITS_FROM: u32 = Self::LEVEL_BITS + 1;
    const MOST_UNITS: u32 = (1 << (31 - Self::UNITS_FROM)) - 1;

    /// Of this value.
    pub(crate) fn of(value: &Dynamic) -> Self {
        if let Ok(text) = value.as_immutable_string_ref() {
            return Self { units: units_of(text.len()), ..Self::default() };
        }
        let tag = u32::try_from(value.tag()).unwrap_or_default();
        Self { levels: tag & Self::MOST_LEVELS, units: tag >> Self::UNITS_FROM, rough: tag & Self::ROUGH != 0 }
    }

    /// Of something with both in it.
    pub(crate) fn with(self, other: Self) -> Self {
        Self {
            levels: self.levels.max(other.levels),
            units: self.units.saturating_add(other.units),
            rough: self.rough || other.rough,
        }
    }

    /// Of something around it: so many containers, and so many units of its own.
    pub(crate) fn within(self, containers: u32, units: u32) -> Self {
        Self { levels: self.levels.saturating_add(containers), units: self.units.saturating_add(units), ..self }
    }

    /// The same, of which parts may have been replaced.
    pub(crate) fn roughly(self) -> Self {
        Self { rough: true, ..self }
    }

    fn tag(self) -> i32 {
        let (levels, units) = (self.levels.min(Self::MOST_LEVELS), self.units.min(Self::MOST_UNITS));
        let rough = if self.rough { Self::ROUGH } else { 0 };
        i32::try_from((units << Self::UNITS_FROM) | rough | levels).unwrap_or(i32::MAX)
    }
}

/// A list, shared and read-only.
pub(crate) fn list(items: Array) -> Dynamic {
    let extent = around(items.iter()).within(1, units_of_list(&items));
    shared(Dynamic::from_array(items), extent)
}

/// A map, shared and read-only.
pub(crate) fn map(entries: Map) -> Dynamic {
    let extent = around(entries.values()).within(1, units_of_map(&entries));
    shared(Dynamic::from_map(entries), extent)
}

/// The list or map, shared, with what is known of it. It is read-only because the machine never writes into what is
/// shared.
pub(crate) fn shared(container: Dynamic, extent: Extent) -> Dynamic {
    let mut value = container.into_shared();
    value.set_tag(extent.tag());
    value
}

/// The units of the value, counted one by one, and how many values that took to look at; no units where there are more
/// than `most`.
pub(crate) fn weigh(value: &Dynamic, most: u32) -> (Option<u32>, usize) {
    let (mut left, mut seen) = (most, 0);
    let fits = weigh_into(value, &mut left, &mut seen);
    (fits.then_some(most - left), seen)
}

/// Notes the units that the list or map was found to have.
pub(crate) fn set_units(value: &mut Dynamic, units: u32) {
    let extent = Extent { units, ..Extent::of(value) };
    value.set_tag(extent.tag());
}

fn weigh_into(value: &Dynamic, left: &mut u32, seen: &mut usize) -> bool {
    *seen += 1;
    let own = if let Some(items) = as_list(value) {
        units_of_list(&items)
    } else if let Some(entries) = as_map(value) {
        units_of_map(&entries)
    } else {
        Extent::of(value).units
    };
    match left.checked_sub(own) {
        Some(rest) => *left = rest,
        None => return false,
    }
    if let Some(items) = as_list(value) {
        return items.iter().all(|item| weigh_into(item, left, seen));
    }
    as_map(value).is_none_or(|entries| entries.values().all(|item| weigh_into(item, left, seen)))
}

fn around<'v>(items: impl Iterator<Item = &'v Dynamic>) -> Extent {
    items.fold(Extent::default(), |extent, item| extent.with(Extent::of(item)))
}

fn units_of_list(items: &Array) -> u32 {
    u32::try_from(items.len() / 4 + 1).unwrap_or(u32::MAX)
}

fn units_of_map(entries: &Map) -> u32 {
    entries.keys().fold(1, |units, key| units.saturating_add(units_of(key.len())))
}

fn units_of(bytes: usize) -> u32 {
    u32::try_from(bytes / 16 + 1).unwrap_or(u32::MAX)
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
        "text" => format!("the text {}", excerpt(&quoted(value))),
        "number" => format!("the number {value}"),
        "bool" => format!("{value}"),
        "list" => format!("a list of {} items", as_list(value).map_or(0, |items| items.len())),
        "map" => format!("a map with {}", as_map(value).map_or(String::new(), |map| keys_of(&map))),
        other => format!("a {other}"),
    }
}

/// The beginning of a text as JSON: what is cut away need not be written first.
fn quoted(text: &Dynamic) -> String {
    const CONSIDERED: usize = 100;
    let text = as_text(text).unwrap_or_default();
    match text.char_indices().nth(CONSIDERED) {
        Some((end, _)) => serde_json::to_string(&text[..end]),
        None => serde_json::to_string(text.as_str()),
    }
    .unwrap_or_default()
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

/// The value, where it is a text without the room that it had to grow: a long one may have as much again.
pub(crate) fn compact(value: Dynamic) -> Dynamic {
    const LONG: usize = 1_024;
    let grown = value.as_immutable_string_ref().is_ok_and(|text| text.len() >= LONG && text.strong_count() == 1);
    if !grown {
        return value;
    }
    let mut text = value.into_string().unwrap_or_default();
    text.shrink_to_fit();
    text.into()
}

/// What an item takes in a list, in bytes.
pub(crate) const ITEM: usize = 16;
/// What an entry takes in a map, roughly, in bytes.
pub(crate) const ENTRY: usize = 48;

/// How much memory the value itself takes, roughly, without what it shares with others.
pub(crate) fn size_of(value: &Dynamic) -> u64 {
    const LIST: usize = 96;
    const ITEM: usize = 16;
    const ENTRY: usize = 80;
    /// A map's entries are kept by the dozen.
    const ENTRIES: usize = 512;
    let size = if let Ok(text) = value.as_immutable_string_ref() {
        text.len()
    } else if let Some(items) = as_list(value) {
        LIST + items.len() * ITEM
    } else {
        as_map(value).map_or(0, |entries| (entries.len() * ENTRY).max(ENTRIES * usize::from(!entries.is_empty())))
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
