//! Two texts that come from the same one become one: what somebody has edited, and what an import makes of the file that
//! has changed since. By meaning, step by step and key by key; comments stay. Where both changed the same, the edit wins,
//! and a comment tells what the other says.

mod comments;
mod lists;
mod maps;
mod matching;
mod meaning;
mod moves;

use crate::diagnostic::Diagnostic;
use crate::format::tree::{Block, Document, Row, Rows, Value};
use crate::format::{format, read, write};
use crate::text;
use meaning::{open, same};
use moves::Moves;
use serde::Serialize;

/// What two texts have become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The one text.
    pub text: String,
    /// Where both had changed the same. The text has what `ours` said, and a comment with the other.
    pub conflicts: Vec<Conflict>,
}

/// Something that both texts changed, in different ways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Conflict {
    /// Where: names of keys and ids of steps from the outside in, such as `steps/row/http.request/url`.
    pub path: String,
    /// What happened, as a sentence without a final dot.
    pub text: String,
}

/// Why texts cannot be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmergeable {
    /// One of them is no YAML.
    #[error("the {0} text cannot be read: {message}", message = .1.message)]
    Unreadable(&'static str, Box<Diagnostic>),
    /// One of them is written in a way that has no lines for its parts, as a text that is one flow map.
    #[error("the {0} text is not written line by line, as `hookmill fmt` leaves it")]
    Shapeless(&'static str),
    /// The parts of both make no whole; nothing is better than that.
    #[error("what comes of both is no YAML: {message}", message = .0.message)]
    Unsound(Box<Diagnostic>),
}

/// Whose text it is where both have changed the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wins {
    /// Ours stays, a comment tells what theirs says, and it is a conflict.
    Ours,
    /// Theirs is taken: ours says the same as `base`, in words that `base` has not.
    Theirs,
}

/// Brings what changed from `base` to `theirs` into `ours`.
pub fn merge(base: &str, ours: &str, theirs: &str, wins: Wins) -> Result<Merged, Unmergeable> {
    let unreadable = |which| move |error| Unmergeable::Unreadable(which, error);
    for (which, text) in [("old", base), ("edited", ours), ("new", theirs)] {
        text::read(text).map_err(unreadable(which))?;
    }
    if base == theirs {
        return Ok(Merged { text: ours.to_owned(), conflicts: Vec::new() });
    }
    if base == ours {
        return Ok(Merged { text: theirs.to_owned(), conflicts: Vec::new() });
    }
    by_parts(base, ours, theirs, wins)
}

/// The same, where no text is another one whole.
fn by_parts(base: &str, ours: &str, theirs: &str, wins: Wins) -> Result<Merged, Unmergeable> {
    let outline = |which, text: &str| read::document(&text.replace("\r\n", "\n")).ok_or(Unmergeable::Shapeless(which));
    let (base, mut ours, theirs) = (outline("old", base)?, outline("edited", ours)?, outline("new", theirs)?);
    let mut merging = Merging::new(&base.block, &ours.block, &theirs.block, wins);
    let rows = merging.map(base.block.rows.list(), ours.block.rows.list(), theirs.block.rows.list(), Context::Whole);
    ours.header = comments::merged(&base.header, &ours.header, &theirs.header);
    ours.block.rows = Rows::Map(rows);
    ours.block.tail.append(&mut merging.orphans);
    let text = write::document(&ours);
    let text = format(&text).map_err(Unmergeable::Unsound)?;
    text::read(&text).map_err(Unmergeable::Unsound)?;
    Ok(Merged { text, conflicts: merging.conflicts })
}

/// What a value is a part of, as far as that tells how it is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    /// The scenario.
    Whole,
    /// A list of steps, or of the branches of `parallel`.
    Steps,
    /// A step: one of its keys is what it does.
    Step,
    /// A map of which one key is all: what starts a scenario, what a failure leads to.
    One,
    /// The branches of a step `parallel`.
    Parallel,
    /// Anything else.
    Data,
}

impl Context {
    /// What the value of a key is a part of.
    fn below(self, key: &str) -> Self {
        match (self, key) {
            (Self::Parallel, _) => Self::Steps,
            (Self::Whole, "trigger") | (Self::Step, "on_error") => Self::One,
            (_, "steps" | "otherwise" | "on_failure") => Self::Steps,
            (Self::Step, "parallel") => Self::Parallel,
            _ => Self::Data,
        }
    }

    /// What an item of a list is.
    fn item(self) -> Self {
        match self {
            Self::Steps => Self::Step,
            Self::One => Self::One,
            _ => Self::Data,
        }
    }
}

