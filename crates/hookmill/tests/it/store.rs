//! Data stores through the real binary: what is counted is counted once, kills included.

use crate::binary::{folder, hookmill, root};
use crate::served::{Connection, Served};
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
