//! Reading properties and items. What is not there is an error that names the path as written and what is there.

use super::code::{Kind, Link, Node, Step};
use super::fault::{self, Fault};
use super::value::{self, as_list, as_map, as_text, describe, keys_of};
use crate::functions;
use rhai::{Dynamic, Map};
use std::fmt::Write;

/// The part of a chain that gave a value, as it is written.
pub(super) struct Written<'a> {
    pub(super) root: &'a Node,
    pub(super) links: &'a [Link],
}

/// `receiver.name`.
pub(super) fn property(receiver: &Dynamic, name: &str, optional: bool, so_far: &Written) -> Result<Dynamic, Fault> {
    let Some(map) = as_map(receiver) else { return Err(no_properties(receiver, name, so_far)) };
    match map.get(name) {
        Some(value) => Ok(value.clone()),
        None if optional => Ok(Dynamic::UNIT),
        None => Err(missing(&map, name, so_far)),
    }
}

/// `receiver[index]`.
pub(super) fn index(receiver: &Dynamic, index: &Dynamic, optional: bool, so_far: &Written) -> Result<Dynamic, Fault> {
    if let Some(key) = as_text(index) {
        return property(receiver, &key, optional, so_far);
    }
    let Ok(number) = index.as_int() else {
        return Err(fault::unsuitable("an index", "a number or a key", index));
    };
    let (found, length) = if let Some(items) = as_list(receiver) {
        (position(number, items.len()).and_then(|at| items.get(at)).cloned(), items.len())
    } else if let Some(text) = as_text(receiver) {
        let length = text.chars().count();
        let character = position(number, length).and_then(|at| text.chars().nth(at));
        (character.map(|character| character.to_string().into()), length)
    } else {
        let name = number.to_string();
        return Err(match as_map(receiver) {
            Some(_) => fault::unsuitable("a map", "a key that is a text", index),
            None => no_properties(receiver, &name, so_far),
        });
    };
    match found {
        Some(value) => Ok(value),
        None if optional => Ok(Dynamic::UNIT),
        None => Err(out_of_range(number, length, so_far)),
    }
}

/// `receiver[from..to]` of a list or a text; ends beyond the length are cut.
pub(crate) fn slice(receiver: &Dynamic, from: &Dynamic, to: &Dynamic) -> Result<Dynamic, Fault> {
    let end = |value: &Dynamic| value.as_int().map_err(|_| fault::unsuitable("a range", "a number", value));
    let (from, to) = (end(from)?, end(to)?);
    let cut = |length: usize| {
        let absolute = |end: i64| if end < 0 { end.saturating_add_unsigned(length as u64).max(0) } else { end };
        let clamp = |end: i64| usize::try_from(end).unwrap_or(usize::MAX).min(length);
        let start = clamp(absolute(from));
        let stop = clamp(absolute(to));
        (start, stop.saturating_sub(start))
    };
    if let Some(items) = as_list(receiver) {
        let (start, count) = cut(items.len());
        return Ok(value::list(items.iter().skip(start).take(count).cloned().collect()));
    }
    if let Some(text) = as_text(receiver) {
        let (start, count) = cut(text.chars().count());
        return Ok(text.chars().skip(start).take(count).collect::<String>().into());
    }
    Err(fault::unsuitable("`[from..to]`", "a list or a text", receiver))
}

/// The exclusive end of a range that includes this one. Behind the last, -1, there is no position to name.
pub(super) fn after(end: &Dynamic) -> Dynamic {
    match end.as_int() {
        Ok(-1) => i64::MAX.into(),
        Ok(end) => end.saturating_add(1).into(),
        Err(_) => end.clone(),
    }
}

/// Counts from the end where it is negative.
pub(super) fn position(index: i64, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(position) => (position < length).then_some(position),
        Err(_) => length.checked_sub(usize::try_from(index.unsigned_abs()).ok()?),
    }
}

fn missing(map: &Map, name: &str, so_far: &Written) -> Fault {
    let near = nearest(name, map.keys().map(|key| key.as_str()));
    let hint = match near {
        Some(near) => format!("did you mean `{near}`? If it may be absent, write `?.{name}` or add `?? …`"),
        None => format!("if it may be absent, write `?.{name}` or add `?? …`"),
    };
    fault::missing(format!("`{so_far}.{name}` does not exist; `{so_far}` has {}", keys_of(map)), hint)
}

fn no_properties(receiver: &Dynamic, name: &str, so_far: &Written) -> Fault {
    let message = format!("`{so_far}` is {}, so `{name}` cannot be read from it", describe(receiver));
    let function = functions::find(name).map(|function| function.name).or_else(|| functions::elsewhere(name));
    let hint = if receiver.is_unit() {
        format!("if it may be absent, write `{so_far}?.{name}` or add `?? …`")
    } else if let Some(function) = function {
        format!("did you mean the function, `{so_far}.{function}()`?")
    } else if receiver.is_array() {
        format!("take one item, `{so_far}[0]`, or all: `{so_far}.map(|item| item.{name})`")
    } else if receiver.is_string() {
        format!("if the text is JSON, write `{so_far}.parse_json().{name}`")
    } else {
        "only maps have properties".into()
    };
    fault::missing(message, hint)
}

fn out_of_range(index: i64, length: usize, so_far: &Written) -> Fault {
    let items = match length {
        0 => "nothing in it".into(),
        1 => "one item, `[0]`".into(),
        _ => format!("{length} items, `[0]` to `[{}]`", length - 1),
    };
    let hint = format!("if it may be absent, write `?[{index}]` or add `?? …`");
    fault::missing(format!("`{so_far}[{index}]` does not exist; `{so_far}` has {items}"), hint)
}

/// The candidate most like the name, if any is like it at all.
pub(crate) fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<&'c str> {
    const CONSIDERED: usize = 500;
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let within = (name.chars().count() / 3).max(1);
    candidates
        .take(CONSIDERED)
        .filter(|candidate| candidate.len() <= LONGEST)
        .map(|candidate| (strsim::damerau_levenshtein(&name.to_lowercase(), &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= within)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

impl std::fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write_node(self.root, f)?;
        for link in self.links {
            if link.optional && !matches!(link.step, Step::Slice { .. }) {
                f.write_char('?')?;
            }
            match &link.step {
                Step::Property(name) => write!(f, ".{name}")?,
                Step::Index(Node { kind: Kind::Constant(index), .. }) => {
                    write!(f, "[{}]", String::from_utf8_lossy(&crate::data::to_text(index)))?;
                }
                Step::Index(index) => {
                    f.write_char('[')?;
                    write_node(index, f)?;
                    f.write_char(']')?;
                }
                Step::Slice { .. } => f.write_str("[..]")?,
                Step::Method { function, .. } => write!(f, ".{}(…)", function.name())?,
            }
        }
        Ok(())
    }
}

fn write_node(node: &Node, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
    match &node.kind {
        Kind::Name { name, .. } | Kind::Local { name, .. } => f.write_str(name),
        Kind::Chain { root, links } => write!(f, "{}", Written { root, links }),
        Kind::Call { function, .. } => write!(f, "{}(…)", function.name()),
        _ => f.write_str("…"),
    }
}
