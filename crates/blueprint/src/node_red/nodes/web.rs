//! `http request` and `http response`.

use super::{At, data, text};
use crate::draft::{Action, Data, Step};
use crate::node_red::message::{Kind, Value};
use crate::node_red::mustache;
use crate::node_red::walk::{Refused, Sends};
use crate::ours::{Expr, Part, Text};
use crate::report::State;
use serde_json::Value as Json;

/// `http request`.
pub(crate) fn request(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let mut with = Vec::new();
    let login = match node.text("authType", "") {
        "" => None,
        "basic" => Some("basic"),
        "bearer" => Some("bearer"),
        other => return Err(format!("it logs in by “{other}”")),
    };
    let url = match node.text("url", "") {
        "" => text(&at.message.get("url").expr),
        written => filled(at, written)?,
    };
    if url.parts().is_empty() || url.as_value() == Some(&Expr::Nothing) {
        return Err("its address is not known".to_owned());
    }
    with.push(("url".to_owned(), Data::Text(at_an_address(url))));
    let method = match node.text("method", "GET") {
        "use" => None,
        "" => Some("GET"),
        known => Some(known),
    };
    let body = body(at, method, &mut with);
    let implied = if body.is_some() { "POST" } else { "GET" };
    match method {
        None => {
            let method = at.message.get("method").expr;
            with.push(("method".to_owned(), data(&method)));
        }
        Some(method) if method != implied => with.push(("method".to_owned(), Data::text(method))),
        Some(_) => {}
    }
    let headers = headers(at)?;
    with.extend(headers.map(|headers| ("headers".to_owned(), headers)));
    with.extend(body);
    let kind = answer(at, &mut with);
    if at.walk.reads_status {
        with.push(("errors".to_owned(), Data::text("never")));
    }
    let id = match login {
        None => at.keep(Step::call("http.request", Data::Map(with)), "answer"),
        Some(login) => {
            let id = at.keep_as(Step::call("http.request", Data::Map(with)), "answer", State::NeedsConnection, None);
            let app = format!("{login}-login");
            let was = node.text("user", node.label);
            let connection = at.walk.ledger.connection(&app, &[login.to_owned()], was, &id);
            if let Some(Step { action: Action::Call(_, Data::Map(with)), .. }) = at.made.last_mut() {
                with.insert(0, ("connection".to_owned(), connection));
            }
            id
        }
    };
    let answer = Expr::name(id);
    at.message.set("payload", Value::new(answer.clone().field("body"), kind));
    at.message.set("statusCode", Value::any(answer.clone().field("status")));
    at.message.set("headers", Value::new(answer.field("headers"), Kind::Structure));
    Ok(Sends::On)
}

/// A text with `{{ }}` of Mustache.
fn filled(at: &mut At<'_, '_, '_, '_>, written: &str) -> Result<Text, Refused> {
    if !written.contains("{{") {
        return Ok(Text::literal(written));
    }
    at.walk.ledger.count(1, 0);
    let text = mustache::say(written, at.message, mustache::Escape::Nothing)?;
    at.walk.ledger.count(0, 1);
    Ok(text)
}

/// Without a scheme, Node-RED takes `http://`.
fn at_an_address(url: Text) -> Text {
    let begins = match url.parts().first() {
        Some(Part::Literal(begin)) => begin.contains("://") || "https://".starts_with(begin.as_str()),
        _ => true,
    };
    if begins {
        return url;
    }
    Text::of(std::iter::once(Part::Literal("http://".to_owned())).chain(url.parts().iter().cloned()))
}

/// What is sent: the payload, as the query, as JSON or as text.
fn body(at: &At<'_, '_, '_, '_>, method: Option<&str>, with: &mut Vec<(String, Data)>) -> Option<(String, Data)> {
    let node = at.node;
    let payload = at.message.get("payload");
    let is_nothing = payload.expr == Expr::Nothing || payload.expr == Expr::text("");
    if is_nothing {
        return None;
    }
    let to_query = node.value["paytoqs"] == Json::Bool(true) || node.text("paytoqs", "ignore") == "query";
    match method {
        Some("GET") if to_query => {
            with.push(("query".to_owned(), data(&payload.expr)));
            None
        }
        Some("GET" | "HEAD") if node.text("paytoqs", "ignore") != "body" => None,
        _ => {
            let key = if matches!(payload.kind, Kind::Text | Kind::Html) { "text" } else { "json" };
            Some((key.to_owned(), data(&payload.expr)))
        }
    }
}

