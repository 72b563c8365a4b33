//! Every example of the library is run, and every table line is complete.

use super::*;
use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, Moment, Names};
use std::collections::BTreeSet;

struct Nothing;

impl Names for Nothing {
    fn get(&self, _: &str) -> Option<Dynamic> {
        None
    }
}

#[test]
fn examples_give_what_the_reference_says() {
    let moment = Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 };
    for function in all() {
        let expression = Expression::compile(function.example, &|_| Place::default())
            .unwrap_or_else(|error| panic!("{}: {error:?}", function.name));
        let value = expression.eval(&Nothing, &moment).unwrap_or_else(|error| panic!("{}: {error:?}", function.name));
        assert_eq!(String::from_utf8_lossy(&data::to_text(&value)), function.result, "{}", function.example);
    }
}

#[test]
fn every_line_is_complete() {
    let mut names = BTreeSet::new();
    for function in all() {
        assert!(names.insert(function.name), "{} stands twice", function.name);
        assert!(function.signature.starts_with(&format!("{}(", function.name)), "{}", function.signature);
        assert!(function.signature.contains(") -> "), "{}", function.signature);
        assert!(function.example.contains(function.name), "{}", function.example);
        assert!(function.doc.ends_with('.'), "{}", function.doc);
        assert!(function.errors.is_empty() || function.errors.ends_with('.'), "{}", function.errors);
        assert!(find(function.name).is_some());
    }
}

#[test]
fn signatures_say_how_many_arguments() {
    let truncate = find("truncate").unwrap();
    let accepted: Vec<usize> = (0..6).filter(|count| truncate.accepts(*count)).collect();
    assert_eq!(accepted, [2, 3]);
    assert!(find("now").unwrap().accepts(0));
    assert!(!find("now").unwrap().accepts(2));
}

#[test]
fn what_others_call_it_leads_to_ours() {
    for (name, expected) in
        [("toUpperCase", Some("upper")), ("conatins", Some("contains")), ("uper", Some("upper")), ("zzzzzz", None)]
    {
        assert_eq!(nearest(name), expected, "{name}");
    }
}

#[test]
fn hostile_queries_end_in_errors() {
    let moment = Moment { now: 0, seed: 0, first_line: 0 };
    for query in [
        format!("$[?{}@.a{}]", "(".repeat(490), ")".repeat(490)),
        format!("$[?{}@.a]", "!".repeat(900)),
        format!("{}1", "$[?@.a == ".repeat(90)),
        "$..*..*..*..*".to_owned(),
        "$[".repeat(400),
        "x".repeat(5_000),
    ] {
        let source = format!("[#{{a: 1}}].path({query:?})");
        if let Ok(expression) = Expression::compile(&source, &|_| Place::default()) {
            let _ = expression.eval(&Nothing, &moment);
        }
    }
}

#[test]
fn dates_at_their_edges() {
    known::check(include_str!("../../testdata/functions/dates.txt"));
}

#[test]
fn texts_at_their_edges() {
    known::check(include_str!("../../testdata/functions/text.txt"));
}

#[test]
fn patterns_at_their_edges() {
    known::check(include_str!("../../testdata/functions/regex.txt"));
}

#[test]
fn numbers_at_their_edges() {
    known::check(include_str!("../../testdata/functions/numbers.txt"));
}

#[test]
fn lists_and_maps_at_their_edges() {
    known::check(include_str!("../../testdata/functions/lists.txt"));
}

#[test]
fn names_from_elsewhere_lead_to_functions() {
    for (other, ours) in elsewhere::NAMES {
        assert!(find(ours).is_some(), "{other} leads to {ours}, which is none");
        assert!(find(other).is_none(), "{other} is a function itself");
    }
}
