//! `hookmill fmt`: puts scenarios into canonical form.

use crate::sources;
use crate::terminal::{self, BAD, Done, STRONG, paint};
use anyhow::Context;
use clap::Args;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Put scenarios into canonical form
///
/// Keys get one order, indentation is two spaces, long steps stand apart. Every comment stays with what it belongs
/// to, and no value changes. A file that is no YAML is told of and left alone.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Fmt {
    /// Files, or folders with everything below them; `-` is standard input [default: scenarios, else the working
    /// directory]
    paths: Vec<PathBuf>,
    /// Change nothing: name the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
    /// Print the result instead of writing it to the file
    #[arg(long, conflicts_with = "check")]
    stdout: bool,
}

/// What is done with a text that changed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Output {
    Write,
    Name,
    Print,
}

/// What became of the files.
#[derive(Default)]
struct Tally {
    files: usize,
    changed: usize,
    broken: usize,
}

impl Fmt {
    pub(crate) fn run(self) -> Done {
        let output = match (self.check, self.stdout) {
            (true, _) => Output::Name,
            (_, true) => Output::Print,
            _ => Output::Write,
        };
        let mut tally = Tally::default();
        if self.paths == [PathBuf::from("-")] {
            let output = if output == Output::Write { Output::Print } else { output };
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
            tally.take(None, &text, output)?;
        } else {
            for source in sources::find(&self.paths)? {
                tally.take(Some(&source.file), &source.read()?, output)?;
            }
        }
        Ok(tally.verdict(output))
    }
}

impl Tally {
    /// Formats one text; without a file it is standard input.
    fn take(&mut self, file: Option<&Path>, text: &str, output: Output) -> anyhow::Result<()> {
        let shown = file.map_or_else(|| "-".to_owned(), |file| file.display().to_string());
        self.files += 1;
        let formatted = match scenario::format::format(text) {
            Ok(formatted) => formatted,
            Err(diagnostic) => {
                self.broken += 1;
                terminal::say(diagnostic.render(&shown));
                return Ok(());
            }
        };
        let changed = formatted != text;
        self.changed += usize::from(changed);
        match (output, file) {
            (Output::Print, _) => write!(terminal::stdout(), "{formatted}")?,
            (Output::Write, Some(file)) if changed => replace(file, &formatted)?,
            _ => {}
        }
        if changed && output != Output::Print {
            writeln!(terminal::stdout(), "{}", paint(STRONG, shown))?;
        }
        Ok(())
    }

    fn verdict(&self, output: Output) -> ExitCode {
        let files = terminal::count(self.files, "file");
        match output {
            Output::Write => terminal::say(format_args!("{files}, {} formatted", self.changed)),
            Output::Name => terminal::say(format_args!("{files}, {} to be formatted", self.changed)),
            Output::Print => {}
        }
        if self.broken > 0 {
            let broken = terminal::count(self.broken, "file");
            terminal::say(paint(BAD, format_args!("{broken} cannot be read as YAML and stayed unchanged")));
        }
        terminal::verdict(self.broken + if output == Output::Name { self.changed } else { 0 })
    }
}

/// Writes a file's new text so that at any moment there is the old one or the new one, whole. The file keeps its
/// permissions; a link keeps pointing to what it points to.
pub(crate) fn replace(file: &Path, text: &str) -> anyhow::Result<()> {
    let problem = || format!("cannot write {}", file.display());
    let target = fs::canonicalize(file).with_context(problem)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.new", std::process::id()));
    let beside = target.with_file_name(name);
    let written = write_whole(&beside, text)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&target)?.permissions()))
        .and_then(|()| fs::rename(&beside, &target));
    if written.is_err() {
        // It is of no use to anyone; that it cannot be removed says nothing new.
        let _ = fs::remove_file(&beside);
    }
    written.with_context(problem)
}

fn write_whole(file: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create(file)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
