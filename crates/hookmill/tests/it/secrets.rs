//! A secret that is used everywhere it may be, at a far side that tells everything back: the far side has it, and nothing
//! that is kept or shown does.

mod apps;
mod granted;
mod kept;

use crate::binary::hookmill;
use crate::far_side::{header, read_head};
use crate::served::Served;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex};

const CANARY: &str = r#"cAnAry 42/+"x&=%q~"#;
const IN_PATH: &str = "pAth-7f31c9";

/// A service that tells back what it was asked, in every way it could: as text, in JSON, encoded, in headers and keys.
struct Echo {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let seen = Arc::clone(&seen);
                std::thread::spawn(move || answer_all(stream, &seen));
            }
        });
        Self { address, asked }
    }

    /// What it was asked on this path: start line, headers and body.
    fn asked(&self, path: &str) -> String {
        let asked = self.asked.lock().unwrap();
        asked
            .iter()
            .filter(|text| text.split(' ').nth(1).is_some_and(|target| target.starts_with(path)))
            .cloned()
            .collect()
    }
}

fn answer_all(stream: TcpStream, seen: &Mutex<Vec<String>>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let asked = format!("{}\n\n{}", head.join("\n"), String::from_utf8_lossy(&body));
        seen.lock().unwrap().push(asked.clone());
        let status = if head[0].contains("/fail") { "500 No" } else { "200 OK" };
        let authorization = header(&head, "authorization").unwrap_or("none");
        let (kind, told) = told(&head, &asked, authorization);
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-told: {authorization}\r\ncontent-length: {}\r\n\r\n",
            told.len()
        );
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(&told).ok()?;
    }
}

fn told(head: &[String], asked: &str, authorization: &str) -> (&'static str, Vec<u8>) {
    if head[0].contains("/bytes") {
        return ("application/octet-stream", asked.as_bytes().to_vec());
    }
    if head[0].contains("/fail") {
        return ("text/plain", format!("no: {authorization} {asked}").into_bytes());
    }
    let mut told = json!({
        "text": asked,
        "json": json!(asked).to_string(),
        "twice": json!(json!(asked).to_string()).to_string(),
        "base64": STANDARD.encode(asked),
        "authorization": STANDARD.encode(authorization),
        "percent": percent(asked),
        "hex": hex(asked.as_bytes()),
    });
    told[authorization] = "as a key".into();
    // Long enough to be kept apart.
    if head[0].contains("/long") {
        told["long"] = vec![asked; 100].into();
    }
    ("application/json", told.to_string().into_bytes())
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        write!(all, "%{byte:02X}").unwrap();
        all
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut all, byte| {
        write!(all, "{byte:02x}").unwrap();
        all
    })
}

/// Everything by which one could know a secret.
fn traces(secret: &str) -> Vec<String> {
    let mut traces = vec![
        secret.to_owned(),
        json!(secret).to_string().trim_matches('"').to_owned(),
        percent(secret),
        percent(secret).to_lowercase(),
        hex(secret.as_bytes()),
        url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        // The first half is too much to tell, too.
        secret[..secret.len() / 2 + 1].to_owned(),
    ];
    for engine in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
        for skipped in 0..3 {
            // Groups of three bytes that are whole, wherever the secret begins.
            let whole = (secret.len() - skipped) / 3 * 3;
            traces.push(engine.encode(&secret[skipped..skipped + whole]));
        }
    }
    traces
}

fn tells_nothing(what: &str, bytes: &[u8]) {
    for secret in [CANARY, IN_PATH] {
        for trace in traces(secret) {
            let found = bytes.windows(trace.len()).position(|window| window == trace.as_bytes());
            let around =
                found.map(|at| String::from_utf8_lossy(&bytes[at.saturating_sub(60)..(at + 60).min(bytes.len())]));
            assert!(found.is_none(), "{what} tells {trace}: {around:?}");
        }
    }
}

