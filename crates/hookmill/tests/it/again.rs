//! Runs done again, moved, and compared with another text, from the command line.

use crate::binary::{Said, hookmill_with};
use crate::served::{Served, TOKEN};
use serde_json::{Value, json};

const SHIP: &str = "
trigger: { manual: {} }
steps:
  - id: order
    set: { number: \"{{ trigger.body.number }}\", label: \"{{ uuid() }}\" }
  - id: pause
    wait: \"{{ trigger.body?.wait ?? '0s' }}\"
  - id: note
    set: \"{{ order.number }} is on its way\"
  - return: \"{{ note }}\"
";

fn said(served: &Served, arguments: &[&str]) -> Said {
    let server = format!("http://{}", served.address());
    let arguments = [arguments, &["--server", &server]].concat();
    hookmill_with(served.path(), &arguments, &[("HOOKMILL_TOKEN", TOKEN)])
}

fn ran(served: &mut Served, body: &Value, status: &str) -> Value {
    let id = served.api("POST", "/scenarios/ship/run", &body.to_string()).json()["run"].as_str().unwrap().to_owned();
    run_is(served, &id, status)
}

fn run_is(served: &mut Served, id: &str, status: &str) -> Value {
    let mut run = Value::Null;
    served.wait_for(&format!("the run to be {status}"), |served| {
        run = served.api("GET", &format!("/runs/{id}"), "").json();
        run["status"] == status
    });
    run
}

/// The second name in what was said: the new run's.
fn new_run(said: &Said) -> String {
    let words: Vec<&str> = said.err.split([' ', ';', '\n']).collect();
    let at = words.iter().position(|word| *word == "as").unwrap_or_else(|| panic!("{}", said.err));
    words[at + 1].to_owned()
}

#[test]
fn runs_are_replayed_moved_and_compared() {
    let mut served = Served::start(&[("ship.yaml", SHIP)]);
    let first = ran(&mut served, &json!({ "number": "A1" }), "succeeded");
    let id = first["id"].as_str().unwrap();

    let again = said(&served, &["runs", "replay", id, "--from", "note"]);
    assert_eq!(again.code, 0, "{}", again.err);
    let again = run_is(&mut served, &new_run(&again), "succeeded");
    assert_eq!(again["steps"][0]["output"], first["steps"][0]["output"], "the label is that of then");
    let shown = said(&served, &["runs", "show", again["id"].as_str().unwrap()]);
    assert!(shown.out.contains(&format!("replay of {id}")), "{}", shown.out);

    let edited = said(&served, &["runs", "replay", id, "--input", r#"{"number":"B2"}"#]);
    let edited = run_is(&mut served, &new_run(&edited), "succeeded");
    assert_eq!(edited["steps"][2]["output"], "B2 is on its way");
    let many = said(&served, &["runs", "replay", "--scenario", "ship", "--status", "succeeded", "--limit", "2"]);
    assert_eq!((many.code, many.err.matches("replayed").count()), (0, 2), "{}", many.err);
    let nowhere = said(&served, &["runs", "replay", id, "--from", "nowhere"]);
    assert!(nowhere.code != 0 && nowhere.err.contains("did not reach a step `nowhere`"), "{}", nowhere.err);

    let waits = ran(&mut served, &json!({ "number": "C3", "wait": "30d" }), "waiting");
    let waits = waits["id"].as_str().unwrap().to_owned();
    served.write("ship.yaml", &SHIP.replace("id: order", "id: parcel").replace("order.number", "parcel.number"));
    served.wait_for("the new version", |served| {
        served.api("GET", "/scenarios/ship", "").json()["text"].as_str().is_some_and(|text| text.contains("parcel"))
    });
    let unfit = said(&served, &["runs", "move", &waits]);
    assert_eq!(unfit.code, 1, "{}", unfit.err);
    assert!(unfit.err.contains("there is no step `order`"), "{}", unfit.err);
    served.write("ship.yaml", &SHIP.replace("is on its way", "is under way"));
    served.wait_for("the next version", |served| {
        served.api("GET", "/scenarios/ship", "").json()["text"].as_str().is_some_and(|text| text.contains("under"))
    });
    let check = said(&served, &["runs", "move", "--scenario", "ship", "--status", "waiting", "--check"]);
    assert!(check.code == 0 && check.err.contains(&format!("fits {waits}")), "{}", check.err);
    let moved = said(&served, &["runs", "move", &waits]);
    assert!(moved.code == 0 && moved.err.contains(&format!("moved {waits}")), "{}", moved.err);

    let compared = said(&served, &["whatif", "scenarios/ship.yaml", "--last", "50", "--strict"]);
    assert_eq!(compared.code, 1, "{}", compared.err);
    let change = "note output: \"A1 is on its way\" → \"A1 is under way\"";
    assert!(compared.out.contains(change), "{}", compared.out);
    served.write("ship.yaml", SHIP);
    let compared = said(&served, &["whatif", "scenarios/ship.yaml", "--strict"]);
    assert_eq!(compared.code, 0, "{} {}", compared.out, compared.err);
}
