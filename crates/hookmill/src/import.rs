//! `hookmill import`: what people have in Make, n8n, Zapier and Node-RED becomes scenarios, with a report.

mod address;
pub(crate) mod archive;
mod gather;
mod keeping;
mod progress;
mod sidecar;
mod surroundings;
mod telling;
pub(crate) mod web;

use crate::terminal::{self, Done};
use crate::{home, language, processors};
use blueprint::{Counterparts, ImportError, Imported, Paths};
use clap::{Args, ValueEnum};
use gather::Source;
use keeping::{Again, Begins, Keeping, Writing};
use modules::guard::Allowed;
use progress::Progress;
use scenario::changes::Change;
use scenario::merge::Conflict;
use server::Foreign;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make scenarios of what other tools have exported
///
/// Reads blueprints of Make, workflows of n8n, Zaps and flows of Node-RED, recognised by what is in them, and writes one
/// YAML file for each scenario. What cannot be translated becomes a `todo` step that keeps the original, and the report
/// tells of it. A new scenario begins switched off. No file that is there already is changed, unless `--update` brings
/// it up to date.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Import {
    /// Files, ZIP archives, addresses of the web, or folders with all JSON files and archives below them
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// Where to write the scenarios [default: scenarios, else the working directory]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How to tell what became of them
    #[arg(long, value_enum, default_value_t = Form::Text)]
    report: Form,
    /// Write nothing, and tell all the same
    #[arg(long)]
    dry_run: bool,
    /// Leave scenarios switched on whose files say so: webhooks answer, schedules start runs
    #[arg(long)]
    enable: bool,
    /// Take over the paths of webhooks as they are, also those that can be guessed
    #[arg(long)]
    keep_paths: bool,
    /// Bring scenarios up to date that were made of the same files before: what somebody has edited stays
    #[arg(long)]
    update: bool,
    /// A private host, address or network that files may be fetched from; may be given several times
    #[arg(long, value_name = "HOST")]
    allow_private: Vec<Allowed>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
    /// One page with pictures of both flows, on stdout
    Html,
}

/// What became of one file, or of one scenario of it.
struct Outcome {
    /// The file, as it was named.
    file: String,
    result: Result<Kept, String>,
}

impl Outcome {
    /// Whether somebody has to look at it: nothing was made of it, or both sides changed the same.
    fn is_at_fault(&self) -> bool {
        match &self.result {
            Ok(kept) => kept.updated.as_ref().is_some_and(|updated| !updated.conflicts.is_empty()),
            Err(_) => true,
        }
    }
}

/// A scenario, and the file that it is in now, if anything was to be written.
struct Kept {
    one: Imported,
    written: Option<PathBuf>,
    /// What changed, where it was there already.
    updated: Option<Updated>,
}

/// What a scenario was brought up to date by.
struct Updated {
    changes: Vec<Change>,
    conflicts: Vec<Conflict>,
}

/// What became of one file before anything is written.
struct Read {
    file: String,
    result: Result<Vec<Imported>, String>,
}

impl Import {
    pub(crate) fn run(self) -> Done {
        let sources = gather::sources(&self.sources, &self.allow_private)?;
        let writing = if self.dry_run { Writing::Tried } else { Writing::Real };
        let again = if self.update { Again::Update } else { Again::Beside };
        let begins = if self.enable { Begins::AsItIs } else { Begins::SwitchedOff };
        let mut keeping = Keeping::new(self.folder(), writing, begins, again)?;
        let mut known = language::counterparts(&home::apps_of(keeping.folder()));
        known.workflows.extend(callable(&sources)?);
        let mut outcomes = Vec::new();
        for Read { file, result } in read(&sources, &known, self.keep_paths.then_some(Paths::Kept))? {
            match result {
                Ok(scenarios) => {
                    for one in scenarios {
                        let result = keeping.keep(one, &file)?;
                        outcomes.push(Outcome { file: file.clone(), result });
                    }
                }
                Err(reason) => outcomes.push(Outcome { file, result: Err(reason) }),
            }
        }
        if !self.dry_run {
            let done = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
            surroundings::complete(keeping.folder(), done.map(|done| &done.one.report))?;
        }
        match self.report {
            Form::Text => telling::text(&outcomes, begins)?,
            Form::Json => writeln!(terminal::stdout(), "{:#}", telling::json(&outcomes))?,
            Form::Html => write!(terminal::stdout(), "{}", telling::html(&outcomes))?,
        }
        Ok(terminal::verdict(outcomes.iter().filter(|outcome| outcome.is_at_fault()).count()))
    }

    fn folder(&self) -> PathBuf {
        let usual = Path::new("scenarios");
        let usual = || if usual.is_dir() { usual.to_owned() } else { PathBuf::from(".") };
        self.output.clone().unwrap_or_else(usual)
    }
}

/// What files call each other by, where there are several: one can call another of the same import.
fn callable(sources: &[Source]) -> anyhow::Result<Vec<(String, String)>> {
    if matches!(sources, [Source::File(file)] if !file.extension().is_some_and(|it| it.eq_ignore_ascii_case("zip"))) {
        return Ok(Vec::new());
    }
    let of_files =
        |files: Vec<Foreign>| files.into_iter().flat_map(|it| blueprint::callable(&it.name, &it.bytes)).collect();
    let all = processors::each(sources, |source| Ok(source.read()?.map(of_files).unwrap_or_default()));
    let all: anyhow::Result<Vec<Vec<(String, String)>>> = all.into_iter().collect();
    Ok(all?.into_iter().flatten().collect())
}

/// Reads and translates all sources, on as many processors as there are, in their order. Unless `paths` says what becomes of
/// the paths of webhooks, it is what the source allows.
fn read(sources: &[Source], known: &Counterparts, paths: Option<Paths>) -> anyhow::Result<Vec<Read>> {
    let progress = Progress::of(sources.len());
    let all = processors::each(sources, |source| {
        let read = of_source(source, known, paths.unwrap_or_else(|| source.paths()));
        progress.step();
        read
    });
    let all: anyhow::Result<Vec<Vec<Read>>> = all.into_iter().collect();
    Ok(all?.into_iter().flatten().collect())
}

fn of_source(source: &Source, known: &Counterparts, paths: Paths) -> anyhow::Result<Vec<Read>> {
    let files = match source.read()? {
        Ok(files) => files,
        Err(reason) => return Ok(vec![Read { file: source.shown(), result: Err(reason) }]),
    };
    let is_archive =
        matches!(source, Source::File(_)) && !matches!(files.as_slice(), [one] if one.name == source.shown());
    let named = |name: &str| if is_archive { format!("{}/{name}", source.shown()) } else { source.shown() };
    let import = |Foreign { name, bytes }: &Foreign| blueprint::import_with(name, bytes, known, paths);
    Ok(files
        .iter()
        .map(|file| Read {
            file: named(&file.name),
            result: import(file).map_err(|it: ImportError| format!("[{}] {it}: {}", it.code(), it.hint())),
        })
        .collect())
}
