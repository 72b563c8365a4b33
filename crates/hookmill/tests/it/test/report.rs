//! How the outcome of tests is told to programs, and what they did not come to.

use crate::binary::{folder, hookmill};

const SCENARIO: &str = r#"name: Routes
trigger: { webhook: { path: a } }
steps:
  - id: kind
    route:
      - name: big
        when: trigger.query.size == "big"
        steps:
          - { id: mail, http.request: { url: "https://far.example.com" } }
      - name: small
        when: trigger.query.size == "small"
        steps:
          - set: 1
      - otherwise:
          - set: 2
  - when: trigger.query.size == "huge"
    id: never
    set: 3
  - disabled: true
    set: 4
tests:
  - { name: a <small> & "quoted" one, trigger: { query: { size: small } } }
  - { name: none, trigger: { query: { size: none } }, expect: { ran: [mail] } }
"#;

/// What differs from run to run, replaced.
fn steady(text: &str) -> String {
    let mut steady = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("time=\"") {
        steady.push_str(before);
        steady.push_str("time=\"");
        rest = after.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    }
    steady + rest
}

#[test]
fn junit_is_as_ci_systems_read_it() {
    let folder = folder(&[("a.yaml", SCENARIO), ("b.yaml", "steps: [{ sett: {} }]\n")]);
    let said = hookmill(folder.path(), &["test", ".", "--junit", "out.xml"]);
    assert_eq!(said.code, 1);
    let xml = std::fs::read_to_string(folder.path().join("out.xml")).unwrap();
    insta::assert_snapshot!(steady(&xml));
}

#[test]
fn coverage_names_what_no_test_came_to() {
    let folder = folder(&[("a.yaml", SCENARIO)]);
    let said = hookmill(folder.path(), &["test", "a.yaml", "--coverage"]);
    let told: Vec<&str> = said.err.lines().filter(|line| line.contains("a.yaml:") || line.contains('%')).collect();
    insta::assert_snapshot!(told.join("\n"));
    for (least, code) in [("62", 0), ("63", 1)] {
        let passing = SCENARIO.replace(", expect: { ran: [mail] }", "");
        let folder = crate::binary::folder(&[("a.yaml", &passing)]);
        let said = hookmill(folder.path(), &["test", "--coverage-min", least]);
        assert_eq!(said.code, code, "{}", said.err);
    }
}

#[test]
fn json_tells_all_of_it() {
    let folder = folder(&[("a.yaml", SCENARIO)]);
    let said = hookmill(folder.path(), &["test", "--format", "json", "--coverage"]);
    assert_eq!(said.code, 1);
    let report = said.json();
    assert_eq!((&report["passed"], &report["failed"]), (&1.into(), &1.into()));
    assert_eq!(report["tests"][1]["findings"][0], "ran: expected `mail` to run, but it was never reached");
    assert_eq!(report["tests"][1]["place"]["line"], 23);
    assert_eq!(report["coverage"]["scenarios"][0]["missed"][0]["what"], "branch `big` was never taken");
    assert!(said.err.is_empty(), "{}", said.err);
}
