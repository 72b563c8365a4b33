//! Formatter, linter and comparison, whatever the text: an answer, and in time.

use crate::catalog::catalog;
use proptest::prelude::*;
use scenario::changes::changes;
use scenario::check;
use scenario::diagnostic::{Fix, apply};
use scenario::format::format;
use scenario::lint::{lint, review};
use std::path::Path;

/// Every text among the cases of the check.
fn texts() -> Vec<String> {
    let files = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")).unwrap();
    let yaml =
        files.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|kind| kind == "yaml"));
    yaml.map(|path| std::fs::read_to_string(path).unwrap()).collect()
}

/// What is found in a text, without places, which formatting changes.
fn findings(text: &str) -> Vec<(&'static str, String)> {
    let (_, findings) = check(text, &catalog());
    let mut findings: Vec<_> = findings.into_iter().map(|finding| (finding.code, finding.message)).collect();
    findings.sort();
    findings
}

#[test]
fn formatting_changes_no_scenario() {
    let texts = texts();
    assert!(texts.len() > 40, "the cases are gone");
    for text in texts {
        let Ok(formatted) = format(&text) else { continue };
        assert_eq!(formatted, format(&formatted).unwrap());
        assert_eq!(findings(&text).len(), findings(&formatted).len(), "{text}\n---\n{formatted}");
        assert_eq!(changes(&text, &formatted).unwrap(), [], "{text}");
    }
}

#[test]
fn fixes_mend_what_they_were_found_for() {
    let mut mended = 0;
    for text in texts() {
        let (_, findings) = review(&text, &catalog());
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        for fix in fixes {
            let fixed = apply(&text, &[fix]);
            assert_eq!(fixed.applied, [0], "{fix:?}\n{text}");
            let of = |findings: &[scenario::diagnostic::Diagnostic]| {
                findings.iter().filter(|finding| finding.fix.as_ref() == Some(fix)).count()
            };
            assert_eq!(of(&review(&fixed.text, &catalog()).1), 0, "{fix:?} mends nothing in\n{text}");
            mended += 1;
        }
    }
    assert!(mended > 20, "only {mended} fixes were found");
}

/// Pieces of which texts are made that nobody wrote by hand.
const PIECES: &[&str] = &[
    "steps:\n",
    "  - ",
    "    ",
    "set: ",
    "\n",
    "id: a\n",
    "when: false\n",
    "retry: { attempts: 3 }\n",
    "route:\n",
    "- ",
    "for_each: { in: x, steps: [] }\n",
    "\"{{ trigger.query.a == 5 }}\"",
    "respond: {}\n",
    "repeat: { while: true }\n",
    "trigger: { webhook: { path: a } }\n",
    "# hookmill: allow W0506\n",
    "|\n",
    "&a ",
    "*a",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "é",
    "\t",
    "'",
    "\"",
    "tests: [{ name: a }]\n",
    "stop: x\n",
    "\u{feff}",
    "\r\n",
    "#",
    "parallel: { a: [] }\n",
];

proptest! {
    #[test]
    fn any_pieces_are_answered(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
        others in prop::collection::vec(prop::sample::select(PIECES), 0..40),
    ) {
        let (text, other) = (pieces.concat(), others.concat());
        let (_, findings) = review(&text, &catalog());
        let fixes: Vec<&Fix> = findings.iter().filter_map(|finding| finding.fix.as_ref()).collect();
        apply(&text, &fixes);
        _ = format(&text);
        _ = changes(&text, &other);
    }
}

/// What takes long for some tools.
fn hostile() -> Vec<String> {
    let many = |line: &str, times: usize| format!("steps:\n{}", line.repeat(times));
    vec![
        many("- set: \"{{ a == 'x' }}\"\n", 8_000),
        many("- respond: {}\n", 12_000),
        many("- when: false\n  set: 1\n", 10_000),
        many("# hookmill: allow W0506\n- set: 1\n", 8_000),
        many("- id: a\n  set: 1\n", 12_000),
        many("- a: {}\n", 30_000),
        many("- http.request: { url: a }\n  on_error: ignore\n", 6_000) + "- respond: {}\ntrigger: { webhook: {} }\n",
        format!("steps: [{}]", "{ set: 1 },".repeat(20_000)),
        format!("a: \"{}\"\n", "x'\n  ".repeat(8_000)),
    ]
}

/// A test for each tool, so that they run side by side.
fn answers_in_time(act: fn(&str)) {
    for text in hostile() {
        let begin = std::time::Instant::now();
        act(&text);
        // Without optimisation and beside other tests.
        assert!(begin.elapsed().as_secs() < 20, "{:?}: {}", begin.elapsed(), &text[..60]);
    }
}

#[test]
fn hostile_texts_are_linted_in_time() {
    answers_in_time(|text| drop(lint(text, &catalog())));
}

#[test]
fn hostile_texts_are_formatted_in_time() {
    answers_in_time(|text| drop(format(text)));
}

#[test]
fn hostile_texts_are_compared_in_time() {
    answers_in_time(|text| drop(changes(text, &text.replace("set: 1", "set: 2"))));
}

#[test]
fn hostile_texts_are_compared_with_nearly_the_same_in_time() {
    answers_in_time(|text| drop(changes(text, &format!("{text}# end\n"))));
}
