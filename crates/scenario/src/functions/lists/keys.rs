//! Functions that sort, group and index the items of a list by a key: a property's name, a path such as `address.city`,
//! or a function.

use super::super::maps::lookup;
use super::super::text::whole;
use super::{Call, Function, Result};
use crate::expression::fault::{mismatch, missing, unsuitable};
use crate::expression::operators::{order, same};
use crate::expression::value::{as_map, as_text, keys_of, list, map, write_text};
use rhai::{Array, Dynamic, Map};
use std::cmp::Ordering;
use std::collections::BTreeMap;

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "pluck",
        group: "list",
        signature: "pluck(list, key) -> list",
        doc: "The value that each item has for a key.",
        errors: "An item without the property.",
        example: r#"[#{n: 2}, #{n: 1}].pluck("n")"#,
        result: "[2,1]",
        run: pluck,
    },
    Function {
        name: "sort",
        group: "list",
        signature: "sort(list, order?) -> list",
        doc: "The items in order: `asc` (without saying), `desc`, or `asc ci` and `desc ci`, which leave upper and \
              lower case aside.",
        errors: "Items that are neither all numbers nor all texts; an order that is none of these.",
        example: r#"["b", "A", "c"].sort("asc ci")"#,
        result: r#"["A","b","c"]"#,
        run: sort,
    },
    Function {
        name: "sort_by",
        group: "list",
        signature: "sort_by(list, key, order?) -> list",
        doc: "The items in the order of their keys: `asc` (without saying), `desc`, `asc ci` or `desc ci`. Items with \
              equal keys stay as they are.",
        errors: "Keys that are neither all numbers nor all texts; an item without the property; an order that is none \
                 of these.",
        example: r#"[#{n: 2}, #{n: 1}].sort_by("n")"#,
        result: r#"[{"n":1},{"n":2}]"#,
        run: sort_by,
    },
    Function {
        name: "min_by",
        group: "list",
        signature: "min_by(list, key) -> value",
        doc: "The first of the items with the smallest key; of none, `()`.",
        errors: "Keys that are neither all numbers nor all texts; an item without the property.",
        example: r#"[#{n: 2}, #{n: 1}].min_by("n")"#,
        result: r#"{"n":1}"#,
        run: min_by,
    },
    Function {
        name: "max_by",
        group: "list",
        signature: "max_by(list, key) -> value",
        doc: "The first of the items with the largest key; of none, `()`.",
        errors: "Keys that are neither all numbers nor all texts; an item without the property.",
        example: r#"["a", "ccc", "bb"].max_by(|t| t.len())"#,
        result: r#""ccc""#,
        run: max_by,
    },
    Function {
        name: "group_by",
        group: "list",
        signature: "group_by(list, key) -> map",
        doc: "A map from each key to the items that have it.",
        errors: "An item without the property.",
        example: r#"["ab", "cd", "e"].group_by(|t| t.len())"#,
        result: r#"{"1":["e"],"2":["ab","cd"]}"#,
        run: group_by,
    },
    Function {
        name: "count_by",
        group: "list",
        signature: "count_by(list, key?) -> map",
        doc: "A map from each key to the number of items that have it; without a key, of the items themselves.",
        errors: "An item without the property.",
        example: r#"["a", "b", "a"].count_by()"#,
        result: r#"{"a":2,"b":1}"#,
        run: count_by,
    },
    Function {
        name: "key_by",
        group: "list",
        signature: "key_by(list, key) -> map",
        doc: "A map from each key to the last item that has it.",
        errors: "An item without the property.",
        example: r#"[#{id: "A", n: 1}].key_by("id")"#,
        result: r#"{"A":{"id":"A","n":1}}"#,
        run: key_by,
    },
];

fn pluck(call: &mut Call) -> Result {
    let items = call.list(0)?;
    Ok(list(items.iter().map(|item| key_of(call, item)).collect::<Result<Array>>()?))
}

fn sort(call: &mut Call) -> Result {
    let direction = direction(call, 1)?;
    let items = call.list(0)?;
    sorted(items.iter().map(|item| (item.clone(), item.clone())).collect(), direction)
}

fn sort_by(call: &mut Call) -> Result {
    let direction = direction(call, 2)?;
    let items = call.list(0)?;
    let keyed = items.iter().map(|item| Ok((key_of(call, item)?, item.clone())));
    sorted(keyed.collect::<Result<_>>()?, direction)
}

