//! Credentials of whole files: none of them is in what is made of it, and everybody is told.

use crate::{Imported, import};
use serde_json::{Value, json};

const TOKEN: &str = "sk-proj-a1B2c3D4e5F6g7H8i9J0k1L2";
const PASSWORD: &str = "correct horse 7";

fn one(file: &Value) -> Imported {
    import("a.json", file.to_string().as_bytes(), &crate::tests::known()).expect("sound").remove(0)
}

/// What is made of a request of Make with these settings, below the line of its module.
#[track_caller]
fn request(mapper: &Value) -> (String, Imported) {
    let made = one(&json!({ "name": "a", "flow": [
        { "id": 1, "module": "gateway:CustomWebHook" },
        { "id": 2, "module": "http:ActionSendData", "mapper": mapper },
    ] }));
    for secret in [TOKEN, PASSWORD, "hunter2"] {
        assert!(!made.yaml.contains(secret), "{}", made.yaml);
        assert!(!serde_json::to_string(&made.report).expect("JSON").contains(secret));
    }
    let (_, request) = made.yaml.split_once("http.request:").expect("a request");
    (request.split_whitespace().collect::<Vec<_>>().join(" "), made)
}

#[test]
fn the_credential_of_a_request_goes_into_a_connection() {
    let header = |name: &str, value: &str| json!({ "url": "https://api.example.com/v1", "headers": [{ "name": name, "value": value }] });
    let login = json!({ "url": "https://api.example.com/v1", "authUser": "ann", "authPass": PASSWORD });
    let query = json!({ "url": "https://api.example.com/v1", "qs": [{ "name": "appid", "value": "hunter2" }, { "name": "q", "value": "x" }] });
    for (mapper, kind, setting) in [
        (header("Authorization", &format!("Bearer {TOKEN}")), "bearer", Value::Null),
        (header("authorization", "Basic aHVudGVyMg=="), "basic", Value::Null),
        (header("X-Api-Key", "hunter2"), "api_key", json!("X-Api-Key")),
        (header("Authorization", "Apikey hunter2"), "api_key", json!("Authorization")),
        (login, "basic", Value::Null),
        (query, "api_key", json!("appid")),
    ] {
        let (request, made) = request(&mapper);
        assert!(
            request.starts_with("{ connection: example-http,") || request.starts_with("connection: example-http "),
            "{request}"
        );
        assert!(!request.contains("headers"), "{request}");
        let [asked] = made.report.connections.as_slice() else { panic!("{:?}", made.report.connections) };
        assert_eq!((asked.name.as_str(), asked.types.as_slice()), ("example-http", [kind.to_owned()].as_slice()));
        assert_eq!(asked.settings["allow"], json!(["api.example.com"]));
        let named = asked.settings.get("header").or_else(|| asked.settings.get("query"));
        assert_eq!(named.cloned().unwrap_or_default(), setting);
        assert!(made.yaml.contains("# `example-http`: its credential stood here in the clear."), "{}", made.yaml);
        assert!(made.report.items[1].reason.as_deref().is_some_and(|reason| reason.contains("`example-http`")));
    }
}

#[test]
fn other_credentials_of_a_request_are_secrets() {
    for (mapper, expected) in [
        (
            json!({ "url": "https://api.example.com/v1?api_key=hunter2&q={{1.q}}" }),
            "https://api.example.com/v1?api_key={{ secrets.example_url }}&q={{ trigger.data?.q }}",
        ),
        (json!({ "url": "https://hooks.slack.com/services/T1/B1/hunter2" }), "services/{{ secrets.slack_url }}"),
        (
            json!({ "url": "https://api.telegram.org/bot12:hunter2/sendMessage" }),
            "/bot{{ secrets.telegram_url }}/sendMessage",
        ),
        (json!({ "url": "https://ann:hunter2@example.com/a" }), "https://{{ secrets.example_url }}@example.com/a"),
        (
            json!({ "url": "https://example.com/a", "method": "post", "data": "{\"client_secret\": \"hunter2\", \"b\": 1}" }),
            "client_secret: \"{{ secrets.example_client_secret }}\"",
        ),
        (
            json!({ "url": "https://example.com/a", "method": "post", "contentType": "text/plain", "data": format!("a {TOKEN} b") }),
            "a {{ secrets.example_text }} b",
        ),
        (
            json!({ "url": "https://example.com/a", "headers": [{ "name": "X-Api-Key", "value": "hunter2" }, { "name": "Authorization", "value": format!("Bearer {TOKEN}") }] }),
            "Authorization: \"Bearer {{ secrets.example_authorization }}\"",
        ),
    ] {
        let (request, made) = request(&mapper);
        assert!(request.contains(expected), "{request}");
        assert_eq!(made.report.secrets.len(), 1, "{:?}", made.report.secrets);
        assert!(made.report.to_string().contains("what is the value of the secret"), "{}", made.report);
    }
}

#[test]
fn steps_that_share_a_credential_share_a_connection() {
    let call = |id: u64, key: &str| {
        json!({ "id": id, "module": "http:ActionSendData", "mapper": {
            "url": "https://api.example.com/v1", "headers": [{ "name": "X-Api-Key", "value": key }] } })
    };
    let made = one(&json!({ "flow": [call(1, "first"), call(2, "second"), call(3, "first")] }));
    let names: Vec<&str> = made.report.connections.iter().map(|asked| asked.name.as_str()).collect();
    assert_eq!(names, ["example-http", "example-http-2"]);
    assert_eq!(made.yaml.matches("connection: example-http,").count(), 2, "{}", made.yaml);
    assert_eq!(made.yaml.matches("stood here in the clear").count(), 2, "each is told of once:\n{}", made.yaml);
}

#[test]
fn what_cannot_be_taken_out_is_hidden() {
    let make = json!({ "flow": [
        { "id": 1, "module": "nobody:Knows", "mapper": { "apiKey": "hunter2", "headers": [{ "name": "X-Api-Key", "value": "hunter2" }], "password": "{{2.x}}" } },
        { "id": 2, "module": "util:SetVariable2", "mapper": { "name": "x", "value": format!("Use {TOKEN}!") } },
    ], "metadata": { "notes": [{ "content": format!("The key is {TOKEN}"), "moduleIds": [2] }] } });
    let n8n = json!({ "name": "a", "nodes": [
        { "name": "a", "type": "n8n-nodes-base.manualTrigger", "parameters": {} },
        { "name": "b", "type": "n8n-nodes-base.code", "parameters": { "jsCode": format!("const key = '{TOKEN}';\nreturn [{{ json: await call(key) }}];") } },
    ], "connections": { "a": { "main": [[{ "node": "b", "index": 0 }]] } } });
    for file in [make, n8n] {
        let made = one(&file);
        assert!(!made.yaml.contains(TOKEN) && !made.yaml.contains("hunter2"), "{}", made.yaml);
        assert!(made.yaml.contains("•••") && made.yaml.contains("stood here in the clear"), "{}", made.yaml);
        assert!(made.report.to_string().contains("in the clear"), "{}", made.report);
    }
}

#[test]
fn what_is_computed_stays() {
    let (request, made) = request(
        &json!({ "url": "https://example.com/?key={{1.key}}", "headers": [{ "name": "Authorization", "value": "Bearer {{1.token}}" }] }),
    );
    assert!(
        request.contains("Bearer {{ trigger.data?.token") && request.contains("?key={{ trigger.data?.key"),
        "{request}"
    );
    assert!(made.report.connections.is_empty() && made.report.secrets.is_empty());
}
