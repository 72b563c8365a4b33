//! `webhook.send` with `batch`: what goes out together, and what each step hears of it.

use crate::server::{Server, reply};
use crate::step::{modules, step};
use futures_util::future::join_all;
use modules::Options;
use run::call::{Module, Outcome};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

const SECRET: &str = "whsec_b25lIHNlY3JldCBvZiAyNCBieXRlcyE=";

/// Calls of as many runs, all at once, each with its number.
async fn send(
    modules: &[Arc<dyn Module>],
    server: &Server,
    count: usize,
    batch: &Value,
) -> Vec<Result<Outcome, StepError>> {
    let (host, keys) = (server.host(), (0..count).map(|n| format!("run-{n}")).collect::<Vec<_>>());
    let calls = keys.iter().enumerate().map(|(n, key)| {
        let step =
            step(modules, "webhook.send").author_host(&host).idempotency_key(key).timeout(Duration::from_secs(60));
        step.call(json!({"url": server.url("/in"), "secret": SECRET, "json": {"n": n}, "batch": batch}))
    });
    join_all(calls).await
}

fn numbers(items: &Value) -> BTreeSet<u64> {
    items.as_array().unwrap().iter().map(|item| item["n"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn a_full_batch_goes_out_at_once_and_each_step_hears_of_it() {
    let server = Server::start(|_| reply(200, &[("content-type", "application/json")], "{\"ok\":true}")).await;
    let modules = modules("", &[], Options::default());
    let outcomes = send(&modules, &server, 20, &json!({"size": 10, "every": "30s"})).await;
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    let all: BTreeSet<u64> = seen.iter().flat_map(|seen| numbers(&seen.json())).collect();
    assert_eq!(all, (0..20).collect::<BTreeSet<u64>>());
    let ids: BTreeSet<String> = seen.iter().map(|seen| seen.header("webhook-id").to_owned()).collect();
    for (n, outcome) in outcomes.into_iter().enumerate() {
        let output = outcome.unwrap().output;
        assert_eq!(output["id"], format!("msg_run-{n}"));
        assert_eq!(
            (&output["status"], &output["body"], &output["batch"]["size"]),
            (&json!(200), &json!({"ok": true}), &json!(10))
        );
        assert!(ids.contains(output["batch"]["id"].as_str().unwrap()), "{output}");
    }
    assert!(seen.iter().all(|seen| seen.header("webhook-signature").starts_with("v1,")));
}

#[tokio::test]
async fn a_batch_goes_out_when_its_time_is_over() {
    let server = Server::start(|_| reply(204, &[], "")).await;
    let modules = modules("", &[], Options::default());
    let outcomes = send(&modules, &server, 3, &json!({"size": 10, "every": "200ms", "form": "items"})).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    let body = server.only().json();
    let items: BTreeSet<(String, u64)> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["id"].as_str().unwrap().to_owned(), item["data"]["n"].as_u64().unwrap()))
        .collect();
    assert_eq!(items, (0..3).map(|n| (format!("msg_run-{n}"), n)).collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn a_batch_that_is_refused_fails_each_of_its_steps() {
    let server = Server::start(|_| reply(503, &[("retry-after", "9")], "")).await;
    let modules = modules("", &[], Options::default());
    for outcome in send(&modules, &server, 4, &json!({"size": 4})).await {
        let error = outcome.unwrap_err();
        assert_eq!((error.status, error.recovery, error.retry_after), (Some(503), Recovery::Retry, Some(9000)));
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn what_differs_does_not_share_a_batch() {
    let server = Server::start(|_| reply(204, &[], "")).await;
    let (modules, host) = (modules("", &[], Options::default()), server.host());
    let other = "whsec_dHdvIHNlY3JldHMgb2YgMjQgYnl0ZXM=";
    let calls = [
        json!({"url": server.url("/a"), "json": {"n": 0}}),
        json!({"url": server.url("/b"), "json": {"n": 1}}),
        json!({"url": server.url("/a"), "json": {"n": 2}, "secret": SECRET}),
        json!({"url": server.url("/a"), "json": {"n": 3}, "secret": other}),
        json!({"url": server.url("/a"), "json": {"n": 4}, "headers": {"x-a": "b"}}),
        json!({"url": server.url("/a"), "json": {"n": 5}, "key": "north"}),
        json!({"url": server.url("/a"), "json": {"n": 6}}),
    ];
    let calls = calls.into_iter().map(|mut parameters| {
        let key = parameters.as_object_mut().unwrap().remove("key").unwrap_or_else(|| json!(""));
        parameters["batch"] = json!({"every": "200ms", "key": key});
        let step = step(&modules, "webhook.send").author_host(&host);
        step.timeout(Duration::from_secs(60)).call(parameters)
    });
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    let batches: BTreeSet<BTreeSet<u64>> = server.seen().iter().map(|seen| numbers(&seen.json())).collect();
    let expected = [vec![0, 6], vec![1], vec![2], vec![3], vec![4], vec![5]];
    assert_eq!(batches, expected.into_iter().map(BTreeSet::from_iter).collect::<BTreeSet<_>>());
}

#[tokio::test]
async fn a_batch_must_fit_the_time_of_its_step() {
    let server = Server::start(|_| reply(204, &[], "")).await;
    let modules = modules("", &[], Options::default());
    for batch in [
        json!({"size": 0}),
        json!({"size": 1001}),
        json!({"every": "soon"}),
        json!({"every": "10m"}),
        json!({"every": "31s"}),
        json!({"evry": "1s"}),
    ] {
        let outcomes = send(&modules, &server, 1, &batch).await;
        assert_eq!(outcomes[0].as_ref().unwrap_err().code, "invalid_parameters", "{batch}");
    }
    assert!(server.seen().is_empty());
}
