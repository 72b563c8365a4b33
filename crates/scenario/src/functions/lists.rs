//! Functions of lists.

use super::{Call, Function};
use crate::expression::code::{Binary, Callable};
use crate::expression::fault::{Fault, unsuitable};
use crate::expression::operators::{binary, order, same};
use crate::expression::value::{as_list, as_map, as_text, list, map, write_text};
use rhai::{Array, Dynamic, Map};
use std::cmp::Ordering;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "len",
        group: "list",
        signature: "len(value) -> number",
        doc: "How many items a list, entries a map, or characters a text has.",
        errors: "A value that is no list, map or text.",
        example: "[1, 2, 3].len()",
        result: "3",
        run: len,
    },
    Function {
        name: "is_empty",
        group: "list",
        signature: "is_empty(value) -> bool",
        doc: "Whether a list, map or text has nothing in it; `()` is empty too.",
        errors: "A value that is no list, map or text, and not `()`.",
        example: "[].is_empty()",
        result: "true",
        run: is_empty,
    },
    Function {
        name: "map",
        group: "list",
        signature: "map(list, function) -> list",
        doc: "What the function makes of each item; it may take the position as a second value.",
        errors: "",
        example: "[1, 2].map(|n| n * 10)",
        result: "[10,20]",
        run: map_items,
    },
    Function {
        name: "filter",
        group: "list",
        signature: "filter(list, condition) -> list",
        doc: "The items for which the condition holds.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3].filter(|n| n > 1)",
        result: "[2,3]",
        run: filter,
    },
    Function {
        name: "find",
        group: "list",
        signature: "find(list, condition) -> value",
        doc: "The first item for which the condition holds, or `()`.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3].find(|n| n > 1)",
        result: "2",
        run: find,
    },
    Function {
        name: "some",
        group: "list",
        signature: "some(list, condition) -> bool",
        doc: "Whether the condition holds for at least one item.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2].some(|n| n > 1)",
        result: "true",
        run: some,
    },
    Function {
        name: "all",
        group: "list",
        signature: "all(list, condition) -> bool",
        doc: "Whether the condition holds for every item.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2].all(|n| n > 1)",
        result: "false",
        run: all,
    },
    Function {
        name: "reduce",
        group: "list",
        signature: "reduce(list, function, start?) -> value",
        doc: "One value of all items: the function gets what was made so far and the next item.",
        errors: "",
        example: "[1, 2, 3].reduce(|sum, n| sum + n, 0)",
        result: "6",
        run: reduce,
    },
    Function {
        name: "sum",
        group: "list",
        signature: "sum(list) -> number",
        doc: "The sum of the numbers; of none, 0.",
        errors: "An item that is no number; a sum too large for a number.",
        example: "[1, 2.5].sum()",
        result: "3.5",
        run: sum,
    },
    Function {
        name: "avg",
        group: "list",
        signature: "avg(list) -> number",
        doc: "The average of the numbers; of none, `()`.",
        errors: "An item that is no number; a sum too large for a number.",
        example: "[1, 2].avg()",
        result: "1.5",
        run: avg,
    },
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
        name: "reverse",
        group: "list",
        signature: "reverse(list) -> list",
        doc: "The items from the last to the first.",
        errors: "",
        example: "[1, 2].reverse()",
        result: "[2,1]",
        run: reverse,
    },
    Function {
        name: "distinct",
        group: "list",
        signature: "distinct(list) -> list",
        doc: "The items without repetitions.",
        errors: "",
        example: "[1, 2, 1].distinct()",
        result: "[1,2]",
        run: distinct,
    },
    Function {
        name: "sort_by",
        group: "list",
        signature: "sort_by(list, key?) -> list",
        doc: "The items in ascending order of a key: a property's name or a function; without one, of themselves.",
        errors: "Keys that are neither all numbers nor all texts; an item without the property.",
        example: r#"[#{n: 2}, #{n: 1}].sort_by("n")"#,
        result: r#"[{"n":1},{"n":2}]"#,
        run: sort_by,
    },
    Function {
        name: "group_by",
        group: "list",
        signature: "group_by(list, key) -> map",
        doc: "A map from each key to the items that have it; the key is a property's name or a function.",
        errors: "An item without the property.",
        example: r#"["ab", "cd", "e"].group_by(|t| t.len())"#,
        result: r#"{"1":["e"],"2":["ab","cd"]}"#,
        run: group_by,
    },
    Function {
        name: "flatten",
        group: "list",
        signature: "flatten(list) -> list",
        doc: "The items of the lists within the list; one level.",
        errors: "A list that would have more than 100000 items.",
        example: "[[1, 2], [3], 4].flatten()",
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
];

fn len(call: &mut Call) -> Result {
    let value = call.any(0);
    let length = if let Some(text) = as_text(value) {
        call.spend_bytes(text.len())?;
        text.chars().count()
    } else if let Some(items) = as_list(value) {
        items.len()
    } else if let Some(entries) = as_map(value) {
        entries.len()
    } else {
        return Err(unsuitable("`len`", "a list, a map or a text", value));
    };
    Ok(i64::try_from(length).unwrap_or(i64::MAX).into())
}

fn is_empty(call: &mut Call) -> Result {
    if call.any(0).is_unit() {
        return Ok(true.into());
    }
    Ok((len(call)?.as_int() == Ok(0)).into())
}

