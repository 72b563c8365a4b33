//! `if`, `filter` and `switch`: conditions of both of n8n's forms.

use super::{Choice, Made, Refused};
use crate::draft::{Data, Take};
use crate::n8n::desk::Desk;
use crate::ours::{Expr, Operator};
use serde_json::Value;

/// `if` and `filter`.
pub(crate) fn choice(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let condition = of_node(desk)?;
    let mut outputs = vec![Choice { name: None, when: Some(condition) }];
    if desk.node.kind == "if" {
        outputs.push(Choice { name: None, when: None });
    }
    Ok(Made { choice: outputs, take: Take::First, ..Made::default() })
}

fn of_node(desk: &mut Desk<'_>) -> Result<Expr, Refused> {
    let node = desk.node;
    let groups = ["boolean", "dateTime", "number", "string"];
    // Some say the new version and write the old form.
    let is_old = groups.iter().any(|group| node.get("conditions")[*group].is_array());
    if node.version >= 2.0 && !is_old {
        return block(desk, &node.get("conditions").clone());
    }
    let any = matches!(node.text("combineOperation", "all"), "any") || node.text("combineConditions", "AND") == "OR";
    let mut parts = Vec::new();
    for kind in groups {
        for given in node.get("conditions").get(kind).and_then(Value::as_array).cloned().unwrap_or_default() {
            parts.push(old_condition(desk, kind, &given)?);
        }
    }
    Ok(if any { Expr::any(parts) } else { Expr::all(parts) })
}

/// The block of conditions of the second form.
fn block(desk: &mut Desk<'_>, conditions: &Value) -> Result<Expr, Refused> {
    let given = conditions["conditions"].as_array().cloned().unwrap_or_default();
    let ignores_case = conditions["options"]["caseSensitive"] == Value::Bool(false);
    let mut parts = Vec::new();
    for condition in &given {
        let operator = &condition["operator"];
        let kind = operator["type"].as_str().unwrap_or("string");
        let operation = operator["operation"].as_str().unwrap_or("equals");
        let mut left = typed(desk, kind, &condition["leftValue"]);
        let mut right = typed(desk, operator["rightType"].as_str().unwrap_or(kind), &condition["rightValue"]);
        if ignores_case && kind == "string" && !matches!(operation, "regex" | "notRegex" | "exists" | "notExists") {
            (left, right) = (lowered(left), lowered(right));
        }
        parts.push(compared(kind, operation, left, right)?);
    }
    let any = conditions["combinator"].as_str() == Some("or");
    Ok(if any { Expr::any(parts) } else { Expr::all(parts) })
}

fn lowered(expr: Expr) -> Expr {
    match expr {
        Expr::Text(text) => Expr::text(text.to_lowercase()),
        other => other.method("lower", []),
    }
}

/// A value to compare, of the type that the operator says.
fn typed(desk: &mut Desk<'_>, kind: &str, value: &Value) -> Expr {
    let is_literal = value.as_str().is_some_and(|text| !text.starts_with('='));
    let expr = match desk.say(value) {
        Data::Null => Expr::Nothing,
        other => other.into_expr(),
    };
    match (kind, &expr) {
        ("number", Expr::Text(text)) => match (text.trim().parse::<i64>(), text.trim().parse::<f64>()) {
            (Ok(whole), _) => Expr::Int(whole),
            (_, Ok(float)) if float.is_finite() => Expr::Float(float),
            _ => Expr::Int(0),
        },
        ("boolean", Expr::Text(text)) if is_literal => Expr::Bool(text == "true"),
        _ => expr,
    }
}

