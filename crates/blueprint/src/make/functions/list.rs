//! Functions for lists and maps.

use super::{Arguments, Type, Typed, maybe, sure};
use crate::ours::{Expr, Operator};

/// How deep lists are flattened where nothing is said of it.
const ALL_LEVELS: i64 = 100;

pub(super) fn call(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    match name {
        "first" | "last" => maybe(given.next().into_list().method(name, []), Type::Any),
        "map" => mapped(given),
        "join" => {
            let (list, separator) = (given.next().into_list(), given.next().into_text());
            sure(list.method("join", [separator]), Type::Text)
        }
        "add" => {
            let list = given.next().into_list();
            let added = given.all().into_iter().fold(list, |list, item| list.method("add", [item.expr]));
            sure(added, Type::List)
        }
        "remove" => {
            let list = given.next().into_list();
            let rest = given.all().into_iter().fold(list, |list, item| list.method("without", [item.expr]));
            sure(rest, Type::List)
        }
        "merge" => {
            let lists = given.all().into_iter().map(Typed::into_list);
            sure(lists.reduce(|all, next| all.binary(Operator::Plus, next)).unwrap_or(Expr::List(vec![])), Type::List)
        }
        "sort" => sort(given),
        "reverse" | "shuffle" => sure(given.next().into_list().method(name, []), Type::List),
        "slice" => {
            let (list, from) = (given.next().into_list(), given.next().into_number());
            let to = given.given().map(Typed::into_number);
            sure(list.method("slice", [from].into_iter().chain(to)), Type::List)
        }
        "flatten" => {
            let list = given.next().into_list();
            let levels = given.given().map_or(Expr::Int(ALL_LEVELS), Typed::into_number);
            sure(list.method("flatten", [levels]), Type::List)
        }
        "distinct" | "deduplicate" => {
            let list = given.next().into_list();
            sure(
                match given.given() {
                    None => list.method("distinct", []),
                    Some(key) => list.method("distinct_by", [by(key)]),
                },
                Type::List,
            )
        }
        "keys" => sure(given.next().expr.method("keys", []), Type::List),
        "toArray" => sure(given.next().expr.method("entries", []), Type::List),
        "toCollection" => {
            let list = given.next().into_list();
            let names = given.all().into_iter().map(Typed::into_text);
            sure(list.method("from_entries", names), Type::Map)
        }
        "arrayDiff" | "arrayDifference" => pair("difference", given),
        "arrayIntersect" => pair("intersection", given),
        _ => None,
    }
}

fn pair(ours: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (list, other) = (given.next().into_list(), given.next().into_list());
    if let Some(mode) = given.given()
        && mode.as_literal() == Some("symmetric")
    {
        return sure(list.method("symmetric_difference", [other]), Type::List);
    }
    sure(list.method(ours, [other]), Type::List)
}

/// `item?.a?.b` of a dotted path.
fn at_path(path: &str) -> Expr {
    path.split('.').fold(Expr::name("item"), |of, key| of.maybe(key))
}

/// A function that gives the key of an item.
fn by(key: Typed) -> Expr {
    let value = match key.as_literal() {
        Some(path) => at_path(path),
        None => Expr::name("item").method("get", [key.into_text()]),
    };
    Expr::closure("item", value)
}

/// One value of each item, or of those that have one of some values for another key.
fn mapped(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (list, key) = (given.next().into_list(), given.next());
    let (filter_key, values) = (given.given(), given.next());
    let list = match filter_key.as_ref().and_then(Typed::as_literal) {
        Some(path) => {
            let allowed = match values.as_literal() {
                Some(values) => Expr::List(values.split(',').map(|value| Expr::text(value.trim())).collect()),
                None => values.into_text().method("split", [Expr::text(",")]),
            };
            let fits = at_path(path).method("to_text", []).binary(Operator::In, allowed);
            list.method("filter", [Expr::closure("item", fits)])
        }
        None if filter_key.is_some() => return Some(Err("the key by which `map` filters is computed".to_owned())),
        None => list,
    };
    if key.is_nothing() {
        return sure(list, Type::List);
    }
    sure(list.method("map", [by(key)]), Type::List)
}

/// The order may be left out before a key.
fn sort(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let list = given.next().into_list();
    let (first, second) = (given.given(), given.given());
    let is_order =
        |typed: &Typed| typed.as_literal().is_some_and(|text| ["asc", "desc", "asc ci", "desc ci"].contains(&text));
    let (order, key) = match (first, second) {
        (Some(first), None) if !is_order(&first) => (None, Some(first)),
        other => other,
    };
    let order = order.map(Typed::into_text).filter(|order| *order != Expr::text("asc"));
    let sorted = match key {
        None => list.method("sort", order),
        Some(key) => list.method("sort_by", [by(key)].into_iter().chain(order)),
    };
    sure(sorted, Type::List)
}
