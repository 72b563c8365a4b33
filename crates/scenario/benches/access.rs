//! What reading one property of a large body costs: `cargo bench -p scenario`. A body is shared, so nothing of it is
//! copied, and the time must not grow with its size. And how long the scripts last that do nothing but reach a limit.

#![allow(clippy::disallowed_types, reason = "a measurement needs a clock")]

use rhai::Dynamic;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Expression, Moment, Names, Script};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one evaluation may take, whatever the size of the body.
const BOUND: Duration = Duration::from_micros(50);

/// How long a script may take that runs into a limit.
const LONGEST: Duration = Duration::from_secs(1);

/// Scripts that would go on for ever: each with another kind of work.
const ENDLESS: &[&str] = &[
    "while true { }",
    "let i = 0; while true { i += 1; }",
    "fn f(n) { if n < 25 { f(n + 1); f(n + 1); } } f(0)",
    "let t = \"\"; loop { t = \"x\".repeat(1000); }",
    "loop { \"x\".repeat(8000000); }",
    "let s = \"x\".repeat(1000000); loop { s.upper(); }",
    "let s = \"ab1\".repeat(300000); loop { s.matches(\"[0-9]x\"); }",
    "let s = \"x\".repeat(1000000); let l = range(0, 30).map(|i| s); loop { l == l; }",
    "let m = #{}; for i in 0..500 { m[\"key\" + i] = i; } loop { try { m.kez } catch { } }",
    "let l = range(0, 90000); loop { let c = l; c.push(1); }",
    "let l = range(0, 90000); loop { l.sort(); }",
    "let l = range(0, 90000).map(|i| #{ a: i }); loop { l.distinct(); }",
    "let l = range(0, 90000); loop { l.map(|x| x + 1); }",
    "loop { now().format_date(\"YYYY-MM-DD\"); }",
    "loop { \"a\".sha256(); }",
    "let s = \"x\".repeat(1000000); loop { s.sha256(); }",
    "let s = #{ a: range(0, 90000) }.to_json(); loop { s.parse_json(); }",
    "let s = #{ a: range(0, 90000) }; loop { s.to_json(); }",
    "let s = #{ a: range(0, 9000) }; loop { s.path(\"$..*\"); }",
    "let s = \"a,b\\n\".repeat(10000); loop { s.parse_csv(); }",
];

/// Evaluations in one measurement.
const TURNS: u32 = 1_000;

struct World(Dynamic);

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "trigger").then(|| self.0.clone())
    }
}

fn main() {
    let moment = Moment { now: 0, seed: 0, first_line: 0 };
    for megabytes in [1, 8] {
        let world = World(body(megabytes << 20));
        for source in ["trigger.body.items[0].sku", r#"trigger.body.path_one("$.items[0].sku")"#] {
            let expression = Expression::compile(source, &|_| Place::default()).expect("the source is a constant");
            let best = (0..5)
                .map(|_| {
                    let start = Instant::now();
                    for _ in 0..TURNS {
                        let value = expression.eval(&world, &moment).expect("the body has this property");
                        let _ = black_box(value);
                    }
                    start.elapsed() / TURNS
                })
                .min()
                .unwrap_or_default();
            println!("{source} on {megabytes} MiB: {best:?}");
            assert!(best < BOUND, "more than {BOUND:?}");
        }
    }
    end_what_is_endless(&moment);
}

/// Holds each script that goes on for ever to its time.
fn end_what_is_endless(moment: &Moment) {
    let world = World(Dynamic::UNIT);
    for source in ENDLESS {
        let script = Script::compile(source, &|_| Place::default()).expect("the source is a constant");
        let start = Instant::now();
        let error = script.eval(&world, moment).expect_err("the script has no end of its own");
        let took = start.elapsed();
        println!("{took:>10.1?} until `{}`: {source}", error.message);
        assert!(error.code == "limit" && took < LONGEST, "{error:?}");
    }
}

/// What a trigger gives with a body of about this many bytes.
fn body(bytes: usize) -> Dynamic {
    let item = r#"{"sku":"A-1","qty":2,"price":9.5,"note":"as usual, please","tags":["a","b"]},"#;
    let items = item.repeat(bytes / item.len());
    let text = format!(r#"{{"body":{{"items":[{}]}}}}"#, items.trim_end_matches(','));
    data::parse(text.as_bytes()).expect("the text is JSON")
}
