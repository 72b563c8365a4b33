//! `hookmill run`: one run of one scenario, here and now, without a server.

mod input;
mod narration;
mod neighbours;
mod record;
mod standstill;

use crate::home::Home;
use crate::setting::AllowEnv;
use crate::sources::{self, Source};
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use anyhow::Context;
use clap::Args;
use engine::{Delivery, Deployment, Engine, Handle, Options, Refused};
use narration::Narration;
use neighbours::Sound;
use record::Record;
use run::data_store::DataStores;
use run::entry::End;
use run::files::Files;
use run::response::Response;
use run::setting::{Secrets, Setting};
use standstill::Blocked;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use store::Store;

/// How much longer than the run may take its end is waited for.
const GRACE: Duration = Duration::from_secs(1);

/// Run one scenario once, without a server
///
/// Runs one scenario from its first step to its end and prints its answer. Steps are shown on stderr as they happen.
/// Scenarios that it calls run too. What it waits for is waited for up to a minute. Calls are real, except over connections that say `sandbox: true`. Nothing is kept: data stores begin empty, unless
/// `--data` names the folder of a server that is not running, whose stores the run then reads and changes.
#[derive(Args, Debug)]
#[command(after_help = terminal::EXIT_CODES)]
pub(crate) struct Run {
    /// The scenario
    file: PathBuf,
    /// What `trigger.body` is: JSON, or @FILE with JSON in it, or - for stdin
    #[arg(long, short, value_name = "JSON|@FILE|-", allow_hyphen_values = true)]
    input: Option<String>,
    /// A value of `trigger.query`; can be given several times
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = input::query_pair)]
    query: Vec<(String, String)>,
    /// Print the whole run as JSON instead of its answer
    #[arg(long)]
    json: bool,
    /// The data folder whose data stores the run uses, such as `.hookmill`
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    allow_env: AllowEnv,
}

/// What a run needs.
struct Stage<'a> {
    home: &'a Home,
    /// The scenario itself, and those that it may call.
    scenarios: Vec<Sound>,
    /// Where its data stores are, if they are kept.
    kept: Option<&'a Store>,
    setting: Setting,
}

/// How it went.
struct Performance {
    record: Record,
    /// What it still waits for, where that does not come by itself.
    blocked: Option<Blocked>,
}

impl Run {
    pub(crate) fn run(self) -> Done {
        let source = sources::file(&self.file)?;
        let homes = Home::all(std::slice::from_ref(&source));
        let home = &homes[&source.home];
        let mistakes = home.mistakes();
        anyhow::ensure!(mistakes.is_empty(), "{}", below(&source.home, &mistakes));
        let text = source.read()?;
        let Some(deployment) = check(&source, &text, home)? else { return Ok(ExitCode::from(1)) };
        let body = self.input.as_deref().map(input::body).transpose()?;
        let delivery = input::delivery(&deployment.plan, body, self.query)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let kept = self.data.as_deref().map(open).transpose()?;
        let stage = Stage {
            home,
            scenarios: neighbours::of(&source, Sound { text, deployment: deployment.clone() }, &home.catalog),
            kept: kept.as_ref(),
            setting: Setting {
                env: self.allow_env.variables(),
                secrets: Arc::clone(&home.secrets) as Arc<dyn Secrets>,
                ..Setting::default()
            },
        };
        let Performance { record, blocked } = runtime.block_on(perform(stage, &deployment, delivery))?;
        if let Some(kept) = kept {
            kept.journal.close()?;
        }
        if self.json {
            writeln!(terminal::stdout(), "{:#}", record.json())?;
        } else if let Some(response) = record.response() {
            print_answer(response)?;
        }
        Ok(conclude(&record, blocked.as_ref(), &source))
    }
}

/// The scenario, ready to run; none where its text has errors, which are shown.
fn check(source: &Source, text: &str, home: &Home) -> anyhow::Result<Option<Deployment>> {
    let id = source.id().map_err(|error| anyhow::anyhow!("{}: {error}", source.shown()))?;
    let (plan, diagnostics) = scenario::check(text, &home.catalog);
    for diagnostic in diagnostics {
        terminal::say(diagnostic.render(&source.shown()));
    }
    Ok(plan.map(|plan| Deployment { id, plan: Arc::new(plan) }))
}

/// Lines that begin with the name of a file in this folder.
fn below(folder: &Path, lines: &[String]) -> String {
    let lines: Vec<String> = lines.iter().map(|line| folder.join(line).display().to_string()).collect();
    lines.join("\n")
}