/// A merge on its way.
struct Merging {
    wins: Wins,
    conflicts: Vec<Conflict>,
    /// Where it is: keys, ids of steps.
    path: Vec<String>,
    /// Steps that stand in another list than they did.
    moves: Moves,
    /// Comments whose place is gone; they stand above what comes next.
    orphans: Vec<crate::format::tree::Trivia>,
}

impl Merging {
    fn new(base: &Block, ours: &Block, theirs: &Block, wins: Wins) -> Self {
        let moves = Moves::of(&base.rows, &ours.rows, &theirs.rows);
        Self { wins, conflicts: Vec::new(), path: Vec::new(), moves, orphans: Vec::new() }
    }

    /// One value; comments about a conflict are left with the orphans, for the row it belongs to.
    fn value(&mut self, base: Option<&Value>, ours: &Value, theirs: &Value, context: Context) -> Value {
        let unchanged = base.is_some_and(|base| same(base, theirs));
        if unchanged || same(ours, theirs) {
            return self.carried(ours);
        }
        if let Some(parts) = self.parts(base, ours, theirs, context) {
            return parts;
        }
        if self.wins == Wins::Theirs || base.is_some_and(|base| same(base, ours)) {
            let mut taken = self.adopted(theirs);
            if taken.comment.is_empty() && taken.below_is_nothing() {
                taken.comment.clone_from(&ours.comment);
            }
            return taken;
        }
        self.conflict("both changed this; what was edited stays", Some(theirs));
        ours.clone()
    }

    /// Maps are merged key by key, lists of maps item by item; none where it is neither.
    fn parts(&mut self, base: Option<&Value>, ours: &Value, theirs: &Value, context: Context) -> Option<Value> {
        let (our_rows, their_rows) = (open(ours)?, open(theirs)?);
        let base_rows = base.and_then(open);
        let rows = match (&our_rows, &their_rows) {
            (Rows::Map(ours), Rows::Map(theirs)) => {
                let base = base_rows.as_ref().filter(|it| matches!(it, Rows::Map(_))).map_or(&[][..], Rows::list);
                Rows::Map(self.map(base, ours, theirs, context))
            }
            (Rows::List(ours), Rows::List(theirs)) if all_maps(ours) && all_maps(theirs) => {
                let base = base_rows.as_ref().filter(|it| matches!(it, Rows::List(_))).map_or(&[][..], Rows::list);
                if !all_maps(base) {
                    return None;
                }
                Rows::List(self.list(base, ours, theirs, context))
            }
            _ => return None,
        };
        let tail = ours.tail().into_iter().chain(std::mem::take(&mut self.orphans)).collect();
        Some(whole(rows, tail, ours))
    }

    /// Notes a conflict, with what the other text says as a comment.
    fn conflict(&mut self, what: &str, theirs: Option<&Value>) {
        self.conflicts.push(Conflict { path: self.path.join("/"), text: what.to_owned() });
        let key = self.path.last().cloned().unwrap_or_default();
        self.orphans.extend(comments::about(what, theirs.map(|value| (key.as_str(), value))));
    }

    /// Does the work below a key or a step.
    fn within<T>(&mut self, name: &str, work: impl FnOnce(&mut Self) -> T) -> T {
        self.path.push(name.to_owned());
        let done = work(self);
        self.path.pop();
        done
    }
}

/// Whether each item is a map: only then does it say which one it is.
fn all_maps(rows: &[Row]) -> bool {
    rows.iter().all(|row| matches!(open(&row.value), Some(Rows::Map(_))))
}

/// Rows as the value that they were opened from.
fn whole(rows: Rows, tail: Vec<crate::format::tree::Trivia>, like: &Value) -> Value {
    use crate::format::tree::Below;
    if rows.list().is_empty() && tail.is_empty() {
        let head = if matches!(rows, Rows::Map(_)) { "{}" } else { "[]" };
        return Value { head: head.to_owned(), comment: like.comment.clone(), ..Value::default() };
    }
    let below = Below::Block(Block { rows, tail });
    Value { head: String::new(), comment: like.comment.clone(), below, frozen: false }
}

/// A document of one entry, to read or to show a value.
fn alone(key: &str, value: &Value) -> Document {
    let row = Row { leading: Vec::new(), key: key.to_owned(), value: value.clone() };
    let block = Block { rows: Rows::Map(vec![row]), tail: Vec::new() };
    Document { prologue: Vec::new(), header: Vec::new(), block }
}

#[cfg(test)]
mod tests;
