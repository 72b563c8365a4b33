//! Functions stay short. Those that are not stand in `xtask/long-functions.txt`, a list that may only shrink.

use super::ratchet::Ratchet;
use super::sources::Source;

/// From `fn` to the closing brace.
const RATCHET: Ratchet = Ratchet { list: "xtask/long-functions.txt", limit: 60 };

/// Complaints about functions that are longer than the limit or the list allows.
pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let of_file = |file: &Source| {
        let path = file.name();
        functions(&file.text).into_iter().map(move |(name, lines)| (format!("{path}::{name}"), lines))
    };
    RATCHET.check(files, files.iter().filter(|file| file.is_rust()).flat_map(of_file))
}

/// Each function with its number of lines. In formatted source a function ends at the first line that is a closing
/// brace with the indent of its `fn`, so nothing inside needs to be understood.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut functions = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else { continue };
        let closing = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        let one_line = line.ends_with('}') || line.ends_with(';');
        let end = if one_line { Some(0) } else { lines[start..].iter().position(|line| *line == closing) };
        functions.extend(end.map(|end| (name.to_owned(), end + 1)));
    }
    functions
}

/// The name after `fn`, where a line declares a function.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let qualifiers = ["pub", "const", "async", "unsafe", "extern", "\"C\"", "default"];
    let declares = before.split_whitespace().all(|word| qualifiers.contains(&word) || word.starts_with("pub("));
    let name = after.split(['(', '<']).next()?;
    (declares && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_functions() {
        let text = "fn one() {}\n\nimpl A {\n    pub(crate) async fn two(\n        a: u8,\n    ) -> u8 {\n        if a {\n        }\n    }\n}\n\
                    trait B {\n    fn three();\n}\n// a fn in a comment\nlet f: fn (u8);\n";
        assert_eq!(functions(text), [("one".to_owned(), 1), ("two".to_owned(), 6), ("three".to_owned(), 1)]);
    }
}
