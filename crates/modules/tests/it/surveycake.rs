//! `surveycake.fetch` against a stand-in that encrypts as SurveyCake does.

use crate::server::{Server, reply};
use crate::step::{modules, step};
use modules::Options;
use run::call::Delivery;
use run::error::Recovery;
use serde_json::{Value, json};

const KEYS: [&str; 2] = ["0123456789abcdef", "fedcba9876543210"];

/// `{"svid":"aB3dE","result":[]}` under these keys.
const ENCRYPTED: &str = "lvghx3fGu2MVj8zwDsPSGyxUg3VF9PNPEiIsBPRkjjo=";

fn parameters() -> Value {
    json!({"svid": "aB3dE", "hash": "x9", "hash_key": KEYS[0], "iv_key": KEYS[1]})
}

#[tokio::test]
async fn row_12_an_answer_is_fetched_and_decrypted() {
    let server = Server::start(|_| reply(200, &[("content-type", "text/plain")], ENCRYPTED)).await;
    let connection = format!(
        "cake: {{ type: surveycake, base: '{}', hash_key: {}, iv_key: {} }}",
        server.url("/"),
        KEYS[0],
        KEYS[1]
    );
    let modules = modules(&connection, &[], Options::default());
    let outcome = step(&modules, "surveycake.fetch")
        .connection("cake")
        .call(json!({"svid": "aB3dE", "hash": "x9"}))
        .await
        .unwrap();
    assert_eq!(outcome.output, json!({"svid": "aB3dE", "result": []}));
    let seen = server.only();
    assert_eq!((seen.method.as_str(), seen.target.as_str()), ("GET", "/webhook/v0/aB3dE/x9"));
    assert!(!outcome.sent.to_string().contains(KEYS[0]), "{}", outcome.sent);
}

#[tokio::test]
async fn row_12_what_is_not_there_yet_is_asked_for_again() {
    let server = Server::start(|_| reply(200, &[], "")).await;
    let connection = format!(
        "cake: {{ type: surveycake, base: '{}', hash_key: short, iv_key: short }}\nbox: {{ type: surveycake, sandbox: true }}",
        server.url("/")
    );
    let modules = modules(&connection, &[], Options::default());
    let error = step(&modules, "surveycake.fetch").connection("cake").call(parameters()).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("empty_answer", Recovery::Retry));
    let outcome = step(&modules, "surveycake.fetch").connection("box").call(parameters()).await.unwrap();
    assert_eq!(
        (outcome.delivery, &outcome.sent["url"]),
        (Delivery::Sandbox, &json!("https://www.surveycake.com/webhook/v0/aB3dE/x9"))
    );
}

/// S9: what is fetched for another module is fetched under the same guard.
#[tokio::test]
async fn s9_a_survey_does_not_lead_elsewhere() {
    let modules = modules("", &[], Options::default());
    for (field, value) in [("domain", "127.0.0.1"), ("domain", "localhost"), ("svid", "../.."), ("hash", "x@y")] {
        let mut parameters = parameters();
        parameters[field] = json!(value);
        let error = step(&modules, "surveycake.fetch").call(parameters).await.unwrap_err();
        assert_eq!(error.code, "invalid_parameters", "{field}: {value}");
    }
}
