//! Templates: values of a scenario's text with `{{ … }}` in their strings. What an expression gives is never read as a
//! template again.

use super::braces::{self, Part};
use super::value::{self, write_text};
use super::{Expression, ExpressionError, Moment, Names, diagnostics, fault};
use crate::data::{self, Json};
use crate::diagnostic::{Diagnostic, Place};
use crate::functions::escaped;
use rhai::Dynamic;
use serde_json::Value;
use std::borrow::Cow;

/// The function whose value is markup.
const RAW: &str = "raw_html";

/// A value of the text with expressions in it.
#[derive(Clone, Debug)]
pub enum Template {
    /// Nothing to evaluate.
    Literal(Value),
    /// A string that is one expression: keeps the value's type.
    Expression(Expression),
    /// A string with expressions in it: values are written into the text.
    Text(Vec<Piece>),
    /// A list of which some item has expressions.
    List(Vec<Template>),
    /// A map of which some key or value has expressions, in the author's order. Of keys that turn out to be the same,
    /// the last one's value counts.
    Map(Vec<(Key, Template)>),
}

/// A key of a map.
#[derive(Clone, Debug)]
pub enum Key {
    /// As it stands.
    Text(String),
    /// With expressions in it: they must give a text, a number or true or false.
    Computed(Template),
}

/// A part of a text template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The value, as text.
    Value(Expression),
    /// The value, as text within HTML: what would be markup is shown as it is written.
    Shown(Expression),
}

impl Template {
    /// The template of one string. `\{{` stands for `{{` as text.
    pub fn parse(text: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Vec<Diagnostic>> {
        let mut pieces = Vec::new();
        let mut found = Vec::new();
        for part in braces::split(text) {
            match part {
                Part::Text(text) => pieces.push(Piece::Text(text)),
                Part::Unclosed(at) => found.push(diagnostics::unclosed(place_of(at))),
                Part::Expression { source, start } => {
                    match Expression::compile(&source, &|offset| place_of(start + offset)) {
                        Ok(expression) => pieces.push(Piece::Value(expression)),
                        Err(diagnostic) => found.push(*diagnostic),
                    }
                }
            }
        }
        if found.is_empty() { Ok(Self::of(pieces)) } else { Err(found) }
    }

    /// Its value, in the author's order.
    pub fn render(&self, names: &dyn Names, moment: &Moment) -> Result<Value, ExpressionError> {
        Ok(match self {
            Self::Literal(value) => value.clone(),
            Self::Expression(expression) => data::to_json(&expression.eval(names, moment)?),
            Self::Text(pieces) => write_pieces(pieces, names, moment)?.into(),
            Self::List(items) => items.iter().map(|item| item.render(names, moment)).collect::<Result<_, _>>()?,
            Self::Map(entries) => entries
                .iter()
                .map(|(key, item)| Ok((key.text(names, moment)?.into_owned(), item.render(names, moment)?)))
                .collect::<Result<_, _>>()?,
        })
    }

    /// Its value as expressions see it.
    pub fn value(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        Ok(match self {
            Self::Literal(literal) => data::of(literal),
            Self::Expression(expression) => expression.eval(names, moment)?,
            Self::Text(pieces) => write_pieces(pieces, names, moment)?.into(),
            Self::List(items) => {
                value::list(items.iter().map(|item| item.value(names, moment)).collect::<Result<_, _>>()?)
            }
            Self::Map(entries) => value::map(
                entries
                    .iter()
                    .map(|(key, item)| Ok((key.text(names, moment)?.as_ref().into(), item.value(names, moment)?)))
                    .collect::<Result<_, _>>()?,
            ),
        })
    }

    /// Writes its JSON text, in the author's order.
    pub fn write_json(&self, names: &dyn Names, moment: &Moment, out: &mut Vec<u8>) -> Result<(), ExpressionError> {
        match self {
            Self::Literal(literal) => write(literal, out),
            Self::Expression(expression) => write(&Json(&expression.eval(names, moment)?), out),
            Self::Text(pieces) => write(&write_pieces(pieces, names, moment)?, out),
            Self::List(items) => {
                out.push(b'[');
                for (position, item) in items.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    item.write_json(names, moment, out)?;
                }
                out.push(b']');
            }
            Self::Map(entries) if entries.iter().any(|(key, _)| matches!(key, Key::Computed(_))) => {
                write(&self.render(names, moment)?, out);
            }
            Self::Map(entries) => {
                out.push(b'{');
                for (position, (key, item)) in entries.iter().enumerate() {
                    if position > 0 {
                        out.push(b',');
                    }
                    write(&key.text(names, moment)?, out);
                    out.push(b':');
                    item.write_json(names, moment, out)?;
                }
                out.push(b'}');
            }
        }
        Ok(())
    }

