//! `hookmill import`: what people have in Make, n8n, Zapier and Node-RED becomes scenarios, with a report.

mod surroundings;

use crate::language;
use crate::terminal::{self, BAD, DOUBTFUL, Done, OK, QUIET, STRONG, paint};
use anyhow::Context;
use blueprint::{Imported, Report};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// Make scenarios of what other tools have exported
///
/// Reads blueprints of Make, recognised by what is in them, and writes one YAML file for each scenario. What cannot be
/// translated becomes a `todo` step that keeps the original, and the report tells of it. No file that is there already
/// is changed.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Import {
    /// Files, or folders with all JSON files below them
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// Where to write the scenarios [default: scenarios, else the working directory]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How to tell what became of them
    #[arg(long, value_enum, default_value_t = Form::Text)]
    report: Form,
    /// Write nothing, and tell all the same
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Text,
    /// One JSON object, for programs
    Json,
}

/// What became of one file, or of one scenario of it.
struct Outcome {
    file: PathBuf,
    result: Result<(Imported, Option<PathBuf>), String>,
}

impl Import {
    pub(crate) fn run(self) -> Done {
        let files = files(&self.paths)?;
        let mut known = language::counterparts();
        if files.len() > 1 {
            // One file can call another of the same import.
            for file in &files {
                let bytes = read(file).with_context(|| format!("cannot read {}", file.display()))?;
                known.workflows.extend(blueprint::callable(&file.to_string_lossy(), &bytes));
            }
        }
        let folder = self.folder()?;
        let mut taken = BTreeSet::new();
        let mut outcomes = Vec::new();
        for file in files {
            let bytes = read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            match blueprint::import(&file.to_string_lossy(), &bytes, &known) {
                Ok(imported) => {
                    for one in imported {
                        let written = self.write(&folder, &one, &mut taken)?;
                        outcomes.push(Outcome { file: file.clone(), result: Ok((one, written)) });
                    }
                }
                Err(error) => outcomes.push(Outcome { file, result: Err(error.to_string()) }),
            }
        }
        if !self.dry_run {
            surroundings::complete(&folder, reports(&outcomes))?;
        }
        match self.report {
            Form::Text => print_text(&outcomes)?,
            Form::Json => writeln!(terminal::stdout(), "{:#}", as_json(&outcomes))?,
        }
        Ok(terminal::verdict(outcomes.iter().filter(|outcome| outcome.result.is_err()).count()))
    }

    fn folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(folder) = &self.output {
            if !self.dry_run {
                fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            }
            return Ok(folder.clone());
        }
        let usual = Path::new("scenarios");
        Ok(if usual.is_dir() { usual.to_owned() } else { PathBuf::from(".") })
    }

    /// Writes a scenario under a name that no file has, if anything is to be written.
    fn write(&self, folder: &Path, one: &Imported, taken: &mut BTreeSet<String>) -> anyhow::Result<Option<PathBuf>> {
        let names = std::iter::once(one.id.clone()).chain((2..).map(|number| format!("{}-{number}", one.id)));
        for name in names {
            let path = folder.join(format!("{name}.yaml"));
            if taken.contains(&name) || path.exists() {
                continue;
            }
            taken.insert(name);
            if self.dry_run {
                return Ok(None);
            }
            let problem = || format!("cannot write {}", path.display());
            match File::create_new(&path) {
                Ok(mut file) => file.write_all(one.yaml.as_bytes()).with_context(problem)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(error).with_context(problem),
            }
            return Ok(Some(path));
        }
        Ok(None)
    }
}

fn reports(outcomes: &[Outcome]) -> impl Iterator<Item = &Report> {
    outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok()).map(|(one, _)| &one.report)
}

/// A file's bytes, but of one that is longer than anything that is read only so many that this is seen.
fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let most = u64::try_from(blueprint::MAX_FILE).unwrap_or(u64::MAX);
    File::open(file)?.take(most + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The files that are meant: of folders, all JSON files below them, in the order of their names.
fn files(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        let about = fs::metadata(path).with_context(|| format!("cannot find {}", path.display()))?;
        if about.is_dir() {
            below(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type()?);
        if kind.is_dir() {
            below(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            found.push(path);
        }
    }
    Ok(())
}

fn print_text(outcomes: &[Outcome]) -> anyhow::Result<()> {
    let mut out = terminal::stdout();
    for Outcome { file, result } in outcomes {
        let file = terminal::printable(&file.display().to_string());
        match result {
            Ok((one, written)) => {
                let target = written.as_ref().map_or_else(|| one.id.clone(), |path| path.display().to_string());
                let style = if one.report.modules.todo == 0 { OK } else { DOUBTFUL };
                writeln!(out, "{} → {}", paint(STRONG, file), paint(style, target))?;
                write!(out, "  {}", terminal::printable_lines(&one.report.to_string()))?;
            }
            Err(error) => writeln!(out, "{}: {}", paint(STRONG, file), paint(BAD, terminal::printable(error)))?,
        }
    }
    out.flush()?;
    let done = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let failed = outcomes.len() - done;
    terminal::say(format_args!("{} imported, {failed} not", terminal::count(done, "scenario")));
    if done > 0 {
        terminal::say(paint(QUIET, "next: `hookmill check` names every step that is left to do"));
    }
    Ok(())
}

fn as_json(outcomes: &[Outcome]) -> Value {
    let files: Vec<Value> = outcomes
        .iter()
        .map(|Outcome { file, result }| match result {
            Ok((one, written)) => {
                let Report { modules, expressions, connections, items } = &one.report;
                json!({
                    "file": file, "ok": true, "kind": one.kind, "id": one.id, "written": written, "modules": modules,
                    "expressions": expressions, "connections": connections, "items": items,
                })
            }
            Err(error) => json!({ "file": file, "ok": false, "error": error }),
        })
        .collect();
    json!({ "files": files })
}
