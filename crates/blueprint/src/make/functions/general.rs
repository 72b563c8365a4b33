//! Functions for values of any kind.

use super::{Arguments, Type, Typed, maybe, sure};
use crate::make::expression::position;
use crate::make::typed::equal;
use crate::ours::Expr;

pub(super) fn call(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    match name {
        "if" => choice(given),
        "ifempty" => {
            let (value, otherwise) = (given.next(), given.next());
            let of = if value.of == otherwise.of { value.of } else { Type::Any };
            let typed =
                Typed { expr: value.expr.method("if_empty", [otherwise.expr]), of, may_miss: otherwise.may_miss };
            Some(Ok(typed))
        }
        "switch" => switch(given),
        "get" => get(given),
        "omit" | "pick" => {
            let map = given.next().expr;
            let keys = given.all().into_iter().map(Typed::into_text).collect();
            sure(map.method(name, [Expr::List(keys)]), Type::Map)
        }
        "equal" => sure(equal(given.next(), given.next()), Type::Bool),
        "mergeCollections" => sure(given.next().expr.method("merge", [given.next().expr]), Type::Map),
        // They are words as well.
        "now" => sure(Expr::call("now", []), Type::Date),
        "random" => sure(Expr::call("random", []), Type::Number),
        "uuid" => sure(Expr::call("uuid", []), Type::Text),
        _ => None,
    }
}

fn choice(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let condition = given.next().into_condition();
    let (then, otherwise) = (given.next(), given.next());
    let of = if then.of == otherwise.of { then.of } else { Type::Any };
    let may_miss = then.may_miss || otherwise.may_miss;
    Some(Ok(Typed { expr: condition.choose(then.expr, otherwise.expr), of, may_miss }))
}

fn switch(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let value = given.next();
    let mut rest = given.all();
    let otherwise = if rest.len() % 2 == 1 { rest.pop() } else { None }.unwrap_or_else(Typed::nothing);
    let mut chosen = otherwise;
    while let (Some(result), Some(key)) = (rest.pop(), rest.pop()) {
        let of = if chosen.of == result.of { chosen.of } else { Type::Any };
        let may_miss = chosen.may_miss || result.may_miss;
        chosen = Typed { expr: equal(value.clone(), key).choose(result.expr, chosen.expr), of, may_miss };
    }
    Some(Ok(chosen))
}

/// A path is dotted, and counts from 1.
fn get(given: &mut Arguments) -> Option<Result<Typed, String>> {
    let (value, path) = (given.next(), given.next());
    let expr = match (&path.expr, path.of) {
        (Expr::Text(text), _) if !text.is_empty() => text.split('.').fold(value.expr, |of, key| match key.parse() {
            Ok(at @ 1_i64..) => of.maybe_item(Expr::Int(at - 1)),
            _ => of.maybe(key),
        }),
        (_, Type::Number) => value.expr.maybe_item(position(path)),
        _ if value.of == Type::List => value.expr.maybe_item(position(path)),
        _ => value.expr.method("get", [path.into_text()]),
    };
    maybe(expr, Type::Any)
}
