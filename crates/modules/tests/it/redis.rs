//! `redis.*` against a real Redis.

use crate::daemon::{Certificates, Daemon, free_port, program};
use crate::step::{Given, NOW, files, modules, step};
use modules::connections::probe::probe;
use modules::{Connections, Options};
use run::call::{Delivery, Module};
use run::error::{Recovery, StepError};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

/// A password that no message may tell.
const PASSWORD: &str = "cAnAry-1b7e20";

struct Redis {
    daemon: Daemon,
    modules: Vec<Arc<dyn Module>>,
}

impl Redis {
    /// A server that keeps nothing on disk, with modules that know it as `cache`.
    fn start() -> Option<Self> {
        let program = program("redis-server", "redis-server")?;
        let port = free_port();
        let daemon = Daemon::start(port, move || {
            let mut command = Command::new(&program);
            command.args(["--bind", "127.0.0.1", "--save", "", "--port", &port.to_string()]);
            command.args(["--requirepass", PASSWORD]);
            command
        });
        let modules = modules(&connection(port, PASSWORD), &[], Options::default());
        Some(Self { daemon, modules })
    }

    async fn call(&self, name: &str, parameters: Value) -> Result<Value, StepError> {
        let outcome = step(&self.modules, name).connection("cache").call(parameters).await;
        assert!(!format!("{outcome:?}").contains(PASSWORD), "{outcome:?}");
        outcome.map(|outcome| outcome.output)
    }

    async fn check(&self, name: &str, parameters: Value, expected: Value) {
        assert_eq!(self.call(name, parameters.clone()).await, Ok(expected), "{name} {parameters}");
    }
}

fn connection(port: u16, password: &str) -> String {
    format!("cache: {{ type: redis, url: 'redis://127.0.0.1:{port}/1', password: {password} }}")
}

