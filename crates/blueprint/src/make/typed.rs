//! Expressions with what is known of their values: where Make converts in silence, ours say so, and where the type is
//! known there is nothing to say.

use crate::ours::{Expr, Operator, Part};

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    /// Not known before it is there.
    Any,
    /// A text.
    Text,
    /// A number.
    Number,
    /// True or false.
    Bool,
    /// A moment, which is a text here.
    Date,
    /// A list.
    List,
    /// A map.
    Map,
}

/// An expression with what is known of its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Typed {
    /// The expression.
    pub(crate) expr: Expr,
    /// What its value is.
    pub(crate) of: Type,
    /// Whether it may be `()`.
    pub(crate) may_miss: bool,
}

impl Typed {
    /// A value that is always there.
    pub(crate) fn sure(expr: Expr, of: Type) -> Self {
        Self { expr, of, may_miss: false }
    }

    /// A value that may be missing.
    pub(crate) fn maybe(expr: Expr, of: Type) -> Self {
        Self { expr, of, may_miss: true }
    }

    /// A text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::sure(Expr::text(text), Type::Text)
    }

    /// What an argument that was left out is.
    pub(crate) fn nothing() -> Self {
        Self::maybe(Expr::Nothing, Type::Any)
    }

    /// The text, where it is known already.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match &self.expr {
            Expr::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Whether it is an argument that was left out.
    pub(crate) fn is_nothing(&self) -> bool {
        self.expr == Expr::Nothing
    }

    /// As a text: nothing is an empty one.
    pub(crate) fn into_text(self) -> Expr {
        match (self.of, self.expr) {
            (_, Expr::Nothing) => Expr::text(""),
            (_, Expr::Int(number)) => Expr::text(number.to_string()),
            (_, Expr::Float(number)) => Expr::text(number.to_string()),
            (_, Expr::Bool(value)) => Expr::text(value.to_string()),
            (Type::Text | Type::Date, expr) if self.may_miss => expr.or_else(Expr::text("")),
            (Type::Text | Type::Date, expr) => expr,
            (Type::List, expr) => expr.method("join", [Expr::text(",")]),
            (_, expr) => expr.method("to_text", []),
        }
    }

    /// As a part of a longer text, which writes any value.
    pub(crate) fn into_part(self) -> Part {
        match (self.of, self.expr) {
            (_, Expr::Text(text)) => Part::Literal(text),
            (_, Expr::Nothing) => Part::Literal(String::new()),
            (Type::List, expr) => Part::Value(expr.method("join", [Expr::text(",")])),
            (_, expr) => Part::Value(expr),
        }
    }

    /// As a number: a text is read as one.
    pub(crate) fn into_number(self) -> Expr {
        match (self.of, self.expr) {
            (_, Expr::Nothing) => Expr::Int(0),
            (Type::Number, expr) => expr,
            (_, Expr::Text(text)) => number_in(&text).unwrap_or_else(|| Expr::Text(text).method("parse_number", [])),
            (_, expr) if self.may_miss => expr.method("if_empty", [Expr::Int(0)]).method("parse_number", []),
            (_, expr) => expr.method("parse_number", []),
        }
    }

    /// As a list: what is none is a list of one.
    pub(crate) fn into_list(self) -> Expr {
        match (self.of, self.expr) {
            (_, Expr::Nothing) => Expr::List(Vec::new()),
            (Type::List, expr) if self.may_miss => expr.or_else(Expr::List(Vec::new())),
            (Type::List, expr) => expr,
            (_, expr) => expr.method("to_list", []),
        }
    }

    /// As a moment.
    pub(crate) fn into_date(self) -> Expr {
        self.expr
    }

    /// As a condition: of a text, all but an empty one and `false` is true; of anything else, all but nothing and false.
    pub(crate) fn into_condition(self) -> Expr {
        match (self.of, self.expr) {
            (_, Expr::Nothing) => Expr::Bool(false),
            (_, Expr::Text(text)) => Expr::Bool(!text.is_empty() && text != "false"),
            (Type::Bool, expr) if self.may_miss => expr.or_else(Expr::Bool(false)),
            (Type::Bool, expr) => expr,
            (Type::Number | Type::Date | Type::Map | Type::List, expr) if self.may_miss => {
                expr.binary(Operator::Unequal, Expr::Nothing)
            }
            (Type::Number | Type::Date | Type::Map | Type::List, _) => Expr::Bool(true),
            (_, expr) => {
                let falsy = Expr::List(vec![Expr::text(""), Expr::text("false")]);
                Expr::Not(Box::new(expr.method("to_text", []).binary(Operator::In, falsy)))
            }
        }
    }
}

/// The number that a text says.
pub(crate) fn number_in(text: &str) -> Option<Expr> {
    let text = text.trim();
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    if !plain {
        return None;
    }
    let whole = text.parse::<i64>().ok().map(Expr::Int);
    whole.or_else(|| text.parse::<f64>().ok().map(Expr::Float))
}

/// A number as people write it.
pub(crate) fn number(number: f64) -> Expr {
    if number.fract() == 0.0 && number.abs() < 9e15 { Expr::Int(number as i64) } else { Expr::Float(number) }
}

/// Whether two values are the same, as Make compares: a number and its text are.
pub(crate) fn equal(left: Typed, right: Typed) -> Expr {
    let (left, right) = match (&left.expr, &right.expr) {
        // What is known stands on the right.
        (Expr::Text(_) | Expr::Int(_) | Expr::Float(_) | Expr::Bool(_), other) if !is_known(other) => (right, left),
        _ => (left, right),
    };
    let compared = |left: Expr, right: Expr| left.binary(Operator::Equal, right);
    match (left.of, right.of) {
        (_, _) if right.is_nothing() => compared(left.expr, Expr::Nothing),
        (Type::Number, Type::Number) => compared(left.expr, right.expr),
        (Type::Bool, Type::Bool) => compared(left.expr, right.expr),
        (Type::Bool, Type::Text) if right.as_literal() == Some("true") => left.into_condition(),
        (Type::Bool, Type::Text) if right.as_literal() == Some("false") => left.into_condition().negated(),
        (Type::Number, Type::Text) | (Type::Text, Type::Number) if number_of(&right).is_some() => {
            let number = number_of(&right).unwrap_or(Expr::Nothing);
            compared(left.into_number(), number)
        }
        (Type::Date, _) | (_, Type::Date) => left.into_date().method("is_same", [right.into_date()]),
        (Type::List | Type::Map, _) | (_, Type::List | Type::Map) => left.expr.method("same_as", [right.expr]),
        _ => compared(left.into_text(), right.into_text()),
    }
}

fn is_known(expr: &Expr) -> bool {
    matches!(expr, Expr::Text(_) | Expr::Int(_) | Expr::Float(_) | Expr::Bool(_))
}

fn number_of(typed: &Typed) -> Option<Expr> {
    match &typed.expr {
        Expr::Text(text) => number_in(text),
        expr @ (Expr::Int(_) | Expr::Float(_)) => Some(expr.clone()),
        _ => None,
    }
}
