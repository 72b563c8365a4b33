//! Files of every kind, changed at random places: whatever comes of them, nothing panics, and what is written passes the
//! check. `MUTATIONS=5000` looks longer; the numbers are drawn from a fixed seed.

use super::{hold, known};
use crate::import;
use serde_json::{Value, json};
use std::path::Path;

/// Numbers by xorshift: the same ones each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap_or(0)
    }
}

fn seeds() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata");
    let mut found = Vec::new();
    for folder in [folder.clone(), folder.join("n8n"), folder.join("node-red"), folder.join("zapier")] {
        let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
        let mut files: Vec<_> = files.filter(|file| file.extension().is_some_and(|ending| ending == "json")).collect();
        files.sort();
        for file in files {
            let text = std::fs::read(&file).expect("can be read");
            found.push((file.display().to_string(), serde_json::from_slice(&text).expect("JSON")));
        }
    }
    found
}

/// How many values there are in it, itself among them.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(entries) => entries.values().map(count).sum(),
        _ => 0,
    }
}

/// The value at this place, counted from the outside in.
fn at(value: &mut Value, place: usize) -> Option<&mut Value> {
    if place == 0 {
        return Some(value);
    }
    let mut left = place - 1;
    let inner: Box<dyn Iterator<Item = &mut Value>> = match value {
        Value::Array(items) => Box::new(items.iter_mut()),
        Value::Object(entries) => Box::new(entries.values_mut()),
        _ => return None,
    };
    for item in inner {
        let size = count(item);
        if left < size {
            return at(item, left);
        }
        left -= size;
    }
    None
}

fn odd(chance: &mut Chance) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!([[]]),
        json!("={{ $json.a ?? [1].map(x => x) }}"),
        json!("{{1.a + sum(2.b[])}}"),
        json!("{{101__a__b[]c}}"),
        json!("msg.payload & 'x'"),
        json!("../\u{202e}: - #\n\t{{ \\"),
        json!("0 0 31 2 *"),
        json!(9_007_199_254_740_993_u64),
    ];
    odd[chance.below(odd.len())].clone()
}

fn mutate(file: &Value, chance: &mut Chance) -> Value {
    let mut file = file.clone();
    for _ in 0..=chance.below(4) {
        let places = count(&file);
        let other = at(&mut file, chance.below(places)).cloned().unwrap_or_default();
        let kind = chance.below(5);
        let odd = odd(chance);
        let pick = chance.below(100);
        let Some(place) = at(&mut file, chance.below(places)) else { continue };
        match (kind, place) {
            (0, place) => *place = odd,
            (1, place) => *place = other,
            (2, Value::Object(entries)) if !entries.is_empty() => {
                let key = entries.keys().nth(pick % entries.len()).cloned().unwrap_or_default();
                entries.shift_remove(&key);
            }
            (2, Value::Array(items)) if !items.is_empty() => drop(items.remove(pick % items.len())),
            (3, Value::Array(items)) => items.push(other),
            (4, Value::String(text)) => {
                let end = text.char_indices().nth(pick).map_or(text.len(), |(end, _)| end);
                text.truncate(end);
            }
            _ => {}
        }
    }
    file
}

#[test]
fn changed_files_are_imported_or_refused() {
    let rounds = std::env::var("MUTATIONS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(60);
    let (seeds, known) = (seeds(), known());
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
    for round in 0..rounds {
        let (name, file) = &seeds[round % seeds.len()];
        let changed = mutate(file, &mut chance);
        let text = changed.to_string();
        let found = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if let Ok(all) = import("changed.json", text.as_bytes(), &known) {
                hold(&all, &known);
            }
        }));
        assert!(found.is_ok(), "{name}, round {round}:\n{text}");
    }
}
