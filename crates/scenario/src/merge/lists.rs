//! Lists of maps, item by item: steps, branches, tests.

use super::maps::with;
use super::matching::{Pairs, pairs};
use super::meaning::{same, text_at};
use super::{Context, Merging, Wins, comments};
use crate::format::tree::Row;

/// A row of the list that comes of it, with the places of the same item in the other lists.
struct Placed {
    row: Row,
    base: Option<usize>,
    theirs: Option<usize>,
}

/// The three lists.
#[derive(Clone, Copy)]
struct Lists<'r> {
    base: &'r [Row],
    ours: &'r [Row],
    theirs: &'r [Row],
}

impl Merging {
    /// The items of a list: ours in their order, with what theirs added behind what it stands behind there.
    pub(super) fn list(&mut self, base: &[Row], ours: &[Row], theirs: &[Row], context: Context) -> Vec<Row> {
        let lists = Lists { base, ours, theirs };
        let (to_ours, to_theirs) = (pairs(base, ours), pairs(base, theirs));
        let both_new = of_both_new(lists, &to_ours, &to_theirs);
        let mut placed: Vec<Placed> = Vec::new();
        for (at, row) in ours.iter().enumerate() {
            let before = to_ours.before[at];
            let after = before.map_or(both_new[at], |before| to_theirs.after[before]);
            let item = Item { row, before: before.map(|it| &base[it]), after: after.map(|it| &theirs[it]) };
            if let Some(mut row) = self.item(item, context) {
                row.leading = with(row.leading, &mut self.orphans);
                placed.push(Placed { row, base: before, theirs: after });
            }
        }
        reorder(&mut placed);
        self.insert(lists, (&to_ours, &to_theirs), &both_new, &mut placed);
        placed.into_iter().map(|it| it.row).collect()
    }

    /// One item of ours; none where it goes.
    fn item(&mut self, Item { row, before, after }: Item<'_>, context: Context) -> Option<Row> {
        let id = text_at(&row.value, "id");
        let name = id.clone().or_else(|| text_at(&row.value, "name")).unwrap_or_else(|| "…".to_owned());
        self.within(&name, |merging| match (before, after) {
            (_, Some(after)) => {
                let leading = comments::merged(before.map_or(&[], |it| &it.leading), &row.leading, &after.leading);
                let base = before.map(|it| &it.value);
                let value = merging.value(base, &row.value, &after.value, context.item());
                Some(Row { leading, key: String::new(), value })
            }
            (Some(_), None) if id.as_ref().is_some_and(|id| merging.moves.leaves(id)) => None,
            (Some(before), None) if merging.wins == Wins::Theirs || same(&before.value, &row.value) => {
                merging.orphans.extend(comments::left_behind(before, row));
                None
            }
            (Some(_), None) => {
                merging.conflict("it is not there any more, and what was edited stays", None);
                Some(row.clone())
            }
            (None, None) => Some(merging.carried_row(row)),
        })
    }

    /// Puts in what theirs has and ours has not, unless ours has taken it out or moved it.
    fn insert(
        &mut self,
        lists: Lists<'_>,
        (to_ours, to_theirs): (&Pairs, &Pairs),
        both_new: &[Option<usize>],
        placed: &mut Vec<Placed>,
    ) {
        for (at, row) in lists.theirs.iter().enumerate() {
            let base = to_theirs.before[at];
            let is_there = base.is_some_and(|it| to_ours.after[it].is_some()) || both_new.contains(&Some(at));
            let id = text_at(&row.value, "id");
            let is_elsewhere = id.as_ref().is_some_and(|id| self.moves.is_kept_elsewhere(id));
            if is_there || is_elsewhere {
                continue;
            }
            if let Some(base) = base {
                if self.wins == Wins::Ours && !same(&lists.base[base].value, &row.value) {
                    let name = id.unwrap_or_else(|| "…".to_owned());
                    self.within(&name, |merging| {
                        merging.conflict("it changed, and was taken out here; it stays out", Some(&row.value));
                    });
                }
                continue;
            }
            let behind = (0..at).rev().find_map(|it| placed.iter().position(|other| other.theirs == Some(it)));
            let mut row = self.adopted_row(row);
            row.leading = with(row.leading, &mut self.orphans);
            placed.insert(behind.map_or(0, |it| it + 1), Placed { row, base: None, theirs: Some(at) });
        }
    }
}

/// An item of ours with the same one in the other lists.
struct Item<'r> {
    row: &'r Row,
    before: Option<&'r Row>,
    after: Option<&'r Row>,
}

/// For each item of ours that is new: the one of theirs that is new, too, and the same.
fn of_both_new(lists: Lists<'_>, to_ours: &Pairs, to_theirs: &Pairs) -> Vec<Option<usize>> {
    let is_same = |ours: &Row, theirs: &Row| {
        let ids = (text_at(&ours.value, "id"), text_at(&theirs.value, "id"));
        matches!(ids, (Some(a), Some(b)) if a == b) || same(&ours.value, &theirs.value)
    };
    let mut taken = vec![false; lists.theirs.len()];
    let find = |(at, row): (usize, &Row)| {
        if to_ours.before[at].is_some() {
            return None;
        }
        let mut new = (0..lists.theirs.len()).filter(|it| to_theirs.before[*it].is_none() && !taken[*it]);
        let found = new.find(|it| is_same(row, &lists.theirs[*it]))?;
        taken[found] = true;
        Some(found)
    };
    lists.ours.iter().enumerate().map(find).collect()
}

/// Where ours left the order alone, that of theirs is taken, for what both have had from the beginning.
fn reorder(placed: &mut [Placed]) {
    let common: Vec<usize> =
        (0..placed.len()).filter(|at| placed[*at].base.is_some() && placed[*at].theirs.is_some()).collect();
    let base: Vec<Option<usize>> = common.iter().map(|at| placed[*at].base).collect();
    if !base.is_sorted() {
        return;
    }
    let mut wanted: Vec<usize> = common.clone();
    wanted.sort_by_key(|at| placed[*at].theirs);
    let rows: Vec<(Row, Option<usize>, Option<usize>)> =
        wanted.iter().map(|at| (placed[*at].row.clone(), placed[*at].base, placed[*at].theirs)).collect();
    for (at, (row, base, theirs)) in common.into_iter().zip(rows) {
        placed[at] = Placed { row, base, theirs };
    }
}
