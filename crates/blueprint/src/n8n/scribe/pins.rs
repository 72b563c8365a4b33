//! Data that somebody pinned to nodes becomes a test: what came, what others answered, and which calls are certain.

use super::Scribe;
use crate::draft::{Action, Data, Step};
use crate::n8n::reading::{Count, Reading, Shape};
use crate::ours::{Expr, Operator, Presence};
use scenario::catalog::Effect;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How many items of a pinned node a test has: a few show what there is.
const ITEMS: usize = 3;

/// How long a test may become, as JSON. What is longer is no example.
const LONGEST: usize = 6_000;

impl Scribe<'_> {
    /// The test, where something is pinned to what starts the scenario, or to a node whose answer others read, and all
    /// that is read is known.
    pub(super) fn pinned_test(&self) -> Option<Data> {
        let trigger = self.starts.iter().find_map(|start| self.pinned_trigger(*start));
        let mocks = self.mocks();
        if trigger.is_none() && mocks.is_empty() || !self.is_known(&mocks) {
            return None;
        }
        let mut test = vec![("name".to_owned(), Data::text("the data that was pinned"))];
        let size =
            [&trigger, &Some(Value::Object(mocks.clone()))].iter().map(|part| length(part.as_ref())).sum::<usize>();
        if size > LONGEST {
            return None;
        }
        test.extend(trigger.map(|trigger| ("trigger".to_owned(), Data::of(&trigger))));
        if !mocks.is_empty() {
            test.push(("mock".to_owned(), Data::of(&Value::Object(mocks))));
        }
        let calls = self.certain_calls();
        if !calls.is_empty() {
            let calls = calls.into_iter().map(|id| (id, Data::int(1)));
            test.push(("expect".to_owned(), Data::map([("calls", Data::Map(calls.collect()))])));
        }
        Some(Data::Map(test))
    }

    /// The items that are pinned to a node.
    fn pinned(&self, node: usize) -> Option<Vec<&Value>> {
        let items = self.workflow.pins.get(&self.workflow.nodes[node].name)?.as_array()?;
        let items: Vec<&Value> = items.iter().map(|item| item.get("json").unwrap_or(item)).collect();
        (!items.is_empty()).then_some(items)
    }

    /// What came, as a test gives it.
    fn pinned_trigger(&self, start: usize) -> Option<Value> {
        let json = *self.pinned(start)?.first()?;
        let reading = self.readings.get(&start)?;
        match &reading.shape {
            Shape::Webhook => {
                let mut came = Map::new();
                for key in ["query", "params", "body"] {
                    let value = &json[key];
                    let is_empty = value.is_null() || value.as_object().is_some_and(Map::is_empty);
                    if !is_empty {
                        came.insert(key.to_owned(), value.clone());
                    }
                }
                // Headers tell of the sender's machine; only those that are read are of interest.
                let headers = json["headers"].as_object().into_iter().flatten();
                let headers: Map<String, Value> = headers
                    .filter(|(name, _)| self.workflow.reads(name) || *name == "content-type")
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .collect();
                if headers.keys().any(|name| name != "content-type") {
                    came.insert("headers".to_owned(), Value::Object(headers));
                }
                (!came.is_empty()).then_some(Value::Object(came))
            }
            Shape::Plain if reading.base == Expr::name("trigger").field("body") => Some(json!({ "body": json })),
            _ => None,
        }
    }

    /// What stands in for steps.
    fn mocks(&self) -> Map<String, Value> {
        let mut mocks = Map::new();
        for node in self.flow.order.iter().filter(|node| !self.starts.contains(node)) {
            let (Some(items), Some(reading)) = (self.pinned(*node), self.readings.get(node)) else { continue };
            let Some(id) = self.called(*node) else { continue };
            if let Some(output) = output(&items, reading, &id) {
                mocks.insert(id, output);
            }
        }
        mocks
    }

    /// The id of the step by which a node calls somebody.
    fn called(&self, node: usize) -> Option<String> {
        let name = &self.workflow.nodes[node].name;
        let mut found = None;
        for step in &self.draft.steps {
            step.each(&mut |step| {
                if step.origin.as_ref() == Some(name) && self.calls(step) {
                    found = step.id.clone();
                }
            });
        }
        found
    }

    fn calls(&self, step: &Step) -> bool {
        let Action::Call(module, _) = &step.action else { return false };
        self.known.catalog.module(module).is_some_and(|spec| spec.effect == Effect::Outside)
    }

    /// Whether every answer that something reads stands in the test: of any other, nobody knows what comes of it.
    fn is_known(&self, mocks: &Map<String, Value>) -> bool {
        let mut asked: BTreeSet<&str> = BTreeSet::new();
        let mut read: BTreeSet<&str> = BTreeSet::new();
        for step in &self.draft.steps {
            step.each(&mut |step| {
                asked.extend(step.id.as_deref().filter(|_| self.calls(step)));
                // Code may take anything amiss.
                let is_code = matches!(&step.action, Action::Call(module, _) if module == "js.run");
                let walks = matches!(step.action, Action::ForEach(_));
                step.each_expr(&mut |expr| {
                    if is_code || walks || !is_harmless(expr) {
                        read.extend(expr.names());
                    }
                });
            });
        }
        asked.iter().all(|id| mocks.contains_key(*id) || !read.contains(id))
    }

    /// The steps that make a call whatever the data is: before the first that depends on it.
    fn certain_calls(&self) -> Vec<String> {
        let is_plain = |step: &&Step| matches!(step.action, Action::Call(..)) && step.when.is_none() && !step.disabled;
        let certain = self.draft.steps.iter().take_while(is_plain).filter(|step| self.calls(step));
        certain.filter_map(|step| step.id.clone()).collect()
    }
}

