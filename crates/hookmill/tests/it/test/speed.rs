//! A hundred tests take no time that anyone would notice.

use crate::binary::{folder, hookmill};
use std::fmt::Write;

/// What both runs of a hundred tests may take of the processor together, in seconds. Time by the clock would also measure
/// what else the machine is doing.
const BOUND: f64 = 2.0;

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

fn run_a_hundred(files: &[(&str, &str)]) {
    let folder = folder(files);
    let said = hookmill(folder.path(), &["test", "--format", "json"]);
    let report = said.json();
    assert_eq!((&report["passed"], &report["failed"]), (&100.into(), &0.into()), "{report}");
}

/// The processor time of the processes that were started here and are over, in seconds: fields 16 and 17 of `proc_pid_stat(5)`,
/// in ticks of which Linux tells programs 100 a second.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, behind_name) = stat.rsplit_once(") ").unwrap();
    let ticks: f64 = behind_name.split(' ').skip(13).take(2).map(|ticks| ticks.parse::<f64>().unwrap()).sum();
    ticks / 100.0
}

#[test]
fn a_hundred_tests_take_less_than_a_second() {
    let mut text = format!("{SCENARIO}tests:\n");
    (0..100).for_each(|number| writeln!(text, "  - {{ name: number {number}, {TEST}").unwrap());
    run_a_hundred(&[("a.yaml", &text)]);
    let text = format!("{SCENARIO}tests:\n  - {{ name: only, {TEST}\n");
    let names: Vec<String> = (0..100).map(|number| format!("scenario-{number}.yaml")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), text.as_str())).collect();
    run_a_hundred(&files);
    let taken = processor_seconds();
    assert!(taken < BOUND, "{taken} s");
}
