//! What modules are given, in our language: strings with expressions, lists and maps of them.

use super::bundles::Known;
use super::expression::translate;
use super::iml::{Iml, Piece, Reference, Segment, parse};
use super::typed::{Type, Typed};
use crate::draft::Data;
use crate::ours::{Expr, Part, Text};
use crate::report::Expressions;
use serde_json::Value;

/// The longest string that is searched for expressions.
const LONGEST: usize = 1 << 20;

/// Translates values, and counts what it could not.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// What the modules gave.
    pub(super) known: Known,
    /// How many expressions there were.
    pub(super) counted: Expressions,
    /// Why some were not translated, since somebody last looked.
    pub(super) problems: Vec<String>,
}

impl Values {
    /// A string.
    pub(super) fn typed(&mut self, text: &str) -> Typed {
        if text.len() > LONGEST || !text.contains("{{") {
            return Typed::text(text);
        }
        let pieces = parse(text).pieces;
        if let [Piece::Value(iml)] = pieces.as_slice() {
            return self.expression(iml, text).unwrap_or_else(|| Typed::text(text));
        }
        let parts = pieces.into_iter().map(|piece| self.part(piece));
        let parts: Vec<Part> = parts.collect();
        Typed::sure(Text::of(parts).into_expr(), Type::Text)
    }

    fn part(&mut self, piece: Piece) -> Part {
        match piece {
            Piece::Text(text) => Part::Literal(text),
            Piece::Unreadable(text) => {
                self.counted.total += 1;
                self.problems.push(format!("`{text}` is no expression"));
                Part::Literal(text)
            }
            Piece::Value(iml) => match self.expression(&iml, "an expression") {
                Some(typed) => typed.into_part(),
                None => Part::Literal(String::new()),
            },
        }
    }

    fn expression(&mut self, iml: &Iml, text: &str) -> Option<Typed> {
        self.counted.total += 1;
        let counted_column = counted_column(iml).filter(|reference| self.known.all.contains(&reference.module));
        let counted_column = counted_column.map(Iml::Reference);
        let iml = counted_column.as_ref().unwrap_or(iml);
        let mut unknown = None;
        iml.each_reference(&mut |reference| {
            if !self.known.all.contains(&reference.module) {
                unknown = Some(reference.module.clone());
            }
        });
        if let Some(unknown) = unknown {
            self.problems
                .push(format!("it reads the output of the module {unknown}, which the blueprint does not have"));
        }
        match translate(iml, &self.known) {
            Ok(typed) => {
                self.counted.translated += 1;
                Some(typed)
            }
            Err(reason) => {
                self.problems.push(format!("{text}: {reason}"));
                None
            }
        }
    }

    /// A string as it stands in a scenario.
    pub(super) fn text(&mut self, text: &str) -> Text {
        let plain = text.replace("\r\n", "\n");
        match self.typed(&plain).expr {
            Expr::Text(text) => Text::literal(text),
            Expr::Joined(parts) => Text::of(parts),
            expr => Text::value(expr),
        }
    }

    /// A string that is a text whatever the value of its expression is: what is missing is an empty one.
    pub(super) fn as_text(&mut self, text: &str) -> Data {
        let typed = self.typed(&text.replace("\r\n", "\n"));
        match typed.expr {
            Expr::Joined(parts) => Data::Text(Text::of(parts)),
            Expr::Text(text) => Data::text(text),
            _ => Data::value(typed.into_text()),
        }
    }

    /// JSON that was written by hand: what stands in quotes is a text there.
    pub(super) fn json(&mut self, value: &Value) -> Data {
        match value {
            Value::String(text) => self.as_text(text),
            Value::Array(items) => Data::List(items.iter().map(|item| self.json(item)).collect()),
            Value::Object(entries) => {
                Data::Map(entries.iter().map(|(key, value)| (key.clone(), self.json(value))).collect())
            }
            other => Data::of(other),
        }
    }

    /// Any value.
    pub(super) fn data(&mut self, value: &Value) -> Data {
        match value {
            Value::String(text) => {
                let text = self.text(text);
                known(&text).unwrap_or(Data::Text(text))
            }
            Value::Array(items) => Data::List(items.iter().map(|item| self.data(item)).collect()),
            Value::Object(entries) => {
                Data::Map(entries.iter().map(|(key, value)| (key.clone(), self.data(value))).collect())
            }
            other => Data::of(other),
        }
    }

    /// Any value as an expression.
    pub(super) fn expr(&mut self, value: &Value) -> Typed {
        match value {
            Value::String(text) => self.typed(text),
            Value::Bool(value) => Typed::sure(Expr::Bool(*value), Type::Bool),
            Value::Number(_) => Typed::sure(Data::of(value).into_expr(), Type::Number),
            Value::Null => Typed::nothing(),
            Value::Array(_) => Typed::sure(self.data(value).into_expr(), Type::List),
            Value::Object(_) => Typed::sure(self.data(value).into_expr(), Type::Map),
        }
    }
}

/// `{{3.2}}`, as people write it by hand, is the third column of what the module 3 gave, and no number.
pub(super) fn counted_column(iml: &Iml) -> Option<Reference> {
    let Iml::Number(number) = iml else { return None };
    let text = number.to_string();
    let (module, column) = text.split_once('.')?;
    Some(Reference { module: module.to_owned(), path: vec![Segment::Key(column.to_owned())] })
}

/// A value where a number, true or false is wanted: what a text says.
pub(super) fn fitted(data: Data, wanted: &str) -> Data {
    let Some(text) = data.as_literal() else {
        return match (wanted, data) {
            ("array", data @ (Data::Text(_) | Data::Map(_) | Data::Number(_))) if !holds_expression(&data) => {
                Data::List(vec![data])
            }
            ("string", Data::Number(number)) => Data::text(number.to_string()),
            (_, data) => data,
        };
    };
    match wanted {
        "integer" => text.trim().parse().map_or(data.clone(), |number: i64| Data::int(number)),
        "number" => match super::typed::number_in(text) {
            Some(Expr::Int(number)) => Data::int(number),
            Some(Expr::Float(number)) => serde_json::Number::from_f64(number).map_or(data.clone(), Data::Number),
            _ => data,
        },
        "boolean" => match text {
            "true" | "yes" => Data::Bool(true),
            "false" | "no" => Data::Bool(false),
            _ => data,
        },
        "array" => Data::List(vec![data]),
        _ => data,
    }
}

/// What is known already needs no braces.
fn known(text: &Text) -> Option<Data> {
    Some(match text.as_value()? {
        Expr::Nothing => Data::Null,
        Expr::Bool(value) => Data::Bool(*value),
        Expr::Int(number) => Data::int(*number),
        Expr::List(items) if items.is_empty() => Data::List(Vec::new()),
        _ => return None,
    })
}

fn holds_expression(data: &Data) -> bool {
    matches!(data, Data::Text(text) if text.as_literal().is_none())
}