/// Headers of the node, or of the message; what comes from an earlier answer is not sent on.
fn headers(at: &mut At<'_, '_, '_, '_>) -> Result<Option<Data>, Refused> {
    let mut found: Vec<(String, Data)> = Vec::new();
    if let Expr::Map(entries) = at.message.get("headers").expr {
        found.extend(entries.iter().map(|(name, value)| (name.clone(), data(value))));
    }
    for header in at.node.value["headers"].as_array().into_iter().flatten() {
        let pick = |kind: &str, value: &str| match header[kind].as_str() {
            Some("other" | "msg") => header[value].as_str(),
            Some(word) => Some(word),
            None => None,
        };
        let (Some(name), Some(value)) = (pick("keyType", "keyValue"), pick("valueType", "valueValue")) else {
            continue;
        };
        let value = match header["valueType"].as_str() {
            Some("msg") => data(&at.message.get(value).expr),
            _ => Data::text(value),
        };
        found.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        found.push((name.to_owned(), value));
    }
    found.retain(|(name, value)| !name.is_empty() && !value.is_empty());
    Ok((!found.is_empty()).then_some(Data::Map(found)))
}

/// How the answer is read, and what is known of it then.
fn answer(at: &mut At<'_, '_, '_, '_>, with: &mut Vec<(String, Data)>) -> Kind {
    let file = at.walk.file();
    match at.node.text("ret", "txt") {
        "obj" => {
            with.push(("response".to_owned(), Data::text("json")));
            Kind::Structure
        }
        "bin" => {
            with.push(("response".to_owned(), Data::text("file")));
            Kind::Any
        }
        _ => {
            let next = at.walk.graph.leaving(at.target, 0);
            let reads = |node: usize| file.nodes[node].kind == "json" && file.nodes[node].text("action", "") != "str";
            if !next.is_empty() && next.iter().all(|target| reads(target.node)) {
                with.push(("response".to_owned(), Data::text("json")));
                return Kind::Read;
            }
            with.push(("response".to_owned(), Data::text("text")));
            Kind::Text
        }
    }
}

/// `http response`.
pub(crate) fn response(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let mut with = Vec::new();
    let status = match node.number("statusCode") {
        Some(status) => Some(Expr::Int(status as i64)),
        // What an earlier answer had is not what this one is meant to have, unless somebody set it.
        None => Some(at.message.get("statusCode").expr).filter(|status| *status != Expr::Nothing),
    };
    let status = status.filter(|status| *status != Expr::Int(200));
    with.extend(status.map(|status| match status {
        Expr::Int(status) => ("status".to_owned(), Data::int(status)),
        Expr::Text(status) => ("status".to_owned(), status.parse().map_or_else(|_| Data::text(status), Data::int)),
        // Whatever set the message may have left it out.
        other => ("status".to_owned(), Data::value(other.or_else(Expr::Int(200)))),
    }));
    let mut headers: Vec<(String, Data)> = Vec::new();
    if let Expr::Map(entries) = at.message.get("headers").expr {
        headers.extend(entries.iter().map(|(name, value)| (name.clone(), data(value))));
    }
    for (name, value) in node.value["headers"].as_object().into_iter().flatten() {
        headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        headers.push((name.clone(), Data::text(value.as_str().unwrap_or_default())));
    }
    let kind = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let kind = kind.and_then(|(_, value)| value.as_literal()).unwrap_or_default().to_ascii_lowercase();
    let payload = at.message.get("payload");
    let key = match payload.kind {
        _ if kind.contains("html") => "html",
        _ if kind.contains("json") => "json",
        _ if kind.contains("xml") || kind.starts_with("text/") => "body",
        Kind::Html => "html",
        Kind::Text => "text",
        Kind::Any | Kind::Structure | Kind::Read => "json",
    };
    headers.retain(|(name, _)| !name.is_empty() && (key == "body" || !name.eq_ignore_ascii_case("content-type")));
    if !headers.is_empty() {
        with.push(("headers".to_owned(), Data::Map(headers)));
    }
    if payload.expr != Expr::Nothing {
        let data = data(&payload.expr);
        // A text that is JSON already is sent as the value that it is.
        let data = if key == "json" && payload.kind == Kind::Text { parsed(data) } else { data };
        with.push((key.to_owned(), data));
    }
    at.push(Step::call("respond", Data::Map(with)));
    Ok(Sends::Nothing)
}

fn parsed(data: Data) -> Data {
    match data.as_literal().and_then(|text| serde_json::from_str::<Json>(text).ok()) {
        Some(value) => Data::of(&value),
        None => Data::value(data.into_expr().method("parse_json", [])),
    }
}
