//! Functions of numbers.

use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::operators::order;
use rhai::Dynamic;
use std::cmp::Ordering;

type Result = std::result::Result<Dynamic, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "parse_int",
        group: "number",
        signature: "parse_int(text) -> number",
        doc: "The whole number that the text says; an error where it says none.",
        errors: "A text that is no whole number, or one beyond 64 bits.",
        example: r#"" 42 ".parse_int()"#,
        result: "42",
        run: parse_int,
    },
    Function {
        name: "parse_float",
        group: "number",
        signature: "parse_float(text) -> number",
        doc: "The number that the text says, with a point before the fraction; an error where it says none.",
        errors: "A text that is no number.",
        example: r#""1.5".parse_float()"#,
        result: "1.5",
        run: parse_float,
    },
    Function {
        name: "round",
        group: "number",
        signature: "round(number, digits?) -> number",
        doc: "The number rounded to this many digits behind the point; without digits, a whole number. Halves go away from \
              zero.",
        errors: "A result beyond 64 bits; digits that are no whole number from 0.",
        example: "2.345.round(1)",
        result: "2.3",
        run: round,
    },
    Function {
        name: "floor",
        group: "number",
        signature: "floor(number) -> number",
        doc: "The next whole number that is not larger.",
        errors: "A result beyond 64 bits.",
        example: "2.7.floor()",
        result: "2",
        run: floor,
    },
    Function {
        name: "ceil",
        group: "number",
        signature: "ceil(number) -> number",
        doc: "The next whole number that is not smaller.",
        errors: "A result beyond 64 bits.",
        example: "2.1.ceil()",
        result: "3",
        run: ceil,
    },
    Function {
        name: "abs",
        group: "number",
        signature: "abs(number) -> number",
        doc: "The number without its sign.",
        errors: "The smallest of all whole numbers, which has no counterpart.",
        example: "(-3).abs()",
        result: "3",
        run: abs,
    },
    Function {
        name: "min",
        group: "number",
        signature: "min(a, b?) -> value",
        doc: "The smaller of two numbers or texts, or the smallest item of a list; of an empty list, `()`.",
        errors: "Values that are neither all numbers nor all texts.",
        example: "[3, 1, 2].min()",
        result: "1",
        run: min,
    },
    Function {
        name: "max",
        group: "number",
        signature: "max(a, b?) -> value",
        doc: "The larger of two numbers or texts, or the largest item of a list; of an empty list, `()`.",
        errors: "Values that are neither all numbers nor all texts.",
        example: "max(3, 7)",
        result: "7",
        run: max,
    },
];

fn parse_int(call: &mut Call) -> Result {
    if call.any(0).is_int() {
        return Ok(call.any(0).clone());
    }
    let text = call.text(0)?;
    let number = text.trim().parse::<i64>();
    number.map(Dynamic::from).map_err(|_| call.unsuitable(0, "a text that is a whole number"))
}

fn parse_float(call: &mut Call) -> Result {
    if let Ok(number) = call.number(0) {
        return Ok(Dynamic::from_float(number));
    }
    let number = call.text(0)?.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    number.map(Dynamic::from_float).ok_or_else(|| call.unsuitable(0, "a text that is a number"))
}

fn round(call: &mut Call) -> Result {
    let number = call.number(0)?;
    if call.given(1).is_none() {
        return whole(call, f64::round);
    }
    let digits = call.count(1)?;
    if call.any(0).is_int() || digits > 15 {
        return Ok(call.any(0).clone());
    }
    let scale = 10_f64.powi(i32::try_from(digits).unwrap_or(15));
    let rounded = (number * scale).round() / scale;
    Ok(Dynamic::from_float(if rounded.is_finite() { rounded } else { number }))
}

fn floor(call: &mut Call) -> Result {
    whole(call, f64::floor)
}

fn ceil(call: &mut Call) -> Result {
    whole(call, f64::ceil)
}

/// A whole number stays as it is; what is made of a fraction must fit into 64 bits.
fn whole(call: &mut Call, make: fn(f64) -> f64) -> Result {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    if call.any(0).is_int() {
        return Ok(call.any(0).clone());
    }
    let number = make(call.number(0)?);
    if (-LIMIT..LIMIT).contains(&number) {
        Ok((number as i64).into())
    } else {
        Err(call.fail("the number is too large"))
    }
}

fn abs(call: &mut Call) -> Result {
    match call.any(0).as_int() {
        Ok(number) => number.checked_abs().map(Dynamic::from).ok_or_else(|| call.fail("the number is too large")),
        Err(_) => Ok(Dynamic::from_float(call.number(0)?.abs())),
    }
}

fn min(call: &mut Call) -> Result {
    extreme(call, Ordering::Less)
}

fn max(call: &mut Call) -> Result {
    extreme(call, Ordering::Greater)
}

fn extreme(call: &mut Call, wanted: Ordering) -> Result {
    let both = call.given(1).map(|second| vec![call.any(0).clone(), second.clone()]);
    let values = match both {
        Some(values) => values,
        None => call.list(0)?.clone(),
    };
    let mut values = values.into_iter();
    let Some(mut found) = values.next() else { return Ok(Dynamic::UNIT) };
    if order(&found, &found).is_none() {
        return Err(call.fail("numbers or texts are compared, nothing else"));
    }
    for value in values {
        match order(&value, &found) {
            Some(order) if order == wanted => found = value,
            Some(_) => {}
            None => return Err(call.fail("numbers and texts cannot be compared with each other or with anything else")),
        }
    }
    Ok(found)
}
