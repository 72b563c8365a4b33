//! Which names expressions see where.

use super::SUGGESTIONS;
use crate::diagnostic::{Diagnostic, Place};
use std::collections::HashMap;
use std::sync::Arc;

/// Names that are always there.
const ALWAYS: [&str; 4] = ["trigger", "run", "vars", "env"];

/// The names that are visible at the point the check has come to.
#[derive(Default)]
pub(crate) struct Scope {
    /// In the order in which they became visible; a block's end takes back what was added since its beginning.
    stack: Vec<Arc<str>>,
    /// How often each stands in the stack.
    visible: HashMap<Arc<str>, u32>,
    /// Where each step's id stands, for all steps met so far.
    defined: HashMap<Arc<str>, Place>,
    /// Ids that were visible and are no more.
    hidden: HashMap<Arc<str>, Inside>,
    /// Names that nothing visible explains, decided when all steps are known.
    unresolved: Vec<Unresolved>,
}

/// What kind of block a step stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// It may not be taken.
    Branch,
    /// It runs many times.
    Loop,
}

/// The point to which a block's end goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark(usize);

struct Unresolved {
    name: Arc<str>,
    place: Place,
    standing: Standing,
    visible: Vec<Arc<str>>,
}

/// What was known of a name where it was read.
#[derive(Clone, Copy)]
enum Standing {
    /// A step before this point has it, in a block that has ended.
    Hidden(Inside),
    /// The step that is being gone over has it, or one around it.
    Running,
    /// Nothing up to this point.
    Unknown,
}

impl Scope {
    /// Makes a name visible.
    pub(crate) fn show(&mut self, name: Arc<str>) {
        *self.visible.entry(name.clone()).or_default() += 1;
        self.stack.push(name);
    }

    /// Notes that a step of this id stands here; the place of an earlier one, if there is one.
    pub(crate) fn define(&mut self, id: &Arc<str>, place: Place) -> Result<(), Place> {
        match self.defined.get(id) {
            Some(first) => Err(*first),
            None => {
                self.defined.insert(id.clone(), place);
                Ok(())
            }
        }
    }

    /// Whether a loop around this point has a variable of this name.
    pub(crate) fn is_loop_variable(&self, name: &str) -> bool {
        self.visible.contains_key(name) && !self.defined.contains_key(name)
    }

    /// The step that has this id, if one was met.
    pub(crate) fn defined(&self, id: &str) -> Option<Place> {
        self.defined.get(id).copied()
    }

    /// Begins a block.
    pub(crate) fn enter(&self) -> Mark {
        Mark(self.stack.len())
    }

    /// Ends a block: what became visible in it is hidden from now on.
    pub(crate) fn leave(&mut self, mark: Mark, inside: Inside) {
        for name in self.take_back(mark) {
            self.hidden.insert(name, inside);
        }
    }

    /// Takes back what became visible since the mark.
    pub(crate) fn take_back(&mut self, mark: Mark) -> Vec<Arc<str>> {
        let names: Vec<Arc<str>> = self.stack.drain(mark.0..).collect();
        for name in &names {
            if let Some(count) = self.visible.get_mut(name) {
                *count -= 1;
                if *count == 0 {
                    self.visible.remove(name);
                }
            }
        }
        names
    }

    /// Whether a name means something here; if not, it is remembered for [`Scope::unresolved`].
    pub(crate) fn look_up(&mut self, name: &str, place: Place) {
        if ALWAYS.contains(&name) || self.visible.contains_key(name) {
            return;
        }
        let visible = if self.unresolved.len() < SUGGESTIONS { self.visible.keys().cloned().collect() } else { vec![] };
        let standing = match self.hidden.get(name) {
            Some(inside) => Standing::Hidden(*inside),
            None if self.defined.contains_key(name) => Standing::Running,
            None => Standing::Unknown,
        };
        self.unresolved.push(Unresolved { name: name.into(), place, standing, visible });
    }

    /// What is wrong with the names that were not visible.
    pub(crate) fn unresolved(&mut self) -> Vec<Diagnostic> {
        let Self { unresolved, defined, .. } = self;
        let explain = |one: &Unresolved| match (defined.get(&one.name), one.standing) {
            (Some(_), Standing::Running) => Diagnostic::own_output(one.place, &one.name),
            (Some(_), Standing::Hidden(Inside::Loop)) => Diagnostic::loop_step(one.place, &one.name),
            (Some(at), Standing::Hidden(Inside::Branch)) => Diagnostic::branch_step(one.place, &one.name, *at),
            (Some(at), Standing::Unknown) => Diagnostic::later_step(one.place, &one.name, *at),
            (None, _) => {
                let visible = ALWAYS.into_iter().chain(one.visible.iter().map(|name| &**name));
                Diagnostic::unknown_name(one.place, &one.name, visible)
            }
        };
        unresolved.iter().map(explain).collect()
    }
}
