//! Make's expressions in our language.

use super::functions;
use super::iml::{Iml, Operator as Theirs, Reference, Segment};
use super::typed::{Type, Typed, equal, number};
use crate::ours::{Expr, Operator};

/// What the modules of a blueprint gave, by their ids.
pub(crate) trait Bundles {
    /// What a module gave, as far as its path is known: the value, and how many steps of the path it has taken.
    fn find(&self, module: &str, path: &[Segment]) -> Result<(Typed, usize), String>;

    /// A path whose keys are called otherwise here; none where they are the same.
    fn renamed(&self, _module: &str, _path: &[Segment]) -> Option<Vec<Segment>> {
        None
    }

    /// The value of a word that is no keyword.
    fn word(&self, word: &str) -> Option<Typed>;
}

/// An expression, or why there is none.
pub(crate) fn translate(iml: &Iml, bundles: &dyn Bundles) -> Result<Typed, String> {
    Ok(match iml {
        Iml::Nothing => Typed::nothing(),
        Iml::Text(text) => Typed::text(text.as_str()),
        Iml::Number(value) => Typed::sure(number(*value), Type::Number),
        Iml::Reference(reference) => found(reference, bundles)?,
        Iml::Word(word, path) => {
            let root = match bundles.word(word) {
                Some(known) => known,
                None => keyword(word, path)?,
            };
            if word == "var" { root } else { followed(root, path, bundles)? }
        }
        Iml::Call(name, arguments) => {
            let arguments = arguments.iter().map(|argument| translate(argument, bundles));
            functions::call(name, arguments.collect::<Result<_, _>>()?)?
        }
        Iml::Minus(of) => Typed::sure(Expr::Minus(Box::new(translate(of, bundles)?.into_number())), Type::Number),
        Iml::Not(of) => Typed::sure(translate(of, bundles)?.into_condition().negated(), Type::Bool),
        Iml::Binary(operator, left, right) => {
            operation(*operator, translate(left, bundles)?, translate(right, bundles)?)
        }
    })
}

fn found(reference: &Reference, bundles: &dyn Bundles) -> Result<Typed, String> {
    let renamed = bundles.renamed(&reference.module, &reference.path);
    let path = renamed.as_ref().unwrap_or(&reference.path);
    let (root, taken) = bundles.find(&reference.module, path)?;
    followed(root, path.get(taken..).unwrap_or_default(), bundles)
}

/// What a path leads to; what is missing on the way is nothing.
fn followed(mut value: Typed, path: &[Segment], bundles: &dyn Bundles) -> Result<Typed, String> {
    for segment in path {
        let expr = match segment {
            Segment::Key(key) if value.of == Type::List => value.expr.maybe_item(Expr::Int(0)).maybe(key.as_str()),
            Segment::Key(key) => value.expr.maybe(key.as_str()),
            Segment::First => value.expr.maybe_item(Expr::Int(0)),
            Segment::Item(at) => value.expr.maybe_item(position(translate(at, bundles)?)),
        };
        value = Typed::maybe(expr, Type::Any);
    }
    Ok(value)
}

/// A position that is counted from 1, counted from 0.
pub(super) fn position(at: Typed) -> Expr {
    match at.into_number() {
        Expr::Int(number) if number > 0 => Expr::Int(number - 1),
        other => other.binary(Operator::Minus, Expr::Int(1)),
    }
}

fn keyword(word: &str, path: &[Segment]) -> Result<Typed, String> {
    let text = |text: &str| Typed::text(text);
    Ok(match word {
        "now" => Typed::sure(Expr::call("now", []), Type::Date),
        "timestamp" => Typed::sure(Expr::call("now", []).method("to_unix", []), Type::Number),
        "true" => Typed::sure(Expr::Bool(true), Type::Bool),
        "false" => Typed::sure(Expr::Bool(false), Type::Bool),
        "null" | "ignore" => Typed::nothing(),
        "emptystring" | "erase" => text(""),
        "emptyarray" => Typed::sure(Expr::List(Vec::new()), Type::List),
        "space" => text(" "),
        "nbsp" => text("\u{a0}"),
        "tab" => text("\t"),
        "newline" => text("\n"),
        "carriagereturn" => text("\r"),
        "random" => Typed::sure(Expr::call("random", []), Type::Number),
        "uuid" => Typed::sure(Expr::call("uuid", []), Type::Text),
        "pi" => Typed::sure(Expr::Float(std::f64::consts::PI), Type::Number),
        "executionId" => Typed::sure(Expr::name("run").field("id"), Type::Text),
        "var" => return variable(path),
        _ => return Err(format!("`{word}` names no module, and no keyword of Make")),
    })
}

