//! Known answers: `testdata/functions/*.txt`, whose values come from standards and from other programs.

use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, ExpressionError, Moment, Names};
use rhai::Dynamic;
use std::fmt::Write;

const MOMENT: Moment = Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 };

struct Nothing;

impl Names for Nothing {
    fn get(&self, _: &str) -> Option<Dynamic> {
        None
    }
}

fn eval(source: &str) -> Result<String, ExpressionError> {
    let compiled = Expression::compile(source, &|_| Place::default());
    let value = compiled.unwrap_or_else(|error| panic!("{source}: {error:?}")).eval(&Nothing, &MOMENT)?;
    Ok(String::from_utf8(data::to_text(&value)).unwrap())
}

pub(super) fn check(cases: &str) {
    let mut wrong = String::new();
    for line in cases.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")) {
        let (source, expected, fails) = match (line.rsplit_once(" => "), line.rsplit_once(" !> ")) {
            (Some((source, expected)), _) => (source, expected, false),
            (None, Some((source, expected))) => (source, expected, true),
            (None, None) => panic!("no arrow: {line}"),
        };
        match eval(source) {
            Ok(value) if !fails && value == expected => {}
            Err(error) if fails && error.message.contains(expected) => {}
            other => writeln!(wrong, "{source}\n  expected {expected}\n  got      {other:?}").unwrap(),
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn digests_codes_and_ciphers() {
    check(include_str!("../../testdata/functions/crypto.txt"));
}

#[test]
fn encodings() {
    check(include_str!("../../testdata/functions/encoding.txt"));
}

#[test]
fn json_and_jsonpath() {
    check(include_str!("../../testdata/functions/json.txt"));
}

#[test]
fn formats() {
    check(include_str!("../../testdata/functions/formats.txt"));
}

#[test]
fn checks_and_identifiers() {
    check(include_str!("../../testdata/functions/checks.txt"));
}
