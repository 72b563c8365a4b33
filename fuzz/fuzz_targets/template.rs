//! Any text as a template, an expression and a script: compiled, and evaluated against a small world. What comes of it is
//! JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rhai::Dynamic;
use scenario::data;
use scenario::diagnostic::Place;
use scenario::expression::{Expression, Moment, Names, Script, Template};
use std::sync::LazyLock;

static WORLD: LazyLock<Dynamic> = LazyLock::new(|| {
    let text = include_bytes!("../../crates/scenario/testdata/expressions/world.json");
    data::parse(text).expect("the world is JSON")
});

struct World;

impl Names for World {
    fn get(&self, name: &str) -> Option<Dynamic> {
        WORLD.as_map_ref().ok()?.get(name).cloned()
    }
}

const MOMENT: Moment = Moment { now: 1_795_343_400_250, seed: 7, first_line: 0 };

fn at(offset: usize) -> Place {
    Place { line: 1, column: u32::try_from(offset).unwrap_or(u32::MAX) }
}

fn is_json(value: &Dynamic) {
    assert!(data::parse(&data::to_text(value)).is_ok());
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(template) = Template::parse(text, &at) {
        let mut json = Vec::new();
        let written = template.write_json(&World, &MOMENT, &mut json);
        assert!(written.is_err() || serde_json::from_slice::<serde_json::Value>(&json).is_ok());
        let _ = template.text(&World, &MOMENT);
    }
    if let Ok(expression) = Expression::compile(text, &at) {
        expression.eval(&World, &MOMENT).iter().for_each(is_json);
        let _ = expression.weigh(&World, &MOMENT);
    }
    if let Ok(script) = Script::compile(text, &at) {
        script.eval(&World, &MOMENT).iter().for_each(is_json);
    }
});
