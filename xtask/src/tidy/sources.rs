//! Rules about single files: their heads, their names, and that they speak of no machine.

use std::fs;
use std::path::PathBuf;

use crate::workspace::Workspace;

/// A text file of the repository.
pub(crate) struct Source {
    /// Relative to the root.
    pub(crate) path: PathBuf,
    /// The whole of it.
    pub(crate) text: String,
}

impl Source {
    /// The path as one writes it.
    pub(crate) fn name(&self) -> String {
        self.path.to_string_lossy().into_owned()
    }

    /// Whether it is Rust.
    pub(crate) fn is_rust(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "rs")
    }

    /// The lines of Rust that are no comment and no test, with their numbers from 1.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test = self.path.iter().any(|part| matches!(part.to_str(), Some("tests" | "tests.rs" | "benches")));
        let code = self.text.split("#[cfg(test)]\nmod tests {").next().filter(|_| self.is_rust() && !is_test);
        let lines = code.unwrap_or_default().lines().enumerate().map(|(index, line)| (index + 1, line));
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }
}

/// File names that say nothing of what is inside.
const EMPTY_NAMES: [&str; 7] = ["util", "utils", "helper", "helpers", "misc", "common", "manager"];

/// Beginnings of paths that exist on somebody's machine alone; in two parts, or this file would break its own rule.
const MACHINE_PATHS: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/Use", "rs/")];

/// Reads every text file; others are left out.
pub(crate) fn read(workspace: &Workspace) -> anyhow::Result<Vec<Source>> {
    let files = workspace.files()?.into_iter();
    Ok(files
        .filter_map(|path| Some(Source { text: fs::read_to_string(workspace.root.join(&path)).ok()?, path }))
        .collect())
}

/// Complaints about Rust files that do not begin with `//!`.
pub(crate) fn heads(files: &[Source]) -> Vec<String> {
    let headless = files.iter().filter(|file| file.is_rust() && !file.text.starts_with("//! "));
    headless.map(|file| format!("{} does not begin with `//! `", file.name())).collect()
}

/// Complaints about names that fit any file.
pub(crate) fn names(files: &[Source]) -> Vec<String> {
    let nameless = files.iter().filter(|file| {
        file.path.iter().any(|part| {
            let stem = part.to_string_lossy();
            EMPTY_NAMES.contains(&stem.split('.').next().unwrap_or_default())
        })
    });
    nameless.map(|file| format!("{} could hold anything", file.name())).collect()
}

/// Complaints about paths of one machine, and about lock files that name one registry's host.
pub(crate) fn machines(files: &[Source]) -> Vec<String> {
    files.iter().flat_map(machine_lines).collect()
}

fn machine_lines(file: &Source) -> Vec<String> {
    let is_lock = file.path.ends_with("package-lock.json");
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| has_machine_path(line) || (is_lock && line.contains("\"resolved\": \"http")))
        .map(|(index, line)| format!("{}:{}: {}", file.name(), index + 1, line.trim()))
        .collect()
}

/// Whether a path of one machine begins in this line; `https://example.com/root/` is none.
fn has_machine_path(line: &str) -> bool {
    MACHINE_PATHS.iter().any(|path| {
        line.match_indices(path).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            before.is_none_or(|letter| letter.is_whitespace() || "\"'`=(:<>[{,".contains(letter))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.to_owned() }
    }

    #[test]
    fn heads_and_names() {
        let files = [
            source("crates/a/src/lib.rs", "//! Why it exists."),
            source("crates/a/src/helpers.rs", "use b;"),
            source("crates/a/src/utils/text.rs", "//! Why."),
            source("crates/a/src/uncommon.rs", "//! Why."),
        ];
        assert_eq!(heads(&files), ["crates/a/src/helpers.rs does not begin with `//! `"]);
        assert_eq!(
            names(&files),
            ["crates/a/src/helpers.rs could hold anything", "crates/a/src/utils/text.rs could hold anything"]
        );
    }

    #[test]
    fn paths_of_one_machine() {
        let check = |line: &str, expected| assert_eq!(has_machine_path(line), expected, "{line}");
        check(concat!("see /wo", "rk/main"), true);
        check(concat!("\"/ro", "ot/.cargo\""), true);
        check(concat!("https://example.com/wo", "rk/1"), false);
        check("a/network/b", false);
        let lock = source("web/package-lock.json", "{\n  \"resolved\": \"https://registry.example.com/a.tgz\"\n}");
        assert_eq!(machines(&[lock]).len(), 1);
    }
}
