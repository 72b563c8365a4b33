//! What reading one property of a large body costs: `cargo bench -p scenario`. A body is shared, so nothing of it is
//! copied, and the time must not grow with its size.

#![allow(clippy::disallowed_types, reason = "a measurement needs a clock")]

use rhai::Dynamic;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Expression, Moment, Names};
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one evaluation may take, whatever the size of the body.
const BOUND: Duration = Duration::from_micros(50);

/// Evaluations in one measurement.
const TURNS: u32 = 1_000;

struct World(Dynamic);

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "trigger").then(|| self.0.clone())
    }
}

fn main() {
    let moment = Moment { now: 0, seed: 0 };
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
}

/// What a trigger gives with a body of about this many bytes.
fn body(bytes: usize) -> Dynamic {
    let item = r#"{"sku":"A-1","qty":2,"price":9.5,"note":"as usual, please","tags":["a","b"]},"#;
    let items = item.repeat(bytes / item.len());
    let text = format!(r#"{{"body":{{"items":[{}]}}}}"#, items.trim_end_matches(','));
    data::parse(text.as_bytes()).expect("the text is JSON")
}
