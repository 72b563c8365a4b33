//! The list of chores: what `--help` shows and what `main` can call. A new chore is one file and one line here.

use std::process::ExitCode;

use crate::workspace::Workspace;
use crate::{bench, crash, fuzz, run, shots, test, tidy};

/// Something a person asks for by name.
pub(crate) struct Chore {
    /// The word after `cargo xtask`.
    pub(crate) name: &'static str,
    /// What may follow it, for the help.
    pub(crate) arguments: &'static str,
    /// One line for the help.
    pub(crate) summary: &'static str,
    /// Does it; gets what followed the name.
    pub(crate) perform: fn(&Workspace, Vec<String>) -> anyhow::Result<ExitCode>,
}

/// All chores, in the order of the help.
pub(crate) const CHORES: &[Chore] = &[
    Chore {
        name: "run",
        arguments: "[ARGS…]",
        summary: "build everything and serve the scenarios/ folder; ARGS go to `hookmill serve`",
        perform: run::perform,
    },
    Chore {
        name: "test",
        arguments: "",
        summary: "every test and check there is: Rust, web, browser, format, lints, tidy",
        perform: test::perform,
    },
    Chore {
        name: "shots",
        arguments: "[--only WORDS] [--folder DIR] [--binary FILE]",
        summary: "a picture of every page: light, dark, in Chinese, on a phone",
        perform: shots::perform,
    },
    Chore {
        name: "crash",
        arguments: "[--rounds N] [--binary FILE]",
        summary: "N crashes (2000 unless said): kill the server under load, let its disk die; nothing may be lost or repeated",
        perform: crash::perform,
    },
    Chore {
        name: "bench",
        arguments: "[--only PART] [--peers] [--seconds S] [--events N] [--runs N] [--binary FILE]",
        summary: "measure what docs/performance.md promises; fails when a floor is not kept",
        perform: bench::perform,
    },
    Chore {
        name: "soak",
        arguments: "[--minutes M] [--hours H] [--binary FILE]",
        summary: "everything at once, with kills, for 5 minutes unless said; nothing may grow or be lost",
        perform: bench::soak,
    },
    Chore {
        name: "fuzz",
        arguments: "[TARGET] [--minutes N]",
        summary: "look for inputs that break the language or the journal, N minutes (10 unless said) for each target",
        perform: fuzz::perform,
    },
    Chore {
        name: "tidy",
        arguments: "",
        summary: "the rules of the workspace that no compiler checks",
        perform: tidy::perform,
    },
];

/// What `cargo xtask --help` prints.
pub(crate) fn help() -> String {
    let usages: Vec<String> =
        CHORES.iter().map(|Chore { name, arguments, .. }| format!("{name} {arguments}")).collect();
    let width = usages.iter().map(String::len).max().unwrap_or_default();
    let mut text = "Chores of this workspace.\n\nUsage: cargo xtask CHORE [ARGS…]\n\n".to_owned();
    for (usage, chore) in usages.iter().zip(CHORES) {
        text.push_str(&format!("  {usage:<width$}  {}\n", chore.summary));
    }
    text
}
