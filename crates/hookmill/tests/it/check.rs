//! `hookmill check`.

use crate::binary::{HELLO, folder, hookmill};
use std::collections::BTreeSet;
use std::fs;
use std::time::Instant;

const TEN_MISTAKES: &str = r#"name: Bad
triger: { manual: {} }
trigger: { webhook: { path: "a b", methods: [FETCH], allow: [300.1.1.1/8] } }
limits: { concurrency: lots }
steps:
  - id: a
    htpp.request: { url: "http://x" }
  - id: a
    http.request: { methd: GET, url: "{{ nope.x }}" }
  - http.request: { url: "{{ 1 + }}" }
  - when: (
    respond: { status: 9000, json: {} }
  - retry: { attempts: -1 }
    set: { x: 1 }
    respond: { json: {} }
"#;

#[test]
fn ten_mistakes_are_ten_places_with_hints() {
    let folder = folder(&[("bad.yaml", TEN_MISTAKES)]);
    let said = hookmill(folder.path(), &["check", "bad.yaml"]);
    assert_eq!(said.code, 1, "{said:?}");
    let places: BTreeSet<&str> = said
        .out
        .lines()
        .filter(|line| line.starts_with("bad.yaml:"))
        .map(|line| line.split(": ").next().unwrap())
        .collect();
    assert!(places.len() >= 10, "{}", said.out);
    for place in &places {
        let numbers: Vec<u32> = place.split(':').skip(1).map(|number| number.parse().unwrap()).collect();
        assert!(numbers.len() == 2 && numbers.iter().all(|number| *number > 0), "{place}");
    }
    assert!(said.out.contains("hint: did you mean `http.request`?"), "{}", said.out);
    assert!(said.out.contains("hint: did you mean `trigger`?"), "{}", said.out);
    assert!(!said.out.contains('\x1b'), "colours belong to terminals: {}", said.out);
    assert!(said.err.starts_with("1 scenario, "), "{}", said.err);
}

#[test]
fn findings_as_json() {
    let folder = folder(&[("a.yaml", HELLO), ("b.yaml", "steps:\n  - htpp.request: { url: 'http://x' }\n")]);
    let said = hookmill(folder.path(), &["check", "--format", "json"]);
    assert_eq!(said.code, 1);
    let report = said.json();
    assert_eq!((&report["scenarios"], &report["errors"]), (&2.into(), &1.into()), "{report}");
    let finding = &report["diagnostics"][0];
    assert_eq!(finding["code"], "E0201");
    assert_eq!(finding["place"], serde_json::json!({ "line": 2, "column": 5 }));
    assert!(finding["file"].as_str().unwrap().ends_with("b.yaml"), "{finding}");
}

#[test]
fn what_is_sound_is_said_in_one_line() {
    let folder = folder(&[("scenarios/hello.yaml", HELLO), ("elsewhere.yaml", "not: read")]);
    let said = hookmill(folder.path(), &["check"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{said:?}");
    assert!(said.err.starts_with("1 scenario, 0 errors, 0 warnings\n"), "{}", said.err);
}

#[test]
fn one_path_for_two_scenarios_is_an_error_in_both() {
    let folder = folder(&[("a.yaml", HELLO), ("team/b.yaml", HELLO), ("c.yaml", &HELLO.replace("hello", "other"))]);
    let said = hookmill(folder.path(), &["check", "."]);
    assert_eq!(said.code, 1, "{said:?}");
    let lines: Vec<&str> = said.out.lines().filter(|line| line.contains("E0901")).collect();
    assert_eq!(lines.len(), 2, "{}", said.out);
    assert!(lines.iter().all(|line| line.contains("`hello`") && line.contains("`a`") && line.contains("`b`")));
    assert!(!said.out.contains("c.yaml"), "{}", said.out);
}

#[test]
fn one_name_for_two_files_is_an_error() {
    let manual = "steps: [{ set: { a: 1 } }]\n";
    let folder = folder(&[("a.yaml", manual), ("team/a.yaml", manual), ("no name.yaml", manual)]);
    let said = hookmill(folder.path(), &["check", "."]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("team/a.yaml:1:1: error[E0903]"), "{}", said.out);
    assert!(said.out.contains("no name.yaml:1:1: error[E0904]"), "{}", said.out);
}

#[test]
fn connections_are_known() {
    let step = "steps: [{ http.request: { connection: shpo, url: /a } }]\n";
    let folder = folder(&[("a.yaml", step), ("connections.yaml", "shop: { type: bearer, token: x }\n")]);
    let said = hookmill(folder.path(), &["check", "."]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("error[E0208]") && said.out.contains("did you mean `shop`?"), "{}", said.out);

    fs::write(folder.path().join("connections.yaml"), "shpo: { type: bearr, token: x }\n").unwrap();
    let said = hookmill(folder.path(), &["check", "."]);
    assert!(said.out.contains("connections.yaml:1:") && said.out.contains("error[E0905]"), "{}", said.out);

    let missing = "shpo: { type: bearer, token: { env: HOOKMILL_TEST_IS_NOT_SET } }\n";
    fs::write(folder.path().join("connections.yaml"), missing).unwrap();
    let said = hookmill(folder.path(), &["check", "."]);
    assert_eq!(said.code, 0, "what this machine lacks is a warning: {said:?}");
    assert!(said.out.contains("warning[E0906]"), "{}", said.out);

    let step = "steps: [{ webhook.send: { connection: shpo, url: \"http://x.example.com\" } }]\n";
    fs::write(folder.path().join("a.yaml"), step).unwrap();
    let signing = "shpo: { type: webhook, secret: { env: HOOKMILL_TEST_IS_NOT_SET } }\n";
    fs::write(folder.path().join("connections.yaml"), signing).unwrap();
    let said = hookmill(folder.path(), &["check", "."]);
    assert!(
        said.code == 0
            && said.out.contains("warning[E0906]: `shpo`: the environment variable HOOKMILL_TEST_IS_NOT_SET"),
        "{said:?}"
    );
}

#[test]
fn what_is_not_there_is_a_wrong_argument() {
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["check", "gone.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (2, ""));
    assert!(said.err.contains("gone.yaml"), "{}", said.err);
}

#[test]
fn a_thousand_scenarios_are_no_long_wait() {
    let hello = fs::read_to_string(crate::binary::root().join("scenarios/hello-name.yaml")).unwrap();
    let texts: Vec<(String, String)> = (0..1000)
        .map(|number| (format!("s{number}.yaml"), hello.replace("path: hello-name", &format!("path: hello-{number}"))))
        .collect();
    let files: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let began = Instant::now();
    let said = hookmill(folder.path(), &["check", "."]);
    let took = began.elapsed();
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.starts_with("1000 scenarios, 0 errors"), "{}", said.err);
    // Without optimization and beside other tests: the bound for a release build is 2 s.
    assert!(took.as_secs() < 20, "{took:?}");
}

const MENDABLE: &str = "\
# above
triger: { manual: {} }   # behind
steps:
  - id: a
    htpp.request: { url: \"http://x\", methd: GET }
  - filter: trigger.query.page == 5
  - set: { x: 1 }
    retry: { attempts: 3 }
";

#[test]
fn what_is_beyond_doubt_is_mended() {
    let folder = folder(&[("a.yaml", MENDABLE), ("b.yaml", HELLO)]);
    let said = hookmill(folder.path(), &["check", "a.yaml"]);
    assert!(said.out.contains("  fix available: write `trigger` for `triger`\n"), "{}", said.out);
    assert!(said.err.contains("`hookmill check --fix` mends 4 findings"), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), MENDABLE);

    let said = hookmill(folder.path(), &["check", "--fix"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("a.yaml:2:1: fixed[E0104]: write `trigger` for `triger`"), "{}", said.out);
    let mended = "\
# above
trigger: { manual: {} }   # behind
steps:
  - id: a
    http.request: { url: \"http://x\", method: GET }
  - filter: trigger.query.page == \"5\"
  - set: { x: 1 }
";
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), mended);
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), HELLO);
}

#[test]
fn fixes_as_json() {
    let folder = folder(&[("a.yaml", MENDABLE)]);
    let report = hookmill(folder.path(), &["check", "--format", "json"]).json();
    let fix = &report["diagnostics"][0]["fix"];
    let edit = serde_json::json!(
        { "start": { "line": 2, "column": 1 }, "end": { "line": 2, "column": 7 }, "text": "trigger" }
    );
    assert_eq!((&fix["edits"][0], &fix["title"]), (&edit, &"write `trigger` for `triger`".into()), "{report}");
    let report = hookmill(folder.path(), &["check", "--fix", "--format", "json"]).json();
    assert_eq!(report["fixed"].as_array().unwrap().len(), 5, "{report}");
}

/// The check names the line that closes an open hook, and the line does so; nothing writes it, or `none`, by itself.
#[test]
fn an_open_hook_is_told_with_the_line_that_closes_it() {
    let open = "trigger:\n  webhook:\n    path: orders\nsteps:\n  - respond: { text: taken }\n";
    let folder = folder(&[("a.yaml", open), ("secrets.yaml", "hook: { file: key }\n"), ("key", "a long secret")]);
    let said = hookmill(folder.path(), &["check", "--fix"]);
    assert!(said.code == 0 && said.out.contains("a.yaml:2:3: warning[W0501]"), "{said:?}");
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), open);

    let line = said.out.split("write `").nth(1).and_then(|rest| rest.split('`').next()).unwrap();
    assert!(line.starts_with("verify: "), "{line}");
    for line in [line, "verify: none"] {
        let closed = open.replace("path: orders", &format!("path: orders\n    {line}"));
        fs::write(folder.path().join("a.yaml"), closed).unwrap();
        let said = hookmill(folder.path(), &["check", "--strict"]);
        assert_eq!((said.code, said.out.as_str()), (0, ""), "{line}: {said:?}");
    }
}

