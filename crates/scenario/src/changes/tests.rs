//! Two texts in, sentences out.

use super::{Unreadable, changes};
use crate::format::format;
use proptest::prelude::*;
use std::path::Path;

/// Each `testdata/changes/<case>.yaml` holds two texts with `=====` between them; `<case>.changes` has the sentences.
/// `UPDATE_EXPECT=1` writes them.
#[test]
fn changes_are_told_as_recorded() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/changes");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    cases.sort();
    assert!(cases.len() >= 10, "the cases are gone");
    let mut wrong = Vec::new();
    for case in cases {
        let text = std::fs::read_to_string(&case).unwrap();
        let (before, after) = text.split_once("=====\n").unwrap();
        let found = changes(before, after).unwrap();
        let found: String = found.iter().map(|one| format!("{:?}: {}\n", one.group, one.text)).collect();
        let expected = case.with_extension("changes");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("--- {}\n{found}", case.display()));
        }
        assert!(changes(before, before).unwrap().is_empty(), "{}", case.display());
        assert!(changes(after, &format(after).unwrap()).unwrap().is_empty(), "form is no change: {}", case.display());
        assert!(!changes(after, before).unwrap().is_empty() || found.is_empty(), "{}", case.display());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_text_that_cannot_be_read_is_named() {
    assert!(matches!(changes("a: [", "a: 1"), Err(Unreadable::Before(_))));
    assert!(matches!(changes("a: 1", "a: ["), Err(Unreadable::After(_))));
}

#[test]
fn a_change_says_where_it_is() {
    let found = changes("steps:\n  - id: a\n    set: 1\n", "# c\nsteps:\n  - id: a\n    set: 2\n").unwrap();
    let json = serde_json::to_value(&found).unwrap();
    let expected = serde_json::json!([{
        "group": "steps", "text": "the value of *a*: 1 → 2", "step": "a",
        "before": { "line": 3, "column": 5 }, "after": { "line": 4, "column": 5 },
    }]);
    assert_eq!(json, expected);
}

/// Lines of which two texts are made at random.
const LINES: &[&str] = &[
    "steps:\n",
    "  - id: a\n    set: 1\n",
    "  - id: b\n    set: { x: [1, 2] }\n",
    "  - respond: { text: hi }\n",
    "  - filter: a > 1\n",
    "  - for_each: { in: a, steps: [{ set: 1 }] }\n",
    "name: x\n",
    "trigger: { manual: {} }\n",
    "trigger: [{ webhook: { path: a } }, 5]\n",
    "limits: { timeout: 5m }\n",
    "tests: [{ name: t }, 7]\n",
    "zzz: 1\n",
    "  - 5\n",
    "  - {}\n",
    "  - route: [{ when: a, steps: [{ set: 2 }] }]\n",
    "enabled: false\n",
    "on_failure: [{ stop: x }]\n",
];

proptest! {
    /// Whether something is said is whether something differs.
    #[test]
    fn every_difference_is_told(
        old in prop::collection::vec(prop::sample::select(LINES), 0..8),
        new in prop::collection::vec(prop::sample::select(LINES), 0..8),
    ) {
        let (old, new) = (old.concat(), new.concat());
        let (Ok(was), Ok(is)) = (crate::text::read(&old), crate::text::read(&new)) else { return Ok(()) };
        let found = changes(&old, &new).unwrap();
        if !has_twins(&old) && !has_twins(&new) {
            prop_assert_eq!(found.is_empty(), was.to_json() == is.to_json(), "{:?}\n{}\n{}", &found, &old, &new);
        }
        prop_assert!(changes(&old, &old).unwrap().is_empty());
    }
}

/// Keys that stand twice are one in JSON.
fn has_twins(text: &str) -> bool {
    ["steps:", "name:", "trigger:", "limits:", "tests:", "zzz:", "enabled:", "on_failure:"]
        .iter()
        .any(|key| text.lines().filter(|line| line.starts_with(key)).count() > 1)
}
