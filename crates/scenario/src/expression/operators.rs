//! The operators. Stricter than rhai's own: values of different types are never quietly unequal.

use super::code::{Binary, Unary};
use super::fault::{self, Fault};
use super::value::{self, as_list, as_map, as_number, kind_of};
use rhai::Dynamic;
use std::cmp::Ordering;

type Result = std::result::Result<Dynamic, Fault>;

/// The value of an operator with one operand.
pub(super) fn unary(operator: Unary, operand: &Dynamic) -> Result {
    match operator {
        Unary::Not => match operand.as_bool() {
            Ok(holds) => Ok((!holds).into()),
            Err(_) => Err(fault::unsuitable("`!`", "true or false", operand)),
        },
        Unary::Minus if operand.is_int() => {
            operand.as_int().ok().and_then(i64::checked_neg).map(Dynamic::from_int).ok_or_else(|| overflow("-"))
        }
        Unary::Minus | Unary::Plus => match as_number(operand) {
            Some(_) if operand.is_int() => Ok(operand.clone()),
            Some(number) => Ok(Dynamic::from_float(if operator == Unary::Minus { -number } else { number })),
            None => Err(fault::unsuitable("a sign", "a number", operand)),
        },
    }
}

/// The value of an operator with two operands.
pub(crate) fn binary(operator: Binary, left: &Dynamic, right: &Dynamic) -> Result {
    match operator {
        Binary::Equal => equal(operator, left, right).map(Dynamic::from_bool),
        Binary::NotEqual => equal(operator, left, right).map(|equal| (!equal).into()),
        Binary::Less => compare(operator, left, right).map(|order| order.is_lt().into()),
        Binary::LessOrEqual => compare(operator, left, right).map(|order| order.is_le().into()),
        Binary::Greater => compare(operator, left, right).map(|order| order.is_gt().into()),
        Binary::GreaterOrEqual => compare(operator, left, right).map(|order| order.is_ge().into()),
        Binary::Range | Binary::RangeInclusive => range(operator, left, right),
        Binary::Add => add(left, right),
        Binary::BitAnd | Binary::BitOr | Binary::BitXor if left.is_bool() && right.is_bool() => {
            Ok(bits_of_bools(operator, left.as_bool() == Ok(true), right.as_bool() == Ok(true)).into())
        }
        _ => arithmetic(operator, left, right),
    }
}

/// Which of two values comes first: numbers by size, texts by their characters.
pub(crate) fn order(left: &Dynamic, right: &Dynamic) -> Option<Ordering> {
    if let (Ok(left), Ok(right)) = (left.as_int(), right.as_int()) {
        return Some(left.cmp(&right));
    }
    if let (Some(left), Some(right)) = (as_number(left), as_number(right)) {
        return left.partial_cmp(&right);
    }
    let (left, right) = (left.as_immutable_string_ref().ok()?, right.as_immutable_string_ref().ok()?);
    Some(left.as_str().cmp(right.as_str()))
}

/// Whether two values are the same; values of different types are not.
pub(crate) fn same(left: &Dynamic, right: &Dynamic) -> bool {
    if let (Ok(left), Ok(right)) = (left.as_bool(), right.as_bool()) {
        return left == right;
    }
    if let (Some(left), Some(right)) = (as_list(left), as_list(right)) {
        return left.len() == right.len() && left.iter().zip(right.iter()).all(|(left, right)| same(left, right));
    }
    if let (Some(left), Some(right)) = (as_map(left), as_map(right)) {
        let mut pairs = left.iter().zip(right.iter());
        return left.len() == right.len() && pairs.all(|(left, right)| left.0 == right.0 && same(left.1, right.1));
    }
    if let (Some(a), Some(b)) = (as_number(left), as_number(right))
        && !(left.is_int() && right.is_int())
    {
        // As rhai: 0.1 + 0.2 == 0.3.
        let scale = a.abs().max(b.abs());
        return a == b || (a - b).abs() <= f64::EPSILON * scale;
    }
    left.is_unit() && right.is_unit() || order(left, right) == Some(Ordering::Equal)
}

fn equal(operator: Binary, left: &Dynamic, right: &Dynamic) -> std::result::Result<bool, Fault> {
    if left.is_unit() || right.is_unit() || kind_of(left) == kind_of(right) {
        return Ok(same(left, right));
    }
    Err(fault::mismatch(operator.symbol(), left, right))
}

