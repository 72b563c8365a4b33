//! `hookmill serve` as callers and operators meet it.

use crate::served::{PATIENCE, Served, TOKEN};
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;

const HELLO: &str = "
name: Hello
trigger: { webhook: { path: hello, verify: none } }
steps:
  - respond: { json: { response: Hello } }
";

#[test]
fn row_05_a_browser_get_is_answered_exactly() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let answer = served.get("/hook/hello");
    assert_eq!((answer.status, answer.text().as_str()), (200, r#"{"response":"Hello"}"#));
    assert_eq!(answer.header("content-type"), Some("application/json"));
}

#[test]
fn query_values_are_in_scope_and_other_methods_are_refused() {
    let served = Served::start(&[(
        "echo.yaml",
        "
trigger: { webhook: { path: 'echo/{kind}', methods: [GET] } }
steps:
  - respond:
      status: 201
      headers: { x-who: \"{{ trigger.query.who }}\" }
      json: { n: \"{{ trigger.query.n.parse_int() + 1 }}\", kind: \"{{ trigger.params.kind }}\", ip: \"{{ trigger.ip }}\" }
",
    )]);
    let answer = served.get("/hook/echo/a%20b?who=%E7%8E%8B&n=41");
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json(), json!({ "n": 42, "kind": "a b", "ip": "127.0.0.1" }));
    let refused = served.post("/hook/echo/x", "{}");
    assert_eq!((refused.status, refused.header("allow")), (405, Some("GET")));
}

#[test]
fn refusals_are_problems_and_tell_nothing_of_the_inside() {
    let served = Served::start(&[
        (
            "fails.yaml",
            "
trigger: { webhook: { path: fails } }
steps:
  - id: x
    set: { y: \"{{ trigger.body.private_detail }}\" }
  - respond: { json: {} }
",
        ),
        ("off.yaml", "enabled: false\ntrigger: { webhook: { path: off } }\nsteps: []\n"),
        ("inside.yaml", "trigger: { webhook: { path: inside, allow: [10.0.0.0/8] } }\nsteps: []\n"),
        (
            "typed.yaml",
            "
trigger: { webhook: { path: typed, input: { type: object, required: [order] } } }
steps: []
",
        ),
        ("small.yaml", "trigger: { webhook: { path: small, max_body: 1kb } }\nsteps: []\n"),
    ]);
    let failed = served.post("/hook/fails", "{}");
    assert_eq!((failed.status, failed.header("content-type")), (500, Some("application/problem+json")));
    let problem = failed.json();
    assert_eq!(problem["code"], "run_failed");
    assert!(problem["run"].is_string(), "{problem}");
    assert!(!failed.text().contains("private_detail"), "{problem}");
    let run = served.api("GET", &format!("/runs/{}", problem["run"].as_str().unwrap()), "").json();
    assert_eq!((&run["status"], &run["error"]["code"]), (&json!("failed"), &json!("missing_property")));

    for (path, body, status, code) in [
        ("/hook/nowhere", "{}", 404, "not_found"),
        ("/hook/off", "{}", 503, "switched_off"),
        ("/hook/inside", "{}", 403, "forbidden"),
        ("/hook/typed", "{}", 422, "invalid_input"),
        ("/hook/typed", "{\"order\": ", 400, "bad_json"),
    ] {
        let answer = served.post(path, body);
        assert_eq!((answer.status, answer.json()["code"].as_str()), (status, Some(code)), "{path} {}", answer.text());
    }
    let large = served.post("/hook/small", &format!("\"{}\"", "x".repeat(2_000)));
    assert_eq!(large.status, 413);
}

#[test]
fn a_run_without_an_answer_of_its_own_is_accepted_at_once() {
    let mut served = Served::start(&[(
        "quiet.yaml",
        "
trigger: { webhook: { path: quiet } }
steps:
  - set: { x: \"{{ trigger.body.n }}\" }
",
    )]);
    let answer = served.post("/hook/quiet", r#"{"n":1}"#);
    assert_eq!(answer.status, 200);
    let run = answer.json()["run"].as_str().unwrap().to_owned();
    assert_eq!(answer.json(), json!({ "accepted": true, "run": run }));
    served.wait_for("the run to end", |served| {
        served.api("GET", &format!("/runs/{run}"), "").json()["status"] == "succeeded"
    });
}

#[test]
fn a_caller_that_waits_too_long_gets_504_and_the_run_goes_on() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let mut served = Served::start(&[(
        "slow.yaml",
        &format!(
            "
trigger: {{ webhook: {{ path: slow, wait: 100ms }} }}
steps:
  - id: ask
    http.request: {{ url: \"{url}\" }}
  - respond: {{ json: {{ status: \"{{{{ ask.status }}}}\" }} }}
"
        ),
    )]);
    let answer = served.get("/hook/slow");
    assert_eq!(answer.status, 504);
    let run = answer.json()["run"].as_str().unwrap().to_owned();
    let (mut stream, _) = silent.accept().unwrap();
    let mut request = [0; 1024];
    assert!(stream.read(&mut request).unwrap() > 0);
    stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap();
    served.wait_for("the run to end", |served| {
        served.api("GET", &format!("/runs/{run}"), "").json()["status"] == "succeeded"
    });
}

#[test]
fn changed_files_are_served_and_broken_ones_leave_the_last_good_version() {
    let mut served = Served::start(&[("hello.yaml", HELLO)]);
    served.write("hello.yaml", &HELLO.replace("response: Hello", "response: Changed"));
    served.wait_for("the change", |served| served.get("/hook/hello").text() == r#"{"response":"Changed"}"#);
    served.write("hello.yaml", "steps: [ { htpp.request: {} } ]\n");
    served.wait_for("the diagnostics", |served| {
        let scenario = served.api("GET", "/scenarios/hello", "").json();
        scenario["diagnostics"][0]["code"].is_string()
    });
    assert_eq!(served.get("/hook/hello").text(), r#"{"response":"Changed"}"#);
    served.kill();
    served.restart();
    assert_eq!(served.get("/hook/hello").text(), r#"{"response":"Changed"}"#, "also after a restart");
    std::fs::remove_file(served.path().join("scenarios/hello.yaml")).unwrap();
    served.wait_for("the removal", |served| served.get("/hook/hello").status == 404);
}

#[test]
fn two_scenarios_on_one_path_are_named_in_both() {
    let served = Served::start(&[("a.yaml", HELLO), ("b.yaml", HELLO)]);
    for id in ["a", "b"] {
        let scenario = served.api("GET", &format!("/scenarios/{id}"), "").json();
        let message = scenario["diagnostics"][0]["message"].as_str().unwrap_or_default().to_owned();
        assert!(message.contains("`a`") && message.contains("`b`"), "{scenario}");
    }
}

/// A new file does not let strangers in where they were kept out, though its name comes first.
#[test]
fn w3_an_open_hook_does_not_take_the_path_of_a_closed_one() {
    let closed = HELLO.replace("verify: none", "verify: { basic: { user: hook, password: pass-word-1 } }");
    let mut served = Served::start(&[("b.yaml", &closed)]);
    assert_eq!(served.get("/hook/hello").status, 401);
    std::fs::write(served.path().join("scenarios/a.yaml"), HELLO).unwrap();
    served.wait_for("the new file", |served| served.api("GET", "/scenarios/a", "").status == 200);
    assert_eq!(served.get("/hook/hello").status, 401);
    served.stop();
    served.restart();
    assert_eq!(served.get("/hook/hello").status, 401);
}

#[test]
fn what_is_put_is_written_to_the_folder_and_served() {
    let served = Served::start(&[]);
    let text = HELLO.replace("path: hello", "path: new");
    let made = served.api("POST", "/scenarios", &json!({ "id": "new", "text": text }).to_string());
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(served.get("/hook/new").status, 200);
    assert_eq!(std::fs::read_to_string(served.path().join("scenarios/new.yaml")).unwrap(), text);
    assert_eq!(served.api("POST", "/scenarios/new/disable", "").status, 200);
    let off = served.get("/hook/new");
    assert_eq!((off.status, off.header("retry-after")), (503, Some("300")), "the sender is to come again");
    assert_eq!(served.api("POST", "/scenarios/new/enable", "").status, 200);
    assert_eq!(served.get("/hook/new").status, 200);
    assert_eq!(served.api("DELETE", "/scenarios/new", "").status, 204);
    assert_eq!(served.get("/hook/new").status, 404);
}

#[test]
fn a_made_up_path_is_unguessable_and_stays() {
    let mut served = Served::start(&[("hidden.yaml", &HELLO.replace("path: hello", "methods: [GET]"))]);
    let url = |served: &Served| {
        let scenario = served.api("GET", "/scenarios/hidden", "").json();
        scenario["triggers"][0]["path"].as_str().unwrap().to_owned()
    };
    let path = url(&served);
    assert!(path.len() >= 26, "{path}");
    assert_eq!(served.get(&format!("/hook/{path}")).status, 200);
    served.stop();
    served.restart();
    assert_eq!(url(&served), path);
}

#[test]
fn a_schedule_starts_runs() {
    let mut served = Served::start(&[(
        "tick.yaml",
        "
trigger: { schedule: { every: 1s } }
steps:
  - set: { at: \"{{ trigger.at }}\" }
",
    )]);
    served.wait_for("two runs", |served| {
        let runs = served.api("GET", "/runs?scenario=tick&status=succeeded", "").json();
        runs["items"].as_array().is_some_and(|items| items.len() >= 2)
    });
    let next = served.api("GET", "/scenarios/tick", "").json()["triggers"][0]["next"].clone();
    assert!(next.is_string(), "{next}");
}

#[test]
fn w6_a_200_mb_body_is_refused_without_being_read() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let mut stream = TcpStream::connect(served.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let head =
        "POST /hook/hello HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 209715200\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
}

#[test]
fn a_10_mb_json_body_is_handled() {
    let served = Served::start(&[(
        "len.yaml",
        "
trigger: { webhook: { path: len } }
steps:
  - respond: { json: { items: \"{{ trigger.body.items.len() }}\", last: \"{{ trigger.body.items[99999].sku }}\" } }
",
    )]);
    let item = |n: usize| format!(r#"{{"sku":"sku-{n}","text":"{}"}}"#, "x".repeat(80));
    let items: Vec<String> = (0..100_000).map(item).collect();
    let body = format!(r#"{{"items":[{}]}}"#, items.join(","));
    assert!(body.len() > 10_000_000);
    let answer = served.post("/hook/len", &body);
    assert_eq!(answer.json(), json!({ "items": 100_000, "last": "sku-99999" }));
}

#[test]
fn w18_cve_2025_61914_html_answers_cannot_act_for_the_editor() {
    let served = Served::start(&[(
        "page.yaml",
        "
trigger: { webhook: { path: page } }
steps:
  - respond: { html: \"<script>alert(1)</script>\" }
",
    )]);
    let answer = served.get("/hook/page");
    assert!(answer.header("content-security-policy").is_some_and(|policy| policy.starts_with("sandbox")));
    assert!(!answer.header("content-security-policy").unwrap().contains("allow-same-origin"));
}

#[test]
fn the_api_wants_a_token_and_two_servers_do_not_share_a_data_folder() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    assert_eq!(served.get("/api/v1/runs").status, 401);
    assert_eq!(served.api("GET", "/runs?scenario=hello", "").status, 200);
    let second = std::process::Command::new(env!("CARGO_BIN_EXE_hookmill"))
        .arg("serve")
        .arg(served.path().join("scenarios"))
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(served.data())
        .env("HOOKMILL_TOKEN", TOKEN)
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(2));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another hookmill uses this data folder"), "{said}");
}

/// As when the log lies on the disk that is full, or who reads it is gone.
#[test]
fn a_log_that_cannot_be_written_stops_nothing() {
    let mut served = Served::start(&[]);
    served.kill();
    let log = served.path().join("log");
    std::fs::remove_file(&log).unwrap();
    std::os::unix::fs::symlink("/dev/full", &log).unwrap();
    served.restart();
    std::fs::write(served.path().join("scenarios/broken.yaml"), b"\xff").unwrap();
    for name in ["one", "two"] {
        let text = format!("trigger: {{ webhook: {{ path: {name} }} }}\nsteps: [{{ respond: {{ text: {name} }} }}]\n");
        served.write(&format!("{name}.yaml"), &text);
        served.wait_for(name, |served| served.get(&format!("/hook/{name}")).text() == name);
    }
    served.stop();
}

#[test]
fn asked_to_end_it_ends_and_keeps_everything() {
    let mut served = Served::start(&[("hello.yaml", HELLO)]);
    let run = served.get("/hook/hello").header("hookmill-run").unwrap().to_owned();
    served.stop();
    served.restart();
    assert_eq!(served.api("GET", &format!("/runs/{run}"), "").json()["status"], "succeeded");
}

#[test]
fn a_scenario_cannot_take_the_place_of_the_connections() {
    let connections = "office: { type: google, sandbox: true }\n";
    let served = Served::start(&[("connections.yaml", connections)]);
    for id in ["connections", "orders.test"] {
        let answer = served.api("PUT", &format!("/scenarios/{id}"), &json!({ "text": HELLO }).to_string());
        assert!(answer.status >= 400, "{id}: {} {}", answer.status, answer.text());
        let answer = served.api("POST", "/scenarios", &json!({ "id": id, "text": HELLO }).to_string());
        assert!(answer.status >= 400, "{id}: {} {}", answer.status, answer.text());
    }
    assert_eq!(std::fs::read_to_string(served.path().join("scenarios/connections.yaml")).unwrap(), connections);
    assert!(!served.path().join("scenarios/orders.test.yaml").exists());
}

#[test]
fn with_broken_connections_nothing_is_served_and_no_run_fails_for_want_of_them() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("connections.yaml"), "office: { type: gogle }\n").unwrap();
    let tried = std::process::Command::new(env!("CARGO_BIN_EXE_hookmill"))
        .arg("serve")
        .arg(folder.path())
        .args(["--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path().join("data"))
        .env("HOOKMILL_TOKEN", TOKEN)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&tried.stderr);
    assert_eq!(tried.status.code(), Some(2), "{said}");
    assert!(said.contains("did you mean `google`"), "{said}");
}

#[test]
fn changed_connections_are_used_by_the_next_call() {
    let far_side = crate::far_side::FarSide::start();
    let scenario = "
trigger: { webhook: { path: ask } }
steps:
  - id: ask
    http.request: { connection: shop, url: /x }
  - respond: { json: { ok: \"{{ ask.body.ok }}\" } }
";
    let mut served = Served::start(&[
        ("connections.yaml", "shop: { type: http, base: \"http://shop.example.com\", sandbox: true }\n"),
        ("ask.yaml", scenario),
    ]);
    assert_eq!(served.get("/hook/ask").status, 200);
    assert!(far_side.calls().is_empty());
    served.write("connections.yaml", &format!("shop: {{ type: http, base: \"{}\" }}\n", far_side.url("")));
    served.wait_for("a real call", |served| {
        served.get("/hook/ask");
        far_side.requests() > 0
    });
}