/// An operator of the second form.
fn compared(kind: &str, operation: &str, left: Expr, right: Expr) -> Result<Expr, Refused> {
    let compare = |operator| Ok(left.clone().binary(operator, right.clone()));
    match (kind, operation) {
        (_, "exists") => Ok(left.binary(Operator::Unequal, Expr::Nothing)),
        (_, "notExists") => Ok(left.binary(Operator::Equal, Expr::Nothing)),
        (_, "empty" | "isEmpty") => Ok(left.method("is_empty", [])),
        (_, "notEmpty" | "isNotEmpty") => Ok(left.method("is_empty", []).negated()),
        ("boolean", "true") => Ok(is_true(left)),
        ("boolean", "false") => Ok(is_true(left).negated()),
        ("dateTime", "after") => Ok(left.method("is_after", [right])),
        ("dateTime", "before") => Ok(left.method("is_before", [right])),
        ("dateTime", "afterOrEquals") => Ok(left.method("is_before", [right]).negated()),
        ("dateTime", "beforeOrEquals") => Ok(left.method("is_after", [right]).negated()),
        ("dateTime", "equals" | "equal") => Ok(left.method("is_same", [right])),
        ("array", "lengthEquals") => Ok(left.method("len", []).binary(Operator::Equal, right)),
        ("array", "lengthNotEquals") => Ok(left.method("len", []).binary(Operator::Unequal, right)),
        ("array", "lengthGt") => Ok(left.method("len", []).binary(Operator::Greater, right)),
        ("array", "lengthLt") => Ok(left.method("len", []).binary(Operator::Less, right)),
        ("array", "lengthGte") => Ok(left.method("len", []).binary(Operator::GreaterOrEqual, right)),
        ("array", "lengthLte") => Ok(left.method("len", []).binary(Operator::LessOrEqual, right)),
        (_, "equals" | "equal") => Ok(equal(left, right)),
        (_, "notEquals" | "notEqual") => Ok(equal(left, right).negated()),
        (_, "gt" | "larger") => compare(Operator::Greater),
        (_, "gte" | "largerEqual") => compare(Operator::GreaterOrEqual),
        (_, "lt" | "smaller") => compare(Operator::Less),
        (_, "lte" | "smallerEqual") => compare(Operator::LessOrEqual),
        (_, "contains") => Ok(present(left).method("contains", [right])),
        (_, "notContains") => Ok(present(left).method("contains", [right]).negated()),
        (_, "startsWith") => Ok(present(left).method("starts_with", [right])),
        (_, "notStartsWith") => Ok(present(left).method("starts_with", [right]).negated()),
        (_, "endsWith") => Ok(present(left).method("ends_with", [right])),
        (_, "notEndsWith") => Ok(present(left).method("ends_with", [right]).negated()),
        (_, "regex") => Ok(present(left).method("matches", [pattern(right)])),
        (_, "notRegex") => Ok(present(left).method("matches", [pattern(right)]).negated()),
        _ => Err(format!("the condition “{operation}” of {kind} is not known")),
    }
}

/// What may be missing is an empty text: n8n takes it so, and functions of texts do not.
fn present(expr: Expr) -> Expr {
    match &expr {
        Expr::Field(_, _, crate::ours::Presence::May) | Expr::Item(_, _, crate::ours::Presence::May) => {
            expr.or_else(Expr::text(""))
        }
        _ => expr,
    }
}

fn is_true(expr: Expr) -> Expr {
    match &expr {
        Expr::Binary(operator, ..) if is_comparison(*operator) => expr,
        Expr::Not(_) | Expr::Bool(_) => expr,
        Expr::Method(_, name, _)
            if name.starts_with("is_") || matches!(name.as_str(), "contains" | "matches" | "some" | "all" | "has") =>
        {
            expr
        }
        _ => expr.method("is_truthy", []),
    }
}

fn is_comparison(operator: Operator) -> bool {
    !matches!(
        operator,
        Operator::Default
            | Operator::Plus
            | Operator::Minus
            | Operator::Times
            | Operator::Divided
            | Operator::Remainder
            | Operator::Power
    )
}

fn equal(left: Expr, right: Expr) -> Expr {
    match (&left, &right) {
        // What is compared with true is a condition already.
        (Expr::Binary(operator, ..), Expr::Bool(true)) if is_comparison(*operator) => left,
        _ => left.binary(Operator::Equal, right),
    }
}

/// `/…/flags` is written with its flags in front here.
fn pattern(expr: Expr) -> Expr {
    let Expr::Text(text) = &expr else { return expr };
    let Some((source, flags)) = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) else { return expr };
    let flags: String = flags.chars().filter(|flag| "ims".contains(*flag)).collect();
    Expr::text(if flags.is_empty() { source.to_owned() } else { format!("(?{flags}){source}") })
}

/// A condition of the first form.
fn old_condition(desk: &mut Desk<'_>, kind: &str, given: &Value) -> Result<Expr, Refused> {
    let unless_given = match kind {
        "number" => "smaller",
        "dateTime" => "after",
        _ => "equal",
    };
    let operation = given["operation"].as_str().unwrap_or(unless_given).to_owned();
    let left = typed(desk, kind, &given["value1"]);
    let right = match (kind, &given["value2"]) {
        ("number", Value::Null) => Expr::Int(0),
        ("boolean", Value::Null) => Expr::Bool(false),
        ("string", Value::Null) => Expr::text(""),
        (_, value) => typed(desk, kind, value),
    };
    match (kind, operation.as_str(), right) {
        ("boolean", "equal", Expr::Bool(true)) => Ok(is_true(left)),
        ("boolean", "equal", Expr::Bool(false)) => Ok(is_true(left).negated()),
        (_, _, right) => compared(kind, &operation, left, right),
    }
}

