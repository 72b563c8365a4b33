//! Functions of numbers.

use super::{Call, Function};
use crate::expression::fault::Fault;
use crate::expression::value::as_text;
use rhai::Dynamic;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

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
        name: "parse_number",
        group: "number",
        signature: "parse_number(text, point?) -> number",
        doc: "The number that people wrote: blanks, separators of thousands, currency and percent signs are left out. \
              What stands before the fraction is a point unless told otherwise.",
        errors: "A text that is no number.",
        example: r#""1 756,456 €".parse_number(",")"#,
        result: "1756.456",
        run: parse_number,
    },
    Function {
        name: "round",
        group: "number",
        signature: "round(number, digits?) -> number",
        doc: "The number rounded to this many digits behind the point; without digits, a whole number. Halves go away \
              from zero.",
        errors: "A result beyond 64 bits; digits that are no whole number from 0.",
        example: "2.345.round(1)",
        result: "2.3",
        run: round,
    },
    Function {
        name: "round_to",
        group: "number",
        signature: "round_to(number, step) -> number",
        doc: "The nearest multiple of a step.",
        errors: "A step of 0; a result too large for a number.",
        example: "17.round_to(5)",
        result: "15",
        run: round_to,
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
        name: "trunc",
        group: "number",
        signature: "trunc(number, digits?) -> number",
        doc: "The number cut after this many digits behind the point; without digits, a whole number.",
        errors: "A result beyond 64 bits; digits that are no whole number from 0.",
        example: "3.789.trunc(2)",
        result: "3.78",
        run: trunc,
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
        name: "sign",
        group: "number",
        signature: "sign(number) -> number",
        doc: "-1, 0 or 1, as the number is negative, zero or positive.",
        errors: "",
        example: "(-3.5).sign()",
        result: "-1",
        run: sign,
    },
    Function {
        name: "clamp",
        group: "number",
        signature: "clamp(number, lowest, highest) -> number",
        doc: "The number, or the nearest end of a range.",
        errors: "A lowest value that is larger than the highest.",
        example: "12.clamp(0, 10)",
        result: "10",
        run: clamp,
    },
    Function {
        name: "sqrt",
        group: "number",
        signature: "sqrt(number) -> number",
        doc: "The square root.",
        errors: "A negative number.",
        example: "9.sqrt()",
        result: "3.0",
        run: sqrt,
    },
    Function {
        name: "pow",
        group: "number",
        signature: "pow(number, exponent) -> number",
        doc: "The number to a power, always with a fraction; `**` keeps whole numbers whole.",
        errors: "A result that is no number or too large for one.",
        example: "2.pow(0.5).round(3)",
        result: "1.414",
        run: pow,
    },
    Function {
        name: "exp",
        group: "number",
        signature: "exp(number) -> number",
        doc: "Euler's number to a power.",
        errors: "A result too large for a number.",
        example: "exp(1).round(3)",
        result: "2.718",
        run: exp,
    },
    Function {
        name: "ln",
        group: "number",
        signature: "ln(number) -> number",
        doc: "The natural logarithm.",
        errors: "A number that is not above 0.",
        example: "ln(1)",
        result: "0.0",
        run: ln,
    },
    Function {
        name: "log",
        group: "number",
        signature: "log(number, base?) -> number",
        doc: "The logarithm to a base; to 10 unless told otherwise.",
        errors: "A number or a base that is not above 0; a base of 1.",
        example: "1000.log().round()",
        result: "3",
        run: log,
    },
    Function {
        name: "is_even",
        group: "number",
        signature: "is_even(number) -> bool",
        doc: "Whether a whole number is a multiple of 2.",
        errors: "",
        example: "4.is_even()",
        result: "true",
        run: is_even,
    },
    Function {
        name: "is_odd",
        group: "number",
        signature: "is_odd(number) -> bool",
        doc: "Whether a whole number is no multiple of 2.",
        errors: "",
        example: "4.is_odd()",
        result: "false",
        run: is_odd,
    },
    Function {
        name: "is_numeric",
        group: "number",
        signature: "is_numeric(value) -> bool",
        doc: "Whether the value is a number, or a text that `parse_float` reads as one.",
        errors: "",
        example: r#""12.5".is_numeric()"#,
        result: "true",
        run: is_numeric,
    },
    Function {
        name: "percent_of",
        group: "number",
        signature: "percent_of(part, whole) -> number",
        doc: "How many percent of the whole the part is.",
        errors: "A whole of 0.",
        example: "30.percent_of(120)",
        result: "25.0",
        run: percent_of,
    },
    Function {
        name: "to_base",
        group: "number",
        signature: "to_base(number, base) -> text",
        doc: "A whole number in the digits of another base, from 2 to 36.",
        errors: "A base that is none of these.",
        example: "255.to_base(16)",
        result: r#""ff""#,
        run: to_base,
    },
    Function {
        name: "parse_base",
        group: "number",
        signature: "parse_base(text, base) -> number",
        doc: "The whole number that the text says in the digits of a base, from 2 to 36.",
        errors: "A text that is no such number; a base that is none of these.",
        example: r#""ff".parse_base(16)"#,
        result: "255",
        run: parse_base,
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

fn parse_number(call: &mut Call) -> Result {
    if call.any(0).is_int() || call.any(0).is_float() {
        return Ok(call.any(0).clone());
    }
    let text = call.text(0)?;
    let point = call.given(1).map_or(Ok(".".into()), |_| call.text(1))?;
    call.spend_bytes(text.len())?;
    let plain = plain_digits(&text, &point).ok_or_else(|| call.unsuitable(0, "a text that is a number"))?;
    let whole = plain.parse::<i64>().map(Dynamic::from);
    let number = whole.ok().or_else(|| plain.parse::<f64>().ok().filter(|n| n.is_finite()).map(Dynamic::from_float));
    number.ok_or_else(|| call.unsuitable(0, "a text that is a number"))
}

/// The digits as Rust reads them; none where there is a letter, or a separator that cannot be one.
fn plain_digits(text: &str, point: &str) -> Option<String> {
    let point = point.chars().next().unwrap_or('.');
    let mut plain = String::new();
    for character in text.chars() {
        match character {
            digit @ '0'..='9' => plain.push(digit),
            mark if mark == point && !plain.contains('.') => plain.push('.'),
            mark if mark == point => return None,
            '-' | '\u{2212}' if plain.is_empty() => plain.push('-'),
            '+' if plain.is_empty() => {}
            '.' | ',' | '\'' | '’' | '_' | '%' | '$' | '\u{a2}'..='\u{a5}' | '\u{20a0}'..='\u{20cf}' => {}
            blank if blank.is_whitespace() => {}
            _ => return None,
        }
    }
    plain.contains(|digit: char| digit.is_ascii_digit()).then_some(plain)
}

fn round(call: &mut Call) -> Result {
    let number = call.number(0)?;
    if call.given(1).is_none() {
        return whole(call, f64::round);
    }
    let digits = call.count(1)?;
    if call.any(0).is_int() || !number.is_finite() {
        return Ok(call.any(0).clone());
    }
    let rounded = rounded_text(number, digits.min(400)).parse::<f64>();
    Ok(Dynamic::from_float(rounded.unwrap_or(number)))
}

/// The number with this many digits behind the point. What is rounded are the digits that one sees, so that 1.005
/// becomes 1.01 although the nearest double is a little smaller.
pub(super) fn rounded_text(number: f64, digits: usize) -> String {
    let shown = number.abs().to_string();
    let (whole, fraction) = shown.split_once('.').unwrap_or((&shown, ""));
    let mut kept: Vec<u8> = whole.bytes().chain(fraction.bytes().chain(std::iter::repeat(b'0')).take(digits)).collect();
    let up = fraction.as_bytes().get(digits).is_some_and(|next| *next >= b'5');
    let mut carry = up;
    for digit in kept.iter_mut().rev().take_while(|_| up) {
        if !carry {
            break;
        }
        carry = *digit == b'9';
        *digit = if carry { b'0' } else { *digit + 1 };
    }
    if carry {
        kept.insert(0, b'1');
    }
    let mut text: String = kept.iter().map(|digit| char::from(*digit)).collect();
    if digits > 0 {
        text.insert(text.len() - digits, '.');
    }
    let is_zero = kept.iter().all(|digit| *digit == b'0');
    if number < 0.0 && !is_zero { format!("-{text}") } else { text }
}

fn round_to(call: &mut Call) -> Result {
    let (number, step) = (call.number(0)?, call.number(1)?);
    if step == 0.0 {
        return Err(call.unsuitable(1, "a step other than 0"));
    }
    if let (Ok(number), Ok(step)) = (call.any(0).as_int(), call.any(1).as_int()) {
        let (number, step) = (i128::from(number), i128::from(step).abs());
        let multiple = (number.abs() + step / 2) / step * step * number.signum();
        return i64::try_from(multiple).map(Dynamic::from).map_err(|_| call.fail("the number is too large"));
    }
    let multiple = (number / step).round() * step;
    finite(call, rounded_text(multiple, 12).parse().unwrap_or(multiple))
}

fn floor(call: &mut Call) -> Result {
    whole(call, f64::floor)
}

fn ceil(call: &mut Call) -> Result {
    whole(call, f64::ceil)
}

fn trunc(call: &mut Call) -> Result {
    let number = call.number(0)?;
    if call.given(1).is_none() {
        return whole(call, f64::trunc);
    }
    let digits = call.count(1)?;
    if call.any(0).is_int() {
        return Ok(call.any(0).clone());
    }
    let shown = number.to_string();
    let cut = shown.split_once('.').map(|(whole, fraction)| {
        format!("{whole}.{}", fraction.get(..digits).unwrap_or(fraction)).trim_end_matches('.').parse::<f64>()
    });
    Ok(Dynamic::from_float(cut.and_then(std::result::Result::ok).unwrap_or(number)))
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

fn sign(call: &mut Call) -> Result {
    let number = call.number(0)?;
    Ok(if number > 0.0 { 1 } else { -i64::from(number < 0.0) }.into())
}

fn clamp(call: &mut Call) -> Result {
    let (number, lowest, highest) = (call.number(0)?, call.number(1)?, call.number(2)?);
    if lowest > highest {
        return Err(call.fail("the lowest value is larger than the highest"));
    }
    let position = if number < lowest { 1 } else { 2 * usize::from(number > highest) };
    Ok(call.any(position).clone())
}

fn sqrt(call: &mut Call) -> Result {
    let root = call.number(0)?.sqrt();
    finite(call, root)
}

fn pow(call: &mut Call) -> Result {
    let power = call.number(0)?.powf(call.number(1)?);
    finite(call, power)
}

fn exp(call: &mut Call) -> Result {
    let power = call.number(0)?.exp();
    finite(call, power)
}

fn ln(call: &mut Call) -> Result {
    let logarithm = call.number(0)?.ln();
    finite(call, logarithm)
}

fn log(call: &mut Call) -> Result {
    let number = call.number(0)?;
    let logarithm = match call.given(1) {
        None => number.log10(),
        Some(_) => number.ln() / call.number(1)?.ln(),
    };
    finite(call, logarithm)
}

/// A result that JSON can write.
pub(super) fn finite(call: &Call, number: f64) -> Result {
    if number.is_finite() { Ok(Dynamic::from_float(number)) } else { Err(call.fail("the result is no number")) }
}

fn is_even(call: &mut Call) -> Result {
    Ok((call.int(0)? % 2 == 0).into())
}

fn is_odd(call: &mut Call) -> Result {
    Ok((call.int(0)? % 2 != 0).into())
}

fn is_numeric(call: &mut Call) -> Result {
    let read = as_text(call.any(0)).and_then(|text| text.trim().parse::<f64>().ok());
    Ok((call.number(0).is_ok() || read.is_some_and(f64::is_finite)).into())
}

fn percent_of(call: &mut Call) -> Result {
    let (part, whole) = (call.number(0)?, call.number(1)?);
    if whole == 0.0 {
        return Err(call.unsuitable(1, "a whole other than 0"));
    }
    finite(call, part / whole * 100.0)
}

fn to_base(call: &mut Call) -> Result {
    let (number, base) = (call.int(0)?, base(call)?);
    let (mut rest, mut digits) = (number.unsigned_abs(), Vec::new());
    while rest > 0 || digits.is_empty() {
        let digit = u32::try_from(rest % u64::from(base)).unwrap_or_default();
        digits.extend(char::from_digit(digit, base));
        rest /= u64::from(base);
    }
    digits.extend((number < 0).then_some('-'));
    Ok(digits.iter().rev().collect::<String>().into())
}

fn parse_base(call: &mut Call) -> Result {
    let (text, base) = (call.text(0)?, base(call)?);
    let number = i64::from_str_radix(text.trim(), base);
    number.map(Dynamic::from).map_err(|_| call.unsuitable(0, &format!("a whole number to the base {base}")))
}

fn base(call: &Call) -> Result<u32> {
    let base = u32::try_from(call.int(1)?).ok().filter(|base| (2..=36).contains(base));
    base.ok_or_else(|| call.unsuitable(1, "a base from 2 to 36"))
}
