//! What modules gave, and how it is read here: by their ids, as far as the way has come.

use super::expression::Bundles;
use super::iml::Segment;
use super::typed::{Type, Typed};
use crate::ours::Expr;
use std::collections::{BTreeMap, BTreeSet};

/// How the output of a module is read.
#[derive(Clone, Debug)]
pub(super) struct Output {
    /// Fields of theirs that are something else here.
    pub(super) fields: BTreeMap<String, Typed>,
    /// All of it; any other field is a field of this.
    pub(super) whole: Typed,
    /// Fields whose type is known.
    pub(super) types: BTreeMap<String, Type>,
}

impl Output {
    /// One that is read as it is.
    pub(super) fn of(expr: Expr) -> Self {
        Self { fields: BTreeMap::new(), whole: Typed::maybe(expr, Type::Any), types: BTreeMap::new() }
    }

    /// The same, with a field of theirs that is something else here.
    #[must_use]
    pub(super) fn with(mut self, theirs: &str, ours: Typed) -> Self {
        self.fields.insert(theirs.to_owned(), ours);
        self
    }

    /// The same, with a field that is a path here.
    #[must_use]
    pub(super) fn at(self, theirs: &str, path: &[&str], of: Type) -> Self {
        let expr = path.iter().fold(self.whole.expr.clone(), |of, key| of.maybe(*key));
        self.with(theirs, Typed::maybe(expr, of))
    }
}

/// What the modules gave that ran before.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    outputs: BTreeMap<String, Output>,
    /// In the order in which they ran.
    visible: Vec<String>,
    /// Every module of the file.
    pub(super) all: BTreeSet<String>,
}

impl Known {
    /// Makes a module's output readable.
    pub(super) fn show(&mut self, id: &str, output: Output) {
        self.outputs.insert(id.to_owned(), output);
        self.visible.push(id.to_owned());
    }

    /// How many modules are readable.
    pub(super) fn mark(&self) -> usize {
        self.visible.len()
    }

    /// Forgets what became readable since.
    pub(super) fn forget(&mut self, mark: usize) {
        self.visible.truncate(mark);
    }

    /// Makes outputs readable again that were forgotten.
    pub(super) fn recall<'i>(&mut self, ids: impl Iterator<Item = &'i str>) {
        let known: Vec<String> = ids.filter(|id| self.outputs.contains_key(*id)).map(str::to_owned).collect();
        self.visible.extend(known);
    }

    /// How a module's output is read, where it may be.
    pub(super) fn output(&self, id: &str) -> Option<&Output> {
        if self.visible.iter().any(|known| known == id) { self.outputs.get(id) } else { None }
    }
}

impl Bundles for Known {
    fn find(&self, module: &str, path: &[Segment]) -> Result<(Typed, usize), String> {
        let Some(output) = self.output(module) else {
            // Nothing came from it on this way, as Make sees it, too.
            return Ok((Typed::nothing(), path.len()));
        };
        let Some(Segment::Key(key)) = path.first() else { return Ok((output.whole.clone(), 0)) };
        if let Some(field) = output.fields.get(key) {
            return Ok((field.clone(), 1));
        }
        match output.types.get(key) {
            Some(of) => Ok((Typed::maybe(output.whole.expr.clone().maybe(key.as_str()), *of), 1)),
            None => Ok((output.whole.clone(), 0)),
        }
    }

    /// A field without a module is one of the last module that has run.
    fn word(&self, word: &str) -> Option<Typed> {
        const KEYWORDS: [&str; 20] = [
            "now",
            "timestamp",
            "true",
            "false",
            "null",
            "ignore",
            "emptystring",
            "erase",
            "emptyarray",
            "space",
            "nbsp",
            "tab",
            "newline",
            "carriagereturn",
            "random",
            "uuid",
            "pi",
            "executionId",
            "var",
            "if",
        ];
        if KEYWORDS.contains(&word) {
            return None;
        }
        let last = self.visible.last().and_then(|id| self.outputs.get(id))?;
        let own = last.fields.get(word).cloned();
        Some(own.unwrap_or_else(|| Typed::maybe(last.whole.expr.clone().maybe(word), Type::Any)))
    }
}
