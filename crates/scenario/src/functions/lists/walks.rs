//! Functions that go through a list with a function for each item.

use super::super::text::whole;
use super::Result;
use super::{Call, Function};
use crate::expression::fault::unsuitable;
use crate::expression::value::{as_list, as_map, as_text, list};
use rhai::{Array, Dynamic};

pub(in crate::functions) const TABLE: &[Function] = &[
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
        name: "flat_map",
        group: "list",
        signature: "flat_map(list, function) -> list",
        doc: "What the function makes of each item; of the lists it makes, their items.",
        errors: "More than 100000 items.",
        example: "[1, 2].flat_map(|n| [n, n * 10])",
        result: "[1,10,2,20]",
        run: flat_map,
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
        name: "partition",
        group: "list",
        signature: "partition(list, condition) -> list",
        doc: "Two lists: the items for which the condition holds, and the others.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3].partition(|n| n > 1)",
        result: "[[2,3],[1]]",
        run: partition,
    },
    Function {
        name: "take_while",
        group: "list",
        signature: "take_while(list, condition) -> list",
        doc: "The items before the first for which the condition does not hold.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3, 1].take_while(|n| n < 3)",
        result: "[1,2]",
        run: take_while,
    },
    Function {
        name: "drop_while",
        group: "list",
        signature: "drop_while(list, condition) -> list",
        doc: "The items from the first on for which the condition does not hold.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3, 1].drop_while(|n| n < 3)",
        result: "[3,1]",
        run: drop_while,
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
        name: "find_last",
        group: "list",
        signature: "find_last(list, condition) -> value",
        doc: "The last item for which the condition holds, or `()`.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3].find_last(|n| n < 3)",
        result: "2",
        run: find_last,
    },
    Function {
        name: "find_index",
        group: "list",
        signature: "find_index(list, condition) -> number",
        doc: "The position of the first item for which the condition holds, or `()`; the first position is 0.",
        errors: "A condition that gives neither true nor false.",
        example: r#"["a", "b"].find_index(|t| t == "b")"#,
        result: "1",
        run: find_index,
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
        name: "count_where",
        group: "list",
        signature: "count_where(list, condition) -> number",
        doc: "For how many items the condition holds.",
        errors: "A condition that gives neither true nor false.",
        example: "[1, 2, 3].count_where(|n| n > 1)",
        result: "2",
        run: count_where,
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
];

fn len(call: &mut Call) -> Result {
    let value = call.any(0);
    if let Some(text) = as_text(value) {
        call.spend_bytes(text.len())?;
        return Ok(whole(text.chars().count()));
    }
    let length = as_list(value).map(|items| items.len()).or_else(|| as_map(value).map(|entries| entries.len()));
    length.map(whole).ok_or_else(|| unsuitable("`len`", "a list, a map or a text", value))
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
        made.push(call.invoke(&function, &[item.clone(), whole(position)])?);
    }
    Ok(list(made))
}

fn flat_map(call: &mut Call) -> Result {
    let (items, function) = (call.list(0)?, call.closure(1)?);
    let mut made = Array::new();
    for (position, item) in items.iter().enumerate() {
        let value = call.invoke(&function, &[item.clone(), whole(position)])?;
        match as_list(&value) {
            Some(inner) => {
                call.spend(inner.len())?;
                call.reserve(inner.len() * size_of::<Dynamic>())?;
                made.extend(inner.iter().cloned());
            }
            None => made.push(value.clone()),
        }
    }
    Ok(list(made))
}

fn filter(call: &mut Call) -> Result {
    Ok(list(parted(call)?.0))
}

fn partition(call: &mut Call) -> Result {
    let (kept, others) = parted(call)?;
    Ok(list(vec![list(kept), list(others)]))
}

/// The items for which the condition holds, and the others.
fn parted(call: &mut Call) -> Result<(Array, Array)> {
    let (items, condition) = (call.list(0)?, call.closure(1)?);
    let (mut kept, mut others) = (Array::new(), Array::new());
    for (position, item) in items.iter().enumerate() {
        let side = if call.decide(&condition, &[item.clone(), whole(position)])? { &mut kept } else { &mut others };
        side.push(item.clone());
    }
    Ok((kept, others))
}

fn take_while(call: &mut Call) -> Result {
    let end = search(call, false)?;
    let items = call.list(0)?;
    Ok(list(items[..end.unwrap_or(items.len())].to_vec()))
}

fn drop_while(call: &mut Call) -> Result {
    let end = search(call, false)?;
    let items = call.list(0)?;
    Ok(list(items[end.unwrap_or(items.len())..].to_vec()))
}

fn find(call: &mut Call) -> Result {
    let found = search(call, true)?;
    Ok(found.and_then(|position| call.list(0).ok()?.get(position).cloned()).unwrap_or_default())
}

fn find_last(call: &mut Call) -> Result {
    let (items, condition) = (call.list(0)?, call.closure(1)?);
    for (position, item) in items.iter().enumerate().rev() {
        if call.decide(&condition, &[item.clone(), whole(position)])? {
            return Ok(item.clone());
        }
    }
    Ok(Dynamic::UNIT)
}

fn find_index(call: &mut Call) -> Result {
    Ok(search(call, true)?.map(whole).unwrap_or_default())
}

fn some(call: &mut Call) -> Result {
    Ok(search(call, true)?.is_some().into())
}

fn all(call: &mut Call) -> Result {
    Ok(search(call, false)?.is_none().into())
}

/// The position of the first item for which the condition's answer is this.
fn search(call: &mut Call, answer: bool) -> Result<Option<usize>> {
    let (items, condition) = (call.list(0)?, call.closure(1)?);
    for (position, item) in items.iter().enumerate() {
        if call.decide(&condition, &[item.clone(), whole(position)])? == answer {
            return Ok(Some(position));
        }
    }
    Ok(None)
}

fn count_where(call: &mut Call) -> Result {
    Ok(whole(parted(call)?.0.len()))
}

fn reduce(call: &mut Call) -> Result {
    let (items, function) = (call.list(0)?, call.closure(1)?);
    let mut made = call.given(2).cloned().unwrap_or_default();
    for item in items.iter() {
        made = call.invoke(&function, &[made, item.clone()])?;
    }
    Ok(made)
}
