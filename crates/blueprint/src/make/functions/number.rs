//! Functions for numbers.

use super::{Arguments, Type, Typed, sure};
use crate::ours::Expr;

pub(super) fn call(name: &str, given: &mut Arguments) -> Option<Result<Typed, String>> {
    let of_list = |ours: &str, given: &mut Arguments| {
        let list = numbers(given.all());
        sure(list.method(ours, []), Type::Number)
    };
    match name {
        "abs" | "ceil" | "floor" => sure(given.next().into_number().method(name, []), Type::Number),
        "round" | "trunc" => {
            let number = given.next().into_number();
            let digits = given.given().map(Typed::into_number).filter(|digits| *digits != Expr::Int(0));
            sure(number.method(name, digits), Type::Number)
        }
        "average" => of_list("avg", given),
        "max" | "min" | "sum" | "median" => of_list(name, given),
        "stdevS" => of_list("stdev", given),
        "stdevP" => of_list("stdev_population", given),
        "parseNumber" => {
            let text = given.next();
            let point = given.given().map(Typed::into_text).filter(|point| *point != Expr::text("."));
            if text.of == Type::Number && point.is_none() {
                return sure(text.expr, Type::Number);
            }
            let text = if text.may_miss { text.expr.or_else(Expr::Int(0)) } else { text.expr };
            sure(text.method("parse_number", point), Type::Number)
        }
        "formatNumber" => {
            let (number, digits) = (given.next().into_number(), given.next());
            let digits = if digits.is_nothing() { Expr::Int(0) } else { digits.into_number() };
            let mut sign = |usual: &str| given.given().map_or_else(|| Expr::text(usual), Typed::into_text);
            let (point, thousands) = (sign(","), sign("."));
            sure(number.method("format_number", [digits, point, thousands]), Type::Text)
        }
        _ => None,
    }
}

/// The arguments as a list of numbers: one argument is the list itself.
fn numbers(mut given: Vec<Typed>) -> Expr {
    if given.len() == 1
        && let Some(list) = given.pop()
    {
        if list.of == Type::Number {
            return Expr::List(vec![list.expr]);
        }
        let known = matches!(&list.expr, Expr::List(items) if items.iter().all(|it| matches!(it, Expr::Int(_) | Expr::Float(_))));
        let items = list.into_list();
        let parsed = Expr::closure("number", Expr::name("number").method("parse_number", []));
        return if known { items } else { items.method("map", [parsed]) };
    }
    Expr::List(given.into_iter().map(Typed::into_number).collect())
}