/// Whether an expression has a value whatever an answer is: it reads what may be missing, and compares.
fn is_harmless(expr: &Expr) -> bool {
    match expr {
        Expr::Name(_) | Expr::Text(_) | Expr::Int(_) | Expr::Float(_) | Expr::Bool(_) | Expr::Nothing => true,
        Expr::Field(of, key, Presence::Must) => {
            matches!(**of, Expr::Name(_)) && ["body", "status", "query", "headers"].contains(&key.as_str())
        }
        Expr::Field(of, _, Presence::May) | Expr::Item(of, _, Presence::May) => is_harmless(of),
        Expr::Binary(Operator::Equal | Operator::Unequal | Operator::Default, left, right) => {
            is_harmless(left) && is_harmless(right)
        }
        Expr::Method(of, name, arguments) => {
            ["is_truthy", "if_falsy", "to_text", "to_json"].contains(&name.as_str())
                && is_harmless(of)
                && arguments.iter().all(is_harmless)
        }
        Expr::Map(entries) => entries.iter().all(|(_, value)| is_harmless(value)),
        Expr::List(items) => items.iter().all(is_harmless),
        _ => false,
    }
}

fn length(value: Option<&Value>) -> usize {
    value.map_or(0, |value| value.to_string().len())
}

/// The output of a step, of which these are the items.
fn output(items: &[&Value], reading: &Reading, id: &str) -> Option<Value> {
    let own = Expr::name(id);
    let first = (*items.first()?).clone();
    match (&reading.shape, reading.count) {
        (Shape::Body, Count::One) if reading.base == own => {
            Some(json!({ "status": 200, "headers": {}, "body": first }))
        }
        (Shape::BodyText(field), Count::One) if reading.base == own => {
            Some(json!({ "status": 200, "headers": {}, "body": first[field] }))
        }
        (Shape::Plain | Shape::Known(_), Count::One) if reading.base == own => Some(first),
        (Shape::Plain | Shape::Known(_), Count::Many) => {
            let list: Vec<Value> = items.iter().take(ITEMS).map(|item| (*item).clone()).collect();
            match &reading.base {
                base if *base == own => Some(Value::Array(list)),
                Expr::Field(of, key, _) if **of == own => match key.as_str() {
                    "body" => Some(json!({ "status": 200, "headers": {}, "body": list })),
                    key => Some(json!({ key: list })),
                },
                _ => None,
            }
        }
        (Shape::Row(_), Count::Many) => {
            let rows = items.iter().take(ITEMS).enumerate().map(|(place, item)| {
                let mut fields = item.as_object().cloned().unwrap_or_default();
                let number = fields.shift_remove("row_number").unwrap_or_else(|| json!(place + 2));
                json!({ "number": number, "fields": fields })
            });
            Some(json!({ "rows": rows.collect::<Vec<_>>() }))
        }
        _ => None,
    }
}
