//! Maps, key by key.

use super::meaning::same;
use super::{Context, Merging, Wins, comments};
use crate::format::tree::{Row, Trivia};
use crate::format::{bare, is_common_key};

impl Merging {
    /// The rows of a map: ours in their order, then what theirs has more.
    pub(super) fn map(&mut self, base: &[Row], ours: &[Row], theirs: &[Row], context: Context) -> Vec<Row> {
        let slots = Slots::of([base, ours, theirs], context);
        let mut rows: Vec<Row> = Vec::new();
        for row in ours {
            let slot = slots.of_key(&row.key);
            let before = base.iter().find(|it| slots.of_key(&it.key) == slot);
            let after = theirs.iter().find(|it| slots.of_key(&it.key) == slot);
            let name = bare(&row.key).to_owned();
            let kept = self.within(&name, |merging| match (before, after) {
                (_, Some(after)) => Some(merging.row(before, row, after, context)),
                (Some(before), None) if merging.wins == Wins::Theirs || same(&before.value, &row.value) => {
                    merging.orphans.extend(comments::left_behind(before, row));
                    None
                }
                (Some(_), None) => {
                    merging.conflict("it is not there any more, and what was edited stays", None);
                    Some(row.clone())
                }
                (None, None) => Some(merging.carried_row(row)),
            });
            if let Some(mut kept) = kept {
                kept.leading = with(kept.leading, &mut self.orphans);
                rows.push(kept);
            }
        }
        self.added(base, ours, theirs, &slots, &mut rows);
        rows
    }

    /// An entry that both have.
    fn row(&mut self, base: Option<&Row>, ours: &Row, theirs: &Row, context: Context) -> Row {
        let leading = comments::merged(base.map_or(&[], |it| &it.leading), &ours.leading, &theirs.leading);
        let below = context.below(bare(&ours.key));
        if bare(&ours.key) == bare(&theirs.key) {
            let base = base.filter(|it| bare(&it.key) == bare(&ours.key)).map(|it| &it.value);
            return Row { leading, key: ours.key.clone(), value: self.value(base, &ours.value, &theirs.value, below) };
        }
        // What the map is about became another thing.
        let stayed = |one: &Row| base.is_some_and(|it| bare(&it.key) == bare(&one.key) && same(&it.value, &one.value));
        if stayed(ours) || (self.wins == Wins::Theirs && !stayed(theirs)) {
            return Row { leading, key: theirs.key.clone(), value: self.adopted(&theirs.value) };
        }
        if !stayed(theirs) {
            let what = format!("it is `{}` now, and what was edited stays", bare(&theirs.key));
            self.conflict(&what, Some(&theirs.value));
        }
        Row { leading, ..ours.clone() }
    }

    /// Adds what theirs has and ours has not, unless ours has taken it out.
    fn added(&mut self, base: &[Row], ours: &[Row], theirs: &[Row], slots: &Slots, rows: &mut Vec<Row>) {
        for (at, row) in theirs.iter().enumerate() {
            let slot = slots.of_key(&row.key);
            if ours.iter().any(|it| slots.of_key(&it.key) == slot) {
                continue;
            }
            if let Some(before) = base.iter().find(|it| slots.of_key(&it.key) == slot) {
                if self.wins == Wins::Ours && !same(&before.value, &row.value) {
                    let name = bare(&row.key).to_owned();
                    self.within(&name, |merging| {
                        merging.conflict("it changed, and was taken out here; it stays out", Some(&row.value));
                    });
                }
                continue;
            }
            let anchor = theirs[..at]
                .iter()
                .rev()
                .find_map(|before| rows.iter().position(|it| slots.of_key(&it.key) == slots.of_key(&before.key)));
            let mut new = Row { value: self.adopted(&row.value), ..row.clone() };
            new.leading = with(new.leading, &mut self.orphans);
            rows.insert(anchor.map_or(rows.len(), |it| it + 1), new);
        }
    }
}

/// The comments above a row, and those whose place is gone.
pub(super) fn with(leading: Vec<Trivia>, orphans: &mut Vec<Trivia>) -> Vec<Trivia> {
    leading.into_iter().chain(orphans.drain(..)).collect()
}

/// Which keys of a map stand for the same thing: of a step, whatever it does.
struct Slots {
    context: Context,
}

impl Slots {
    fn of(maps: [&[Row]; 3], context: Context) -> Self {
        let counts = maps.iter().all(|rows| {
            let special = rows.iter().filter(|row| !matches!(context, Context::Step) || !is_common_key(bare(&row.key)));
            special.count() <= 1
        });
        let context = if counts { context } else { Context::Data };
        Self { context }
    }

    fn of_key<'k>(&self, key: &'k str) -> &'k str {
        let key = bare(key);
        match self.context {
            Context::Step if !is_common_key(key) => "",
            Context::One => "",
            _ => key,
        }
    }
}
