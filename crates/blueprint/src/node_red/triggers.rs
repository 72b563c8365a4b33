//! What starts a flow: `inject`, `http in`, and nodes that listen.

use super::file::Node;
use super::graph::{Graph, ids};
use super::message::{Kind, Message, Value};
use super::nodes::number;
use crate::draft::{Data, Trigger};
use crate::ours::Expr;
use serde_json::Value as Json;

/// What became of a trigger.
pub(crate) struct Started {
    pub(crate) triggers: Vec<Trigger>,
    pub(crate) message: Message,
    /// What somebody has to decide.
    pub(crate) decision: Option<String>,
}

/// Whether a flow begins with this node.
pub(crate) fn begins(graph: &Graph<'_, '_>, at: usize) -> bool {
    let node = &graph.file.nodes[at];
    if graph.file.is_within_subflow(at) {
        return false;
    }
    match node.kind {
        "inject" | "http in" | "mqtt in" | "websocket in" | "tcp in" | "udp in" | "status" | "watch" | "e-mail in" => {
            true
        }
        "catch" | "complete" | "link in" => false,
        kind if kind.ends_with(" in") && !matches!(kind, "file in") => !graph.is_led_to(at),
        kind => {
            let listens = kind.contains("receiver") || kind.contains("listen") || kind.contains("event");
            (listens || kind.starts_with("ui_") || kind.starts_with("ui-"))
                && !graph.is_led_to(at)
                && node.wires.iter().any(|wires| !wires.is_empty())
        }
    }
}

/// A node that starts flows, in our language; the reason where there is no such trigger.
pub(crate) fn trigger(node: &Node<'_>) -> Result<Started, String> {
    match node.kind {
        "inject" => inject(node),
        "http in" => Ok(webhook(node)),
        "telegram receiver" => Ok(told("set this webhook at the bot: setWebhook of Telegram")),
        "mqtt in" => {
            Err("what a broker publishes starts nothing here: a bridge of the broker calls a webhook".to_owned())
        }
        "status" => Err("the states of nodes are not there: what fails is seen in the runs".to_owned()),
        "e-mail in" => Err("mails start nothing yet: a schedule with a search in the mailbox does that".to_owned()),
        kind => Err(format!("there is no trigger for nodes of the type {kind}")),
    }
}

fn started(kind: &str, with: Data, message: Message) -> Started {
    let trigger = Trigger { kind: kind.to_owned(), with, remarks: Vec::new() };
    Started { triggers: vec![trigger], message, decision: None }
}

fn told(decision: &str) -> Started {
    let body = Expr::name("trigger").field("body");
    let message = Message::default()
        .with("payload.chatId", Value::any(body.clone().maybe("message").maybe("chat").maybe("id")))
        .with("payload.type", Value::new(Expr::text("message"), Kind::Text))
        .with("payload.content", Value::any(body.clone().maybe("message").maybe("text")))
        .with("originalMessage", Value::any(body.maybe("message")));
    let mut started = started("webhook", Data::Map(Vec::new()), message);
    started.decision = Some(decision.to_owned());
    started
}

/// `inject`: by hand, or by a schedule.
fn inject(node: &Node<'_>) -> Result<Started, String> {
    let mut message = Message::default();
    let props = match &node.value["props"] {
        Json::Array(props) => props.clone(),
        _ => vec![serde_json::json!({ "p": "payload" }), serde_json::json!({ "p": "topic", "vt": "str" })],
    };
    for prop in &props {
        let Some(path) = prop["p"].as_str() else { continue };
        let old = |key: &str| prop.get(key).is_none();
        let (kind, value) = match path {
            "payload" if old("v") => (node.text("payloadType", "date"), &node.value["payload"]),
            "topic" if old("v") => ("str", &node.value["topic"]),
            _ => (prop["vt"].as_str().unwrap_or("str"), &prop["v"]),
        };
        if let Some(value) = constant(kind, value)? {
            message.set(path, value);
        }
    }
    let cron = node.text("crontab", "");
    let mut started = if !cron.is_empty() {
        started("schedule", Data::map([("cron", Data::text(cron))]), message)
    } else {
        match node.number("repeat").filter(|seconds| *seconds > 0.0) {
            Some(seconds) => started("schedule", Data::map([("every", Data::text(every(seconds)))]), message),
            None => started("manual", Data::Map(Vec::new()), message),
        }
    };
    if node.flag("once") && started.triggers[0].kind == "manual" {
        started.decision =
            Some("it ran once whenever the flows were started: run it by hand, or give it a schedule".to_owned());
    }
    Ok(started)
}

