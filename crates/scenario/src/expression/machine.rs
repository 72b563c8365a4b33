//! Evaluates [code](super::code): counts what it costs, and stops at the limits.

use super::code::{Binary, Callable, Callee, Closure, Kind, Link, Node, OwnFunction, Step, Unary};
use super::fault::{self, Fault, Stop, placed};
use super::region::Outflow;
use super::value::Extent;
use super::{Comparison, Moment, Names, access, comparison, operators, secrets, value};
use crate::diagnostic::Place;
use crate::functions::Call;
use crate::secret::Secret;
use rhai::{Dynamic, ImmutableString, Map};
use std::collections::HashSet;
use std::sync::Arc;

/// What an evaluation may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Nodes evaluated, items worked through.
    pub(crate) operations: u64,
    /// Bytes of texts, lists and maps that were made and not [given back](super::region).
    pub(crate) bytes: u64,
    /// Nodes within nodes.
    pub(crate) depth: u32,
    /// Calls within calls.
    pub(crate) calls: u32,
}

impl Limits {
    /// Of an expression.
    pub(crate) const EXPRESSION: Self = Self { operations: 200_000, bytes: 48 << 20, depth: 160, calls: 32 };
    /// Of a script.
    pub(crate) const SCRIPT: Self = Self { operations: 5_000_000, ..Self::EXPRESSION };
}

/// The longest text an expression may make, in bytes.
pub(crate) const TEXT_BYTES: usize = 8 << 20;
/// The longest list and the largest map an expression may make.
pub(crate) const LIST_ITEMS: usize = 100_000;
/// How deeply lists and maps that an expression makes may be nested. JSON readers stop at 128.
const LEVELS: u32 = 100;
/// How long the JSON of a list or map that an expression makes may be, in units of 16 bytes: 32 MiB.
const UNITS: u32 = (32 << 20) / 16;

/// How many bytes one operation may fill.
const FILLED_PER_OPERATION: u64 = 256;

pub(super) type Result = std::result::Result<Dynamic, Fault>;

/// One evaluation.
pub(crate) struct Machine<'a> {
    names: &'a dyn Names,
    moment: &'a Moment,
    functions: &'a [OwnFunction],
    pub(super) left: Limits,
    /// What has left the innermost region.
    pub(super) outflow: Outflow,
    /// The locals of all frames; the innermost begins at `base`.
    pub(super) locals: Vec<Dynamic>,
    pub(super) base: usize,
    /// How many random values were drawn.
    drawn: u64,
    /// What was compared, where someone wants to know.
    comparisons: Option<Vec<Comparison>>,
    /// The patterns that were used.
    patterns: HashSet<ImmutableString>,
}

impl<'a> Machine<'a> {
    /// A machine at the start of an evaluation.
    pub(crate) fn new(names: &'a dyn Names, moment: &'a Moment, functions: &'a [OwnFunction], limits: Limits) -> Self {
        Self {
            names,
            moment,
            functions,
            left: limits,
            outflow: Outflow::default(),
            locals: Vec::new(),
            base: 0,
            drawn: 0,
            comparisons: None,
            patterns: HashSet::new(),
        }
    }

    /// Whether this evaluation uses a pattern for the first time.
    pub(crate) fn is_new_pattern(&mut self, pattern: &ImmutableString) -> bool {
        self.patterns.insert(pattern.clone())
    }

    /// Remembers from now on what is compared.
    pub(super) fn watch(&mut self) {
        self.comparisons = Some(Vec::new());
    }

    /// What was compared since [`Machine::watch`].
    pub(super) fn seen(self) -> Vec<Comparison> {
        self.comparisons.unwrap_or_default()
    }

    fn note(&mut self, left: &Dynamic, operator: &str, right: &Dynamic, result: &Dynamic) {
        if let (Some(seen), Ok(result)) = (&mut self.comparisons, result.as_bool())
            && seen.len() < comparison::MOST
        {
            seen.push(Comparison::of(left, operator, right, result));
        }
    }

