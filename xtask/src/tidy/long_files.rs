//! Files stay short: one that is long holds two things. Those that are not yet cut stand in `xtask/long-files.txt`, a list
//! that may only shrink.

use super::ratchet::Ratchet;
use super::sources::Source;

/// What of a file is read by people, in lines.
const RATCHET: Ratchet = Ratchet { list: "xtask/long-files.txt", limit: 500 };

/// What people write: Rust, and what the page is made of.
const EXTENSIONS: [&str; 4] = ["rs", "ts", "svelte", "css"];

/// What a program writes, from a document that a test holds it against.
const MADE: &str = "web/src/lib/api/schema.ts";

/// Complaints about files that are longer than the limit or the list allows.
pub(crate) fn check(files: &[Source]) -> Vec<String> {
    let has_words = |file: &Source| file.path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known));
    let is_written = |file: &&Source| has_words(file) && file.path.as_os_str() != MADE;
    RATCHET.check(files, files.iter().filter(is_written).map(|file| (file.name(), file.text.lines().count())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_files_are_found_in_rust_and_in_the_page() {
        let file = |path: &str, lines| Source { path: path.into(), text: "x\n".repeat(lines) };
        let files = [file("a.rs", 501), file("b.rs", 500), file("c.svelte", 502), file("d.json", 900), file(MADE, 900)];
        assert_eq!(check(&files), ["a.rs has 501 lines, 500 are allowed", "c.svelte has 502 lines, 500 are allowed"]);
    }
}
