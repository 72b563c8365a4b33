//! Changes of a script's variables. Lists and maps are shared and read-only for everyone else: a change takes the variable's
//! own copy, which is made only where someone else still has the value.

use super::access::position;
use super::code::{Binary, Change, Effect};
use super::fault::{self, Fault};
use super::machine::{LIST_ITEMS, Machine, Result, text_fits};
use super::operators;
use super::value::{
    ENTRY, Extent, ITEM, as_list, as_map, as_text, describe, keys_of, list, map, set_units, shared, write_text,
};
use rhai::{Array, Dynamic, Map};

impl Machine<'_> {
    /// Makes a change; gives what a removing one took away.
    pub(super) fn change(&mut self, change: &Change) -> Result {
        let keys = change.path.iter().map(|key| self.eval(key)).collect::<std::result::Result<Vec<_>, _>>()?;
        let arguments =
            change.arguments.iter().map(|value| self.eval(value)).collect::<std::result::Result<Vec<_>, _>>()?;
        let grows_in_place = change.effect == Effect::Operate(Binary::Add) && keys.is_empty();
        let flowing = keys.iter().chain(arguments.iter().filter(|_| !grows_in_place));
        flowing.for_each(|value| self.flows_out(value));
        let slot = self.base + change.index;
        let mut value = self.locals.get_mut(slot).map(std::mem::take).unwrap_or_default();
        let result = self.within(&mut value, &keys, change.effect, &arguments);
        if let Some(local) = self.locals.get_mut(slot) {
            *local = value;
        }
        result.and_then(|removed| self.still_fits(slot).map(|()| removed))
    }

    fn still_fits(&mut self, slot: usize) -> std::result::Result<(), Fault> {
        let value = self.locals.get(slot).cloned().unwrap_or_default();
        if let (Some(units), Some(local)) = (self.fits(&value)?, self.locals.get_mut(slot)) {
            set_units(local, units);
        }
        Ok(())
    }

    /// Goes down the keys to what is changed.
    fn within(&mut self, value: &mut Dynamic, keys: &[Dynamic], effect: Effect, arguments: &[Dynamic]) -> Result {
        let Some((key, deeper)) = keys.split_first() else { return self.apply(value, effect, arguments) };
        let adds = matches!(effect, Effect::Push | Effect::Insert);
        let reached = reached(keys.len() + usize::from(adds), arguments);
        let reached = if adds { reached } else { reached.roughly() };
        if value.is_array() {
            return self.in_list(value, reached, |machine, items| {
                let length = items.len();
                let at = index(key, length)?;
                machine.within(&mut items[at], deeper, effect, arguments)
            });
        }
        if value.is_map() {
            let Some(name) = as_text(key) else { return Err(fault::unsuitable("a map", "a key that is a text", key)) };
            let makes = deeper.is_empty() && effect == Effect::Set;
            return self.in_map(value, reached, |machine, entries| {
                if !makes && !entries.contains_key(name.as_str()) {
                    let message = format!("there is no `{name}` to change; the map has {}", keys_of(entries));
                    return Err(fault::missing(message, format!("set it first, as in `….{name} = #{{}}`")));
                }
                if entries.len() >= LIST_ITEMS && makes {
                    return Err(fault::limit(format!("the map has more than {LIST_ITEMS} keys")));
                }
                if makes {
                    machine.takes(ENTRY)?;
                }
                let entry = entries.entry(name.as_str().into()).or_default();
                machine.within(entry, deeper, effect, arguments)
            });
        }
        Err(fault::unsuitable("a change within a value", "a list or a map", value))
    }

    fn apply(&mut self, value: &mut Dynamic, effect: Effect, arguments: &[Dynamic]) -> Result {
        let reached = match effect {
            Effect::Push | Effect::Insert => reached(1, arguments),
            _ => reached(1, arguments).roughly(),
        };
        match (effect, arguments) {
            (Effect::Set, [new]) => *value = new.clone(),
            (Effect::Operate(Binary::Add), [operand]) if value.is_string() && !operand.is_unit() => {
                self.append(value, operand)?;
            }
            (Effect::Operate(operator), [operand]) => {
                let new = operators::binary(operator, value, operand)?;
                *value = self.made(new)?;
                self.flows_out(value);
            }
            (Effect::Push, [item]) => {
                return self.in_list(value, reached, |machine, items| {
                    machine.takes(ITEM)?;
                    push(items, item).map(|()| Dynamic::UNIT)
                });
            }
            (Effect::Pop, []) => return self.in_list(value, reached, |_, items| Ok(items.pop().unwrap_or_default())),
            (Effect::Insert, [at, item]) => {
                return self.in_list(value, reached, |machine, items| {
                    machine.takes(ITEM)?;
                    let at = if at.as_int() == Ok(items.len() as i64) { items.len() } else { index(at, items.len())? };
                    push(items, item)?;
                    items[at..].rotate_right(1);
                    Ok(Dynamic::UNIT)
                });
            }
            (Effect::Remove, [key]) if value.is_map() => {
                let Some(name) = as_text(key) else { return Err(fault::unsuitable("`remove`", "a text", key)) };
                return self.in_map(value, reached, |_, entries| Ok(entries.remove(name.as_str()).unwrap_or_default()));
            }
            (Effect::Remove, [at]) => {
                return self.in_list(value, reached, |_, items| {
                    let at = index(at, items.len())?;
                    Ok(items.remove(at))
                });
            }
            (Effect::Clear, []) if value.is_map() => *value = map(Map::new()),
            (Effect::Clear, []) if value.is_array() => *value = list(Array::new()),
            _ => return Err(fault::failed(format!("{} cannot be changed so", describe(value)))),
        }
        Ok(Dynamic::UNIT)
    }

    /// Lengthens a text where it is: what grows piece by piece costs no more than its pieces.
    fn append(&mut self, text: &mut Dynamic, operand: &Dynamic) -> std::result::Result<(), Fault> {
        let mut added = String::new();
        write_text(operand, &mut added);
        let Some(mut whole) = as_text(text) else { return Err(fault::unsuitable("`+=`", "a text", text)) };
        *text = Dynamic::UNIT;
        let copied = if whole.strong_count() > 1 { whole.len() } else { 0 };
        // What grows by itself takes up to twice as much.
        let taken = 2 * added.len() + copied;
        let result = self.spend(added.len() / 64).and_then(|()| self.takes(taken));
        let result = result.and_then(|()| text_fits(whole.len() + added.len()));
        if result.is_ok() {
            whole += added.as_str();
        }
        *text = whole.into();
        result
    }

    /// Counts a copy of so many parts, each of this size.
    fn copies(&mut self, parts: usize, size: usize) -> std::result::Result<(), Fault> {
        self.spend(parts / COPIED_PER_OPERATION).and_then(|()| self.takes(parts * size))
    }

    /// Counts bytes that a variable takes from now on.
    fn takes(&mut self, bytes: usize) -> std::result::Result<(), Fault> {
        self.grows(bytes as u64);
        self.reserve(bytes as u64)
    }

    fn in_list(
        &mut self,
        value: &mut Dynamic,
        reached: Extent,
        change: impl FnOnce(&mut Self, &mut Array) -> Result,
    ) -> Result {
        if !value.is_array() {
            return Err(fault::unsuitable("this change", "a list", value));
        }
        let extent = Extent::of(value).with(reached);
        let before = as_list(value).map(|items| items.as_ptr());
        let taken = std::mem::take(value).flatten().into_array();
        let mut items = taken.map_err(|_| fault::failed("the list is gone"))?;
        let copied = if before == Some(items.as_ptr()) { 0 } else { items.len() };
        let result = self.copies(copied, ITEM).and_then(|()| change(self, &mut items));
        *value = shared(Dynamic::from_array(items), extent);
        result
    }

    fn in_map(
        &mut self,
        value: &mut Dynamic,
        reached: Extent,
        change: impl FnOnce(&mut Self, &mut Map) -> Result,
    ) -> Result {
        let extent = Extent::of(value).with(reached);
        let before = as_map(value).and_then(|entries| first_of(&entries));
        let mut entries = std::mem::take(value).flatten().try_cast::<Map>().unwrap_or_default();
        let copied = if before == first_of(&entries) { 0 } else { entries.len() };
        let result = self.copies(copied, ENTRY).and_then(|()| change(self, &mut entries));
        *value = shared(Dynamic::from_map(entries), extent);
        result
    }
}

