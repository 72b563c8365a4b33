//! Repeats, lines by key and what people do about queues, on a real server: through kills, over HTTP and the command
//! line.

use crate::binary::{hookmill_with, root};
use crate::served::{Answer, Served, TOKEN};
use serde_json::Value;

const PAYMENTS: &str = "
trigger: { webhook: { path: pay, dedupe: { key: trigger.body.id, window: 1h } } }
steps:
  - id: stamp
    set: \"{{ uuid() }}\"
  - respond: { json: { stamp: \"{{ stamp }}\" } }
";

const SLOW: &str = "
limits: { concurrency: { limit: 1, key: trigger.body.customer }, queue: 3 }
trigger: { webhook: { path: slow } }
steps: [ { wait: 1h } ]
";

/// What `hookmill queue …` says against this server.
fn queue(served: &Served, arguments: &[&str]) -> String {
    let server = format!("http://{}", served.address());
    let arguments: Vec<&str> = ["queue"].iter().chain(arguments).copied().chain(["--server", &server]).collect();
    let said = hookmill_with(served.path(), &arguments, &[("HOOKMILL_TOKEN", TOKEN)]);
    assert_eq!(said.code, 0, "{said:?}");
    format!("{}{}", said.out, said.err)
}

fn waiting(served: &Served, scenario: &str) -> Value {
    let queues = served.api("GET", "/queues", "").json();
    let queue = queues["items"].as_array().unwrap().iter().find(|queue| queue["scenario"] == scenario).cloned();
    queue.unwrap()
}

#[test]
fn a_repeat_is_answered_by_the_first_run_through_a_kill() {
    let mut served = Served::start(&[("pay.yaml", PAYMENTS)]);
    let first = served.post("/hook/pay", r#"{"id":"p1"}"#);
    let run = first.header("hookmill-run").unwrap().to_owned();
    assert_eq!((first.status, first.header("hookmill-repeat")), (200, None));
    let same = |again: &Answer| {
        assert_eq!(again.text(), first.text());
        assert_eq!((again.header("hookmill-repeat"), again.header("hookmill-run")), (Some(&*run), Some(&*run)));
    };
    same(&served.post("/hook/pay", r#"{"id":"p1"}"#));
    served.kill();
    served.restart();
    same(&served.post("/hook/pay", r#"{"id":"p1"}"#));
    let other = served.post("/hook/pay", r#"{"id":"p2"}"#);
    assert!(other.header("hookmill-repeat").is_none() && other.text() != first.text());
    assert_eq!(served.api("GET", "/runs", "").json()["items"].as_array().unwrap().len(), 2);

    let shown = served.api("GET", &format!("/runs/{run}"), "").json();
    assert_eq!(shown["keys"]["dedupe"], "p1");
    assert!(shown["repeats"]["count"].as_u64().unwrap() >= 1, "{shown}");
    let server = format!("http://{}", served.address());
    let said = hookmill_with(served.path(), &["runs", "show", &run, "--server", &server], &[("HOOKMILL_TOKEN", TOKEN)]);
    assert!(said.out.contains("dedupe     p1\n") && said.out.contains(" of its delivery, the last at 20"), "{said:?}");
}

#[test]
fn queues_are_seen_paused_drained_and_purged() {
    let mut served = Served::start(&[("slow.yaml", SLOW)]);
    for customer in ["a", "a", "b", "a"] {
        assert_eq!(served.post("/hook/slow", &format!(r#"{{"customer":"{customer}"}}"#)).status, 200);
    }
    let view = waiting(&served, "slow");
    assert_eq!((&view["waiting"], &view["running"], &view["state"]), (&2.into(), &2.into(), &"open".into()));
    assert_eq!(served.post("/hook/slow", r#"{"customer":"a"}"#).status, 200);
    let full = served.post("/hook/slow", r#"{"customer":"a"}"#);
    assert_eq!((full.status, &full.json()["code"]), (429, &"too_many_requests".into()));
    assert!((1..=3_600).contains(&full.header("retry-after").unwrap().parse::<u32>().unwrap()));

    assert!(queue(&served, &["pause", "slow"]).contains("paused slow: 3 waiting, 2 running"));
    served.kill();
    served.restart();
    assert_eq!(waiting(&served, "slow")["state"], "paused");
    assert!(queue(&served, &["list"]).contains("paused            3 waiting        2 running"));
    assert!(queue(&served, &["drain", "slow"]).contains("draining slow"));
    let refused = served.post("/hook/slow", r#"{"customer":"c"}"#);
    assert_eq!((refused.status, &refused.json()["code"]), (503, &"draining".into()));
    assert!(refused.header("retry-after").is_some());
    assert!(queue(&served, &["purge", "slow"]).contains("cancelled 3 runs of slow"));
    assert_eq!(waiting(&served, "slow")["waiting"], 0);
    assert!(queue(&served, &["resume", "slow"]).contains("open slow: 0 waiting, 2 running"));
    assert_eq!(served.post("/hook/slow", r#"{"customer":"c"}"#).status, 200);
    let unknown = served.api("POST", "/scenarios/nothing/queue/pause", "");
    assert_eq!(unknown.status, 404);
}

#[test]
fn the_page_on_queues_names_the_numbers_that_the_program_has() {
    let text = std::fs::read_to_string(root().join("docs/queues.md")).unwrap();
    let help = hookmill_with(&root(), &["serve", "--help"], &[]).out;
    for (option, usual, shown) in [("--workers", "64", "64"), ("--queue-limit", "2000000", "2,000,000")] {
        assert!(text.contains(option) && text.contains(shown), "{option}");
        let (_, after) = help.split_once(option).unwrap();
        assert!(after.contains(&format!("[default: {usual}]")), "{option}: {after}");
    }
}
