//! Make's expression language: what stands between `{{` and `}}` in a blueprint, as a tree.

mod parser;

pub(crate) use parser::parse;

/// A string of a blueprint.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Template {
    /// Its parts, in order.
    pub(crate) pieces: Vec<Piece>,
}

/// A part of a string.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Piece {
    /// As it stands.
    Text(String),
    /// An expression.
    Value(Iml),
    /// What stands between braces and is no expression.
    Unreadable(String),
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Iml {
    /// An argument that was left out.
    Nothing,
    /// `"text"`.
    Text(String),
    /// `1.5`.
    Number(f64),
    /// `3.data.items[2]`.
    Reference(Reference),
    /// `now`, `title`: a word, which a keyword or a field of nobody knows what; and what is read of it.
    Word(String, Vec<Segment>),
    /// `name(a; b)`.
    Call(String, Vec<Iml>),
    /// `a + b`.
    Binary(Operator, Box<Iml>, Box<Iml>),
    /// `-a`.
    Minus(Box<Iml>),
    /// `!a`.
    Not(Box<Iml>),
}

/// What a module gave.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Reference {
    /// The module's id.
    pub(crate) module: String,
    /// What is read of it; nothing: all of it.
    pub(crate) path: Vec<Segment>,
}

/// A step of a path.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Segment {
    /// `.key`.
    Key(String),
    /// `[]`: the first item.
    First,
    /// `[n]`, counted from 1.
    Item(Box<Iml>),
}

/// An operator between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    /// `|`, `or`
    Or,
    /// `&`, `and`
    And,
    /// `=`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
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
}

impl Iml {
    /// Shows every reference in it to `visit`.
    pub(crate) fn each_reference<'a>(&'a self, visit: &mut impl FnMut(&'a Reference)) {
        match self {
            Self::Reference(reference) => {
                visit(reference);
                each_in_path(&reference.path, visit);
            }
            Self::Word(_, path) => each_in_path(path, visit),
            Self::Call(_, arguments) => arguments.iter().for_each(|argument| argument.each_reference(visit)),
            Self::Binary(_, left, right) => {
                left.each_reference(visit);
                right.each_reference(visit);
            }
            Self::Minus(of) | Self::Not(of) => of.each_reference(visit),
            Self::Nothing | Self::Text(_) | Self::Number(_) => {}
        }
    }
}

fn each_in_path<'a>(path: &'a [Segment], visit: &mut impl FnMut(&'a Reference)) {
    for segment in path {
        if let Segment::Item(at) = segment {
            at.each_reference(visit);
        }
    }
}
