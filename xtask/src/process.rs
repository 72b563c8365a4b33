//! Other programs: started, listened to, judged.

use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// What a program said and how it ended.
pub(crate) struct Ended {
    /// Whether it exited with 0.
    pub(crate) success: bool,
    /// Standard output.
    pub(crate) output: String,
    /// Standard error.
    pub(crate) errors: String,
}

impl Ended {
    /// Everything it said.
    pub(crate) fn said(&self) -> String {
        format!("{}{}", self.output, self.errors)
    }
}

/// Runs a program to its end without showing what it says.
pub(crate) fn listen(command: &mut Command) -> anyhow::Result<Ended> {
    let name = name(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot start {name}"))?;
    Ok(Ended {
        success: output.status.success(),
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
        errors: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// The standard output of a program that must succeed.
pub(crate) fn read(command: &mut Command) -> anyhow::Result<String> {
    let ended = listen(command)?;
    if !ended.success {
        bail!("{} failed:\n{}", name(command), ended.said().trim_end());
    }
    Ok(ended.output)
}

/// Runs a program that must succeed in front of the user's eyes.
pub(crate) fn show(command: &mut Command) -> anyhow::Result<()> {
    let name = name(command);
    let status = command.status().with_context(|| format!("cannot start {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// Whether a program can be started and ends well; for asking what a machine has.
pub(crate) fn succeeds(program: &str, arguments: &[&str]) -> bool {
    listen(Command::new(program).args(arguments)).is_ok_and(|ended| ended.success)
}

fn name(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
