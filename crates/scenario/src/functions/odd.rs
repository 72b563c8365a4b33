//! Functions with arguments that are nearly right: dates, formats, patterns, closures and numbers at their limits.

use super::{Function, all};
use crate::data;
use crate::diagnostic::Place;
use crate::expression::{Expression, ExpressionError, Moment, Names};
use proptest::prelude::*;
use rhai::Dynamic;

struct Nothing;

impl Names for Nothing {
    fn get(&self, _: &str) -> Option<Dynamic> {
        None
    }
}

const ARGUMENTS: &[&str] = &[
    "()",
    "true",
    "0",
    "1",
    "-1",
    "2",
    "36",
    "100000",
    "9223372036854775807",
    "-9223372036854775807 - 1",
    "0.5",
    "-0.0",
    "1e308",
    "5e-324",
    r#""""#,
    r#"" ""#,
    r#""abc""#,
    r#""日本 ß İ""#,
    r#""e\u0301👩\u200d👩""#,
    r#""9999-12-30T23:59:59.999Z""#,
    r#""0000-01-01""#,
    r#""2026-03-29T02:30[Europe/Prague]""#,
    r#""2026-02-30""#,
    r#""2026-11-22T10:30:00+25:59""#,
    r#""Sun, 22 Nov 2026 10:30:00 +0100""#,
    r#""Europe/Prague""#,
    r#""+13:45""#,
    r#""year""#,
    r#""weeks""#,
    r#""YYYY-MM-DDTHH:mm:ss.SSSZ [x""#,
    r#""x X Do gggg ww""#,
    r#""%Y-%j %s %Q %:z""#,
    r#""%999999Y""#,
    r#""%""#,
    "`(a|b)*?\\w+$`",
    "`(?<n>.)?`",
    "`[`",
    r#""$1${n}$$""#,
    r#""a.b[0].""#,
    r#""desc ci""#,
    r#""EUR""#,
    r#""1.234,5""#,
    r#""a".repeat(3000)"#,
    "[]",
    "[1, 2.5, 2]",
    r#"["b", "a", ()]"#,
    r#"[["a", 1], [2]]"#,
    r#"[#{a: #{b: 1}}, #{a: 2}]"#,
    "[[[[[]]]]]",
    "(0..3000)",
    "#{}",
    r#"#{a: 1, b: #{c: [()]}, "": "x"}"#,
    r#"#{key: "k", value: 1}"#,
    "|x| x",
    "|x, y| [x, y]",
    "|x, y, z| x",
    "|x| x == x",
    "|| 1",
    r#"|x| "k""#,
];

fn call(function: &Function, arguments: &[&str]) -> Result<Dynamic, ExpressionError> {
    let source = format!("{}({})", function.name, arguments.join(", "));
    let compiled = Expression::compile(&source, &|_| Place::default());
    let compiled = compiled.unwrap_or_else(|error| panic!("{source}: {error:?}"));
    compiled.eval(&Nothing, &Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn every_function_gives_json_or_a_fault(arguments in prop::collection::vec(prop::sample::select(ARGUMENTS), 5)) {
        for function in all() {
            for count in (0..=arguments.len()).filter(|count| function.accepts(*count)) {
                match call(function, &arguments[..count]) {
                    Ok(value) => prop_assert!(data::parse(&data::to_text(&value)).is_ok()),
                    Err(error) => prop_assert!(!error.message.is_empty()),
                }
            }
        }
    }
}

#[test]
fn every_argument_alone_and_twice() {
    for function in all() {
        for argument in ARGUMENTS {
            for count in (1..=5).filter(|count| function.accepts(*count)) {
                let _ = call(function, &vec![*argument; count]);
            }
        }
    }
}