/// Settings with which every request would be refused are told where they stand, before the first one comes.
#[test]
fn a_check_that_no_request_can_pass_is_told() {
    let of = |settings: &str| {
        let text = format!(
            "trigger:\n  webhook:\n    path: a\n    verify:\n      hmac: {{ {settings} }}\nsteps:\n  - respond: {{ text: taken }}\n"
        );
        let folder = folder(&[("a.yaml", &text), ("secrets.yaml", "hook: { file: key }\n"), ("key", "a long secret")]);
        hookmill(folder.path(), &["check"])
    };
    const KEY: &str = "secret: \"{{ secrets.hook }}\", header: X-Signature";
    for (more, told) in [
        ("signed: \"{timestamp}.{body}\"", "`signed` has `{timestamp}`, so `timestamp` must name"),
        ("signed: \"{id}.{body}\"", "`signed` has `{id}`, so `id` must name"),
        ("signed: \"{bod}\"", "`signed` has `{bod}`, and there are only"),
        ("signed: \"{url}\"", "`signed` must contain `{body}`"),
        ("timestamp: \"X Time\"", "`timestamp` is no name of a header"),
    ] {
        let said = of(&format!("{KEY}, {more}"));
        assert_eq!(said.code, 1, "{more}: {said:?}");
        assert!(said.out.contains("a.yaml:5:7: error[E0902]") && said.out.contains(told), "{more}: {}", said.out);
    }
    for sound in
        ["prefix: \"sha256=\"", "signed: \"{timestamp}.{body}\", timestamp: X-Time", "signed: \"{{ env.SIGNED }}\""]
    {
        let said = of(&format!("{KEY}, {sound}"));
        assert_eq!(said.code, 0, "{sound}: {said:?}");
    }
}

