//! `merge`: branches that meet.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::flow::Gives;
use crate::n8n::reading::{Count, Reading};
use crate::n8n::workflow::{Node, Workflow};
use crate::ours::{Expr, Operator};
use serde_json::Value;

/// What a merge does with its inputs.
#[derive(Clone, Debug, PartialEq)]
enum Way {
    Append,
    ByPosition,
    /// Pairs of fields that must be the same, and which items are kept.
    ByFields(Vec<(String, String)>, String),
    All,
    /// The items of one input, from 0; none: nothing.
    Choose(Option<usize>),
    Sql,
}

fn way(node: &Node) -> Way {
    let mode = node.text("mode", "append");
    if node.version < 2.0 {
        return match mode {
            "mergeByIndex" => Way::ByPosition,
            "mergeByKey" => Way::ByFields(old_keys(node), "enrichInput1".to_owned()),
            "keepKeyMatches" => Way::ByFields(old_keys(node), "keepMatches".to_owned()),
            "removeKeyMatches" => Way::ByFields(old_keys(node), "keepNonMatches".to_owned()),
            "multiplex" => Way::All,
            "passThrough" => Way::Choose(Some(usize::from(node.text("output", "input1") == "input2"))),
            "wait" => Way::Choose(None),
            _ => Way::Append,
        };
    }
    match (
        mode,
        node.text(
            if node.version < 3.0 { "combinationMode" } else { "combineBy" },
            if node.version < 3.0 { "mergeByFields" } else { "combineByFields" },
        ),
    ) {
        ("combine", "mergeByPosition" | "combineByPosition") => Way::ByPosition,
        ("combine", "multiplex" | "combineAll") => Way::All,
        ("combine", _) => Way::ByFields(keys(node), node.text("joinMode", "keepMatches").to_owned()),
        ("chooseBranch", _) => {
            match node.text("output", if node.version < 3.0 { "input1" } else { "specifiedInput" }) {
                "empty" => Way::Choose(None),
                "input2" => Way::Choose(Some(1)),
                "specifiedInput" => {
                    let input = node.get("useDataOfInput");
                    let number =
                        input.as_u64().or_else(|| input.as_str().and_then(|text| text.parse().ok())).unwrap_or(1);
                    Way::Choose(usize::try_from(number.saturating_sub(1)).ok())
                }
                _ => Way::Choose(Some(0)),
            }
        }
        ("combineBySql", _) => Way::Sql,
        _ => Way::Append,
    }
}

fn old_keys(node: &Node) -> Vec<(String, String)> {
    vec![(node.text("propertyName1", "").to_owned(), node.text("propertyName2", "").to_owned())]
}

fn keys(node: &Node) -> Vec<(String, String)> {
    let listed = node.text("fieldsToMatchString", "");
    if !listed.is_empty() {
        return listed.split(',').map(|name| (name.trim().to_owned(), name.trim().to_owned())).collect();
    }
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let given = node.get("mergeByFields.values").as_array().cloned().unwrap_or_default();
    given.iter().map(|pair| (text(&pair["field1"]), text(&pair["field2"]))).collect()
}

/// How many items come of it.
pub(crate) fn gives(workflow: &Workflow, at: usize) -> Gives {
    let node = &workflow.nodes[at];
    let inputs = workflow.links.iter().filter(|link| link.to == at).map(|link| link.input);
    let several = inputs.collect::<std::collections::BTreeSet<_>>().len() > 1;
    match way(node) {
        _ if !several => Gives::Same,
        Way::Append if branches_meet(workflow, at) => Gives::Same,
        Way::Append | Way::ByFields(..) | Way::Sql => Gives::Many,
        Way::ByPosition | Way::All | Way::Choose(_) => Gives::Same,
    }
}

/// Whether it joins branches of one choice, of which only one is walked.
pub(crate) fn branches_meet(workflow: &Workflow, at: usize) -> bool {
    let sources: Vec<usize> = workflow.links.iter().filter(|link| link.to == at).map(|link| link.from).collect();
    let choice = |start: usize| {
        let (mut node, mut steps) = (start, 0);
        loop {
            if matches!(workflow.nodes[node].kind.as_str(), "if" | "switch") {
                return Some(node);
            }
            let mut before = workflow.links.iter().filter(|link| link.to == node);
            node = match (before.next(), before.next()) {
                (Some(link), None) if steps < 50 => link.from,
                _ => return None,
            };
            steps += 1;
        }
    };
    let choices: Vec<_> = sources.iter().map(|source| choice(*source)).collect();
    choices.first().is_some_and(|first| first.is_some() && choices.iter().all(|other| other == first))
}

