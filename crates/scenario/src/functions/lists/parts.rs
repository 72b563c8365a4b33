//! Functions that take items out of a list, put others in, or change their order.

use super::{Call, Function, Result};
use crate::expression::machine::{LIST_ITEMS, TEXT_BYTES};
use crate::expression::operators::same;
use crate::expression::value::{as_list, as_map, as_text, list, map, write_text};
use rhai::{Array, Dynamic};

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "join",
        group: "list",
        signature: "join(list, separator?) -> text",
        doc: "The items as text, with the separator between them.",
        errors: "A text that would be longer than 8 MiB.",
        example: r#"["a", 1].join(", ")"#,
        result: r#""a, 1""#,
        run: join,
    },
    Function {
        name: "first",
        group: "list",
        signature: "first(list) -> value",
        doc: "The first item, or `()`.",
        errors: "",
        example: "[1, 2].first()",
        result: "1",
        run: first,
    },
    Function {
        name: "last",
        group: "list",
        signature: "last(list) -> value",
        doc: "The last item, or `()`.",
        errors: "",
        example: "[1, 2].last()",
        result: "2",
        run: last,
    },
    Function {
        name: "take",
        group: "list",
        signature: "take(list, count) -> list",
        doc: "The first items, as many as there are up to this count.",
        errors: "A count that is no whole number from 0.",
        example: "[1, 2, 3].take(2)",
        result: "[1,2]",
        run: take,
    },
    Function {
        name: "drop",
        group: "list",
        signature: "drop(list, count) -> list",
        doc: "The items without the first ones.",
        errors: "A count that is no whole number from 0.",
        example: "[1, 2, 3].drop(2)",
        result: "[3]",
        run: drop_items,
    },
    Function {
        name: "reverse",
        group: "list",
        signature: "reverse(value) -> list or text",
        doc: "The items of a list, or the characters of a text, from the last to the first.",
        errors: "A value that is no list or text.",
        example: "[1, 2].reverse()",
        result: "[2,1]",
        run: reverse,
    },
    Function {
        name: "add",
        group: "list",
        signature: "add(list, item) -> list",
        doc: "The list with this item at its end.",
        errors: "More than 100000 items.",
        example: "[1, 2].add(3)",
        result: "[1,2,3]",
        run: add,
    },
    Function {
        name: "insert_at",
        group: "list",
        signature: "insert_at(list, position, item) -> list",
        doc: "The list with this item at a position; negative ones count from the end.",
        errors: "A position that the list does not have; more than 100000 items.",
        example: r#"["a", "c"].insert_at(1, "b")"#,
        result: r#"["a","b","c"]"#,
        run: insert_at,
    },
    Function {
        name: "remove_at",
        group: "list",
        signature: "remove_at(list, position) -> list",
        doc: "The list without the item at a position; negative ones count from the end.",
        errors: "A position that the list does not have.",
        example: r#"["a", "b", "c"].remove_at(-1)"#,
        result: r#"["a","b"]"#,
        run: remove_at,
    },
    Function {
        name: "replace_at",
        group: "list",
        signature: "replace_at(list, position, item) -> list",
        doc: "The list with another item at a position; negative ones count from the end.",
        errors: "A position that the list does not have.",
        example: r#"["a", "b"].replace_at(0, "z")"#,
        result: r#"["z","b"]"#,
        run: replace_at,
    },
    Function {
        name: "without",
        group: "list",
        signature: "without(list, item) -> list",
        doc: "The list without all items that are equal to this one.",
        errors: "",
        example: "[1, 2, 1].without(1)",
        result: "[2]",
        run: without,
    },
    Function {
        name: "compact",
        group: "list",
        signature: "compact(value) -> list or map",
        doc: "The list or map without what is empty: `()`, `\"\"`, `[]` and `#{}`. False and 0 stay.",
        errors: "A value that is no list or map.",
        example: r#"[0, "", (), "a", []].compact()"#,
        result: r#"[0,"a"]"#,
        run: compact,
    },
    Function {
        name: "flatten",
        group: "list",
        signature: "flatten(list, levels?) -> list",
        doc: "The items of the lists within the list, one level deep unless told otherwise.",
        errors: "A list that would have more than 100000 items.",
        example: "[[1, 2], [3, [4]]].flatten(2)",
        result: "[1,2,3,4]",
        run: flatten,
    },
    Function {
        name: "chunk",
        group: "list",
        signature: "chunk(list, size) -> list",
        doc: "The items in lists of this size; the last may be shorter.",
        errors: "A size that is no whole number from 1.",
        example: "[1, 2, 3].chunk(2)",
        result: "[[1,2],[3]]",
        run: chunk,
    },
    Function {
        name: "windows",
        group: "list",
        signature: "windows(list, size) -> list",
        doc: "All lists of this many neighbours.",
        errors: "A size that is no whole number from 1; so many items that it is too much work.",
        example: "[1, 2, 3].windows(2)",
        result: "[[1,2],[2,3]]",
        run: windows,
    },
    Function {
        name: "zip",
        group: "list",
        signature: "zip(list, other) -> list",
        doc: "Pairs of an item of each list; what one list has more is left out.",
        errors: "",
        example: r#"["a", "b"].zip([1, 2])"#,
        result: r#"[["a",1],["b",2]]"#,
        run: zip,
    },
    Function {
        name: "transpose",
        group: "list",
        signature: "transpose(list) -> list",
        doc: "A table with rows for columns: the first list has all first items. What a row does not have is `()`.",
        errors: "An item that is no list; so many items that it is too much work.",
        example: r#"[["a", 1], ["b", 2]].transpose()"#,
        result: r#"[["a","b"],[1,2]]"#,
        run: transpose,
    },
    Function {
        name: "range",
        group: "list",
        signature: "range(from, to, step?) -> list",
        doc: "The numbers from one until before another, one apart unless told otherwise.",
        errors: "A step of 0; more than 100000 numbers.",
        example: "range(10, 0, -5)",
        result: "[10,5]",
        run: range,
    },
    Function {
        name: "shuffle",
        group: "list",
        signature: "shuffle(list) -> list",
        doc: "The items in a random order.",
        errors: "",
        example: "[1, 2, 3].shuffle().len()",
        result: "3",
        run: shuffle,
    },
];

