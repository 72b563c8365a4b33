//! W0507: a text compared with a number, as far as types are known without running: literals, operators, what functions
//! give, and what a request's values always are.

use super::nodes::visit;
use super::outline::{Code, Outline};
use crate::diagnostic::{Diagnostic, Fix};
use crate::expression::code::{Binary, Callee, Kind, Link, Node, Step};

/// Fields of `trigger` whose values are always texts.
const TEXTS: &[&str] = &["query", "headers", "params"];
const COMPARISONS: &[Binary] =
    &[Binary::Equal, Binary::NotEqual, Binary::Less, Binary::LessOrEqual, Binary::Greater, Binary::GreaterOrEqual];

/// A type that matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Text,
    Number,
    Other,
}

pub(super) fn find(outline: &Outline<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for step in outline.all_steps() {
        for code in &step.codes {
            visit(code.expression.root(), &mut |node| findings.extend(comparison(outline, code, node)));
        }
    }
    findings
}

fn comparison(outline: &Outline<'_>, code: &Code<'_>, node: &Node) -> Option<Diagnostic> {
    let Kind::Binary(operator, sides) = &node.kind else { return None };
    let (left, right) = (&sides.0, &sides.1);
    let (text, number) = match (type_of(left), type_of(right)) {
        (Some(Type::Text), Some(Type::Number)) => (left, right),
        (Some(Type::Number), Some(Type::Text)) => (right, left),
        _ => return None,
    };
    if !COMPARISONS.contains(operator) {
        return None;
    }
    let finding = Diagnostic::text_and_number(left.place, operator.symbol(), shown(text).as_deref());
    Some(match fix(outline, code, *operator, text, number) {
        Some(fix) => finding.fix(fix),
        None => finding,
    })
}

/// What mends it beyond doubt: a number that was put in quotes, or a text that is compared with a number for being the
/// same.
fn fix(outline: &Outline<'_>, code: &Code<'_>, operator: Binary, text: &Node, number: &Node) -> Option<Fix> {
    if let Some(literal) = literal_text(text) {
        literal.parse::<f64>().ok()?;
        return Some(Fix::replace(text.place, &format!("\"{literal}\""), &literal));
    }
    let Kind::Constant(value) = &number.kind else { return None };
    let digits = value.as_int().ok()?.to_string();
    let quoted = match code.node.written(outline.source).starts_with('"') {
        true => format!("\\\"{digits}\\\""),
        false => format!("\"{digits}\""),
    };
    matches!(operator, Binary::Equal | Binary::NotEqual).then(|| Fix::replace(number.place, &digits, &quoted))
}

/// The type of a value, where it is known.
fn type_of(node: &Node) -> Option<Type> {
    match &node.kind {
        Kind::Constant(value) if value.is_int() || value.is_float() => Some(Type::Number),
        Kind::Constant(value) if value.is_string() => Some(Type::Text),
        Kind::Constant(_) => Some(Type::Other),
        Kind::Text(_) => Some(Type::Text),
        Kind::Unary(..) => None,
        Kind::Chain { root, links } => chain(root, links),
        Kind::Call { function, .. } => given(function),
        Kind::Coalesce(sides) => same(sides.iter().map(type_of)),
        Kind::If(parts) => same([type_of(&parts[1]), type_of(&parts[2])].into_iter()),
        Kind::Block { statements, locals: 0 } => statements.last().and_then(type_of),
        Kind::Binary(Binary::Add, sides) => same([type_of(&sides.0), type_of(&sides.1)].into_iter()),
        Kind::Binary(Binary::Subtract | Binary::Multiply | Binary::Divide | Binary::Remainder, _) => Some(Type::Number),
        _ => None,
    }
}

fn chain(root: &Node, links: &[Link]) -> Option<Type> {
    if let Some(Link { step: Step::Method { function, .. }, optional: false, .. }) = links.last() {
        return given(function);
    }
    let of_trigger = matches!(&root.kind, Kind::Name { name, .. } if name == "trigger");
    match links {
        [Link { step: Step::Property(field), .. }, Link { step: Step::Property(_) | Step::Index(_), .. }]
            if of_trigger && TEXTS.contains(&field.as_str()) =>
        {
            Some(Type::Text)
        }
        _ => None,
    }
}

/// What a function of the library gives, as its signature says.
fn given(function: &Callee) -> Option<Type> {
    let Callee::Library(function) = function else { return None };
    let (_, given) = function.signature.rsplit_once("->")?;
    match given.trim() {
        "text" => Some(Type::Text),
        "number" | "whole number" | "int" => Some(Type::Number),
        "bool" | "list" | "map" => Some(Type::Other),
        _ => None,
    }
}

/// The type of all of them, where they have one.
fn same(mut types: impl Iterator<Item = Option<Type>>) -> Option<Type> {
    let first = types.next()??;
    types.all(|other| other == Some(first)).then_some(first)
}

fn literal_text(node: &Node) -> Option<String> {
    match &node.kind {
        Kind::Constant(value) if value.is_string() => value.clone().into_string().ok(),
        _ => None,
    }
}

/// How a text is called, where that is short.
fn shown(node: &Node) -> Option<String> {
    if let Some(literal) = literal_text(node) {
        return Some(format!("\"{literal}\""));
    }
    if let Kind::Chain { root, links } = &node.kind
        && let Kind::Name { name, .. } = &root.kind
        && let [Link { step: Step::Property(field), .. }, Link { step: Step::Property(key), .. }] = links.as_slice()
    {
        return Some(format!("{name}.{field}.{key}"));
    }
    None
}
