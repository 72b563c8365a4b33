//! Make's expressions give here what Make's documentation says that they give.

use super::*;
use crate::make::iml::{Piece, parse};
use crate::ours::Text;
use proptest::prelude::*;
use scenario::diagnostic::Place;
use scenario::expression::{Moment, Names, Template};
use serde_json::Value;

const HERE: Place = Place { line: 1, column: 1 };

/// 2026-11-23T10:20:30.456Z.
const NOW: i64 = 1_795_429_230_456;

/// Module 1 gave what the cases say; the step is called `data`.
struct Data;

impl Bundles for Data {
    fn find(&self, module: &str, path: &[Segment]) -> Result<(Typed, usize), String> {
        match (module, path.first()) {
            ("1", Some(Segment::Key(key))) => Ok((Typed::maybe(Expr::name("data").maybe(key.as_str()), Type::Any), 1)),
            ("1", _) => Ok((Typed::sure(Expr::name("data"), Type::Map), 0)),
            _ => Err(format!("there is no module {module}")),
        }
    }

    fn word(&self, _: &str) -> Option<Typed> {
        None
    }
}

struct Known(Value);

impl Names for Known {
    fn get(&self, name: &str) -> Option<rhai::Dynamic> {
        match name {
            "data" => Some(scenario::data::of(&self.0)),
            "run" => Some(scenario::data::of(&serde_json::json!({ "id": "r1", "scenario": "orders" }))),
            _ => None,
        }
    }
}

/// What a string of a blueprint is in ours.
fn said(text: &str) -> Result<Text, String> {
    let pieces = parse(text).pieces;
    if let [Piece::Value(iml)] = pieces.as_slice() {
        return translate(iml, &Data).map(|typed| Text::value(typed.expr));
    }
    let part = |piece: Piece| match piece {
        Piece::Text(text) | Piece::Unreadable(text) => Ok(crate::ours::Part::Literal(text)),
        Piece::Value(iml) => translate(&iml, &Data).map(Typed::into_part),
    };
    pieces.into_iter().map(part).collect::<Result<Vec<_>, _>>().map(Text::of)
}

fn value(text: &str, data: &Value) -> Result<(String, Value), String> {
    let ours = said(text)?.to_string();
    let template = Template::parse(&ours, &|_| HERE).map_err(|found| format!("{ours}: {}", found[0].message))?;
    let moment = Moment { now: NOW, seed: 7, first_line: 1 };
    let value = template.render(&Known(data.clone()), &moment).map_err(|error| format!("{ours}: {}", error.message))?;
    Ok((ours, value))
}

fn is_same(found: &Value, expected: &Value) -> bool {
    match (found, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() < 1e-9
        }
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| is_same(a, b)))
        }
        (a, b) => a == b,
    }
}

#[test]
fn expressions_give_what_make_documents() {
    let cases =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/make-values.yaml")).expect("cases");
    let cases = scenario::value(&cases).expect("sound cases");
    let data = &cases["data"];
    let list = cases["cases"].as_array().expect("a list");
    let mut wrong = Vec::new();
    for case in list {
        let text = case["make"].as_str().expect("an expression");
        match value(text, data) {
            Ok((ours, found)) if !is_same(&found, &case["gives"]) => {
                wrong.push(format!("{text}\n  {ours}\n  gives {found}, not {}", case["gives"]));
            }
            Ok((ours, _)) if case["ours"].as_str().is_some_and(|expected| expected != ours) => {
                wrong.push(format!("{text}\n  is said as {ours}\n  and not as {}", case["ours"]));
            }
            Ok(_) => {}
            Err(error) => wrong.push(format!("{text}\n  {error}")),
        }
    }
    assert!(wrong.is_empty(), "{} of {} are wrong:\n{}", wrong.len(), list.len(), wrong.join("\n"));
    assert!(list.len() >= 200, "{} cases", list.len());
}

#[test]
fn what_cannot_be_said_is_told() {
    for (text, reason) in [
        ("{{2.a}}", "there is no module 2"),
        ("{{nobody}}", "`nobody` names no module, and no keyword of Make"),
        ("{{isBlank(1.a)}}", "Make has no function `isBlank` that is known here"),
        ("{{replace(1.a; \"/(?=x)/\"; \"\")}}", "patterns cannot look around with `(?=` here"),
    ] {
        assert_eq!(said(text), Err(reason.to_owned()), "{text}");
    }
}

proptest! {
    #[test]
    fn whatever_is_translated_compiles(text in "(\\{\\{[1-2](\\.[a-z]{1,3}|\\[\\]|\\.`[^`}]{1,4}`){0,3}( ?[-+*/=<>&|] ?(\"[a-z{}]{0,3}\"|[0-9]{1,2}|now|1\\.x))?\\}\\}|[a-z {}\"]{0,4}){1,4}") {
        if let Ok(ours) = said(&text) {
            let ours = ours.to_string();
            prop_assert!(Template::parse(&ours, &|_| HERE).is_ok(), "{text} became {ours}");
        }
    }
}
