//! Calls of the server's own hooks: handed over in the process, never over a network.

use crate::server::{Server, reply};
use crate::step::{files, modules, step};
use modules::Options;
use modules::far_side::Answer;
use modules::own_hooks::{HookRequest, Hooks, OwnHooks};
use run::call::{BoxFuture, Module};
use run::error::StepError;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Stands in for the gateway.
#[derive(Debug, Default)]
struct Gateway {
    asked: Mutex<Vec<HookRequest>>,
}

impl Hooks for Gateway {
    fn request(&self, request: HookRequest) -> BoxFuture<'_, Result<Answer, StepError>> {
        Box::pin(async move {
            let target = request.target.clone();
            self.asked.lock().unwrap().push(request);
            if target == "/hook/slow" {
                // A run that is in line behind the one that calls.
                std::future::pending::<()>().await;
            }
            let (status, location) = match target.as_str() {
                "/hook/refused" => (403, None),
                "/hook/moved" => (307, Some("/hook/there".to_owned())),
                _ => (200, None),
            };
            let mut headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            headers.extend(location.map(|location| ("location".to_owned(), location)));
            Ok(Answer { status, headers, body: json!({ "target": target }).to_string().into_bytes() })
        })
    }
}

const HERE: &str = "https://mill.example.com";

fn made() -> (Arc<Gateway>, Vec<Arc<dyn Module>>) {
    let gateway = Arc::<Gateway>::default();
    let own = OwnHooks { public_url: HERE.parse().unwrap(), hooks: Arc::clone(&gateway) as Arc<dyn Hooks> };
    let connections = format!("mill: {{ type: bearer, token: secret-token, base: '{HERE}/hook/' }}");
    (gateway, modules(&connections, &[], Options { own_hooks: Some(own), ..Options::default() }))
}

#[tokio::test]
async fn row_07_a_hook_of_ones_own_is_called_without_a_network() {
    let (gateway, modules) = made();
    let step = || step(&modules, "http.request").author_host("mill.example.com").depth(2);
    let parameters =
        json!({"url": format!("{HERE}/hook/orders/A%2F1?notify=1"), "json": {"n": 1}, "headers": {"x-a": "b"}});
    let outcome = step().call(parameters).await.unwrap();
    assert_eq!(outcome.output["body"], json!({"target": "/hook/orders/A%2F1?notify=1"}));
    let asked = gateway.asked.lock().unwrap().pop().unwrap();
    assert_eq!((asked.method.as_str(), &asked.body[..]), ("POST", &br#"{"n":1}"#[..]));
    let header = |name: &str| asked.headers.get(name).map(|value| value.to_str().unwrap());
    assert_eq!((header("x-a"), header("hookmill-depth")), (Some("b"), Some("3")));
    assert_eq!((header("content-type"), header("idempotency-key")), (Some("application/json"), Some("0190-key.3")));
    // A refusal is an answer, and a redirect is followed, as over the network.
    let error = step().call(json!({"url": format!("{HERE}/hook/refused")})).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.status), ("http_status", Some(403)));
    let outcome = step().call(json!({"url": format!("{HERE}/hook/moved"), "text": "x"})).await.unwrap();
    assert_eq!(outcome.output["body"]["target"], "/hook/there");
}

#[tokio::test]
async fn row_07_a_connection_leads_to_own_hooks_too() {
    let (gateway, modules) = made();
    step(&modules, "http.request").connection("mill").call(json!({"url": "orders"})).await.unwrap();
    let asked = gateway.asked.lock().unwrap().pop().unwrap();
    assert_eq!(
        (asked.target.as_str(), &asked.headers["authorization"]),
        ("/hook/orders", &"Bearer secret-token".parse().unwrap())
    );
}

/// The called run may have to wait for the one that calls: the call ends in its time, and stands in nobody's way.
#[tokio::test]
async fn row_07_a_hook_that_never_answers_ends_in_its_time() {
    let (_gateway, modules) = made();
    let step = step(&modules, "http.request").author_host("mill.example.com").timeout(Duration::from_millis(50));
    let error = step.call(json!({"url": format!("{HERE}/hook/slow")})).await.unwrap_err();
    assert_eq!(error.code, "timeout");
}

#[tokio::test]
async fn s5_own_hooks_are_not_called_by_data() {
    let (gateway, modules) = made();
    let error = step(&modules, "http.request").call(json!({"url": format!("{HERE}/hook/a")})).await.unwrap_err();
    assert_eq!(error.code, "own_address");
    let server = Server::start(|_| reply(302, &[("location", "https://mill.example.com/hook/a")], "")).await;
    let host = server.host();
    let step = step(&modules, "http.request").author_host(&host);
    let error = step.call(json!({"url": server.url("/")})).await.unwrap_err();
    assert_eq!(error.code, "own_address");
    assert!(gateway.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn files_go_along() {
    let (gateway, modules) = made();
    let mut writer = files().create().unwrap();
    writer.write(b"paper").unwrap();
    let kept = files().kept(writer.finish().unwrap(), 5);
    let file = run::files::FileValue::kept("", "a.txt", "text/plain", &kept);
    let step = step(&modules, "http.request").author_host("mill.example.com");
    step.call(json!({"url": format!("{HERE}/hook/in"), "file": file})).await.unwrap();
    assert_eq!(&gateway.asked.lock().unwrap()[0].body[..], b"paper");
}
