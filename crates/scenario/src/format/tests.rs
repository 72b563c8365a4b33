//! Texts and their canonical form; what is left alone; that nothing is ever lost.

use super::{format, known_keys};
use crate::text;
use proptest::prelude::*;
use std::path::Path;

fn formatted(text: &str) -> String {
    let once = format(text).unwrap_or_else(|diagnostic| panic!("{diagnostic:?}\n{text}"));
    let twice = format(&once).unwrap();
    assert_eq!(once, twice, "formatting it again changes it");
    once
}

/// Each `testdata/format/<case>.yaml` becomes `<case>.formatted`. `UPDATE_EXPECT=1` writes them.
#[test]
fn texts_become_their_canonical_form() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/format");
    let files = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let mut cases: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "yaml")).collect();
    cases.sort();
    assert!(cases.len() >= 12, "the cases are gone");
    let mut wrong = Vec::new();
    for case in cases {
        let found = formatted(&std::fs::read_to_string(&case).unwrap());
        let expected = case.with_extension("formatted");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &found).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("--- {}\n{found}", case.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_canonical_stays() {
    for text in [
        "name: A\n",
        "# only a comment\n",
        "",
        "{ steps: [] }\n",
        "- a\n- b\n",
        "text\n",
        "steps:\n  - set: |+\n      a\n\n\n  - set: 1\n",
        "steps:\n  - set: \"a\n      b\"\n",
        "steps:\n  - &a\n    set: 1\n    id: x\n\n  - *a\n",
        "base: &b { set: 1, id: x }\n\nsteps:\n  - <<: *b\n    name: later\n    when: true\n",
        "steps:\n  - ? complex\n    : value\n    id: a\n",
        "steps:\n  - !tag { set: 1, id: a }\n",
        "# yaml-language-server: $schema=x.json\nname: A\n",
    ] {
        assert_eq!(formatted(text), text);
    }
}

#[test]
fn line_ends_and_byte_order_marks_are_kept() {
    assert_eq!(formatted("steps: []\r\nname: A\r\n"), "name: A\r\n\r\nsteps: []\r\n");
    assert_eq!(formatted("\u{feff}name:   A"), "\u{feff}name: A\n");
}

/// Found by fuzzing: blanks that do not reach into a text are not a part of it.
#[test]
fn tabs_behind_a_text_are_not_in_it() {
    let once = formatted("steps:\n  - rhai: |\n      let x = 0;\n  \t\t\t\t\t\t\t\t ");
    assert_eq!(once, "steps:\n  - rhai: |\n      let x = 0;\n");
    assert_eq!(formatted(&once), once);
}

#[test]
fn what_is_no_yaml_is_told() {
    assert_eq!(format("a: [").unwrap_err().code, crate::check("a: [", &Default::default()).1[0].code);
}

/// A key of the language whose place nobody thought of would end up behind all others.
#[test]
fn every_key_of_the_language_has_its_place() {
    for (schema, path) in [
        ("", [].as_slice()),
        ("/$defs/trigger", &["trigger"]),
        ("/$defs/webhook", &["trigger", "webhook"]),
        ("/$defs/schedule/oneOf/1", &["trigger", "schedule"]),
        ("/$defs/limits", &["limits"]),
        ("/$defs/step", &["steps"]),
        ("/$defs/retry", &["steps", "retry"]),
        ("/$defs/respond", &["steps", "respond"]),
        ("/$defs/route/oneOf/1", &["steps", "route"]),
        ("/$defs/branch", &["steps", "route", "branches"]),
        ("/$defs/for_each", &["steps", "for_each"]),
        ("/$defs/test", &["tests"]),
    ] {
        let (_, keys) = crate::shape::KEYS.iter().find(|(of, _)| *of == schema).expect("the schema is known");
        let known = known_keys(path);
        let missing: Vec<_> = keys.iter().filter(|key| !known.contains(key)).collect();
        assert!(missing.is_empty(), "format/order.rs does not know where these stand in {path:?}: {missing:?}");
    }
}

/// Lines of which scenarios and other YAML are made, to be put together at random.
const LINES: &[&str] = &[
    "steps:",
    "- set: 1",
    "  - set: 1",
    "    id: a",
    "  id: a",
    "# c",
    "  # d",
    "      # e",
    "",
    "name: x   # t",
    "text: |",
    "    more",
    "      deep ",
    "  text: >-",
    "  - name: 'it''s'",
    "  - [a,b , {c: 1,d}]",
    "tests: []",
    "trigger: { webhook: {methods: [GET],path: x} }",
    "  on_error: ignore",
    "  when: a # b",
    "a: \"x",
    "  y\"",
    "-",
    "- - a",
    "  - &x 1",
    "b: *x",
    "  retry: {backoff: 1s,attempts: 2}",
    "    keep: |+",
    "",
    "---",
    "- a: {",
    "   b: 1 }",
    "  route:",
    "    - name: n",
    "      steps:",
    "        - filter: true",
    "   - odd",
    "?  k",
    "\tx",
    "- text: |2",
    "    a  ",
    "  \t\t\t\t\t",
    "      \t",
    "  plain",
    "    goes on",
    "\"quoted key\": 'x' # c",
    "é: ü  # ß",
    "  - c: {b:\"1, e: 2, d: \"x\" }",
    "  - c: {e: \"f\", b:\"1 }",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_is_lost(lines in prop::collection::vec(prop::sample::select(LINES), 0..16)) {
        let text = lines.join("\n");
        if let Ok(before) = text::read(&text) {
            let once = format(&text).unwrap();
            prop_assert_eq!(before.to_json(), text::read(&once).unwrap().to_json());
            prop_assert_eq!(comments(&text), comments(&once));
            prop_assert_eq!(&once, &format(&once).unwrap(), "from {}", text);
        } else {
            prop_assert!(format(&text).is_err());
        }
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        _ = format(&text);
    }
}

/// What flow collections are made of, sound and unsound.
const FLOW: &[&str] = &[
    "{",
    "{ ",
    "}",
    " }",
    "[",
    "]",
    ", ",
    ",",
    ": ",
    ":",
    " :",
    "\"",
    "'",
    "''",
    "\\",
    " ",
    "\n      ",
    "\n",
    "#",
    " # c\n      ",
    "&x ",
    "*x",
    "!t ",
    "status",
    "headers",
    "steps",
    "set",
    "id",
    "1",
    "é",
    "-",
    "? ",
    "<<",
    "|",
    "\"a\"",
    "'b'",
    "{}",
    "[]",
];

proptest! {
    /// Found by fuzzing: `status:"201` is a key, quote and all.
    #[test]
    fn flow_collections_keep_what_they_hold(parts in prop::collection::vec(prop::sample::select(FLOW), 0..24)) {
        let flow = parts.concat();
        for text in [
            format!("steps:\n  - set: 1\n  - respond: {{ {flow} }}\n  - respond: {{ {flow}, body: \"a;b\" }}\n  - set: 1\n"),
            format!("steps:\n  - set: [{flow}]\n    id: a\n  - respond:\n  - set: {flow}\n"),
        ] {
            let Ok(before) = text::read(&text) else { continue };
            let once = format(&text).unwrap();
            prop_assert_eq!(before.to_json(), text::read(&once).unwrap().to_json());
            prop_assert_eq!(&once, &format(&once).unwrap(), "from {}", text);
        }
    }
}

fn comments(text: &str) -> Vec<String> {
    let mut all: Vec<String> =
        text.lines().filter_map(|line| line.find('#').map(|at| line[at..].trim_end().to_owned())).collect();
    all.sort();
    all
}
