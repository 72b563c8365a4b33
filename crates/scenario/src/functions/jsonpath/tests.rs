//! The walk finds what the library that parses the queries finds in JSON.

use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, ExpressionError, Moment, Names};
use jsonpath_rust::JsonPath;
use proptest::prelude::*;
use rhai::Dynamic;
use serde_json::{Value, json};

struct World(Dynamic);

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "value").then(|| self.0.clone())
    }
}

fn found(value: &Value, query: &str) -> Result<Vec<Value>, ExpressionError> {
    let source = format!("value.path({})", json!(query));
    let expression = Expression::compile(&source, &|_| Place::default()).unwrap();
    let found = expression.eval(&World(data::of(value)), &Moment { now: 0, seed: 0, first_line: 0 })?;
    match data::to_json(&found) {
        Value::Array(found) => Ok(found),
        other => panic!("{other}"),
    }
}

/// Keys in alphabetical order, so that both walk in the same order.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        "[abx]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn queries() -> impl Strategy<Value = String> {
    let end = || prop::option::of(-3_i64..4).prop_map(|end| end.map_or(String::new(), |end| end.to_string()));
    let slice = (end(), end(), prop::sample::select(vec!["", ":1", ":2", ":-1", ":-2"]))
        .prop_map(|(from, to, step)| format!("[{from}:{to}{step}]"));
    let filter = prop::sample::select(vec![
        "@.a",
        "!@.b",
        "@ == 1",
        "@.a == @.b",
        "@.a != null",
        "@ > 0 && @ <= 2",
        "@.a || @.c",
        "length(@) == 2",
        "@.a >= 'a'",
        "count(@.*) > 1",
        "match(@, 'a.?')",
        "search(@.a, 'x')",
        "(@.a || @.b) && !(@.c)",
        "$[0] == @",
        "@[0]",
        "@.*",
        "@..a",
    ])
    .prop_map(|filter| format!("[?{filter}]"));
    let segment = prop_oneof![
        prop::sample::select(vec![".a", ".b", "['c']", "[0]", "[-1]", "[1]", ".*", "[*]", "[0, 1]", "['a', 'b']"])
            .prop_map(str::to_owned),
        prop::sample::select(vec!["..a", "..*", "..[0]"]).prop_map(str::to_owned),
        slice,
        filter,
    ];
    prop::collection::vec(segment, 0..4).prop_map(|segments| format!("${}", segments.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn as_the_reference_finds(value in values(), query in queries()) {
        let mut expected: Vec<Value> = value.query(&query).unwrap().into_iter().cloned().collect();
        let mut given = found(&value, &query).unwrap();
        // Of several selectors the library takes one after another, through all nodes.
        if query.contains(',') {
            expected.sort_by_key(Value::to_string);
            given.sort_by_key(Value::to_string);
        }
        prop_assert_eq!(given, expected, "{} of {}", query, value);
    }

    #[test]
    fn any_text_is_a_query_or_an_error(value in values(), query in r"\$[.\[\]?@*'a0:,!=()&|-]{0,40}") {
        let _ = found(&value, &query);
    }
}

/// RFC 9535, 2.5.1.2: what a segment selects of one node comes before what it selects of the next.
#[test]
fn several_selectors_go_node_by_node() {
    let value = json!([{ "b": 0 }, { "a": null, "b": 1 }]);
    assert_eq!(found(&value, "$.*['a', 'b']").unwrap(), [json!(0), json!(null), json!(1)]);
    assert_eq!(found(&value, "$.*['b', 'a']").unwrap(), [json!(0), json!(1), json!(null)]);
}

#[test]
fn work_is_bounded() {
    let wide = json!(vec![vec![0; 100]; 100]);
    let ten = format!("[{}]", ["*"; 10].join(","));
    for query in ["$..[?$..*]", "$[*][?count($..*) > 1]", &format!("${ten}{ten}")] {
        let error = found(&wide, query).unwrap_err();
        assert_eq!(error.code, "limit", "{query}: {error:?}");
    }
    let patterns: Vec<String> = (0..2_000).map(|number| format!("a{number}")).collect();
    let error = found(&json!(patterns), "$[?match('a', @)]").unwrap_err();
    assert_eq!(error.code, "limit");
}
