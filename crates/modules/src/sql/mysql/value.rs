//! Values on their way to MySQL and back, in the binary form of prepared statements.

use super::packets::{Reader, put_measured};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::error::StepError;
use serde_json::{Number, Value, json};

/// What a column holds.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: u8,
    pub(super) is_unsigned: bool,
    /// Bytes, and no text.
    pub(super) is_binary: bool,
}

/// Kinds of values that are sent.
const LONG_LONG: u8 = 8;
const DOUBLE: u8 = 5;
const NULL: u8 = 6;
const TEXT: u8 = 253;
const BLOB: u8 = 252;

/// The values of a statement, as they follow the question to run it: which are null, of which kind they are, and what.
pub(super) fn encode(values: &[Value]) -> Result<Vec<u8>, StepError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let mut nulls = vec![0_u8; values.len().div_ceil(8)];
    let (mut kinds, mut bytes) = (Vec::new(), Vec::new());
    for (index, value) in values.iter().enumerate() {
        let (kind, flag) = match value {
            Value::Null => {
                nulls[index / 8] |= 1 << (index % 8);
                (NULL, 0)
            }
            Value::Bool(value) => whole(&mut bytes, i64::from(*value)),
            Value::Number(number) => numeric(&mut bytes, number),
            Value::String(text) => {
                put_measured(&mut bytes, text.as_bytes());
                (TEXT, 0)
            }
            Value::Object(fields) if fields.len() == 1 && fields.contains_key("base64") => {
                let text = fields["base64"].as_str().unwrap_or("%");
                let decoded = STANDARD.decode(text).map_err(|_| crate::spec::invalid("`base64` holds no base64"))?;
                put_measured(&mut bytes, &decoded);
                (BLOB, 0)
            }
            other => {
                put_measured(&mut bytes, other.to_string().as_bytes());
                (TEXT, 0)
            }
        };
        kinds.extend_from_slice(&[kind, flag]);
    }
    Ok([nulls, vec![1], kinds, bytes].concat())
}

fn whole(bytes: &mut Vec<u8>, number: i64) -> (u8, u8) {
    bytes.extend_from_slice(&number.to_le_bytes());
    (LONG_LONG, 0)
}

fn numeric(bytes: &mut Vec<u8>, number: &Number) -> (u8, u8) {
    if let Some(number) = number.as_i64() {
        return whole(bytes, number);
    }
    if let Some(number) = number.as_u64() {
        bytes.extend_from_slice(&number.to_le_bytes());
        return (LONG_LONG, 0x80);
    }
    bytes.extend_from_slice(&number.as_f64().unwrap_or_default().to_le_bytes());
    (DOUBLE, 0)
}

/// The values of a row, which follow a map of those that are null.
pub(super) fn decode(packet: &mut Reader, columns: &[Column]) -> Option<Vec<Value>> {
    packet.take(1)?;
    let nulls = packet.take((columns.len() + 2).div_ceil(8))?;
    let mut values = Vec::with_capacity(columns.len());
    for (index, column) in columns.iter().enumerate() {
        let bit = index + 2;
        let is_null = nulls[bit / 8] & (1 << (bit % 8)) != 0;
        values.push(if is_null { Value::Null } else { one(packet, column)? });
    }
    Some(values)
}

fn one(packet: &mut Reader, column: &Column) -> Option<Value> {
    Some(match column.kind {
        1 => integer(packet.number(1)?, 1, column),
        2 | 13 => integer(packet.number(2)?, 2, column),
        3 | 9 => integer(packet.number(4)?, 4, column),
        8 => integer(packet.number(8)?, 8, column),
        4 => {
            let float = f32::from_bits(u32::try_from(packet.number(4)?).ok()?);
            // As it is written, 0.1, and not what it is as a wider number.
            float.to_string().parse::<f64>().ok().and_then(Number::from_f64).map_or(Value::Null, Value::Number)
        }
        5 => Number::from_f64(f64::from_bits(packet.number(8)?)).map_or(Value::Null, Value::Number),
        6 => Value::Null,
        7 | 10 | 12 => moment(packet, column)?,
        11 => duration(packet)?,
        16 => {
            let bytes = packet.measured()?;
            bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).into()
        }
        // Decimals are texts of digits, which is more exact than numbers are.
        0 | 246 => packet.text()?.into(),
        245 => {
            let text = packet.text()?;
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => {
            let bytes = packet.measured()?;
            match std::str::from_utf8(&bytes) {
                Ok(text) if !column.is_binary => text.into(),
                _ => json!({ "base64": STANDARD.encode(&bytes) }),
            }
        }
    })
}

