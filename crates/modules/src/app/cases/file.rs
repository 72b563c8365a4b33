//! The file of cases beside an app's.

use crate::app::read::{Finding, one_of};
use crate::connections::text::{self, Key, Node, Tree};
use crate::far_side::Answer;
use scenario::diagnostic::Place;
use serde_json::{Map, Value};

/// A call, what it sends, what is answered and what comes of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// Of which action.
    pub action: String,
    /// Where it stands.
    pub place: Place,
    /// The public reference that it is taken from.
    pub source: String,
    pub(super) connection: Option<Map<String, Value>>,
    pub(super) call: Value,
    pub(super) exchanges: Vec<Exchange>,
    pub(super) output: Option<Value>,
    pub(super) error: Option<Map<String, Value>>,
}

/// A request that must come, and its answer.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) request: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) carried: Carried,
    pub(super) answer: Answer,
}

/// What a request must carry.
#[derive(Clone, Debug)]
pub(super) enum Carried {
    Nothing,
    Json(Value),
    Form(Map<String, Value>),
    Text(String),
    Multipart(Map<String, Value>),
}

const CASE: [&str; 15] = [
    "action",
    "source",
    "name",
    "connection",
    "call",
    "request",
    "headers",
    "json",
    "form",
    "text",
    "multipart",
    "answer",
    "exchanges",
    "output",
    "error",
];
const EXCHANGE: [&str; 7] = ["request", "headers", "json", "form", "text", "multipart", "answer"];
const ANSWER: [&str; 4] = ["status", "headers", "json", "text"];

/// The cases of a text, and what is wrong with it.
pub fn read(text: &str) -> (Vec<Case>, Vec<Finding>) {
    let tree = match text::parse(text) {
        Ok(tree) => tree,
        Err((place, message)) => return (Vec::new(), vec![Finding { place, message, hint: None }]),
    };
    let mut findings = Vec::new();
    let Node::List(items) = &tree.node else {
        let message = "a file of cases is a list".to_owned();
        let hint = Some("`- action: get_thing`, `call: …`, `request: GET https://…`".to_owned());
        return (Vec::new(), vec![Finding { place: tree.place, message, hint }]);
    };
    let cases = items.iter().filter_map(|item| case(item, &mut findings)).collect();
    (cases, findings)
}

fn case(tree: &Tree, findings: &mut Vec<Finding>) -> Option<Case> {
    let fields = known(tree, "a case", &CASE, findings)?;
    let get = |key: &str| fields.iter().find(|(found, _)| found.text == key).map(|(_, tree)| tree);
    let mut miss =
        |message: &str| findings.push(Finding { place: tree.place, message: message.to_owned(), hint: None });
    let Some(action) = get("action").and_then(text_of) else {
        miss("a case has no `action`");
        return None;
    };
    let source = get("source").and_then(text_of).unwrap_or_default();
    if get("output").is_some() == get("error").is_some() {
        miss("a case has either an `output` or an `error`");
    }
    let map = |key: &str| get(key).and_then(|tree| tree.to_json().as_object().cloned());
    let (connection, error) = (map("connection"), map("error"));
    let call = get("call").map_or_else(|| Value::Object(Map::new()), Tree::to_json);
    let output = get("output").map(Tree::to_json);
    let exchanges = match get("exchanges").map(|tree| &tree.node) {
        Some(Node::List(items)) => {
            let read = |item: &Tree, findings: &mut Vec<Finding>| {
                let fields = known(item, "an exchange", &EXCHANGE, findings)?;
                exchange(fields, findings)
            };
            items.iter().filter_map(|item| read(item, findings)).collect()
        }
        _ if get("request").is_some() => exchange(fields, findings).into_iter().collect(),
        // A call that is refused before anything is sent.
        _ => Vec::new(),
    };
    Some(Case { action, place: tree.place, source, connection, call, exchanges, output, error })
}

fn exchange(fields: &[(Key, Tree)], findings: &mut Vec<Finding>) -> Option<Exchange> {
    let get = |key: &str| fields.iter().find(|(found, _)| found.text == key).map(|(_, tree)| tree);
    let request = get("request").and_then(text_of)?;
    let map = |tree: &Tree| tree.to_json().as_object().cloned().unwrap_or_default();
    let carried = if let Some(tree) = get("json") {
        Carried::Json(tree.to_json())
    } else if let Some(tree) = get("form") {
        Carried::Form(map(tree))
    } else if let Some(tree) = get("multipart") {
        Carried::Multipart(map(tree))
    } else {
        get("text").and_then(text_of).map_or(Carried::Nothing, Carried::Text)
    };
    let headers = get("headers").map(pairs).unwrap_or_default();
    let answer = match get("answer") {
        Some(tree) => answer(known(tree, "an answer", &ANSWER, findings)?),
        None => Answer { status: 200, headers: Vec::new(), body: Vec::new() },
    };
    Some(Exchange { request, headers, carried, answer })
}

fn answer(fields: &[(Key, Tree)]) -> Answer {
    let get = |key: &str| fields.iter().find(|(found, _)| found.text == key).map(|(_, tree)| tree);
    let status = get("status").and_then(text_of).and_then(|text| text.parse().ok()).unwrap_or(200);
    let mut headers = get("headers").map(pairs).unwrap_or_default();
    let (kind, body) = match (get("json"), get("text")) {
        (Some(json), _) => (Some("application/json"), json.to_json().to_string().into_bytes()),
        (None, Some(text)) => (Some("text/plain; charset=utf-8"), text_of(text).unwrap_or_default().into_bytes()),
        (None, None) => (None, Vec::new()),
    };
    let is_typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    headers.extend(kind.filter(|_| !is_typed).map(|kind| ("content-type".to_owned(), kind.to_owned())));
    Answer { status, headers, body }
}

/// The entries of a map, of which all keys are known.
fn known<'t>(tree: &'t Tree, what: &str, keys: &[&str], findings: &mut Vec<Finding>) -> Option<&'t [(Key, Tree)]> {
    let Node::Map(fields) = &tree.node else {
        findings.push(Finding { place: tree.place, message: format!("{what} must be a map"), hint: None });
        return None;
    };
    for (key, _) in fields.iter().filter(|(key, _)| !keys.contains(&key.text.as_str())) {
        let message = format!("{what} has no key `{}`", key.text);
        findings.push(Finding { place: key.place, message, hint: Some(one_of(&key.text, keys)) });
    }
    Some(fields)
}

fn pairs(tree: &Tree) -> Vec<(String, String)> {
    let Node::Map(fields) = &tree.node else { return Vec::new() };
    fields.iter().map(|(key, tree)| (key.text.clone(), text_of(tree).unwrap_or_default())).collect()
}

fn text_of(tree: &Tree) -> Option<String> {
    match &tree.node {
        Node::Text(text) => Some(text.clone()),
        Node::Number(number) => Some(number.to_string()),
        Node::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
