//! What people do with the systems that Hookmill works with, one test for each row of that list, by its number: the real
//! binary, requests as the senders make them, and stand-ins for whoever is called. Rows that a test elsewhere shows whole
//! have it there, under the same kind of name.

mod bank;
mod calls;
mod google;
mod guards;
mod inspector;
mod senders;
mod stand_in;
mod starts;

use crate::binary::root;
use crate::served::Served;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fs;

/// The secret of every sender here.
const SECRET: &str = "a-secret-of-these-tests";

/// A server of these shipped scenarios with all that stands beside them, and of files in place of, or besides, those.
fn serve(shipped: &[&str], files: &[(&str, &str)], arguments: &[&str]) -> Served {
    let text = |name: &str| fs::read_to_string(root().join("scenarios").join(name)).unwrap();
    let secrets = "github: { file: secret.txt }\nlearning: { file: login.txt }\nline: { file: secret.txt }\n\
                   notify: { file: secret.txt }\nshopify: { file: secret.txt }\n";
    let mut all = vec![
        ("connections.yaml".to_owned(), text("connections.yaml")),
        ("secrets.yaml".to_owned(), secrets.to_owned()),
        ("secret.txt".to_owned(), SECRET.to_owned()),
        ("login.txt".to_owned(), format!("learning:{SECRET}")),
    ];
    all.extend(shipped.iter().map(|name| (format!("{name}.yaml"), text(&format!("{name}.yaml")))));
    for (name, text) in files {
        all.retain(|(known, _)| known != name);
        all.push(((*name).to_owned(), (*text).to_owned()));
    }
    let all: Vec<(&str, &str)> = all.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Served::start_with(&all, arguments)
}

/// The shipped connections, but for this one.
fn connections(name: &str, connection: &str) -> String {
    let text = fs::read_to_string(root().join("scenarios/connections.yaml")).unwrap();
    let (before, rest) = text.split_once(&format!("\n{name}:\n")).expect("a connection that ships");
    let after = rest.find("\n\n").map_or("", |end| &rest[end..]);
    format!("{before}\n{name}: {connection}\n{after}")
}

/// HMAC-SHA256 under the secret of these tests.
fn hmac(text: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(text);
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The run that a webhook's answer names.
fn run_of(answer: &crate::served::Answer) -> String {
    answer.header("hookmill-run").unwrap_or_else(|| panic!("{} {}", answer.status, answer.text())).to_owned()
}

/// The runs of a scenario, newest first.
fn runs(served: &Served, scenario: &str) -> Vec<Value> {
    let listed = served.api("GET", &format!("/runs?scenario={scenario}&limit=200"), "").json();
    listed["items"].as_array().unwrap().clone()
}

/// What the inspector has of a webhook, newest first, once that is so many.
fn captured(served: &mut Served, hook: &str, count: usize) -> Vec<Value> {
    let mut seen = Vec::new();
    served.wait_for("the inspector", |served| {
        let listed = served.api("GET", &format!("/hooks/{}/requests", hook.replace('/', "%2F")), "").json();
        seen = listed["requests"].as_array().cloned().unwrap_or_default();
        seen.len() >= count
    });
    assert_eq!(seen.len(), count, "{seen:?}");
    seen
}

/// A captured request, whole.
fn whole(served: &Served, hook: &str, request: &Value) -> Value {
    let id = request["id"].as_str().unwrap();
    served.api("GET", &format!("/hooks/{}/requests/{id}", hook.replace('/', "%2F")), "").json()
}
