//! Expressions of our language as a tree: what translators of other languages make, and write as people would.

mod render;

use std::mem;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// `()`.
    Nothing,
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// A text.
    Text(String),
    /// `trigger`, the id of a step, the item of a loop, the parameter of a closure.
    Name(String),
    /// `of.key`.
    Field(Box<Expr>, String, Presence),
    /// `of[position]`, or the key of a map that is computed.
    Item(Box<Expr>, Box<Expr>, Presence),
    /// `of.name(arguments)`.
    Method(Box<Expr>, String, Vec<Expr>),
    /// `name(arguments)`.
    Call(String, Vec<Expr>),
    /// `!x`.
    Not(Box<Expr>),
    /// `-x`.
    Minus(Box<Expr>),
    /// `a + b`.
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `if … { … } else { … }`.
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[a, b]`.
    List(Vec<Expr>),
    /// `#{a: 1}`.
    Map(Vec<(String, Expr)>),
    /// `|a| …`.
    Closure(Vec<String>, Box<Expr>),
    /// `` `… ${a} …` ``: a text with values in it.
    Joined(Vec<Part>),
}

/// Whether what is read must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// It is an error where it is not.
    Must,
    /// `?.`: then the value is `()`.
    May,
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `in`
    In,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `??`
    Default,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Times,
    /// `/`
    Divided,
    /// `%`
    Remainder,
    /// `**`
    Power,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// As it stands.
    Literal(String),
    /// The value, as text.
    Value(Expr),
}

/// A string of a scenario: words and expressions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Text(Vec<Part>);

impl Expr {
    /// The value of this name.
    pub fn name(name: impl Into<String>) -> Self {
        Self::Name(name.into())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// `self.key`.
    #[must_use]
    pub fn field(self, key: impl Into<String>) -> Self {
        Self::Field(Box::new(self), key.into(), Presence::Must)
    }

    /// `self?.key`.
    #[must_use]
    pub fn maybe(self, key: impl Into<String>) -> Self {
        Self::Field(Box::new(self), key.into(), Presence::May)
    }

    /// `self[position]`.
    #[must_use]
    pub fn item(self, at: Self) -> Self {
        Self::Item(Box::new(self), Box::new(at), Presence::Must)
    }

    /// `self?[position]`.
    #[must_use]
    pub fn maybe_item(self, at: Self) -> Self {
        Self::Item(Box::new(self), Box::new(at), Presence::May)
    }

    /// `self.name(arguments)`.
    #[must_use]
    pub fn method(self, name: impl Into<String>, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Method(Box::new(self), name.into(), arguments.into_iter().collect())
    }

    /// `name(arguments)`.
    pub fn call(name: impl Into<String>, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(name.into(), arguments.into_iter().collect())
    }

    /// `self operator other`.
    #[must_use]
    pub fn binary(self, operator: Operator, other: Self) -> Self {
        Self::Binary(operator, Box::new(self), Box::new(other))
    }

    /// `self ?? other`.
    #[must_use]
    pub fn or_else(self, other: Self) -> Self {
        self.binary(Operator::Default, other)
    }

    /// `!self`, said the short way where there is one.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::Binary(Operator::Equal, left, right) => Self::Binary(Operator::Unequal, left, right),
            Self::Binary(Operator::Unequal, left, right) => Self::Binary(Operator::Equal, left, right),
            Self::Bool(value) => Self::Bool(!value),
            other => Self::Not(Box::new(other)),
        }
    }

    /// `if self { then } else { otherwise }`.
    #[must_use]
    pub fn choose(self, then: Self, otherwise: Self) -> Self {
        Self::If(Box::new(self), Box::new(then), Box::new(otherwise))
    }

    /// `|parameter| body`.
    pub fn closure(parameter: impl Into<String>, body: Self) -> Self {
        Self::Closure(vec![parameter.into()], Box::new(body))
    }

    /// All of these; true where there are none.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::linked(Operator::And, conditions).unwrap_or(Self::Bool(true))
    }

    /// Any of these; false where there are none.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::linked(Operator::Or, conditions).unwrap_or(Self::Bool(false))
    }

    fn linked(operator: Operator, parts: impl IntoIterator<Item = Self>) -> Option<Self> {
        parts.into_iter().reduce(|all, next| all.binary(operator, next))
    }

    /// Every name in it that is read from outside, in the order of the text.
    pub fn names(&self) -> Vec<&str> {
        let mut found = Vec::new();
        self.each(&mut |expr| {
            if let Self::Name(name) = expr {
                found.push(name.as_str());
            }
        });
        found
    }

    /// Shows every expression in it to `visit`, itself first.
    pub fn each<'a>(&'a self, visit: &mut impl FnMut(&'a Self)) {
        visit(self);
        for child in self.children() {
            child.each(visit);
        }
    }

    fn children(&self) -> Vec<&Self> {
        match self {
            Self::Field(of, ..) | Self::Not(of) | Self::Minus(of) | Self::Closure(_, of) => vec![of],
            Self::Item(of, at, _) => vec![of, at],
            Self::Binary(_, left, right) => vec![left, right],
            Self::Method(of, _, arguments) => std::iter::once(&**of).chain(arguments).collect(),
            Self::Call(_, items) | Self::List(items) => items.iter().collect(),
            Self::Map(entries) => entries.iter().map(|(_, value)| value).collect(),
            Self::If(condition, then, otherwise) => vec![condition, then, otherwise],
            Self::Joined(parts) => parts.iter().filter_map(Part::value).collect(),
            _ => Vec::new(),
        }
    }
}

impl Part {
    /// The expression, where it is one.
    pub fn value(&self) -> Option<&Expr> {
        match self {
            Self::Value(expr) => Some(expr),
            Self::Literal(_) => None,
        }
    }
}

impl Text {
    /// A text without expressions.
    pub fn literal(text: impl Into<String>) -> Self {
        let text = text.into();
        Self(if text.is_empty() { Vec::new() } else { vec![Part::Literal(text)] })
    }

    /// One expression, which keeps its value's type.
    pub fn value(expr: Expr) -> Self {
        Self(vec![Part::Value(expr)])
    }

    /// Of these parts; literals that follow each other are one.
    pub fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        let mut text = Self::default();
        parts.into_iter().for_each(|part| text.push(part));
        text
    }

    /// Adds a part at its end.
    pub fn push(&mut self, part: Part) {
        match (self.0.last_mut(), part) {
            (_, Part::Literal(new)) if new.is_empty() => {}
            (Some(Part::Literal(last)), Part::Literal(new)) => last.push_str(&new),
            (_, part) => self.0.push(part),
        }
    }

    /// Its parts.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The text, where there is no expression in it.
    pub fn as_literal(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Part::Literal(text)] => Some(text),
            _ => None,
        }
    }

    /// The expression, where there is nothing beside it.
    pub fn as_value(&self) -> Option<&Expr> {
        match self.0.as_slice() {
            [Part::Value(expr)] => Some(expr),
            _ => None,
        }
    }

    /// The same as one expression.
    pub fn into_expr(mut self) -> Expr {
        match self.0.as_mut_slice() {
            [] => Expr::text(""),
            [Part::Literal(text)] => Expr::Text(mem::take(text)),
            [Part::Value(expr)] => mem::replace(expr, Expr::Nothing),
            _ => Expr::Joined(self.0),
        }
    }

    /// Its expressions.
    pub fn values(&self) -> impl Iterator<Item = &Expr> {
        self.0.iter().filter_map(Part::value)
    }
}

impl From<Expr> for Text {
    fn from(expr: Expr) -> Self {
        Self::value(expr)
    }
}
