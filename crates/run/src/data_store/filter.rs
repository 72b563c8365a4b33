//! Which records are meant: `where` of a search, and the comparing of values.

use super::DataError;
use serde_json::{Map, Value};
use std::cmp::Ordering;

/// The tests that a field can be put to, by name.
const TESTS: &[(&str, Test)] = &[
    ("is", Test::Is),
    ("not", Test::Not),
    ("gt", Test::Gt),
    ("gte", Test::Gte),
    ("lt", Test::Lt),
    ("lte", Test::Lte),
    ("in", Test::In),
    ("not_in", Test::NotIn),
    ("contains", Test::Contains),
    ("not_contains", Test::NotContains),
    ("starts_with", Test::StartsWith),
    ("ends_with", Test::EndsWith),
    ("exists", Test::Exists),
];

/// Which records are meant: those of which every field passes every test of one of these lists. None: all.
#[derive(Clone, Debug, Default)]
pub struct Filter(Vec<Vec<Clause>>);

#[derive(Clone, Debug)]
struct Clause {
    field: String,
    test: Test,
    with: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Test {
    Is,
    Not,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    NotIn,
    Contains,
    NotContains,
    StartsWith,
    EndsWith,
    Exists,
}

impl Filter {
    /// Reads `{ status: open, total: { gt: 100, lte: 500 } }`: a field's path, and the value it must have or the tests
    /// it must pass.
    pub fn read(fields: &Map<String, Value>) -> Result<Self, DataError> {
        let clauses = clauses(fields)?;
        Ok(Self(if clauses.is_empty() { Vec::new() } else { vec![clauses] }))
    }

    /// The same, or a list of such maps: a record must fit one of them.
    pub fn any(wanted: &Value) -> Result<Self, DataError> {
        let wrong = || DataError::InvalidQuery("`where` is a map of fields, or a list of such maps".into());
        let maps = match wanted {
            Value::Object(fields) => return Self::read(fields),
            Value::Array(maps) => maps,
            _ => return Err(wrong()),
        };
        let all = maps.iter().map(|map| map.as_object().ok_or_else(wrong).and_then(clauses));
        all.collect::<Result<_, _>>().map(Self)
    }

    /// Whether the record of this key holds what is asked for.
    pub(super) fn fits(&self, key: &str, value: &Value) -> Result<bool, DataError> {
        for clauses in &self.0 {
            let mut fits = true;
            for clause in clauses {
                fits = fits && clause.fits(key, field(value, &clause.field))?;
            }
            if fits {
                return Ok(true);
            }
        }
        Ok(self.is_empty())
    }

