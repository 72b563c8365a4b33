//! `trigger:` what starts a scenario: one, or a list.

use crate::check::{Checker, Fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{Callable, Failure, Manual, Trigger};
use crate::text::{Entry, Node, Value};
use std::collections::HashMap;

pub(super) const KINDS: &[&str] = &["webhook", "schedule", "poll", "manual", "mail", "mailhook", "call", "failure"];
pub(super) const CALL_KEYS: &[&str] = &["input"];
pub(super) const FAILURE_KEYS: &[&str] = &["scenarios", "except"];
/// How many triggers one scenario may have. To look whether a cron pattern ever comes takes its time.
const MAX_TRIGGERS: usize = 50;
/// The types of JSON Schema.
const TYPES: &[&str] = &["array", "boolean", "integer", "null", "number", "object", "string"];

impl Checker<'_> {
    /// All triggers. `timezone` is the scenario's.
    pub(super) fn triggers(&mut self, node: &Node, timezone: &str) -> Vec<Trigger> {
        let nodes = match &node.value {
            Value::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if nodes.len() > MAX_TRIGGERS {
            let range = format!("a list of at most {MAX_TRIGGERS}");
            self.report(Diagnostic::out_of_range(node.place, "`trigger`", &range, &nodes.len().to_string()));
            return Vec::new();
        }
        let triggers: Vec<Trigger> = nodes.iter().filter_map(|node| self.trigger(node, timezone)).collect();
        self.distinct_paths(&triggers);
        triggers
    }

    fn trigger(&mut self, node: &Node, timezone: &str) -> Option<Trigger> {
        let fields = self.fields(node, "a trigger", KINDS)?;
        let known = fields.entries().iter().filter(|entry| KINDS.contains(&entry.key.text.as_str()));
        let known: Vec<&Entry> = known.collect();
        match known.as_slice() {
            [] if fields.entries().is_empty() => {
                self.report(Diagnostic::one_of_keys(fields.place, "a trigger", KINDS));
            }
            [_, second, ..] => self.report(Diagnostic::one_of_keys(second.key.place, "a trigger", KINDS)),
            _ => {}
        }
        let triggers: Vec<_> = known.iter().map(|entry| self.trigger_of(entry, timezone)).collect();
        triggers.into_iter().next()?
    }

    fn trigger_of(&mut self, entry: &Entry, timezone: &str) -> Option<Trigger> {
        let Entry { key, node } = entry;
        match key.text.as_str() {
            "webhook" => self.webhook(node, key.place).map(Box::new).map(Trigger::Webhook),
            "schedule" => self.schedule(node, key.place, timezone).map(Trigger::Schedule),
            "mail" => self.mail(node, key.place, timezone).map(Box::new).map(Trigger::Mail),
            "poll" => self.poll(node, key.place, timezone).map(Box::new).map(Trigger::Poll),
            "manual" => self.manual(node).map(Trigger::Manual),
            "call" => self.callable(node).map(Trigger::Call),
            "failure" => self.failure(node).map(Trigger::Failure),
            "mailhook" => self.mailhook(node, key.place).map(Box::new).map(Trigger::Mailhook),
            _ => None,
        }
    }

    fn manual(&mut self, node: &Node) -> Option<Manual> {
        let fields = self.fields(node, "`manual`", &["input"])?;
        Some(Manual { input: self.input(fields) })
    }

    fn callable(&mut self, node: &Node) -> Option<Callable> {
        let fields = self.fields(node, "`call`", CALL_KEYS)?;
        Some(Callable { input: self.input(fields) })
    }

    /// Whose failures: patterns, or a map that says which not, too.
    fn failure(&mut self, node: &Node) -> Option<Failure> {
        if let Value::Text(_) | Value::List(_) = node.value {
            return Some(Failure { scenarios: self.patterns(node, "`failure`"), except: Vec::new() });
        }
        let fields = self.fields(node, "`failure`", FAILURE_KEYS)?;
        let scenarios = fields.get("scenarios").map(|node| self.patterns(node, "`scenarios`")).unwrap_or_default();
        let except = fields.get("except").map(|node| self.patterns(node, "`except`")).unwrap_or_default();
        Some(Failure { scenarios, except })
    }

    fn patterns(&mut self, node: &Node, what: &str) -> Vec<String> {
        let nodes = match &node.value {
            Value::Text(_) => std::slice::from_ref(node),
            _ => self.list(node, what).unwrap_or_default(),
        };
        nodes.iter().filter_map(|node| self.text(node, "a scenario")).map(str::to_owned).collect()
    }

    /// The JSON Schema under `input`. The gateway compiles it; what is plainly no schema is said here.
    pub(super) fn input(&mut self, fields: Fields<'_>) -> Option<serde_json::Value> {
        let node = fields.get("input")?;
        self.input_schema(node);
        Some(node.to_json())
    }

    fn input_schema(&mut self, node: &Node) {
        let entries = match &node.value {
            Value::Bool(_) => return,
            Value::Map(entries) => entries,
            _ => return self.bad_schema(node.place, &format!("a schema is a map, not {}", node.kind())),
        };
        for Entry { key, node } in entries {
            match (key.text.as_str(), &node.value) {
                ("type", Value::Text(name)) => self.schema_type(node.place, name),
                ("type", Value::List(names)) => {
                    for name in names {
                        self.schema_type(name.place, name.text().unwrap_or(name.kind()));
                    }
                }
                ("type", _) => self.bad_schema(node.place, "`type` is a name or a list of names"),
                ("required", Value::List(names)) if names.iter().all(|name| name.text().is_some()) => {}
                ("required", _) => self.bad_schema(node.place, "`required` is a list of names"),
                ("properties", Value::Map(properties)) => properties.iter().for_each(|p| self.input_schema(&p.node)),
                ("properties", _) => self.bad_schema(node.place, "`properties` is a map"),
                ("items", _) => self.input_schema(node),
                _ => {}
            }
        }
    }

    fn schema_type(&mut self, place: Place, name: &str) {
        if !TYPES.contains(&name) {
            self.bad_schema(place, &format!("there is no type `{name}`, only {}", TYPES.join(", ")));
        }
    }

    fn bad_schema(&mut self, place: Place, problem: &str) {
        self.report(Diagnostic::bad_input_schema(place, problem));
    }

    /// Two webhooks of one scenario may share a path only with different methods.
    fn distinct_paths(&mut self, triggers: &[Trigger]) {
        let mut seen: HashMap<(&str, Option<&str>), Place> = HashMap::new();
        for trigger in triggers {
            let Trigger::Webhook(webhook) = trigger else { continue };
            let Some(path) = webhook.path.as_deref() else { continue };
            let methods: Vec<Option<&str>> = match webhook.methods.as_slice() {
                [] => vec![None],
                methods => methods.iter().map(|method| Some(method.as_str())).collect(),
            };
            let taken = |method: &Option<&str>| match method {
                None => seen.iter().find(|((other, _), _)| *other == path).map(|(_, place)| *place),
                some => seen.get(&(path, *some)).or_else(|| seen.get(&(path, None))).copied(),
            };
            if let Some(first) = methods.iter().find_map(taken) {
                self.report(Diagnostic::duplicate_path(webhook.place, path, first));
            }
            seen.extend(methods.into_iter().map(|method| ((path, method), webhook.place)));
        }
    }
}
