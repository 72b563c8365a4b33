//! Expressions, scripts and templates: compiled once when a scenario is checked, evaluated against names.

mod access;
mod braces;
mod change;
pub(crate) mod code;
mod comparison;
mod diagnostics;
mod environment;
pub(crate) mod fault;
mod lower;
pub(crate) mod machine;
pub(crate) mod operators;
mod parser;
mod region;
mod script;
mod sealed;
mod secrets;
mod source;
mod statements;
mod template;
pub(crate) mod value;

#[cfg(test)]
mod tests;

pub(crate) use access::{nearest, slice};
pub use comparison::Comparison;
pub use script::Script;
pub use sealed::{Hole, Sealed};
pub use source::KEYWORDS;
pub use template::{Key, Piece, Template};

use crate::diagnostic::{Diagnostic, Place};
use crate::plan::TriggerReads;
use crate::secret::{Secret, Unavailable};
use machine::{Limits, Machine};
use rhai::Dynamic;
use source::Source;
use std::sync::Arc;

/// What an expression sees of time and chance. It comes with the call, so that evaluating is a pure function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// From what random values are drawn.
    pub seed: u64,
    /// The line from which places in the text are counted: that of the step, so that what is written above it does not
    /// change what it draws.
    pub first_line: u32,
}

/// Where an expression finds the values of its names (`trigger`, step ids, `item`…).
pub trait Names {
    /// The value of this name; none where the name has no value at this point.
    fn get(&self, name: &str) -> Option<Dynamic>;

    /// The secret of this name, for a function that takes one as its key. Nobody has any unless it says so.
    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        Err(Unavailable::unknown(name))
    }
}

/// Why an expression gave no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// `missing_property`, `no_value`, `type_mismatch`, `not_a_condition`, `limit`, `secret`, `expression`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
    /// Where in the scenario's text.
    pub place: Place,
}

/// A rhai expression, compiled. Clones share the code.
#[derive(Clone, Debug)]
pub struct Expression(Arc<Compiled>);

#[derive(Debug)]
struct Compiled {
    source: String,
    root: code::Node,
    names: Vec<(String, Place)>,
    trigger_reads: TriggerReads,
    variables: Vec<(String, Place)>,
    secrets: Vec<(String, Place)>,
}

impl Expression {
    /// Compiles the text of one expression (without braces). `place_of` gives the place of the character at this
    /// offset (in characters) of the source.
    pub fn compile(source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Box<Diagnostic>> {
        if source.trim().is_empty() {
            return Err(Box::new(diagnostics::empty(place_of(0))));
        }
        let read = Source::of(source);
        let place_of = &|offset| place_of(read.origin(offset));
        let ast = parser::parse_expression(read.text()).map_err(|error| {
            let place = lower::place_at(error.position(), read.text(), place_of);
            Box::new(diagnostics::unreadable(place, source, &error.err_type().to_string()))
        })?;
        let lowered = lower::expression(&ast, read.text(), place_of)?;
        Ok(Self(Arc::new(Compiled {
            source: source.to_owned(),
            root: lowered.root,
            names: lowered.names,
            trigger_reads: lowered.trigger_reads,
            variables: lowered.variables,
            secrets: lowered.secrets,
        })))
    }

    /// Its code.
    pub(crate) fn root(&self) -> &code::Node {
        &self.0.root
    }

    /// Whether all of it is a call of this function.
    pub(crate) fn is_call_of(&self, name: &str) -> bool {
        self.0.root.is_call_of(name)
    }

    /// Its text.
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// The names it reads from outside, each with its first place, in the order of the text.
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

    /// Its value.
    pub fn eval(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        let root = &self.0.root;
        let value = Machine::new(names, moment, &[], Limits::EXPRESSION).eval(root);
        finish(value, root.place)
    }

    /// Its value as a condition, and what was compared on the way to it.
    pub fn weigh(&self, names: &dyn Names, moment: &Moment) -> Result<(bool, Vec<Comparison>), ExpressionError> {
        let root = &self.0.root;
        let mut machine = Machine::new(names, moment, &[], Limits::EXPRESSION);
        machine.watch();
        let value = finish(machine.eval(root), root.place)?;
        let comparisons = machine.seen();
        let holds = value.as_bool();
        holds.map(|holds| (holds, comparisons)).map_err(|_| self.not_a_condition(&value))
    }

    fn not_a_condition(&self, value: &Dynamic) -> ExpressionError {
        fault::into_error(*fault::placed(fault::not_a_condition(value), self.0.root.place))
    }

    /// Its value as a condition: anything but true and false is an error.
    pub fn holds(&self, names: &dyn Names, moment: &Moment) -> Result<bool, ExpressionError> {
        let value = self.eval(names, moment)?;
        value.as_bool().map_err(|_| self.not_a_condition(&value))
    }
}

/// The end of an evaluation: only values that JSON knows leave it.
fn finish(value: Result<Dynamic, fault::Fault>, place: Place) -> Result<Dynamic, ExpressionError> {
    match value {
        Ok(value) if value::kind_of(&value) == "function" => {
            let fault = fault::fault("type_mismatch", "the value is a function, which no step can take", None);
            Err(fault::into_error(*fault::placed(fault, place)))
        }
        Ok(value) => Ok(value),
        Err(fault) => Err(fault::into_error(*fault)),
    }
}