fn join(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let separator = call.given(1).map(|_| call.text(1)).transpose()?.unwrap_or_default();
    let mut text = String::new();
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.push_str(&separator);
        }
        write_text(item, &mut text);
        if text.len() > TEXT_BYTES {
            break;
        }
    }
    Ok(text.into())
}

fn first(call: &mut Call) -> Result {
    Ok(call.list(0)?.first().cloned().unwrap_or_default())
}

fn last(call: &mut Call) -> Result {
    Ok(call.list(0)?.last().cloned().unwrap_or_default())
}

fn take(call: &mut Call) -> Result {
    let count = call.count(1)?;
    Ok(list(call.list(0)?.iter().take(count).cloned().collect()))
}

fn drop_items(call: &mut Call) -> Result {
    let count = call.count(1)?;
    Ok(list(call.list(0)?.iter().skip(count).cloned().collect()))
}

fn reverse(call: &mut Call) -> Result {
    if let Some(text) = as_text(call.any(0)) {
        call.spend_bytes(text.len())?;
        return Ok(text.chars().rev().collect::<String>().into());
    }
    if as_list(call.any(0)).is_none() {
        return Err(call.unsuitable(0, "a list or a text"));
    }
    Ok(list(call.list(0)?.iter().rev().cloned().collect()))
}

fn add(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    items.push(call.any(1).clone());
    Ok(list(items))
}

fn insert_at(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    let position = position(call, items.len() + 1)?;
    items.insert(position, call.any(2).clone());
    Ok(list(items))
}

fn remove_at(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    let position = position(call, items.len())?;
    drop(items.remove(position));
    Ok(list(items))
}

fn replace_at(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    let position = position(call, items.len())?;
    items[position] = call.any(2).clone();
    Ok(list(items))
}

/// The second argument as one of this many positions.
fn position(call: &Call, positions: usize) -> Result<usize> {
    let given = call.int(1)?;
    let count = i64::try_from(positions).unwrap_or(i64::MAX);
    let position = if given < 0 { given.saturating_add(count) } else { given };
    let position = usize::try_from(position).ok().filter(|position| *position < positions);
    position.ok_or_else(|| call.fail(&format!("the list has no position {given}")))
}

fn without(call: &mut Call) -> Result {
    call.spend_comparisons(0, 1)?;
    let unwanted = call.any(1);
    Ok(list(call.list(0)?.iter().filter(|item| !same(item, unwanted)).cloned().collect()))
}

