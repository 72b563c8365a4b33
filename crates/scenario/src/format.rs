//! The canonical form of a scenario's text: keys in one order, two spaces of indentation, blank lines between what is
//! long, every comment where it belongs.
//!
//! The text is cut into blocks of lines by indentation alone, the blocks are put in order and written again; scalars
//! are moved, never rewritten. What the cutting is not sure of (anchors, tags, complex keys, texts over several lines)
//! stays as it is. In the end the result is [proven](proof) to hold what the text held; if it did not, the text would
//! be left alone.

pub(crate) mod flow;
mod lines;
mod order;
mod proof;
pub(crate) mod read;
mod scalar;
pub(crate) mod tree;
pub(crate) mod write;

#[cfg(test)]
pub(crate) use order::known_keys;
pub(crate) use order::{bare, is_common_key};

use crate::diagnostic::Diagnostic;
use crate::text;

/// How wide a line may become by what is changed within it, in characters.
const WIDTH: usize = 120;

/// The canonical form of a text. It means the same and has the same comments; formatting it again changes nothing.
/// Texts that are no sound scenarios are formatted as far as their keys are known. An error says why the text is no
/// YAML at all.
pub fn format(text: &str) -> Result<String, Box<Diagnostic>> {
    let before = text::read(text)?;
    let formatted = arranged(text).filter(|formatted| proof::holds_the_same(text, &before, formatted));
    Ok(formatted.unwrap_or_else(|| text.to_owned()))
}

/// The text in canonical form, where its outline can be read.
fn arranged(text: &str) -> Option<String> {
    let (mark, body) = match text.strip_prefix('\u{feff}') {
        Some(body) => ("\u{feff}", body),
        None => ("", text),
    };
    let unix = body.replace("\r\n", "\n");
    // A lone carriage return ends a line, too (YAML 1.2, 5.4); nobody writes that.
    if unix.contains('\r') {
        return None;
    }
    let mut document = read::document(&unix)?;
    order::arrange(&mut document);
    let written = write::document(&document);
    let written = if body.contains("\r\n") { written.replace('\n', "\r\n") } else { written };
    Some(format!("{mark}{written}"))
}

#[cfg(test)]
mod tests;
