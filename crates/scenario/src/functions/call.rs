//! What a function sees of the call: its arguments by type, and the means to call closures and to count work.

use super::Function;
use crate::diagnostic::Place;
use crate::expression::Moment;
use crate::expression::code::Callable;
use crate::expression::fault::{self, Fault};
use crate::expression::machine::Machine;
use crate::expression::value::{Extent, as_callable, as_list, as_map, as_number, as_text};
use rhai::{Array, Dynamic, ImmutableString, Map};
use std::ops::Deref;

/// One call of a function.
pub(crate) struct Call<'c, 'm> {
    function: &'static Function,
    arguments: &'c [Dynamic],
    place: Place,
    machine: &'c mut Machine<'m>,
}

impl<'c, 'm> Call<'c, 'm> {
    pub(crate) fn new(
        function: &'static Function,
        arguments: &'c [Dynamic],
        place: Place,
        machine: &'c mut Machine<'m>,
    ) -> Self {
        Self { function, arguments, place, machine }
    }

    /// The argument, where it was given; the first is 0. It outlives the borrow of the call.
    pub(crate) fn given(&self, position: usize) -> Option<&'c Dynamic> {
        self.arguments.get(position)
    }

    /// The argument of any type. The number of arguments was checked when the call was compiled.
    pub(crate) fn any(&self, position: usize) -> &'c Dynamic {
        const NOTHING: &Dynamic = &Dynamic::UNIT;
        self.given(position).unwrap_or(NOTHING)
    }

    /// The argument as text.
    pub(crate) fn text(&self, position: usize) -> Result<ImmutableString, Fault> {
        as_text(self.any(position)).ok_or_else(|| self.unsuitable(position, "a text"))
    }

    /// The argument as a whole number.
    pub(crate) fn int(&self, position: usize) -> Result<i64, Fault> {
        self.any(position).as_int().map_err(|_| self.unsuitable(position, "a whole number"))
    }

    /// The argument as a count: a whole number from 0.
    pub(crate) fn count(&self, position: usize) -> Result<usize, Fault> {
        usize::try_from(self.int(position)?).map_err(|_| self.unsuitable(position, "a number from 0"))
    }

    /// The argument as a number.
    pub(crate) fn number(&self, position: usize) -> Result<f64, Fault> {
        as_number(self.any(position)).ok_or_else(|| self.unsuitable(position, "a number"))
    }

    /// The argument as a list, whose items are counted as work.
    pub(crate) fn list(&mut self, position: usize) -> Result<impl Deref<Target = Array> + use<'c>, Fault> {
        let Some(items) = as_list(self.any(position)) else { return Err(self.unsuitable(position, "a list")) };
        self.machine.spend(items.len())?;
        Ok(items)
    }

    /// The argument as a map, whose entries are counted as work.
    pub(crate) fn map(&mut self, position: usize) -> Result<impl Deref<Target = Map> + use<'c>, Fault> {
        let Some(entries) = as_map(self.any(position)) else { return Err(self.unsuitable(position, "a map")) };
        self.machine.spend(entries.len())?;
        Ok(entries)
    }

    /// The argument as a closure.
    pub(crate) fn closure(&self, position: usize) -> Result<Callable, Fault> {
        as_callable(self.any(position)).ok_or_else(|| self.unsuitable(position, "a function such as `|x| x > 1`"))
    }

    /// Calls a closure.
    pub(crate) fn invoke(&mut self, closure: &Callable, arguments: &[Dynamic]) -> Result<Dynamic, Fault> {
        self.machine.spend(1)?;
        self.machine.invoke(closure, arguments)
    }

    /// Calls a closure that decides.
    pub(crate) fn decide(&mut self, closure: &Callable, arguments: &[Dynamic]) -> Result<bool, Fault> {
        let value = self.invoke(closure, arguments)?;
        value.as_bool().map_err(|_| fault::placed(fault::not_a_condition(&value), closure.closure.body.place))
    }

    /// The name of the function.
    pub(crate) fn name(&self) -> &'static str {
        self.function.name
    }

    /// Counts work.
    pub(crate) fn spend(&mut self, operations: usize) -> Result<(), Fault> {
        self.machine.spend(operations)
    }

    /// Counts memory for values within what the function makes; that itself is counted by the machine.
    pub(crate) fn reserve(&mut self, bytes: usize) -> Result<(), Fault> {
        self.machine.reserve(bytes as u64)
    }

    /// Counts work: one operation for each 64 bytes.
    pub(crate) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Fault> {
        self.machine.spend(bytes / 64)
    }

    /// Counts work: the argument is walked to its last part, as often as it is held in itself.
    pub(crate) fn spend_whole(&mut self, position: usize) -> Result<(), Fault> {
        self.machine.spend(Extent::of(self.any(position)).units as usize / 2)
    }

    /// Counts work: each item of the list is compared with this argument.
    pub(crate) fn spend_comparisons(&mut self, list: usize, with: usize) -> Result<(), Fault> {
        let items = as_list(self.any(list)).map_or(0, |items| items.len());
        let compared = items.saturating_mul(Extent::of(self.any(with)).units as usize);
        self.machine.spend(compared.min(Extent::of(self.any(list)).units as usize) / 4)
    }

    /// Whether the evaluation uses a pattern for the first time.
    pub(crate) fn is_new_pattern(&mut self, pattern: &ImmutableString) -> bool {
        self.machine.is_new_pattern(pattern)
    }

    /// The moment of the evaluation.
    pub(crate) fn moment(&self) -> &Moment {
        self.machine.moment()
    }

    /// A number that differs from draw to draw.
    pub(crate) fn draw(&mut self) -> u64 {
        self.machine.draw(self.place)
    }

    /// The fault of an argument of the wrong type.
    pub(crate) fn unsuitable(&self, position: usize, wanted: &str) -> Fault {
        fault::unsuitable(&format!("`{}`", self.function.name), wanted, self.any(position))
    }

    /// The fault of this message.
    pub(crate) fn fail(&self, message: &str) -> Fault {
        fault::failed(format!("`{}`: {message}", self.function.name))
    }
}
