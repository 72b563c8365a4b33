//! `command.run`: what runs, for how long, and what is left of it.

use crate::step::{modules, step};
use modules::{AllowedCommand, Options};
use run::error::StepError;
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

async fn call(parameters: Value) -> Result<Value, StepError> {
    call_within(Duration::from_secs(20), parameters).await
}

async fn call_within(time: Duration, parameters: Value) -> Result<Value, StepError> {
    let commands = ["sh=/bin/sh", "cat=/bin/cat", "none=/nowhere"].map(|command| command.parse().unwrap());
    let modules = modules("", &[], Options { commands: commands.into(), ..Options::default() });
    step(&modules, "command.run").timeout(time).call(parameters).await.map(|outcome| outcome.output)
}

fn script(text: &str) -> Value {
    json!({ "command": "sh", "arguments": ["-c", text] })
}

#[tokio::test]
async fn a_command_gets_arguments_and_input_and_gives_its_outputs() {
    let odd = "a b; $(c) \"'\n*";
    let given =
        json!({ "command": "sh", "arguments": ["-c", "cat; printf %s \"$1\"; echo oh >&2", "x", odd], "input": "in " });
    assert_eq!(call(given).await.unwrap(), json!({ "code": 0, "stdout": format!("in {odd}"), "stderr": "oh\n" }));
    let long = "x".repeat(900_000);
    assert_eq!(call(json!({ "command": "cat", "input": long })).await.unwrap()["stdout"], long);
    assert_eq!(
        call(json!({ "command": "sh", "arguments": ["-c", "exit 0"], "input": long })).await.unwrap()["code"],
        0
    );
}

#[tokio::test]
async fn what_the_operator_has_not_allowed_is_not_run() {
    for command in ["/bin/cat", "dog", ""] {
        assert_eq!(call(json!({ "command": command })).await.unwrap_err().code, "command_not_allowed");
    }
    let nothing = modules("", &[], Options::default());
    let error = step(&nothing, "command.run").call(script("true")).await.unwrap_err();
    assert_eq!(error.code, "command_not_allowed");
    assert!(error.hint.unwrap().contains("--allow-command sh=/path"));
    assert_eq!(call(json!({ "command": "none" })).await.unwrap_err().code, "command_failed");
    let zero = json!({ "command": "cat", "arguments": ["a\0b"] });
    assert_eq!(call(zero).await.unwrap_err().code, "invalid_parameters");
}

#[tokio::test]
async fn exit_codes_are_failures_unless_they_are_accepted() {
    let error = call(script("echo first >&2; echo no such month >&2; exit 3")).await.unwrap_err();
    assert_eq!((error.code.as_str(), error.message.as_str()), ("command_failed", "it exited with 3: no such month"));
    let accepted = json!({ "command": "sh", "arguments": ["-c", "exit 3"], "accept": [0, 3] });
    assert_eq!(call(accepted).await.unwrap()["code"], 3);
    let any = json!({ "command": "sh", "arguments": ["-c", "kill -9 $$"], "accept": [] });
    assert_eq!(call(any).await.unwrap()["code"], Value::Null);
    assert_eq!(call(script("kill -9 $$")).await.unwrap_err().message, "it was ended by a signal");
}

#[tokio::test]
async fn it_gets_none_of_the_environment_and_a_folder_that_goes() {
    let output = call(script("env; pwd; echo kept > file; ls")).await.unwrap();
    let said = output["stdout"].as_str().unwrap();
    // The tests' runner tells them this, and the shell only what it makes itself.
    assert!(std::env::var("CARGO_MANIFEST_DIR").is_ok() && !said.contains("CARGO"), "{said}");
    let folder = said.lines().find(|line| line.starts_with('/')).unwrap();
    assert!(said.ends_with("file\n") && folder.contains("hookmill-command-"), "{said}");
    let begun = Instant::now();
    while Path::new(folder).exists() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{folder} is still there");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn too_long_an_output_ends_it() {
    let error =
        call(script("while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done")).await.unwrap_err();
    assert_eq!(error.code, "too_large");
}

/// Whether a process of this number runs; one that has ended and waits to be seen does not.
fn runs(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = status.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// Waits until no process of this number runs.
async fn gone(pid: &str) {
    let begun = Instant::now();
    while runs(pid) {
        assert!(begun.elapsed() < Duration::from_secs(10), "{pid} runs on");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn when_its_time_is_over_its_children_end_too() {
    let told = tempfile::tempdir().unwrap();
    let file = told.path().join("pid");
    let text = format!("sleep 600 & echo $! > {0}.new; mv {0}.new {0}; wait", file.display());
    let begun = Instant::now();
    let error = call_within(Duration::from_secs(2), script(&text)).await.unwrap_err();
    assert_eq!(error.code, "timeout");
    assert!(begun.elapsed() < Duration::from_secs(60), "nobody waits for the sleeper");
    gone(std::fs::read_to_string(file).unwrap().trim()).await;
}

#[tokio::test]
async fn what_it_leaves_behind_ends_with_it() {
    let output = call(script("sleep 600 > /dev/null 2>&1 & echo $!")).await.unwrap();
    gone(output["stdout"].as_str().unwrap().trim()).await;
    // This one would hold the output open.
    let begun = Instant::now();
    let output = call(script("sleep 600 & echo $!")).await.unwrap();
    gone(output["stdout"].as_str().unwrap().trim()).await;
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn commands_are_read_from_the_command_line() {
    assert_eq!("a=/b".parse(), Ok(AllowedCommand { name: "a".into(), path: "/b".into() }));
}
