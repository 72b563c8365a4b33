//! `split`, `join` and `sort`: a message for each item is a turn of a loop, and what is gathered is what the loop gives.

use super::At;
use crate::draft::{Action, Collect, ForEach, Step};
use crate::node_red::file::Node;
use crate::node_red::message::{Kind, Message, Value};
use crate::node_red::walk::{Around, Refused, Sends};
use crate::ours::{Expr, Part, Text};
use crate::report::State;

/// `split`.
pub(crate) fn split(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let path = match node.text("property", "payload") {
        "" => "payload",
        path => path,
    };
    if path != "payload" {
        return Err(format!("it splits msg.{path}"));
    }
    let payload = at.message.get("payload");
    let size = node.number("arraySplt").filter(|size| *size > 1.0 && *size < 1e6).map(|size| size as u64);
    let over = match payload.kind {
        Kind::Text | Kind::Html => {
            let separator = node.value["splt"].as_str().unwrap_or("\\n").replace("\\n", "\n").replace("\\t", "\t");
            match separator.as_str() {
                "\n" => payload.expr.method("lines", []),
                _ => payload.expr.method("split", [Expr::text(separator)]),
            }
        }
        Kind::Any | Kind::Structure | Kind::Read => payload.expr,
    };
    turns(at, over, size)
}

/// A turn of what follows for each item, up to where they are joined again.
pub(crate) fn turns(at: &mut At<'_, '_, '_, '_>, over: Expr, batch: Option<u64>) -> Result<Sends, Refused> {
    let (node, file) = (at.node, at.walk.file());
    let starts: Vec<usize> = node.wires.first().cloned().unwrap_or_default();
    let join = at.walk.graph.first_behind(&starts, "join").filter(|join| at.around.until != Some(*join));
    let gather = join.map(|join| Gather::of(&file.nodes[join])).transpose()?;
    let item = at.walk.ledger.ids.give("", "entry");
    let mut message = at.message.clone().with("payload", Value::any(Expr::name(item.as_str())));
    message.set("parts.index", Value::any(Expr::name("index")));
    let around = Around { until: join, is_last: join.is_none(), in_loop: true, ..at.around.deeper() };
    let targets = at.walk.graph.leaving(at.target, 0);
    let walked = at.walk.follow(targets, message, around);
    let arrived = walked.arrived;
    let collect = match (&gather, &arrived) {
        (Some(gather), Some(message)) => Some(gather.collect(message)),
        _ => None,
    };
    let each = ForEach { over, item: Some(item), batch, steps: walked.steps, collect };
    let step = Step::new(Action::ForEach(each));
    let (Some(gather), Some(join), true) = (gather, join, arrived.is_some()) else {
        at.push(step);
        return Ok(Sends::Walked);
    };
    let label = &file.nodes[join].origin;
    let id = at.walk.ledger.id(label, "joined");
    at.push(step.with_id(id.clone()));
    at.walk.ledger.tell(label, Some(&id), State::Runs, None);
    at.message.set("payload", gather.given(Expr::name(id)));
    Ok(Sends::Behind(join))
}

/// What a `join` makes of what it gathers.
pub(crate) enum Gather {
    List,
    Text(String),
    /// A map, by this property of each message.
    Map(String),
    /// One map of maps.
    Merged,
}

impl Gather {
    fn of(node: &Node<'_>) -> Result<Self, Refused> {
        if node.text("mode", "auto") == "auto" {
            return Ok(Self::List);
        }
        if node.text("mode", "auto") != "custom" {
            return Err("it reduces messages by an expression".to_owned());
        }
        let property = node.text("property", "payload");
        if !matches!(property, "" | "payload") || node.text("propertyType", "msg") == "full" {
            return Err("it joins something else than payloads".to_owned());
        }
        Ok(match node.text("build", "array") {
            "array" => Self::List,
            "string" => {
                Self::Text(node.value["joiner"].as_str().unwrap_or("\\n").replace("\\n", "\n").replace("\\t", "\t"))
            }
            "object" => Self::Map(node.text("key", "topic").to_owned()),
            "merged" => Self::Merged,
            other => return Err(format!("it joins payloads to “{other}”")),
        })
    }

    /// What a turn gives, which came with this message.
    fn collect(&self, message: &Message) -> Collect {
        let payload = message.get("payload").expr;
        match self {
            Self::Text(separator) => Collect::Text(super::text(&payload), separator.clone()),
            Self::Map(key) => Collect::List(super::data(&Expr::List(vec![message.get(key).expr, payload]))),
            Self::List | Self::Merged => Collect::List(super::data(&payload)),
        }
    }

    /// The payload behind the join, where the loop gave this.
    fn given(&self, given: Expr) -> Value {
        match self {
            Self::List => Value::new(given, Kind::Structure),
            Self::Text(_) => Value::new(given, Kind::Text),
            Self::Map(_) => Value::new(given.method("from_entries", []), Kind::Structure),
            Self::Merged => {
                let merge = Expr::name("all").method("merge", [Expr::name("one")]);
                let merge = Expr::Closure(vec!["all".to_owned(), "one".to_owned()], Box::new(merge));
                Value::new(given.method("reduce", [merge, Expr::Map(Vec::new())]), Kind::Structure)
            }
        }
    }
}

/// What a `join` makes of the messages of branches that run one after another.
pub(crate) fn gathered(node: &Node<'_>, came: &[Message]) -> Result<Message, Refused> {
    let Some(last) = came.last() else { return Err("nothing comes to it".to_owned()) };
    let payloads: Vec<Expr> = came.iter().map(|message| message.get("payload").expr).collect();
    let expr = match Gather::of(node)? {
        Gather::List => Expr::List(payloads),
        Gather::Text(separator) => {
            let mut text = Text::default();
            for (place, payload) in payloads.into_iter().enumerate() {
                if place > 0 {
                    text.push(Part::Literal(separator.clone()));
                }
                text.push(Part::Value(payload));
            }
            text.into_expr()
        }
        Gather::Map(key) => {
            let keys = came.iter().map(|message| match message.get(&key).expr {
                Expr::Text(key) => Some(key),
                _ => None,
            });
            let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
                return Err(format!("the names by which it joins are not known: msg.{key} of each branch says them"));
            };
            Expr::Map(keys.into_iter().zip(payloads).collect())
        }
        Gather::Merged => payloads.into_iter().reduce(|all, next| all.method("merge", [next])).unwrap_or(Expr::Nothing),
    };
    Ok(last.clone().with("payload", Value::new(expr, Kind::Structure)))
}

/// `sort`.
pub(crate) fn sort(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    if node.text("targetType", "msg") != "msg" {
        return Err("it sorts messages of a sequence: sort the list before it is split".to_owned());
    }
    let path = match node.text("target", "payload") {
        "" => "payload",
        path => path,
    };
    let list = at.message.get(path).expr;
    let key = match (node.text("msgKeyType", "elem"), node.text("msgKey", "payload")) {
        ("elem", _) => None,
        ("jsonata", key) if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => Some(key),
        (_, key) => return Err(format!("it sorts by the expression {key}")),
    };
    let order = (node.text("order", "ascending") == "descending").then(|| Expr::text("desc"));
    let list = match key {
        Some(key) => list.method("sort_by", std::iter::once(Expr::text(key)).chain(order)),
        None if node.flag("as_num") => {
            let number = Expr::closure("item", Expr::name("item").method("parse_number", []));
            list.method("map", [number]).method("sort", order)
        }
        None => list.method("sort", order),
    };
    at.assign(path, Value::new(list, Kind::Structure));
    Ok(Sends::On)
}
