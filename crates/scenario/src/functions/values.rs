//! Functions of values of any kind.

use super::lists::is_nothing;
use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::{as_list, as_text, list};
use rhai::Dynamic;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "kind_of",
        group: "value",
        signature: "kind_of(value) -> text",
        doc: "What kind of value it is: `text`, `number`, `bool`, `list`, `map` or `()`.",
        errors: "",
        example: "[1].kind_of()",
        result: r#""list""#,
        run: kind_of,
    },
    Function {
        name: "is_blank",
        group: "value",
        signature: "is_blank(value) -> bool",
        doc: "Whether the value is `()`, an empty list or map, or a text of nothing but blanks.",
        errors: "",
        example: r#""  ".is_blank()"#,
        result: "true",
        run: is_blank,
    },
    Function {
        name: "if_empty",
        group: "value",
        signature: "if_empty(value, default) -> value",
        doc: "The value, or the default where it is `()`, or a text, list or map with nothing in it.",
        errors: "",
        example: r#""".if_empty("none")"#,
        result: r#""none""#,
        run: if_empty,
    },
    Function {
        name: "is_truthy",
        group: "value",
        signature: "is_truthy(value) -> bool",
        doc: "Whether JavaScript takes the value for true: anything but `()`, `false`, 0 and an empty text.",
        errors: "",
        example: r#""0".is_truthy()"#,
        result: "true",
        run: is_truthy,
    },
    Function {
        name: "if_falsy",
        group: "value",
        signature: "if_falsy(value, default) -> value",
        doc: "The value, or the default where it is `()`, `false`, 0 or an empty text, as `||` of JavaScript has it.",
        errors: "",
        example: r#"0.if_falsy("none")"#,
        result: r#""none""#,
        run: if_falsy,
    },
    Function {
        name: "to_list",
        group: "value",
        signature: "to_list(value) -> list",
        doc: "A list as it is, an empty one for `()`, and a list of one item for anything else.",
        errors: "",
        example: r#""a".to_list()"#,
        result: r#"["a"]"#,
        run: to_list,
    },
    Function {
        name: "parse_bool",
        group: "value",
        signature: "parse_bool(value) -> bool",
        doc: "True for `true`, `yes`, `y`, `on` and `1`, false for `false`, `no`, `n`, `off` and `0`, however they \
              are written.",
        errors: "A value that is none of these.",
        example: r#""Yes".parse_bool()"#,
        result: "true",
        run: parse_bool,
    },
    Function {
        name: "same_as",
        group: "value",
        signature: "same_as(value, other) -> bool",
        doc: "Whether two values are the same; unlike `==`, values of different kinds are not an error.",
        errors: "",
        example: r#"1.same_as("1")"#,
        result: "false",
        run: same_as,
    },
];

fn kind_of(call: &mut Call) -> Result {
    Ok(crate::expression::value::kind_of(call.any(0)).into())
}

fn is_blank(call: &mut Call) -> Result {
    let text = as_text(call.any(0));
    Ok((is_nothing(call.any(0)) || text.is_some_and(|text| text.trim().is_empty())).into())
}

fn if_empty(call: &mut Call) -> Result {
    Ok(call.any(usize::from(is_nothing(call.any(0)))).clone())
}

fn is_truthy(call: &mut Call) -> Result {
    Ok(holds(call.any(0)).into())
}

fn if_falsy(call: &mut Call) -> Result {
    Ok(call.any(usize::from(!holds(call.any(0)))).clone())
}

/// What JavaScript takes for true.
fn holds(value: &Dynamic) -> bool {
    let is_zero = value.as_int().is_ok_and(|number| number == 0)
        || value.as_float().is_ok_and(|number| number == 0.0 || number.is_nan());
    let is_false = value.as_bool().is_ok_and(|holds| !holds);
    !(value.is_unit() || is_zero || is_false || as_text(value).is_some_and(|text| text.is_empty()))
}

fn to_list(call: &mut Call) -> Result {
    let value = call.any(0);
    Ok(match as_list(value) {
        Some(_) => value.clone(),
        None if value.is_unit() => list(Vec::new()),
        None => list(vec![value.clone()]),
    })
}

fn parse_bool(call: &mut Call) -> Result {
    let value = call.any(0);
    let word = match (as_text(value), value.as_int()) {
        // No word that is known is longer.
        (Some(text), _) if text.trim().len() > 8 => String::new(),
        (Some(text), _) => text.trim().to_lowercase(),
        (None, Ok(number)) => number.to_string(),
        _ if value.is_bool() => return Ok(value.clone()),
        _ => String::new(),
    };
    match word.as_str() {
        "true" | "yes" | "y" | "on" | "1" => Ok(true.into()),
        "false" | "no" | "n" | "off" | "0" => Ok(false.into()),
        _ => Err(call.unsuitable(0, "true or false, yes or no, on or off, 1 or 0")),
    }
}

fn same_as(call: &mut Call) -> Result {
    call.spend_whole(0)?;
    Ok(crate::expression::operators::same(call.any(0), call.any(1)).into())
}
