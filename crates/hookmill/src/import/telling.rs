//! How an import is told: lines for people, JSON for programs.

use super::keeping::Begins;
use super::{Outcome, Updated};
use crate::diff;
use crate::terminal::{self, BAD, DOUBTFUL, OK, QUIET, STRONG, paint};
use blueprint::Report;
use blueprint::page::{Told, page};
use blueprint::report::{Asked, questions};
use scenario::merge::Conflict;
use serde_json::{Value, json};
use std::io::Write;

/// One question for each account that any of the scenarios needs.
fn asked(outcomes: &[Outcome]) -> Vec<Asked<'_>> {
    let done = outcomes.iter().filter_map(|outcome| outcome.result.as_ref().ok());
    questions(done.map(|done| (done.one.id.as_str(), &done.one.report)))
}

pub(super) fn text(outcomes: &[Outcome], begins: Begins) -> anyhow::Result<()> {
    let mut out = terminal::stdout();
    for Outcome { file, result } in outcomes {
        let file = terminal::printable(file);
        match result {
            Ok(done) => {
                let (one, written) = (&done.one, &done.written);
                let target = written.as_ref().map_or_else(|| one.id.clone(), |path| path.display().to_string());
                let style = if one.report.modules.todo == 0 { OK } else { DOUBTFUL };
                writeln!(out, "{} → {}", paint(STRONG, file), paint(style, target))?;
                write!(out, "  {}", terminal::printable_lines(&one.report.to_string()))?;
                if let Some(updated) = &done.updated {
                    update(&mut out, updated)?;
                }
            }
            Err(error) => writeln!(out, "{}: {}", paint(STRONG, file), paint(BAD, terminal::printable(error)))?,
        }
    }
    let done = outcomes.iter().filter(|outcome| outcome.result.is_ok()).count();
    let asked = asked(outcomes);
    if done > 1 && !asked.is_empty() {
        writeln!(out, "{}", paint(STRONG, "to be answered once, for all of them"))?;
        for one in &asked {
            let users = terminal::count(one.uses.len(), "scenario");
            writeln!(out, "  {} ({users})", terminal::printable(&one.question()))?;
        }
    }
    out.flush()?;
    let failed = outcomes.len() - done;
    terminal::say(format_args!("{} imported, {failed} not", terminal::count(done, "scenario")));
    if done > 0 {
        terminal::say(paint(QUIET, "next: `hookmill check` names every step that is left to do"));
        let is_new = |outcome: &Outcome| outcome.result.as_ref().is_ok_and(|kept| kept.updated.is_none());
        if begins == Begins::SwitchedOff && outcomes.iter().any(is_new) {
            let line = "new scenarios are switched off: take `enabled: false` out of those that you have read";
            terminal::say(paint(QUIET, line));
        }
    }
    Ok(())
}

/// What changed in a scenario that was there already.
fn update(out: &mut impl Write, Updated { changes, conflicts }: &Updated) -> anyhow::Result<()> {
    if changes.is_empty() && conflicts.is_empty() {
        writeln!(out, "  {}", paint(OK, "it is up to date"))?;
    }
    diff::print(out, changes)?;
    for Conflict { path, text } in conflicts {
        let (path, text) = (terminal::printable(path), terminal::printable(text));
        writeln!(out, "  {} {path}: {text}", paint(DOUBTFUL, "conflict"))?;
    }
    Ok(())
}

/// A page with pictures.
pub(super) fn html(outcomes: &[Outcome]) -> String {
    let told = outcomes.iter().map(|Outcome { file, result }| Told {
        file,
        result: result.as_ref().map(|kept| &kept.one).map_err(String::as_str),
    });
    page(&told.collect::<Vec<_>>())
}

pub(super) fn json(outcomes: &[Outcome]) -> Value {
    let files: Vec<Value> = outcomes
        .iter()
        .map(|Outcome { file, result }| match result {
            Ok(done) => {
                let Report { modules, expressions, connections, secrets, items } = &done.one.report;
                let mut told = json!({
                    "file": file, "ok": true, "kind": done.one.kind, "id": done.one.id, "written": done.written,
                    "modules": modules, "expressions": expressions, "connections": connections, "items": items,
                });
                if !secrets.is_empty() {
                    told["secrets"] = json!(secrets);
                }
                if let Some(Updated { changes, conflicts }) = &done.updated {
                    told["changes"] = json!(changes);
                    told["conflicts"] = json!(conflicts);
                }
                told
            }
            Err(error) => json!({ "file": file, "ok": false, "error": error }),
        })
        .collect();
    json!({ "files": files, "connections": asked(outcomes) })
}
