//! `call:` as a step: another scenario, by its id.

use crate::check::templates::has_expression;
use crate::check::{Checker, Fields};
use crate::diagnostic::Diagnostic;
use crate::expression::Template;
use crate::plan::{Detach, Invoke};
use crate::text::{Node, Value};

pub(super) const KEYS: &[&str] = &["scenario", "input", "detach"];

impl Checker<'_> {
    /// The scenario's id alone, or with what it gets.
    pub(super) fn invoke(&mut self, node: &Node) -> Option<Invoke> {
        let nothing = Template::Literal(serde_json::Value::Null);
        if let Value::Text(_) = node.value {
            return Some(Invoke { scenario: self.callee(node)?, input: nothing, detach: Detach::Await });
        }
        let fields = self.fields(node, "`call`", KEYS)?;
        let input = fields.get("input").map(|node| self.template(node));
        let detach = fields.get("detach").map(|node| self.flag(node, "`detach`"));
        let Some(name) = fields.get("scenario") else {
            self.report(Diagnostic::missing_key(fields.place, "scenario", "`call`"));
            return None;
        };
        let scenario = self.callee(name)?;
        self.input_fits(&scenario, fields);
        Some(Invoke {
            scenario,
            input: input.map_or(Some(nothing), |input| input)?,
            detach: match detach.map_or(Some(false), |detach| detach)? {
                true => Detach::Go,
                false => Detach::Await,
            },
        })
    }

    fn callee(&mut self, node: &Node) -> Option<std::sync::Arc<str>> {
        let name = self.text(node, "`scenario`")?;
        if has_expression(name) {
            self.report(Diagnostic::computed_name(node.place, "`scenario`"));
            return None;
        }
        let Some(scenarios) = self.catalog.scenarios() else { return Some(name.into()) };
        match scenarios.get(name) {
            Some(callee) if callee.callable => {}
            Some(_) => self.report(Diagnostic::not_callable(node.place, name)),
            None => {
                let known = self.candidates(scenarios.keys().map(String::as_str));
                self.report(Diagnostic::unknown_scenario(node.place, name, known));
            }
        }
        Some(name.into())
    }

    /// What the callee requires must be there, as far as the keys of the input are written out.
    fn input_fits(&mut self, scenario: &str, fields: Fields<'_>) {
        let callee = self.catalog.scenarios().and_then(|scenarios| scenarios.get(scenario));
        let Some(schema) = callee.and_then(|callee| callee.input.as_ref()) else { return };
        let given = match fields.get("input") {
            None => &[][..],
            Some(Node { value: Value::Map(entries), .. }) => entries,
            Some(_) => return,
        };
        let place = fields.get("input").map_or(fields.place, |node| node.place);
        let required = schema.get("required").and_then(|required| required.as_array()).into_iter().flatten();
        for name in required.filter_map(serde_json::Value::as_str) {
            if !given.iter().any(|entry| entry.key.text == name) {
                self.report(Diagnostic::missing_key(place, name, &format!("the input of `{scenario}`")));
            }
        }
        let properties = schema.get("properties").and_then(serde_json::Value::as_object);
        let closed = schema.get("additionalProperties") == Some(&serde_json::Value::Bool(false));
        if let (Some(properties), true) = (properties, closed) {
            let known: Vec<&str> = properties.keys().map(String::as_str).collect();
            for entry in given.iter().filter(|entry| !properties.contains_key(&entry.key.text)) {
                let what = format!("the input of `{scenario}`");
                self.report(Diagnostic::unknown_key(entry.key.place, &entry.key.text, &what, &known));
            }
        }
    }
}