/// `switch`: one output for each rule.
pub(crate) fn switch(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    if node.text("mode", "rules") == "expression" {
        return by_number(desk);
    }
    let (mut outputs, mut fallback) = if node.version >= 3.0 { rules(desk)? } else { old_rules(desk)? };
    let otherwise = |name: &str| Choice { name: (!name.is_empty()).then(|| name.to_owned()), when: None };
    match node.get("options.fallbackOutput") {
        Value::String(extra) if extra == "extra" => {
            outputs.push(otherwise(node.text("options.renameFallbackOutput", "")));
        }
        Value::Number(number) => fallback = number.as_u64(),
        _ => {}
    }
    if let Some(output) = fallback.and_then(|at| usize::try_from(at).ok()).and_then(|at| outputs.get_mut(at)) {
        match &output.when {
            Some(Expr::Bool(false)) => output.when = None,
            // The output of a rule and of what no rule takes: its condition is both.
            _ => {
                let own = output.when.take();
                let others =
                    outputs.iter().filter_map(|other| other.when.clone()).filter(|when| *when != Expr::Bool(false));
                let none = Expr::any(others.collect::<Vec<_>>()).negated();
                if let Some(output) =
                    fallback.and_then(|at| usize::try_from(at).ok()).and_then(|at| outputs.get_mut(at))
                {
                    output.when = own.map(|own| Expr::any([own, none]));
                }
            }
        }
    }
    let takes_all = node.flag("options.allMatchingOutputs");
    Ok(Made { choice: outputs, take: if takes_all { Take::All } else { Take::First }, ..Made::default() })
}

fn rules(desk: &mut Desk<'_>) -> Result<(Vec<Choice>, Option<u64>), Refused> {
    let mut outputs = Vec::new();
    for rule in desk.node.get("rules.values").as_array().cloned().unwrap_or_default() {
        let named = rule["renameOutput"] == Value::Bool(true) || desk.node.version >= 3.0;
        let name = rule["outputKey"].as_str().filter(|name| named && !name.is_empty() && !name.starts_with('='));
        let when = block(desk, &rule["conditions"])?;
        outputs.push(Choice { name: name.map(str::to_owned), when: Some(when) });
    }
    Ok((outputs, None))
}

fn old_rules(desk: &mut Desk<'_>) -> Result<(Vec<Choice>, Option<u64>), Refused> {
    let node = desk.node;
    let kind = node.text("dataType", "number").to_owned();
    let count = if node.version >= 2.0 { 0 } else { 4 };
    let mut outputs: Vec<(Option<String>, Vec<Expr>)> = vec![(None, Vec::new()); count];
    for rule in node.get("rules.rules").as_array().cloned().unwrap_or_default() {
        let Some(mut given) = rule.as_object().cloned() else { continue };
        given.insert("value1".to_owned(), node.get("value1").clone());
        let condition = old_condition(desk, &kind, &given.into())?;
        if node.version >= 2.0 {
            outputs.push((rule["outputKey"].as_str().map(str::to_owned), vec![condition]));
            continue;
        }
        let output = rule["output"].as_u64().and_then(|output| usize::try_from(output).ok()).unwrap_or(0);
        if let Some(output) = outputs.get_mut(output) {
            output.1.push(condition);
        }
    }
    let choices = outputs.into_iter().map(|(name, conditions)| Choice { name, when: Some(Expr::any(conditions)) });
    let fallback = node.get("fallbackOutput").as_i64().and_then(|output| u64::try_from(output).ok());
    Ok((choices.collect(), fallback))
}

/// Outputs by their number.
fn by_number(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let output = desk.say_expr(&desk.node.get("output").clone());
    let count = crate::n8n::flow::fork_outputs(desk.node).unwrap_or(4);
    let outputs = (0..count).map(|at| Choice {
        name: None,
        when: Some(output.clone().binary(Operator::Equal, Expr::Int(i64::try_from(at).unwrap_or_default()))),
    });
    Ok(Made { choice: outputs.collect(), take: Take::First, ..Made::default() })
}