/// The data folder that keeps the data stores.
fn open(data: &Path) -> anyhow::Result<Store> {
    anyhow::ensure!(data.is_dir(), "{} is no data folder: `hookmill serve --data` makes one", data.display());
    store::open(&format!("sled:{}", data.display()))
        .with_context(|| format!("cannot open the data folder {}; does a server use it?", data.display()))
}

/// Drives one run on an engine of its own, telling each step.
async fn perform(stage: Stage<'_>, deployment: &Deployment, delivery: Delivery) -> anyhow::Result<Performance> {
    let Stage { home, scenarios, kept, setting } = stage;
    let plans = scenarios.iter().map(|Sound { deployment, .. }| (deployment.id.clone(), Arc::clone(&deployment.plan)));
    let (store, narration) = Narration::over(store::open("memory:")?, deployment.id.clone(), plans.collect());
    let stores = DataStores::new(Arc::clone(&kept.unwrap_or(&store).tables));
    let files = Files::new(Arc::clone(&store.blobs), &setting.resume_key);
    let modules = modules::catalog(Arc::clone(&home.connections), &stores, &files, modules::Options::default());
    let options = Options { setting: Arc::new(setting), ..Options::default() };
    let engine = Engine::start(store, Arc::clone(&home.catalog), modules, options);
    let handle = engine.handle();
    for Sound { text, deployment } in &scenarios {
        handle.deploy(deployment.id.clone(), text, Arc::clone(&deployment.plan))?;
    }
    engine.resume()?;
    let told = tokio::select! {
        told = narration.tell() => told?,
        refused = refusal(&handle, deployment, delivery) => return Err(refused.into()),
    };
    let journal = handle.journal(told.run)?;
    let (head, entries) = journal.ok_or_else(|| anyhow::anyhow!("the journal of the run is gone"))?;
    engine.stop(GRACE).await?;
    let record = Record::new(told.run, deployment, head.status, entries);
    Ok(Performance { record, blocked: told.blocked })
}

/// Starts the run. Comes back only if it is refused; the narration knows its end better than its caller.
async fn refusal(handle: &Handle, deployment: &Deployment, delivery: Delivery) -> Refused {
    match handle.deliver(deployment, delivery, deployment.plan.limits.timeout + GRACE).await {
        Ok(_) => std::future::pending().await,
        Err(refused) => refused,
    }
}

fn print_answer(response: &Response) -> anyhow::Result<()> {
    let mut out = terminal::stdout();
    out.write_all(&response.body)?;
    if !response.body.is_empty() && !response.body.ends_with(b"\n") {
        writeln!(out)?;
    }
    Ok(out.flush()?)
}

/// Says how the run ended.
fn conclude(record: &Record, blocked: Option<&Blocked>, source: &Source) -> ExitCode {
    let answer = record.response().map_or(String::new(), |response| format!(", answered {}", response.status));
    match record.end() {
        Some(End::Succeeded) => terminal::say(format_args!("{}{answer}", paint(OK, "succeeded"))),
        Some(End::Stopped) => terminal::say(format_args!("{} early, as `on_error` says{answer}", paint(OK, "stopped"))),
        Some(End::Failed { error, .. }) => {
            let place = record
                .failed_at()
                .map_or_else(|| source.shown(), |place| format!("{}:{}:{}", source.shown(), place.line, place.column));
            let step = record.failed_step().map_or(String::new(), |step| format!("step `{step}`: "));
            let tag = paint(BAD, format_args!("failed[{}]", error.code));
            terminal::say(format_args!("{place}: {tag}: {step}{}", error.message));
            if let Some(hint) = &error.hint {
                terminal::say(format_args!("  hint: {hint}"));
            }
            return ExitCode::from(1);
        }
        Some(End::Cancelled) => {
            terminal::say(paint(BAD, "cancelled"));
            return ExitCode::from(1);
        }
        None => {
            let tag = paint(BAD, "not over");
            let waits = blocked.map_or(String::new(), |blocked| record.waits(blocked));
            let place = blocked.and_then(|blocked| record.blocked_at(blocked));
            let place = place.map_or(String::new(), |place| format!(":{}:{}", place.line, place.column));
            terminal::say(format_args!("{}{place}: {tag}: {waits}", source.shown()));
            terminal::say(
                "  hint: `hookmill run` keeps nothing; `hookmill serve` keeps runs that wait, and goes on with them",
            );
            return ExitCode::from(1);
        }
    }
    if record.used_sandbox() {
        terminal::say(paint(QUIET, "sandbox: nothing left this machine over sandbox connections"));
    }
    ExitCode::SUCCESS
}
