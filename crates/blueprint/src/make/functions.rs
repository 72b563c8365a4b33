//! Make's functions in our language.

mod date;
mod general;
mod list;
mod number;
mod text;

pub(super) use text::is_possible;

use super::typed::{Type, Typed};
use crate::ours::Expr;
use std::collections::VecDeque;

/// The arguments of a call; what is not given is nothing.
#[derive(Debug)]
struct Arguments {
    rest: VecDeque<Typed>,
}

impl Arguments {
    fn next(&mut self) -> Typed {
        self.rest.pop_front().unwrap_or_else(Typed::nothing)
    }

    /// The next one, where it was given.
    fn given(&mut self) -> Option<Typed> {
        self.rest.pop_front().filter(|argument| !argument.is_nothing())
    }

    fn all(&mut self) -> Vec<Typed> {
        self.rest.drain(..).collect()
    }
}

/// What a function gives, or why nothing here says it.
pub(super) fn call(name: &str, arguments: Vec<Typed>) -> Result<Typed, String> {
    let mut arguments = Arguments { rest: arguments.into() };
    let families = [general::call, number::call, text::call, date::call, list::call];
    for family in families {
        if let Some(typed) = family(name, &mut arguments) {
            return typed;
        }
    }
    Err(format!("Make has no function `{name}` that is known here"))
}

/// A value that is there.
fn sure(expr: Expr, of: Type) -> Option<Result<Typed, String>> {
    Some(Ok(Typed::sure(expr, of)))
}

/// A value that may be missing.
fn maybe(expr: Expr, of: Type) -> Option<Result<Typed, String>> {
    Some(Ok(Typed::maybe(expr, of)))
}