fn integer(bits: u64, bytes: u32, column: &Column) -> Value {
    if column.is_unsigned {
        return bits.into();
    }
    let unused = 64 - bytes * 8;
    (((bits << unused) as i64) >> unused).into()
}

/// `2026-11-23`, `2026-11-23T08:00:00`, and with a zone where the column is a point in time: the session's zone is UTC.
fn moment(packet: &mut Reader, column: &Column) -> Option<Value> {
    let mut packet = packet.measured().map(Reader::from)?;
    let (year, month, day) = match packet.length() {
        0 => (0, 0, 0),
        _ => (packet.number(2)?, packet.number(1)?, packet.number(1)?),
    };
    let date = format!("{year:04}-{month:02}-{day:02}");
    if column.kind == 10 {
        return Some(date.into());
    }
    let (hour, minute, second) = match packet.length() {
        0 => (0, 0, 0),
        _ => (packet.number(1)?, packet.number(1)?, packet.number(1)?),
    };
    let zone = if column.kind == 7 { "Z" } else { "" };
    let fraction = fraction(&mut packet);
    Some(format!("{date}T{hour:02}:{minute:02}:{second:02}{fraction}{zone}").into())
}

/// `08:00:00`, `-838:59:59`.
fn duration(packet: &mut Reader) -> Option<Value> {
    let mut packet = packet.measured().map(Reader::from)?;
    if packet.length() == 0 {
        return Some("00:00:00".into());
    }
    let sign = if packet.number(1)? == 1 { "-" } else { "" };
    let hours = packet.number(4)? * 24 + packet.number(1)?;
    let (minute, second) = (packet.number(1)?, packet.number(1)?);
    Some(format!("{sign}{hours:02}:{minute:02}:{second:02}{}", fraction(&mut packet)).into())
}

fn fraction(packet: &mut Reader) -> String {
    match packet.number(4) {
        None | Some(0) => String::new(),
        Some(microseconds) => format!(".{microseconds:06}").trim_end_matches('0').to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(kind: u8) -> Column {
        Column { name: "c".to_owned(), kind, is_unsigned: false, is_binary: false }
    }

    #[test]
    fn bytes_become_values_by_their_kinds() {
        let check = |kind: u8, bytes: &[u8], expected: Value| {
            assert_eq!(one(&mut Reader::of(bytes), &column(kind)), Some(expected), "{kind} {bytes:?}");
        };
        check(1, b"\xff", json!(-1));
        check(3, b"\x05\0\0\0", json!(5));
        check(8, &i64::MIN.to_le_bytes(), json!(i64::MIN));
        check(4, &0.1_f32.to_le_bytes(), json!(0.1));
        check(5, &0.1_f64.to_le_bytes(), json!(0.1));
        check(246, b"\x06120.50", json!("120.50"));
        check(245, b"\x07{\"a\":1}", json!({ "a": 1 }));
        check(10, b"\x04\xea\x07\x0b\x17", json!("2026-11-23"));
        check(12, b"\x07\xea\x07\x0b\x17\x08\x00\x00", json!("2026-11-23T08:00:00"));
        check(7, b"\x0b\xea\x07\x0b\x17\x08\x00\x00\x20\xa1\x07\x00", json!("2026-11-23T08:00:00.5Z"));
        check(11, b"\x08\x01\x01\0\0\0\x02\x03\x04", json!("-26:03:04"));
        check(252, b"\x02\xff\xfe", json!({ "base64": "//4=" }));
        check(16, b"\x02\x01\x00", json!(256));
        let unsigned = Column { is_unsigned: true, ..column(8) };
        assert_eq!(one(&mut Reader::of(&[0xff; 8]), &unsigned), Some(json!(u64::MAX)));
        assert_eq!(one(&mut Reader::of(b"\x05ab"), &column(253)), None);
    }

    #[test]
    fn values_are_sent_with_their_kinds() {
        let sent = encode(&[json!(null), json!(5), json!("ab")]).unwrap();
        let expected = [&[1_u8, 1, NULL, 0, LONG_LONG, 0, TEXT, 0][..], &5_i64.to_le_bytes(), b"\x02ab"].concat();
        assert_eq!(sent, expected);
        assert_eq!(encode(&[]).unwrap(), Vec::<u8>::new());
        assert!(encode(&[json!({ "base64": "%" })]).is_err());
        assert!(encode(&[json!({ "base64": 5 })]).is_err());
    }
}
