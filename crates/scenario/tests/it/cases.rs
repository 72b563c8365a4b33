//! Each `testdata/<case>.yaml` has the diagnostics that `<case>.diagnostics` shows. `UPDATE_EXPECT=1` writes them.

use crate::catalog::catalog;
use scenario::check;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Every case.
pub(crate) fn cases() -> Vec<PathBuf> {
    let files = std::fs::read_dir(testdata()).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    cases.sort();
    assert!(cases.len() >= 120, "the cases are gone");
    cases
}

/// Whether a plan came of the text, and what was found.
pub(crate) fn rendered(path: &Path) -> (bool, String) {
    let text = std::fs::read_to_string(path).unwrap();
    let file = path.file_name().unwrap().to_str().unwrap();
    let (plan, findings) = check(&text, &catalog());
    (plan.is_some(), findings.iter().map(|finding| finding.render(file) + "\n").collect())
}

#[test]
fn diagnostics_are_as_recorded() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut wrong = Vec::new();
    for case in cases() {
        let expected = case.with_extension("diagnostics");
        let (_, found) = rendered(&case);
        if update {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("--- {}\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "other findings than recorded; UPDATE_EXPECT=1 records these:\n{}", wrong.join("\n"));
}

#[test]
fn a_plan_comes_exactly_with_clean_texts() {
    for case in cases() {
        let (planned, found) = rendered(&case);
        let clean = case.file_name().unwrap().to_str().unwrap().starts_with("clean-");
        assert_eq!((planned, found.is_empty()), (clean, clean), "{}:\n{found}", case.display());
    }
}

#[test]
fn ten_mistakes_are_named_at_ten_places() {
    let text = std::fs::read_to_string(testdata().join("ten-mistakes.yaml")).unwrap();
    let (plan, findings) = check(&text, &catalog());
    let places: BTreeSet<_> = findings.iter().map(|finding| finding.place).collect();
    assert!(plan.is_none());
    assert!(places.len() >= 10, "{findings:#?}");
    assert!(findings.is_sorted_by_key(|finding| finding.place));
}
