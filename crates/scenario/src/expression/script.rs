//! Scripts: statements, functions and loops, for what one expression cannot say.

use super::code::{Node, OwnFunction};
use super::machine::{Limits, Machine};
use super::source::Source;
use super::{ExpressionError, Moment, Names, diagnostics, finish, lower, parser};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::TriggerReads;
use rhai::Dynamic;
use std::sync::Arc;

/// A rhai script, compiled. Statements, functions and loops are allowed; limits are higher than an expression's.
#[derive(Clone, Debug)]
pub struct Script(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    body: Node,
    functions: Vec<OwnFunction>,
    names: Vec<(String, Place)>,
    trigger_reads: TriggerReads,
    variables: Vec<(String, Place)>,
    secrets: Vec<(String, Place)>,
}

impl Script {
    /// Compiles a script.
    pub fn compile(source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Box<Diagnostic>> {
        if source.trim().is_empty() {
            return Err(Box::new(diagnostics::empty(place_of(0))));
        }
        let read = Source::of(source);
        let place_of = &|offset| place_of(read.origin(offset));
        let ast = parser::parse_script(read.text()).map_err(|error| {
            let place = lower::place_at(error.position(), read.text(), place_of);
            Box::new(diagnostics::unreadable(place, source, &error.err_type().to_string()))
        })?;
        let (lowered, functions) = lower::script(&ast, read.text(), place_of)?;
        Ok(Self(Arc::new(Compiled {
            body: lowered.root,
            functions,
            names: lowered.names,
            trigger_reads: lowered.trigger_reads,
            variables: lowered.variables,
            secrets: lowered.secrets,
        })))
    }

    /// The names it reads from outside.
    pub fn names(&self) -> &[(String, Place)] {
        &self.0.names
    }

    /// What it reads of `trigger`.
    pub fn trigger_reads(&self) -> TriggerReads {
        self.0.trigger_reads.clone()
    }

    /// The variables it reads by name (`vars.total`), each with its place.
    pub fn variables(&self) -> &[(String, Place)] {
        &self.0.variables
    }

    /// The secrets it names, each with its place.
    pub fn secrets(&self) -> &[(String, Place)] {
        &self.0.secrets
    }

    /// Its value: that of `return`, or of its last statement.
    pub fn eval(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        let mut machine = Machine::new(names, moment, &self.0.functions, Limits::SCRIPT);
        finish(machine.main(&self.0.body), self.0.body.place)
    }
}
