//! Everybody else: a server that answers over HTTP in place of all hosts, and one that takes mails by SMTP. Both keep what
//! comes in one list, in its order.

use super::case::{Case, Expected, Input, Reply};
use super::sheets::{self, Sheets};
use super::{fits, mail};
use crate::binary::root;
use crate::far_side::{header, read_head};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// Where tokens of Google come from: nothing that a blueprint knows of.
const TOKENS: &str = "POST https://oauth2.googleapis.com/token";

/// A request that came, or a mail.
#[derive(Clone, Debug)]
pub(super) struct Came {
    to: String,
    query: Value,
    headers: Map<String, Value>,
    body: String,
}

impl Came {
    /// Notes what is otherwise than it has to be.
    pub(super) fn compare(&self, expected: &Expected, place: &str, wrong: &mut Vec<String>) {
        if self.to != expected.to {
            wrong.push(format!("{place} went to {}, not to {}", self.to, expected.to));
            return;
        }
        let mut part = |what: &str, expected: &Option<Value>, found: &dyn Fn() -> Value| {
            if let Some(expected) = expected {
                fits::differences(&format!("{place}: {what}"), expected, &found(), wrong);
            }
        };
        part("query", &expected.query, &|| self.query.clone());
        part("json", &expected.json, &|| self.json());
        part("form", &expected.form, &|| pairs(&self.body));
        part("mail", &expected.mail, &|| self.mail());
        part("text", &expected.text.as_ref().map(|text| json!(text)), &|| json!(self.body));
        for (name, value) in &expected.headers {
            part(name, &Some(value.clone()), &|| self.headers.get(name).cloned().unwrap_or_default());
        }
    }

    /// Whether it went there.
    pub(super) fn is_to(&self, to: &str) -> bool {
        self.to == to
    }

    /// For people.
    pub(super) fn told(&self) -> String {
        let query = if self.query == json!({}) { String::new() } else { format!(" ?{}", self.query) };
        let body = if self.json()["raw"].is_string() || self.to == "MAIL" {
            self.mail().to_string()
        } else {
            self.body.clone()
        };
        format!("{}{query} {body}", self.to)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    /// The mail that this is, or that is within it as Gmail's API takes one.
    fn mail(&self) -> Value {
        let json = self.json();
        let raw = json["raw"].as_str().or_else(|| json["message"]["raw"].as_str());
        match raw {
            Some(raw) => {
                let padded = format!("{raw}{}", "=".repeat((4 - raw.len() % 4) % 4));
                mail::read(&String::from_utf8_lossy(&URL_SAFE.decode(padded).unwrap_or_default()))
            }
            None => mail::read(&self.body),
        }
    }
}

#[derive(Default)]
struct State {
    came: Vec<Came>,
    replies: Vec<(Reply, u32)>,
    sheets: Sheets,
    unanswered: Vec<String>,
}

/// All far sides.
pub(super) struct World {
    http: SocketAddr,
    smtp: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl World {
    pub(super) fn start(case: &Case) -> Self {
        let state = Arc::new(Mutex::new(State { sheets: case.sheets.clone(), ..State::default() }));
        let (http, smtp) = (listen(&state, http), listen(&state, smtp));
        Self { http, smtp, state }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.http)
    }

    pub(super) fn mail_port(&self) -> u16 {
        self.smtp.port()
    }

    /// Begins anew with what is answered from here on.
    pub(super) fn expect(&self, case: &Case, input: &Input) {
        let mut state = self.state.lock().unwrap();
        state.replies = input.answers.iter().chain(&case.answers).map(|reply| (reply.clone(), 0)).collect();
        let sheets = if input.sheets.is_empty() { &case.sheets } else { &input.sheets };
        state.sheets.clone_from(sheets);
        state.came.clear();
    }

    /// How many requests came so far.
    pub(super) fn count(&self) -> usize {
        self.state.lock().unwrap().came.len()
    }

