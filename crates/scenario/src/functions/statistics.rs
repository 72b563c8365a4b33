//! Functions of many numbers.

use super::numbers::finite;
use super::{Call, Function};
use crate::expression::code::Binary;
use crate::expression::fault::{Fault, unsuitable};
use crate::expression::operators::{binary, order};
use crate::expression::value::as_number;
use rhai::Dynamic;
use std::cmp::Ordering;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
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
    Function {
        name: "sum",
        group: "number",
        signature: "sum(list) -> number",
        doc: "The sum of the numbers; of none, 0.",
        errors: "An item that is no number; a sum too large for a number.",
        example: "[1, 2.5].sum()",
        result: "3.5",
        run: sum,
    },
    Function {
        name: "product",
        group: "number",
        signature: "product(list) -> number",
        doc: "The product of the numbers; of none, 1.",
        errors: "An item that is no number; a product too large for a number.",
        example: "[2, 3, 4].product()",
        result: "24",
        run: product,
    },
    Function {
        name: "running_sums",
        group: "number",
        signature: "running_sums(list) -> list",
        doc: "The sum up to each of the numbers.",
        errors: "An item that is no number; a sum too large for a number.",
        example: "[1, 2, 3].running_sums()",
        result: "[1,3,6]",
        run: running_sums,
    },
    Function {
        name: "avg",
        group: "number",
        signature: "avg(list) -> number",
        doc: "The average of the numbers; of none, `()`.",
        errors: "An item that is no number; a sum too large for a number.",
        example: "[1, 2].avg()",
        result: "1.5",
        run: avg,
    },
    Function {
        name: "median",
        group: "number",
        signature: "median(list) -> number",
        doc: "The number in the middle of all in order, or the average of the two in the middle; of none, `()`.",
        errors: "An item that is no number.",
        example: "[5, 2, 8, 3].median()",
        result: "4.0",
        run: median,
    },
    Function {
        name: "percentile",
        group: "number",
        signature: "percentile(list, percent) -> number",
        doc: "The number below which this share of all lies, with neighbours weighed; of none, `()`.",
        errors: "An item that is no number; percent outside of 0 to 100.",
        example: "[1, 2, 3, 4, 5].percentile(90)",
        result: "4.6",
        run: percentile,
    },
    Function {
        name: "mode",
        group: "number",
        signature: "mode(list) -> value",
        doc: "The most frequent of the numbers, of several the smallest; of none, `()`.",
        errors: "An item that is no number.",
        example: "[1, 2, 2, 3].mode()",
        result: "2",
        run: mode,
    },
    Function {
        name: "stdev",
        group: "number",
        signature: "stdev(list) -> number",
        doc: "The standard deviation of a sample (divided by one less than the count); of less than two numbers, `()`.",
        errors: "An item that is no number.",
        example: "[2, 4].stdev().round(3)",
        result: "1.414",
        run: stdev,
    },
    Function {
        name: "stdev_population",
        group: "number",
        signature: "stdev_population(list) -> number",
        doc: "The standard deviation of all there are (divided by the count); of none, `()`.",
        errors: "An item that is no number.",
        example: "[2, 4].stdev_population()",
        result: "1.0",
        run: stdev_population,
    },
];

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

fn sum(call: &mut Call) -> Result {
    total(call, Binary::Add, 0)
}

fn product(call: &mut Call) -> Result {
    total(call, Binary::Multiply, 1)
}

fn total(call: &mut Call, operator: Binary, start: i64) -> Result {
    let items = call.list(0)?;
    let mut total = Dynamic::from_int(start);
    for item in items.iter() {
        checked(call, item)?;
        total = binary(operator, &total, item)?;
    }
    Ok(total)
}

/// The item as a number.
fn checked(call: &Call, item: &Dynamic) -> Result<f64> {
    as_number(item).ok_or_else(|| unsuitable(&format!("`{}`", call.name()), "a number", item))
}

fn running_sums(call: &mut Call) -> Result {
    let items = call.list(0)?;
    let mut sum = Dynamic::from_int(0);
    let mut sums = rhai::Array::with_capacity(items.len());
    for item in items.iter() {
        checked(call, item)?;
        sum = binary(Binary::Add, &sum, item)?;
        sums.push(sum.clone());
    }
    Ok(crate::expression::value::list(sums))
}

fn avg(call: &mut Call) -> Result {
    let count = call.list(0)?.len();
    if count == 0 {
        return Ok(Dynamic::UNIT);
    }
    binary(Binary::Divide, &sum(call)?, &Dynamic::from_float(count as f64))
}

fn numbers(call: &mut Call) -> Result<Vec<f64>> {
    let items = call.list(0)?;
    items.iter().map(|item| checked(call, item)).collect()
}

fn in_order(call: &mut Call) -> Result<Vec<f64>> {
    let mut numbers = numbers(call)?;
    numbers.sort_by(f64::total_cmp);
    Ok(numbers)
}

fn median(call: &mut Call) -> Result {
    let numbers = in_order(call)?;
    share(call, &numbers, 0.5)
}

fn percentile(call: &mut Call) -> Result {
    let percent = call.number(1)?;
    if !(0.0..=100.0).contains(&percent) {
        return Err(call.unsuitable(1, "a number from 0 to 100"));
    }
    let numbers = in_order(call)?;
    share(call, &numbers, percent / 100.0)
}

/// Between two numbers, both are weighed by their nearness.
fn share(call: &Call, numbers: &[f64], share: f64) -> Result {
    let Some(last) = numbers.len().checked_sub(1) else { return Ok(Dynamic::UNIT) };
    let at = share * last as f64;
    let below = (at.floor() as usize).min(last);
    let (low, high) = (numbers[below], numbers[(below + 1).min(last)]);
    let weight = at - below as f64;
    finite(call, low * (1.0 - weight) + high * weight)
}

fn mode(call: &mut Call) -> Result {
    let mut items = call.list(0)?.clone();
    for item in &items {
        checked(call, item)?;
    }
    items.sort_by(|left, right| order(left, right).unwrap_or(Ordering::Equal));
    let mut found: Option<(usize, &Dynamic)> = None;
    for equal in items.chunk_by(|left, right| order(left, right) == Some(Ordering::Equal)) {
        if found.is_none_or(|(most, _)| equal.len() > most) {
            found = Some((equal.len(), &equal[0]));
        }
    }
    Ok(found.map(|(_, item)| item.clone()).unwrap_or_default())
}

fn stdev(call: &mut Call) -> Result {
    deviation(call, 1)
}

fn stdev_population(call: &mut Call) -> Result {
    deviation(call, 0)
}

fn deviation(call: &mut Call, less: usize) -> Result {
    let numbers = numbers(call)?;
    if numbers.len() <= less {
        return Ok(Dynamic::UNIT);
    }
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let squares: f64 = numbers.iter().map(|number| (number - mean).powi(2)).sum();
    finite(call, (squares / (numbers.len() - less) as f64).sqrt())
}
