//! The scenarios beside the one that is run which it may call, and those which they may call.

use crate::sources::{self, Source};
use engine::Deployment;
use scenario::catalog::Catalog;
use scenario::plan::{Kind, Plan};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// A scenario without errors.
pub(super) struct Sound {
    pub(super) text: String,
    pub(super) deployment: Deployment,
}

/// This scenario and all that may run because of it. One that has errors is left out: to call it fails.
pub(super) fn of(source: &Source, main: Sound, catalog: &Catalog) -> Vec<Sound> {
    let mut files: BTreeMap<String, PathBuf> = sources::beside(&source.home);
    files.extend(sources::beside(sources::parent(&source.file)));
    files.remove(main.deployment.id.as_str());
    let mut found = vec![main];
    let mut next = 0;
    while let Some(one) = found.get(next) {
        let called: Vec<PathBuf> = calls(&one.deployment.plan).filter_map(|name| files.remove(name)).collect();
        found.extend(called.iter().filter_map(|file| sound(file, catalog)));
        next += 1;
    }
    found
}

fn calls(plan: &Plan) -> impl Iterator<Item = &str> {
    plan.steps.iter().filter_map(|step| match &step.kind {
        Kind::Invoke(invoke) => Some(&*invoke.scenario),
        _ => None,
    })
}

fn sound(file: &std::path::Path, catalog: &Catalog) -> Option<Sound> {
    let id = file.file_stem()?.to_str()?.parse().ok()?;
    let text = sources::read(file).ok()?;
    let plan = Arc::new(scenario::check(&text, catalog).0?);
    Some(Sound { text, deployment: Deployment { id, plan } })
}
