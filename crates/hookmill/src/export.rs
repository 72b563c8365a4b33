//! `hookmill export`: a scenario as a blueprint of Make, or as a picture.

use crate::terminal::{self, DOUBTFUL, Done, QUIET, paint};
use crate::{home, language};
use anyhow::Context;
use blueprint::export::{Exported, make};
use blueprint::picture::Picture;
use clap::{Args, ValueEnum};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The folder in which scenarios are looked for by their ids.
const FOLDER: &str = "scenarios";

/// Write a scenario as a blueprint of Make, or as a picture
///
/// A blueprint says what Make has words for; empty slots with notes stand for the rest, and are told of. It carries the
/// scenario's text along: imported again, it is the same scenario, with what was changed in Make merged into it.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Export {
    /// Files, or ids of scenarios in the folder `scenarios`
    #[arg(required = true, value_name = "SCENARIO")]
    scenarios: Vec<String>,
    /// What it is to become
    #[arg(long = "as", value_enum, value_name = "FORM", default_value_t = Form::Make)]
    form: Form,
    /// The file to write; of several scenarios, the folder [default: stdout]
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A blueprint of Make
    Make,
    /// A flow chart in the language of Mermaid
    Mermaid,
    /// A picture
    Svg,
}

impl Form {
    fn extension(self) -> &'static str {
        match self {
            Self::Make => "json",
            Self::Mermaid => "mmd",
            Self::Svg => "svg",
        }
    }
}

impl Export {
    pub(crate) fn run(self) -> Done {
        let several = self.scenarios.len() > 1;
        anyhow::ensure!(!several || self.output.is_some(), "several scenarios need a folder: `-o DIR`");
        if let (true, Some(folder)) = (several, &self.output) {
            fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        let files: Vec<PathBuf> = self.scenarios.iter().map(|named| file(named)).collect();
        let home = files.first().map_or(Path::new("."), |file| crate::sources::parent(file));
        let known = language::counterparts(&home::apps_of(home));
        for file in &files {
            let text = crate::sources::read(file)?;
            let id = file.file_stem().unwrap_or_default().to_string_lossy();
            let written = match self.form {
                Form::Make => {
                    let Exported { blueprint, left } = make(&id, &text, &known)
                        .map_err(|found| anyhow::anyhow!("{}", found.render(&file.display().to_string())))?;
                    for one in left {
                        let (step, reason) = (terminal::printable(&one.step), terminal::printable(&one.reason));
                        terminal::say(format_args!("{} {step}: {reason}", paint(DOUBTFUL, "not said:")));
                    }
                    format!("{blueprint:#}\n")
                }
                Form::Mermaid => Picture::of(&text).mermaid(),
                Form::Svg => Picture::of(&text).svg(),
            };
            match &self.output {
                None => write!(terminal::stdout(), "{written}")?,
                Some(path) => {
                    let path =
                        if several { path.join(format!("{id}.{}", self.form.extension())) } else { path.clone() };
                    fs::write(&path, written).with_context(|| format!("cannot write {}", path.display()))?;
                    terminal::say(paint(QUIET, path.display()));
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The file that is meant: itself, else the scenario of this id.
fn file(named: &str) -> PathBuf {
    let path = PathBuf::from(named);
    if path.is_file() {
        return path;
    }
    let of_id = Path::new(FOLDER).join(format!("{named}.yaml"));
    if of_id.is_file() { of_id } else { path }
}
