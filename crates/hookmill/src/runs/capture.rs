//! `hookmill runs capture`: a test of a run that has been.

use super::loosening::loosened;
use super::server::Server;
use super::{Place, folder};
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use crate::test::{Piece, disappointments, perform};
use anyhow::Context;
use clap::Args;
use engine::{Engine, capture};
use modules::Connections;
use run::entry::Entry;
use run::id::{RunId, ScenarioId};
use scenario::plan::{Plan, Test};
use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use triggers::webhook::headers::is_secret;

/// Make a test of a run
///
/// What came in comes in again, what others answered stands in for them, and what the run came to is expected. The test
/// is run at once; values that come out differently each time, such as `uuid()`, are expected by their kind alone.
#[derive(Args, Debug)]
pub(super) struct Capture {
    /// The run
    run: RunId,
    #[command(flatten)]
    place: Place,
    /// Write the test to this file, as `NAME.test.yaml` beside the scenario, instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Add the test to the end of the file
    #[arg(long, requires = "output")]
    append: bool,
}

/// A test, and the scenario that it is of.
struct Captured {
    scenario: ScenarioId,
    text: String,
    test: Value,
}

impl Capture {
    pub(super) async fn run(self) -> Done {
        let Captured { scenario, text, test } = match (&self.place.server, folder::open(&self.place.data)) {
            (None, Some(engine)) => {
                let captured = self.of_folder(&engine);
                folder::close(engine).await?;
                captured?
            }
            _ => self.of_server().await?,
        };
        let rehearsed = tokio::task::spawn_blocking(move || rehearsed(&scenario, &text, test)).await?;
        let (test, differences) = rehearsed?;
        self.write(&written(&test)?)?;
        if differences.is_empty() {
            terminal::say(format_args!("{} the test passes", paint(OK, "ok")));
            return Ok(ExitCode::SUCCESS);
        }
        terminal::say(format_args!("{} the run does not come out the same way again:", paint(BAD, "FAIL")));
        differences.iter().for_each(|line| terminal::say(format_args!("      {line}")));
        Ok(ExitCode::from(1))
    }

    fn of_folder(&self, engine: &Engine) -> anyhow::Result<Captured> {
        let handle = engine.handle();
        let (head, entries) = handle.journal(self.run)?.context("there is no such run")?;
        anyhow::ensure!(head.status.is_over(), "the run is not over yet");
        let Some(Entry::Created(created)) = entries.first() else { anyhow::bail!("the journal has no beginning") };
        let plan = handle.version(&created.scenario, &created.version)?;
        let text = handle.version_text(&created.scenario, &created.version)?;
        Ok(Captured { scenario: created.scenario.clone(), text, test: capture(&plan, &entries, is_secret) })
    }

    async fn of_server(&self) -> anyhow::Result<Captured> {
        let mut told = Server::of(&self.place)?.get(&format!("/runs/{}/test", self.run)).await?;
        let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
        Ok(Captured { scenario: text("scenario").parse()?, text: text("text"), test: told["test"].take() })
    }

    fn write(&self, test: &str) -> anyhow::Result<()> {
        let Some(file) = &self.output else { return Ok(terminal::stdout().write_all(test.as_bytes())?) };
        let failed = || format!("cannot write {}", file.display());
        let mut options = OpenOptions::new();
        let options =
            if self.append { options.create(true).append(true) } else { options.write(true).create_new(true) };
        let mut opened = options.open(file).with_context(failed)?;
        opened.write_all(test.as_bytes()).with_context(failed)?;
        terminal::say(paint(QUIET, format_args!("written to {}", file.display())));
        Ok(())
    }
}

/// The test as an item of a list, in YAML that says the same.
fn written(test: &Value) -> anyhow::Result<String> {
    let list = Value::Array(vec![test.clone()]);
    let yaml = serde_yaml::to_string(&list).unwrap_or_default();
    let same = serde_yaml::from_str::<Value>(&yaml).is_ok_and(|read| read == list);
    // JSON is YAML, too: where block style cannot say a value, this can.
    let yaml = if same { yaml } else { format!("- {test}") };
    Ok(format!("{}\n", yaml.trim_end()))
}

/// Runs the test. Expectations that differ only by what comes out differently each time are loosened; what else
/// differs is told.
fn rehearsed(id: &ScenarioId, text: &str, mut test: Value) -> anyhow::Result<(Value, Vec<String>)> {
    let catalog = crate::language::catalog();
    let (plan, _) = scenario::check(text, &catalog);
    let plan = Arc::new(plan.context("the scenario that the run was of is not valid any more")?);
    let connections = Arc::new(Connections::empty());
    let piece = Piece { id, plan: &plan, catalog: &catalog, connections: &connections, neighbours: &|_| None };
    let performance = perform(piece, &parsed(&test, &plan)?).map_err(anyhow::Error::msg)?;
    loosened(&mut test, &performance);
    let parsed = parsed(&test, &plan)?;
    Ok((test, disappointments(&parsed.expect, &plan, &performance)))
}

fn parsed(test: &Value, plan: &Plan) -> anyhow::Result<Test> {
    let (mut tests, diagnostics) = scenario::check_tests(&written(test)?, plan);
    match diagnostics.into_iter().find(|diagnostic| diagnostic.is_error()) {
        Some(diagnostic) => anyhow::bail!("{}", diagnostic.render("the captured test")),
        None => tests.pop().context("the captured test is empty"),
    }
}
