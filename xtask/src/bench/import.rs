//! `hookmill import`: how long it takes over a blueprint of four megabytes, and over a folder of many files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

use super::figure::{Bound, Figure};
use super::{Bench, RUNS};
use crate::process;

/// The whole command over the large blueprint, in seconds.
const ONE: Bound = Bound::AtMost(0.3);

/// The whole command over the folder, in seconds.
const MANY: Bound = Bound::AtMost(30.0);

/// How large the blueprint is at least, in bytes.
const LARGE: usize = 4 << 20;

/// How many files the folder has.
const FILES: usize = 2_000;

/// Imports one large file, then many.
pub(crate) fn measure(bench: &Bench) -> anyhow::Result<Vec<Figure>> {
    let folder = bench.scratch.join("import");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let many = folder.join("many");
    fs::create_dir_all(&many)?;
    let large = folder.join("large.json");
    let text = blueprint(600, 8_000).to_string();
    ensure!(text.len() >= LARGE, "the blueprint has {} bytes only", text.len());
    fs::write(&large, text)?;
    for file in 0..FILES {
        fs::write(many.join(format!("{file}.json")), blueprint(12, 300).to_string())?;
    }
    let one = (0..RUNS).map(|_| time(bench, &large, &folder)).collect::<anyhow::Result<_>>()?;
    let all = (0..RUNS).map(|_| time(bench, &many, &folder)).collect::<anyhow::Result<_>>()?;
    fs::remove_dir_all(&folder)?;
    Ok(vec![
        Figure::new("import of a blueprint of 4 MB".to_owned(), "s", one).bound(ONE),
        Figure::new(format!("import of {FILES} files"), "s", all).bound(MANY),
    ])
}

/// How long the command takes, with everything written.
fn time(bench: &Bench, file: &Path, folder: &Path) -> anyhow::Result<f64> {
    let out: PathBuf = folder.join("out");
    if out.exists() {
        fs::remove_dir_all(&out)?;
    }
    let start = Instant::now();
    process::read(Command::new(&bench.binary).arg("import").arg(file).arg("-o").arg(&out))?;
    Ok(start.elapsed().as_secs_f64())
}

/// A blueprint with this many calls, each with so many bytes of what Make's editor keeps beside a module.
fn blueprint(modules: usize, beside: usize) -> Value {
    let fields = beside / 70;
    let interface: Vec<Value> = (0..fields)
        .map(|field| json!({ "name": format!("field_{field}"), "type": "text", "label": format!("The field of number {field}") }))
        .collect();
    let webhook = json!({ "id": 1, "module": "gateway:CustomWebHook", "parameters": { "hook": 5 } });
    let calls = (2..modules + 2).map(|id| {
        json!({
            "id": id, "module": "http:ActionSendData", "version": 3,
            "mapper": {
                "url": "https://api.example.com/orders/{{1.order.id}}", "method": "post",
                "data": "{{formatDate(1.at; \"YYYY-MM-DD\")}} {{if(1.total > 100; upper(1.name); 1.name)}}",
            },
            "metadata": { "designer": { "x": id * 300, "y": 0, "name": format!("Tell number {id}") }, "interface": interface },
        })
    });
    json!({ "name": "Large", "flow": std::iter::once(webhook).chain(calls).collect::<Vec<_>>(), "metadata": { "version": 1 } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_blueprint_is_large() {
        assert!(blueprint(600, 8_000).to_string().len() >= LARGE);
    }
}
