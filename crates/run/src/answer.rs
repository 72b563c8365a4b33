//! What is answered to a step that waits: the values of a form's fields, read as their types and checked.

use scenario::plan::{Field, FieldType, WaitFor};
use serde_json::{Map, Value};

/// What is wrong with one field of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// Which field.
    pub field: String,
    /// What is wrong, for the person who answers.
    pub problem: Flaw,
}

/// What can be wrong with one field. Shown, it is a sentence without a beginning capital or a final dot.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is required, and nothing was given.
    #[error("this must be filled in")]
    Missing,
    /// Its box is required, and was not ticked.
    #[error("this must be ticked")]
    NotTicked,
    /// A list or a map came where a text is asked for.
    #[error("this is not a text")]
    NoText,
    /// It has more characters than this.
    #[error("this is longer than {0} characters")]
    TooLong(usize),
    /// It is no number.
    #[error("this is no number")]
    NoNumber,
    /// It is no day of the calendar.
    #[error("this is no day: write it as 2026-12-31")]
    NoDay,
    /// It says neither yes nor no.
    #[error("this is neither yes nor no")]
    NeitherYesNorNo,
    /// It is none of these.
    #[error("choose one of {}", .0.join(", "))]
    NoneOf(Vec<String>),
}

/// How long one answer may be, in characters.
const LONGEST: usize = 10_000;

/// The values of the fields that a step asks for, by name, and `choice` where there are buttons. `given` has texts as
/// a form sends them, or values as JSON has them. Unknown names are left out.
pub fn accept(asked: &WaitFor, given: &Map<String, Value>) -> Result<Map<String, Value>, Vec<Objection>> {
    let (mut accepted, mut objections) = (Map::new(), Vec::new());
    for field in &asked.fields {
        match value(field, given.get(&field.name).unwrap_or(&Value::Null)) {
            Ok(value) => {
                accepted.insert(field.name.clone(), value);
            }
            Err(problem) => objections.push(Objection { field: field.name.clone(), problem }),
        }
    }
    if !asked.choices.is_empty() {
        match given.get("choice").and_then(Value::as_str).filter(|choice| asked.choices.iter().any(|c| c == choice)) {
            Some(choice) => {
                accepted.insert("choice".to_owned(), choice.into());
            }
            None => {
                objections.push(Objection { field: "choice".to_owned(), problem: Flaw::NoneOf(asked.choices.clone()) })
            }
        }
    }
    if objections.is_empty() { Ok(accepted) } else { Err(objections) }
}

fn value(field: &Field, given: &Value) -> Result<Value, Flaw> {
    if matches!(field.of, FieldType::Boolean) {
        return boolean(field, given);
    }
    let text = match given {
        Value::Null => "",
        Value::String(text) => text.as_str(),
        Value::Number(_) if field.of == FieldType::Number => return Ok(given.clone()),
        _ => return Err(Flaw::NoText),
    };
    if text.chars().count() > LONGEST {
        return Err(Flaw::TooLong(LONGEST));
    }
    match (text.trim(), field.required) {
        ("", true) => Err(Flaw::Missing),
        ("", false) => Ok(Value::Null),
        (trimmed, _) => typed(&field.of, text, trimmed),
    }
}

fn typed(of: &FieldType, text: &str, trimmed: &str) -> Result<Value, Flaw> {
    match of {
        FieldType::Text | FieldType::LongText | FieldType::Boolean => Ok(text.into()),
        FieldType::Number => {
            let whole = trimmed.parse::<i64>().map(Value::from).ok();
            let number = whole.or_else(|| trimmed.parse::<f64>().ok().and_then(finite));
            number.ok_or(Flaw::NoNumber)
        }
        FieldType::Date => match trimmed.parse::<jiff::civil::Date>() {
            Ok(date) => Ok(date.to_string().into()),
            Err(_) => Err(Flaw::NoDay),
        },
        FieldType::Choice(options) if options.iter().any(|option| option == trimmed) => Ok(trimmed.into()),
        FieldType::Choice(options) => Err(Flaw::NoneOf(options.clone())),
    }
}

fn finite(number: f64) -> Option<Value> {
    serde_json::Number::from_f64(number).map(Value::Number)
}

/// A box that is ticked is sent as `on`; one that is not is not sent.
fn boolean(field: &Field, given: &Value) -> Result<Value, Flaw> {
    let ticked = match given {
        Value::Bool(ticked) => *ticked,
        Value::Null => false,
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => true,
            "" | "off" | "false" | "no" | "0" => false,
            _ => return Err(Flaw::NeitherYesNorNo),
        },
        _ => return Err(Flaw::NeitherYesNorNo),
    };
    if field.required && !ticked {
        return Err(Flaw::NotTicked);
    }
    Ok(ticked.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const ASKED: &str = "
steps:
  - wait_for:
      choices: [approve, reject]
      fields:
        note: text
        amount: { type: number, required: true }
        day: date
        sure: { type: boolean, required: true }
        size: { options: [S, M] }
";

    fn asked() -> WaitFor {
        let (plan, findings) = scenario::check(ASKED, &scenario::catalog::Catalog::default());
        let plan = plan.unwrap_or_else(|| panic!("{findings:?}"));
        match &plan.steps[0].kind {
            scenario::plan::Kind::WaitFor(asked) => asked.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn check(given: Value, expected: Value) {
        let accepted = accept(&asked(), given.as_object().unwrap());
        let told = match accepted {
            Ok(accepted) => Value::Object(accepted),
            Err(objections) => objections.into_iter().map(|one| Value::from(one.field)).collect(),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn a_form_is_read_as_its_types() {
        let form = json!({ "choice": "approve", "note": " hi ", "amount": " 12 ", "day": "2026-02-28", "sure": "on",
            "size": "M", "more": "x" });
        check(
            form,
            json!({ "note": " hi ", "amount": 12, "day": "2026-02-28", "sure": true, "size": "M",
            "choice": "approve" }),
        );
        let values = json!({ "choice": "reject", "amount": 1.5, "sure": true });
        check(
            values,
            json!({ "note": null, "amount": 1.5, "day": null, "sure": true, "size": null,
            "choice": "reject" }),
        );
    }

    #[test]
    fn what_does_not_fit_is_named() {
        check(json!({}), json!(["amount", "sure", "choice"]));
        let wrong = json!({ "choice": "maybe", "note": [1], "amount": "much", "day": "2026-02-30", "sure": "perhaps",
            "size": "L" });
        check(wrong, json!(["note", "amount", "day", "sure", "size", "choice"]));
        let long = json!({ "choice": "approve", "note": "x".repeat(LONGEST + 1), "amount": "1e999", "sure": "on" });
        check(long, json!(["note", "amount"]));
    }
}
