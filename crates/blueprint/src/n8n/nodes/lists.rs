//! Nodes that shape lists of items: `splitOut`, `aggregate`, `sort`, `limit`, `removeDuplicates`, and `itemLists`.

use super::{Made, Refused};
use crate::draft::{Data, Step};
use crate::n8n::desk::Desk;
use crate::n8n::reading::{Reading, Shape};
use crate::ours::Expr;
use serde_json::Value;

/// Any of them.
pub(crate) fn shaped(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let operation = node.text("operation", "splitOutItems");
    match (node.kind.as_str(), operation) {
        ("splitOut", _) | ("itemLists", "splitOutItems") => split(desk),
        ("aggregate", _) | ("itemLists", "aggregateItems" | "concatenateItems") => aggregate(desk),
        ("sort", _) | ("itemLists", "sort") => sort(desk),
        ("limit", _) | ("itemLists", "limit") => limit(desk),
        ("removeDuplicates", "removeItemsSeenInPreviousExecutions" | "clearDeduplicationHistory") => {
            Err("it remembers items of earlier runs: a data store does that here".to_owned())
        }
        ("removeDuplicates", _) | ("itemLists", "removeDuplicates") => distinct(desk),
        _ => Err("this operation on lists is not known".to_owned()),
    }
}

/// A list in one item becomes items. The list is read where it is: there is no step.
fn split(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let field = node.text("fieldToSplitOut", "").trim_start_matches('=').trim().to_owned();
    if field.is_empty() || field.contains(',') || field.contains("{{") {
        return Err("it splits several fields at once".to_owned());
    }
    let Some(item) = desk.input().map(Reading::paired) else { return Err("nothing comes to it".to_owned()) };
    let list = path(&item, &field);
    let last = field.rsplit('.').next().unwrap_or(&field);
    let name = node.text("options.destinationFieldName", last).to_owned();
    let reading = Reading::many(list).shaped(Shape::Split(name.clone(), whole(desk, &item)));
    Ok(Made { reading: Some(reading), ..Made::default() })
}

/// The item beside whose list the others stand, where its other fields are kept.
fn whole(desk: &Desk<'_>, item: &Reading) -> Option<Box<Reading>> {
    (desk.node.text("include", "noOtherFields") != "noOtherFields").then(|| Box::new(item.clone()))
}

/// A field at a path with dots.
pub(crate) fn path(item: &Reading, path: &str) -> Expr {
    let mut keys = path.split('.');
    let first = item.field(keys.next().unwrap_or_default());
    keys.fold(first, |of, key| match key.parse::<i64>() {
        Ok(at) => of.maybe_item(Expr::Int(at)),
        Err(_) => of.maybe(key),
    })
}

/// Where the lists of this node are.
fn listed(desk: &Desk<'_>, list: Expr) -> Made {
    Made::step(Step::call("set", Data::value(list)), Reading::many(Expr::name(desk.id.clone())))
}

/// All items become one.
fn aggregate(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let items = desk.items();
    let reading = Reading::one(Expr::name(desk.id.clone()));
    if node.text("aggregate", "aggregateIndividualFields") == "aggregateAllItemData" {
        let name = node.text("destinationFieldName", "data").to_owned();
        let fields = |path: &str| {
            node.text(path, "")
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(Expr::text)
                .collect::<Vec<_>>()
        };
        let item = Expr::name("item");
        let items = match node.text("include", "allFields") {
            "specifiedFields" => {
                let picked = item.method("pick", [Expr::List(fields("fieldsToInclude"))]);
                items.method("map", [Expr::closure("item", picked)])
            }
            "allFieldsExcept" => {
                let left = item.method("omit", [Expr::List(fields("fieldsToExclude"))]);
                items.method("map", [Expr::closure("item", left)])
            }
            _ => items,
        };
        // A list that is there already needs no step of its own.
        return Ok(Made::step(
            Step::call("set", Data::map([(name.clone(), Data::value(items))])),
            reading.shaped(Shape::Known(vec![name])),
        ));
    }
    let given = ["fieldsToAggregate.fieldToAggregate", "fieldsToAggregate.fieldToAggregate"];
    let mut fields = Vec::new();
    for field in node.get(given[0]).as_array().cloned().unwrap_or_default() {
        let Some(path) = field["fieldToAggregate"].as_str().map(|path| path.trim_start_matches('=')) else { continue };
        let own = path.rsplit('.').next().unwrap_or(path);
        let renames = field["renameField"] == Value::Bool(true);
        let name = field["outputFieldName"].as_str().filter(|name| renames && !name.is_empty()).unwrap_or(own);
        let item = Reading::one(Expr::name("item"));
        let values = items.clone().method("map", [Expr::closure("item", self::path(&item, path))]);
        let values = if node.flag("options.mergeLists") { values.method("flatten", []) } else { values };
        fields.push((name.to_owned(), Data::value(values)));
    }
    if fields.is_empty() {
        return Err("no fields are named that it should aggregate".to_owned());
    }
    let keys = fields.iter().map(|(key, _)| key.clone()).collect();
    Ok(Made::step(Step::call("set", Data::Map(fields)), reading.shaped(Shape::Known(keys))))
}

fn sort(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let items = desk.items();
    match node.text("type", "simple") {
        "random" => return Ok(listed(desk, items.method("shuffle", []))),
        "simple" => {}
        _ => return Err("it sorts by code".to_owned()),
    }
    let fields = node.get("sortFieldsUi.sortField").as_array().cloned().unwrap_or_default();
    // What is sorted last counts most.
    let sorted = fields.iter().rev().fold(items, |items, field| {
        let name = Expr::text(field["fieldName"].as_str().unwrap_or_default());
        let order = (field["order"] == "descending").then(|| Expr::text("desc"));
        items.method("sort_by", std::iter::once(name).chain(order))
    });
    Ok(listed(desk, sorted))
}

fn limit(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let given = node.get("maxItems").clone();
    let count = if given.is_null() { Expr::Int(1) } else { desk.say_expr(&given) };
    let items = desk.items();
    let limited = match node.text("keep", "firstItems") {
        "lastItems" => items.method("reverse", []).method("take", [count]).method("reverse", []),
        _ => items.method("take", [count]),
    };
    Ok(listed(desk, limited))
}

fn distinct(desk: &mut Desk<'_>) -> Result<Made, Refused> {
    let node = desk.node;
    let items = desk.items();
    let names = |path: &str| {
        node.text(path, "")
            .split(',')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect::<Vec<_>>()
    };
    let kept = match node.text("compare", "allFields") {
        "allFields" => items.method("distinct", []),
        "selectedFields" => {
            let fields = names("fieldsToCompare");
            match fields.as_slice() {
                [one] => items.method("distinct_by", [Expr::text(one.as_str())]),
                several => {
                    let keys = several.iter().map(|name| Expr::name("item").maybe(name.as_str())).collect();
                    items.method("distinct_by", [Expr::closure("item", Expr::List(keys))])
                }
            }
        }
        _ => {
            let fields = names("fieldsToExclude").into_iter().map(Expr::text).collect();
            let rest = Expr::name("item").method("omit", [Expr::List(fields)]);
            items.method("distinct_by", [Expr::closure("item", rest)])
        }
    };
    Ok(listed(desk, kept))
}
