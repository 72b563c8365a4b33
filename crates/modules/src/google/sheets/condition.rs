//! What is asked of a row: a column, how it is compared, and with what.

use super::{Cell, serial};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::cmp::Ordering;

/// One condition, as a scenario has it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The column: its name in the first row, else its letters.
    pub(super) column: String,
    /// How its cell is compared.
    #[serde(default)]
    pub(super) is: Operator,
    /// With what.
    pub(super) value: Option<Cell>,
    /// Whether `A` and `a` are the same, for texts.
    #[serde(default)]
    pub(super) ignore_case: bool,
}

/// How a cell is compared.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(super) enum Operator {
    #[default]
    Equals,
    NotEquals,
    Contains,
    StartsWith,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Empty,
    NotEmpty,
}

/// A condition whose column has been found.
pub(super) struct Placed<'a> {
    pub(super) place: usize,
    pub(super) operator: Operator,
    pub(super) value: &'a Cell,
    pub(super) ignore_case: bool,
}

impl Placed<'_> {
    /// Whether a row fits, which may be shorter than others: cells are missing at its end where they are empty.
    pub(super) fn fits(&self, cells: &[Value]) -> bool {
        if self.ignore_case {
            let cells: Vec<Value> = cells.iter().skip(self.place).take(1).map(lower).collect();
            let value = match self.value {
                Cell::Text(text) => Cell::Text(text.to_lowercase()),
                other => other.clone(),
            };
            return Placed { place: 0, operator: self.operator, value: &value, ignore_case: false }.fits(&cells);
        }
        let cell = cells.get(self.place);
        let compared = || compared(cell?, self.value);
        match self.operator {
            Operator::Equals => equals(cell, self.value),
            Operator::NotEquals => !equals(cell, self.value),
            Operator::Contains => text_of(cell).contains(&text_of_value(self.value)),
            Operator::StartsWith => text_of(cell).starts_with(&text_of_value(self.value)),
            Operator::Greater => compared() == Some(Ordering::Greater),
            Operator::GreaterOrEqual => matches!(compared(), Some(Ordering::Greater | Ordering::Equal)),
            Operator::Less => compared() == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(compared(), Some(Ordering::Less | Ordering::Equal)),
            Operator::Empty => text_of(cell).is_empty(),
            Operator::NotEmpty => !text_of(cell).is_empty(),
        }
    }
}

fn lower(cell: &Value) -> Value {
    cell.as_str().map_or_else(|| cell.clone(), |text| text.to_lowercase().into())
}

/// Whether a cell, which may be missing at the end of its row, holds the value.
fn equals(cell: Option<&Value>, value: &Cell) -> bool {
    match (cell, value) {
        (None, Cell::Empty(())) => true,
        (Some(Value::String(cell)), Cell::Empty(())) => cell.is_empty(),
        (Some(Value::String(cell)), Cell::Text(text)) => cell == text,
        (Some(Value::Number(cell)), Cell::Text(text)) => {
            cell.to_string() == *text || serial::of_text(text).is_some_and(|serial| cell.as_f64() == Some(serial))
        }
        (Some(Value::String(cell)), Cell::Number(number)) => *cell == number.to_string(),
        (Some(Value::Number(cell)), Cell::Number(number)) => cell == number || cell.as_f64() == number.as_f64(),
        (Some(Value::Bool(cell)), Cell::Bool(value)) => cell == value,
        _ => false,
    }
}

