//! What scenarios call: each other, sheets, and services of all kinds.

use super::google::Sheets;
use super::stand_in::StandIn;
use super::{captured, run_of, serve, whole};
use crate::served::Served;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::sync::atomic::{AtomicU32, Ordering};

#[test]
fn row_06_rows_that_are_appended_at_once_are_all_there_and_each_caller_has_its_own() {
    let sheets = Sheets::start();
    let (connection, key) = sheets.connection();
    let scenario = "
trigger: { webhook: { path: ship, verify: none } }
steps:
  - id: row
    google_sheets.append: { connection: office, spreadsheet: s, sheet: Sheet, row: [\"{{ trigger.body.n }}\"] }
    retry: 3
  - respond: { json: { n: \"{{ trigger.body.n }}\", row: \"{{ row.updated_range }}\" } }
";
    let office = format!("office: {connection}\n");
    let served = Served::start(&[("ship.yaml", scenario), ("connections.yaml", &office), ("key.json", &key)]);
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let served = &served;
        let callers: Vec<_> = (0..20)
            .map(|n| scope.spawn(move || served.post("/hook/ship", &json!({ "n": n }).to_string()).json()))
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let rows: HashSet<String> = sheets.rows().iter().map(|row| row[0].to_string()).collect();
    assert_eq!((sheets.rows().len(), rows.len()), (20, 20));
    let ranges: HashSet<&str> = answers.iter().map(|answer| answer["row"].as_str().unwrap()).collect();
    assert_eq!(ranges.len(), 20, "{answers:?}");
}

/// The address leads nowhere, so only a call within the process can succeed.
#[test]
fn row_07_scenarios_call_each_other_without_a_network_and_without_blocking() {
    let inner = "
limits: { sequential: true }
trigger: [{ webhook: { path: inner, verify: none } }, { call: { input: { type: object, required: [n] } } }]
steps:
  - respond: { json: { twice: \"{{ trigger.body.n * 2 }}\" } }
  - return: { twice: \"{{ trigger.body.n * 2 }}\" }
";
    let outer = "
limits: { sequential: true }
trigger: { webhook: { path: outer, verify: none } }
steps:
  - id: asked
    http.request: { method: POST, url: \"https://hooks.example.com/hook/inner\", json: { n: \"{{ trigger.body.n }}\" } }
  - id: called
    call: { scenario: inner, input: { n: \"{{ asked.body.twice }}\" } }
  - respond: { json: { sum: \"{{ called.twice }}\" } }
";
    let files = [("inner.yaml", inner), ("outer.yaml", outer)];
    let mut served = Served::start_with(&files, &["--public-url", "https://hooks.example.com", "--workers", "1"]);
    let answer = served.post("/hook/outer", r#"{"n":5}"#);
    assert_eq!(answer.json(), json!({ "sum": 20 }));
    assert_eq!(captured(&mut served, "inner", 1)[0]["verdict"], "taken");
    // Who may call the hook may not look at what it did.
    assert_eq!(served.get(&format!("/api/v1/runs/{}", run_of(&answer))).status, 401);
}

#[test]
fn row_17_any_platform_is_called_with_the_credential_it_asks_for() {
    let platform = StandIn::content();
    let scenario = "
trigger: { webhook: { path: finished, verify: none } }
steps:
  - parallel:
      crm: [{ http.request: { connection: crm, url: /bearer, json: \"{{ trigger.body }}\" } }]
      lms: [{ http.request: { connection: lms, url: /basic, json: \"{{ trigger.body }}\" } }]
      erp: [{ http.request: { connection: erp, url: /header, json: \"{{ trigger.body }}\" } }]
      bi: [{ http.request: { connection: bi, url: /query, form: \"{{ trigger.body }}\" } }]
  - respond: { text: told }
";
    let base = platform.url("");
    let connections = format!(
        "crm: {{ type: bearer, base: \"{base}\", token: t0ken-1 }}\n\
         lms: {{ type: basic, base: \"{base}\", user: mill, password: pass-1 }}\n\
         erp: {{ type: api_key, base: \"{base}\", header: x-api-key, value: key-1 }}\n\
         bi: {{ type: api_key, base: \"{base}\", query: key, value: key-2 }}\n"
    );
    let served = Served::start(&[("finished.yaml", scenario), ("connections.yaml", &connections)]);
    assert_eq!(served.post("/hook/finished", r#"{"course":"c1"}"#).text(), "told");
    let asked = platform.asked();
    let to = |path: &str| asked.iter().find(|asked| asked.target.starts_with(path)).unwrap();
    assert_eq!(to("/bearer").header("authorization"), "Bearer t0ken-1");
    assert_eq!(to("/bearer").json(), json!({ "course": "c1" }));
    assert_eq!(to("/basic").header("authorization"), format!("Basic {}", super::base64(b"mill:pass-1")));
    assert_eq!(to("/header").header("x-api-key"), "key-1");
    assert_eq!((to("/query").target.as_str(), to("/query").body.as_str()), ("/query?key=key-2", "course=c1"));
}

#[test]
fn row_20_a_message_goes_out_and_our_own_inspector_shows_it() {
    let mut served = Served::start(&[]);
    let bin = served.api("POST", "/hooks", "{}").json();
    let url = bin["url"].as_str().unwrap();
    served.write(
        "speak.yaml",
        &format!(
            "
trigger: {{ webhook: {{ path: speak, verify: none }} }}
steps:
  - http.request: {{ method: POST, url: \"{url}\", json: {{ message: Hello Webhook }} }}
  - respond: {{ text: said }}
"
        ),
    );
    served.wait_for("the scenario", |served| served.get("/hook/speak").status == 200);
    let path = bin["path"].as_str().unwrap();
    let mut kept = Value::Null;
    served.wait_for("the message", |served| {
        kept = served.api("GET", &format!("/hooks/{path}/requests?limit=1"), "").json()["requests"][0].clone();
        kept.is_object()
    });
    let kept = whole(&served, path, &kept);
    assert_eq!((&kept["method"], &kept["verdict"]), (&json!("POST"), &json!("kept")));
    assert_eq!(kept["body"], r#"{"message":"Hello Webhook"}"#);
}

#[test]
fn row_22_an_erp_that_stumbles_is_told_again_and_knows_that_it_is_the_same() {
    let tries = AtomicU32::new(0);
    let erp = StandIn::start(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => (503, "{}".to_owned()),
        _ => (200, r#"{"state":"shipped"}"#.to_owned()),
    });
    let scenario = "
trigger: { webhook: { path: 'orders/{order}/state', verify: none } }
steps:
  - id: pushed
    http.request: { connection: erp, method: PUT, url: \"/orders/{{ trigger.params.order }}\", json: \"{{ trigger.body }}\" }
    retry: { attempts: 5, backoff: 10ms }
  - respond: { json: \"{{ pushed.body }}\" }
";
    let erp_there = format!("erp: {{ type: http, base: \"{}\" }}\n", erp.url("/v1"));
    let served = Served::start(&[("state.yaml", scenario), ("connections.yaml", &erp_there)]);
    let answer = served.post("/hook/orders/A%2F1/state", r#"{"state":"shipped"}"#);
    assert_eq!(answer.json(), json!({ "state": "shipped" }));
    let asked = erp.asked();
    let keys: HashSet<&str> = asked.iter().map(|asked| asked.header("idempotency-key")).collect();
    assert_eq!((asked.len(), keys.len()), (3, 1), "{asked:?}");
    assert!(!keys.contains("") && asked.iter().all(|asked| asked.json() == json!({ "state": "shipped" })));
}

#[test]
fn row_28_the_whole_way_of_a_request_is_there_with_bodies_and_times() {
    let far = StandIn::content();
    let scenario = format!(
        "
trigger: {{ webhook: {{ path: way, verify: none }} }}
steps:
  - id: asked
    http.request: {{ method: POST, url: \"{}\", json: {{ order: \"{{{{ trigger.body.order }}}}\" }} }}
  - respond: {{ json: {{ fine: \"{{{{ asked.body.ok }}}}\" }} }}
",
        far.url("/in")
    );
    let mut served = serve(&[], &[("way.yaml", &scenario)], &[]);
    let answer = served.post("/hook/way", r#"{"order":"A1"}"#);
    let request = captured(&mut served, "way", 1).remove(0);
    let request = whole(&served, "way", &request);
    assert_eq!((&request["body"], &request["run"]), (&json!(r#"{"order":"A1"}"#), &json!(run_of(&answer))));
    assert_eq!(request["answer"]["body"], r#"{"fine":true}"#);
    assert!(request["took_us"].as_u64() > Some(0), "{request}");

    let run = served.ended(&run_of(&answer));
    assert_eq!(run["input"]["body"], json!({ "order": "A1" }), "{run}");
    let step = &run["steps"][0];
    assert_eq!(
        (&step["id"], &step["sent"]["method"], &step["output"]["body"]),
        (&json!("asked"), &json!("POST"), &json!({ "ok": true }))
    );
    assert!(step["sent"].to_string().contains("A1") && step["sent"]["url"] == far.url("/in"), "{step}");
    let times = [&run["created"], &step["started"], &step["ended"], &run["changed"]].map(|time| time.as_i64().unwrap());
    assert!(times.is_sorted() && times[0] > 1_700_000_000_000, "{times:?}");
}