/// What has this name, in a list of the API.
fn item<'a>(listed: &'a Value, name: &str) -> &'a Value {
    listed["items"].as_array().unwrap().iter().find(|item| item["name"] == name).unwrap()
}

fn tells_nothing_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let tell = |path: std::path::PathBuf| {
        if path.is_dir() {
            return tells_nothing_below(&path);
        }
        let bytes = std::fs::read(&path).unwrap();
        tells_nothing(&path.display().to_string(), &bytes);
        bytes.len()
    };
    entries.map(tell).sum()
}

fn scenario(far: &Echo) -> String {
    let scenario = r#"
trigger: { webhook: { path: use } }
steps:
  - id: codes
    set:
      hmac: "{{ trigger.body.id.hmac_sha256(secrets.canary) }}"
      jwt: "{{ #{sub: trigger.body.id}.jwt_sign(secrets.canary) }}"
      digest: '{{ digest(["HashKey=", secrets.canary, "&", trigger.body.id, "&HashIV=", secrets.path], "sha256") }}'
  - id: script
    rhai: trigger.body.id.hmac_sha256(secrets.canary)
  - id: guarded
    rhai: |
      try { "x".hmac_sha256(secrets.canary, #{ key: "hex" }) } catch (error) { error.message }
  - filter: codes.hmac.secure_equal(secrets.canary) == false
  - id: told
    http.request:
      url: "FAR/told/{{ secrets.path }}/x?k={{ secrets.path }}"
      query: { q: "{{ secrets.canary }}", forged: "{{ trigger.body.forged }}" }
      headers: { authorization: "Bearer {{ secrets.canary }}", x-plain: "{{ secrets.path }}", x-forged: "{{ trigger.body.forged }}" }
      json: { key: "{{ secrets.canary }}", among: ["a {{ secrets.canary }} b {{ trigger.body.forged }}"], codes: "{{ codes }}" }
  - id: form
    http.request: { url: FAR/form, form: { key: "{{ secrets.canary }}", list: ["{{ secrets.path }}", 1] } }
  - id: bytes
    http.request: { url: FAR/bytes, body: "<{{ secrets.canary }}>", headers: { authorization: "{{ secrets.canary }}" } }
  - id: whole
    http.request: { url: "{{ secrets.hook }}", text: "{{ secrets.canary }}" }
  - id: long
    http.request: { url: FAR/long, json: "{{ secrets.canary }}" }
  - id: fails
    http.request:
      url: "FAR/fail/{{ secrets.path }}"
      headers: { authorization: "{{ secrets.canary }}" }
    retry: { attempts: 2, backoff: 1ms }
    on_error: { use: "{{ error }}" }
  - id: bad
    http.request: { url: "FAR/{{ secrets.path }}", headers: { x: "{{ secrets.lines }}" } }
    on_error: { use: "{{ error }}" }
  - id: nowhere
    http.request: { url: "http://{{ secrets.path }}.invalid/{{ secrets.canary }}" }
    on_error: { use: "{{ error }}" }
  - assign: { kept: "{{ told.body }}" }
  - respond:
      json: { told: "{{ told }}", form: "{{ form.body }}", bytes: "{{ bytes }}", whole: "{{ whole.body }}", fails: "{{ fails }}", bad: "{{ bad }}", nowhere: "{{ nowhere }}", script: "{{ script }}", codes: "{{ codes }}", guarded: "{{ guarded }}", long: "{{ long.body.long.len() }}" }
"#;
    scenario.replace("FAR", &format!("http://{}", far.address))
}

const SECRETS: &str =
    "canary: { file: canary.key }\npath: { file: path.key }\nhook: { file: hook.key }\nlines: { file: lines.key }\n";

/// A server with the secrets and the scenario.
fn served(far: &Echo) -> Served {
    let hook = format!("http://{}/whole/{IN_PATH}?key={IN_PATH}", far.address);
    let lines = format!("{CANARY}\n{IN_PATH}");
    let text = scenario(far);
    let files = [
        ("canary.key", CANARY),
        ("path.key", IN_PATH),
        ("hook.key", &hook),
        ("lines.key", &lines),
        ("secrets.yaml", SECRETS),
        ("use.yaml", &text),
    ];
    Served::start_with(&files, &["--allow-private", "127.0.0.1"])
}

const FORGED: &str = "{{ secrets.canary }} ••• secrets.canary \\u2022";

fn call(served: &Served) -> Value {
    let answer = served.post("/hook/use", &json!({ "id": "A1", "forged": FORGED }).to_string());
    tells_nothing("the answer", &answer.body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_secret_reaches_the_far_side_and_nobody_else() {
    let far = Echo::start();
    let mut served = served(&far);
    let answer = call(&served);

    let told = far.asked("/told");
    assert!(
        told.starts_with(&format!("POST /told/{IN_PATH}/x?k={IN_PATH}&q=cAnAry+42%2F%2B%22x%26%3D%25q%7E&forged=")),
        "{told}"
    );
    assert!(told.contains(&format!("authorization: Bearer {CANARY}\n")), "{told}");
    let body: Value = serde_json::from_str(told.split("\n\n").last().unwrap()).unwrap();
    assert_eq!(body["key"], CANARY);
    // What data says is sent as it is, whatever it looks like.
    assert_eq!(body["among"], json!([format!("a {CANARY} b {FORGED}")]));
    assert!(far.asked("/form").ends_with(&format!("key=cAnAry+42%2F%2B%22x%26%3D%25q%7E&list={IN_PATH}&list=1")));
    assert!(far.asked("/bytes").ends_with(&format!("<{CANARY}>")));
    assert!(far.asked("/whole").starts_with(&format!("POST /whole/{IN_PATH}?key={IN_PATH} ")));
    assert_eq!(far.asked("/fail").matches(&format!("authorization: {CANARY}\n")).count(), 2);

    assert_eq!(answer["codes"]["hmac"], hmac(CANARY, "A1"));
    assert_eq!(answer["script"], answer["codes"]["hmac"]);
    assert_eq!(body["codes"], answer["codes"]);
    assert_eq!(answer["told"]["body"]["Bearer •••"], "as a key");
    assert_eq!(answer["fails"]["code"], "http_status");
    assert!(answer["fails"]["message"].as_str().unwrap().contains("no: •••"), "{}", answer["fails"]);
    assert_eq!((&answer["bad"]["code"], &answer["long"]), (&json!("invalid_header"), &json!(100)));
    assert!(answer["guarded"].as_str().unwrap().contains("hexadecimal"), "{}", answer["guarded"]);

    let runs = served.api("GET", "/runs", "");
    tells_nothing("the list of runs", &runs.body);
    let run = runs.json()["items"][0]["id"].as_str().unwrap().to_owned();
    for path in [format!("/runs/{run}"), format!("/runs/{run}/test"), "/scenarios/use".to_owned()] {
        let shown = served.api("GET", &path, "");
        assert_eq!(shown.status, 200, "{path}");
        tells_nothing(&path, &shown.body);
    }
    served.stop();
    tells_nothing("the log", served.log().as_bytes());
    assert!(tells_nothing_below(&served.data()) > 10_000, "the data folder was looked at");
}

/// HMAC-SHA-256 of a text (RFC 2104) under a key of at most 64 bytes.
fn hmac(secret: &str, text: &str) -> String {
    use sha2::{Digest, Sha256};
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let inner = Sha256::new().chain_update(key.map(|byte| byte ^ 0x36)).chain_update(text).finalize();
    let outer = Sha256::new().chain_update(key.map(|byte| byte ^ 0x5c)).chain_update(inner).finalize();
    hex(&outer)
}

#[test]
fn changed_secrets_are_read_again_and_broken_ones_change_nothing() {
    let far = Echo::start();
    let mut served = served(&far);
    served.write("secrets.yaml", &SECRETS.replace("canary.key", "other.key"));
    served.write("other.key", "another-canary");
    served.write("secrets.yaml", &format!("{}# again\n", SECRETS.replace("canary.key", "other.key")));
    served.wait_for("the other secret", |served| {
        served.post("/hook/use", r#"{ "id": "A1", "forged": "" }"#);
        far.asked("/bytes").ends_with("<another-canary>")
    });
    served.write("secrets.yaml", "canary: in the text\n");
    served.wait_for("the mistake to be said", |served| served.log().contains("a secret stands in the text"));
    served.post("/hook/use", r#"{ "id": "A1", "forged": "" }"#);
    assert!(far.asked("/bytes").ends_with("<another-canary>"));
    assert!(!served.log().contains("in the text\n"), "the log repeats no secret");
}

/// Files in a folder of their own.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| std::fs::write(folder.path().join(name), text).unwrap());
    folder
}

const SMALL: &str = r#"
trigger: { manual: {} }
steps:
  - id: told
    http.request: { url: "FAR/told?k={{ secrets.shop }}", headers: { authorization: "Bearer {{ secrets.shop }}" } }
  - respond: { json: { told: "{{ told.body }}", code: "{{ run.id.len().to_text().hmac_sha256(secrets.shop) }}" } }
tests:
  - name: sends the secret
    trigger: {}
    expect:
      sent: { told: { headers: { authorization: Bearer secret-shop } } }
      response: { json: { told: { ok: true }, code: CODE } }
"#;

#[test]
fn run_check_and_test_know_secrets() {
    let far = Echo::start();
    // In tests, a secret has the value `secret-NAME`.
    let code = hmac("secret-shop", "36");
    let text = SMALL.replace("FAR", &format!("http://{}", far.address)).replace("CODE", &code);
    let files = [("small.yaml", text.as_str()), ("secrets.yaml", "shop: { file: shop.key }"), ("shop.key", CANARY)];
    let here = folder(&files);
    let ran = hookmill(here.path(), &["run", "small.yaml", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    tells_nothing("the run", format!("{}{}", ran.out, ran.err).as_bytes());
    assert!(far.asked("/told").contains(&format!("authorization: Bearer {CANARY}\n")));

    let checked = hookmill(here.path(), &["check", "small.yaml"]);
    assert_eq!(checked.code, 0, "{}", checked.out);
    let tested = hookmill(here.path(), &["test", "small.yaml"]);
    tells_nothing("the tests", format!("{}{}", tested.out, tested.err).as_bytes());
    assert!(tested.code == 0 && tested.err.contains("1 passed, 0 failed"), "{}", tested.err);

    let check = |secrets: &str, expected: &str, code: i32| {
        std::fs::write(here.path().join("secrets.yaml"), secrets).unwrap();
        let checked = hookmill(here.path(), &["check", "small.yaml"]);
        assert!(checked.out.contains(expected), "{}", checked.out);
        assert_eq!(checked.code, code, "{}", checked.out);
    };
    check("shops: { file: shop.key }", "there is no secret `shop`\n  hint: did you mean `shops`?", 1);
    check("shop: { env: HOOKMILL_NOT_SET }", "warning[E0908]: `shop`: the environment variable", 0);
    check("shop: hunter2", "secrets.yaml:1:7: error[E0907]: `shop`: a secret stands in the text", 1);
    let ran = hookmill(here.path(), &["run", "small.yaml"]);
    assert!(ran.code == 2 && ran.err.contains("secrets.yaml:1:7: shop: a secret stands"), "{}", ran.err);
    std::fs::write(here.path().join("secrets.yaml"), "shop: { env: HOOKMILL_NOT_SET }").unwrap();
    let ran = hookmill(here.path(), &["run", "small.yaml"]);
    assert!(
        ran.code == 1 && ran.err.contains("failed[secret]: step `told`: the secret `shop` cannot be read"),
        "{}",
        ran.err
    );
}