/// How a cell stands to the value. None: an empty cell, or things that have no order, as a text and a number.
fn compared(cell: &Value, value: &Cell) -> Option<Ordering> {
    let wanted = match value {
        Cell::Number(number) => number.as_f64(),
        Cell::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    match (cell, value) {
        (Value::Number(cell), Cell::Text(text)) => {
            cell.as_f64()?.partial_cmp(&wanted.or_else(|| serial::of_text(text))?)
        }
        (Value::Number(cell), _) => cell.as_f64()?.partial_cmp(&wanted?),
        (Value::String(cell), _) if cell.is_empty() => None,
        (Value::String(cell), Cell::Text(text)) => match (cell.trim().parse::<f64>().ok(), wanted) {
            (Some(cell), Some(wanted)) => cell.partial_cmp(&wanted),
            _ => Some(cell.as_str().cmp(text)),
        },
        (Value::String(cell), _) => cell.trim().parse::<f64>().ok()?.partial_cmp(&wanted?),
        _ => None,
    }
}

/// The order of cells: numbers, then texts, then true and false; empty ones at the end, whatever the direction.
pub(super) fn ordered(a: Option<&Value>, b: Option<&Value>, descending: bool) -> Ordering {
    let rank = |cell: Option<&Value>| match cell {
        Some(Value::Number(_)) => 0,
        Some(Value::String(text)) if !text.is_empty() => 1,
        Some(Value::Bool(_)) => 2,
        _ => 3,
    };
    let (first, second) = (rank(a), rank(b));
    if first == 3 || second == 3 {
        return first.cmp(&second);
    }
    let order = first.cmp(&second).then_with(|| match (a, b) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => {
            a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal)
        }
        _ => text_of(a).cmp(&text_of(b)),
    });
    if descending { order.reverse() } else { order }
}

fn text_of(cell: Option<&Value>) -> String {
    cell.map(super::columns::text).unwrap_or_default()
}

fn text_of_value(value: &Cell) -> String {
    match value {
        Cell::Text(text) => text.clone(),
        Cell::Number(number) => number.to_string(),
        Cell::Bool(value) => value.to_string(),
        Cell::Empty(()) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fits(cell: Value, operator: Operator, value: Value) -> bool {
        let value: Cell = serde_json::from_value(value).unwrap();
        Placed { place: 0, operator, value: &value, ignore_case: false }.fits(&[cell])
    }

    #[test]
    fn capitals_count_unless_told_otherwise() {
        let fits = |ignore_case: bool| {
            let value: Cell = serde_json::from_value(json!("Tea")).unwrap();
            let (place, operator) = (1, Operator::Equals);
            Placed { place, operator, value: &value, ignore_case }.fits(&[json!("Tea"), json!("TEA")])
        };
        assert_eq!((fits(false), fits(true)), (false, true));
    }

    #[test]
    fn cells_are_compared_as_what_they_are() {
        use Operator::*;
        for (cell, operator, value, expected) in [
            (json!(7), Equals, json!("7"), true),
            (json!("7"), Equals, json!(7), true),
            (json!(46348), Equals, json!("2026-11-22"), true),
            (json!("Tea"), Equals, json!("tea"), false),
            (json!("Tea"), NotEquals, json!("tea"), true),
            (json!("Green tea"), Contains, json!("tea"), true),
            (json!("Green tea"), StartsWith, json!("tea"), false),
            (json!(120), StartsWith, json!(12), true),
            (json!(10), Greater, json!(9), true),
            (json!("10"), Greater, json!("9"), true),
            (json!("b"), Greater, json!("a"), true),
            (json!("b"), Greater, json!(9), false),
            (json!(9), Greater, json!(9), false),
            (json!(9), GreaterOrEqual, json!(9), true),
            (json!(46348), Less, json!("2026-12-01"), true),
            (json!("2026-11-22"), LessOrEqual, json!("2026-11-22"), true),
            (json!(""), Less, json!("z"), false),
            (json!(""), Empty, json!(null), true),
            (json!(0), Empty, json!(null), false),
            (json!(false), NotEmpty, json!(null), true),
            (json!(true), Equals, json!(true), true),
        ] {
            assert_eq!(fits(cell.clone(), operator, value.clone()), expected, "{cell} {operator:?} {value}");
        }
        assert!(Placed { place: 3, operator: Empty, value: &Cell::Empty(()), ignore_case: false }.fits(&[json!(1)]));
    }

    #[test]
    fn the_order_has_empty_cells_at_its_end() {
        let sorted = |descending| {
            let mut cells = [json!("b"), json!(""), json!(10), json!("a"), json!(9), json!(true)];
            cells.sort_by(|a, b| ordered(Some(a), Some(b), descending));
            json!(cells)
        };
        assert_eq!(sorted(false), json!([9, 10, "a", "b", true, ""]));
        assert_eq!(sorted(true), json!([true, "b", "a", 10, 9, ""]));
    }
}