/// What is told of these mistakes leads to a text without one.
#[test]
fn hints_lead_to_what_is_right() {
    let hook = |rate: &str| {
        format!(
            "trigger: {{ webhook: {{ path: a, verify: none, rate: {rate} }} }}\nsteps:\n  - respond: {{ text: taken }}\n"
        )
    };
    let folder = folder(&[("a.yaml", &hook("100"))]);
    let said = hookmill(folder.path(), &["check", "--fix"]);
    assert!(said.code == 1 && said.out.contains("`100/1m`") && !said.out.contains("quotes"), "{said:?}");
    fs::write(folder.path().join("a.yaml"), hook("100/1m")).unwrap();
    assert_eq!(hookmill(folder.path(), &["check"]).code, 0);

    let step =
        |retry: &str| format!("steps:\n  - http.request: {{ url: \"http://x.example.com\" }}\n    retry: {retry}\n");
    fs::write(folder.path().join("a.yaml"), step("false")).unwrap();
    let said = hookmill(folder.path(), &["check"]);
    assert!(said.code == 1 && said.out.contains("`retry: 1` tries once and no more"), "{said:?}");
    fs::write(folder.path().join("a.yaml"), step("1")).unwrap();
    assert_eq!(hookmill(folder.path(), &["check"]).code, 0);
}

