//! Conditions of filters and paths.

use super::values::{Values, numeric, present};
use crate::ours::{Expr, Operator};
use serde_json::Value;
use std::collections::BTreeMap;

/// All criteria: those of a group hold together, and one group is enough.
pub(crate) fn condition(criteria: &Value, values: &mut Values<'_>) -> Result<Expr, String> {
    let mut groups: Vec<(String, Vec<Expr>)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for criterion in criteria.as_array().into_iter().flatten() {
        let group = criterion["group"].to_string();
        let place = *places.entry(group.clone()).or_insert_with(|| {
            groups.push((group, Vec::new()));
            groups.len() - 1
        });
        let holds = one(criterion, values)?;
        // What stops where it holds goes on where it does not.
        let holds = if criterion["action"] == "stop" { holds.negated() } else { holds };
        groups[place].1.push(holds);
    }
    Ok(match groups.len() {
        0 => Expr::Bool(true),
        _ => Expr::any(groups.into_iter().map(|(_, all)| Expr::all(all))),
    })
}

fn one(criterion: &Value, values: &mut Values<'_>) -> Result<Expr, String> {
    let key = criterion["key"].as_str().unwrap_or_default();
    let field =
        if key.contains("{{") { values.text(key).into_expr() } else { values.reference(key).unwrap_or(Expr::Nothing) };
    let value = values.expr(&criterion["value"]);
    let kind = criterion["match"].as_str().unwrap_or("iexact");
    let text = || present(field.clone());
    // Whether it is written large or small counts where the whole text is compared, and nowhere else.
    let lower = |expr: Expr| match expr {
        Expr::Text(text) => Expr::text(text.to_lowercase()),
        other => present(other).method("to_text", []).method("lower", []),
    };
    let within = |function: &str| lower(field.clone()).method(function, [lower(value.clone())]);
    let compared = |operator| numeric(field.clone()).binary(operator, numeric(value.clone()));
    let (plain, is_negated) = without_not(kind);
    let holds = match plain {
        "exact" | "iexact" => match &value {
            Expr::Text(literal) if literal.trim().parse::<f64>().is_ok() => {
                text().method("to_text", []).binary(Operator::Equal, value.clone())
            }
            _ => field.clone().binary(Operator::Equal, value.clone()),
        },
        "contains" | "icontains" => within("contains"),
        "startswith" | "istartswith" => within("starts_with"),
        "endswith" | "iendswith" => within("ends_with"),
        "in" | "iin" => match &value {
            Expr::Text(list) => {
                let items = list.split(',').map(|item| Expr::text(item.trim().to_lowercase())).collect();
                lower(field.clone()).binary(Operator::In, Expr::List(items))
            }
            _ => return Err("a filter compares with a list that is computed".to_owned()),
        },
        "exist" | "iexist" | "exists" => field.clone().method("is_blank", []).negated(),
        "greater" | "igreater" => compared(Operator::Greater),
        "less" | "iless" => compared(Operator::Less),
        "boolean" | "iboolean" | "istrue" => {
            field.clone().method("parse_bool", []).binary(Operator::Equal, truth(&value))
        }
        "isfalse" => field.clone().method("parse_bool", []).binary(Operator::Equal, Expr::Bool(false)),
        "after" | "iafter" | "date_after" | "idate_after" => text().method("is_after", [value]),
        "before" | "ibefore" | "date_before" | "idate_before" => text().method("is_before", [value]),
        "date_equals" | "idate_equals" => text().method("is_same", [value]),
        other => return Err(format!("the rule “{other}” of a filter is not known")),
    };
    Ok(if is_negated { holds.negated() } else { holds })
}

/// The rule that is negated, where one is: `inotcontains`, `not_icontains`.
fn without_not(kind: &str) -> (&str, bool) {
    const NEGATED: [(&str, &str); 8] = [
        ("contains", "icontains"),
        ("exact", "iexact"),
        ("exists", "iexist"),
        ("exist", "iexist"),
        ("in", "iin"),
        ("startswith", "istartswith"),
        ("endswith", "iendswith"),
        ("equals", "iexact"),
    ];
    let rest = ["not_i", "not_", "inot_", "inot", "idoes_not_", "in"].iter().find_map(|not| kind.strip_prefix(not));
    let known = rest.and_then(|rest| NEGATED.iter().find(|(name, _)| *name == rest));
    known.map_or((kind, false), |(_, plain)| (*plain, true))
}

fn truth(value: &Expr) -> Expr {
    match value {
        Expr::Text(text) => Expr::Bool(!matches!(text.to_lowercase().as_str(), "false" | "0" | "no")),
        Expr::Bool(value) => Expr::Bool(*value),
        _ => Expr::Bool(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zapier::values::{Reading, Readings};
    use serde_json::json;

    #[track_caller]
    fn check(criteria: Value, expected: &str) {
        let mut readings = Readings::new();
        readings.insert("1".to_owned(), Reading::plain(Expr::name("trigger").field("data")));
        let mut values = Values::new(&readings);
        let said = condition(&criteria, &mut values).map(|expr| expr.to_string());
        assert_eq!(said.unwrap_or_else(|reason| format!("refused: {reason}")), expected);
    }

    #[test]
    fn conditions_are_grouped() {
        check(
            json!([
                { "key": "1__a", "value": "x", "match": "iexact", "group": 1 },
                { "key": "1__n", "value": "5", "match": "igreater", "group": 1 },
                { "key": "{{=gives[\"1\"][\"b\"]}}", "match": "iexist", "group": 2 },
            ]),
            "trigger.data?.a == \"x\" && (trigger.data?.n ?? 0).parse_number() > 5 || !trigger.data?.b.is_blank()",
        );
        check(
            json!([{ "key": "1__t", "value": "Urgent", "match": "icontains", "action": "stop" }]),
            "!(trigger.data?.t ?? \"\").to_text().lower().contains(\"urgent\")",
        );
        check(
            json!([{ "key": "1__t", "value": "A, b", "match": "iin" }]),
            "(trigger.data?.t ?? \"\").to_text().lower() in [\"a\", \"b\"]",
        );
        check(json!([]), "true");
        check(json!([{ "key": "1__t", "match": "strange" }]), "refused: the rule “strange” of a filter is not known");
    }
}
