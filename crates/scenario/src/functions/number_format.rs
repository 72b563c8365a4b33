//! Functions that write numbers for people.

use super::numbers::rounded_text;
use super::{Call, Function};
use crate::expression::fault::Fault;
use rhai::Dynamic;

type Result<T = Dynamic> = std::result::Result<T, Fault>;

pub(super) const TABLE: &[Function] = &[
    Function {
        name: "format_number",
        group: "number",
        signature: "format_number(number, digits?, point?, thousands?) -> text",
        doc: "The number with this many digits behind the point and separators of thousands; `.` and `,` unless told \
              otherwise. Without digits, as many as it has.",
        errors: "More than 100 digits.",
        example: "1234567.891.format_number(2)",
        result: r#""1,234,567.89""#,
        run: format_number,
    },
    Function {
        name: "format_currency",
        group: "number",
        signature: "format_currency(number, currency, point?, thousands?) -> text",
        doc: "The number as an amount of money, with the sign and the digits of the currency (ISO 4217).",
        errors: "A currency that is no code of three letters.",
        example: r#"1234.5.format_currency("EUR")"#,
        result: r#""€1,234.50""#,
        run: format_currency,
    },
    Function {
        name: "format_percent",
        group: "number",
        signature: "format_percent(number, digits?) -> text",
        doc: "A share as percent: 1 is 100 %. Without digits, a whole number.",
        errors: "More than 100 digits.",
        example: "0.256.format_percent(1)",
        result: r#""25.6%""#,
        run: format_percent,
    },
    Function {
        name: "format_bytes",
        group: "number",
        signature: "format_bytes(bytes) -> text",
        doc: "A number of bytes in kB, MB, GB… of 1000 each, with one digit behind the point.",
        errors: "",
        example: "1536000.format_bytes()",
        result: r#""1.5 MB""#,
        run: format_bytes,
    },
    Function {
        name: "format_duration",
        group: "number",
        signature: "format_duration(seconds) -> text",
        doc: "A number of seconds in days, hours, minutes and seconds.",
        errors: "",
        example: "5025.format_duration()",
        result: r#""1h 23m 45s""#,
        run: format_duration,
    },
    Function {
        name: "ordinal",
        group: "number",
        signature: "ordinal(number) -> text",
        doc: "The number as English counts.",
        errors: "",
        example: "22.ordinal()",
        result: r#""22nd""#,
        run: ordinal_text,
    },
];

fn format_number(call: &mut Call) -> Result {
    let number = call.number(0)?;
    let digits = call.given(1).filter(|digits| !digits.is_unit()).map(|_| digits(call, 1)).transpose()?;
    let text = match (call.any(0).as_int(), digits) {
        // Beyond 53 bits a double would have other digits.
        (Ok(whole), None | Some(0)) => whole.to_string(),
        (Ok(whole), Some(digits)) => format!("{whole}.{:0<digits$}", ""),
        (Err(_), None) => number.to_string(),
        (Err(_), Some(digits)) => rounded_text(number, digits),
    };
    Ok(grouped(&text, &separator(call, 2, ".")?, &separator(call, 3, ",")?).into())
}

fn digits(call: &Call, position: usize) -> Result<usize> {
    const MOST: usize = 100;
    let digits = call.count(position)?;
    if digits > MOST { Err(call.unsuitable(position, "a number from 0 to 100")) } else { Ok(digits) }
}

fn separator(call: &Call, position: usize, otherwise: &'static str) -> Result<String> {
    let given = call.given(position).filter(|given| !given.is_unit());
    let text = given.map_or(Ok(otherwise.into()), |_| call.text(position))?;
    if text.chars().count() > 8 { Err(call.unsuitable(position, "a short text")) } else { Ok(text.to_string()) }
}

/// The digits of a number with separators.
fn grouped(text: &str, point: &str, thousands: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut made = String::from(sign);
    for (position, digit) in whole.chars().enumerate() {
        if position > 0 && (whole.len() - position) % 3 == 0 {
            made.push_str(thousands);
        }
        made.push(digit);
    }
    if let Some(fraction) = fraction {
        made.push_str(point);
        made.push_str(fraction);
    }
    made
}

fn format_currency(call: &mut Call) -> Result {
    let (number, code) = (call.number(0)?, call.text(1)?.to_uppercase());
    if code.len() != 3 || !code.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(call.unsuitable(1, "a currency such as \"EUR\""));
    }
    let amount = rounded_text(number, minor_digits(&code));
    let (sign, amount) = amount.strip_prefix('-').map_or(("", amount.as_str()), |amount| ("-", amount));
    let amount = grouped(amount, &separator(call, 2, ".")?, &separator(call, 3, ",")?);
    Ok(match symbol(&code) {
        Some(symbol) => format!("{sign}{symbol}{amount}"),
        None => format!("{sign}{code}\u{a0}{amount}"),
    }
    .into())
}

/// How many digits the smaller unit has (ISO 4217, list one).
fn minor_digits(code: &str) -> usize {
    match code {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

/// The sign of a currency that English texts write with one.
fn symbol(code: &str) -> Option<&'static str> {
    Some(match code {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        "CNY" => "CN¥",
        "INR" => "₹",
        "KRW" => "₩",
        "BRL" => "R$",
        "CAD" => "CA$",
        "AUD" => "A$",
        "NZD" => "NZ$",
        "MXN" => "MX$",
        "HKD" => "HK$",
        "TWD" => "NT$",
        "ILS" => "₪",
        "VND" => "₫",
        "PHP" => "₱",
        _ => return None,
    })
}

fn format_percent(call: &mut Call) -> Result {
    let digits = call.given(1).map_or(Ok(0), |_| digits(call, 1))?;
    let percent = super::numbers::finite(call, call.number(0)? * 100.0)?.as_float().unwrap_or_default();
    // A product of doubles has more digits than were written; 0.07 is to be 7 %.
    let percent = rounded_text(percent, 10).parse().unwrap_or(percent);
    Ok(format!("{}%", grouped(&rounded_text(percent, digits), ".", ",")).into())
}

fn format_bytes(call: &mut Call) -> Result {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    let bytes = call.number(0)?;
    let mut size = bytes;
    let mut unit = "B";
    for larger in UNITS {
        if size.abs() < 999.95 {
            break;
        }
        (size, unit) = (size / 1000.0, larger);
    }
    let digits = usize::from(unit != "B");
    Ok(format!("{} {unit}", rounded_text(size, digits)).into())
}

fn format_duration(call: &mut Call) -> Result {
    const UNITS: [(u64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")];
    let seconds = call.number(0)?.round();
    let mut rest = seconds.abs() as u64;
    let mut parts = Vec::new();
    for (size, unit) in UNITS {
        if rest >= size || (unit == "s" && parts.is_empty()) {
            parts.push(format!("{}{unit}", rest / size));
        }
        rest %= size;
    }
    let sign = if seconds < 0.0 { "-" } else { "" };
    Ok(format!("{sign}{}", parts.join(" ")).into())
}

fn ordinal_text(call: &mut Call) -> Result {
    Ok(super::dates::ordinal(call.int(0)?).into())
}
