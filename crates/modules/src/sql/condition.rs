//! `where`: which rows are meant, column by column, as the data stores have it.

use super::statement::Draft;
use crate::spec::invalid;
use run::error::StepError;
use serde_json::{Map, Value};

/// How many values a column may be compared with in one test.
const MOST: usize = 10_000;

/// ` WHERE …` after what the draft holds; nothing, where no column is named.
pub(super) fn add(draft: &mut Draft, conditions: &Map<String, Value>) -> Result<(), StepError> {
    let mut joint = " WHERE ";
    for (column, condition) in conditions {
        for (test, value) in tests(condition) {
            draft.words(joint);
            joint = " AND ";
            one(draft, column, test, value)?;
        }
    }
    Ok(())
}

/// What stands in a condition: a value, a list of values, or tests by name.
fn tests(condition: &Value) -> Vec<(&str, &Value)> {
    match condition {
        Value::Array(_) => vec![("in", condition)],
        Value::Object(tests) if !tests.is_empty() => tests.iter().map(|(test, value)| (test.as_str(), value)).collect(),
        _ => vec![("is", condition)],
    }
}

fn one(draft: &mut Draft, column: &str, test: &str, value: &Value) -> Result<(), StepError> {
    let compared = match (test, value) {
        ("is", Value::Null) | ("exists", Value::Bool(false)) => return null(draft, column, " IS NULL"),
        ("not", Value::Null) | ("exists", Value::Bool(true)) => return null(draft, column, " IS NOT NULL"),
        ("in", Value::Array(values)) => return among(draft, column, values),
        ("contains" | "starts_with", Value::String(text)) => return like(draft, column, test, text),
        ("is", _) => " = ",
        ("not", _) => " <> ",
        ("gt", _) => " > ",
        ("gte", _) => " >= ",
        ("lt", _) => " < ",
        ("lte", _) => " <= ",
        _ => {
            return Err(invalid(format!("`where.{column}`: `{test}` is no test that fits"))
                .hint("`is`, `not`, `gt`, `gte`, `lt`, `lte`, `in` with a list, `contains` and `starts_with` with a text, `exists` with true or false"));
        }
    };
    draft.name(column)?.words(compared).value(value.clone());
    Ok(())
}

fn null(draft: &mut Draft, column: &str, words: &str) -> Result<(), StepError> {
    draft.name(column)?.words(words);
    Ok(())
}

fn among(draft: &mut Draft, column: &str, values: &[Value]) -> Result<(), StepError> {
    if values.len() > MOST {
        return Err(invalid(format!("`where.{column}` has {} values; {MOST} are the most", values.len())));
    }
    if values.is_empty() {
        draft.words("1 = 0");
        return Ok(());
    }
    draft.name(column)?.words(" IN (");
    for (index, value) in values.iter().enumerate() {
        draft.words(if index == 0 { "" } else { ", " }).value(value.clone());
    }
    draft.words(")");
    Ok(())
}

fn like(draft: &mut Draft, column: &str, test: &str, text: &str) -> Result<(), StepError> {
    let mut pattern = if test == "contains" { "%".to_owned() } else { String::new() };
    for character in text.chars() {
        if matches!(character, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(character);
    }
    pattern.push('%');
    draft.name(column)?.words(" LIKE ").value(pattern.into()).words(" ESCAPE '!'");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::database::Dialect;
    use super::*;
    use serde_json::json;

    fn written(conditions: Value) -> Result<(String, Vec<Value>), StepError> {
        let mut draft = Draft::new(Dialect::Postgres, "");
        add(&mut draft, conditions.as_object().unwrap())?;
        let statement = draft.done();
        Ok((statement.sql, statement.values))
    }

    #[test]
    fn conditions_become_tests_of_columns() {
        let check = |conditions: Value, sql: &str, values: Value| {
            let (written, places) = written(conditions).unwrap();
            assert_eq!((written.trim_start_matches(" WHERE "), Value::from(places)), (sql, values));
        };
        check(json!({}), "", json!([]));
        check(json!({ "a": 1, "b": "x" }), r#""a" = $1 AND "b" = $2"#, json!([1, "x"]));
        check(json!({ "a": null }), r#""a" IS NULL"#, json!([]));
        check(json!({ "a": { "not": null } }), r#""a" IS NOT NULL"#, json!([]));
        check(json!({ "a": { "exists": false } }), r#""a" IS NULL"#, json!([]));
        check(json!({ "a": [1, 2] }), r#""a" IN ($1, $2)"#, json!([1, 2]));
        check(json!({ "a": { "in": [] } }), "1 = 0", json!([]));
        check(json!({ "a": { "gte": 1, "lt": 5 } }), r#""a" >= $1 AND "a" < $2"#, json!([1, 5]));
        check(json!({ "a": { "contains": "50%!" } }), r#""a" LIKE $1 ESCAPE '!'"#, json!(["%50!%!!%"]));
        check(json!({ "a": { "starts_with": "a_" } }), r#""a" LIKE $1 ESCAPE '!'"#, json!(["a!_%"]));
    }

    #[test]
    fn what_is_no_test_is_refused() {
        for conditions in [
            json!({ "a": { "= 1 or": 1 } }),
            json!({ "a": { "in": 1 } }),
            json!({ "a": { "contains": 1 } }),
            json!({ "a": { "exists": "yes" } }),
            json!({ "": 1 }),
        ] {
            assert_eq!(written(conditions.clone()).unwrap_err().code, "invalid_parameters", "{conditions}");
        }
    }
}