#[tokio::test(flavor = "multi_thread")]
async fn values_counters_lists_and_hashes_are_kept() {
    let Some(redis) = Redis::start() else { return };
    redis.check("redis.get", json!({ "key": "a" }), json!({ "value": null, "exists": false })).await;
    redis.check("redis.set", json!({ "key": "a", "value": "größe\r\n" }), json!({ "set": true })).await;
    redis.check("redis.get", json!({ "key": "a" }), json!({ "value": "größe\r\n", "exists": true })).await;
    redis.check("redis.set", json!({ "key": "a", "value": 1, "if": "absent" }), json!({ "set": false })).await;
    redis.check("redis.set", json!({ "key": "b", "value": 1, "if": "present" }), json!({ "set": false })).await;
    let map = json!({ "id": 1, "tags": ["x", null] });
    redis.check("redis.set", json!({ "key": "m", "value": map, "ttl": "1h" }), json!({ "set": true })).await;
    redis.check("redis.get", json!({ "key": "m", "as": "json" }), json!({ "value": map, "exists": true })).await;
    redis.check("redis.increment", json!({ "key": "n", "ttl": 100 }), json!({ "value": 1 })).await;
    redis.check("redis.increment", json!({ "key": "n", "by": -5, "ttl": "2h" }), json!({ "value": -4 })).await;
    redis.check("redis.push", json!({ "key": "l", "items": ["x", { "y": 1 }] }), json!({ "length": 2 })).await;
    redis.check("redis.push", json!({ "key": "l", "items": "w", "end": "head" }), json!({ "length": 3 })).await;
    redis.check("redis.push", json!({ "key": "l", "items": [] }), json!({ "length": 3 })).await;
    redis.check("redis.list", json!({ "key": "l", "to": 1 }), json!({ "items": ["w", "x"] })).await;
    redis.check("redis.pop", json!({ "key": "l" }), json!({ "item": "w", "items": ["w"] })).await;
    let last = json!({ "item": { "y": 1 }, "items": [{ "y": 1 }] });
    redis.check("redis.pop", json!({ "key": "l", "end": "tail", "as": "json" }), last).await;
    redis.check("redis.pop", json!({ "key": "l", "count": 5 }), json!({ "item": "x", "items": ["x"] })).await;
    redis.check("redis.pop", json!({ "key": "l" }), json!({ "item": null, "items": [] })).await;
    let fields = json!({ "name": "Ann", "age": 5 });
    redis.check("redis.hash_set", json!({ "key": "h", "fields": fields }), json!({ "added": 2 })).await;
    let all = json!({ "fields": { "name": "Ann", "age": "5" }, "exists": true });
    redis.check("redis.hash_get", json!({ "key": "h" }), all).await;
    let some = json!({ "fields": { "age": 5, "city": null }, "exists": true });
    redis.check("redis.hash_get", json!({ "key": "h", "fields": ["age", "city"], "as": "json" }), some).await;
    redis.check("redis.hash_get", json!({ "key": "none" }), json!({ "fields": {}, "exists": false })).await;
    redis.check("redis.keys", json!({ "pattern": "?" }), json!({ "keys": ["a", "h", "m", "n"], "more": false })).await;
    redis.check("redis.keys", json!({ "pattern": "*", "limit": 1 }), json!({ "keys": ["a"], "more": true })).await;
    redis.check("redis.delete", json!({ "keys": ["a", "h", "none"] }), json!({ "deleted": 2 })).await;
    redis.check("redis.publish", json!({ "channel": "c", "message": { "a": 1 } }), json!({ "receivers": 0 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_logins_are_told_without_secrets() {
    let Some(redis) = Redis::start() else { return };
    redis.call("redis.set", json!({ "key": "a", "value": "text" })).await.unwrap();
    for (name, parameters, code) in [
        ("redis.increment", json!({ "key": "a" }), "server_refused"),
        ("redis.increment", json!({ "key": "a", "ttl": "1h" }), "server_refused"),
        ("redis.list", json!({ "key": "a" }), "server_refused"),
        ("redis.get", json!({ "key": "a", "as": "json" }), "invalid_json"),
        ("redis.keys", json!({ "pattern": "*", "limit": 0 }), "invalid_parameters"),
        ("redis.set", json!({ "key": "a", "value": 1, "ttl": "never" }), "invalid_parameters"),
    ] {
        let error = redis.call(name, parameters).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.recovery), (code, Recovery::Permanent), "{name}: {error:?}");
    }
    // The connection goes on after refusals.
    redis.check("redis.get", json!({ "key": "a" }), json!({ "value": "text", "exists": true })).await;
    for (password, code) in [(PASSWORD, None), ("falsch-geraten", Some("login_refused"))] {
        let given = Given(BTreeMap::new());
        let connections = Connections::parse(&connection(redis.daemon.port, password), &given).unwrap();
        let verdict = probe(&connections, "cache", &files(), Options::default(), NOW).await;
        assert_eq!(verdict.code.as_deref(), code, "{verdict:?}");
        assert!(!format!("{verdict:?}").contains(password), "{verdict:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_open_is_made_anew_after_a_restart_and_time_is_kept() {
    let Some(mut redis) = Redis::start() else { return };
    redis.call("redis.set", json!({ "key": "a", "value": "1" })).await.unwrap();
    redis.daemon.kill();
    let error = redis.call("redis.get", json!({ "key": "a" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("connection_failed", Recovery::Retry), "{error:?}");
    redis.daemon.restart();
    let gone = json!({ "value": null, "exists": false });
    redis.check("redis.get", json!({ "key": "a" }), gone.clone()).await;
    // Open, and closed by the restart: the next call finds out before it sends anything.
    redis.daemon.restart();
    redis.check("redis.get", json!({ "key": "a" }), gone).await;

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let text = connection(silent.local_addr().unwrap().port(), PASSWORD);
    let modules = modules(&text, &[], Options::default());
    let waited = step(&modules, "redis.get").connection("cache").timeout(Duration::from_millis(200));
    let error = waited.call(json!({ "key": "a" })).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.recovery), ("timeout", Recovery::Retry), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_calls_share_a_few_connections() {
    let Some(redis) = Redis::start() else { return };
    let redis = Arc::new(redis);
    let calls: Vec<_> = (0..300)
        .map(|_| {
            let redis = Arc::clone(&redis);
            tokio::spawn(async move { redis.call("redis.increment", json!({ "key": "n" })).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    redis.check("redis.increment", json!({ "key": "n", "by": 0 }), json!({ "value": 300 })).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tls_is_made_with_whom_the_connection_trusts_alone() {
    let Some(program) = program("redis-server", "redis-server") else { return };
    let certificates = Certificates::new();
    let (port, authority) = (free_port(), certificates.authority.clone());
    let (certificate, key) = (certificates.certificate.clone(), certificates.key.clone());
    let _daemon = Daemon::start(port, move || {
        let mut command = Command::new(&program);
        command.args(["--bind", "127.0.0.1", "--save", "", "--port", "0", "--tls-port", &port.to_string()]);
        command.arg("--tls-cert-file").arg(&certificate).arg("--tls-key-file").arg(&key);
        command.args(["--tls-auth-clients", "no"]);
        command
    });
    let text = format!(
        "known: {{ type: redis, url: 'rediss://localhost:{port}', ca: {{ file: ca.pem }} }}\n\
         unknown: {{ type: redis, url: 'rediss://localhost:{port}' }}\n\
         plain: {{ type: redis, url: 'redis://localhost:{port}' }}"
    );
    let modules = modules(&text, &[("ca.pem", &authority)], Options::default());
    let get = async |name| step(&modules, "redis.get").connection(name).call(json!({ "key": "a" })).await;
    assert_eq!(get("known").await.unwrap().output["exists"], false);
    for name in ["unknown", "plain"] {
        let error = get(name).await.unwrap_err();
        assert_eq!(error.code, "connection_failed", "{name}: {error:?}");
    }
}

#[tokio::test]
async fn a_sandbox_answers_with_the_sample() {
    let modules = modules("cache: { type: redis, sandbox: true }", &[], Options::default());
    let outcome = step(&modules, "redis.get").connection("cache").call(json!({ "key": "a" })).await.unwrap();
    assert_eq!((outcome.delivery, &outcome.output["value"]), (Delivery::Sandbox, &json!("ann")));
    assert_eq!(outcome.sent["key"], "a");
}
