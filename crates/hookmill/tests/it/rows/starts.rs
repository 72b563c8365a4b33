//! What starts a scenario, and what its caller is told.

use super::stand_in::StandIn;
use super::{captured, connections, runs, serve};
use crate::binary::root;
use crate::served::Served;
use serde_json::{Value, json};
use std::fs;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// By request, by time and by hand. The fourth, by mail, comes with mail triggers.
#[test]
fn row_01_one_scenario_starts_in_every_way() {
    let scenario = "
trigger:
  - webhook: { path: started, verify: none }
  - schedule: { every: 1s }
  - manual: {}
steps:
  - store.add: { table: starts, key: \"{{ trigger.source }}\" }
";
    let mut served = Served::start(&[("started.yaml", scenario)]);
    assert_eq!(served.post("/hook/started", "{}").status, 200);
    let by_hand = served.api("POST", "/scenarios/started/run", "{}");
    assert!(by_hand.status < 300, "{}", by_hand.text());
    for source in ["webhook", "schedule", "manual"] {
        served.wait_for(source, |served| {
            served.api("GET", &format!("/stores/starts/{source}"), "").json()["value"].as_u64() >= Some(1)
        });
    }
}

#[test]
fn row_03_a_hook_has_its_url_at_once_and_may_be_for_some_addresses_only() {
    let scenario = "trigger: { webhook: { verify: none } }\nsteps: [{ respond: { text: taken } }]\n";
    let mut served = Served::start_with(
        &[
            ("inside.yaml", "trigger: { webhook: { path: inside, allow: [203.0.113.0/24] } }\nsteps: []\n"),
            ("off.yaml", "enabled: false\ntrigger: { webhook: { path: off, verify: none } }\nsteps: []\n"),
        ],
        &["--trust-proxy", "127.0.0.1/32"],
    );
    let made = served.api("POST", "/scenarios", &json!({ "id": "fresh", "text": scenario }).to_string());
    assert_eq!(made.status, 201, "{}", made.text());
    let hooks = served.api("GET", "/hooks", "").json();
    let hooks = hooks["hooks"].as_array().unwrap();
    let fresh = hooks.iter().find(|hook| hook["scenario"] == "fresh").unwrap();
    let path = format!("/hook/{}", fresh["path"].as_str().unwrap());
    assert!(fresh["url"].as_str().unwrap().ends_with(&path) && path.len() > 30, "{fresh}");
    assert_eq!(served.get(&path).text(), "taken");

    let from = |address| served.send("POST", "/hook/inside", &[("x-forwarded-for", address)], b"");
    let (stranger, known) = (from("198.51.100.9"), from("203.0.113.9"));
    assert_eq!((stranger.status, known.status, served.get("/hook/off").status), (403, 200, 503));
    let seen = captured(&mut served, "inside", 2);
    assert_eq!((&seen[0]["verdict"], &seen[0]["ip"]), (&json!("taken"), &json!("203.0.113.9")));
    assert_eq!((&seen[1]["verdict"], &seen[1]["code"]), (&json!("refused"), &json!("forbidden")));
    assert_eq!(seen[1]["ip"], "198.51.100.9");
    assert_eq!(captured(&mut served, "off", 1)[0]["code"], "switched_off");
    assert_eq!(runs(&served, "inside").len(), 1);
}

#[test]
fn row_04_values_in_the_url_are_as_good_as_fields_of_a_body() {
    let scenario = "
trigger: { webhook: { path: values, verify: none } }
steps:
  - respond: { json: { name: \"{{ trigger.data.name }}\", city: \"{{ trigger.data?.city ?? 'none' }}\" } }
";
    let served = Served::start(&[("values.yaml", scenario)]);
    let both = json!({ "name": "王 Ada", "city": "Taipei" });
    assert_eq!(served.get("/hook/values?name=%E7%8E%8B+Ada&city=Taipei").json(), both);
    assert_eq!(served.post("/hook/values", &both.to_string()).json(), both);
    let form = served.send("POST", "/hook/values?city=Tainan", &[FORM], b"name=Bo&city=Taipei");
    assert_eq!(form.json(), json!({ "name": "Bo", "city": "Taipei" }), "the body wins");
    assert_eq!(served.get("/hook/values?name=Ada").json(), json!({ "name": "Ada", "city": "none" }));
}

/// The shipped scenario, from its first start over a crash: each ticket is mailed once.
#[test]
fn row_15_who_has_no_webhooks_is_asked_again_from_where_it_was() {
    let tickets = StandIn::start(|asked| {
        let (_, after) = asked.target.split_once("after=").unwrap();
        let after: u64 = after.split('&').next().unwrap().parse().unwrap();
        let new: Vec<Value> =
            (after + 1..=after + 2).filter(|id| *id <= 6).map(|id| json!({ "id": id, "subject": "x" })).collect();
        (200, json!({ "tickets": new }).to_string())
    });
    let text = fs::read_to_string(root().join("scenarios/new-tickets.yaml")).unwrap();
    let often = text.replace("every: 5m", "every: 1s");
    let shop = connections("shop-api", &format!("{{ type: bearer, base: \"{}\", token: t0ken }}", tickets.url("")));
    let mut served = serve(&[], &[("new-tickets.yaml", &often), ("connections.yaml", &shop)], &[]);
    served.wait_for("the first tickets", |served| {
        served.api("GET", "/stores/cursors/tickets", "").json()["value"].as_u64() >= Some(2)
    });
    served.kill();
    served.restart();
    served.wait_for("all tickets", |served| served.api("GET", "/stores/cursors/tickets", "").json()["value"] == 6);
    let mut mailed = Vec::new();
    for run in runs(&served, "new-tickets") {
        let run = served.ended(run["id"].as_str().unwrap());
        let steps = run["steps"].as_array().unwrap().clone();
        mailed.extend(
            steps.into_iter().filter(|step| step["id"] == "mail").map(|step| step["sent"]["subject"].to_string()),
        );
    }
    mailed.sort_unstable();
    let expected: Vec<String> = (1..=6).map(|id| format!("\"Ticket {id}: x\"")).collect();
    assert_eq!(mailed, expected);
}

#[test]
fn row_18_the_six_lines_do_what_the_router_does() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let (_, section) = readme.split_once("## Side by side with Express").unwrap();
    let (_, yaml) = section.split_once("```yaml\n").unwrap();
    let scenario = yaml.split("```").next().unwrap();
    assert!(scenario.trim().lines().count() <= 6, "{scenario}");
    let served = Served::start(&[("webhook.yaml", scenario)]);
    let answer = served.send("POST", "/hook/webhook", &[JSON], br#"{"event":"order.paid"}"#);
    assert_eq!((answer.status, answer.text().as_str()), (200, "Received order.paid"));
}
