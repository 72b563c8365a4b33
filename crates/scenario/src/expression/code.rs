//! An expression ready to be evaluated: a tree in which names, functions, optional accesses and places are settled.

use crate::diagnostic::Place;
use crate::functions::Function;
use rhai::{Dynamic, Identifier, ImmutableString};
use std::sync::Arc;

/// A part of an expression, with its place in the scenario's text.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
}

/// What a node computes.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// A literal.
    Constant(Dynamic),
    /// A name from outside. An optional one is `()` while it has no value.
    Name { name: ImmutableString, optional: bool },
    /// A parameter of a closure, or what it captured: the index counts from the frame's base.
    Local { index: usize, name: ImmutableString },
    /// `root.a[0].f(x)`.
    Chain { root: Box<Node>, links: Vec<Link> },
    /// `f(x, y)`.
    Call { function: &'static Function, arguments: Vec<Node> },
    /// `|x| …`.
    Closure(Arc<Closure>),
    /// `a && b`.
    And(Vec<Node>),
    /// `a || b`.
    Or(Vec<Node>),
    /// `a ?? b`.
    Coalesce(Vec<Node>),
    /// `-a`, `!a`.
    Unary(Unary, Box<Node>),
    /// `a + b`.
    Binary(Binary, Box<(Node, Node)>),
    /// A text with `${…}` in it.
    Text(Vec<Node>),
    /// `[a, b]`.
    List(Vec<Node>),
    /// `#{a: 1}`.
    Map(Vec<(Identifier, Node)>),
    /// `if a { b } else { c }`.
    If(Box<[Node; 3]>),
}

/// One step along a chain.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) step: Step,
    /// `?.`, `?[`, or on the left of `??`: `()` ends the chain, and what is absent is `()`.
    pub(crate) optional: bool,
    pub(crate) place: Place,
}

/// What a link does with the value before it.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// `.name`.
    Property(ImmutableString),
    /// `[index]`.
    Index(Node),
    /// `[from..to]`; inclusive ends were made exclusive.
    Slice { from: Node, to: Node, inclusive: bool },
    /// `.f(x)`.
    Method { function: &'static Function, arguments: Vec<Node> },
}

/// A closure's code.
#[derive(Clone, Debug)]
pub(crate) struct Closure {
    /// Which locals of the surrounding frame it keeps, in the order of its own first locals.
    pub(crate) captures: Vec<usize>,
    /// How many values it is called with.
    pub(crate) parameters: usize,
    pub(crate) body: Node,
}

/// A closure with the values it captured: what a function that takes a closure is given.
#[derive(Clone, Debug)]
pub(crate) struct Callable {
    pub(crate) closure: Arc<Closure>,
    pub(crate) captured: Vec<Dynamic>,
}

/// An operator with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unary {
    Minus,
    Plus,
    Not,
}

/// An operator with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Binary {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Power,
    ShiftLeft,
    ShiftRight,
    BitAnd,
    BitOr,
    BitXor,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Range,
    RangeInclusive,
}

impl Binary {
    /// The operator written so.
    pub(crate) fn of(symbol: &str) -> Option<Self> {
        Self::SYMBOLS.iter().find(|(_, written)| *written == symbol).map(|(operator, _)| *operator)
    }

    /// How it is written.
    pub(crate) fn symbol(self) -> &'static str {
        Self::SYMBOLS.iter().find(|(operator, _)| *operator == self).map_or("", |(_, symbol)| symbol)
    }

    const SYMBOLS: &[(Self, &'static str)] = &[
        (Self::Add, "+"),
        (Self::Subtract, "-"),
        (Self::Multiply, "*"),
        (Self::Divide, "/"),
        (Self::Remainder, "%"),
        (Self::Power, "**"),
        (Self::ShiftLeft, "<<"),
        (Self::ShiftRight, ">>"),
        (Self::BitAnd, "&"),
        (Self::BitOr, "|"),
        (Self::BitXor, "^"),
        (Self::Equal, "=="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::LessOrEqual, "<="),
        (Self::Greater, ">"),
        (Self::GreaterOrEqual, ">="),
        (Self::Range, ".."),
        (Self::RangeInclusive, "..="),
    ];
}
