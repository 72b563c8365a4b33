//! `json`, `yaml`, `xml`, `csv` and `html`: texts as values, and values as texts.

use super::At;
use crate::draft::{Data, Step};
use crate::node_red::message::{Kind, Value};
use crate::node_red::walk::{Refused, Sends};
use crate::ours::Expr;
use serde_json::Value as Json;

/// All of them.
pub(crate) fn format(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let path = match node.text("property", "payload") {
        "" => "payload",
        path => path,
    };
    let value = at.message.get(path);
    if node.kind == "html" {
        return html(at, value);
    }
    let writes = match (node.text("action", ""), value.kind) {
        ("str", _) => true,
        ("obj", _) => false,
        (_, kind) => kind == Kind::Structure,
    };
    let is_read = value.kind == Kind::Read || (value.kind == Kind::Structure && !writes);
    let (of, made) = (value.expr, if writes { Kind::Text } else { Kind::Structure });
    let expr = match (node.kind, writes) {
        // The step that gave it has read it already.
        ("json", false) if is_read => of,
        ("json", true) if node.flag("pretty") => of.method("to_json", [Expr::Int(2)]),
        ("json", true) if is_answered_as_json(at) => {
            at.assign(path, Value::new(of, Kind::Structure));
            return Ok(Sends::On);
        }
        ("json", true) => of.method("to_json", []),
        ("json", false) => of.method("parse_json", []),
        ("yaml", true) => of.method("to_yaml", []),
        ("yaml", false) => of.method("parse_yaml", []),
        ("xml", true) => of.method("to_xml", []),
        ("xml", false) => of.method("parse_xml", []),
        _ if writes => of.method("to_csv", written(at)),
        _ => {
            if node.text("multi", "one") == "one" && !at.around.in_loop {
                return rows(at, of);
            }
            of.method("parse_csv", read(at))
        }
    };
    at.assign(path, Value::new(expr, made));
    Ok(Sends::On)
}

/// Whether all that follows is an answer, which writes JSON itself.
fn is_answered_as_json(at: &At<'_, '_, '_, '_>) -> bool {
    let file = at.walk.file();
    let next = at.walk.graph.leaving(at.target, 0);
    !next.is_empty() && next.iter().all(|target| matches!(file.nodes[target.node].kind, "http response" | "debug"))
}

/// A message for each row: a loop over them.
fn rows(at: &mut At<'_, '_, '_, '_>, of: Expr) -> Result<Sends, Refused> {
    let list = of.method("parse_csv", read(at));
    super::lists::turns(at, list, None)
}

fn separator(at: &At<'_, '_, '_, '_>) -> Option<(String, Expr)> {
    let separator = at.node.value["sep"].as_str().filter(|separator| !separator.is_empty() && *separator != ",")?;
    let separator = if separator == "\\t" { "\t" } else { separator };
    Some(("separator".to_owned(), Expr::text(separator)))
}

fn columns(at: &At<'_, '_, '_, '_>) -> Option<Expr> {
    let names =
        at.node.text("temp", "").split(',').map(|name| name.trim().trim_matches('"')).filter(|name| !name.is_empty());
    let names: Vec<Expr> = names.map(Expr::text).collect();
    (!names.is_empty()).then_some(Expr::List(names))
}

fn read(at: &At<'_, '_, '_, '_>) -> Vec<Expr> {
    let mut options: Vec<(String, Expr)> = separator(at).into_iter().collect();
    match (at.node.value["hdrin"] == Json::Bool(true), columns(at)) {
        (true, _) => {}
        (false, Some(names)) => options.push(("headers".to_owned(), names)),
        (false, None) => options.push(("headers".to_owned(), Expr::Bool(false))),
    }
    if let Some(skip) = at.node.number("skip").filter(|skip| *skip >= 1.0) {
        options.push(("skip".to_owned(), Expr::Int(skip as i64)));
    }
    if options.is_empty() { Vec::new() } else { vec![Expr::Map(options)] }
}

fn written(at: &At<'_, '_, '_, '_>) -> Vec<Expr> {
    let mut options: Vec<(String, Expr)> = separator(at).into_iter().collect();
    options.extend(columns(at).map(|names| ("columns".to_owned(), names)));
    let heads = match &at.node.value["hdrout"] {
        Json::Bool(heads) => *heads,
        Json::String(when) => matches!(when.as_str(), "once" | "all"),
        _ => false,
    };
    if !heads {
        options.push(("headers".to_owned(), Expr::Bool(false)));
    }
    if options.is_empty() { Vec::new() } else { vec![Expr::Map(options)] }
}

/// `html`: what a selector finds.
fn html(at: &mut At<'_, '_, '_, '_>, page: Value) -> Result<Sends, Refused> {
    let node = at.node;
    let selector = node.text("tag", "");
    if selector.is_empty() {
        return Err("its selector comes with the message".to_owned());
    }
    let take = match node.text("ret", "html") {
        "text" => "text",
        "html" => "inner_html",
        other => return Err(format!("it takes “{other}” of what it finds")),
    };
    let mut wanted = vec![("selector", Data::text(selector))];
    if take != "text" {
        wanted.push(("take", Data::text(take)));
    }
    wanted.push(("all", Data::Bool(true)));
    let values = Data::map([("found", Data::map(wanted))]);
    let with = Data::map([("html", super::data(&page.expr)), ("values", values)]);
    let id = at.keep(Step::call("html.extract", with), "found");
    let found = Expr::name(id).field("found");
    if node.text("as", "single") == "multi" {
        return super::lists::turns(at, found, None);
    }
    let path = match node.text("outproperty", "payload") {
        "" => "payload",
        path => path,
    };
    at.message.set(path, Value::new(found, Kind::Structure));
    Ok(Sends::On)
}
