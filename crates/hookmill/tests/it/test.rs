//! `hookmill test`.

mod files;
mod report;
mod speed;
mod stand_ins;

use crate::binary::{folder, hookmill};

const SCENARIO: &str = r#"
trigger: { webhook: { path: a } }
steps:
  - id: far
    http.request: { url: "https://far.example.com/{{ trigger.query.who }}" }
    retry: { attempts: 3 }
    on_error: { use: { status: 0, body: "{{ 1 + 1 }}" } }
  - when: far.status == 0
    id: sorry
    set: { at: "{{ now() }}" }
  - respond: { json: { got: "{{ far.body }}" } }
tests:
  - name: by id
    trigger: { query: { who: ada } }
    mock: { far: { status: 200, body: hi } }
    expect: { response: { status: 200, json: { got: hi } }, skipped: [sorry] }
  - name: by module
    trigger: { query: { who: ada } }
    mock: { http.request: { status: 200, body: [1] } }
    expect: { response: { json: { got: [1] } } }
  - name: by sample
    trigger: { query: { who: ada } }
    expect: { response: { json: { got: { ok: true } } } }
  - name: by error
    trigger: { query: { who: ada } }
    mock: { far: { $error: { code: timeout, message: too slow } } }
    expect: { response: { json: { got: 2 } }, ran: [sorry] }
"#;

#[test]
fn mocks_answer_by_id_by_module_by_sample_and_by_error() {
    let folder = folder(&[("a.yaml", SCENARIO)]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("4 passed, 0 failed"), "{}", said.err);
}

#[test]
fn a_test_tells_what_the_sender_is_known_by() {
    let text = r#"
trigger: { webhook: { path: a } }
steps: [ { respond: { json: "{{ [trigger.provider, trigger.event, trigger.id] }}" } } ]
tests:
  - name: told
    trigger: { provider: github, event: push, id: "8f2c" }
    expect: { response: { json: [github, push, 8f2c] } }
  - name: not told
    expect: { response: { json: [null, null, null] } }
  - name: mistaken
    trigger: { id: 7 }
    expect: {}
"#;
    let each = r#"
trigger: { webhook: { path: b, each: body.entry.changes } }
steps: [ { respond: { json: "{{ [trigger.item.n, trigger.index, trigger.body.to] }}" } } ]
tests:
  - name: the first
    trigger: { body: { to: us, entry: [ { changes: [ { n: 7 } ] } ] } }
    expect: { response: { json: [7, 0, us] } }
  - name: a later one
    trigger: { body: { to: us, entry: [ { changes: [ { n: 7 } ] } ] }, index: 3 }
    expect: { response: { json: [7, 3, us] } }
"#;
    let folder = folder(&[("a.yaml", text), ("b.yaml", each)]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("4 passed, 1 failed"), "{}", said.err);
    assert!(said.err.contains("trigger.id must be a text"), "{}", said.err);
}

#[test]
fn the_clock_stands_still() {
    let text = r#"
steps: [{ id: at, set: "{{ now() }}" }]
tests: [{ name: time, expect: { outputs: { at: x } } }]
"#;
    let folder = folder(&[("a.yaml", text)]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("outputs.at: expected \"x\", was \"2026-01-01T00:00:00"), "{}", said.err);
}

#[test]
fn what_is_not_as_expected_is_said_by_path() {
    let (holds, differs) = (
        "{ response: { status: 200, json: { got: hi } }, skipped: [sorry] }",
        "{ response: { status: 201, json: { got: ho, more: 1 } }, ran: [sorry] }",
    );
    let text = SCENARIO.replace(holds, differs);
    let folder = folder(&[("a.yaml", &text)]);
    let said = hookmill(folder.path(), &["test", "a.yaml"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for line in [
        "response.status: expected 201, was 200",
        "response.json.got: expected \"ho\", was \"hi\"",
        "response.json.more: expected 1, but it is missing",
        "ran: expected `sorry` to run, but it is skipped",
        "FAIL  a: by id  a.yaml:13:",
        "3 passed, 1 failed",
    ] {
        assert!(said.err.contains(line), "{line:?} is not in\n{}", said.err);
    }
}

#[test]
fn a_run_that_fails_unforeseen_fails_its_test() {
    let text = SCENARIO.replace("trigger: { query: { who: ada } }", "trigger: { query: {} }");
    let folder = folder(&[("a.yaml", &text)]);
    let said = hookmill(folder.path(), &["test", "--filter", "by sample"]);
    // The URL cannot be built, and `on_error` stands in; what was expected of the answer does not hold.
    assert_eq!(said.code, 1);
    assert!(said.err.contains("0 passed, 1 failed"), "{}", said.err);

    let failing = "steps: [{ set: { a: '{{ trigger.body.x.y }}' } }]\ntests: [{ name: t, expect: { skipped: [] } }]\n";
    let folder = crate::binary::folder(&[("a.yaml", failing)]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("ends: expected succeeded, was failed"), "{}", said.err);
}

#[test]
fn the_filter_takes_scenario_and_name() {
    let folder = folder(&[("a.yaml", SCENARIO), ("b.yaml", &SCENARIO.replace("path: a", "path: b"))]);
    for (filter, passed) in [("by module", 2), ("a: by", 4), ("b: by id", 1), ("none", 0)] {
        let said = hookmill(folder.path(), &["test", "--filter", filter]);
        assert!(said.err.contains(&format!("{passed} passed, 0 failed")), "{filter}: {}", said.err);
    }
}

#[test]
fn a_text_with_errors_is_a_failed_test() {
    let folder = folder(&[("a.yaml", "steps: [{ sett: {} }]")]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("0 passed, 1 failed") && said.err.contains("E0201"), "{}", said.err);
}