/// `var.scenario.name` and its like.
fn variable(path: &[Segment]) -> Result<Typed, String> {
    let keys: Vec<&str> = path
        .iter()
        .map(|segment| match segment {
            Segment::Key(key) => key.as_str(),
            _ => "",
        })
        .collect();
    let run = |key: &str| Typed::sure(Expr::name("run").field(key), Type::Text);
    match keys.as_slice() {
        ["scenario", "name" | "id" | "url"] => Ok(run("scenario")),
        ["scenario", "executionId" | "executionUrl"] => Ok(run("id")),
        ["input", rest @ ..] => {
            let body = Expr::name("trigger").field("body");
            Ok(Typed::maybe(rest.iter().fold(body, |of, key| of.maybe(*key)), Type::Any))
        }
        // Variables of a team or an organization are what an operator lets scenarios read.
        ["organization" | "team", name] => Ok(Typed::maybe(Expr::name("env").maybe(*name), Type::Any)),
        _ => Err(format!("`var.{}` is not known here", keys.join("."))),
    }
}

/// `left operator right`, with the conversions that Make makes.
pub(super) fn operation(operator: Theirs, left: Typed, right: Typed) -> Typed {
    let logic = |operator, left: Typed, right: Typed| {
        Typed::sure(left.into_condition().binary(operator, right.into_condition()), Type::Bool)
    };
    match operator {
        Theirs::Or => logic(Operator::Or, left, right),
        Theirs::And => logic(Operator::And, left, right),
        Theirs::Equal => Typed::sure(equal(left, right), Type::Bool),
        Theirs::Unequal => Typed::sure(equal(left, right).negated(), Type::Bool),
        Theirs::Less => order(Operator::Less, left, right),
        Theirs::LessOrEqual => order(Operator::LessOrEqual, left, right),
        Theirs::Greater => order(Operator::Greater, left, right),
        Theirs::GreaterOrEqual => order(Operator::GreaterOrEqual, left, right),
        Theirs::Plus => sum(left, right),
        Theirs::Minus if left.of == Type::Date || right.of == Type::Date => {
            Typed::sure(left.into_date().method("date_diff", [right.into_date()]), Type::Number)
        }
        Theirs::Minus => arithmetic(Operator::Minus, left, right),
        Theirs::Times => arithmetic(Operator::Times, left, right),
        Theirs::Divided => quotient(left, right),
        Theirs::Remainder => arithmetic(Operator::Remainder, left, right),
    }
}

fn arithmetic(operator: Operator, left: Typed, right: Typed) -> Typed {
    Typed::sure(left.into_number().binary(operator, right.into_number()), Type::Number)
}

/// Whole numbers are divided without losing the rest.
fn quotient(left: Typed, right: Typed) -> Typed {
    let (left, right) = (left.into_number(), right.into_number());
    let (left, right) = match (left, right) {
        (left, Expr::Int(number)) => (left, Expr::Float(number as f64)),
        (Expr::Int(number), right) => (Expr::Float(number as f64), right),
        (left, right) => (left.binary(Operator::Times, Expr::Float(1.0)), right),
    };
    Typed::sure(left.binary(Operator::Divided, right), Type::Number)
}

/// Numbers are added; where one is a text, they are put together.
fn sum(left: Typed, right: Typed) -> Typed {
    let is_text = |typed: &Typed| matches!(typed.of, Type::Text | Type::Date);
    if is_text(&left) || is_text(&right) {
        let part = |typed: Typed| match (typed.may_miss, typed.of, typed.expr) {
            (true, _, expr) => expr.or_else(Expr::text("")),
            (false, Type::Any, expr) => expr.method("to_text", []),
            (false, _, expr) => expr,
        };
        return Typed::sure(part(left).binary(Operator::Plus, part(right)), Type::Text);
    }
    if left.of == Type::Any && right.of == Type::Any {
        let part = |typed: Typed| if typed.may_miss { typed.expr.or_else(Expr::text("")) } else { typed.expr };
        return Typed::sure(part(left).binary(Operator::Plus, part(right)), Type::Any);
    }
    arithmetic(Operator::Plus, left, right)
}

pub(super) fn order(operator: Operator, left: Typed, right: Typed) -> Typed {
    let is_date = left.of == Type::Date || right.of == Type::Date;
    let compared = if is_date {
        let zero = Expr::Int(0);
        match operator {
            Operator::Less => left.into_date().method("is_before", [right.into_date()]),
            Operator::Greater => left.into_date().method("is_after", [right.into_date()]),
            other => left.into_date().method("date_diff", [right.into_date()]).binary(other, zero),
        }
    } else {
        left.into_number().binary(operator, right.into_number())
    };
    Typed::sure(compared, Type::Bool)
}

#[cfg(test)]
mod tests;
