//! Whether a request is the one that a case expects: URLs and forms by what they mean, JSON by value.

use super::difference::differences;
use super::file::{Carried, Exchange};
use crate::far_side::Asked;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};
use url::Url;

/// What is different.
pub(super) fn faults(exchange: &Exchange, asked: &Asked<'_>) -> Vec<String> {
    let mut faults = Vec::new();
    let (method, expected) = exchange.request.split_once(' ').unwrap_or(("GET", &exchange.request));
    if method != asked.method {
        faults.push(format!("request: expected the method {method}, sent {}", asked.method));
    }
    match Url::parse(expected.trim()) {
        Ok(expected) if is_same(&expected, asked.url) => {}
        Ok(expected) => faults.push(format!("request: expected {expected}\n             sent     {}", asked.url)),
        Err(error) => faults.push(format!("request: `{expected}` is no URL: {error}")),
    }
    for (name, value) in &exchange.headers {
        let found = asked.headers.get(name.as_str()).and_then(|value| value.to_str().ok());
        if found != Some(value) {
            faults.push(format!("headers.{name}: expected {value:?}, sent {}", found.unwrap_or("nothing")));
        }
    }
    faults.extend(body(&exchange.carried, asked));
    faults
}

fn body(expected: &Carried, asked: &Asked<'_>) -> Vec<String> {
    let text = || String::from_utf8_lossy(asked.body).into_owned();
    match expected {
        Carried::Nothing if asked.body.is_empty() => Vec::new(),
        Carried::Nothing => vec![format!("body: expected nothing, sent {}", crate::mask::preview(&text(), 400))],
        Carried::Json(expected) => match serde_json::from_slice::<Value>(asked.body) {
            Ok(found) => differences("json", expected, &found),
            Err(_) => vec![format!("json: the body is none: {:?}", crate::mask::preview(&text(), 400))],
        },
        Carried::Form(expected) => {
            let found = url::form_urlencoded::parse(asked.body).into_owned().collect();
            differences("form", &collected(pairs_of(expected)), &collected(found))
        }
        Carried::Text(expected) if *expected == text() => Vec::new(),
        Carried::Text(expected) => vec![format!("text: expected {expected:?}, sent {:?}", text())],
        Carried::Multipart(expected) => {
            differences("multipart", &collected(pairs_of(expected)), &collected(parts(asked)))
        }
    }
}

fn is_same(expected: &Url, found: &Url) -> bool {
    let segments = |url: &Url| -> Vec<String> {
        let path = url.path().trim_end_matches('/').split('/');
        path.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned()).collect()
    };
    let query = |url: &Url| {
        let mut pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        pairs.sort();
        pairs
    };
    expected.origin() == found.origin() && segments(expected) == segments(found) && query(expected) == query(found)
}

/// The pairs of a map; a list is a pair for each item.
fn pairs_of(fields: &Map<String, Value>) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let pairs = fields.iter().flat_map(|(name, value)| match value {
        Value::Array(items) => items.iter().map(|item| (name.clone(), text(item))).collect(),
        one => vec![(name.clone(), text(one))],
    });
    pairs.collect()
}

/// Pairs as a map of sorted lists.
fn collected(mut pairs: Vec<(String, String)>) -> Value {
    pairs.sort();
    let mut map: Map<String, Value> = Map::new();
    for (name, value) in pairs {
        match map.get_mut(&name) {
            Some(Value::Array(list)) => list.push(value.into()),
            Some(one) => *one = vec![one.take(), value.into()].into(),
            None => drop(map.insert(name, value.into())),
        }
    }
    map.into()
}

/// The parts of a multipart form: names with their texts, or with the names of files.
fn parts(asked: &Asked<'_>) -> Vec<(String, String)> {
    let kind = asked.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((_, boundary)) = kind.split_once("boundary=") else { return Vec::new() };
    let text = String::from_utf8_lossy(asked.body);
    let line = format!("--{}", boundary.trim_matches('"'));
    let parts = text.split(line.as_str()).filter_map(|part| {
        let (head, body) = part.split_once("\r\n\r\n")?;
        let attribute = |name: &str| {
            let (_, rest) = head.split_once(&format!("; {name}=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        let body = body.strip_suffix("\r\n").unwrap_or(body).to_owned();
        Some((attribute("name")?, attribute("filename").unwrap_or(body)))
    });
    parts.collect()
}