    /// Whether every record fits.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn clauses(fields: &Map<String, Value>) -> Result<Vec<Clause>, DataError> {
    let mut clauses = Vec::new();
    for (field, wanted) in fields {
        match wanted {
            Value::Object(tests) => {
                for (name, with) in tests {
                    clauses.push(clause(field, name, with)?);
                }
            }
            with => clauses.push(Clause { field: field.clone(), test: Test::Is, with: with.clone() }),
        }
    }
    Ok(clauses)
}

fn clause(field: &str, name: &str, with: &Value) -> Result<Clause, DataError> {
    let test = TESTS.iter().find(|(known, _)| *known == name).map(|(_, test)| *test).ok_or_else(|| {
        let known: Vec<String> = TESTS.iter().map(|(name, _)| format!("`{name}`")).collect();
        DataError::InvalidQuery(format!(
            "`where.{field}`: `{name}` is no test; these are: {}. A map to be equal to stands under `is`",
            known.join(", ")
        ))
    })?;
    let wanted = match (test, with) {
        (Test::In | Test::NotIn, Value::Array(_)) | (Test::Exists, Value::Bool(_)) => None,
        (Test::StartsWith | Test::EndsWith, Value::String(_)) => None,
        (Test::In | Test::NotIn, _) => Some("a list"),
        (Test::Exists, _) => Some("`true` or `false`"),
        (Test::StartsWith | Test::EndsWith, _) => Some("a text"),
        (Test::Gt | Test::Gte | Test::Lt | Test::Lte, Value::Number(_) | Value::String(_)) => None,
        (Test::Gt | Test::Gte | Test::Lt | Test::Lte, _) => Some("a number or a text"),
        _ => None,
    };
    match wanted {
        Some(wanted) => Err(DataError::InvalidQuery(format!("`where.{field}.{name}` takes {wanted}"))),
        None => Ok(Clause { field: field.to_owned(), test, with: with.clone() }),
    }
}

impl Clause {
    fn fits(&self, key: &str, found: Option<&Value>) -> Result<bool, DataError> {
        let found = match (self.test, found) {
            (Test::Exists, found) => return Ok(Value::Bool(found.is_some()) == self.with),
            (Test::Not | Test::NotIn | Test::NotContains, None) => return Ok(true),
            (_, None) => return Ok(false),
            (_, Some(found)) => found,
        };
        Ok(match self.test {
            Test::Is => same(found, &self.with),
            Test::Not => !same(found, &self.with),
            Test::In => self.lists(found),
            Test::NotIn => !self.lists(found),
            Test::Contains => contains(found, &self.with),
            Test::NotContains => !contains(found, &self.with),
            Test::StartsWith => texts(found, &self.with).is_some_and(|(text, start)| text.starts_with(start)),
            Test::EndsWith => texts(found, &self.with).is_some_and(|(text, end)| text.ends_with(end)),
            Test::Gt => self.order(key, found)?.is_some_and(Ordering::is_gt),
            Test::Gte => self.order(key, found)?.is_some_and(Ordering::is_ge),
            Test::Lt => self.order(key, found)?.is_some_and(Ordering::is_lt),
            Test::Lte => self.order(key, found)?.is_some_and(Ordering::is_le),
            Test::Exists => true,
        })
    }

    /// Whether what is found is in the list that is asked for.
    fn lists(&self, found: &Value) -> bool {
        self.with.as_array().is_some_and(|list| list.iter().any(|one| same(found, one)))
    }

    /// Null is neither more nor less than anything; things of different kinds are not compared in silence.
    fn order(&self, key: &str, found: &Value) -> Result<Option<Ordering>, DataError> {
        match (found, &self.with) {
            (Value::Null, _) => Ok(None),
            (Value::Number(_), Value::Number(_)) | (Value::String(_), Value::String(_)) => {
                Ok(Some(compare(found, &self.with)))
            }
            (_, with) => Err(DataError::WrongType(format!(
                "`{}` of the record `{key}` is {found}, which cannot be compared with {with}",
                self.field
            ))),
        }
    }
}

/// Both, if they are texts.
fn texts<'v>(found: &'v Value, with: &'v Value) -> Option<(&'v str, &'v str)> {
    found.as_str().zip(with.as_str())
}

/// The field at this path: `address.city`, `lines.0.sku`. A key that holds the dots itself comes first.
pub(super) fn field<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.split('.').try_fold(value, |value, name| match value {
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        other => other.get(name),
    })
}

/// Whether two values are the same; 1 and 1.0 are.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => compare(a, b).is_eq(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// An order over all values: nothing, false, true, numbers, texts, everything else.
pub(super) fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().unwrap_or(f64::NAN).total_cmp(&b.as_f64().unwrap_or(f64::NAN)),
        },
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(false) => 1,
        Value::Bool(true) => 2,
        Value::Number(_) => 3,
        Value::String(_) => 4,
        Value::Array(_) | Value::Object(_) => 5,
    }
}

fn contains(found: &Value, with: &Value) -> bool {
    match (found, with) {
        (Value::String(text), Value::String(part)) => text.contains(part.as_str()),
        (Value::Array(items), with) => items.iter().any(|item| same(item, with)),
        (Value::Object(map), Value::String(key)) => map.contains_key(key),
        _ => false,
    }
}
