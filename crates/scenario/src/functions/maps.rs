//! Functions of maps.

use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::{list, map};
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

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
        signature: "get(map, key, default?) -> value",
        doc: "The value of a key, or the default, or `()`.",
        errors: "",
        example: r#"#{a: 1}.get("b", 0)"#,
        result: "0",
        run: get,
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
];

fn keys(call: &mut Call) -> Result {
    Ok(list(call.map(0)?.keys().map(|key| key.as_str().into()).collect()))
}

fn values(call: &mut Call) -> Result {
    Ok(list(call.map(0)?.values().cloned().collect()))
}

fn has(call: &mut Call) -> Result {
    let key = call.text(1)?;
    Ok(call.map(0)?.contains_key(key.as_str()).into())
}

fn get(call: &mut Call) -> Result {
    let key = call.text(1)?;
    let found = call.map(0)?.get(key.as_str()).cloned();
    Ok(found.or_else(|| call.given(2).cloned()).unwrap_or_default())
}

fn merge(call: &mut Call) -> Result {
    let mut merged = call.map(0)?.clone();
    merged.extend(call.map(1)?.iter().map(|(key, value)| (key.clone(), value.clone())));
    Ok(map(merged))
}
