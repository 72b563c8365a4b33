//! What a call is made with, before secrets are put in. Where they belong is kept apart from the value, so that nothing
//! in the value, wherever it came from, can be taken for a secret.

use super::{Expression, ExpressionError, Key, Moment, Names, Piece, Template, template};
use crate::secret::{MASK, Secret};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A value with `•••` for each secret, and where the secrets belong.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sealed {
    /// The value as it may be shown.
    pub value: Value,
    /// The texts that secrets are missing from.
    pub holes: Vec<Hole>,
}

/// A text from which secrets are missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Where the text stands in the value (JSON Pointer, RFC 6901).
    pointer: String,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Secret(Arc<str>),
}

impl Hole {
    /// Puts the secrets in, each as `read` gives it.
    pub fn fill<E>(&self, value: &mut Value, read: &mut impl FnMut(&str) -> Result<Secret, E>) -> Result<(), E> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Secret(name) => text.push_str(read(name)?.reveal()),
            }
        }
        if let Some(place) = value.pointer_mut(&self.pointer) {
            *place = text.into();
        }
        Ok(())
    }
}

impl Template {
    /// Its value, without the secrets that stand in it alone or among text.
    pub fn seal(&self, names: &dyn Names, moment: &Moment) -> Result<Sealed, ExpressionError> {
        let mut sealing = Sealing { names, moment, pointer: String::new(), holes: Vec::new() };
        let value = sealing.value(self)?;
        Ok(Sealed { value, holes: sealing.holes })
    }
}

struct Sealing<'a> {
    names: &'a dyn Names,
    moment: &'a Moment,
    /// Where the walk has come to.
    pointer: String,
    holes: Vec<Hole>,
}

type Result<T, E = ExpressionError> = std::result::Result<T, E>;

impl Sealing<'_> {
    fn value(&mut self, template: &Template) -> Result<Value> {
        match template {
            Template::Expression(expression) if expression.secret().is_some() => {
                Ok(self.hole(vec![self.part(expression)?]))
            }
            Template::Text(pieces) if pieces.iter().any(names_secret) => {
                let parts = pieces.iter().map(|piece| match piece {
                    Piece::Text(text) => Ok(Part::Text(text.clone())),
                    Piece::Value(expression) => self.part(expression),
                    Piece::Shown(expression) if expression.secret().is_some() => self.part(expression),
                    Piece::Shown(expression) => template::shown(expression, self.names, self.moment).map(Part::Text),
                });
                let parts = parts.collect::<Result<_>>()?;
                Ok(self.hole(parts))
            }
            Template::List(items) => {
                let items = items.iter().enumerate();
                items.map(|(number, item)| self.within(&number.to_string(), item)).collect()
            }
            Template::Map(entries) => self.map(entries),
            Template::Literal(_) | Template::Expression(_) | Template::Text(_) => {
                template.render(self.names, self.moment)
            }
        }
    }

    fn map(&mut self, entries: &[(Key, Template)]) -> Result<Value> {
        let mut map = Map::new();
        for (key, item) in entries {
            let key = key.text(self.names, self.moment)?.into_owned();
            if map.contains_key(&key) {
                // What an earlier key of the same name had in it goes with it.
                let before = format!("{}{}", self.pointer, segment(&key));
                self.holes.retain(|hole| hole.pointer != before && !hole.pointer.starts_with(&format!("{before}/")));
            }
            let value = self.within(&key, item)?;
            map.insert(key, value);
        }
        Ok(map.into())
    }

    fn within(&mut self, key: &str, item: &Template) -> Result<Value> {
        let length = self.pointer.len();
        self.pointer.push_str(&segment(key));
        let value = self.value(item);
        self.pointer.truncate(length);
        value
    }

    fn part(&self, expression: &Expression) -> Result<Part> {
        match expression.secret() {
            Some((name, _)) => Ok(Part::Secret(name.into())),
            None => template::text_of(expression, self.names, self.moment).map(Part::Text),
        }
    }

    fn hole(&mut self, parts: Vec<Part>) -> Value {
        let shown = parts.iter().map(|part| match part {
            Part::Text(text) => text.as_str(),
            Part::Secret(_) => MASK,
        });
        let shown: String = shown.collect();
        self.holes.push(Hole { pointer: self.pointer.clone(), parts });
        shown.into()
    }
}

fn names_secret(piece: &Piece) -> bool {
    matches!(piece, Piece::Value(expression) | Piece::Shown(expression) if expression.secret().is_some())
}

/// `/` and the key, escaped (RFC 6901 §3).
fn segment(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}

#[cfg(test)]
mod tests;
