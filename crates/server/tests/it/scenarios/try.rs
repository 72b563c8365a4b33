//! `POST /api/v1/scenarios/{id}/try`

use crate::site::{HELLO, Site, answer, refused};
use reqwest::StatusCode;
use scenario::plan::Trigger;
use serde_json::{Value, json};
use std::sync::Arc;
use triggers::webhook::hooks::{Hook, Hooks};

const ORDERS: &str = "\
trigger: { webhook: { path: 'orders/{shop}', verify: none } }
limits: { concurrency: 1 }
steps:
  - id: order
    set: { number: \"{{ trigger.body.number }}\", shop: \"{{ trigger.params.shop ?? 'none' }}\" }
  - id: parcel
    parcel.send: { to: \"{{ order.number }}\" }
  - assign: { seen: \"{{ order.number }}\" }
  - route:
      - when: order.number == \"A1\"
        steps:
          - for_each:
              in: trigger.body.lines
              as: line
              steps:
                - id: priced
                  name: Price
                  set: \"{{ line.price * 2 }}\"
      - when: order.number == \"A2\"
        steps:
          - id: other
            set: 2
  - id: last
    set: \"{{ parcel.id }}\"
  - respond: { json: \"{{ order }}\" }
";

async fn tried(site: &Site, asked: &Value, status: &str) -> Value {
    let mut asked = asked.clone();
    asked["text"] = ORDERS.into();
    let told = answer(site.api("POST", "/scenarios/orders/try").json(&asked), StatusCode::ACCEPTED).await;
    site.run_is(told["run"].as_str().unwrap(), status).await
}

fn steps(run: &Value) -> Vec<&str> {
    run["steps"].as_array().unwrap().iter().map(|step| step["label"].as_str().unwrap()).collect()
}

fn step<'r>(run: &'r Value, label: &str) -> &'r Value {
    run["steps"].as_array().unwrap().iter().find(|step| step["label"] == label).unwrap()
}

#[tokio::test]
async fn a_text_is_run_that_takes_no_runs() {
    let site = Site::start().await;
    let live = site.shelf.drop_in("orders", HELLO);
    let asked = json!({
        "input": { "body": { "number": "A1", "lines": [{ "price": 2 }, { "price": 3 }] }, "query": { "a": [1, "b"] } },
        "pins": { "parcel": { "id": 7 } },
    });
    let run = tried(&site, &asked, "succeeded").await;
    assert_eq!((&run["trial"], &run["scenario"]), (&json!(true), &json!("orders")));
    assert_eq!(run["input"]["query"], json!([["a", "1"], ["a", "b"]]), "{run}");
    assert_eq!((&step(&run, "parcel")["pinned"], &step(&run, "parcel")["output"]), (&json!(true), &json!({ "id": 7 })));
    assert_eq!(step(&run, "last")["output"], 7);
    assert_eq!(run["response"]["status"], 200);
    assert_ne!(run["version"], *live.version.0);
    assert_eq!(site.get("/scenarios/orders").await["text"], HELLO, "what takes runs is as it was");
    let versions = site.get("/scenarios/orders/versions").await;
    let version = |version: &Value| {
        let items = versions["items"].as_array().unwrap();
        items.iter().find(|item| item["version"] == *version).unwrap().clone()
    };
    assert_eq!(version(&run["version"])["trial"], true);
    assert_eq!(version(&json!(*live.version.0))["trial"], false);
}

#[tokio::test]
async fn a_trial_ends_after_the_step_that_is_named() {
    let site = Site::start().await;
    let input = json!({ "body": { "number": "A1", "lines": [{ "price": 2 }, { "price": 3 }] } });
    let pins = json!({ "#1": { "id": 7 } });
    let run = tried(&site, &json!({ "input": input, "until": "order" }), "succeeded").await;
    assert_eq!(steps(&run), ["order"]);
    let run = tried(&site, &json!({ "input": input, "pins": pins, "until": "Price" }), "succeeded").await;
    assert_eq!(steps(&run), ["order", "parcel", "assign", "route", "for_each", "Price"], "in the first turn");
    // The way leads past it: what comes behind it is not done, either.
    let run = tried(&site, &json!({ "input": input, "pins": pins, "until": "other" }), "succeeded").await;
    assert_eq!(steps(&run), ["order", "parcel", "assign", "route", "for_each", "Price", "Price"]);
    let run = tried(&site, &json!({ "input": input, "until": "route" }), "failed").await;
    assert_eq!(run["error"]["code"], "unknown_module", "what is before it is done: {run}");
}

#[tokio::test]
async fn one_step_is_run_on_what_is_given_or_what_a_run_had() {
    let site = Site::start().await;
    let scope = json!({ "line": { "price": 21 } });
    let run = tried(&site, &json!({ "only": "Price", "scope": scope }), "succeeded").await;
    assert_eq!((&step(&run, "Price")["output"], &step(&run, "Price")["turns"]), (&json!(42), &json!([0])));
    let copied = |run: &Value| -> Vec<bool> {
        run["steps"].as_array().unwrap().iter().map(|step| step["copied"] == true).collect()
    };
    assert_eq!(copied(&run), [true, true, true, true, true, false], "{run}");
    let input = json!({ "body": { "number": "A1", "lines": [] } });
    let before = tried(&site, &json!({ "input": input, "pins": { "parcel": { "id": 8 } } }), "succeeded").await;
    let from = json!({ "input": { "run": before["id"] }, "only": "last" });
    assert_eq!(step(&tried(&site, &from, "succeeded").await, "last")["output"], 8);
    let outweighed = json!({ "input": { "run": before["id"] }, "only": "last", "scope": { "parcel": { "id": 9 } } });
    assert_eq!(step(&tried(&site, &outweighed, "succeeded").await, "last")["output"], 9);
}

#[tokio::test]
async fn a_request_that_was_kept_starts_it() {
    let site = Site::start().await;
    site.shelf.drop_in("orders", ORDERS);
    let deployment = site.engine().deployment(&"orders".parse().unwrap()).unwrap();
    let Trigger::Webhook(webhook) = &deployment.plan.triggers[0] else { panic!("a webhook") };
    let hook = Hook::new("orders/{shop}", Arc::clone(&deployment), webhook).unwrap();
    site.hooks.replace(Hooks::build(vec![("orders/{shop}".parse().unwrap(), hook)]).0);
    let sent = site.request("POST", "/hook/orders/north?x=1").json(&json!({ "number": "A3" })).send().await.unwrap();
    assert!(sent.status().is_success() || sent.status().is_server_error());
    let requests = site.get("/hooks/orders%2F%7Bshop%7D/requests").await;
    let request = json!({ "hook": "orders/{shop}", "id": requests["requests"][0]["id"] });
    let asked = json!({ "input": { "request": request }, "until": "order" });
    let run = tried(&site, &asked, "succeeded").await;
    assert_eq!(step(&run, "order")["output"], json!({ "number": "A3", "shop": "north" }));
}

#[tokio::test]
async fn what_cannot_be_tried_is_refused() {
    let site = Site::start().await;
    let ask = |asked: Value| site.api("POST", "/scenarios/orders/try").json(&asked);
    let problem = refused(ask(json!({ "text": "steps: [{ htp: {} }]" })), 422, "invalid_scenario").await;
    assert!(!problem["diagnostics"].as_array().unwrap().is_empty());
    for wrong in [json!({ "until": "nothing" }), json!({ "only": "#99" }), json!({ "pins": { "nothing": 1 } })] {
        let mut asked = wrong;
        asked["text"] = ORDERS.into();
        refused(ask(asked), 422, "no_such_step").await;
    }
    let handled = "steps:\n  - fail: x\n    on_error: { steps: [{ id: inside, set: 1 }] }\ntrigger: { manual: {} }\n";
    refused(ask(json!({ "text": handled, "only": "inside" })), 422, "not_alone").await;
    let gone = json!({ "text": ORDERS, "input": { "run": "01890000-0000-7000-8000-000000000000" } });
    refused(ask(gone), 404, "not_found").await;
}
