//! Blueprints of Make: modules in the order in which they run become steps, bundles that come several times become
//! loops, and expressions of Make's own language become ours.

mod aggregate;
mod answers;
mod bundles;
mod expression;
mod file;
mod filter;
mod flow;
mod functions;
mod handlers;
mod iml;
mod modules;
mod notes;
mod route;
mod start;
mod translator;
mod typed;
mod values;
mod watch;

use crate::ImportError;
use crate::counterparts::Counterparts;
use crate::draft::{Data, Draft, OnError, Step};
use crate::ids::slug;
use crate::settle::Translated;
use flow::Within;
use serde_json::Value;
use translator::Translator;

/// What a blueprint says, in our language.
pub(crate) fn translate(stem: &str, content: &Value, known: &Counterparts) -> Result<Translated, ImportError> {
    let name = content["name"].as_str().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(stem);
    let modules = file::modules(&content["flow"])?;
    let mut translator = Translator::new(slug(name, &slug(stem, "imported")), known);
    translator.survey(&modules);
    let scheduling = content.get("scheduling").unwrap_or(&Value::Null);
    let is_webhook = modules.first().is_some_and(|first| first.kind == "gateway:CustomWebHook");
    let start = translator.start(&modules, scheduling);
    let mut steps = match start.done {
        Some(done) => translator.begun(&modules, done),
        None => translator.flow(&modules, Within::Nothing),
    };
    if is_webhook && !answers::answers(&modules) {
        steps.insert(0, Step::call("respond", Data::map([("text", Data::text("Accepted"))])));
    }
    let remarks = notes::place(&content["metadata"], &mut steps);
    // A held run would hold all behind it, where Make goes on with others.
    let in_line = start.in_line && !steps.iter().any(holds);
    let sequential = in_line || content["metadata"]["scenario"]["sequential"] == true;
    let limits = if sequential { vec![("sequential".to_owned(), Data::Bool(true))] } else { Vec::new() };
    let draft =
        Draft { name: name.to_owned(), remarks, triggers: vec![start.trigger], limits, steps, ..Draft::default() };
    let mut report = translator.report;
    report.expressions = translator.values.counted;
    Ok(Translated { draft, report, originals: translator.originals })
}

/// Whether a step, or one inside it, may hold the run.
fn holds(step: &Step) -> bool {
    let mut found = false;
    step.each(&mut |step| found |= matches!(step.on_error, Some(OnError::Hold(_))));
    found
}

#[cfg(test)]
mod tests;
