//! Functions that see lists as sets: which items are in them.

use super::{Call, Function, Result, key_of};
use crate::expression::value::list;
use rhai::{Array, Dynamic};
use std::collections::HashSet;

pub(in crate::functions) const TABLE: &[Function] = &[
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
        name: "distinct_by",
        group: "list",
        signature: "distinct_by(list, key) -> list",
        doc: "The first of all items that have the same key: a property's name, a path or a function.",
        errors: "An item without the property.",
        example: r#"[#{id: 1, n: 1}, #{id: 1, n: 2}].distinct_by("id")"#,
        result: r#"[{"id":1,"n":1}]"#,
        run: distinct_by,
    },
    Function {
        name: "union",
        group: "list",
        signature: "union(list, other) -> list",
        doc: "The items of both lists without repetitions.",
        errors: "",
        example: "[1, 2].union([2, 3])",
        result: "[1,2,3]",
        run: union,
    },
    Function {
        name: "intersection",
        group: "list",
        signature: "intersection(list, other) -> list",
        doc: "The items that are in both lists, without repetitions.",
        errors: "",
        example: "[1, 2, 2].intersection([2, 3])",
        result: "[2]",
        run: intersection,
    },
    Function {
        name: "difference",
        group: "list",
        signature: "difference(list, other) -> list",
        doc: "The items that are not in the other list.",
        errors: "",
        example: "[1, 2, 3].difference([2])",
        result: "[1,3]",
        run: difference,
    },
    Function {
        name: "symmetric_difference",
        group: "list",
        signature: "symmetric_difference(list, other) -> list",
        doc: "The items that are in one of the lists alone, without repetitions.",
        errors: "",
        example: "[1, 2].symmetric_difference([2, 3])",
        result: "[1,3]",
        run: symmetric_difference,
    },
    Function {
        name: "contains_all",
        group: "list",
        signature: "contains_all(list, items) -> bool",
        doc: "Whether all of these items are in the list.",
        errors: "",
        example: r#"["a", "b", "c"].contains_all(["a", "c"])"#,
        result: "true",
        run: contains_all,
    },
    Function {
        name: "contains_any",
        group: "list",
        signature: "contains_any(list, items) -> bool",
        doc: "Whether at least one of these items is in the list.",
        errors: "",
        example: r#"["a", "b"].contains_any(["b", "z"])"#,
        result: "true",
        run: contains_any,
    },
];

fn distinct(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut seen = HashSet::new();
    let mut kept = Array::new();
    collect_new(call, &items, &mut seen, &mut kept)?;
    Ok(list(kept))
}

fn distinct_by(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut seen = HashSet::new();
    let mut kept = Array::new();
    for item in items.iter() {
        let key = key_of(call, item)?;
        if seen.insert(identity(call, &key)?) {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn union(call: &mut Call) -> Result {
    let (items, others) = (call.list(0)?, call.list(1)?);
    let mut seen = HashSet::new();
    let mut kept = Array::new();
    collect_new(call, &items, &mut seen, &mut kept)?;
    collect_new(call, &others, &mut seen, &mut kept)?;
    Ok(list(kept))
}

fn collect_new(call: &mut Call, items: &Array, seen: &mut HashSet<Vec<u8>>, kept: &mut Array) -> Result<()> {
    for item in items {
        if seen.insert(identity(call, item)?) {
            kept.push(item.clone());
        }
    }
    Ok(())
}

fn intersection(call: &mut Call) -> Result {
    let (items, mut others) = (call.list(0)?, set(call, 1)?);
    let mut kept = Array::new();
    for item in items.iter() {
        if others.remove(&identity(call, item)?) {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn difference(call: &mut Call) -> Result {
    let others = set(call, 1)?;
    let items = call.list(0)?;
    let mut kept = Array::new();
    for item in items.iter() {
        if !others.contains(&identity(call, item)?) {
            kept.push(item.clone());
        }
    }
    Ok(list(kept))
}

fn symmetric_difference(call: &mut Call) -> Result {
    let (mut in_items, mut in_others) = (set(call, 0)?, set(call, 1)?);
    let (items, others) = (call.list(0)?, call.list(1)?);
    let mut kept = Array::new();
    let shared: HashSet<Vec<u8>> = in_items.intersection(&in_others).cloned().collect();
    for (items, own) in [(&*items, &mut in_items), (&*others, &mut in_others)] {
        for item in items {
            let key = identity(call, item)?;
            if !shared.contains(&key) && own.remove(&key) {
                kept.push(item.clone());
            }
        }
    }
    Ok(list(kept))
}

fn contains_all(call: &mut Call) -> Result {
    Ok(set(call, 1)?.is_subset(&set(call, 0)?).into())
}

fn contains_any(call: &mut Call) -> Result {
    Ok((!set(call, 1)?.is_disjoint(&set(call, 0)?)).into())
}

fn set(call: &mut Call, position: usize) -> Result<HashSet<Vec<u8>>> {
    let items = call.list(position)?;
    items.iter().map(|item| identity(call, item)).collect()
}

/// What two values have in common when they are the same: their JSON, in which 1 and 1.0 are one.
fn identity(call: &mut Call, value: &Dynamic) -> Result<Vec<u8>> {
    let whole = value.as_float().ok().filter(|number| number.fract() == 0.0 && number.abs() < 9e15);
    let identity = match whole {
        Some(number) => (number as i64).to_string().into_bytes(),
        None => crate::data::to_text(value),
    };
    call.spend_bytes(identity.len())?;
    Ok(identity)
}
