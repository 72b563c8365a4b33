//! Data stores through the real binary: what is counted is counted once, kills included.

use crate::binary::{folder, hookmill, hookmill_with, root};
use crate::served::{Connection, Served, TOKEN};
use serde_json::json;
use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const CLIENTS: usize = 16;
const KILLS: usize = 4;

const COUNTER: &str = r#"
name: Counter
trigger: { webhook: { path: count } }
steps:
  - id: calls
    store.add: { table: calls, key: all }
  - respond:
      json: { sum: "{{ calls.value }}" }
"#;

#[test]
fn row_23_every_run_counts_once_however_often_the_server_is_killed() {
    let mut served = Served::start(&[("counter.yaml", COUNTER)]);
    let mut sums = Vec::new();
    for _ in 0..KILLS {
        sums.extend(count_until_killed(&mut served));
        served.restart();
    }
    served.wait_for("every run to end", |served| {
        served.api("GET", "/runs?status=running&limit=1", "").json()["items"] == json!([])
    });
    let record = served.api("GET", "/stores/calls/all", "").json();
    assert_eq!(record["value"].as_u64(), Some(succeeded_runs(&served)), "{record}");
    let distinct: HashSet<u64> = sums.iter().copied().collect();
    assert!(!sums.is_empty() && distinct.len() == sums.len(), "two callers were told the same sum");
    assert!(distinct.iter().all(|sum| record["value"].as_u64() >= Some(*sum)), "a sum that was told is lost");
}

/// Calls from many clients until the server is killed at a random moment. Gives the sums they were told.
fn count_until_killed(served: &mut Served) -> Vec<u64> {
    let (address, going_on) = (served.address(), AtomicBool::new(true));
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| count(address, &going_on))).collect();
        std::thread::sleep(Duration::from_millis(50 + rand::random::<u64>() % 250));
        served.kill();
        going_on.store(false, Ordering::Relaxed);
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    })
}

fn count(address: SocketAddr, going_on: &AtomicBool) -> Vec<u64> {
    let mut sums = Vec::new();
    let Ok(mut connection) = Connection::open(address) else { return sums };
    while going_on.load(Ordering::Relaxed) {
        match connection.send("POST", "/hook/count", &[("content-type", "application/json")], b"{}") {
            Ok(answer) if answer.status == 200 => sums.push(answer.json()["sum"].as_u64().unwrap()),
            _ => break,
        }
    }
    sums
}

fn succeeded_runs(served: &Served) -> u64 {
    let (mut count, mut before) = (0, String::new());
    loop {
        let page = served.api("GET", &format!("/runs?status=succeeded&limit=200{before}"), "").json();
        count += page["items"].as_array().unwrap().len() as u64;
        match page["next"].as_str() {
            Some(next) => before = format!("&before={next}"),
            None => return count,
        }
    }
}

#[test]
fn a_run_without_a_server_begins_with_empty_stores_or_takes_those_of_a_folder() {
    let folder = folder(&[("counter.yaml", COUNTER)]);
    let run = |more: &[&str]| {
        let said = hookmill(folder.path(), &[&["run", "counter.yaml"], more].concat());
        assert_eq!(said.code, 0, "{said:?}");
        said.json()["sum"].as_u64().unwrap()
    };
    assert_eq!([run(&[]), run(&[])], [1, 1]);
    let said = hookmill(folder.path(), &["run", "counter.yaml", "--data", "nowhere"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains("nowhere is no data folder"), "{}", said.err);
    std::fs::create_dir(folder.path().join("data")).unwrap();
    assert_eq!([run(&["--data", "data"]), run(&["--data", "data"])], [1, 2]);
}

#[test]
fn a_wrong_parameter_is_found_before_anything_runs() {
    let text = "steps:\n  - store.put: { tabel: t, key: k, value: 1, if: missing, ttl: [1] }\n";
    let folder = folder(&[("a.yaml", text)]);
    let said = hookmill(folder.path(), &["check", "a.yaml"]);
    assert_eq!(said.code, 1);
    for words in ["`tabel`", "`table`", "`absent` or `present`", "a.yaml:2:50", "`ttl`"] {
        assert!(said.err.contains(words) || said.out.contains(words), "{words} in {said:?}");
    }
    let said = hookmill(&root(), &["modules", "store.add"]);
    assert!(said.out.contains("lives that long from its first count on"), "{}", said.out);
}

#[test]
fn a_store_gets_columns_and_takes_and_gives_files() {
    let served = Served::start(&[("counter.yaml", COUNTER)]);
    let server = format!("http://{}", served.address());
    let files = folder(&[
        (
            "columns.yaml",
            "columns:\n  - { name: total, type: number, required: true }\n  - { name: city, type: text }\n",
        ),
        ("orders.csv", "number;total;city\r\nA1;6;台北\r\nA2;six;Bern\r\n"),
        ("more.jsonl", "{\"key\":\"A3\",\"value\":{\"total\":9}}\n"),
    ]);
    let store = |code: i32, arguments: &[&str]| {
        let arguments: Vec<&str> = ["store"].iter().chain(arguments).copied().chain(["--server", &server]).collect();
        let said = hookmill_with(files.path(), &arguments, &[("HOOKMILL_TOKEN", TOKEN)]);
        assert_eq!(said.code, code, "{said:?}");
        said
    };
    store(0, &["columns", "orders", "--set", "columns.yaml"]);
    assert_eq!(store(0, &["columns", "orders"]).json()["columns"][0]["name"], "total");
    let said = store(1, &["import", "orders", "orders.csv", "--key", "number"]);
    assert!(said.err.contains("orders.csv:3: the column `total` takes a number; here it is \"six\""), "{}", said.err);
    assert!(said.err.contains("wrote 1 of 2, skipped 0, refused 1"), "{}", said.err);
    store(0, &["import", "orders", "more.jsonl"]);
    assert_eq!(store(0, &["export", "orders"]).out, "key,total,city\r\nA1,6,台北\r\nA3,9,\r\n");
    store(0, &["export", "orders", "--format", "jsonl", "--where", r#"{"total":{"gt":6}}"#, "-o", "some.jsonl"]);
    let some = std::fs::read_to_string(files.path().join("some.jsonl")).unwrap();
    assert_eq!(some, "{\"key\":\"A3\",\"value\":{\"total\":9}}\n");
    let listed = store(0, &["list"]).out;
    assert!(listed.contains("2   orders") && listed.contains("total, city"), "{listed}");
    store(0, &["columns", "orders", "--clear"]);
    assert!(store(2, &["columns", "orders"]).err.contains("has no columns"));
    assert!(store(2, &["export", "no.name"]).err.contains("cannot name a data store"));
}