/// How far a container reaches at least, and by how much it grows at most, after a change within it, this many containers
/// down.
fn reached(containers: usize, arguments: &[Dynamic]) -> Extent {
    let added = arguments.iter().fold(Extent::default(), |extent, argument| extent.with(Extent::of(argument)));
    added.within(u32::try_from(containers).unwrap_or(u32::MAX), 1)
}

/// Where a map's first value is kept: a copy has it elsewhere.
fn first_of(entries: &Map) -> Option<*const Dynamic> {
    entries.values().next().map(std::ptr::from_ref)
}

/// How many items one operation may copy.
const COPIED_PER_OPERATION: usize = 32;

fn push(items: &mut Array, item: &Dynamic) -> std::result::Result<(), Fault> {
    if items.len() >= LIST_ITEMS {
        return Err(fault::limit(format!("the list has more than {LIST_ITEMS} items")));
    }
    items.push(item.clone());
    Ok(())
}

fn index(key: &Dynamic, length: usize) -> std::result::Result<usize, Fault> {
    let Ok(number) = key.as_int() else { return Err(fault::unsuitable("a list", "a number as its index", key)) };
    position(number, length).ok_or_else(|| {
        let message = format!("there is no item [{number}] to change; the list has {length} items");
        fault::missing(message, "add items with `push`".into())
    })
}
