//! From files to findings: each text by itself, on all processors; then what a folder's scenarios cannot share.

use crate::home::Home;
use crate::sources::{self, CONNECTIONS, SECRETS, Source};
use engine::Deployment;
use modules::connections::{Fault, Problem};
use run::id::ScenarioId;
use scenario::diagnostic::{Diagnostic, Place};
use scenario::plan::{Plan, Trigger};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use triggers::webhook::hooks::{Hook, Hooks};
use triggers::webhook::pattern::Pattern;

/// One finding, and the file it is in.
#[derive(Serialize)]
pub(super) struct Finding {
    /// As the user named it, or below what the user named.
    pub(super) file: String,
    /// What is wrong.
    #[serde(flatten)]
    pub(super) diagnostic: Diagnostic,
}

/// A text that was checked.
struct Checked<'a> {
    source: &'a Source,
    id: Option<ScenarioId>,
    plan: Option<Arc<Plan>>,
    diagnostics: Vec<Diagnostic>,
    /// What is wrong with the tests beside it.
    tests: Vec<Finding>,
}

/// A webhook of a checked scenario, beside others of its folder.
struct Listening {
    checked: usize,
    id: ScenarioId,
    path: String,
    place: Place,
}

/// All findings, file by file, in the order of the text.
pub(super) fn inspect(sources: &[Source], homes: &BTreeMap<PathBuf, Home>) -> anyhow::Result<Vec<Finding>> {
    let mut checked = check_all(sources, homes)?;
    for home in homes.keys() {
        compare_names(home, &mut checked);
        compare_hooks(home, &mut checked);
    }
    let mut findings: Vec<Finding> = homes.iter().flat_map(|(folder, home)| references(folder, home)).collect();
    for Checked { source, mut diagnostics, tests, .. } in checked {
        diagnostics.sort_by_key(|diagnostic| diagnostic.place);
        findings.extend(in_file(source.shown(), diagnostics));
        findings.extend(tests);
    }
    Ok(findings)
}

/// Reads and checks every source, an equal share on each processor.
fn check_all<'a>(sources: &'a [Source], homes: &BTreeMap<PathBuf, Home>) -> anyhow::Result<Vec<Checked<'a>>> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let share = sources.len().div_ceil(processors).max(1);
    thread::scope(|scope| {
        let threads: Vec<_> = sources
            .chunks(share)
            .map(|sources| scope.spawn(|| sources.iter().map(|source| check(source, homes)).collect::<Vec<_>>()))
            .collect();
        let shares = threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        shares.collect()
    })
}

fn check<'a>(source: &'a Source, homes: &BTreeMap<PathBuf, Home>) -> anyhow::Result<Checked<'a>> {
    let (plan, mut diagnostics) = scenario::lint::review(&source.read()?, &homes[&source.home].catalog);
    let id = source.id().ok();
    if id.is_none() {
        diagnostics.push(Diagnostic::unusable_name(&source.stem()));
    }
    let tests = plan.as_ref().map_or(Ok(Vec::new()), |plan| check_tests(source, plan))?;
    Ok(Checked { source, id, plan: plan.map(Arc::new), diagnostics, tests })
}

/// Checks the tests beside a scenario. Where the scenario is not sound, the names they may use are not known.
fn check_tests(source: &Source, plan: &Plan) -> anyhow::Result<Vec<Finding>> {
    let Some(file) = source.tests() else { return Ok(Vec::new()) };
    let (_, diagnostics) = scenario::check_tests(&sources::read(&file)?, plan);
    Ok(in_file(file.display().to_string(), diagnostics).collect())
}

fn in_file(file: String, diagnostics: Vec<Diagnostic>) -> impl Iterator<Item = Finding> {
    diagnostics.into_iter().map(move |diagnostic| Finding { file: file.clone(), diagnostic })
}

