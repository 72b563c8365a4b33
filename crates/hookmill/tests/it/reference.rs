//! `hookmill modules`, `functions` and `schema`: the reference, from the code.

use crate::binary::{folder, hookmill};
use std::process::{Command, Stdio};

#[test]
fn modules_are_listed_and_shown() {
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["modules"]);
    assert_eq!(said.code, 0);
    let names: Vec<&str> = said.out.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    for name in ["set", "for_each", "respond", "email.send", "google_sheets.append", "http.request"] {
        assert!(names.contains(&name), "{name} is not in {names:?}");
    }

    let said = hookmill(folder.path(), &["modules", "http.request"]);
    assert_eq!(said.code, 0);
    for part in ["url  text, required", "example", "- http.request:", "gives, for example", "status: 200"] {
        assert!(said.out.contains(part), "{part:?} is not in\n{}", said.out);
    }
    assert_eq!(hookmill(folder.path(), &["modules", "--json"]).json().as_array().unwrap().len(), names.len());
    let spec = hookmill(folder.path(), &["modules", "http.request", "--json"]).json();
    assert_eq!(spec["parameters"]["required"], serde_json::json!(["url"]));
}

#[test]
fn a_misspelt_name_is_guessed() {
    let folder = folder(&[]);
    for (arguments, guess) in [(["modules", "htpp.request"], "`http.request`"), (["functions", "trimm"], "`trim`")] {
        let said = hookmill(folder.path(), &arguments);
        assert_eq!((said.code, said.out.as_str()), (2, ""));
        assert!(said.err.contains("did you mean") && said.err.contains(guess), "{}", said.err);
    }
}

#[test]
fn functions_are_listed_and_shown() {
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["functions"]);
    assert!(said.out.contains("  upper(text) -> text"), "{}", said.out);
    let said = hookmill(folder.path(), &["functions", "upper"]);
    assert!(said.out.starts_with("upper(text) -> text\n") && said.out.contains("→ "), "{}", said.out);
    let said = hookmill(folder.path(), &["functions", "parse_json"]);
    assert!(said.out.contains("\nFails: A text that is no JSON.\n"), "{}", said.out);
    assert_eq!(hookmill(folder.path(), &["functions", "upper", "--json"]).json()["name"], "upper");
}

#[test]
fn the_schema_knows_every_module() {
    let folder = folder(&[]);
    let said = hookmill(folder.path(), &["schema"]);
    assert_eq!(said.code, 0);
    let schema = said.json().to_string();
    for name in ["\"http.request\"", "\"google_sheets.append\"", "\"for_each\"", "\"webhook\""] {
        assert!(schema.contains(name), "{name} is missing");
    }
}

#[test]
fn help_tells_the_exit_codes() {
    let folder = folder(&[]);
    for arguments in [vec!["--help"], vec!["check", "--help"], vec!["run", "--help"], vec!["test", "--help"]] {
        let said = hookmill(folder.path(), &arguments);
        assert!(said.code == 0 && said.out.contains("Exit codes: 0"), "{arguments:?}: {}", said.out);
    }
    assert_eq!(hookmill(folder.path(), &["chekc"]).code, 2);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hookmill"))
        .args(["modules", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
