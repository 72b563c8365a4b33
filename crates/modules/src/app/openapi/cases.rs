//! The cases of the app: what each action sends and gives, as far as the description tells by example.

use super::login::Login;
use super::operation::{Carries, Draft, Given, Place};
use super::write::{is_simple, message};
use super::{words, yaml};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

/// The text of the cases' file.
pub(super) fn of(source: &str, login: &Login, drafts: &[Draft]) -> String {
    let source = words::line(source, 200);
    let mut cases: Vec<Map<String, Value>> =
        drafts.iter().enumerate().map(|(at, draft)| case(&source, login, draft, at)).collect();
    if let Some(draft) = drafts.iter().find(|it| it.refusal.is_some()).or(drafts.first()) {
        cases.push(refused(&source, login, draft, message(drafts)));
    }
    yaml::list(&cases)
}

/// A call that the service takes.
fn case(source: &str, login: &Login, draft: &Draft, at: usize) -> Map<String, Value> {
    let mut case = asked(source, login, draft);
    // Once is enough: the credential goes the same way every time.
    if at == 0 && !login.headers.is_empty() {
        let headers: Map<String, Value> =
            login.headers.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
        case.insert("headers".to_owned(), headers.into());
    }
    let (answer, output) = match &draft.pages {
        Some(pages) => {
            let (items, answer) = pages.of_answer(&draft.answer);
            (json!({ "json": answer }), items)
        }
        None if draft.is_file => {
            let headers = json!({ "content-type": "application/octet-stream" });
            let output = json!({ "content_type": "application/octet-stream", "size": 5 });
            (json!({ "headers": headers, "text": "Hello" }), output)
        }
        None if draft.answer.is_null() => (json!({ "status": draft.status }), Value::Null),
        None => (json!({ "status": draft.status, "json": draft.answer }), draft.answer.clone()),
    };
    case.insert("answer".to_owned(), answer);
    // What becomes of a file is not foretold in full.
    case.insert("output".to_owned(), output);
    case
}

/// A call that it refuses.
fn refused(source: &str, login: &Login, draft: &Draft, message: Option<String>) -> Map<String, Value> {
    let mut case = asked(source, login, draft);
    let (status, answer) = draft.refusal.clone().unwrap_or((400, json!({})));
    let pointer = message.map(|message| message.trim_start_matches("answer").replace("[0]", ".0").replace('.', "/"));
    let why = pointer.and_then(|pointer| answer.pointer(&pointer)?.as_str().map(str::to_owned));
    let mut error = Map::from_iter([("status".to_owned(), Value::from(status))]);
    error.extend(why.filter(|why| why.len() < 80).map(|why| ("message".to_owned(), why.into())));
    case.insert("answer".to_owned(), json!({ "status": status, "json": answer }));
    case.insert("error".to_owned(), error.into());
    case
}

/// What is called, and the request that must come of it.
fn asked(source: &str, login: &Login, draft: &Draft) -> Map<String, Value> {
    let told = |it: &&Given| {
        it.required || (it.sort.example.is_some() && is_simple(it.sort.kind) && it.sort.default.is_none())
    };
    let given: Vec<(&Given, Value)> = draft.given.iter().filter(told).map(|it| (it, it.sort.value())).collect();
    let call: Map<String, Value> = given.iter().map(|(it, value)| (it.name.clone(), value.clone())).collect();
    let mut case = Map::from_iter([("action".to_owned(), Value::from(draft.name.clone()))]);
    if !source.is_empty() {
        case.insert("source".to_owned(), source.into());
    }
    case.insert("call".to_owned(), call.into());
    // What has a default goes without being called for.
    let usual = draft.given.iter().filter(|it| !told(it)).filter_map(|it| Some((it, it.sort.default.clone()?)));
    let sent: Vec<(&Given, Value)> = given.into_iter().chain(usual).collect();
    let request = format!("{} {}", draft.method.to_uppercase(), url(login, draft, &sent));
    case.insert("request".to_owned(), request.into());
    let headers = sent.iter().filter(|(it, _)| it.place == Place::Header);
    let headers: Map<String, Value> = headers.map(|(it, value)| (it.wire.clone(), text(value).into())).collect();
    if !headers.is_empty() {
        case.insert("headers".to_owned(), headers.into());
    }
    case.extend(carried(draft, &sent));
    case
}

fn url(login: &Login, draft: &Draft, sent: &[(&Given, Value)]) -> String {
    let mut path = draft.path.clone();
    for (it, value) in sent.iter().filter(|(it, _)| it.place == Place::Path) {
        let value = utf8_percent_encode(&text(value), NON_ALPHANUMERIC).to_string();
        path = path.replace(&format!("{{{{ {} }}}}", it.name), &value);
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (it, value) in sent.iter().filter(|(it, _)| it.place == Place::Query) {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        pairs.extend(items.iter().filter(|item| !item.is_null()).map(|item| (it.wire.clone(), text(item))));
    }
    pairs.extend(draft.pages.as_ref().and_then(super::pages::Pages::query));
    pairs.extend(login.query.iter().cloned());
    let base = &login.example;
    if pairs.is_empty() {
        return format!("{base}{path}");
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{base}{path}?{query}")
}

/// What the request carries, by the key that says how.
fn carried(draft: &Draft, sent: &[(&Given, Value)]) -> Option<(String, Value)> {
    let fields = sent.iter().filter(|(it, _)| it.place == Place::Field);
    let fields = fields.map(|(it, value)| (it.wire.clone(), value.clone()));
    let body = || sent.iter().find(|(it, _)| it.place == Place::Body).map(|(_, value)| value.clone());
    let (key, value) = match &draft.carries {
        Carries::Nothing => return None,
        Carries::Json => {
            let fields: Map<String, Value> = fields.collect();
            if fields.is_empty() { return None } else { ("json", fields.into()) }
        }
        Carries::Form => {
            let mut form = Map::new();
            fields.for_each(|(name, value)| flatten(name, &value, &mut form));
            ("form", form.into())
        }
        Carries::Multipart => {
            ("multipart", fields.map(|(name, value)| (name, part(value))).collect::<Map<_, _>>().into())
        }
        Carries::Whole(None) => ("json", body().unwrap_or_else(|| json!({}))),
        Carries::Whole(Some(_)) => {
            let body = body().unwrap_or_default();
            ("text", body["text"].as_str().map_or_else(|| text(&body), str::to_owned).into())
        }
    };
    Some((key.to_owned(), value))
}

/// A field of a form: a list of plain values is a pair for each, what is within others is in brackets.
fn flatten(name: String, value: &Value, form: &mut Map<String, Value>) {
    match value {
        Value::Null => {}
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            let items: Vec<Value> = items.iter().filter(|item| !item.is_null()).map(|item| text(item).into()).collect();
            if !items.is_empty() {
                form.insert(name, items.into());
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| flatten(format!("{name}[{at}]"), item, form));
        }
        Value::Object(fields) => fields.iter().for_each(|(key, it)| flatten(format!("{name}[{key}]"), it, form)),
        one => drop(form.insert(name, text(one).into())),
    }
}

/// A part of a multipart form: a file is known by its name.
fn part(value: Value) -> Value {
    match &value {
        Value::Object(file) if file.contains_key("filename") => file["filename"].clone(),
        Value::Array(items) => items.iter().map(|item| text(&part(item.clone()))).collect(),
        other => text(other).into(),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
