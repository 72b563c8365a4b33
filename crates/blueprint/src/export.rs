//! Scenarios as blueprints of Make. What Make has a word for is said in its words; the rest stands there as an empty slot
//! with a note. The text itself goes along in `metadata`, so that the way back is exact where nobody changed anything in
//! between, and loses nothing where somebody did.

mod back;
mod conditions;
mod flow;
mod iml;
mod modules;

pub(crate) use back::back;

use crate::counterparts::Counterparts;
use flow::{Chain, Writer};
use scenario::diagnostic::Diagnostic;
use serde::Serialize;
use serde_json::{Value, json};

/// A blueprint, and what it does not say.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    /// The blueprint, as *Import blueprint* of Make's editor takes it.
    pub blueprint: Value,
    /// What Make has no word for.
    pub left: Vec<Left>,
}

/// Something that Make has no word for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The step: its id, else its module.
    pub step: String,
    /// What is missing or different there.
    pub reason: String,
}

/// A scenario of this id as a blueprint. An error says why the text is no YAML.
pub fn make(id: &str, yaml: &str, known: &Counterparts) -> Result<Exported, Box<Diagnostic>> {
    let text = scenario::value(yaml)?;
    let mut writer = Writer::new(known);
    let mut flow = Vec::new();
    let scheduling = writer.start(&text["trigger"], &mut flow);
    let mut chain = Chain::behind(flow);
    writer.steps(&text["steps"], &mut chain);
    if text["on_failure"].as_array().is_some_and(|steps| !steps.is_empty()) {
        writer.leave("on_failure", "what follows a failed run is a scenario of its own in Make");
    }
    let name = text["name"].as_str().unwrap_or(id);
    let Writer { left, notes, waits_incomplete, .. } = writer;
    let instant = text["trigger"].get("webhook").is_some();
    let blueprint = json!({
        "name": name,
        "flow": chain.into_modules(),
        "metadata": {
            "version": 1,
            "instant": instant,
            "scenario": {
                "roundtrips": 1, "maxErrors": 3, "autoCommit": true, "autoCommitTriggerLast": true,
                "sequential": text["limits"]["sequential"] == true, "confidential": false, "dataloss": false,
                "dlq": waits_incomplete, "freshVariables": false, "slots": null,
            },
            "designer": { "orphans": [] },
            "zone": "eu1.make.com",
            "notes": notes,
            "hookmill": { "id": id, "text": yaml },
        },
        "scheduling": scheduling,
    });
    Ok(Exported { blueprint, left })
}

#[cfg(test)]
mod tests;
