//! Expressions, scripts and templates: compiled once when a scenario is checked, evaluated against names.

use crate::diagnostic::{Diagnostic, Place};
use crate::plan::TriggerReads;
use rhai::Dynamic;

/// What an expression sees of time and chance. It comes with the call, so that evaluating is a pure function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Milliseconds since 1970-01-01T00:00Z.
    pub now: i64,
    /// From what random values are drawn.
    pub seed: u64,
}

/// Where an expression finds the values of its names (`trigger`, step ids, `item`…).
pub trait Names {
    /// The value of this name; none where the name has no value at this point.
    fn get(&self, name: &str) -> Option<Dynamic>;
}

/// Why an expression gave no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// `missing_property`, `type_mismatch`, `not_a_condition`, `limit`, `expression`.
    pub code: &'static str,
    /// What is wrong, in one sentence without a final dot.
    pub message: String,
    /// What to try.
    pub hint: Option<String>,
    /// Where in the scenario's text.
    pub place: Place,
}

/// A rhai expression, compiled.
#[derive(Clone, Debug)]
pub struct Expression;

impl Expression {
    /// Compiles the text of one expression (without braces). `place_of` gives the place of the character at this
    /// offset (in characters) of the source.
    pub fn compile(source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Box<Diagnostic>> {
        let _ = (source, place_of);
        Ok(Self)
    }

    /// Its text.
    pub fn source(&self) -> &str {
        ""
    }

    /// The names it reads from outside, each with its first place, in the order of the text.
    pub fn names(&self) -> &[(String, Place)] {
        &[]
    }

    /// What it reads of `trigger`.
    pub fn trigger_reads(&self) -> TriggerReads {
        TriggerReads::All
    }

    /// Its value.
    pub fn eval(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        let _ = (names, moment);
        Ok(Dynamic::UNIT)
    }

    /// Its value as a condition: anything but true and false is an error.
    pub fn holds(&self, names: &dyn Names, moment: &Moment) -> Result<bool, ExpressionError> {
        let _ = (names, moment);
        Ok(true)
    }
}

/// A rhai script, compiled. Statements, functions and loops are allowed; limits are higher than an expression's.
#[derive(Clone, Debug)]
pub struct Script;

impl Script {
    /// Compiles a script.
    pub fn compile(source: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Box<Diagnostic>> {
        let _ = (source, place_of);
        Ok(Self)
    }

    /// The names it reads from outside.
    pub fn names(&self) -> &[(String, Place)] {
        &[]
    }

    /// What it reads of `trigger`.
    pub fn trigger_reads(&self) -> TriggerReads {
        TriggerReads::All
    }

    /// Its value.
    pub fn eval(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        let _ = (names, moment);
        Ok(Dynamic::UNIT)
    }
}

/// A value of the text with expressions in it.
#[derive(Clone, Debug)]
pub enum Template {
    /// Nothing to evaluate.
    Literal(serde_json::Value),
    /// A string that is one expression: keeps the value's type.
    Expression(Expression),
    /// A string with expressions in it: values are written into the text.
    Text(Vec<Piece>),
    /// A list of which some item has expressions.
    List(Vec<Template>),
    /// A map of which some value has expressions, in the author's order.
    Map(Vec<(String, Template)>),
}

/// A part of a text template.
#[derive(Clone, Debug)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// The value, as text.
    Value(Expression),
}

impl Template {
    /// The template of one string.
    pub fn parse(text: &str, place_of: &dyn Fn(usize) -> Place) -> Result<Self, Vec<Diagnostic>> {
        let _ = place_of;
        Ok(Self::Literal(text.into()))
    }

    /// Its value, in the author's order.
    pub fn render(&self, names: &dyn Names, moment: &Moment) -> Result<serde_json::Value, ExpressionError> {
        let _ = (names, moment);
        Ok(serde_json::Value::Null)
    }

    /// Its value as expressions see it.
    pub fn value(&self, names: &dyn Names, moment: &Moment) -> Result<Dynamic, ExpressionError> {
        let _ = (names, moment);
        Ok(Dynamic::UNIT)
    }

    /// Writes its JSON text, in the author's order.
    pub fn write_json(&self, names: &dyn Names, moment: &Moment, out: &mut Vec<u8>) -> Result<(), ExpressionError> {
        let _ = (names, moment, out);
        Ok(())
    }

    /// Its value as text: a text as it is, null as nothing, anything else as JSON.
    pub fn text(&self, names: &dyn Names, moment: &Moment) -> Result<String, ExpressionError> {
        let _ = (names, moment);
        Ok(String::new())
    }

    /// All expressions in it.
    pub fn expressions(&self) -> Vec<&Expression> {
        Vec::new()
    }
}
