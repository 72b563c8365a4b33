//! `change` and `range`: properties that are set, replaced, moved and removed.

use super::At;
use crate::node_red::message::{Kind, Value};
use crate::node_red::walk::{Refused, Sends};
use crate::ours::{Expr, Operator};
use serde_json::{Value as Json, json};

/// `change`.
pub(crate) fn change(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let rules = match &node.value["rules"] {
        Json::Array(rules) => rules.clone(),
        _ => vec![old_rule(node.value)],
    };
    for rule in &rules {
        one(at, rule)?;
    }
    Ok(Sends::On)
}

/// The only rule of a node of the first form.
fn old_rule(node: &Json) -> Json {
    let text = |key: &str| node[key].as_str().unwrap_or_default();
    let property = if text("property").is_empty() { "payload" } else { text("property") };
    match text("action") {
        "delete" => json!({ "t": "delete", "p": property }),
        "move" => json!({ "t": "move", "p": property, "to": text("to") }),
        "change" => json!({ "t": "change", "p": property, "from": text("from"), "to": text("to") }),
        _ => json!({ "t": "set", "p": property, "to": text("to") }),
    }
}

fn one(at: &mut At<'_, '_, '_, '_>, rule: &Json) -> Result<(), Refused> {
    let text = |key: &str| rule[key].as_str().unwrap_or_default();
    let (path, of) = (text("p"), rule["pt"].as_str().unwrap_or("msg"));
    match text("t") {
        "set" => {
            let value = at.value(rule["tot"].as_str().unwrap_or("str"), &rule["to"])?;
            put(at, of, path, value)
        }
        "delete" if of == "msg" => {
            at.message.delete(path);
            Ok(())
        }
        "move" => {
            let value = at.value(of, &rule["p"])?;
            if of != "msg" {
                return Err(format!("it moves {path} out of what is kept between messages"));
            }
            put(at, rule["tot"].as_str().unwrap_or("msg"), text("to"), value)?;
            at.message.delete(path);
            Ok(())
        }
        "change" => {
            let before = at.value(of, &rule["p"])?.expr;
            let kind = rule["fromt"].as_str().unwrap_or("str");
            let from = at.value(kind, &rule["from"])?.expr;
            let to = at.value(rule["tot"].as_str().unwrap_or("str"), &rule["to"])?.expr;
            let after = match kind {
                "re" => before.or_else(Expr::text("")).method("replace_regex", [from, to]),
                "str" | "msg" | "flow" | "global" => before.or_else(Expr::text("")).method("replace", [from, to]),
                // What is no text is replaced only where it is all there is.
                _ => before.clone().binary(Operator::Equal, from).choose(to, before),
            };
            put(at, of, path, Value::any(after))
        }
        other => Err(format!("a rule “{other}” of {of} is not known")),
    }
}

fn put(at: &mut At<'_, '_, '_, '_>, of: &str, path: &str, value: Value) -> Result<(), Refused> {
    match of {
        "msg" => {
            at.assign(path, value);
            Ok(())
        }
        "flow" | "global" => at.keep_for_later(of, path, super::data(&value.expr)),
        other => Err(format!("it writes into {other}")),
    }
}

/// `range`: a number of one range as one of another.
pub(crate) fn range(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let number = |key: &str| node.number(key).ok_or_else(|| format!("its {key} is no number"));
    let (min_in, max_in, min_out, max_out) = (number("minin")?, number("maxin")?, number("minout")?, number("maxout")?);
    if max_in == min_in {
        return Err("the range that it takes is empty".to_owned());
    }
    let path = node.text("property", "payload");
    let path = if path.is_empty() { "payload" } else { path };
    let given = at.message.get(path).expr.or_else(Expr::Int(0)).method("parse_number", []);
    let given = match node.text("action", "scale") {
        "clamp" => given.method("clamp", [Expr::Float(min_in.min(max_in)), Expr::Float(min_in.max(max_in))]),
        "scale" => given,
        other => return Err(format!("it treats what is out of its range by “{other}”")),
    };
    let factor = (max_out - min_out) / (max_in - min_in);
    let moved = given.binary(Operator::Minus, Expr::Float(min_in)).binary(Operator::Times, Expr::Float(factor));
    let scaled = moved.binary(Operator::Plus, Expr::Float(min_out));
    let scaled = if node.flag("round") { scaled.method("round", []) } else { scaled };
    at.assign(path, Value::new(scaled, Kind::Any));
    Ok(Sends::On)
}
