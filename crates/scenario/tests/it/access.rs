//! Reading a part of a large value copies nothing of it: what is allocated does not grow with the value.

use rhai::Dynamic;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Expression, Moment, Names, Template};
use std::hint::black_box;

const MOMENT: Moment = Moment { now: 0, seed: 0, first_line: 0 };

/// What one evaluation may allocate, in bytes.
const MOST: u64 = 2_048;

struct World(Dynamic);

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        (name == "trigger").then(|| self.0.clone())
    }
}

/// What a trigger gives with a body of about this many bytes.
fn world(bytes: usize) -> World {
    let item = r#"{"sku":"A-1","qty":2,"note":"as usual, please","tags":["a","b"]},"#;
    let items = item.repeat(bytes / item.len());
    let text = format!(r#"{{"body":{{"items":[{}]}}}}"#, items.trim_end_matches(','));
    World(data::parse(text.as_bytes()).unwrap())
}

/// The bytes that one evaluation allocates.
fn allocated(source: &str, world: &World) -> u64 {
    let template = Template::parse(&format!("{{{{ {source} }}}}"), &|_| Place::default()).unwrap();
    let evaluate = || black_box(template.value(world, &MOMENT).unwrap());
    // The first one may set up what all later ones share.
    drop(evaluate());
    allocation_counter::measure(|| drop(evaluate())).bytes_total
}

#[test]
fn reading_a_part_copies_nothing() {
    let (small, large) = (world(1 << 10), world(1 << 20));
    for source in [
        "trigger.body.items[0].sku",
        "trigger.body.items[-1].tags",
        "trigger.body",
        "trigger.body.items",
        "trigger.body.items[0]?.none ?? trigger.body.items",
        "trigger.body.items.len()",
        "trigger.body.items.first()",
        r#"trigger.body.path_one("$.items[0].sku")"#,
        r##"#{ all: trigger.body }"##,
    ] {
        let (few, many) = (allocated(source, &small), allocated(source, &large));
        assert_eq!(few, many, "{source} allocates more, the larger the body is");
        assert!(many <= MOST, "{source} allocates {many} bytes");
    }
}

/// The counter counts: where all is read and made anew, more is allocated.
#[test]
fn what_is_made_is_counted() {
    let source = "trigger.body.items.map(|item| item.sku)";
    assert!(allocated(source, &world(1 << 20)) > 100 * allocated(source, &world(1 << 10)));
}

/// A condition is told by the same code, and shows what was compared.
#[test]
fn a_condition_copies_nothing() {
    let condition = Expression::compile("trigger.body.items[0].qty > 1", &|_| Place::default()).unwrap();
    let weigh = |world: &World| {
        allocation_counter::measure(|| drop(black_box(condition.weigh(world, &MOMENT).unwrap()))).bytes_total
    };
    assert_eq!(weigh(&world(1 << 10)), weigh(&world(1 << 20)));
}