fn map_items(call: &mut Call) -> Result {
    let (items, function) = (call.list(0)?, call.closure(1)?);
    let mut made = Array::with_capacity(items.len());
    for (position, item) in items.iter().enumerate() {
        made.push(call.invoke(&function, &[item.clone(), number(position)])?);
    }
    Ok(list(made))
}

fn filter(call: &mut Call) -> Result {
    let (items, condition) = (call.list(0)?, call.closure(1)?);
    let mut kept = Array::new();
    for (position, item) in items.iter().enumerate() {
        if call.decide(&condition, &[item.clone(), number(position)])? {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn find(call: &mut Call) -> Result {
    Ok(search(call, true)?.unwrap_or_default())
}

fn some(call: &mut Call) -> Result {
    Ok(search(call, true)?.is_some().into())
}

fn all(call: &mut Call) -> Result {
    Ok(search(call, false)?.is_none().into())
}

/// The first item for which the condition's answer is this.
fn search(call: &mut Call, answer: bool) -> std::result::Result<Option<Dynamic>, Fault> {
    let (items, condition) = (call.list(0)?, call.closure(1)?);
    for (position, item) in items.iter().enumerate() {
        if call.decide(&condition, &[item.clone(), number(position)])? == answer {
            return Ok(Some(item.clone()));
        }
    }
    Ok(None)
}

fn reduce(call: &mut Call) -> Result {
    let (items, function) = (call.list(0)?, call.closure(1)?);
    let mut made = call.given(2).cloned().unwrap_or_default();
    for item in items.iter() {
        made = call.invoke(&function, &[made, item.clone()])?;
    }
    Ok(made)
}

fn sum(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut sum = Dynamic::from_int(0);
    for item in items.iter() {
        if !item.is_int() && !item.is_float() {
            return Err(unsuitable("`sum`", "a number", item));
        }
        sum = binary(Binary::Add, &sum, item)?;
    }
    Ok(sum)
}

fn avg(call: &mut Call) -> Result {
    let count = call.list(0)?.len();
    if count == 0 {
        return Ok(Dynamic::UNIT);
    }
    binary(Binary::Divide, &sum(call)?, &Dynamic::from_float(count as f64))
}

fn join(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let separator = call.given(1).map(|_| call.text(1)).transpose()?.unwrap_or_default();
    let mut text = String::new();
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            text.push_str(&separator);
        }
        write_text(item, &mut text);
        if text.len() > crate::expression::machine::TEXT_BYTES {
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

fn reverse(call: &mut Call) -> Result {
    Ok(list(call.list(0)?.iter().rev().cloned().collect()))
}

fn distinct(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut kept = Array::new();
    let mut seen = std::collections::HashSet::new();
    for item in items.iter() {
        // 1 and 1.0 are the same, as `==` has it.
        let whole = item.as_float().ok().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
        let key = match whole {
            Some(number) => (number as i64).to_string().into_bytes(),
            None => crate::data::to_text(item),
        };
        call.spend_bytes(key.len())?;
        if seen.insert(key) {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn sort_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut keyed = Vec::with_capacity(items.len());
    for item in items.iter() {
        keyed.push((key_of(call, item)?, item.clone()));
    }
    let mut incomparable = None;
    keyed.sort_by(|(left, _), (right, _)| {
        order(left, right).unwrap_or_else(|| {
            if !same(left, right) {
                incomparable.get_or_insert_with(|| (left.clone(), right.clone()));
            }
            Ordering::Equal
        })
    });
    match incomparable {
        Some((left, right)) => Err(crate::expression::fault::mismatch("<", &left, &right)),
        None => Ok(list(keyed.into_iter().map(|(_, item)| item).collect())),
    }
}

fn group_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut groups = std::collections::BTreeMap::<String, Array>::new();
    for item in items.iter() {
        let mut key = String::new();
        write_text(&key_of(call, item)?, &mut key);
        groups.entry(key).or_default().push(item.clone());
    }
    Ok(map(groups.into_iter().map(|(key, items)| (key.into(), list(items))).collect::<Map>()))
}

/// What an item is sorted or grouped by.
fn key_of(call: &mut Call, item: &Dynamic) -> Result {
    let Some(key) = call.given(1) else { return Ok(item.clone()) };
    if let Some(name) = as_text(key) {
        let Some(entries) = as_map(item) else { return Err(unsuitable("a key", "maps in the list", item)) };
        return entries.get(name.as_str()).cloned().ok_or_else(|| {
            let keys = crate::expression::value::keys_of(&entries);
            let hint = format!("where it may be absent, write `|item| item?.{name} ?? …`");
            crate::expression::fault::missing(format!("an item has no `{name}`; it has {keys}"), hint)
        });
    }
    let function: Callable = call.closure(1)?;
    call.invoke(&function, std::slice::from_ref(item))
}

fn flatten(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut flat = Array::new();
    for item in items.iter() {
        match as_list(item) {
            Some(inner) => flat.extend(inner.iter().cloned()),
            None => flat.push(item.clone()),
        }
        if flat.len() > crate::expression::machine::LIST_ITEMS {
            break;
        }
    }
    Ok(list(flat))
}

fn chunk(call: &mut Call) -> Result {
    let (items, size) = (call.list(0)?, call.count(1)?);
    if size == 0 {
        return Err(call.unsuitable(1, "a number from 1"));
    }
    Ok(list(items.chunks(size).map(|items| list(items.to_vec())).collect()))
}

fn number(position: usize) -> Dynamic {
    i64::try_from(position).unwrap_or(i64::MAX).into()
}
