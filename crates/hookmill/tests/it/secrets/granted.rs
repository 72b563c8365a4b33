//! Tokens that somebody allowed: got in a browser, sealed on the disk, used after a crash and under another key, and never
//! told.

use super::{CANARY, IN_PATH, item, tells_nothing, tells_nothing_below};
use crate::binary::hookmill;
use crate::far_side::{header, read_head};
use crate::served::Served;
use serde_json::{Value, json};
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const USES: &str = r#"
trigger: { webhook: { path: use, verify: none } }
steps:
  - id: told
    http.request: { connection: crm, url: told }
  - respond: { json: { told: "{{ told.body }}" } }
"#;

/// Gives tokens, and tells back what it is asked with them.
struct Provider {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    is_revoked: Arc<Mutex<bool>>,
}

impl Provider {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (asked, is_revoked): (Arc<Mutex<Vec<String>>>, Arc<Mutex<bool>>) = Default::default();
        let (seen, revoked) = (Arc::clone(&asked), Arc::clone(&is_revoked));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (seen, revoked) = (Arc::clone(&seen), Arc::clone(&revoked));
                std::thread::spawn(move || answer_all(stream, &seen, &revoked));
            }
        });
        Self { address, asked, is_revoked }
    }

    /// How often a token was asked for.
    fn tokens(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.starts_with("POST /token ")).count()
    }

    fn connection(&self) -> String {
        let base = format!("http://{}", self.address);
        format!(
            "crm: {{ type: oauth2, base: '{base}', authorize: '{base}/authorize', token: '{base}/token', client_id: mill, \
             client_secret: {{ file: client.key }} }}\n"
        )
    }
}

fn answer_all(stream: TcpStream, seen: &Mutex<Vec<String>>, is_revoked: &Mutex<bool>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let asked = format!("{}\n\n{}", head.join("\n"), String::from_utf8_lossy(&body));
        seen.lock().unwrap().push(asked.clone());
        let revoked = *is_revoked.lock().unwrap();
        let (status, told) = match (head[0].starts_with("POST /token "), revoked) {
            (true, false) => {
                ("200 OK", json!({ "access_token": CANARY, "refresh_token": IN_PATH, "expires_in": 3600 }))
            }
            (true, true) => ("400 Bad", json!({ "error": "invalid_grant", "error_description": asked })),
            (false, false) => ("200 OK", json!({ "told": asked })),
            (false, true) => ("401 No", json!({ "told": asked })),
        };
        let told = told.to_string();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", told.len());
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(told.as_bytes()).ok()?;
    }
}

fn get(served: &Served, path: &str) -> Value {
    let answer = served.api("GET", path, "");
    tells_nothing(path, &answer.body);
    answer.json()
}

fn authorize(served: &Served) {
    let begun = served.api("POST", "/connections/crm/authorize", "").json();
    let url = begun["url"].as_str().unwrap();
    assert!(url.contains("&code_challenge_method=S256"), "{url}");
    let state = url.split('&').find_map(|pair| pair.strip_prefix("state=")).unwrap();
    let came_back = served.get(&format!("/oauth/callback?code=code-1&state={state}"));
    tells_nothing("the page", &came_back.body);
    assert_eq!(came_back.status, 200, "{}", came_back.text());
}

fn call(served: &Served, status: u16) {
    let answer = served.post("/hook/use", "{}");
    tells_nothing("the answer", &answer.body);
    assert_eq!(answer.status, status, "{}", answer.text());
}

#[test]
fn a1_a2_tokens_outlive_a_crash_and_a_change_of_keys_and_are_never_told() {
    let provider = Provider::start();
    let connections = provider.connection();
    let files = [("use.yaml", USES), ("connections.yaml", connections.as_str()), ("client.key", CANARY)];
    let mut served = Served::start(&files);
    assert_eq!(item(&get(&served, "/connections"), "crm")["authorized"], false);
    call(&served, 500);
    authorize(&served);
    call(&served, 200);
    assert_eq!(item(&get(&served, "/connections"), "crm")["authorized"], true);
    served.kill();
    served.restart();
    call(&served, 200);
    assert_eq!(provider.tokens(), 1, "the token was kept");
    served.stop();

    let key = std::fs::read(served.data().join("key")).unwrap();
    let data = served.data().display().to_string();
    // A change that was stopped before anything was sealed goes on with the key that it made.
    std::fs::write(served.data().join("key.next"), "00112233445566778899aabbccddeeff".repeat(2)).unwrap();
    let said = hookmill(served.path(), &["vault", "rekey", "--data", &data]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.err.contains("1 records are sealed") || said.out.contains("1 records are sealed"), "{said:?}");
    let changed = std::fs::read_to_string(served.data().join("key")).unwrap();
    assert_eq!(changed, "00112233445566778899aabbccddeeff".repeat(2));
    assert!(!served.data().join("key.next").exists() && changed.as_bytes() != key);
    served.restart();
    call(&served, 200);
    assert_eq!(provider.tokens(), 1, "the new key opens it");

    // The provider takes it back: an alarm, until it is allowed again.
    *provider.is_revoked.lock().unwrap() = true;
    call(&served, 500);
    let connection = item(&get(&served, "/connections"), "crm").clone();
    assert_eq!(connection["state"], "broken", "{connection}");
    served.wait_for("the alarm", |served| get(served, "/alarms")["items"].to_string().contains("connection crm"));
    *provider.is_revoked.lock().unwrap() = false;
    authorize(&served);
    call(&served, 200);
    served.wait_for("its end", |served| !get(served, "/alarms")["items"].to_string().contains("connection crm"));
    let run = get(&served, "/runs")["items"][0]["id"].as_str().unwrap().to_owned();
    get(&served, &format!("/runs/{run}"));
    served.stop();
    tells_nothing("the log", served.log().as_bytes());
    assert!(tells_nothing_below(&served.data()) > 10_000, "the data folder was looked at");
}
