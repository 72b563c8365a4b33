//! Runs that wait: for people, for programs, for each other, for time; through kills, on a server and without one.

use crate::binary::{folder, hookmill, hookmill_with};
use crate::served::{Answer, Served, TOKEN};
use serde_json::{Value, json};

const APPROVAL: &str = "
name: Refund
trigger: { webhook: { path: refund, methods: [POST] } }
steps:
  - id: approval
    wait_for:
      steps:
        - store.put: { table: links, key: \"{{ trigger.body.order }}\", value: \"{{ resume.url }}\" }
      title: \"Refund {{ trigger.body.order }}?\"
      fields: { reason: { type: text, required: true } }
      choices: [approve, reject]
  - return: \"{{ approval.choice }} because {{ approval.reason }}\"
";

/// The path of the link that the run of this order told.
fn link(served: &mut Served, order: &str) -> String {
    let mut link = String::new();
    served.wait_for("the link to be told", |served| {
        let record = served.api("GET", &format!("/stores/links/{order}"), "");
        if record.status == 200 {
            link = record.json()["value"].as_str().unwrap().to_owned();
        }
        record.status == 200
    });
    let base = format!("http://{}", served.address());
    link.strip_prefix(&base).expect("the link begins with the public address").to_owned()
}

fn fill_in(served: &Served, link: &str, form: &str) -> Answer {
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("accept", "text/html")];
    served.connect().unwrap().send("POST", link, &headers, form.as_bytes()).unwrap()
}

fn run_is(served: &mut Served, id: &str, status: &str) -> Value {
    let mut run = Value::Null;
    served.wait_for(&format!("the run to be {status}"), |served| {
        run = served.api("GET", &format!("/runs/{id}"), "").json();
        run["status"] == status
    });
    run
}

