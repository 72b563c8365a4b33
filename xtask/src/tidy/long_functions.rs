//! Functions stay short. Those that are not stand in `xtask/ratchet.txt`, a list that may only shrink.

use std::collections::BTreeMap;

use super::sources::Source;

/// The list: a line `path::function lines` each.
const RATCHET: &str = "xtask/ratchet.txt";

/// How many lines a function may have, from `fn` to its closing brace.
const LIMIT: usize = 60;

/// Complaints about functions that are longer than the limit or the list allows, and about entries that could go.
pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let list = files.iter().find(|file| file.path.as_os_str() == RATCHET);
    let allowed = allowed(list.map_or("", |file| &file.text));
    let long: BTreeMap<String, usize> = files
        .iter()
        .filter(|file| file.is_rust())
        .flat_map(|file| {
            functions(&file.text).into_iter().map(|(name, lines)| (format!("{}::{name}", file.name()), lines))
        })
        .filter(|(_, lines)| *lines > LIMIT)
        .collect();
    compare(&long, &allowed)
}

fn compare(long: &BTreeMap<String, usize>, allowed: &BTreeMap<String, usize>) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, lines) in long {
        let limit = allowed.get(name).copied().unwrap_or(LIMIT);
        if *lines > limit {
            complaints.push(format!("{name} has {lines} lines, {limit} are allowed"));
        }
    }
    for (name, limit) in allowed {
        match long.get(name) {
            None => complaints.push(format!("{name} is short now: take it out of {RATCHET}")),
            Some(lines) if lines < limit => {
                complaints.push(format!("{name} has {lines} lines now: say so in {RATCHET}"))
            }
            Some(_) => {}
        }
    }
    complaints
}

fn allowed(list: &str) -> BTreeMap<String, usize> {
    let entries = list.lines().filter(|line| !line.starts_with('#'));
    entries
        .filter_map(|line| {
            let (name, lines) = line.rsplit_once(' ')?;
            Some((name.to_owned(), lines.parse().ok()?))
        })
        .collect()
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

    #[test]
    fn the_list_may_only_shrink() {
        let list = allowed("# path::function lines\na.rs::grown 70\na.rs::same 80\na.rs::shrunk 90\na.rs::gone 99\n");
        let long = [("a.rs::grown", 71), ("a.rs::same", 80), ("a.rs::shrunk", 89), ("a.rs::new", 61)];
        let long = long.map(|(name, lines)| (name.to_owned(), lines)).into();
        let expected = [
            "a.rs::grown has 71 lines, 70 are allowed",
            "a.rs::new has 61 lines, 60 are allowed",
            "a.rs::gone is short now: take it out of xtask/ratchet.txt",
            "a.rs::shrunk has 89 lines now: say so in xtask/ratchet.txt",
        ];
        assert_eq!(compare(&long, &list), expected);
    }
}
