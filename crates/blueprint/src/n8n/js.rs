//! The expressions of n8n, which are JavaScript: their syntax, read into a tree. Statements are not read, only known as
//! such: they are for an interpreter.

mod cursor;
mod parser;

pub(crate) use parser::parse;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Js {
    Null,
    Undefined,
    Bool(bool),
    /// As it is written.
    Number(String),
    Text(String),
    Template(Vec<Piece>),
    Regex {
        source: String,
        flags: String,
    },
    Name(String),
    List(Vec<Item>),
    Map(Vec<Entry>),
    Member {
        of: Box<Js>,
        name: String,
        access: Access,
    },
    Index {
        of: Box<Js>,
        at: Box<Js>,
        access: Access,
    },
    Call {
        callee: Box<Js>,
        arguments: Vec<Item>,
        access: Access,
    },
    New {
        callee: Box<Js>,
        arguments: Vec<Item>,
    },
    Function {
        parameters: Vec<String>,
        body: Box<Js>,
    },
    /// A function whose body is statements, or whose parameters take values apart.
    Statements,
    Unary {
        operator: &'static str,
        value: Box<Js>,
    },
    Binary {
        operator: &'static str,
        left: Box<Js>,
        right: Box<Js>,
    },
    Conditional {
        condition: Box<Js>,
        yes: Box<Js>,
        no: Box<Js>,
    },
}

/// Whether what is accessed may be missing, as with `?.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Plain,
    Optional,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    Text(String),
    Value(Js),
}

/// An item of a list, or an argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Item {
    One(Js),
    Spread(Js),
}

/// An entry of a map.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Entry {
    Field(String, Js),
    Computed(Js, Js),
    Spread(Js),
}

/// What is wrong with a text that should be an expression, and where, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) message: &'static str,
    pub(crate) at: usize,
}

#[cfg(test)]
mod tests;
