//! Filters (RFC 9535 §2.3.5) and their functions (§2.4).

use super::Result;
use super::walk::Walk;
use crate::expression::operators::same;
use crate::expression::value::{as_list, as_map, as_number, as_text};
use jsonpath_rust::parser::model::{Comparable, Comparison, Filter, FilterAtom, FnArg, Literal, Test, TestFunction};
use regex::{Regex, RegexBuilder};
use rhai::Dynamic;

impl Walk<'_, '_, '_> {
    /// Whether the filter holds for this child.
    pub(super) fn holds(&mut self, filter: &Filter, current: &Dynamic) -> Result<bool> {
        match filter {
            Filter::Or(filters) => self.any(filters, current, true),
            Filter::And(filters) => Ok(!self.any(filters, current, false)?),
            Filter::Atom(FilterAtom::Filter { expr, not }) => Ok(self.holds(expr, current)? != *not),
            Filter::Atom(FilterAtom::Test { expr, not }) => Ok(self.test(expr, current)? != *not),
            Filter::Atom(FilterAtom::Comparison(comparison)) => self.compare(comparison, current),
        }
    }

    /// Whether one of the filters gives this.
    fn any(&mut self, filters: &[Filter], current: &Dynamic, wanted: bool) -> Result<bool> {
        for filter in filters {
            if self.holds(filter, current)? == wanted {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a query finds anything, or what a function that decides says.
    fn test(&mut self, test: &Test, current: &Dynamic) -> Result<bool> {
        match test {
            Test::RelQuery(_) | Test::AbsQuery(_) => Ok(!self.nodes(test, current)?.is_empty()),
            Test::Function(function) => self.decide(function, current),
        }
    }

    fn nodes(&mut self, test: &Test, current: &Dynamic) -> Result<Vec<Dynamic>> {
        match test {
            Test::RelQuery(segments) => self.select(segments, current),
            Test::AbsQuery(query) => self.select_from_root(&query.segments),
            Test::Function(function) => Ok(self.value(function, current)?.into_iter().collect()),
        }
    }

    /// RFC 9535 §2.3.5.2.2. Nothing is the same as nothing; beyond equality, only numbers and texts compare.
    fn compare(&mut self, comparison: &Comparison, current: &Dynamic) -> Result<bool> {
        let (left, right) = comparison.vals();
        let (left, right) = (self.comparable(left, current)?, self.comparable(right, current)?);
        let equal = || match (&left, &right) {
            (Some(left), Some(right)) => same(left, right),
            (None, None) => true,
            _ => false,
        };
        Ok(match comparison {
            Comparison::Eq(..) => equal(),
            Comparison::Ne(..) => !equal(),
            Comparison::Lt(..) => less(left.as_ref(), right.as_ref()),
            Comparison::Lte(..) => less(left.as_ref(), right.as_ref()) || equal(),
            Comparison::Gt(..) => less(right.as_ref(), left.as_ref()),
            Comparison::Gte(..) => less(right.as_ref(), left.as_ref()) || equal(),
        })
    }

    fn comparable(&mut self, comparable: &Comparable, current: &Dynamic) -> Result<Option<Dynamic>> {
        match comparable {
            Comparable::Literal(literal) => Ok(Some(value_of(literal))),
            Comparable::SingularQuery(query) => self.singular(query, current),
            Comparable::Function(function) => self.value(function, current),
        }
    }

    /// What a function that gives a value gives.
    fn value(&mut self, function: &TestFunction, current: &Dynamic) -> Result<Option<Dynamic>> {
        match function {
            TestFunction::Length(argument) => {
                let Some(value) = self.argument(argument, current)? else { return Ok(None) };
                let length = if let Some(text) = as_text(&value) {
                    self.call.spend_bytes(text.len())?;
                    Some(text.chars().count())
                } else {
                    as_list(&value).map(|items| items.len()).or_else(|| as_map(&value).map(|entries| entries.len()))
                };
                Ok(length.and_then(|length| i64::try_from(length).ok()).map(Dynamic::from))
            }
            TestFunction::Count(FnArg::Test(test)) => {
                let count = self.nodes(test, current)?.len();
                Ok(i64::try_from(count).ok().map(Dynamic::from))
            }
            TestFunction::Value(argument) => self.argument(argument, current),
            _ => Ok(None),
        }
    }

    /// What a function that decides says. One that gives a value decides nothing.
    fn decide(&mut self, function: &TestFunction, current: &Dynamic) -> Result<bool> {
        let (text, pattern, whole) = match function {
            TestFunction::Match(text, pattern) => (text, pattern, true),
            TestFunction::Search(text, pattern) => (text, pattern, false),
            TestFunction::Custom(name, _) => {
                return Err(self.call.fail(&format!("queries have no function `{name}`")));
            }
            _ => return Ok(false),
        };
        let text = self.argument(text, current)?.as_ref().and_then(as_text);
        let pattern = self.argument(pattern, current)?.as_ref().and_then(as_text);
        let (Some(text), Some(pattern)) = (text, pattern) else { return Ok(false) };
        self.call.spend_bytes(text.len())?;
        let translated = translated(&pattern, whole);
        if !self.patterns.contains_key(&translated) {
            self.call.spend(COMPILING)?;
            if self.patterns.len() >= KEPT {
                self.patterns.clear();
            }
            self.patterns.insert(translated.clone(), compiled(&translated));
        }
        Ok(self.patterns.get(&translated).and_then(Option::as_ref).is_some_and(|regex| regex.is_match(&text)))
    }

    /// A function's argument as one value; of a query that finds several, nothing.
    fn argument(&mut self, argument: &FnArg, current: &Dynamic) -> Result<Option<Dynamic>> {
        match argument {
            FnArg::Literal(literal) => Ok(Some(value_of(literal))),
            FnArg::Filter(filter) => Ok(Some(self.holds(filter, current)?.into())),
            FnArg::Test(test) => {
                let mut nodes = self.nodes(test, current)?;
                Ok(if nodes.len() == 1 { nodes.pop() } else { None })
            }
        }
    }
}

/// What compiling a pattern counts for.
const COMPILING: usize = 500;
/// How many compiled patterns are kept during one evaluation.
const KEPT: usize = 50;

fn less(left: Option<&Dynamic>, right: Option<&Dynamic>) -> bool {
    let (Some(left), Some(right)) = (left, right) else { return false };
    if let (Some(left), Some(right)) = (as_number(left), as_number(right)) {
        return left < right;
    }
    as_text(left).zip(as_text(right)).is_some_and(|(left, right)| left < right)
}

fn value_of(literal: &Literal) -> Dynamic {
    match literal {
        Literal::Int(number) => (*number).into(),
        Literal::Float(number) => Dynamic::from_float(*number),
        Literal::String(text) => text.as_str().into(),
        Literal::Bool(holds) => (*holds).into(),
        Literal::Null => Dynamic::UNIT,
    }
}

/// A pattern (RFC 9485) as the regex crate writes it: the dot stops at both kinds of line ends.
fn translated(pattern: &str, whole: bool) -> String {
    let mut regex = String::with_capacity(pattern.len() + 8);
    let (mut escaped, mut in_class) = (false, false);
    for char in pattern.chars() {
        match char {
            '.' if !escaped && !in_class => regex.push_str(r"[^\n\r]"),
            char => regex.push(char),
        }
        in_class = if escaped { in_class } else { (in_class || char == '[') && char != ']' };
        escaped = char == '\\' && !escaped;
    }
    if whole { format!("^(?:{regex})$") } else { regex }
}

fn compiled(pattern: &str) -> Option<Regex> {
    const BYTES: usize = 256 << 10;
    const LONGEST: usize = 1000;
    (pattern.len() <= LONGEST).then(|| RegexBuilder::new(pattern).size_limit(BYTES).build().ok()).flatten()
}
