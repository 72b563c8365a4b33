//! Whether values mean the same, and values opened into rows whatever form they are written in.

use super::alone;
use crate::format::flow::{self, Collection};
use crate::format::tree::{Below, Block, Row, Rows, Trivia, Value};
use crate::format::{bare, write};
use crate::text;

/// Whether two values mean the same, in whatever form.
pub(super) fn same(a: &Value, b: &Value) -> bool {
    if let (Some(left), Some(right)) = (block(a), block(b)) {
        return match (&left.rows, &right.rows) {
            (Rows::Map(left), Rows::Map(right)) => {
                let at = |row: &Row| right.iter().find(|other| bare(&other.key) == bare(&row.key));
                left.len() == right.len()
                    && left.iter().all(|row| at(row).is_some_and(|other| same(&row.value, &other.value)))
            }
            (Rows::List(left), Rows::List(right)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(&a.value, &b.value))
            }
            _ => false,
        };
    }
    as_written(a) == as_written(b) || read(a).is_some_and(|left| read(b) == Some(left))
}

/// What a value means; none where it cannot be told without the rest of the text.
pub(super) fn read(value: &Value) -> Option<serde_json::Value> {
    let node = text::read(&write::document(&alone("it", value))).ok()?;
    node.get("it").map(text::Node::to_json)
}

fn block(value: &Value) -> Option<&Block> {
    match &value.below {
        Below::Block(block) if value.head.is_empty() && !block.rows.list().is_empty() => Some(block),
        _ => None,
    }
}

fn as_written(value: &Value) -> String {
    let bare = Value { comment: String::new(), ..value.clone() };
    write::document(&alone("it", &bare))
}

/// The rows of a map or list; none of anything else.
pub(super) fn open(value: &Value) -> Option<Rows> {
    if value.frozen {
        return None;
    }
    if let Some(block) = block(value) {
        return (!block.is_frozen()).then(|| block.rows.clone());
    }
    if !matches!(value.below, Below::Nothing) {
        return None;
    }
    let (collection, parts) = flow::parts(&value.head)?;
    let row = |(key, text): (&str, &str)| {
        let value = Value { head: text.to_owned(), ..Value::default() };
        Row { leading: Vec::new(), key: key.to_owned(), value }
    };
    let rows = parts.into_iter().map(row).collect();
    Some(match collection {
        Collection::Map => Rows::Map(rows),
        Collection::List => Rows::List(rows),
    })
}

impl Value {
    /// Comments behind the last of its rows.
    pub(super) fn tail(&self) -> Vec<Trivia> {
        match &self.below {
            Below::Block(block) => block.tail.clone(),
            _ => Vec::new(),
        }
    }

    /// Whether all of it stands on one line.
    pub(super) fn below_is_nothing(&self) -> bool {
        matches!(self.below, Below::Nothing)
    }
}

/// The text of a key of a map, where it is one.
pub(super) fn text_at(value: &Value, key: &str) -> Option<String> {
    let rows = open(value)?;
    let Rows::Map(rows) = &rows else { return None };
    let row = rows.iter().find(|row| bare(&row.key) == key)?;
    read(&row.value)?.as_str().map(str::to_owned)
}
