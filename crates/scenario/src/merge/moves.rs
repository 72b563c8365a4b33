//! Steps that stand in another list than they did, as when a router is put before them: they are the same steps, and what
//! was edited in them goes along.

use super::meaning::{open, text_at};
use super::{Context, Merging};
use crate::format::bare;
use crate::format::tree::{Below, Block, Row, Rows, Value};
use std::collections::{HashMap, HashSet};

/// Steps by their ids: the list they stand in, and themselves.
type Steps = HashMap<String, (String, Row)>;

/// Which steps were moved, by whom.
pub(super) struct Moves {
    base: Steps,
    ours: Steps,
    theirs: Steps,
    /// Those that theirs moved, and ours did not.
    by_theirs: HashSet<String>,
    /// Those that ours moved, whether or not theirs did.
    by_ours: HashSet<String>,
}

impl Moves {
    pub(super) fn of(base: &Rows, ours: &Rows, theirs: &Rows) -> Self {
        let all = |rows: &Rows| {
            let mut found = Steps::new();
            look(rows, Context::Whole, "", &mut found);
            found
        };
        let (base, ours, theirs) = (all(base), all(ours), all(theirs));
        let (mut by_theirs, mut by_ours) = (HashSet::new(), HashSet::new());
        for (id, (was, _)) in &base {
            let (Some((here, _)), Some((there, _))) = (ours.get(id), theirs.get(id)) else { continue };
            if here != was {
                by_ours.insert(id.clone());
            } else if there != was {
                by_theirs.insert(id.clone());
            }
        }
        Self { base, ours, theirs, by_theirs, by_ours }
    }

    /// Whether a step of ours goes to where theirs has it.
    pub(super) fn leaves(&self, id: &str) -> bool {
        self.by_theirs.contains(id)
    }

    /// Whether a step of theirs stands somewhere else in ours, where it stays.
    pub(super) fn is_kept_elsewhere(&self, id: &str) -> bool {
        self.by_ours.contains(id)
    }

    /// The step that ours has moved, as it was and as theirs has it.
    fn brought(&self, id: &str) -> Option<(Row, Row)> {
        let moved = self.by_ours.contains(id).then(|| (self.base.get(id), self.theirs.get(id)))?;
        Some((moved.0?.1.clone(), moved.1?.1.clone()))
    }

    /// The step that theirs has moved, as it was and as ours has it.
    fn taken_along(&self, id: &str) -> Option<(Row, Row)> {
        let moved = self.by_theirs.contains(id).then(|| (self.base.get(id), self.ours.get(id)))?;
        Some((moved.0?.1.clone(), moved.1?.1.clone()))
    }
}

/// Finds the steps below these rows.
fn look(rows: &Rows, context: Context, path: &str, found: &mut Steps) {
    for (at, row) in rows.list().iter().enumerate() {
        let is_item = matches!(rows, Rows::List(_));
        let id = if is_item { text_at(&row.value, "id") } else { None };
        let (name, below) = match is_item {
            true => (id.clone().unwrap_or_else(|| format!("#{at}")), context.item()),
            false => (bare(&row.key).to_owned(), context.below(bare(&row.key))),
        };
        if let (Context::Steps, Some(id)) = (context, id) {
            found.entry(id).or_insert_with(|| (path.to_owned(), row.clone()));
        }
        if let Some(inner) = open(&row.value) {
            look(&inner, below, &format!("{path}/{name}"), found);
        }
    }
}

impl Merging {
    /// A value of theirs, with the edits in steps that it has brought along from elsewhere.
    pub(super) fn adopted(&mut self, value: &Value) -> Value {
        let Below::Block(block) = &value.below else { return value.clone() };
        let rows = match &block.rows {
            Rows::Map(rows) => Rows::Map(rows.iter().map(|row| self.adopted_row(row)).collect()),
            Rows::List(rows) => {
                let stays = |row: &&Row| !text_at(&row.value, "id").is_some_and(|id| self.moves.is_kept_elsewhere(&id));
                let kept: Vec<&Row> = rows.iter().filter(stays).collect();
                Rows::List(kept.into_iter().map(|row| self.adopted_row(row)).collect())
            }
        };
        if rows.list().is_empty() {
            return value.clone();
        }
        Value { below: Below::Block(Block { rows, tail: block.tail.clone() }), ..value.clone() }
    }

    /// The same for an entry or an item.
    pub(super) fn adopted_row(&mut self, row: &Row) -> Row {
        let id = if row.key.is_empty() { text_at(&row.value, "id") } else { None };
        if let Some((id, (before, ours))) = id.and_then(|id| Some((id.clone(), self.moves.taken_along(&id)?))) {
            let value =
                self.within(&id, |merging| merging.value(Some(&before.value), &ours.value, &row.value, Context::Step));
            let leading = super::maps::with(ours.leading, &mut self.orphans);
            return Row { leading, key: String::new(), value };
        }
        Row { value: self.adopted(&row.value), ..row.clone() }
    }

    /// A value of ours that theirs has left alone, with what changed of steps that somebody has moved into it.
    pub(super) fn carried(&mut self, value: &Value) -> Value {
        if self.moves.by_ours.is_empty() {
            return value.clone();
        }
        let Below::Block(block) = &value.below else { return value.clone() };
        let rows = match &block.rows {
            Rows::Map(rows) => Rows::Map(rows.iter().map(|row| self.carried_row(row)).collect()),
            Rows::List(rows) => Rows::List(rows.iter().map(|row| self.carried_row(row)).collect()),
        };
        Value { below: Below::Block(Block { rows, tail: block.tail.clone() }), ..value.clone() }
    }

    /// The same for an entry or an item.
    pub(super) fn carried_row(&mut self, row: &Row) -> Row {
        let id = if row.key.is_empty() { text_at(&row.value, "id") } else { None };
        if let Some((id, (before, after))) = id.and_then(|id| Some((id.clone(), self.moves.brought(&id)?))) {
            let value =
                self.within(&id, |merging| merging.value(Some(&before.value), &row.value, &after.value, Context::Step));
            let leading = super::maps::with(row.leading.clone(), &mut self.orphans);
            return Row { leading, key: String::new(), value };
        }
        Row { value: self.carried(&row.value), ..row.clone() }
    }
}
