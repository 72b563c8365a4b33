//! What a condition compared: so that people see why it held or did not.

use super::value::{as_list, kind_of};
use crate::data::Json;
use rhai::Dynamic;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// How much of a value is shown, in characters.
const SHOWN: usize = 200;

/// How many comparisons of one condition are shown.
pub(super) const MOST: usize = 20;

/// A comparison as it was made: both sides with their types, and how it came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// The left value as JSON text, cut after 200 characters.
    pub left: String,
    /// Its type: `text`, `number`, `list`…
    pub left_type: String,
    /// `==`, `>`, or the name of a function that tells true from false, as `contains`.
    pub operator: String,
    /// The right value, as the left.
    pub right: String,
    /// Its type.
    pub right_type: String,
    /// How it came out.
    pub result: bool,
}

impl Comparison {
    pub(super) fn of(left: &Dynamic, operator: &str, right: &Dynamic, result: bool) -> Self {
        Self {
            left: shown(left),
            left_type: kind_of(left).to_owned(),
            operator: operator.to_owned(),
            right: shown(right),
            right_type: kind_of(right).to_owned(),
            result,
        }
    }
}

fn shown(value: &Dynamic) -> String {
    // A long list is not written out only to be cut off.
    if let Some(items) = as_list(value).filter(|items| items.len() > SHOWN) {
        return format!("[… {} items]", items.len());
    }
    let mut beginning = Beginning(Vec::new());
    // That it ends early is what it is for.
    let _ = serde_json::to_writer(&mut beginning, &Json(value));
    let text = String::from_utf8_lossy(&beginning.0).into_owned();
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Takes so much of what is written that the shown part is in it, and no more.
struct Beginning(Vec<u8>);

impl Beginning {
    /// A character has four bytes at most; one more is there to see that something is cut off.
    const BYTES: usize = 4 * (SHOWN + 1);
}

impl Write for Beginning {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        let taken = written.len().min(Self::BYTES - self.0.len());
        self.0.extend_from_slice(&written[..taken]);
        if taken == 0 && !written.is_empty() { Err(io::ErrorKind::WriteZero.into()) } else { Ok(taken) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
