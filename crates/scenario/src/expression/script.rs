//! Scripts: more than one statement.

use super::{Expression, ExpressionError, Moment, Names};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::TriggerReads;
use rhai::Dynamic;

/// A rhai script, compiled. Statements, functions and loops are allowed; limits are higher than an expression's.
#[derive(Clone, Debug)]
pub struct Script(Expression);

impl Script {
    /// Compiles a script.
    pub fn compile(source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Box<Diagnostic>> {
        Expression::compile(source, place_of).map(Self)
    }

    /// The names it reads from outside.
    pub fn names(&self) -> &[(String, Place)] {
        self.0.names()
    }

    /// What it reads of `trigger`.
    pub fn trigger_reads(&self) -> TriggerReads {
        self.0.trigger_reads()
    }

    /// Its value.
    pub fn eval(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        self.0.eval(names, moment)
    }
}
