//! The statements of scripts: blocks, variables, loops, leaving and catching.

use super::code::{Kind, Node};
use super::fault::{self, Fault, Stop, placed};
use super::machine::{Machine, Result};
use super::value::{as_list, map, write_text};
use rhai::Dynamic;

/// What it costs to catch an error, in operations: its message names what is there, and its hint what was meant.
const WORK_OF_AN_ERROR: usize = 2_000;

impl Machine<'_> {
    /// Runs a statement. Nodes that are no statement were dealt with before.
    pub(super) fn statement(&mut self, node: &Node) -> Result {
        match &node.kind {
            Kind::Block { statements, locals } => self.block(statements, *locals),
            Kind::Let(value) => {
                let value = self.eval(value)?;
                self.locals.push(value);
                Ok(Dynamic::UNIT)
            }
            Kind::Change(change) => self.change(change),
            Kind::While { condition, body } => self.repeat(condition.as_deref(), body),
            Kind::Do { body, condition, while_it_is } => self.repeat_first(body, condition, *while_it_is),
            Kind::For { items, body, locals } => self.each(items, body, *locals),
            Kind::Break(value) => Err(Box::new(Stop::Break(self.optional(value.as_deref())?))),
            Kind::Continue => Err(Box::new(Stop::Continue)),
            Kind::Return(value) => Err(Box::new(Stop::Return(self.optional(value.as_deref())?))),
            Kind::Throw(value) => {
                let mut message = String::new();
                write_text(&self.optional(value.as_deref())?, &mut message);
                Err(fault::failed(message))
            }
            Kind::Try { body, handler, locals } => self.attempt(body, handler, *locals),
            _ => Ok(Dynamic::UNIT),
        }
    }

    fn block(&mut self, statements: &[Node], locals: usize) -> Result {
        let mut result = Ok(Dynamic::UNIT);
        for statement in statements {
            result = self.eval(statement);
            if result.is_err() {
                break;
            }
        }
        self.forget(locals);
        result
    }

    fn repeat(&mut self, condition: Option<&Node>, body: &Node) -> Result {
        loop {
            self.spend(1)?;
            if let Some(condition) = condition
                && !self.holds(condition)?
            {
                return Ok(Dynamic::UNIT);
            }
            if let Some(value) = self.turn(body)? {
                return Ok(value);
            }
        }
    }

    fn repeat_first(&mut self, body: &Node, condition: &Node, while_it_is: bool) -> Result {
        loop {
            self.spend(1)?;
            if let Some(value) = self.turn(body)? {
                return Ok(value);
            }
            if self.holds(condition)? != while_it_is {
                return Ok(Dynamic::UNIT);
            }
        }
    }

    fn each(&mut self, items: &Node, body: &Node, locals: usize) -> Result {
        let value = self.eval(items)?;
        let mut walk = Walk::over(&value).map_err(|fault| placed(fault, items.place))?;
        let mut position = 0_i64;
        while let Some(item) = walk.next(&value) {
            self.spend(1)?;
            self.locals.push(item);
            self.locals.push(position.into());
            position += 1;
            let result = self.turn(body);
            self.forget(locals);
            if let Some(value) = result? {
                return Ok(value);
            }
        }
        Ok(Dynamic::UNIT)
    }

    /// One turn of a loop: the value with which the loop ends after it, if it does.
    fn turn(&mut self, body: &Node) -> std::result::Result<Option<Dynamic>, Fault> {
        let region = self.begin_region();
        // What the body comes to is dropped; what leaves the loop does so as a `break`.
        let result = self.eval(body).map(|_| Dynamic::UNIT);
        self.end_turn(region, &result);
        match result {
            Ok(_) => Ok(None),
            Err(stop) => match *stop {
                Stop::Break(value) => Ok(Some(value)),
                Stop::Continue => Ok(None),
                other => Err(Box::new(other)),
            },
        }
    }

    /// Limits are not caught: a script could go on without end.
    fn attempt(&mut self, body: &Node, handler: &Node, locals: usize) -> Result {
        let stop = match self.eval(body) {
            Err(stop) => *stop,
            done => return done,
        };
        self.forget(locals);
        match stop {
            Stop::Failed(error) if error.code != "limit" => {
                self.spend(WORK_OF_AN_ERROR)?;
                let entries = [("code", error.code.into()), ("message", error.message.into())];
                self.locals.push(map(entries.map(|(key, value): (&str, Dynamic)| (key.into(), value)).into()));
                let result = self.eval(handler);
                self.forget(locals);
                result
            }
            other => Err(Box::new(other)),
        }
    }

    fn holds(&mut self, condition: &Node) -> std::result::Result<bool, Fault> {
        let value = self.eval(condition)?;
        value.as_bool().map_err(|_| placed(fault::not_a_condition(&value), condition.place))
    }

    fn optional(&mut self, value: Option<&Node>) -> Result {
        value.map_or(Ok(Dynamic::UNIT), |value| self.eval(value))
    }

    /// Drops the locals of this frame from this one on.
    fn forget(&mut self, locals: usize) {
        self.locals.truncate(self.base + locals);
    }
}

/// How far a `for` has come in what it goes over: a list's items, a text's characters.
enum Walk {
    Items(usize),
    Bytes(usize),
}

impl Walk {
    fn over(value: &Dynamic) -> std::result::Result<Self, Fault> {
        if value.is_array() {
            Ok(Self::Items(0))
        } else if value.is_string() {
            Ok(Self::Bytes(0))
        } else {
            Err(fault::unsuitable("`for`", "a list or a text", value))
        }
    }

    fn next(&mut self, value: &Dynamic) -> Option<Dynamic> {
        match self {
            Self::Items(position) => {
                let item = as_list(value)?.get(*position).cloned();
                *position += 1;
                item
            }
            Self::Bytes(position) => {
                let text = value.as_immutable_string_ref().ok()?;
                let character = text.get(*position..)?.chars().next()?;
                *position += character.len_utf8();
                Some(character.to_string().into())
            }
        }
    }
}
