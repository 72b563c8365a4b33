//! What a run knows of the delivery that started it, beyond what was sent.

use super::Entry;
use crate::id::Millis;
use serde::{Deserialize, Serialize};

/// What a delivery was recognised as: what `trigger` tells of it beyond what was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognised {
    /// The preset by which its sender was known: `trigger.provider`.
    pub provider: Option<String>,
    /// What it tells of, in the sender's words: `trigger.event`.
    pub event: Option<String>,
    /// What the sender calls this delivery, in all its attempts: `trigger.id`.
    pub id: Option<String>,
    /// Which item of the request it is, where each item starts a run.
    pub item: Option<Item>,
    /// When.
    pub at: Millis,
}

/// One item of a request that carries several. The run's body is the request's, with the lists on the path cut down to
/// this item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The names that lead from the body to the items. A list on the way is gone through item by item; empty: the body
    /// is the list.
    pub path: Vec<String>,
    /// Its place among all items of the request, from 0: `trigger.index`.
    pub index: u32,
    /// How many items the request carries.
    pub count: u32,
}

impl Recognised {
    /// What the delivery of this journal's run was recognised as, if it was.
    pub fn of(entries: &[Entry]) -> Option<&Self> {
        entries.iter().find_map(|entry| match entry {
            Entry::Recognised(recognised) => Some(&**recognised),
            _ => None,
        })
    }
}