    /// Its value as text: a text as it is, null as nothing, anything else as JSON.
    pub fn text(&self, names: &dyn Names, moment: &Moment) -> Result<String, ExpressionError> {
        match self {
            Self::Literal(Value::String(text)) => Ok(text.clone()),
            Self::Literal(Value::Null) => Ok(String::new()),
            Self::Literal(other) => Ok(other.to_string()),
            Self::Expression(expression) => text_of(expression, names, moment),
            Self::Text(pieces) => write_pieces(pieces, names, moment),
            Self::List(_) | Self::Map(_) => {
                let mut json = Vec::new();
                self.write_json(names, moment, &mut json)?;
                Ok(String::from_utf8_lossy(&json).into_owned())
            }
        }
    }

    /// All expressions in it.
    pub fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Expression(expression) => vec![expression],
            Self::Text(pieces) => pieces
                .iter()
                .filter_map(|piece| match piece {
                    Piece::Text(_) => None,
                    Piece::Value(expression) | Piece::Shown(expression) => Some(expression),
                })
                .collect(),
            Self::List(items) => items.iter().flat_map(Self::expressions).collect(),
            Self::Map(entries) => {
                entries.iter().flat_map(|(key, item)| [key.expressions(), item.expressions()]).flatten().collect()
            }
        }
    }

    /// The same where the text is HTML: what expressions give is text in it, and no markup, but for what `raw_html` says.
    #[must_use]
    pub fn in_html(self) -> Self {
        let shown = |piece| match piece {
            Piece::Value(expression) if !expression.is_call_of(RAW) => Piece::Shown(expression),
            other => other,
        };
        match self {
            Self::Expression(expression) if !expression.is_call_of(RAW) => Self::Text(vec![Piece::Shown(expression)]),
            Self::Text(pieces) => Self::Text(pieces.into_iter().map(shown).collect()),
            other => other,
        }
    }

    /// A lone expression keeps its value's type, text alone is a literal, anything else is put together.
    fn of(mut pieces: Vec<Piece>) -> Self {
        if pieces.len() > 1 {
            return Self::Text(pieces);
        }
        match pieces.pop() {
            None => Self::Literal(Value::String(String::new())),
            Some(Piece::Text(text)) => Self::Literal(Value::String(text)),
            Some(Piece::Value(expression)) => Self::Expression(expression),
            Some(shown @ Piece::Shown(_)) => Self::Text(vec![shown]),
        }
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Key {
    /// The key as it is in the value.
    pub(super) fn text(&self, names: &dyn Names, moment: &Moment) -> Result<Cow<'_, str>, ExpressionError> {
        let template = match self {
            Self::Text(text) => return Ok(text.into()),
            Self::Computed(template) => template,
        };
        if let Template::Expression(expression) = template {
            let value = expression.eval(names, moment)?;
            if !matches!(value::kind_of(&value), "text" | "number" | "bool") {
                let fault = fault::unsuitable("a key", "a text", &value);
                return Err(fault::into_error(*fault::placed(fault, expression.root().place)));
            }
            let mut text = String::new();
            write_text(&value, &mut text);
            return Ok(text.into());
        }
        template.text(names, moment).map(Cow::from)
    }

    /// The key, where nothing is to be computed.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Computed(_) => None,
        }
    }

    fn expressions(&self) -> Vec<&Expression> {
        match self {
            Self::Text(_) => Vec::new(),
            Self::Computed(template) => template.expressions(),
        }
    }
}

/// The value of an expression as text.
pub(super) fn text_of(expression: &Expression, names: &dyn Names, moment: &Moment) -> Result<String, ExpressionError> {
    let mut text = String::new();
    write_text(&expression.eval(names, moment)?, &mut text);
    Ok(text)
}

/// The same as a part of HTML.
pub(super) fn shown(expression: &Expression, names: &dyn Names, moment: &Moment) -> Result<String, ExpressionError> {
    text_of(expression, names, moment).map(|text| escaped(&text))
}

fn write_pieces(pieces: &[Piece], names: &dyn Names, moment: &Moment) -> Result<String, ExpressionError> {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            Piece::Text(plain) => text.push_str(plain),
            Piece::Value(expression) => write_text(&expression.eval(names, moment)?, &mut text),
            Piece::Shown(expression) => text.push_str(&shown(expression, names, moment)?),
        }
    }
    Ok(text)
}

fn write(value: &impl serde::Serialize, out: &mut Vec<u8>) {
    // Writing to memory cannot fail, and our values have text keys only.
    let _ = serde_json::to_writer(out, value);
}
