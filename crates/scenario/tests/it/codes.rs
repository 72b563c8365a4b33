//! Every diagnostic code has a page, and every page a code.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
}

/// The codes that stand as literals in the sources, with the number of times each does.
fn codes() -> BTreeMap<String, usize> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root().join("crates")).unwrap() {
        let source = entry.unwrap().path().join("src");
        if source.is_dir() {
            rust_files(&source, &mut files);
        }
    }
    let mut codes = BTreeMap::new();
    for file in files {
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
    assert!(without_page.is_empty() && without_code.is_empty(), "no page: {without_page:?}, no code: {without_code:?}");
}

#[test]
fn a_code_is_made_in_one_place() {
    let twice: Vec<_> = codes().into_iter().filter(|(_, times)| *times > 1).collect();
    assert!(twice.is_empty(), "made in more than one place: {twice:?}");
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
