//! Filters: conditions on the way to a module, and those that searches are given.

use super::expression::order;
use super::typed::{Type, Typed, equal};
use super::values::Values;
use crate::ours::{Expr, Operator};
use serde_json::Value;

impl Values {
    /// The condition of lists of which one has to hold whole; none where everything passes.
    pub(super) fn conditions(&mut self, conditions: &Value) -> Option<Expr> {
        let groups = conditions.as_array()?;
        let groups: Vec<Expr> = groups
            .iter()
            .filter_map(Value::as_array)
            .map(|group| Expr::all(group.iter().map(|condition| self.condition(condition))))
            .collect();
        (!groups.is_empty()).then(|| Expr::any(groups))
    }

    fn condition(&mut self, condition: &Value) -> Expr {
        let operator = condition["o"].as_str().unwrap_or("exist").to_owned();
        let left = self.expr(&condition["a"]);
        let right = self.expr(&condition["b"]);
        compare(&operator, left, right).unwrap_or_else(|| {
            self.problems.push(format!("the filter's operator `{operator}` is not known"));
            Expr::Bool(true)
        })
    }
}

/// A comparison of a filter.
pub(super) fn compare(operator: &str, left: Typed, right: Typed) -> Option<Expr> {
    let (plain, ignores_case) = match operator.strip_suffix(":ci") {
        Some(plain) => (plain, true),
        None => (operator, false),
    };
    let (family, name) = plain.split_once(':').unwrap_or(("basic", plain));
    if let Some(opposite) = name.strip_prefix("not") {
        let suffix = if ignores_case { ":ci" } else { "" };
        let positive = if family == "basic" { opposite.to_owned() } else { format!("{family}:{opposite}{suffix}") };
        return compare(&positive, left, right).map(Expr::negated);
    }
    Some(match (family, name) {
        ("basic", "exist") | ("text", "isnotempty") => exists(left),
        ("text", "isempty") => exists(left).negated(),
        ("text", _) => text(name, ignores_case, left, right)?,
        ("number" | "date" | "time", "equal") if family != "number" => {
            Expr::Binary(Operator::Equal, Box::new(moment(left).into_text()), Box::new(moment(right).into_text()))
        }
        ("number", "equal") => {
            equal(Typed::sure(left.into_number(), Type::Number), Typed::sure(right.into_number(), Type::Number))
        }
        ("number", _) => order(ordering(name)?, left, right).expr,
        ("date", _) => {
            // A date that is not there is neither before nor after another.
            let there = [&left, &right].map(|side| side.may_miss.then(|| exists(side.clone())));
            let compared = order(ordering(name)?, moment(left), moment(right)).expr;
            Expr::all(there.into_iter().flatten().chain([compared]))
        }
        ("time", _) => left.into_text().binary(ordering(name)?, right.into_text()),
        ("boolean", "equal") => equal(left, as_bool(right)),
        ("array", "contain") if ignores_case => {
            let same = Expr::name("item").method("to_text", []).method("equals_ignore_case", [right.into_text()]);
            left.into_list().method("some", [Expr::closure("item", same)])
        }
        ("array", "contain") => left.into_list().method("contains", [right.expr]),
        ("array", "equal") => length(left).binary(Operator::Equal, right.into_number()),
        ("array", _) => length(left).binary(ordering(name)?, right.into_number()),
        _ => return None,
    })
}

fn length(list: Typed) -> Expr {
    list.into_list().method("len", [])
}

/// Whether something is there: not nothing, and not an empty text.
fn exists(value: Typed) -> Expr {
    match value.expr {
        Expr::Nothing => Expr::Bool(false),
        Expr::Text(text) => Expr::Bool(!text.is_empty()),
        expr => Expr::Not(Box::new(expr.method("is_blank", []))),
    }
}

fn as_bool(value: Typed) -> Typed {
    match value.as_literal() {
        Some("true") => Typed::sure(Expr::Bool(true), Type::Bool),
        Some("false") => Typed::sure(Expr::Bool(false), Type::Bool),
        _ => value,
    }
}

fn moment(value: Typed) -> Typed {
    Typed { of: Type::Date, ..value }
}

fn ordering(name: &str) -> Option<Operator> {
    Some(match name {
        "greater" | "after" => Operator::Greater,
        "greaterorequal" => Operator::GreaterOrEqual,
        "less" | "before" => Operator::Less,
        "lessorequal" => Operator::LessOrEqual,
        _ => return None,
    })
}

fn text(name: &str, ignores_case: bool, left: Typed, right: Typed) -> Option<Expr> {
    let lower = |typed: Typed| {
        let text = typed.into_text();
        match text {
            Expr::Text(text) if ignores_case => Expr::Text(text.to_lowercase()),
            text if ignores_case => text.method("lower", []),
            text => text,
        }
    };
    let method = match name {
        "equal" if ignores_case => {
            return Some(left.into_text().method("equals_ignore_case", [right.into_text()]));
        }
        "equal" => return Some(equal(left, right)),
        "pattern" => {
            let pattern = right.into_text();
            let pattern = match pattern {
                Expr::Text(text) if ignores_case => Expr::Text(format!("(?i){text}")),
                other => other,
            };
            return Some(left.into_text().method("matches", [pattern]));
        }
        "contain" | "contains" => "contains",
        "startwith" | "startswith" => "starts_with",
        "endwith" | "endswith" => "ends_with",
        _ => return None,
    };
    Some(lower(left).method(method, [lower(right)]))
}
