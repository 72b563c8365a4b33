//! `hookmill app test`: the cases of apps, run against the program itself. Nothing leaves the machine.

use super::check::say;
use super::files;
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use clap::Args;
use modules::app::cases;
use run::files::Files;
use run::resume::ResumeKey;
use std::process::ExitCode;
use std::time::Instant;

/// Run the cases of apps; nothing leaves the machine
///
/// A case says what is called, which request must come of it, what is answered, and what the output must be.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Test {
    /// Files, folders or names of apps [default: scenarios/apps]
    paths: Vec<String>,
}

impl Test {
    /// The cases of one app.
    pub(super) fn of(file: &std::path::Path) -> Self {
        Self { paths: vec![file.display().to_string()] }
    }

    pub(super) fn run(self) -> Done {
        let began = Instant::now();
        let files = files::find(&self.paths)?;
        let (apps, found) = files::together(&files);
        let kept = Files::new(store::open("memory:")?.blobs, &ResumeKey([0; 32]));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (mut passed, mut failed) = (0, 0);
        for file in &files {
            if let Some(findings) = found.get(&file.name) {
                failed += findings.len();
                findings.iter().for_each(|finding| say(&file.shown(), finding));
                continue;
            }
            let path = file.cases();
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            let (cases, findings) = cases::read(&text);
            failed += findings.len();
            findings.iter().for_each(|finding| say(&path.display().to_string(), finding));
            for verdict in runtime.block_on(cases::run(&apps, &file.name, &cases, &kept)) {
                if verdict.faults.is_empty() {
                    passed += 1;
                    continue;
                }
                failed += 1;
                let place = format!("{}:{}", path.display(), verdict.place.line);
                terminal::say(format_args!("{} {place}: {}.{}", paint(BAD, "✗"), file.name, verdict.action));
                for fault in &verdict.faults {
                    terminal::say(format_args!("    {}", terminal::printable(fault).replace("\\n", "\n    ")));
                }
            }
        }
        let took = began.elapsed().as_secs_f64();
        let mark = if failed == 0 { paint(OK, "ok") } else { paint(BAD, format_args!("{failed} failed")) };
        terminal::say(format_args!("{mark} {}", paint(QUIET, format_args!("{passed} passed in {took:.2} s"))));
        Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }
}
