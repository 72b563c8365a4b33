//! Nodes as steps: what each type of node does with a message.

pub(crate) mod change;
pub(crate) mod choice;
pub(crate) mod formats;
pub(crate) mod functions;
pub(crate) mod lists;
pub(crate) mod pauses;
pub(crate) mod services;
pub(crate) mod template;
pub(crate) mod web;

use super::file::Node;
use super::graph::Target;
use super::jsonata;
use super::message::{Kind, Message, Value};
use super::walk::{Around, Refused, Sends, Walk};
use crate::draft::{Data, OnError, Step};
use crate::ours::Expr;
use crate::report::State;
use serde_json::Value as Json;

/// A node on its way into our language.
pub(crate) struct At<'w, 'f, 'a, 'k> {
    pub(crate) walk: &'w mut Walk<'f, 'a, 'k>,
    pub(crate) target: &'w Target,
    pub(crate) node: &'f Node<'a>,
    pub(crate) message: &'w mut Message,
    pub(crate) around: Around,
    /// The steps that it becomes.
    pub(crate) made: &'w mut Vec<Step>,
}

/// The node in our language.
pub(crate) fn make<'f>(
    walk: &mut Walk<'f, '_, '_>,
    target: &Target,
    message: &mut Message,
    around: Around,
    made: &mut Vec<Step>,
) -> Result<Sends, Refused> {
    let node = &walk.file().nodes[target.node];
    let mut at = At { walk, target, node, message, around, made };
    let sends = match node.kind {
        // What each step gave is kept with every run.
        "debug" => Ok(Sends::Nothing),
        "change" => change::change(&mut at),
        "switch" => choice::switch(&mut at),
        "range" => change::range(&mut at),
        "function" => functions::function(&mut at),
        "template" => template::template(&mut at),
        "http request" => web::request(&mut at),
        "http response" => web::response(&mut at),
        "delay" => pauses::delay(&mut at),
        "trigger" => pauses::trigger(&mut at),
        "split" => lists::split(&mut at),
        "join" => Err("it gathers messages of several runs, or of nothing that is split here".to_owned()),
        "sort" => lists::sort(&mut at),
        "rbe" => services::changed(&mut at),
        "json" | "yaml" | "xml" | "csv" | "html" => formats::format(&mut at),
        "mqtt out" => services::mqtt(&mut at),
        "e-mail" => services::mail(&mut at),
        "exec" => services::command(&mut at),
        "mysql" | "postgresql" | "postgres" => services::sql(&mut at),
        _ => services::other(&mut at),
    }?;
    at.walk.ledger.tell(&node.origin, None, State::Runs, None);
    Ok(sends)
}

/// What a message is behind a `catch` node.
pub(crate) fn failure() -> Message {
    let error = Expr::name("error");
    let source = Expr::Map(vec![("name".to_owned(), error.clone().field("step"))]);
    let fields = vec![
        ("message".to_owned(), error.clone().field("message")),
        ("code".to_owned(), error.field("code")),
        ("source".to_owned(), source),
    ];
    Message::default().with("error", Value::new(Expr::Map(fields), Kind::Structure))
}

impl At<'_, '_, '_, '_> {
    /// Adds a step of the node, which runs as it is; its id.
    pub(crate) fn keep(&mut self, step: Step, otherwise: &str) -> String {
        self.keep_as(step, otherwise, State::Runs, None)
    }

    /// Adds a step of the node, and tells what became of that; its id.
    pub(crate) fn keep_as(&mut self, step: Step, otherwise: &str, state: State, reason: Option<String>) -> String {
        let node = self.node;
        let id = self.walk.ledger.id(&node.origin, otherwise);
        self.walk.ledger.tell(&node.origin, Some(&id), state, reason);
        let mut step = step.with_id(id.clone());
        step.name = crate::ledger::readable(node.label, Some(&id));
        let step = self.walk.ledger.of(&node.origin, step);
        self.made.push(step);
        id
    }

    /// Adds a step of the node that gives nothing.
    pub(crate) fn push(&mut self, step: Step) {
        let node = self.node;
        self.walk.ledger.tell(&node.origin, None, State::Runs, None);
        let step = self.walk.ledger.of(&node.origin, step);
        self.made.push(step);
    }

    /// A step before the others that gives what they need; its id.
    pub(crate) fn before(&mut self, step: Step, name: &str) -> String {
        let id = self.walk.ledger.ids.give(name, "value");
        let mut step = step.with_id(id.clone());
        step.origin = Some(self.node.origin.id.clone());
        self.made.push(step);
        id
    }

