//! `template`: a text with values of the message.

use super::{At, data};
use crate::draft::Step;
use crate::node_red::message::{Kind, Value};
use crate::node_red::mustache::{self, Escape};
use crate::node_red::walk::{Refused, Sends};
use crate::ours::{Expr, Text};
use serde_json::Value as Json;

/// `template`.
pub(crate) fn template(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let written = node.text("template", "");
    let written = if written.is_empty() && at.message.has("template") {
        return Err("its text comes with the message".to_owned());
    } else {
        written
    };
    if node.text("fieldType", "msg") != "msg" {
        return Err("it writes into what is kept between messages".to_owned());
    }
    let is_page = written.contains('<') && (node.text("format", "") == "html" || written.contains("</"));
    let output = node.text("output", "str");
    let said = if node.text("syntax", "mustache") == "plain" || !written.contains("{{") {
        Text::literal(written)
    } else {
        at.walk.ledger.count(1, 0);
        let escape = match output {
            "json" => Escape::Json,
            _ if is_page => Escape::Html,
            _ => Escape::Nothing,
        };
        let said = mustache::say(written, at.message, escape)?;
        at.walk.ledger.count(0, 1);
        said
    };
    let value = match output {
        "json" => structure(said),
        "yaml" => Value::new(said.into_expr().method("parse_yaml", []), Kind::Structure),
        _ => Value::new(said.into_expr(), if is_page { Kind::Html } else { Kind::Text }),
    };
    let field = match node.text("field", "payload") {
        "" => "payload",
        field => field,
    };
    let first = crate::node_red::message::keys(field);
    if let ([only], false) = (first.as_slice(), value.is_small()) {
        let id = at.keep(Step::call("set", data(&value.expr)), only);
        at.message.set(field, Value::new(Expr::name(id), value.kind));
    } else {
        at.assign(field, value);
    }
    Ok(Sends::On)
}

/// A text that is JSON as the value.
fn structure(text: Text) -> Value {
    let literal = text.as_literal().and_then(|text| serde_json::from_str::<Json>(text).ok());
    let expr = match literal {
        Some(value) => crate::draft::Data::of(&value).into_expr(),
        None => text.into_expr().method("parse_json", []),
    };
    Value::new(expr, Kind::Structure)
}
