//! Packages that no longer earn their place: named by a manifest and by no code, or there twice.

use super::lock::Lock;
use super::sources::Source;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Packages whose library has another name.
const LIBRARIES: [(&str, &str); 1] = [("md-5", "md5")];

/// The list of packages that are there in several versions: lines `NAME VERSIONS: REASON`.
const DUPLICATES: &str = "xtask/duplicates.txt";

/// Complaints about dependencies that no source names. Those for tests alone may stand nowhere else.
pub(crate) fn unused(packages: &[Value], files: &[Source], root: &Path) -> Vec<String> {
    packages.iter().flat_map(|package| unused_by(package, files, root)).collect()
}

fn unused_by(package: &Value, files: &[Source], root: &Path) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap_or_default());
    let folder = manifest.parent().and_then(|folder| folder.strip_prefix(root).ok()).unwrap_or(Path::new(""));
    let sources: Vec<&Source> = files.iter().filter(|file| file.is_rust() && file.path.starts_with(folder)).collect();
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut complaints = Vec::new();
    for dependency in dependencies {
        let known = dependency["rename"].as_str().or(dependency["name"].as_str()).unwrap_or_default();
        let library = library(known);
        if dependency["kind"] == "dev" {
            if !sources.iter().any(|source| names(&source.text, &library)) {
                complaints.push(format!("{name} tests with {known} and never names it"));
            }
        } else if !sources.iter().any(|source| source.code().any(|(_, line)| names(line, &library))) {
            complaints.push(format!("{name} depends on {known} and never names it outside tests"));
        }
    }
    complaints
}

/// What code calls the library of a package.
fn library(package: &str) -> String {
    let other = LIBRARIES.iter().find(|(known, _)| *known == package).map(|(_, library)| *library);
    other.map_or_else(|| package.replace('-', "_"), str::to_owned)
}

/// Whether the code names a library: `name::`, or `use name`.
fn names(code: &str, library: &str) -> bool {
    code.match_indices(library).any(|(at, _)| {
        let (before, after) = (&code[..at], &code[at + library.len()..]);
        let begins = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        begins && (after.starts_with("::") || before.ends_with("use ") && after.starts_with([';', ' ']))
    })
}

/// Complaints about packages that are there in several versions without a reason in the list, and about entries that could
/// go.
pub(crate) fn duplicates(lock: &Lock, files: &[Source]) -> Vec<String> {
    let list = files.iter().find(|file| file.path.as_os_str() == DUPLICATES).map_or("", |file| &file.text);
    let found = lock.duplicates().into_iter().map(|(name, versions)| (name.to_owned(), versions.join(" ")));
    compare(&found.collect(), &excused(list))
}

fn excused(list: &str) -> BTreeMap<String, String> {
    let entries = list.lines().filter(|line| !line.starts_with('#'));
    entries
        .filter_map(|line| {
            let (package, _) = line.split_once(": ").filter(|(_, reason)| !reason.trim().is_empty())?;
            let (name, versions) = package.split_once(' ')?;
            Some((name.to_owned(), versions.to_owned()))
        })
        .collect()
}

fn compare(found: &BTreeMap<String, String>, excused: &BTreeMap<String, String>) -> Vec<String> {
    let new = found.iter().filter(|(name, versions)| excused.get(*name) != Some(versions));
    let new = new.map(|(name, versions)| format!("{name} is there as {versions}: {DUPLICATES} does not say why"));
    let gone = excused.keys().filter(|name| !found.contains_key(*name));
    new.chain(gone.map(|name| format!("{name} is there once now: take it out of {DUPLICATES}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_no_source_names_is_found() {
        let source = |path: &str, text: &str| Source { path: path.into(), text: text.to_owned() };
        let plain = |name: &str| json!({ "name": name, "kind": null });
        let package = json!({
            "name": "one",
            "manifest_path": "/house/crates/one/Cargo.toml",
            "dependencies": [
                plain("used-here"),
                plain("md-5"),
                plain("only-in-tests"),
                plain("nowhere"),
                json!({ "name": "real-name", "rename": "nickname", "kind": null }),
                json!({ "name": "for-tests", "kind": "dev" }),
                json!({ "name": "not-even-tests", "kind": "dev" }),
            ],
        });
        let text = "//! Why nowhere::else.\nuse used_here::A;\nuse md5;\nfn a() { nickname::b() }\nlet not_nowhere::x;\n\
                    #[cfg(test)]\nmod tests {\n    use only_in_tests::B;\n    use for_tests;\n}\n";
        let files =
            [source("crates/one/src/lib.rs", text), source("crates/two/src/lib.rs", "use not_even_tests::C;\n")];
        let expected = [
            "one depends on only-in-tests and never names it outside tests",
            "one depends on nowhere and never names it outside tests",
            "one tests with not-even-tests and never names it",
        ];
        assert_eq!(unused(&[package], &files, Path::new("/house")), expected);
    }

    #[test]
    fn what_is_there_twice_needs_a_reason() {
        let found = [("a", "1 2"), ("b", "1 2"), ("c", "1 3"), ("e", "1 2")];
        let found = found.map(|(name, versions)| (name.to_owned(), versions.to_owned())).into();
        let excused = excused("# NAME VERSIONS: REASON\na 1 2: why\nc 1 2: why\nd 1 2: why\ne 1 2: \n");
        let expected = [
            "b is there as 1 2: xtask/duplicates.txt does not say why",
            "c is there as 1 3: xtask/duplicates.txt does not say why",
            "e is there as 1 2: xtask/duplicates.txt does not say why",
            "d is there once now: take it out of xtask/duplicates.txt",
        ];
        assert_eq!(compare(&found, &excused), expected);
    }
}
