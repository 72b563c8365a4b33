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
    /// What is called otherwise here within a field.
    pub(super) nested: BTreeMap<&'static str, Nested>,
}

/// How keys within a field are called here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Nested {
    /// Theirs, and ours.
    Names(&'static [(&'static str, &'static str)]),
    /// Headers of a mail: `replyTo` is `reply-to`.
    Headers,
}

impl Nested {
    /// What a key of theirs is here.
    fn ours(self, theirs: &str) -> String {
        match self {
            Self::Names(names) => {
                let known = names.iter().find(|(known, _)| *known == theirs);
                known.map_or(theirs, |(_, ours)| *ours).to_owned()
            }
            Self::Headers => theirs.chars().fold(String::new(), |mut name, c| {
                if c.is_ascii_uppercase() && !name.is_empty() && !name.ends_with('-') {
                    name.push('-');
                }
                name.push(c.to_ascii_lowercase());
                name
            }),
        }
    }
}

impl Output {
    /// One that is read as it is.
    pub(super) fn of(expr: Expr) -> Self {
        Self {
            fields: BTreeMap::new(),
            whole: Typed::maybe(expr, Type::Any),
            types: BTreeMap::new(),
            nested: BTreeMap::new(),
        }
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

    /// The same, with a field within which keys are called otherwise.
    #[must_use]
    pub(super) fn nested(mut self, field: &'static str, nested: Nested) -> Self {
        self.nested.insert(field, nested);
        self
    }

    /// How an item of a field is read that is a list.
    pub(super) fn item_of(&self, field: &str, item: Expr) -> Self {
        match self.nested.get(field) {
            Some(Nested::Names(names)) => {
                names.iter().fold(Self::of(item), |output, (theirs, ours)| output.at(theirs, &[ours], Type::Any))
            }
            _ => Self::of(item),
        }
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
    fn renamed(&self, module: &str, path: &[Segment]) -> Option<Vec<Segment>> {
        let Some(Segment::Key(field)) = path.first() else { return None };
        let nested = *self.output(module)?.nested.get(field.as_str())?;
        let mut path = path.to_vec();
        let key = path.iter_mut().skip(1).find_map(|segment| match segment {
            Segment::Key(key) => Some(key),
            _ => None,
        })?;
        *key = nested.ours(key);
        Some(path)
    }

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