    /// The value of this node.
    pub(crate) fn eval(&mut self, node: &Node) -> Result {
        match &node.kind {
            Kind::Constant(value) => Ok(value.clone()),
            Kind::Name { name, optional } => match self.names.get(name) {
                Some(value) => Ok(value),
                None if *optional => Ok(Dynamic::UNIT),
                None => Err(placed(fault::no_value(name), node.place)),
            },
            Kind::Local { index, .. } => Ok(self.local(*index)),
            _ => self.enter(node),
        }
    }

    /// The value of a script's body: `return` ends it.
    pub(crate) fn main(&mut self, body: &Node) -> Result {
        self.run(std::iter::empty(), body)
    }

    /// Calls a closure with these values.
    pub(crate) fn invoke(&mut self, callable: &Callable, arguments: &[Dynamic]) -> Result {
        let closure = &callable.closure;
        if arguments.len() < closure.parameters {
            let message = format!("this function gets {} values, not {}", arguments.len(), closure.parameters);
            return Err(placed(fault::failed(message), closure.body.place));
        }
        let locals = callable.captured.iter().chain(&arguments[..closure.parameters]);
        self.run(locals, &closure.body)
    }

    /// Runs a body in a frame of its own.
    fn run<'v>(&mut self, locals: impl Iterator<Item = &'v Dynamic>, body: &Node) -> Result {
        let Some(calls) = self.left.calls.checked_sub(1) else {
            return Err(placed(fault::limit("functions call each other too deeply"), body.place));
        };
        self.left.calls = calls;
        let surrounding = std::mem::replace(&mut self.base, self.locals.len());
        self.locals.extend(locals.cloned());
        let region = self.begin_region();
        let result = match self.eval(body) {
            Err(stop) if matches!(*stop, Stop::Return(_)) => returned(*stop),
            other => other,
        };
        self.end_call(region, &result);
        self.locals.truncate(self.base);
        self.base = surrounding;
        self.left.calls += 1;
        result
    }

    /// Takes this many operations from what is left.
    pub(crate) fn spend(&mut self, operations: usize) -> std::result::Result<(), Fault> {
        match self.left.operations.checked_sub(operations as u64) {
            Some(left) => self.left.operations = left,
            None => return Err(fault::limit("this does too much work")),
        }
        Ok(())
    }

    /// A value that was made just now, counted against the limits.
    pub(crate) fn made(&mut self, value: Dynamic) -> Result {
        let value = value::compact(value);
        if let Ok(text) = value.as_immutable_string_ref() {
            text_fits(text.len())?;
        }
        if value::as_list(&value).is_some_and(|items| items.len() > LIST_ITEMS) {
            return Err(fault::limit(format!("the list has more than {LIST_ITEMS} items")));
        }
        if value::as_map(&value).is_some_and(|entries| entries.len() > LIST_ITEMS) {
            return Err(fault::limit(format!("the map has more than {LIST_ITEMS} keys")));
        }
        self.fits(&value)?;
        self.reserve(value::size_of(&value))?;
        Ok(value)
    }

    /// Whether the value is neither nested too deeply nor too long as JSON to be made. What is known of it may be too
    /// much, where a part was replaced: then it is weighed; gives what that found.
    pub(super) fn fits(&mut self, value: &Dynamic) -> std::result::Result<Option<u32>, Fault> {
        let extent = Extent::of(value);
        if extent.levels > LEVELS {
            return Err(fault::limit(format!("lists and maps are nested more than {LEVELS} deep")));
        }
        if extent.units <= UNITS {
            return Ok(None);
        }
        let (units, seen) = if extent.rough { value::weigh(value, UNITS) } else { (None, 0) };
        self.spend(seen)?;
        match units {
            Some(units) => Ok(Some(units)),
            None => Err(fault::limit(format!("this would have more than {} MiB as JSON", UNITS >> 16))),
        }
    }

    /// Takes this many bytes from what is left. To fill them takes its time.
    pub(crate) fn reserve(&mut self, bytes: u64) -> std::result::Result<(), Fault> {
        self.spend((bytes / FILLED_PER_OPERATION) as usize)?;
        match self.left.bytes.checked_sub(bytes) {
            Some(left) => self.left.bytes = left,
            None => return Err(fault::limit("this needs too much memory")),
        }
        Ok(())
    }

    /// The secret of this name.
    pub(super) fn read_secret(&self, name: &str) -> std::result::Result<Secret, Fault> {
        self.names.secret(name).map_err(|why| fault::fault("secret", why.message, Some(&why.hint)))
    }

    /// The moment of the evaluation.
    pub(crate) fn moment(&self) -> &Moment {
        self.moment
    }

    /// A number that differs from draw to draw and from place to place, and is the same again at the same moment.
    pub(crate) fn draw(&mut self, place: Place) -> u64 {
        self.drawn += 1;
        let line = place.line.wrapping_sub(self.moment.first_line);
        let place = (u64::from(line) << 32) | u64::from(place.column);
        mix(mix(mix(self.moment.seed) ^ place) ^ self.drawn)
    }

    fn local(&self, index: usize) -> Dynamic {
        self.locals.get(self.base + index).cloned().unwrap_or_default()
    }

    /// Evaluates a node that has nodes in it.
    fn enter(&mut self, node: &Node) -> Result {
        self.spend(1).map_err(|fault| placed(fault, node.place))?;
        let Some(depth) = self.left.depth.checked_sub(1) else {
            return Err(placed(fault::limit("this is nested too deeply"), node.place));
        };
        self.left.depth = depth;
        let result = self.compute(node);
        self.left.depth += 1;
        result.map_err(|fault| placed(fault, node.place))
    }

    fn compute(&mut self, node: &Node) -> Result {
        match &node.kind {
            Kind::Constant(_) | Kind::Name { .. } | Kind::Local { .. } => self.eval(node),
            Kind::Secret(name) => Err(secrets::no_value(name)),
            Kind::Chain { root, links } => self.chain(root, links),
            Kind::Call { function, arguments } => self.call(function, None, arguments, node.place),
            Kind::Closure(closure) => Ok(self.closure(closure)),
            Kind::And(operands) => self.logic(operands, "&&", false),
            Kind::Or(operands) => self.logic(operands, "||", true),
            Kind::Coalesce(operands) => self.coalesce(operands),
            Kind::Unary(operator, operand) => self.unary(*operator, operand),
            Kind::Binary(operator, operands) => self.binary(*operator, operands),
            Kind::Text(parts) => self.text(parts),
            Kind::List(items) => self.list(items),
            Kind::Map(entries) => self.map(entries),
            Kind::If(parts) => self.condition(parts),
            _ => self.statement(node),
        }
    }

    fn binary(&mut self, operator: Binary, operands: &(Node, Node)) -> Result {
        let left = self.eval(&operands.0)?;
        let right = self.eval(&operands.1)?;
        self.spend(work_of(operator, &left, &right))?;
        let value = operators::binary(operator, &left, &right)?;
        if self.comparisons.is_some() {
            self.note(&left, operator.symbol(), &right, &value);
        }
        self.made(value)
    }

    fn list(&mut self, items: &[Node]) -> Result {
        let items = items.iter().map(|item| self.eval(item)).collect::<std::result::Result<_, _>>()?;
        self.made(value::list(items))
    }

    fn map(&mut self, entries: &[(rhai::Identifier, Node)]) -> Result {
        let entries = entries.iter().map(|(key, item)| Ok((key.clone(), self.eval(item)?)));
        let entries: Map = entries.collect::<std::result::Result<_, Fault>>()?;
        self.made(value::map(entries))
    }

    fn condition(&mut self, parts: &[Node; 3]) -> Result {
        let [condition, yes, no] = parts;
        let value = self.eval(condition)?;
        let holds = value.as_bool().map_err(|_| placed(fault::not_a_condition(&value), condition.place))?;
        self.eval(if holds { yes } else { no })
    }

    fn chain(&mut self, root: &Node, links: &[Link]) -> Result {
        let mut value = self.eval(root)?;
        for (position, link) in links.iter().enumerate() {
            if link.optional && value.is_unit() {
                return Ok(value);
            }
            let so_far = access::Written { root, links: &links[..position] };
            value = self.link(&value, link, &so_far).map_err(|fault| placed(fault, link.place))?;
        }
        Ok(value)
    }

    fn link(&mut self, receiver: &Dynamic, link: &Link, so_far: &access::Written) -> Result {
        match &link.step {
            Step::Property(name) => access::property(receiver, name, link.optional, so_far),
            Step::Index(index) => {
                let index = self.eval(index)?;
                access::index(receiver, &index, link.optional, so_far)
            }
            Step::Slice { from, to, inclusive } => {
                let (from, to) = (self.eval(from)?, self.eval(to)?);
                let to = if *inclusive { access::after(&to) } else { to };
                let slice = access::slice(receiver, &from, &to)?;
                self.made(slice)
            }
            Step::Method { function, arguments } => self.call(function, Some(receiver), arguments, link.place),
        }
    }

    fn call(&mut self, callee: &Callee, receiver: Option<&Dynamic>, arguments: &[Node], place: Place) -> Result {
        let mut values = smallvec::SmallVec::<[Dynamic; 4]>::new();
        values.extend(receiver.cloned());
        let mut hidden = Vec::new();
        for argument in arguments {
            values.push(self.argument(argument, &mut hidden)?);
        }
        match callee {
            Callee::Library(function) => {
                self.spend(function.work())?;
                let mut call = Call::new(function, &values, place, self);
                let value = (function.run)(&mut call).map_err(|fault| secrets::masked(fault, &hidden))?;
                if self.comparisons.is_some() && receiver.is_some() && hidden.is_empty() {
                    self.note(&values[0], function.name, values.get(1).unwrap_or(&Dynamic::UNIT), &value);
                }
                self.made(value)
            }
            Callee::Own(number, _) => match self.functions.get(*number) {
                Some(function) => self.run(values.iter().take(function.parameters), &function.body),
                None => Err(fault::failed("the function is gone")),
            },
        }
    }

    fn closure(&self, closure: &Arc<Closure>) -> Dynamic {
        let captured = closure.captures.iter().map(|index| self.local(*index)).collect();
        Dynamic::from(Callable { closure: closure.clone(), captured })
    }

    fn logic(&mut self, operands: &[Node], symbol: &str, decisive: bool) -> Result {
        for operand in operands {
            let value = self.eval(operand)?;
            let holds = value.as_bool().map_err(|_| {
                placed(fault::unsuitable(&format!("`{symbol}`"), "true or false", &value), operand.place)
            })?;
            if holds == decisive {
                return Ok(decisive.into());
            }
        }
        Ok((!decisive).into())
    }

    fn coalesce(&mut self, operands: &[Node]) -> Result {
        let mut value = Dynamic::UNIT;
        for operand in operands {
            value = self.eval(operand)?;
            if !value.is_unit() {
                break;
            }
        }
        Ok(value)
    }

    fn unary(&mut self, operator: Unary, operand: &Node) -> Result {
        let value = self.eval(operand)?;
        operators::unary(operator, &value)
    }

    fn text(&mut self, parts: &[Node]) -> Result {
        let mut text = String::new();
        for part in parts {
            let value = self.eval(part)?;
            self.spend(work_of(Binary::Add, &value, &value))?;
            value::write_text(&value, &mut text);
            if text.len() > TEXT_BYTES {
                break;
            }
        }
        self.made(text.into())
    }
}

/// How many operations it takes to look at whole values, as comparing them does, and writing a list or a map into a text.
fn work_of(operator: Binary, left: &Dynamic, right: &Dynamic) -> usize {
    let written = |value: &Dynamic| if value.is_string() { 0 } else { Extent::of(value).units };
    let looked_at = match operator {
        Binary::Add => written(left).max(written(right)),
        _ => Extent::of(left).units.min(Extent::of(right).units),
    };
    looked_at as usize / 4
}

fn returned(stop: Stop) -> Result {
    match stop {
        Stop::Return(value) => Ok(value),
        other => Err(Box::new(other)),
    }
}

/// Whether a text of this many bytes may be made.
pub(super) fn text_fits(bytes: usize) -> std::result::Result<(), Fault> {
    if bytes > TEXT_BYTES {
        return Err(fault::limit(format!("the text is longer than {} MiB", TEXT_BYTES >> 20)));
    }
    Ok(())
}

/// SplitMix64's finalizer.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