#[test]
fn an_approval_outlives_a_kill_and_is_given_once() {
    let mut served = Served::start(&[("refund.yaml", APPROVAL)]);
    let id = served.post("/hook/refund", r#"{"order":"A1"}"#).json()["run"].as_str().unwrap().to_owned();
    let path = link(&mut served, "A1");
    run_is(&mut served, &id, "waiting");
    served.kill();
    served.restart();
    let run = served.api("GET", &format!("/runs/{id}"), "").json();
    let shown = run["steps"].as_array().unwrap().iter().find_map(|step| step["resume_url"].as_str()).unwrap();
    assert!(shown.ends_with(&path), "{shown} {path}");
    let page = served.get(&path);
    assert_eq!(page.status, 200);
    assert_eq!(fill_in(&served, &path, "choice=approve").status, 422);
    let thanks = fill_in(&served, &path, "choice=approve&reason=it+broke");
    assert_eq!(thanks.status, 200, "{}", thanks.text());
    // What was answered 200 is on disk.
    served.kill();
    served.restart();
    let run = run_is(&mut served, &id, "succeeded");
    let returned = run["steps"].as_array().unwrap().last().unwrap();
    assert_eq!(returned["output"], "approve because it broke", "{run}");
    assert_eq!(fill_in(&served, &path, "choice=reject&reason=no").status, 410);
}

#[test]
fn links_of_another_installation_lead_nowhere() {
    let mut one = Served::start(&[("refund.yaml", APPROVAL)]);
    let other = Served::start(&[("refund.yaml", APPROVAL)]);
    one.post("/hook/refund", r#"{"order":"A1"}"#);
    let path = link(&mut one, "A1");
    assert_eq!((one.get(&path).status, other.get(&path).status), (200, 404));
}

#[test]
fn a_held_run_is_resumed_and_another_cancelled_from_the_command_line() {
    let mut served = Served::start(&[(
        "held.yaml",
        "
trigger: { webhook: { path: held, methods: [POST] } }
steps:
  - id: order
    set: \"{{ trigger.body.order }}\"
    on_error: hold
  - return: \"{{ order }}\"
",
    )]);
    let server = format!("http://{}", served.address());
    let runs = |arguments: &[&str], served: &Served| {
        let all: Vec<&str> = [&["runs"], arguments, &["--server", &server]].concat();
        hookmill_with(served.path(), &all, &[("HOOKMILL_TOKEN", TOKEN)])
    };
    let begin = |served: &mut Served| {
        let id = served.post("/hook/held", "{}").json()["run"].as_str().unwrap().to_owned();
        run_is(served, &id, "held");
        id
    };
    let (first, second) = (begin(&mut served), begin(&mut served));
    let said = runs(&["resume", &first, "--step", "order", "--use", r#"{"n":1}"#], &served);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("resumed step `order`"), "{said:?}");
    let run = run_is(&mut served, &first, "succeeded");
    assert_eq!((&run["steps"][1]["output"], &run["steps"][0]["released_by"]), (&json!({ "n": 1 }), &json!("admin")));
    let said = runs(&["cancel", &second], &served);
    assert_eq!(said.code, 0, "{said:?}");
    run_is(&mut served, &second, "cancelled");
    let said = runs(&["resume", &second, "--fail"], &served);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("the run is over"), "{said:?}");
}

#[test]
fn only_variables_that_are_allowed_are_read() {
    let files = [("env.yaml", "steps:\n  - return: \"{{ env.SHOP }} {{ env.PORT }}\"\n")];
    let folder = folder(&files);
    let variables = [("SHOP", "north"), ("PORT", "1"), ("HOOKMILL_ALLOW_ENV", "")];
    let said = hookmill_with(folder.path(), &["run", "env.yaml"], &variables);
    assert_eq!(said.code, 1, "{said:?}");
    assert!(said.err.contains("missing_property"), "{said:?}");
    let said = hookmill_with(folder.path(), &["run", "env.yaml", "--allow-env", "SHOP"], &variables);
    assert!(said.code == 1 && said.err.contains("PORT") && said.err.contains("SHOP"), "{said:?}");
    let arguments = ["run", "env.yaml", "--json", "--allow-env", "SHOP,PORT"];
    let said = hookmill_with(folder.path(), &arguments, &variables);
    assert_eq!(said.json()["steps"][0]["output"], "north 1", "{said:?}");
}

#[test]
fn a_run_without_a_server_waits_a_little_and_calls_its_neighbours() {
    let folder = folder(&[
        (
            "main.yaml",
            "steps:\n  - wait: 50ms\n  - id: sum\n    call: { scenario: add, input: { a: 2 } }\n  - return: \"{{ sum }}\"\n",
        ),
        (
            "add.yaml",
            "trigger: { call: { input: { required: [a] } } }\nsteps:\n  - wait: 50ms\n  - return: \"{{ trigger.body.a + 1 }}\"\n",
        ),
    ]);
    let said = hookmill(folder.path(), &["run", "main.yaml", "--json"]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(said.json()["steps"][2]["output"], 3, "{said:?}");
    assert!(said.err.contains("add › "), "{said:?}");
}

#[test]
fn a_run_without_a_server_says_what_it_waits_for() {
    let cases = [
        ("  - id: yes\n    wait_for: { choices: [yes] }\n", "step `yes` waits for an answer until"),
        ("  - wait: 2h\n", "step `wait` waits until"),
        (
            "  - id: x\n    set: \"{{ trigger.body.no }}\"\n    on_error: hold\n  - return: \"{{ x }}\"\n",
            "step `x` is held",
        ),
        ("  - call: far\n", "a step of `far`, which it called, waits until"),
        ("  - respond: { text: early }\n  - wait: 2h\n", "step `wait` waits until"),
        ("  - parallel:\n      a: [ wait_for: {} ]\n      b: [ call: near ]\n", "waits for an answer until"),
    ];
    for (steps, expected) in cases {
        let folder = folder(&[
            ("main.yaml", &format!("trigger: {{ webhook: {{ path: x }} }}\nsteps:\n{steps}")),
            ("far.yaml", "trigger: { call: {} }\nsteps:\n  - wait: 30d\n"),
            ("near.yaml", "trigger: { call: {} }\nsteps:\n  - wait: 10ms\n"),
        ]);
        let said = hookmill(folder.path(), &["run", "main.yaml", "-i", "{}"]);
        assert_eq!(said.code, 1, "{said:?}");
        assert!(said.err.contains(expected) && said.err.contains("hookmill serve"), "{expected}: {said:?}");
    }
}

#[test]
fn calls_of_what_cannot_be_called_are_found_beforehand() {
    let folder = folder(&[
        (
            "main.yaml",
            "steps:\n  - call: nowhere\n  - call: manual\n  - call: { scenario: typed, input: {} }\n  - call: main\n",
        ),
        ("manual.yaml", "steps: []\n"),
        ("typed.yaml", "trigger: { call: { input: { required: [a] } } }\nsteps: []\n"),
    ]);
    for paths in ["main.yaml", "."] {
        let said = hookmill(folder.path(), &["check", paths]);
        for part in
            ["main.yaml:2:11: error[E0212]", "main.yaml:3:11: error[E0213]", "`a`", "main.yaml:5:11: error[E0213]"]
        {
            assert!(said.out.contains(part), "{part}: {said:?}");
        }
    }
}

#[test]
fn a_server_checks_callers_again_when_the_called_changes() {
    let mut served = Served::start(&[("main.yaml", "steps:\n  - call: other\n")]);
    let findings = |served: &Served| -> Vec<String> {
        let told = served.api("GET", "/scenarios/main", "").json();
        let all = told["diagnostics"].as_array().unwrap().iter();
        all.map(|one| one["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(findings(&served), ["E0212"]);
    served.write("other.yaml", "trigger: { manual: {} }\nsteps: []\n");
    served.wait_for("the other to be known", |served| findings(served) == ["E0213"]);
    let put =
        served.api("PUT", "/scenarios/other", &json!({ "text": "trigger: { call: {} }\nsteps: []\n" }).to_string());
    assert_eq!(put.status, 200, "{}", put.text());
    assert!(findings(&served).is_empty(), "{:?}", findings(&served));
    assert_eq!(served.api("DELETE", "/scenarios/other", "").status, 204);
    assert_eq!(findings(&served), ["E0212"]);
}
