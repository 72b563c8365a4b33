//! What an expression or a template would give, for someone who is writing it: on values that are at hand, within the
//! limits that hold for every expression, and without any secret or variable of the environment.

use crate::data;
use crate::diagnostic::{Diagnostic, Place};
use crate::expression::{Expression, ExpressionError, Moment, Names, Piece, Template, nearest};
use crate::secret::{MASK, Secret, Unavailable};
use rhai::{Dynamic, Map};
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;

/// What is previewed.
#[derive(Clone, Copy, Debug)]
pub enum Draft<'a> {
    /// One expression, without braces.
    Expression(&'a str),
    /// A text with `{{ … }}` in it.
    Template(&'a str),
}

/// The values that names have.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    values: BTreeMap<String, Dynamic>,
    environment: Vec<String>,
}

/// Why there is nothing to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For programs: that of a diagnostic (`E0301`) where it cannot be read, else that of an expression's error
    /// (`no_value`, `missing_property`…).
    pub code: &'static str,
    /// For people.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
    /// Where in what was given.
    pub at: Place,
}

impl Scope {
    /// A scope without values, in which `env` has variables of these names.
    pub fn new(environment: impl IntoIterator<Item = String>) -> Self {
        Self { values: BTreeMap::new(), environment: environment.into_iter().collect() }
    }

    /// Gives a name its value, in place of the one it has.
    pub fn set(&mut self, name: impl Into<String>, value: Dynamic) {
        self.values.insert(name.into(), data::share(value));
    }

    /// The value of this name.
    pub fn value(&self, name: &str) -> Option<&Dynamic> {
        self.values.get(name)
    }
}

/// What the draft gives.
pub fn preview(draft: Draft<'_>, scope: &Scope, moment: &Moment) -> Result<Value, Failure> {
    let (Draft::Expression(source) | Draft::Template(source)) = draft;
    let place_of = |offset: usize| place(source, offset);
    let template = match draft {
        Draft::Expression(source) => {
            Expression::compile(source, &place_of).map(Template::Expression).map_err(|found| vec![*found])
        }
        Draft::Template(source) => Template::parse(source, &place_of),
    };
    let template = template.map_err(|found| unreadable(&found))?;
    let names = Masked { scope, is_masked: Cell::new(false) };
    match &template {
        Template::Text(pieces) => {
            let mut text = String::new();
            for piece in pieces {
                match piece {
                    Piece::Text(plain) => text.push_str(plain),
                    Piece::Value(expression) | Piece::Shown(expression) => {
                        text.push_str(&in_text(names.value(expression, moment)?))
                    }
                }
            }
            Ok(text.into())
        }
        Template::Expression(expression) => names.value(expression, moment),
        other => other.render(&names, moment).map_err(|error| names.failure(error)),
    }
}

/// The first of what is wrong.
fn unreadable(found: &[Diagnostic]) -> Failure {
    let Some(Diagnostic { code, message, hint, place, .. }) = found.first() else {
        let message = "this cannot be read".to_owned();
        return Failure { code: "expression", message, hint: None, at: Place { line: 1, column: 1 } };
    };
    Failure { code, message: message.clone(), hint: hint.clone(), at: *place }
}

/// A value among text: null is nothing, a text stands as it is.
fn in_text(value: Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    }
}

/// The place of a character.
fn place(source: &str, offset: usize) -> Place {
    let mut place = Place { line: 1, column: 1 };
    for character in source.chars().take(offset) {
        if character == '\n' {
            place = Place { line: place.line.saturating_add(1), column: 1 };
        } else {
            place.column = place.column.saturating_add(1);
        }
    }
    place
}

/// The scope with `•••` for whatever is not to be seen.
struct Masked<'a> {
    scope: &'a Scope,
    /// Whether a function was given a secret: then what came of it means nothing.
    is_masked: Cell<bool>,
}

impl Masked<'_> {
    fn value(&self, expression: &Expression, moment: &Moment) -> Result<Value, Failure> {
        if expression.secret().is_some() {
            return Ok(MASK.into());
        }
        self.is_masked.set(false);
        let value = expression.eval(self, moment);
        if self.is_masked.get() {
            return Ok(MASK.into());
        }
        value.map(|value| data::to_json(&value)).map_err(|error| self.failure(error))
    }

    fn failure(&self, error: ExpressionError) -> Failure {
        let ExpressionError { code, message, hint, place } = error;
        let meant = match code {
            "no_value" => message.split('`').nth(1).and_then(|name| self.meant(name)),
            _ => None,
        };
        let hint = meant.map(|name| format!("did you mean `{name}`?")).or(hint);
        Failure { code, message, hint, at: place }
    }

    /// The name with a value that is like this one.
    fn meant(&self, name: &str) -> Option<&str> {
        if self.scope.values.contains_key(name) {
            return None;
        }
        nearest(name, self.scope.values.keys().map(String::as_str))
    }
}

impl Names for Masked<'_> {
    fn get(&self, name: &str) -> Option<Dynamic> {
        if name != "env" {
            return self.scope.values.get(name).cloned();
        }
        let variables = self.scope.environment.iter().map(|name| (name.as_str().into(), MASK.into()));
        Some(data::share(variables.collect::<Map>().into()))
    }

    fn secret(&self, _: &str) -> Result<Secret, Unavailable> {
        self.is_masked.set(true);
        Ok(Secret::new(MASK))
    }
}

#[cfg(test)]
mod tests;