    /// Sets a property of the message; what would read badly where it is read becomes a step.
    pub(crate) fn assign(&mut self, path: &str, value: Value) {
        self.message.set(path, value);
        let first = super::message::keys(path).into_iter().next().unwrap_or_default();
        let now = self.message.get(&first);
        if !first.is_empty() && !now.is_small() {
            let id = self.keep(Step::call("set", data(&now.expr)), &first);
            self.message.set(&first, Value::new(Expr::name(id), now.kind));
        }
    }

    /// A setting with its type, as forms of Node-RED have them: `msg`, `str`, `num`, …
    pub(crate) fn value(&mut self, kind: &str, given: &Json) -> Result<Value, Refused> {
        let text = match given {
            Json::String(text) => text.clone(),
            Json::Null => String::new(),
            other => other.to_string(),
        };
        Ok(match kind {
            "msg" => self.message.get(&text),
            "str" => Value::new(Expr::text(text), Kind::Text),
            "num" => Value::any(number(&text).ok_or_else(|| format!("{text:?} is no number"))?),
            "bool" => Value::any(Expr::Bool(text == "true")),
            "json" => {
                let value: Json = serde_json::from_str(&text).map_err(|error| format!("its JSON is none: {error}"))?;
                Value::new(Data::of(&value).into_expr(), Kind::Structure)
            }
            "date" => Value::any(match text.as_str() {
                "iso" | "object" => Expr::call("now", []),
                _ => Expr::call("now", []).method("to_unix_ms", []),
            }),
            "re" => Value::new(Expr::text(text), Kind::Text),
            "jsonata" => {
                self.walk.ledger.count(1, 0);
                let said = jsonata::say(&text, self.message)?;
                self.walk.ledger.count(0, 1);
                said
            }
            "flow" | "global" => self.kept(kind, &text),
            "env" => return Err(format!("it reads the variable {text} of the environment")),
            "bin" => return Err("it has bytes that are written out".to_owned()),
            other => return Err(format!("a value of the type {other:?} is not known")),
        })
    }

    /// What is kept between messages, by its name: a record of a data store.
    fn kept(&mut self, kind: &str, path: &str) -> Value {
        let keys = super::message::keys(path);
        let (first, rest) = keys.split_first().map_or(("value", &[][..]), |(first, rest)| (first.as_str(), rest));
        let with = Data::map([("table", Data::text(table(kind))), ("key", Data::text(first))]);
        let mut step = Step::call("store.get", with);
        step.on_error = Some(OnError::Use(Data::map([("value", Data::Null)])));
        let id = self.before(step, first);
        let value = Expr::name(id).field("value");
        Value::any(rest.iter().fold(value, |of, key| of.maybe(key.as_str())))
    }

    /// Keeps a value for later messages.
    pub(crate) fn keep_for_later(&mut self, kind: &str, path: &str, value: Data) -> Result<(), Refused> {
        let keys = super::message::keys(path);
        let [key] = keys.as_slice() else { return Err(format!("it writes into {path}, which is within a value")) };
        let with = [("table", Data::text(table(kind))), ("key", Data::text(key.as_str())), ("value", value)];
        self.push(Step::call("store.put", Data::map(with)));
        Ok(())
    }
}

/// The data store of what flows keep.
fn table(kind: &str) -> &'static str {
    if kind == "global" { "global-context" } else { "flow-context" }
}

/// A number that is written as text.
pub(crate) fn number(text: &str) -> Option<Expr> {
    let text = text.trim();
    match (text.parse::<i64>(), text.parse::<f64>()) {
        (Ok(whole), _) => Some(Expr::Int(whole)),
        (_, Ok(float)) if float.is_finite() => Some(Expr::Float(float)),
        _ => None,
    }
}

/// An expression as a value of a parameter, with maps and lists written out.
pub(crate) fn data(expr: &Expr) -> Data {
    match expr {
        Expr::Nothing => Data::Null,
        Expr::Bool(value) => Data::Bool(*value),
        Expr::Int(number) => Data::int(*number),
        Expr::Float(number) => serde_json::Number::from_f64(*number).map_or(Data::Null, Data::Number),
        Expr::Text(text) => Data::text(text.as_str()),
        Expr::Map(entries) => Data::Map(entries.iter().map(|(key, value)| (key.clone(), data(value))).collect()),
        Expr::List(items) => Data::List(items.iter().map(data).collect()),
        Expr::Joined(parts) => Data::Text(crate::ours::Text::of(parts.iter().cloned())),
        other => Data::value(other.clone()),
    }
}

/// The value as a text of a parameter.
pub(crate) fn text(expr: &Expr) -> crate::ours::Text {
    match data(expr) {
        Data::Text(text) => text,
        _ => crate::ours::Text::value(expr.clone()),
    }
}
