//! Looking at requests, and what may be done with them.

use super::{captured, whole};
use crate::served::Served;
use serde_json::{Value, json};

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
fn row_25_a_server_that_keeps_nothing_does_not_say_that_a_bin_does() {
    for flag in ["--keep-requests", "--keep-bin-bytes"] {
        let served = Served::start_with(&[], &[flag, "0"]);
        let bin = served.api("POST", "/hooks", "{}").json();
        let answer = served.send("POST", &format!("/hook/{}", bin["path"].as_str().unwrap()), &[], b"{}");
        assert_eq!((answer.status, &answer.json()["code"]), (503, &json!("keeps_nothing")), "{flag}");
    }
}

#[test]
fn row_25_a_bin_becomes_a_scenario() {
    let mut served = Served::start(&[]);
    let bin = served.api("POST", "/hooks", "{}").json();
    let path = bin["path"].as_str().unwrap().to_owned();
    let event = json!({ "id": "612310450938908672", "name": "INSTALL", "user_data": { "os": "IOS" } }).to_string();
    let headers = [("content-type", "application/json"), ("user-agent", "Branch Metrics API")];
    assert_eq!(served.send("POST", &format!("/hook/{path}"), &headers, event.as_bytes()).status, 200);
    let kept = captured(&mut served, &path, 1);
    let id = kept[0]["id"].as_str().unwrap();
    let draft = served.api("POST", &format!("/hooks/{path}/requests/{id}/scenario"), "{}");
    let draft: Value = draft.json();
    let made = served.api("POST", "/scenarios", &draft.to_string());
    assert_eq!(made.status, 201, "{} {draft}", made.text());
    served.wait_for("the scenario to take requests", |served| {
        served.send("POST", &format!("/hook/{path}"), &headers, event.as_bytes()).header("hookmill-run").is_some()
    });
}

#[test]
fn row_26_a_request_is_copied_as_a_line_that_does_the_same() {
    let scenario = "
trigger: { webhook: { path: copied, verify: none } }
steps: [{ respond: { json: \"{{ trigger.data }}\" } }]
";
    let mut served = Served::start(&[("copied.yaml", scenario)]);
    let body = r#"{"text":"it's $HOME, \"quoted\"\nand 王"}"#;
    let answer = served.post("/hook/copied?a=1%202", body);
    let request = captured(&mut served, "copied", 1).remove(0);
    let id = request["id"].as_str().unwrap();
    let line = served.api("GET", &format!("/hooks/copied/requests/{id}/as/curl"), "").text();
    assert!(line.starts_with("curl "), "{line}");
    match std::process::Command::new("sh").args(["-c", &line]).output() {
        Ok(said) if said.status.success() => {
            assert_eq!(String::from_utf8_lossy(&said.stdout), answer.text(), "{line}");
        }
        // Only where there is no curl; a line that a shell or curl cannot read ends otherwise.
        Ok(said) => {
            assert_eq!(said.status.code(), Some(127), "{line}: {}", String::from_utf8_lossy(&said.stderr));
            eprintln!("there is no `curl` here: the line was made, not run");
        }
        Err(error) => panic!("{error}"),
    }
}

/// As Postman and browsers copy a request. Whole collections of Postman come with the import of other people's files.
#[test]
fn row_26_a_line_for_curl_is_sent_as_it_stands() {
    let scenario = "
trigger: { webhook: { path: 'lines/{n}', verify: { bearer: \"{{ secrets.github }}\" } } }
steps: [{ respond: { json: { n: \"{{ trigger.params.n }}\", data: \"{{ trigger.data }}\" } } }]
";
    let served = super::serve(&[], &[("lines.yaml", scenario)], &[]);
    let send = |line: &str| {
        served.api("POST", "/hooks/lines%2F%7Bn%7D/requests/send", &json!({ "curl": line }).to_string()).json()
    };
    let line = "curl --location 'https://mill.example.com/hook/lines/7?a=1' \\\n--header 'Content-Type: application/json' \\\n--data '{\"text\": \"it'\\''s 王\"}'";
    let told = send(line);
    let said: Value = serde_json::from_str(told["body"].as_str().unwrap()).unwrap();
    assert_eq!(said, json!({ "n": "7", "data": { "a": "1", "text": "it's 王" } }), "{told}");
    assert_eq!(send("curl -d @secrets.yaml http://h/hook/lines/7")["code"], "invalid_curl");
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
