//! An expression or script ready to be evaluated: a tree in which names, functions, optional accesses and places are settled.

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
    /// `secrets.NAME`, where a secret may stand: as the whole, or as a key.
    Secret(ImmutableString),
    /// A parameter, a variable, or what a closure captured: the index counts from the frame's base.
    Local { index: usize, name: ImmutableString },
    /// `root.a[0].f(x)`.
    Chain { root: Box<Node>, links: Vec<Link> },
    /// `f(x, y)`.
    Call { function: Callee, arguments: Vec<Node> },
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
    /// `{ a; b }`, which begins with this many locals in the frame and leaves none of its own.
    Block { statements: Vec<Node>, locals: usize },
    /// `let a = b`: a new local.
    Let(Box<Node>),
    /// What changes a variable.
    Change(Box<Change>),
    /// `while a { b }`; without a condition, `loop { b }`.
    While { condition: Option<Box<Node>>, body: Box<Node> },
    /// `do { b } while a`, or `until a`: goes on as long as the condition is this.
    Do { body: Box<Node>, condition: Box<Node>, while_it_is: bool },
    /// `for x in a { b }`, `for (x, i) in a { b }`: new locals, the item and the position.
    For { items: Box<Node>, body: Box<Node>, locals: usize },
    /// `break a`.
    Break(Option<Box<Node>>),
    /// `continue`.
    Continue,
    /// `return a`.
    Return(Option<Box<Node>>),
    /// `throw a`.
    Throw(Option<Box<Node>>),
    /// `try { a } catch (e) { b }`: a new local, the error, which no one need name.
    Try { body: Box<Node>, handler: Box<Node>, locals: usize },
}

impl Node {
    /// Whether it is a call of this function of the library, and nothing is done with what that gives.
    pub(crate) fn is_call_of(&self, name: &str) -> bool {
        let function = match &self.kind {
            Kind::Call { function, .. } => function,
            Kind::Chain { links, .. } => match links.last().map(|link| &link.step) {
                Some(Step::Method { function, .. }) => function,
                _ => return false,
            },
            _ => return false,
        };
        matches!(function, Callee::Library(function) if function.name == name)
    }
}

/// What is called.
#[derive(Clone, Debug)]
pub(crate) enum Callee {
    /// A function of the library.
    Library(&'static Function),
    /// A function that the script defines, by its number.
    Own(usize, ImmutableString),
}

impl Callee {
    /// Its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Library(function) => function.name,
            Self::Own(_, name) => name,
        }
    }
}

/// `variable.path op= value`, or a method that changes a variable.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    /// Which local.
    pub(crate) index: usize,
    /// What is changed within it: the keys and indexes on the way.
    pub(crate) path: Vec<Node>,
    pub(crate) effect: Effect,
    pub(crate) arguments: Vec<Node>,
}

/// How a value is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// `=`.
    Set,
    /// `+=` and its like.
    Operate(Binary),
    /// `list.push(item)`.
    Push,
    /// `list.pop()`: the last item.
    Pop,
    /// `list.insert(index, item)`.
    Insert,
    /// `list.remove(index)`, `map.remove(key)`: what was there.
    Remove,
    /// `list.clear()`, `map.clear()`.
    Clear,
}

impl Effect {
    /// The method of this name that changes a value, and how many arguments it takes.
    pub(crate) fn of_method(name: &str) -> Option<(Self, usize)> {
        Some(match name {
            "push" => (Self::Push, 1),
            "pop" => (Self::Pop, 0),
            "insert" => (Self::Insert, 2),
            "remove" => (Self::Remove, 1),
            "clear" => (Self::Clear, 0),
            _ => return None,
        })
    }
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
    Method { function: Callee, arguments: Vec<Node> },
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

/// A function that a script defines.
#[derive(Clone, Debug)]
pub(crate) struct OwnFunction {
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