fn compact(call: &mut Call) -> Result {
    if as_map(call.any(0)).is_some() {
        let entries = call.map(0)?;
        let kept = entries.iter().filter(|(_, value)| !is_nothing(value));
        return Ok(map(kept.map(|(key, value)| (key.clone(), value.clone())).collect()));
    }
    if as_list(call.any(0)).is_none() {
        return Err(call.unsuitable(0, "a list or a map"));
    }
    Ok(list(call.list(0)?.iter().filter(|item| !is_nothing(item)).cloned().collect()))
}

/// Whether a value is `()`, or a text, list or map with nothing in it.
pub(in crate::functions) fn is_nothing(value: &Dynamic) -> bool {
    value.is_unit()
        || value.as_immutable_string_ref().is_ok_and(|text| text.is_empty())
        || as_list(value).is_some_and(|items| items.is_empty())
        || as_map(value).is_some_and(|entries| entries.is_empty())
}

fn flatten(call: &mut Call) -> Result {
    let levels = call.given(1).map_or(Ok(1), |_| call.count(1))?;
    let items = call.list(0)?;
    let mut flat = Array::new();
    flatten_into(call, &items, levels, &mut flat)?;
    Ok(list(flat))
}

/// Values are nested 128 levels deep at most, and so are these calls.
fn flatten_into(call: &mut Call, items: &Array, levels: usize, flat: &mut Array) -> Result<()> {
    for item in items {
        match as_list(item) {
            Some(inner) if levels > 0 => {
                call.spend(inner.len() + 1)?;
                flatten_into(call, &inner, levels - 1, flat)?;
            }
            _ => flat.push(item.clone()),
        }
        if flat.len() > LIST_ITEMS {
            break;
        }
    }
    Ok(())
}

fn chunk(call: &mut Call) -> Result {
    let (items, size) = (call.list(0)?, size(call)?);
    Ok(list(items.chunks(size).map(|items| list(items.to_vec())).collect()))
}

fn windows(call: &mut Call) -> Result {
    let (items, size) = (call.list(0)?, size(call)?);
    call.spend(items.len().saturating_sub(size - 1).saturating_mul(size))?;
    Ok(list(items.windows(size).map(|items| list(items.to_vec())).collect()))
}

fn size(call: &Call) -> Result<usize> {
    let size = call.count(1)?;
    if size == 0 { Err(call.unsuitable(1, "a number from 1")) } else { Ok(size) }
}

fn zip(call: &mut Call) -> Result {
    let (items, others) = (call.list(0)?, call.list(1)?);
    let pairs = items.iter().zip(others.iter()).map(|(item, other)| list(vec![item.clone(), other.clone()]));
    Ok(list(pairs.collect()))
}

fn transpose(call: &mut Call) -> Result {
    let rows = call.list(0)?;
    let mut width = 0;
    for row in rows.iter() {
        let Some(items) = as_list(row) else {
            return Err(crate::expression::fault::unsuitable("`transpose`", "lists in the list", row));
        };
        width = width.max(items.len());
    }
    call.spend(width.saturating_mul(rows.len()))?;
    let item = |row: &Dynamic, at: usize| as_list(row).and_then(|items| items.get(at).cloned()).unwrap_or_default();
    let column = |at: usize| list(rows.iter().map(|row| item(row, at)).collect());
    Ok(list((0..width).map(column).collect()))
}

fn range(call: &mut Call) -> Result {
    let (from, to) = (call.int(0)?, call.int(1)?);
    let step = call.given(2).map_or(Ok(1), |_| call.int(2))?;
    if step == 0 {
        return Err(call.unsuitable(2, "a step other than 0"));
    }
    let within = |number: &i64| if step > 0 { *number < to } else { *number > to };
    let numbers = std::iter::successors(Some(from), |number| number.checked_add(step)).take_while(within);
    let numbers: Array = numbers.take(LIST_ITEMS + 1).map(Dynamic::from_int).collect();
    call.spend(numbers.len())?;
    Ok(list(numbers))
}

/// Fisher and Yates' way, with the draws of the run.
fn shuffle(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    for last in (1..items.len()).rev() {
        let drawn = call.draw() % (last as u64 + 1);
        items.swap(last, usize::try_from(drawn).unwrap_or(last));
    }
    Ok(list(items))
}
