//! Any query over any value: the first line is the query, the rest is JSON. Where it is none, the query meets a value of
//! every kind.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rhai::Dynamic;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Expression, Moment, Names};
use std::sync::LazyLock;

static EXPRESSIONS: LazyLock<[Expression; 2]> = LazyLock::new(|| {
    ["value.path(query)", "value.path_one(query)"]
        .map(|source| Expression::compile(source, &|_| Place::default()).expect("the sources are constant"))
});

static ANYTHING: LazyLock<Dynamic> = LazyLock::new(|| {
    let text = r#"{"a": [1, 2.5, "x", null, true, {"b": [[], {}, "\u00e9"]}], "b": {"c": -1}, "é": "", "": 0}"#;
    data::parse(text.as_bytes()).expect("the value is JSON")
});

struct World {
    query: Dynamic,
    value: Dynamic,
}

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        match name {
            "query" => Some(self.query.clone()),
            "value" => Some(self.value.clone()),
            _ => None,
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (query, json) = text.split_once('\n').unwrap_or((text, ""));
    let value = data::parse(json.as_bytes()).unwrap_or_else(|_| ANYTHING.clone());
    let world = World { query: query.into(), value };
    for expression in EXPRESSIONS.iter() {
        if let Ok(found) = expression.eval(&world, &Moment { now: 0, seed: 0, first_line: 0 }) {
            assert!(data::parse(&data::to_text(&found)).is_ok());
        }
    }
});