    /// What came, in order. Nothing comes to which nothing is answered.
    pub(super) fn came(&self) -> Vec<Came> {
        let mut state = self.state.lock().unwrap();
        assert!(
            state.unanswered.is_empty(),
            "the case answers nothing to {:#?}",
            std::mem::take(&mut state.unanswered)
        );
        state.came.clone()
    }
}

fn listen(state: &Arc<Mutex<State>>, serve: fn(TcpStream, &Mutex<State>) -> Option<()>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let state = Arc::clone(state);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let state = Arc::clone(&state);
            std::thread::spawn(move || serve(stream, &state));
        }
    });
    address
}

fn http(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let head = read_head(&mut reader)?;
        let length = header(&head, "content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let mut line = head.first()?.split(' ');
        let (method, target) = (line.next()?, line.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
        let headers = head.iter().skip(1).filter_map(|line| line.split_once(':'));
        let came = Came {
            to: format!("{method} https:/{path}"),
            query: pairs(query),
            headers: headers.map(|(name, value)| (name.to_lowercase(), json!(value.trim()))).collect(),
            body: String::from_utf8_lossy(&body).into_owned(),
        };
        let (status, kind, text) = answer(&mut state.lock().unwrap(), came, method, &path);
        let head = format!("HTTP/1.1 {status} Said\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n", text.len());
        writer.write_all(head.as_bytes()).ok()?;
        writer.write_all(text.as_bytes()).ok()?;
    }
}

fn answer(state: &mut State, came: Came, method: &str, path: &str) -> (u16, String, String) {
    let json = |value: Value| (200, "application/json".to_owned(), value.to_string());
    if came.to == TOKENS {
        return json(json!({ "access_token": "t1", "expires_in": 3599, "token_type": "Bearer" }));
    }
    if let Some(values) = sheets::answer(&state.sheets, path).filter(|_| method == "GET") {
        return json(values);
    }
    let body = came.json();
    let found = reply(state, &came.to, &body);
    if found.is_none() && !path.starts_with("/sheets.googleapis.com/") {
        state.unanswered.push(came.told());
    }
    let written = json!({ "spreadsheetId": "s", "updates": { "updatedRange": "Sheet!A7:Z7", "updatedRows": 1 }, "updatedRange": "Sheet!A7:Z7", "updatedRows": 1, "updatedCells": 1 });
    state.came.push(came);
    let Some(reply) = found else { return json(written) };
    let kind = |usual: &str| reply.kind.clone().unwrap_or_else(|| usual.to_owned());
    match (&reply.json, &reply.text) {
        (Some(json), _) => (reply.status, kind("application/json"), json.to_string()),
        (None, Some(text)) => (reply.status, kind("text/plain"), text.clone()),
        (None, None) => (reply.status, kind("text/plain"), String::new()),
    }
}

/// The first answer that fits and is left.
fn reply(state: &mut State, to: &str, body: &Value) -> Option<Reply> {
    let fits = |reply: &Reply| {
        let fits_to = match reply.to.strip_suffix('*') {
            Some(beginning) => to.starts_with(beginning),
            None => to == reply.to,
        };
        let mut wrong = Vec::new();
        if let Some(asked) = &reply.asked {
            fits::differences("", asked, body, &mut wrong);
        }
        fits_to && wrong.is_empty()
    };
    let left = |(reply, used): &&mut (Reply, u32)| reply.times.is_none_or(|times| *used < times) && fits(reply);
    let (reply, used) = state.replies.iter_mut().find(left)?;
    *used += 1;
    Some(reply.clone())
}

/// RFC 5321, as far as a client needs it that wants to get rid of a mail.
fn smtp(stream: TcpStream, state: &Mutex<State>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut reader = BufReader::new(stream);
    let mut say = |text: &str| writer.write_all(format!("{text}\r\n").as_bytes()).ok();
    say("220 here")?;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().split([' ', ':']).next()?.to_uppercase().as_str() {
            "EHLO" => say("250-here\r\n250 8BITMIME")?,
            "RCPT" => {
                let address = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refused = reply(&mut state.lock().unwrap(), &format!("MAIL {address}"), &Value::Null);
                say(if refused.is_some_and(|reply| reply.status >= 400) { "550 nobody here" } else { "250 fine" })?;
            }
            "DATA" => {
                say("354 go on")?;
                let body = data(&mut reader)?;
                let (query, headers) = (json!({}), Map::new());
                state.lock().unwrap().came.push(Came { to: "MAIL".to_owned(), query, headers, body });
                say("250 taken")?;
            }
            "QUIT" => return say("221 bye"),
            _ => say("250 fine")?,
        }
    }
}