/// `merge`.
pub(crate) fn merge(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let inputs: Vec<Reading> = desk.inputs.iter().flatten().cloned().collect();
    if desk.joins || inputs.len() < 2 {
        let reading = if desk.joins { desk.input().cloned() } else { inputs.into_iter().next() };
        return Ok(Made { reading, ..Made::default() });
    }
    let all_one = inputs.iter().all(|input| input.count == Count::One);
    let id = Expr::name(desk.id.clone());
    match way(desk.node) {
        Way::Append => {
            let lists = inputs.iter().map(Reading::all);
            let list = match lists.reduce(appended) {
                Some(list) => list,
                None => return Ok(Made::passing()),
            };
            Ok(Made::step(Step::call("set", Data::value(list)), Reading::many(id)))
        }
        Way::ByPosition | Way::All if all_one => {
            let merged = inputs.iter().map(Reading::json).reduce(|all, next| all.method("merge", [next]));
            Ok(Made::step(Step::call("set", Data::value(merged.unwrap_or(Expr::Nothing))), Reading::one(id)))
        }
        Way::ByPosition => {
            let pair = Expr::name("pair");
            let merged = pair.clone().item(Expr::Int(0)).method("merge", [pair.item(Expr::Int(1))]);
            let list = inputs[0].all().method("zip", [inputs[1].all()]).method("map", [Expr::closure("pair", merged)]);
            Ok(Made::step(Step::call("set", Data::value(list)), Reading::many(id)))
        }
        Way::All => {
            let pair = Expr::name("left").method("merge", [Expr::name("right")]);
            let inner = inputs[1].all().method("map", [Expr::closure("right", pair)]);
            let list = inputs[0].all().method("flat_map", [Expr::closure("left", inner)]);
            Ok(Made::step(Step::call("set", Data::value(list)), Reading::many(id)))
        }
        Way::ByFields(fields, join) => by_fields(desk, &inputs, &fields, &join),
        Way::Choose(Some(input)) => Ok(Made { reading: desk.inputs.get(input).cloned().flatten(), ..Made::default() }),
        Way::Choose(None) => Ok(Made { reading: Some(Reading::one(Expr::Map(Vec::new()))), ..Made::default() }),
        Way::Sql => Err("it joins its inputs by SQL".to_owned()),
    }
}

fn appended(all: Expr, next: Expr) -> Expr {
    match (all, next) {
        (Expr::List(mut all), Expr::List(next)) => {
            all.extend(next);
            Expr::List(all)
        }
        (all, next) => all.binary(Operator::Plus, next),
    }
}

/// Items of both inputs whose fields are the same.
fn by_fields(desk: &Desk<'_>, inputs: &[Reading], fields: &[(String, String)], join: &str) -> Result<Made, Refused> {
    let (left, right) = (Expr::name("left"), Expr::name("right"));
    let same = fields
        .iter()
        .map(|(one, other)| left.clone().maybe(one.as_str()).method("same_as", [right.clone().maybe(other.as_str())]));
    let same = Expr::all(same);
    let (first, second) = (inputs[0].all(), inputs[1].all());
    let of_right = |name: &str| second.clone().method(name, [Expr::closure("right", same.clone())]);
    let of_left = |name: &str| first.clone().method(name, [Expr::closure("left", same.clone())]);
    let first_where = |condition: Expr| first.clone().method("filter", [Expr::closure("left", condition)]);
    let second_where = |condition: Expr| second.clone().method("filter", [Expr::closure("right", condition)]);
    let pairs = || {
        let pair = Expr::closure("right", left.clone().method("merge", [right.clone()]));
        first.clone().method("flat_map", [Expr::closure("left", of_right("filter").method("map", [pair]))])
    };
    let alone = [first_where(of_right("some").negated()), second_where(of_left("some").negated())];
    let kept = desk.node.text("outputDataFrom", if desk.node.version < 2.0 { "input1" } else { "both" });
    let none = || Expr::Map(Vec::new());
    let list = match (join, kept) {
        ("keepMatches", "input1") => first_where(of_right("some")),
        ("keepMatches", "input2") => second_where(of_left("some")),
        ("keepMatches", _) => pairs(),
        ("keepNonMatches", "input1") => alone[0].clone(),
        ("keepNonMatches", "input2") => alone[1].clone(),
        ("keepNonMatches", _) => alone[0].clone().binary(Operator::Plus, alone[1].clone()),
        ("keepEverything", _) => alone.into_iter().fold(pairs(), |all, next| all.binary(Operator::Plus, next)),
        ("enrichInput1", _) => {
            let merged = left.clone().method("merge", [of_right("find").or_else(none())]);
            first.clone().method("map", [Expr::closure("left", merged)])
        }
        ("enrichInput2", _) => {
            let merged = right.clone().method("merge", [of_left("find").or_else(none())]);
            second.clone().method("map", [Expr::closure("right", merged)])
        }
        _ => return Err(format!("it joins its inputs as “{join}”")),
    };
    Ok(Made::step(Step::call("set", Data::value(list)), Reading::many(Expr::name(desk.id.clone()))))
}
