//! The fields of a record as cells of a table of texts, and back: how CSV comes in and goes out.

use super::schema::{ColumnType, is_time};
use serde_json::{Number, Value};

/// What texts mean true, and what false.
const FLAGS: [(&str, bool); 12] = [
    ("true", true),
    ("yes", true),
    ("y", true),
    ("1", true),
    ("是", true),
    ("真", true),
    ("false", false),
    ("no", false),
    ("n", false),
    ("0", false),
    ("否", false),
    ("假", false),
];

impl ColumnType {
    /// What a cell says, none where it is empty; what it should say where it does not.
    pub fn read(self, cell: &str) -> Result<Option<Value>, &'static str> {
        let trimmed = cell.trim();
        if trimmed.is_empty() {
            return Ok(None);
        }
        let value = match self {
            Self::Text => Some(Value::from(cell)),
            Self::Number => number(trimmed).map(Value::Number),
            Self::Flag => {
                let lower = trimmed.to_lowercase();
                FLAGS.iter().find(|(text, _)| *text == lower).map(|(_, flag)| Value::Bool(*flag))
            }
            Self::Time => time(trimmed).map(Value::String),
            Self::Json => serde_json::from_str(trimmed).ok(),
        };
        value.map(Some).ok_or_else(|| if self == Self::Json { "JSON" } else { self.wanted() })
    }

    /// The cell of this value.
    pub fn write(self, value: &Value) -> String {
        match (self, value) {
            (_, Value::Null) => String::new(),
            (Self::Json, value) => value.to_string(),
            (_, value) => write(value),
        }
    }
}

/// The cell of a value that is in no column: texts as they are, everything else as JSON.
pub fn write(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a cell that is in no column may mean: a number only if it is written just so (`007` is a text), a flag, a map, a
/// list, else a text; none where it is empty.
pub fn guess(cell: &str) -> Option<Value> {
    if cell.is_empty() {
        return None;
    }
    let json = matches!(cell.as_bytes()[0], b'{' | b'[' | b't' | b'f' | b'-' | b'0'..=b'9');
    let value = if json { serde_json::from_str::<Value>(cell).ok() } else { None };
    Some(match value {
        Some(Value::Number(number)) if number.to_string() != cell => cell.into(),
        Some(value) => value,
        None => cell.into(),
    })
}

fn number(text: &str) -> Option<Number> {
    let text = text.strip_prefix('+').unwrap_or(text);
    match text.parse::<i64>() {
        Ok(whole) => Some(whole.into()),
        Err(_) => text.parse::<f64>().ok().and_then(Number::from_f64),
    }
}

/// A time as ISO 8601 writes it, of one that may be written as spreadsheets do: `2026/1/5 8:30`.
fn time(text: &str) -> Option<String> {
    if is_time(text) {
        return Some(text.to_owned());
    }
    let (date, clock) = match text.split_once([' ', 'T']) {
        Some((date, clock)) => (date, Some(clock.trim())),
        None => (text, None),
    };
    let parts: Vec<u16> = date.split(['/', '-', '.']).map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let [year, month, day] = parts[..] else { return None };
    // Of `1/2/26`, nobody knows which is the day.
    if year < 1000 {
        return None;
    }
    let mut written = format!("{year:04}-{month:02}-{day:02}");
    if let Some(clock) = clock {
        let padding = if clock.split(':').next().is_some_and(|hour| hour.len() == 1) { "0" } else { "" };
        written = format!("{written}T{padding}{clock}");
    }
    is_time(&written).then_some(written)
}

#[cfg(test)]
mod tests {
    use super::{ColumnType, guess, write};
    use serde_json::{Value, json};

    #[test]
    fn cells_say_what_their_column_holds() {
        use ColumnType::{Flag, Json, Number, Text, Time};
        for (column, cell, expected) in [
            (Text, " a ", json!(" a ")),
            (Text, "007", json!("007")),
            (Number, " 12 ", json!(12)),
            (Number, "+1.5", json!(1.5)),
            (Number, "-3e2", json!(-300.0)),
            (Flag, "Yes", json!(true)),
            (Flag, "否", json!(false)),
            (Time, "2026-11-23", json!("2026-11-23")),
            (Time, "2026/1/5", json!("2026-01-05")),
            (Time, "2026/1/5 8:30", json!("2026-01-05T08:30")),
            (Time, "2026-11-23T08:00:00+08:00", json!("2026-11-23T08:00:00+08:00")),
            (Json, "[1]", json!([1])),
        ] {
            let read = column.read(cell).unwrap().unwrap();
            assert_eq!(read, expected, "{column:?} {cell}");
            assert_eq!(column.read(&column.write(&read)), Ok(Some(read)), "{column:?} {cell} comes back");
        }
        for (column, cell) in [
            (Number, "twelve"),
            (Number, "1,234"),
            (Number, "NaN"),
            (Flag, "maybe"),
            (Time, "tomorrow"),
            (Time, "2026/13/1"),
            (Time, "5/1/2026"),
            (Json, "{"),
        ] {
            assert!(column.read(cell).is_err(), "{column:?} {cell}");
        }
        assert_eq!(Number.read(" "), Ok(None));
    }

    #[test]
    fn a_guess_never_changes_how_a_cell_is_written() {
        for (cell, expected) in [
            ("12", json!(12)),
            ("-1.5", json!(-1.5)),
            ("true", json!(true)),
            ("[1, 2]", json!([1, 2])),
            ("007", json!("007")),
            ("1.50", json!("1.50")),
            ("0912345678", json!("0912345678")),
            ("12345678901234567890123", json!("12345678901234567890123")),
            ("fine", json!("fine")),
            ("null", json!("null")),
        ] {
            let value = guess(cell).unwrap();
            assert_eq!(value, expected, "{cell}");
            if !value.is_array() {
                assert_eq!(write(&value), cell);
            }
        }
        assert_eq!((guess(""), write(&Value::Null)), (None, String::new()));
    }
}