fn data(reader: &mut impl BufRead) -> Option<String> {
    let mut body = String::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(body);
        }
        body.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

/// The pairs of a query or a form; a repeated name is a list.
fn pairs(text: &str) -> Value {
    let mut map = Map::new();
    for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
        let value = Value::from(value.into_owned());
        match map.get_mut(&*name) {
            None => drop(map.insert(name.into_owned(), value)),
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = json!([first.take(), value]),
        }
    }
    map.into()
}

/// The connections of an import with credentials, so that nothing of them is a sandbox any more.
pub(super) fn connections(text: &str, mail_port: u16) -> String {
    let imported: Value = serde_yaml::from_str(text).unwrap_or_default();
    let entries = imported.as_object().into_iter().flatten();
    let real = entries.map(|(name, connection)| {
        let kind = connection["type"].as_str().unwrap_or_default();
        let mut real = credential(kind, mail_port);
        // Where an import has taken a credential out of a request, it says where it goes.
        for key in ["header", "query"] {
            if let Some(place) = connection.get(key) {
                real = json!({ "type": kind, key: place, "value": "k1" });
            }
        }
        (name.clone(), real)
    });
    Value::Object(real.collect()).to_string()
}

/// The secrets of an import, each in a file of its own.
pub(super) fn secrets(text: &str) -> Vec<(String, String)> {
    let imported: Value = serde_yaml::from_str(text).unwrap_or_default();
    let names: Vec<&String> = imported.as_object().into_iter().flatten().map(|(name, _)| name).collect();
    let list: Map<String, Value> =
        names.iter().map(|name| ((*name).clone(), json!({ "file": format!("{name}.secret") }))).collect();
    let values = names.iter().map(|name| (format!("{name}.secret"), format!("value-of-{name}")));
    values.chain([("secrets.yaml".to_owned(), Value::Object(list).to_string())]).collect()
}

fn credential(kind: &str, mail_port: u16) -> Value {
    match kind {
        "google" => json!({ "type": kind, "service_account": { "file": "key.json" } }),
        "smtp" => json!({ "type": kind, "url": format!("smtp://127.0.0.1:{mail_port}"), "from": "sender@example.com" }),
        "api_key" => json!({ "type": kind, "header": "x-api-key", "value": "k1" }),
        "basic" => json!({ "type": kind, "user": "ann", "password": "secret" }),
        // Where its tokens come from is not in a blueprint.
        "microsoft" => json!({ "type": kind, "token": "t1" }),
        "oauth2" => json!({ "type": "bearer", "token": "t1" }),
        "discord_webhook" => json!({ "type": kind, "url": "https://discord.com/api/webhooks/0/REDACTED" }),
        other => of_app(other),
    }
}

/// What the type's form asks for, with a word in each field that must be given.
fn of_app(kind: &str) -> Value {
    let apps = modules::Apps::shipped();
    let described = modules::connections::types::of(&apps, kind).unwrap_or_else(|| panic!("a type {kind}"));
    let fields = described.fields.iter().filter(|field| field.required);
    let fields = fields.map(|field| (field.name.clone(), json!(format!("{}1", field.name))));
    Value::Object(std::iter::once(("type".to_owned(), json!(kind))).chain(fields).collect())
}

/// The file of a service account of Google.
pub(super) fn service_account() -> String {
    let key = root().join("crates/modules/testdata/test-only-service-account-key.pem");
    json!({
        "type": "service_account", "client_email": "robot@project.iam.gserviceaccount.com", "private_key_id": "key-1",
        "private_key": fs::read_to_string(key).unwrap(), "token_uri": "https://oauth2.googleapis.com/token",
    })
    .to_string()
}