/// Files of tests that belong to no scenario.
pub(super) fn orphans(paths: &[PathBuf]) -> anyhow::Result<Vec<Finding>> {
    let orphans = sources::orphans(paths)?.into_iter().map(|file| {
        let diagnostic = Diagnostic::orphaned_tests(&sources::tested_by(&file).unwrap_or_default());
        Finding { file: file.display().to_string(), diagnostic }
    });
    Ok(orphans.collect())
}

/// What is wrong with a folder's connections, secrets and apps.
fn references(folder: &Path, home: &Home) -> Vec<Finding> {
    let connections = home.connection_problems.iter().chain(home.connections.missing());
    let secrets = home.secret_problems.iter().chain(home.secrets.missing());
    let of_connections = connections.map(|problem| {
        told(folder, CONNECTIONS, problem, Diagnostic::connection_mistake, Diagnostic::connection_missing)
    });
    let of_secrets =
        secrets.map(|problem| told(folder, SECRETS, problem, Diagnostic::secret_mistake, Diagnostic::secret_missing));
    let of_apps = home.app_problems.iter().map(|problem| Finding {
        file: folder.join(&problem.file).display().to_string(),
        diagnostic: problem.diagnostic(),
    });
    of_connections.chain(of_secrets).chain(of_apps).collect()
}

type Made = fn(Place, &str, Option<&str>) -> Diagnostic;

fn told(folder: &Path, file: &str, problem: &Problem, mistake: Made, missing: Made) -> Finding {
    let message = match &problem.name {
        Some(name) => format!("`{name}`: {}", problem.message),
        None => problem.message.clone(),
    };
    let made = match problem.fault {
        Fault::Mistake => mistake,
        Fault::Missing => missing,
    };
    let diagnostic = made(problem.place, &message, problem.hint.as_deref());
    Finding { file: folder.join(file).display().to_string(), diagnostic }
}

/// Finds files that would be the same scenario.
fn compare_names(home: &Path, checked: &mut [Checked<'_>]) {
    let mut known: HashMap<ScenarioId, String> = HashMap::new();
    for one in checked.iter_mut().filter(|one| one.source.home == home) {
        let Some(id) = &one.id else { continue };
        match known.get(id) {
            Some(other) => one.diagnostics.push(Diagnostic::scenario_taken(id.as_str(), other)),
            None => drop(known.insert(id.clone(), one.source.shown())),
        }
    }
}

/// Finds webhooks that cannot be served, and those that stand in each other's way.
fn compare_hooks(home: &Path, checked: &mut [Checked<'_>]) {
    let (mut hooks, mut listening) = (Vec::new(), Vec::new());
    for (number, one) in checked.iter_mut().enumerate().filter(|(_, one)| one.source.home == home) {
        let (Some(id), Some(plan)) = (&one.id, &one.plan) else { continue };
        let deployment = Arc::new(Deployment { id: id.clone(), plan: Arc::clone(plan) });
        for trigger in &plan.triggers {
            let Trigger::Webhook(webhook) = trigger else { continue };
            let hook = match Hook::new(webhook.path.as_deref().unwrap_or_default(), Arc::clone(&deployment), webhook) {
                Ok(hook) => hook,
                Err(error) => {
                    one.diagnostics
                        .push(Diagnostic::unservable_hook(error.place().unwrap_or(webhook.place), &error.to_string()));
                    continue;
                }
            };
            // A webhook without a path gets one that nobody else has.
            let Some(path) = &webhook.path else { continue };
            let Ok(pattern) = path.parse::<Pattern>() else { continue };
            hooks.push((pattern, hook));
            listening.push(Listening { checked: number, id: id.clone(), path: path.to_string(), place: webhook.place });
        }
    }
    for conflict in Hooks::build(hooks).1 {
        let (served, shadowed) = (&listening[conflict.served], &listening[conflict.shadowed]);
        for (one, other) in [(served, shadowed), (shadowed, served)] {
            let finding = Diagnostic::path_taken(one.place, &one.path, one.id.as_str(), other.id.as_str());
            checked[one.checked].diagnostics.push(finding);
        }
    }
}
