//! `switch`: the outputs that conditions choose.

use super::At;
use crate::draft::Take;
use crate::node_red::walk::{Output, Refused, Sends};
use crate::ours::{Expr, Operator, Presence};
use serde_json::Value as Json;

/// `switch`.
pub(crate) fn switch(at: &mut At<'_, '_, '_, '_>) -> Result<Sends, Refused> {
    let node = at.node;
    let rules = node.value["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    let kind = node.text("propertyType", "msg");
    let given = node.value.get("property").cloned().unwrap_or_else(|| Json::from("payload"));
    let property = at.value(kind, &given)?.expr;
    let mut outputs = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        let when = match rule["t"].as_str() {
            Some("else") => None,
            _ => Some(condition(at, &property, rule)?),
        };
        outputs.push(Output { place, name: name(rule), when, message: at.message.clone(), first: Vec::new() });
    }
    // “Otherwise” holds for what stands above it; it is walked at the end.
    if outputs.iter().rev().skip(1).any(|output| output.when.is_none()) {
        return Err("its “otherwise” stands before other rules".to_owned());
    }
    let is_first_only = node.value["checkall"] == "false" || node.value["checkall"] == false;
    let take = if is_first_only && outputs.len() > 1 { Take::First } else { Take::All };
    Ok(Sends::Chosen(outputs, take))
}

/// What a rule that compares with words is called by.
fn name(rule: &Json) -> Option<String> {
    let text = rule["v"].as_str().filter(|text| !text.is_empty() && text.chars().count() < 40)?;
    (rule["t"] == "eq" && rule["vt"] == "str").then(|| text.to_owned())
}

fn condition(at: &mut At<'_, '_, '_, '_>, property: &Expr, rule: &Json) -> Result<Expr, Refused> {
    let kind = rule["vt"].as_str().unwrap_or("str");
    let value = property.clone();
    let operator = rule["t"].as_str().unwrap_or_default();
    let right = match operator {
        "true" | "false" | "null" | "nnull" | "empty" | "nempty" | "istype" | "jsonata_exp" => Expr::Nothing,
        "regex" => Expr::text(rule["v"].as_str().unwrap_or_default()),
        _ => at.value(kind, &rule["v"])?.expr,
    };
    let compared = |operator| numeric(value.clone()).binary(operator, numeric(right.clone()));
    Ok(match operator {
        "eq" => equal(value, right),
        "neq" => equal(value, right).negated(),
        "lt" => compared(Operator::Less),
        "lte" => compared(Operator::LessOrEqual),
        "gt" => compared(Operator::Greater),
        "gte" => compared(Operator::GreaterOrEqual),
        "btwn" => {
            let to = at.value(rule["v2t"].as_str().unwrap_or("num"), &rule["v2"])?.expr;
            let from = compared(Operator::GreaterOrEqual);
            Expr::all([from, numeric(value).binary(Operator::LessOrEqual, numeric(to))])
        }
        "cont" => present(value).method("contains", [right]),
        "regex" => {
            let Expr::Text(pattern) = right else { return Err("its pattern is no text".to_owned()) };
            let ignores_case = rule["case"] == Json::Bool(true);
            let pattern = if ignores_case { format!("(?i){pattern}") } else { pattern };
            present(value).method("matches", [Expr::text(pattern)])
        }
        "true" => value.binary(Operator::Equal, Expr::Bool(true)),
        "false" => value.binary(Operator::Equal, Expr::Bool(false)),
        "null" => value.binary(Operator::Equal, Expr::Nothing),
        "nnull" => value.binary(Operator::Unequal, Expr::Nothing),
        "empty" => value.method("is_empty", []),
        "nempty" => value.method("is_empty", []).negated(),
        "hask" => value.or_else(Expr::Map(Vec::new())).method("has", [right]),
        "istype" => of_type(value, rule["v"].as_str().unwrap_or_default())?,
        "jsonata_exp" => at.value("jsonata", &rule["v"])?.expr,
        other => return Err(format!("the condition “{other}” is not known")),
    })
}

/// Node-RED compares `"5"` and `5` as the same; what is written as words is compared as it is.
fn equal(left: Expr, right: Expr) -> Expr {
    match right {
        Expr::Int(_) | Expr::Float(_) => numeric(left).binary(Operator::Equal, right),
        Expr::Text(text) if text.trim().parse::<f64>().is_ok() => {
            present(left).method("to_text", []).binary(Operator::Equal, Expr::Text(text))
        }
        other => left.binary(Operator::Equal, other),
    }
}

/// A value to compare as a number.
pub(crate) fn numeric(value: Expr) -> Expr {
    match value {
        Expr::Int(_) | Expr::Float(_) => value,
        Expr::Text(text) => super::number(&text).unwrap_or(Expr::Text(text)),
        Expr::Method(_, ref name, _) if matches!(name.as_str(), "parse_number" | "len" | "sum" | "to_unix_ms") => value,
        other => missing(other, Expr::Int(0)).method("parse_number", []),
    }
}

/// What may be missing is an empty text.
pub(crate) fn present(value: Expr) -> Expr {
    missing(value, Expr::text(""))
}

fn missing(value: Expr, instead: Expr) -> Expr {
    match &value {
        Expr::Field(_, _, Presence::May) | Expr::Item(_, _, Presence::May) | Expr::Nothing => value.or_else(instead),
        _ => value,
    }
}

fn of_type(value: Expr, kind: &str) -> Result<Expr, Refused> {
    let ours: &[&str] = match kind {
        "string" => &["text"],
        "number" => &["number"],
        "boolean" => &["bool"],
        "array" => &["list"],
        "object" => &["map"],
        "undefined" | "null" => return Ok(value.binary(Operator::Equal, Expr::Nothing)),
        other => return Err(format!("whether it is of the type {other} cannot be asked")),
    };
    let kind = value.method("kind_of", []);
    Ok(Expr::any(ours.iter().map(|ours| kind.clone().binary(Operator::Equal, Expr::text(*ours)))))
}
