//! A hundred tests take no time that anyone would notice.

use crate::binary::{folder, hookmill};
use std::fmt::Write;

const SCENARIO: &str = r#"
trigger: { webhook: {} }
steps:
  - id: list
    http.request: { url: "https://api.example.com/v1/orders" }
  - id: big
    for_each: { in: list.body.items, as: order, collect: "{{ order.total * 2 }}", steps: [{ filter: order.total > 1 }] }
  - id: count
    store.add: { table: orders, key: all, by: 1 }
  - respond: { json: { big: "{{ big }}" } }
"#;
const TEST: &str = "http: [{ url: \"**\", json: { items: [{ total: 1 }, { total: 2 }] } }], \
                    expect: { response: { json: { big: [4] } }, stores: { orders: { all: 1 } } } }";

fn milliseconds(files: &[(&str, &str)]) -> f64 {
    let folder = folder(files);
    let said = hookmill(folder.path(), &["test", "--format", "json"]);
    let report = said.json();
    assert_eq!((&report["passed"], &report["failed"]), (&100.into(), &0.into()), "{report}");
    report["milliseconds"].as_f64().unwrap()
}

#[test]
fn a_hundred_tests_run_within_a_second() {
    let mut text = format!("{SCENARIO}tests:\n");
    (0..100).for_each(|number| writeln!(text, "  - {{ name: number {number}, {TEST}").unwrap());
    let of_one = milliseconds(&[("a.yaml", &text)]);
    let text = format!("{SCENARIO}tests:\n  - {{ name: only, {TEST}\n");
    let names: Vec<String> = (0..100).map(|number| format!("scenario-{number}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    let of_many = milliseconds(&files);
    println!("one scenario: {of_one} ms; a hundred scenarios: {of_many} ms");
    assert!(of_one < 1000.0 && of_many < 1000.0, "one scenario: {of_one} ms; a hundred scenarios: {of_many} ms");
}