/// How items are put in order.
#[derive(Clone, Copy)]
struct Direction {
    descending: bool,
    ignoring_case: bool,
}

fn direction(call: &Call, position: usize) -> Result<Direction> {
    let given = call.given(position).map(|_| call.text(position)).transpose()?;
    let (descending, ignoring_case) = match given.as_deref() {
        None | Some("asc") => (false, false),
        Some("desc") => (true, false),
        Some("asc ci") => (false, true),
        Some("desc ci") => (true, true),
        Some(_) => return Err(call.unsuitable(position, "`asc`, `desc`, `asc ci` or `desc ci`")),
    };
    Ok(Direction { descending, ignoring_case })
}

/// The items in the order of the keys before them.
fn sorted(mut keyed: Vec<(Dynamic, Dynamic)>, direction: Direction) -> Result {
    if direction.ignoring_case {
        for (key, _) in &mut keyed {
            if let Some(text) = as_text(key) {
                *key = text.to_lowercase().into();
            }
        }
    }
    let mut incomparable = None;
    keyed.sort_by(|(left, _), (right, _)| {
        let order = order(left, right).unwrap_or_else(|| {
            if !same(left, right) {
                incomparable.get_or_insert_with(|| (left.clone(), right.clone()));
            }
            Ordering::Equal
        });
        if direction.descending { order.reverse() } else { order }
    });
    match incomparable {
        Some((left, right)) => Err(mismatch("<", &left, &right)),
        None => Ok(list(keyed.into_iter().map(|(_, item)| item).collect())),
    }
}

fn min_by(call: &mut Call) -> Result {
    extreme(call, Ordering::Less)
}

fn max_by(call: &mut Call) -> Result {
    extreme(call, Ordering::Greater)
}

fn extreme(call: &mut Call, wanted: Ordering) -> Result {
    let items = call.list(0)?;
    let mut found: Option<(Dynamic, Dynamic)> = None;
    for item in items.iter() {
        let key = key_of(call, item)?;
        let best = found.as_ref().map_or(&key, |(best, _)| best);
        let order = order(&key, best).ok_or_else(|| mismatch("<", &key, best))?;
        if found.is_none() || order == wanted {
            found = Some((key, item.clone()));
        }
    }
    Ok(found.map(|(_, item)| item).unwrap_or_default())
}

/// What a group takes beside its items.
const GROUP: usize = 256;

fn group_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut groups = BTreeMap::<String, Array>::new();
    for item in items.iter() {
        let group = groups.entry(key_text(call, item)?).or_default();
        call.reserve(if group.is_empty() { GROUP } else { 0 })?;
        group.push(item.clone());
    }
    Ok(map(groups.into_iter().map(|(key, items)| (key.into(), list(items))).collect::<Map>()))
}

fn count_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut counts = BTreeMap::<String, usize>::new();
    for item in items.iter() {
        *counts.entry(key_text(call, item)?).or_default() += 1;
    }
    Ok(map(counts.into_iter().map(|(key, count)| (key.into(), whole(count))).collect::<Map>()))
}

fn key_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut keyed = Map::new();
    for item in items.iter() {
        keyed.insert(key_text(call, item)?.into(), item.clone());
    }
    Ok(map(keyed))
}

/// What the second argument says an item's key is; without one, the item itself.
pub(in crate::functions) fn key_of(call: &mut Call, item: &Dynamic) -> Result {
    let Some(key) = call.given(1) else { return Ok(item.clone()) };
    if let Some(name) = as_text(key) {
        let Some(entries) = as_map(item) else { return Err(unsuitable("a key", "maps in the list", item)) };
        return lookup(item, &name).ok_or_else(|| {
            let hint = format!("where it may be absent, write `|item| item?.{name} ?? …`");
            missing(format!("an item has no `{name}`; it has {}", keys_of(&entries)), hint)
        });
    }
    let function = call.closure(1)?;
    call.invoke(&function, std::slice::from_ref(item))
}

/// An item's key as the key of a map.
pub(in crate::functions) fn key_text(call: &mut Call, item: &Dynamic) -> Result<String> {
    let mut key = String::new();
    write_text(&key_of(call, item)?, &mut key);
    call.spend_bytes(key.len())?;
    Ok(key)
}
