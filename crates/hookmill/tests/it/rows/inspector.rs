//! Looking at requests, and what may be done with them.

use super::{captured, whole};
use crate::served::Served;
use serde_json::json;

#[test]
fn row_25_a_bin_keeps_every_request() {
    let mut served = Served::start(&[]);
    let bin = served.api("POST", "/hooks", "{}").json();
    let path = bin["path"].as_str().unwrap().to_owned();
    assert!(path.len() >= 26 && bin["url"].as_str().unwrap().ends_with(&path), "{bin}");
    let event = json!({ "id": "612310450938908672", "name": "INSTALL", "user_data": { "os": "IOS" } }).to_string();
    let headers = [("content-type", "application/json"), ("user-agent", "Branch Metrics API")];
    assert_eq!(served.send("POST", &format!("/hook/{path}"), &headers, event.as_bytes()).status, 200);
    assert_eq!(served.get(&format!("/hook/{path}?name=OPEN&id=2")).status, 200);
    // What was answered 200 is on disk.
    served.kill();
    served.restart();
    let kept = captured(&mut served, &path, 2);
    assert!(kept[0]["target"].as_str().unwrap().ends_with("?name=OPEN&id=2"), "{kept:?}");
    let first = whole(&served, &path, &kept[1]);
    assert_eq!((&first["body"], &first["verdict"]), (&json!(event), &json!("kept")));
    assert!(first["headers"].to_string().contains("Branch Metrics API") && first["ip"] == "127.0.0.1", "{first}");
}

#[test]
fn row_27_behind_a_tunnel_the_caller_is_who_called_the_tunnel() {
    let scenario = "
trigger: { webhook: { path: tunnel, verify: none } }
steps: [{ respond: { json: { ip: \"{{ trigger.ip }}\", host: \"{{ trigger.headers['x-forwarded-host'] }}\" } } }]
";
    let headers = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-host", "abc.tunnel.example.com")];
    let there = |arguments: &[&str]| {
        let served = Served::start_with(&[("tunnel.yaml", scenario)], arguments);
        served.send("GET", "/hook/tunnel", &headers, b"").json()["ip"].clone()
    };
    assert_eq!(there(&["--trust-proxy", "127.0.0.1/32"]), "198.51.100.7");
    assert_eq!(there(&[]), "127.0.0.1", "who is not named as a proxy is not believed");
}
