//! Steps with blocks of their own: branches and loops.

use super::BlockNo;
use crate::expression::{Expression, Template};
use std::sync::Arc;

/// `route`.
#[derive(Clone, Debug)]
pub struct Route {
    /// How many branches may be taken.
    pub take: Take,
    /// The branches, in order.
    pub branches: Vec<Branch>,
    /// Taken when no branch was.
    pub otherwise: Option<BlockNo>,
}

/// How many branches of a route are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// Every branch whose condition holds, one after another (Make's router).
    All,
    /// The first whose condition holds (a switch).
    First,
}

/// One branch of a route.
#[derive(Clone, Debug)]
pub struct Branch {
    /// What to show people.
    pub name: Option<String>,
    /// Whether it is taken; none: always.
    pub when: Option<Expression>,
    /// What it does.
    pub block: BlockNo,
}

/// `for_each`.
#[derive(Clone, Debug)]
pub struct ForEach {
    /// The list.
    pub items: Expression,
    /// The name of the item in expressions; `item` unless `as:` says otherwise. `index` counts from 0.
    pub variable: Arc<str>,
    /// What is done with each item.
    pub block: BlockNo,
    /// How many turns are walked side by side, at least 1.
    pub parallel: u32,
    /// How many items a turn gets, as a list; none: one item, as it is.
    pub batch: Option<u32>,
    /// What becomes of what the turns give; none: the output is the number of turns.
    pub collect: Option<Collect>,
}

/// `repeat`.
#[derive(Clone, Debug)]
pub struct Repeat {
    /// How long it goes on.
    pub bound: Bound,
    /// More turns than this are a failure, where the bound is a condition.
    pub max: u32,
    /// What is done in each turn.
    pub block: BlockNo,
    /// What becomes of what the turns give; none: the output is the number of turns.
    pub collect: Option<Collect>,
}

/// How long a `repeat` goes on.
#[derive(Clone, Debug)]
pub enum Bound {
    /// A number of turns.
    Times(Expression),
    /// As long as this holds; looked at before each turn.
    While(Expression),
    /// Until this holds; looked at after each turn, from inside of it.
    Until(Expression),
}

/// `collect:` what a loop makes of what its turns give.
#[derive(Clone, Debug)]
pub enum Collect {
    /// A list of the values.
    List(Template),
    /// One text, with this between the parts.
    Text {
        /// What a turn gives.
        part: Template,
        /// What stands between two parts.
        separator: String,
    },
    /// The sum of the numbers.
    Sum(Expression),
    /// A map of lists: the values under their keys.
    Group {
        /// What a turn gives.
        value: Template,
        /// Under which key.
        by: Expression,
    },
}