fn compare(operator: Binary, left: &Dynamic, right: &Dynamic) -> std::result::Result<Ordering, Fault> {
    order(left, right).ok_or_else(|| fault::mismatch(operator.symbol(), left, right))
}

fn range(operator: Binary, left: &Dynamic, right: &Dynamic) -> Result {
    let (Ok(from), Ok(to)) = (left.as_int(), right.as_int()) else {
        return Err(fault::mismatch(operator.symbol(), left, right));
    };
    let to = if operator == Binary::RangeInclusive { to.saturating_add(1) } else { to };
    if usize::try_from(to.saturating_sub(from)).is_ok_and(|count| count > super::machine::LIST_ITEMS) {
        return Err(fault::limit("the range has too many numbers"));
    }
    Ok(value::list((from..to).map(Dynamic::from_int).collect()))
}

/// How long a number mostly is, as text.
const NUMBER: usize = 8;

fn add(left: &Dynamic, right: &Dynamic) -> Result {
    if left.is_string() || right.is_string() {
        let nothing = left.is_unit() || right.is_unit();
        if nothing {
            return Err(fault::mismatch("+", left, right));
        }
        let length = |value: &Dynamic| value.as_immutable_string_ref().map_or(NUMBER, |text| text.len());
        // What grows by itself takes up to twice as much.
        let mut text = String::with_capacity(length(left) + length(right));
        value::write_text(left, &mut text);
        value::write_text(right, &mut text);
        return Ok(text.into());
    }
    if let (Some(left), Some(right)) = (as_list(left), as_list(right)) {
        return Ok(value::list(left.iter().chain(right.iter()).cloned().collect()));
    }
    if let (Some(left), Some(right)) = (as_map(left), as_map(right)) {
        let mut merged = left.clone();
        merged.extend(right.iter().map(|(key, value)| (key.clone(), value.clone())));
        return Ok(value::map(merged));
    }
    arithmetic(Binary::Add, left, right)
}

fn arithmetic(operator: Binary, left: &Dynamic, right: &Dynamic) -> Result {
    if let (Ok(a), Ok(b)) = (left.as_int(), right.as_int()) {
        return whole(operator, a, b);
    }
    let (Some(a), Some(b)) = (as_number(left), as_number(right)) else {
        return Err(fault::mismatch(operator.symbol(), left, right));
    };
    let value = match operator {
        Binary::Add => a + b,
        Binary::Subtract => a - b,
        Binary::Multiply => a * b,
        Binary::Divide | Binary::Remainder if b == 0.0 => return Err(by_zero()),
        Binary::Divide => a / b,
        Binary::Remainder => a % b,
        Binary::Power => a.powf(b),
        _ => return Err(fault::mismatch(operator.symbol(), left, right)),
    };
    if value.is_finite() { Ok(Dynamic::from_float(value)) } else { Err(overflow(operator.symbol())) }
}

fn whole(operator: Binary, a: i64, b: i64) -> Result {
    let value = match operator {
        Binary::Add => a.checked_add(b),
        Binary::Subtract => a.checked_sub(b),
        Binary::Multiply => a.checked_mul(b),
        Binary::Divide | Binary::Remainder if b == 0 => return Err(by_zero()),
        Binary::Divide => a.checked_div(b),
        Binary::Remainder => a.checked_rem(b),
        Binary::Power if b < 0 => return Ok(Dynamic::from_float((a as f64).powf(b as f64))),
        Binary::Power => u32::try_from(b).ok().and_then(|b| a.checked_pow(b)),
        Binary::ShiftLeft => u32::try_from(b).ok().and_then(|b| a.checked_shl(b)),
        Binary::ShiftRight => u32::try_from(b).ok().and_then(|b| a.checked_shr(b)),
        Binary::BitAnd => Some(a & b),
        Binary::BitOr => Some(a | b),
        _ => Some(a ^ b),
    };
    value.map(Dynamic::from_int).ok_or_else(|| overflow(operator.symbol()))
}

fn bits_of_bools(operator: Binary, a: bool, b: bool) -> bool {
    match operator {
        Binary::BitAnd => a & b,
        Binary::BitOr => a | b,
        _ => a ^ b,
    }
}

fn overflow(symbol: &str) -> Fault {
    fault::failed(format!("the result of `{symbol}` is too large for a number"))
}

fn by_zero() -> Fault {
    fault::failed("a number was divided by zero")
}
