//! Every diagnostic code has a page, and every page a code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Adds every file in the folder, where there is one, at any depth.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// The codes that stand as literals in the sources, with the number of times each does.
fn codes() -> BTreeMap<String, usize> {
    let mut sources = Vec::new();
    for member in std::fs::read_dir(root().join("crates")).unwrap() {
        files(&member.unwrap().path().join("src"), &mut sources);
    }
    let mut codes = BTreeMap::new();
    let is_source = |file: &PathBuf| file.extension().is_some_and(|kind| kind == "rs") && !file.ends_with("tests.rs");
    for file in sources.into_iter().filter(is_source) {
        let source = std::fs::read_to_string(file).unwrap();
        // Strings of five characters with a code's shape are codes; nothing else in the sources looks like one.
        let literals = source.split('"').filter(|part| {
            part.len() == 5 && part.starts_with(['E', 'W']) && part[1..].bytes().all(|b| b.is_ascii_digit())
        });
        literals.for_each(|code| *codes.entry(code.to_owned()).or_default() += 1);
    }
    codes
}

#[test]
fn codes_and_pages_match() {
    let pages = std::fs::read_dir(root().join("docs/errors")).unwrap();
    let pages: BTreeSet<String> =
        pages.filter_map(|page| page.unwrap().file_name().to_str()?.strip_suffix(".md").map(str::to_owned)).collect();
    let codes: BTreeSet<String> = codes().into_keys().collect();
    assert!(codes.len() > 40, "the codes are gone");
    let without_page: Vec<_> = codes.difference(&pages).collect();
    let without_code: Vec<_> = pages.difference(&codes).collect();
    assert!(without_page.is_empty(), "write docs/errors/CODE.md for {without_page:?}");
    assert!(without_code.is_empty(), "nothing makes {without_code:?}: remove its page in docs/errors");
}

#[test]
fn a_code_is_made_in_one_place() {
    let twice: Vec<_> = codes().into_iter().filter(|(_, times)| *times > 1).collect();
    assert!(twice.is_empty(), "made in more than one place: {twice:?}");
}

/// What a test expects stands in its own file or in a recorded one.
#[test]
fn every_code_is_seen_in_a_test() {
    let mut recorded = Vec::new();
    for member in std::fs::read_dir(root().join("crates")).unwrap() {
        for folder in ["testdata", "tests"] {
            files(&member.as_ref().unwrap().path().join(folder), &mut recorded);
        }
    }
    let seen: String = recorded.iter().filter_map(|file| std::fs::read_to_string(file).ok()).collect();
    let unseen: Vec<_> = codes().into_keys().filter(|code| !seen.contains(code.as_str())).collect();
    assert!(unseen.is_empty(), "no case in crates/scenario/testdata, and no other test, has {unseen:?}");
}

#[test]
fn pages_begin_with_their_title() {
    for page in std::fs::read_dir(root().join("docs/errors")).unwrap() {
        let path = page.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let code = path.file_stem().unwrap().to_str().unwrap();
        assert!(text.starts_with(&format!("# {code}: ")), "{code} begins with its title");
    }
}
