//! `command.run`: programs of the machine that the operator has listed. No shell stands between, so nothing in an argument
//! is more than a text.

mod child;

use crate::spec::{About, describe, invalid, parameters};
use child::{Child, Ended};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// How many arguments a command gets at most, and how long they are together, in bytes.
const ARGUMENTS: usize = 1_000;
const LONGEST: usize = 128 * 1024;

/// The longest input, in bytes.
const INPUT: usize = 16 * 1024 * 1024;

/// A command that the operator allows: `NAME=PATH`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedCommand {
    /// What steps call it.
    pub name: String,
    /// The program.
    pub path: PathBuf,
}

impl FromStr for AllowedCommand {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, path) = text.split_once('=').ok_or("write NAME=PATH, such as `report=/usr/local/bin/report`")?;
        let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!("{name:?} cannot name a command: it takes letters, digits, `-`, `_` and `.`"));
        }
        let path = PathBuf::from(path);
        if !path.is_absolute() {
            return Err(format!("{} is no absolute path", path.display()));
        }
        Ok(Self { name: name.to_owned(), path })
    }
}

/// Runs a program of the server's machine. The output has `code`, what it exited with, and `stdout` and `stderr`, what it
/// wrote, as texts.
///
/// Only programs that the operator has allowed can be run: `hookmill serve --allow-command NAME=PATH`. There is no shell: each
/// argument is passed as it is. The program begins in an empty folder that is removed after it, without the server's
/// environment; when the step's time is over, it and whatever it has started are ended. What it writes may have 1 MiB.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The name under which the operator has allowed it.
    command: String,
    /// What it is called with, one by one.
    #[serde(default)]
    arguments: Vec<String>,
    /// What it reads from its standard input.
    #[serde(default)]
    input: String,
    /// The exit codes that mean success; with any other the step fails with `command_failed`. An empty list: all do.
    #[serde(default = "zero")]
    accept: Vec<i32>,
}

/// The module.
pub(crate) struct Run {
    spec: Arc<ModuleSpec>,
    allowed: BTreeMap<String, PathBuf>,
}

impl Run {
    pub(crate) fn new(allowed: &[AllowedCommand]) -> Self {
        let spec = describe::<Parameters>(About {
            name: "command.run",
            example: json!({ "command": "report", "arguments": ["--month", "2026-11"] }),
            sample: json!({ "code": 0, "stdout": "12 orders\n", "stderr": "" }),
            ..About::default()
        });
        let allowed = allowed.iter().map(|command| (command.name.clone(), command.path.clone())).collect();
        Self { spec, allowed }
    }

    async fn run(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let Parameters { command, arguments, input, accept } = parameters(&call)?;
        let path = self.allowed.get(&command).ok_or_else(|| {
            StepError::permanent("command_not_allowed", format!("the operator has not allowed a command {command:?}"))
                .hint(format!("`hookmill serve --allow-command {command}=/path/to/program` does"))
        })?;
        check(&arguments, &input)?;
        let child = Child::start(path, &arguments, input)?;
        let ended = tokio::time::timeout(call.timeout, child.ended()).await.map_err(|_| {
            let message = format!("the command took more than {} s and was ended", call.timeout.as_secs_f64());
            StepError::permanent("timeout", message)
        })??;
        let Ended { code, stdout, stderr } = ended;
        if !accept.is_empty() && !code.is_some_and(|code| accept.contains(&code)) {
            let how = code.map_or("was ended by a signal".to_owned(), |code| format!("exited with {code}"));
            let said = stderr.trim().lines().next_back().unwrap_or_default();
            let said: String = said.chars().take(200).collect();
            let message = if said.is_empty() { format!("it {how}") } else { format!("it {how}: {said}") };
            return Err(
                StepError::permanent("command_failed", message).hint("`accept` says which exit codes mean success")
            );
        }
        let output = json!({ "code": code, "stdout": stdout, "stderr": stderr });
        Ok(Outcome { output, sent: call.parameters.clone(), delivery: Delivery::Real })
    }
}

fn check(arguments: &[String], input: &str) -> Result<(), StepError> {
    if arguments.len() > ARGUMENTS || arguments.iter().map(String::len).sum::<usize>() > LONGEST {
        return Err(invalid(format!("a command takes at most {ARGUMENTS} arguments of {LONGEST} bytes together")));
    }
    if arguments.iter().any(|argument| argument.contains('\0')) {
        return Err(invalid("no argument can have a zero byte in it"));
    }
    if input.len() > INPUT {
        return Err(invalid(format!("`input` has at most {INPUT} bytes")));
    }
    Ok(())
}

impl Module for Run {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.run(call))
    }
}

fn zero() -> Vec<i32> {
    vec![0]
}

#[cfg(test)]
mod tests {
    use super::AllowedCommand;

    #[test]
    fn commands_are_allowed_by_name_and_absolute_path() {
        let read = |text: &str| text.parse::<AllowedCommand>();
        let allowed = read("report=/usr/bin/a=b").unwrap();
        assert_eq!((allowed.name.as_str(), allowed.path.to_str()), ("report", Some("/usr/bin/a=b")));
        for wrong in ["report", "=/bin/a", "a b=/bin/a", "a=bin/a", "a="] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