#[test]
fn a_batch_that_would_wait_too_long_is_told() {
    let of = |every: &str| {
        let send = format!("{{ url: \"http://x.example.com\", json: 1, batch: {{ every: {every} }} }}");
        let folder = folder(&[("a.yaml", &format!("steps:\n  - webhook.send: {send}\n"))]);
        hookmill(folder.path(), &["check"])
    };
    for wrong in ["1h", "5m1s", "soon"] {
        let said = of(wrong);
        assert!(said.code == 1 && said.out.contains("`batch.every` must be a duration of at most 5m"), "{said:?}");
    }
    for right in ["5m", "300s", "\"{{ env.EVERY }}\""] {
        assert_eq!(of(right).code, 0, "{right}: {:?}", of(right));
    }
}

#[test]
fn warnings_count_when_asked() {
    let folder = folder(&[("a.yaml", "steps:\n  - set: 1\n")]);
    let said = hookmill(folder.path(), &["check"]);
    assert!(said.code == 0 && said.out.contains("a.yaml:2:5: warning[W0506]"), "{said:?}");
    assert_eq!(hookmill(folder.path(), &["check", "--strict"]).code, 1);
    fs::write(folder.path().join("a.yaml"), "steps:\n  - set: 1 # hookmill: allow W0506\n").unwrap();
    assert_eq!(hookmill(folder.path(), &["check", "--strict"]).code, 0);
}

#[test]
fn what_is_to_come_of_schedules_is_told() {
    let nightly =
        "trigger:\n  - schedule: 每月最後一天 23:00 Asia/Taipei\n  - schedule: { at: 1990-01-01T00:00 }\nsteps: []\n";
    let folder = folder(&[("nightly.yaml", nightly)]);
    let said = hookmill(folder.path(), &["check", "--next", "nightly.yaml"]);
    let lines: Vec<&str> = said.out.lines().collect();
    assert_eq!(lines[0], "nightly.yaml:2:5: on the last day of the month at 23:00 (Asia/Taipei)", "{said:?}");
    assert!(lines[1..11].iter().all(|line| line.ends_with(" 23:00:00 +08:00")), "{said:?}");
    assert_eq!(lines[11..], ["nightly.yaml:3:5: at 1990-01-01 00:00 (UTC)", "  never again"], "{said:?}");
    let said = hookmill(folder.path(), &["check", "--next", "--format", "json", "nightly.yaml"]);
    let report: serde_json::Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["next"][0]["next"].as_array().unwrap().len(), 10);
    assert_eq!(report["next"][1]["next"], serde_json::json!([]));
}
