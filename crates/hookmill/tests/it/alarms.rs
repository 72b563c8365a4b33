//! What is wrong, as the command line and a failure scenario are told of it by a real server.

use crate::binary::hookmill_with;
use crate::served::{Served, TOKEN};
use std::time::{Duration, Instant};

const FRAGILE: &str = "
trigger: { webhook: { path: fragile } }
alarms: { failures: 2 }
steps:
  - when: trigger.body.fails
    fail: no luck
  - respond: { text: well }
";

const NOTE: &str = "
trigger: { failure: {} }
steps:
  - filter: trigger.body?.alarm != ()
  - store.put: { table: told, key: \"{{ trigger.body.scenario }}\", value: \"{{ trigger.body.alarm }}\" }
";

/// What `hookmill alarms` says, once this stands in it.
fn alarms_with(served: &Served, text: &str) -> String {
    let server = format!("http://{}", served.address());
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let said = hookmill_with(served.path(), &["alarms", "--server", &server], &[("HOOKMILL_TOKEN", TOKEN)]);
        let told = format!("{}{}", said.out, said.err);
        if told.contains(text) {
            return told;
        }
        assert!(Instant::now() < end, "waited too long for `{text}`: {told}");
    }
}

#[test]
fn failures_in_a_row_are_an_alarm_through_a_kill_until_a_success() {
    let mut served = Served::start(&[("fragile.yaml", FRAGILE), ("note.yaml", NOTE)]);
    alarms_with(&served, "all is well");
    for _ in 0..2 {
        assert_eq!(served.post("/hook/fragile", r#"{"fails":true}"#).status, 500);
    }
    let told = alarms_with(&served, "failing");
    assert!(told.contains("the last 2 runs of `fragile` failed, at last with: no luck"), "{told}");
    let end = Instant::now() + Duration::from_secs(20);
    while served.api("GET", "/stores/told/fragile", "").status != 200 {
        assert!(Instant::now() < end, "nobody was told");
    }
    served.kill();
    served.restart();
    alarms_with(&served, "failing");
    assert_eq!(served.post("/hook/fragile", r#"{"fails":false}"#).status, 200);
    alarms_with(&served, "all is well");
}
