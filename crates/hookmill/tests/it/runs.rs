//! `hookmill runs`: runs of a server or of its data folder, and tests that are made of them.

use crate::binary::{Said, hookmill_with};
use crate::far_side::FarSide;
use crate::served::{Served, TOKEN};
use std::fs;
use std::path::Path;

/// A scenario that asks a service twice, one that is not there three times, and chance.
fn scenario(far: &FarSide) -> String {
    format!(
        r#"
trigger: {{ webhook: {{ path: "orders/{{id}}" }} }}
steps:
  - id: each
    for_each:
      in: trigger.body.items
      steps: [{{ id: told, http.request: {{ url: "{}", json: "{{{{ item }}}}" }} }}]
      collect: "{{{{ told.body.ok }}}}"
  - id: gone
    http.request: {{ url: "http://127.0.0.1:1/" }}
    retry: {{ attempts: 3, backoff: 1ms, jitter: none }}
    on_error: {{ use: {{ status: 0 }} }}
  - store.put: {{ table: orders, key: "{{{{ trigger.params.id }}}}", value: "{{{{ trigger.body }}}}" }}
  - respond:
      status: 201
      json:
        id: "{{{{ uuid() }}}}"
        at: "{{{{ now() }}}}"
        path: "{{{{ trigger.params.id }}}}"
        agent: '{{{{ trigger.headers["x-agent"] }}}}'
        each: "{{{{ each }}}}"
        gone: "{{{{ gone.status }}}}"
        dollar: "{{{{ trigger.body.odd }}}}"
"#,
        far.url("/")
    )
}

const BODY: &str = r#"{"items":[1,"2026-01-01"],"odd":{"$type":"yes"},"text":"- a: 'b'\n# \"c\"\n"}"#;

/// A server that has had a run of it, the run's id, and a folder with the scenario.
fn served() -> (Served, String) {
    let far = FarSide::start();
    let served = Served::start(&[("orders.yaml", &scenario(&far))]);
    let headers =
        [("content-type", "application/json"), ("x-agent", "test"), ("authorization", "Bearer very-secret-token")];
    let path = "/hook/orders/7?a=1&a=2&access_token=very-secret-token";
    let answer = served.connect().unwrap().send("POST", path, &headers, BODY.as_bytes()).unwrap();
    assert_eq!(answer.status, 201, "{}", answer.text());
    let runs = served.api("GET", "/runs", "").json();
    let run = runs["items"][0]["id"].as_str().unwrap().to_owned();
    (served, run)
}

fn runs(folder: &Path, arguments: &[&str]) -> Said {
    hookmill_with(folder, &[&["runs"], arguments].concat(), &[("HOOKMILL_TOKEN", TOKEN)])
}

/// The captured test passes where it stands, and tells no secret.
fn proves(said: &Said, served: &Served) {
    assert_eq!(said.code, 0, "{} {}", said.out, said.err);
    assert!(said.err.contains("the test passes"), "{}", said.err);
    let file = served.path().join("scenarios/orders.test.yaml");
    let text = fs::read_to_string(&file).unwrap();
    assert!(!text.contains("very-secret"), "{text}");
    let tested = crate::binary::hookmill(served.path(), &["test", "scenarios"]);
    assert_eq!(tested.code, 0, "{}\n{text}", tested.err);
    assert!(tested.err.contains("1 passed, 0 failed"), "{}", tested.err);
    // What was captured is what happened: a scenario that does something else does not pass.
    let scenario = served.path().join("scenarios/orders.yaml");
    let other = fs::read_to_string(&scenario).unwrap().replace("status: 201", "status: 202");
    let kept = fs::read_to_string(&scenario).unwrap();
    fs::write(&scenario, other).unwrap();
    let tested = crate::binary::hookmill(served.path(), &["test", "scenarios"]);
    assert!(tested.err.contains("response.status: expected 201, was 202"), "{}", tested.err);
    fs::write(&scenario, kept).unwrap();
    fs::remove_file(file).unwrap();
}

#[test]
fn a_run_becomes_a_test_that_passes() {
    let (mut served, run) = served();
    let server = format!("http://{}", served.address());
    let file = "scenarios/orders.test.yaml";
    let said = runs(served.path(), &["capture", &run, "--server", &server, "-o", file]);
    proves(&said, &served);
    let listed = runs(served.path(), &["list", "--server", &server]);
    assert!(listed.out.contains(&run) && listed.out.contains("succeeded  orders"), "{listed:?}");
    let shown = runs(served.path(), &["show", &run, "--server", &server]);
    assert!(shown.out.contains("recovered  gone"), "{shown:?}");

    served.stop();
    let said = runs(served.path(), &["capture", &run, "--data", "data", "-o", file, "--append"]);
    proves(&said, &served);
    assert_eq!(runs(served.path(), &["list", "--data", "data"]).out, listed.out);
    let shown = runs(served.path(), &["show", &run, "--data", "data"]);
    assert!(shown.out.contains("recovered  gone"), "{shown:?}");
}

#[test]
fn what_is_not_there_is_said() {
    let (served, run) = served();
    let server = format!("http://{}", served.address());
    let unknown = "01990000-0000-7000-8000-000000000000";
    let said = runs(served.path(), &["capture", unknown, "--server", &server]);
    assert!(said.code == 2 && said.err.contains("there is no such run"), "{said:?}");
    fs::write(served.path().join("there.yaml"), "").unwrap();
    let said = runs(served.path(), &["capture", &run, "--server", &server, "-o", "there.yaml"]);
    assert!(said.code == 2 && said.err.contains("cannot write there.yaml"), "{said:?}");
    let said = runs(served.path(), &["list", "--server", "http://127.0.0.1:1"]);
    assert!(said.code == 2 && said.err.contains("no server answers"), "{said:?}");
}
