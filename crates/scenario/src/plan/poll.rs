//! `poll:` what is asked now and then, and what is new in the answer.

use super::{CallStep, Schedule};
use crate::expression::Expression;
use std::sync::Arc;

/// `poll:`.
#[derive(Clone, Debug)]
pub struct Poll {
    /// When it is asked.
    pub schedule: Schedule,
    /// Which module is asked: `http.request`.
    pub module: Arc<str>,
    /// With what. Its parameters see `cursor`.
    pub call: CallStep,
    /// Where the items are in what it gives: sees `output` and `cursor`.
    pub items: Expression,
    /// By what an item is known again: sees `item` and `output`. None: by all that it has.
    pub id: Option<Expression>,
    /// From where it is asked next: sees `output`, and `item` where it is that of the newest one.
    pub cursor: Option<Expression>,
    /// What becomes of the items that are there when it is asked for the first time.
    pub first: First,
    /// In which order the items come.
    pub newest: Newest,
    /// How many runs new items start.
    pub batch: Batch,
    /// A digest of what is asked and of how items are known: when it changes, what was known counts for nothing.
    pub identity: String,
}

/// What becomes of the items that are there at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First {
    /// They are noted, and start nothing.
    Skip,
    /// Each is new.
    All,
}

/// Where the newest item of a list is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newest {
    /// The list begins with it.
    First,
    /// The list ends with it.
    Last,
}

/// How many runs new items start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// One for each.
    Each,
    /// One for all that are new at once.
    All,
}

impl Poll {
    /// Whether the cursor is that of an item.
    pub fn has_cursor_of_items(&self) -> bool {
        self.cursor.iter().any(|cursor| cursor.names().iter().any(|(name, _)| name == "item"))
    }
}