fn every(seconds: f64) -> String {
    let seconds = seconds.clamp(1.0, 3.2e7).round() as u64;
    match seconds {
        _ if seconds.is_multiple_of(86_400) => format!("{}d", seconds / 86_400),
        _ if seconds.is_multiple_of(3_600) => format!("{}h", seconds / 3_600),
        _ if seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        _ => format!("{seconds}s"),
    }
}

/// A value that an `inject` node writes into its message.
fn constant(kind: &str, given: &Json) -> Result<Option<Value>, String> {
    let text = match given {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    Ok(match kind {
        "date" => Some(Value::any(match text.as_str() {
            "iso" | "object" => Expr::name("trigger").field("at"),
            _ => Expr::name("trigger").field("at").method("to_unix_ms", []),
        })),
        "str" if text.is_empty() => None,
        "str" => Some(Value::new(Expr::text(text), Kind::Text)),
        "num" => number(&text).map(Value::any),
        "bool" => Some(Value::any(Expr::Bool(text == "true"))),
        "json" => {
            let value: Json = serde_json::from_str(&text).map_err(|error| format!("its JSON is none: {error}"))?;
            Some(Value::new(Data::of(&value).into_expr(), Kind::Structure))
        }
        "none" => None,
        other => return Err(format!("what it sends is a value of the type {other:?}")),
    })
}

/// `http in`. Whoever knows the address may call, as before; the check warns of that.
fn webhook(node: &Node<'_>) -> Started {
    let method = node.text("method", "get").to_ascii_uppercase();
    let trigger = Expr::name("trigger");
    let came = if method == "GET" { "query" } else { "body" };
    let request = ["body", "query", "params", "headers", "method", "ip"];
    let request = request.map(|key| (key.to_owned(), trigger.clone().field(key)));
    let kind = if method == "GET" { Kind::Structure } else { Kind::Any };
    let message = Message::default()
        .with("payload", Value::new(trigger.field(came), kind))
        .with("req", Value::new(Expr::Map(request.to_vec()), Kind::Structure));
    let mut with = Vec::new();
    if let Some(path) = path(node.text("url", "")) {
        with.push(("path", Data::text(path)));
    }
    with.push(("methods", Data::List(vec![Data::text(method)])));
    started("webhook", Data::map(with), message)
}

/// The path, with `:name` as `{name}`; none where nothing is left of it, and an unguessable one is made.
fn path(url: &str) -> Option<String> {
    let segments = url.split(['?', '#']).next().unwrap_or_default().split('/');
    let plain =
        |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.~".contains(*c)).collect::<String>();
    let segments = segments.map(|segment| match segment.strip_prefix(':') {
        Some(name) => {
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if name.is_empty() { String::new() } else { format!("{{{name}}}") }
        }
        None => plain(segment),
    });
    let segments: Vec<String> =
        segments.filter(|segment| !segment.is_empty() && !segment.chars().all(|c| c == '.')).collect();
    (!segments.is_empty()).then(|| segments.join("/"))
}

/// The nodes whose failures a `catch` node is for; none where it is for all of its tab.
pub(crate) fn scope<'v>(node: &'v Node<'_>) -> Option<Vec<&'v str>> {
    node.value["scope"].is_array().then(|| ids(&node.value["scope"]).collect())
}
