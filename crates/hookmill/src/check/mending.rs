//! `hookmill check --fix`: applies the fixes that findings carry, until none is left.

use super::inspection::{Finding, inspect};
use crate::fmt::replace;
use crate::home::Home;
use crate::sources::Source;
use scenario::diagnostic::{Fix, Place, apply};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What one fix uncovers is fixed in the next round; no text has needed more.
const ROUNDS: usize = 10;

/// A fix that was applied.
#[derive(Serialize)]
pub(super) struct Mended {
    /// As the user named it, or below what the user named.
    pub(super) file: String,
    /// The finding's code.
    pub(super) code: &'static str,
    /// Where the finding was, in the text as it was then.
    pub(super) place: Place,
    /// What was done.
    pub(super) title: String,
}

/// Mends the files, and tells what was done.
pub(super) fn mend(sources: &[Source], homes: &BTreeMap<PathBuf, Home>) -> anyhow::Result<Vec<Mended>> {
    let mut mended = Vec::new();
    for _ in 0..ROUNDS {
        let findings = inspect(sources, homes)?;
        let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.diagnostic.fix.is_some()) {
            by_file.entry(&finding.file).or_default().push(finding);
        }
        let before = mended.len();
        for source in sources {
            let own = by_file.get(source.shown().as_str()).map(Vec::as_slice).unwrap_or_default();
            mended.extend(mend_one(source, own)?);
        }
        if mended.len() == before {
            break;
        }
    }
    Ok(mended)
}

fn mend_one(source: &Source, findings: &[&Finding]) -> anyhow::Result<Vec<Mended>> {
    let mendable: Vec<(&Finding, &Fix)> =
        findings.iter().filter_map(|finding| Some((*finding, finding.diagnostic.fix.as_ref()?))).collect();
    if mendable.is_empty() {
        return Ok(Vec::new());
    }
    let fixes: Vec<&Fix> = mendable.iter().map(|(_, fix)| *fix).collect();
    let text = source.read()?;
    let fixed = apply(&text, &fixes);
    if !fixed.applied.is_empty() {
        replace(&source.file, &fixed.text)?;
    }
    let of = |number: &usize| {
        let (Finding { file, diagnostic }, fix) = mendable[*number];
        Mended { file: file.clone(), code: diagnostic.code, place: diagnostic.place, title: fix.title.clone() }
    };
    Ok(fixed.applied.iter().map(of).collect())
}
