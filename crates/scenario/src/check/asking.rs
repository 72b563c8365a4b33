//! Which steps ask someone outside: those alone can be stood in for by a test.

use super::Checker;
use crate::plan::{Kind, Step};
use std::collections::HashMap;
use std::sync::Arc;

/// Whom the steps of one name ask, told while they are met: tests name steps by the thousand.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asking {
    /// Some step asks someone who can be stood in for.
    pub(crate) anyone: bool,
    /// Some step waits for an answer.
    pub(crate) waits: bool,
}

/// Whom steps ask, by what tests may call them.
#[derive(Default)]
pub(super) struct Askings {
    by_id: HashMap<Arc<str>, Asking>,
    by_module: HashMap<Arc<str>, Asking>,
}

impl Askings {
    /// Remembers a step.
    pub(super) fn note(&mut self, step: &Step) {
        let (anyone, waits) = match step.kind {
            Kind::WaitFor(_) => (true, true),
            Kind::Call(_) | Kind::Invoke(_) => (true, false),
            _ => (false, false),
        };
        let by_id = step.id.as_ref().map(|id| self.by_id.entry(id.clone()).or_default());
        let by_module = self.by_module.entry(step.module.clone()).or_default();
        for asking in by_id.into_iter().chain([by_module]) {
            asking.anyone |= anyone;
            asking.waits |= waits;
        }
    }
}

impl Checker<'_> {
    /// Whom the steps ask that tests call by this name: those of this id, else those of this module. None where there is
    /// no sound one.
    pub(crate) fn asking(&self, name: &str) -> Option<Asking> {
        let Askings { by_id, by_module } = &self.askings;
        by_id.get(name).or_else(|| by_module.get(name)).copied()
    }
}
