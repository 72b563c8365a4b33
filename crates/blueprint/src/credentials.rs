//! Credentials that stand in a file in the clear. What is recognised goes no further: that of a request belongs into a
//! connection or a secret, which the step names in its place; anywhere else `•••` stands for it. Somebody is told of each.

mod request;
mod shapes;

use crate::draft::{Action, Data, Draft, OnError, Step};
use crate::ours::{Part, Text};
use crate::report::{Report, State};
use crate::settle::Translated;
use request::Keys;
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands where a credential stood.
const HIDDEN: &str = "•••";

/// The translation without the credentials that are recognised in it.
pub(crate) fn take_out(translated: Translated) -> Translated {
    let Translated { mut draft, mut report, mut originals } = translated;
    let mut keys = Keys::default();
    keys.taken.extend(report.connections.iter().map(|question| question.name.clone()));
    for_each_step(&mut draft, &mut |step| {
        keys.taken.extend(connection_of(step).map(str::to_owned));
    });
    let mut told = BTreeSet::new();
    let mut found = Vec::new();
    for_each_step(&mut draft, &mut |step| {
        let of_step = of_step(step, &mut keys);
        for kept in &of_step {
            // One remark for each of them: steps that share a credential need no more.
            if told.insert(kept.clone()) {
                step.remarks.push(kept.remark());
            }
        }
        found.extend(of_step.into_iter().map(|kept| (step.origin.clone(), kept)));
    });
    for (origin, kept) in found {
        tell(&mut report, origin.as_deref(), &kept, &keys);
    }
    for original in originals.values_mut() {
        hide_in_json(&mut original.value);
    }
    hide_in_words(&mut draft);
    Translated { draft, report, originals }
}

/// Where a credential has gone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kept {
    /// Into a connection of this name.
    Connection(String),
    /// Into a secret of this name.
    Secret(String),
    /// Nowhere: it is hidden.
    Hidden,
}

impl Kept {
    fn remark(&self) -> String {
        match self {
            Self::Connection(name) => format!("`{name}`: its credential stood here in the clear."),
            Self::Secret(name) => format!("`{name}` stood here in the clear."),
            Self::Hidden => format!("`{HIDDEN}`: a credential stood here in the clear."),
        }
    }

    fn reason(&self) -> String {
        match self {
            Self::Connection(name) => {
                format!("the file has its credential in the clear: it belongs into the connection `{name}`")
            }
            Self::Secret(name) => {
                format!("the file has a credential in the clear: it belongs into the secret `{name}`")
            }
            Self::Hidden => format!("the file has a credential in the clear: `{HIDDEN}` is in its place"),
        }
    }
}

fn for_each_step(draft: &mut Draft, visit: &mut impl FnMut(&mut Step)) {
    draft.steps.iter_mut().chain(&mut draft.on_failure).for_each(|step| step.each_mut(visit));
}

fn connection_of(step: &Step) -> Option<&str> {
    match &step.action {
        Action::Call(_, with) => with.get("connection")?.as_literal(),
        _ => None,
    }
}

/// Takes the credentials out of a step, and out of nothing inside it.
fn of_step(step: &mut Step, keys: &mut Keys) -> Vec<Kept> {
    let mut kept = Vec::new();
    let mut is_hidden = false;
    match &mut step.action {
        Action::Call(module, Data::Map(with)) if module == "http.request" => request::take_out(with, keys, &mut kept),
        Action::Call(_, with) => is_hidden = hide(with),
        Action::Todo(todo) => is_hidden = hide_in_json(&mut todo.original),
        _ => {}
    }
    if let Some(OnError::Use(data) | OnError::Hold(Some(data))) = &mut step.on_error {
        is_hidden |= hide(data);
    }
    kept.extend(is_hidden.then_some(Kept::Hidden));
    kept.dedup();
    kept
}

/// Notes in the report what has become of a credential.
fn tell(report: &mut Report, origin: Option<&str>, kept: &Kept, keys: &Keys) {
    let Some(origin) = origin else { return };
    if let Some(item) = report.items.iter_mut().find(|item| item.id == origin) {
        let reason = kept.reason();
        item.state = match (item.state, kept) {
            (State::Runs, Kept::Connection(_)) => State::NeedsConnection,
            (State::Runs | State::NeedsConnection, Kept::Secret(_) | Kept::Hidden) => State::NeedsDecision,
            (state, _) => state,
        };
        item.reason = Some(match item.reason.take() {
            Some(before) if before.contains(&reason) => before,
            Some(before) => format!("{before}; {reason}"),
            None => reason,
        });
    }
    match kept {
        Kept::Connection(name) => {
            if let Some(kind) = keys.kind_of(name) {
                report.asks(name, &[kind.name().to_owned()], None, origin);
                report.sets(name, keys.settings(name));
            }
        }
        Kept::Secret(name) => report.keeps_secret(name),
        Kept::Hidden => {}
    }
}

/// Hides what looks like a credential in all texts of a value; whether there was any.
fn hide(data: &mut Data) -> bool {
    match data {
        Data::Text(text) => {
            let parts = text.parts().iter().map(|part| match part {
                Part::Literal(words) => Part::Literal(shapes::hidden(words)),
                value @ Part::Value(_) => value.clone(),
            });
            let hidden = Text::of(parts);
            let is_other = hidden != *text;
            *text = hidden;
            is_other
        }
        Data::List(items) => items.iter_mut().fold(false, |any, item| hide(item) | any),
        Data::Map(entries) => entries.iter_mut().fold(false, |any, (_, item)| hide(item) | any),
        Data::Null | Data::Bool(_) | Data::Number(_) => false,
    }
}

/// Hides credentials in what is kept as it was: by their shapes, and by what they are called.
fn hide_in_json(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let hidden = shapes::hidden(text);
            let is_other = hidden != *text;
            *text = hidden;
            is_other
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| hide_in_json(item) | any),
        Value::Object(entries) => {
            let name = ["name", "key"].iter().find_map(|key| entries.get(*key)?.as_str());
            let is_pair = name.is_some_and(shapes::is_credential);
            entries.iter_mut().fold(false, |any, (key, item)| {
                let is_named = shapes::is_credential(key) || is_pair && key == "value";
                let is_hidden = match item {
                    Value::String(text) if is_named && is_literal(text) => {
                        HIDDEN.clone_into(text);
                        true
                    }
                    other => hide_in_json(other),
                };
                is_hidden | any
            })
        }
        _ => false,
    }
}

/// Whether a text of a file is a value, and neither empty nor computed.
fn is_literal(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text != HIDDEN && !text.starts_with('=') && !text.contains("{{")
}

/// Hides what people wrote into remarks, and what was pinned.
fn hide_in_words(draft: &mut Draft) {
    let in_text = |text: &mut String| *text = shapes::hidden(text);
    draft.description.iter_mut().for_each(in_text);
    draft.remarks.iter_mut().for_each(in_text);
    for test in &mut draft.tests {
        hide(test);
    }
    for trigger in &mut draft.triggers {
        trigger.remarks.iter_mut().for_each(in_text);
        hide(&mut trigger.with);
    }
    for_each_step(draft, &mut |step| step.remarks.iter_mut().for_each(in_text));
}

#[cfg(test)]
mod tests;
