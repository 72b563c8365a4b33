//! Connections and secrets made in the editor: used at once, sealed on the disk, and never told again.

use super::{CANARY, Echo, IN_PATH, item, tells_nothing, tells_nothing_below};
use crate::served::Served;
use serde_json::{Value, json};

/// Uses a connection and a secret that no file has.
const USES: &str = r#"
trigger: { webhook: { path: use, verify: none } }
steps:
  - id: told
    http.request: { connection: shop, url: told, headers: { x-secret: "{{ secrets.mine }}" } }
  - respond: { json: { told: "{{ told.body }}" } }
"#;

fn put(served: &Served, path: &str, body: &Value, status: u16) -> Value {
    let answer = served.api("PUT", path, &body.to_string());
    tells_nothing(path, &answer.body);
    assert_eq!(answer.status, status, "{path}: {}", answer.text());
    if answer.body.is_empty() { Value::Null } else { answer.json() }
}

fn get(served: &Served, path: &str) -> Value {
    let answer = served.api("GET", path, "");
    tells_nothing(path, &answer.body);
    answer.json()
}

fn bearer(far: &Echo, token: Option<&str>) -> Value {
    let mut fields = json!({ "base": format!("http://{}/", far.address), "allow": "a.example.com" });
    fields["token"] = token.into();
    json!({ "type": "bearer", "fields": fields })
}

#[test]
fn a1_a2_what_is_made_in_the_editor_is_used_and_never_told() {
    let far = Echo::start();
    let mut served = Served::start(&[("use.yaml", USES), ("connections.yaml", "filed: { type: http }\n")]);
    let scenario = get(&served, "/scenarios/use");
    assert!(scenario["diagnostics"].to_string().contains("shop"), "it is missed at first: {scenario}");
    put(&served, "/connections/shop", &bearer(&far, Some(CANARY)), 204);
    put(&served, "/secrets/mine", &json!({ "value": IN_PATH }), 204);
    let call = |served: &Served| {
        let answer = served.post("/hook/use", "{}");
        tells_nothing("the answer", &answer.body);
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    call(&served);
    let told = far.asked("/told");
    assert!(told.contains(&format!("authorization: Bearer {CANARY}\n")), "{told}");
    assert!(told.contains(&format!("x-secret: {IN_PATH}\n")), "{told}");

    let listed = get(&served, "/connections");
    let shop = item(&listed, "shop");
    assert_eq!((&shop["source"], &shop["state"], &shop["used_by"]), (&json!("editor"), &json!("ok"), &json!(["use"])));
    assert_eq!(shop["fields"], json!({ "base": format!("http://{}/", far.address), "allow": ["a.example.com"] }));
    assert!(shop["last_used"].is_i64() && shop["failing_since"].is_null(), "{shop}");
    assert_eq!(item(&listed, "filed")["source"], "file");
    let tested = served.api("POST", "/connections/shop/test", "").json();
    assert_eq!(tested["ok"], true, "{tested}");

    // What is left out stays as it was, and only what is secret does.
    put(&served, "/connections/shop", &bearer(&far, None), 204);
    let secret = get(&served, "/secrets");
    assert_eq!((&secret["items"][0]["name"], &secret["items"][0]["used_by"]), (&json!("mine"), &json!(["use"])));
    served.kill();
    served.restart();
    call(&served);
    assert_eq!(far.asked("/told").matches(&format!("Bearer {CANARY}\n")).count(), 2, "a restart forgets nothing");

    let run = get(&served, "/runs")["items"][0]["id"].as_str().unwrap().to_owned();
    get(&served, &format!("/runs/{run}"));
    assert_eq!(served.api("DELETE", "/connections/shop", "").status, 204);
    assert_eq!(served.post("/hook/use", "{}").status, 500, "it is gone at once");
    served.stop();
    tells_nothing("the log", served.log().as_bytes());
    assert!(tells_nothing_below(&served.data()) > 10_000, "the data folder was looked at");
}

#[test]
fn names_of_the_files_are_theirs_and_mistakes_are_told_at_the_field() {
    let files = [
        ("connections.yaml", "filed: { type: bearer, token: { file: filed.key } }\n"),
        ("secrets.yaml", "filed: { file: filed.key }\n"),
        ("filed.key", CANARY),
    ];
    let mut served = Served::start(&files);
    let given = json!({ "type": "bearer", "fields": { "token": CANARY } });
    assert_eq!(put(&served, "/connections/filed", &given, 409)["code"], "in_file");
    assert_eq!(put(&served, "/secrets/filed", &json!({ "value": CANARY }), 409)["code"], "in_file");
    assert_eq!(served.api("DELETE", "/connections/filed", "").status, 409);
    let wrong = json!({ "type": "bearer", "fields": { "token": format!("{CANARY}\n"), "base": CANARY } });
    let reasons = put(&served, "/connections/shop", &wrong, 422)["reasons"].clone();
    let paths: Vec<&Value> = reasons.as_array().unwrap().iter().map(|reason| &reason["path"]).collect();
    assert!(paths.contains(&&json!("/fields/token")) && paths.contains(&&json!("/fields/base")), "{reasons}");
    for reference in [json!({ "file": "/etc/hostname" }), json!({ "env": "HOOKMILL_TOKEN" })] {
        put(&served, "/connections/shop", &json!({ "type": "bearer", "fields": { "token": reference } }), 422);
    }
    // The file takes over a name as soon as it has it.
    put(&served, "/connections/later", &given, 204);
    served.write("connections.yaml", "later: { type: http }\n");
    served.wait_for("the file's connection", |served| {
        let listed = get(served, "/connections");
        item(&listed, "later")["source"] == "file"
    });
}

#[test]
fn a1_another_key_opens_nothing_and_says_so() {
    let mut served = Served::start(&[("use.yaml", USES)]);
    put(&served, "/secrets/mine", &json!({ "value": CANARY }), 204);
    served.stop();
    std::fs::write(served.data().join("key"), "00112233445566778899aabbccddeeff".repeat(2)).unwrap();
    served.restart();
    let secret = get(&served, "/secrets")["items"][0].clone();
    assert!(secret["reason"].as_str().unwrap().contains("another key"), "{secret}");
    put(&served, "/secrets/mine", &json!({ "value": CANARY }), 204);
    assert!(get(&served, "/secrets")["items"][0]["reason"].is_null());
}
