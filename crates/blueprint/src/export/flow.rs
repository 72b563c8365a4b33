//! The way through a scenario as Make draws it: chains of modules, routers where ways part. Nothing comes after a router
//! there; what does here becomes its last route, because routes are walked one after another.

use super::Left;
use super::conditions::filter;
use super::iml::{Bundle, Names, bare, text};
use super::modules::Made;
use crate::counterparts::Counterparts;
use serde_json::{Map, Value, json};
use std::slice;

/// How far apart modules are drawn.
const APART: (f64, f64) = (300.0, 200.0);

/// How deep routes are written within one another.
const DEEPEST: usize = 50;

/// Keys of a step that do not say what it does.
const COMMON: [&str; 8] = ["id", "name", "when", "retry", "on_error", "timeout", "note", "disabled"];

/// A blueprint on its way.
pub(super) struct Writer<'k> {
    pub(super) known: &'k Counterparts,
    pub(super) left: Vec<Left>,
    /// Notes beside modules.
    pub(super) notes: Vec<Value>,
    /// Whether runs may be kept that could not be ended.
    pub(super) waits_incomplete: bool,
    pub(super) names: Names,
    modules: u64,
    depth: usize,
}

/// Modules one after another.
pub(super) struct Chain {
    modules: Vec<Value>,
    /// What has to hold before the next one.
    pending: Option<Value>,
    place: (f64, f64),
    /// Whether a router was the last: nothing may follow.
    is_over: bool,
}

impl Chain {
    /// A chain that goes on behind these modules.
    pub(super) fn behind(modules: Vec<Value>) -> Self {
        let place = (modules.len() as f64 * APART.0, 0.0);
        Self { modules, pending: None, place, is_over: false }
    }

    pub(super) fn into_modules(self) -> Vec<Value> {
        self.modules
    }

    /// A chain that begins behind this one, as its route of this number.
    fn route(&self, number: usize) -> Self {
        let place = (self.place.0 + APART.0, self.place.1 + number as f64 * APART.1);
        Self { modules: Vec::new(), pending: None, place, is_over: false }
    }

    fn push(&mut self, mut module: Value, label: Option<&str>) {
        let mut designer = json!({ "x": self.place.0, "y": self.place.1 });
        if let Some(label) = label {
            designer["name"] = label.into();
        }
        module["metadata"]["designer"] = designer;
        if let Some(filter) = self.pending.take() {
            module["filter"] = filter;
        }
        self.place.0 += APART.0;
        self.modules.push(module);
    }

    /// Makes the next module wait for one more condition.
    fn wait_for(&mut self, filter: Value) {
        self.pending = Some(match self.pending.take() {
            Some(before) => both(&before, &filter),
            None => filter,
        });
    }
}

/// A filter that holds where both do: each list of the one with each of the other.
fn both(first: &Value, second: &Value) -> Value {
    let groups = |filter: &Value| filter["conditions"].as_array().cloned().unwrap_or_default();
    let mut all = Vec::new();
    for left in groups(first) {
        for right in groups(second) {
            let parts = [&left, &right].into_iter().filter_map(Value::as_array).flatten();
            all.push(parts.cloned().collect::<Value>());
        }
    }
    json!({ "name": second["name"], "conditions": all })
}

impl<'k> Writer<'k> {
    pub(super) fn new(known: &'k Counterparts) -> Self {
        let (left, notes, names) = (Vec::new(), Vec::new(), Names::new());
        Self { known, left, notes, waits_incomplete: false, names, modules: 0, depth: 0 }
    }

    pub(super) fn leave(&mut self, step: &str, reason: impl Into<String>) {
        let left = Left { step: step.to_owned(), reason: reason.into() };
        if !self.left.contains(&left) {
            self.left.push(left);
        }
    }

    pub(super) fn number(&mut self) -> u64 {
        self.modules += 1;
        self.modules
    }

    /// Writes a list of steps at the end of a chain.
    pub(super) fn steps(&mut self, steps: &Value, chain: &mut Chain) {
        self.depth += 1;
        if self.depth <= DEEPEST {
            self.list(steps.as_array().map_or(&[], Vec::as_slice), chain);
        }
        self.depth -= 1;
    }

    fn list(&mut self, steps: &[Value], chain: &mut Chain) {
        for (at, step) in steps.iter().enumerate() {
            if chain.is_over {
                return;
            }
            let (does, _) = action(step);
            let rest = &steps[at + 1..];
            let parts = matches!(does, "route" | "parallel") || step["when"].is_string();
            if parts && !rest.is_empty() {
                let id = self.number();
                let (mut own, mut others) = (chain.route(0), chain.route(1));
                self.list(slice::from_ref(step), &mut own);
                self.list(rest, &mut others);
                chain.push(router(id, vec![own, others], None), None);
                chain.is_over = true;
                return;
            }
            self.step(step, rest.is_empty(), chain);
        }
    }

    fn step(&mut self, step: &Value, is_last: bool, chain: &mut Chain) {
        let (does, with) = action(step);
        let label = label(step, does);
        if let Some(condition) = step["when"].as_str() {
            self.condition(&label, None, condition, chain);
        }
        match does {
            "filter" => self.condition(&label, step["name"].as_str(), with.as_str().unwrap_or("true"), chain),
            "route" => self.route(step, with, chain),
            "parallel" => {
                self.leave(&label, "routes of Make are walked one after another, not side by side");
                let id = self.number();
                let mut routes = Vec::new();
                for (number, steps) in with.as_object().into_iter().flat_map(Map::values).enumerate() {
                    let mut route = chain.route(number);
                    self.steps(steps, &mut route);
                    routes.push(route);
                }
                chain.push(router(id, routes, None), step["name"].as_str());
                chain.is_over = true;
            }
            "for_each" | "repeat" => self.repeated(step, (does, with), is_last, chain),
            _ => self.plain(step, (does, with), chain),
        }
    }

    fn condition(&mut self, step: &str, name: Option<&str>, condition: &str, chain: &mut Chain) {
        match filter(name, condition, &self.names) {
            Ok(filter) => chain.wait_for(filter),
            Err(expression) => self.leave(step, format!("the condition `{expression}` has no words in Make")),
        }
    }

    fn route(&mut self, step: &Value, with: &Value, chain: &mut Chain) {
        let branches = if with.is_array() { with } else { &with["branches"] };
        let is_first = with["take"] == "first";
        let id = self.number();
        let mut routes = Vec::new();
        let mut conditions = Vec::new();
        for (number, branch) in branches.as_array().into_iter().flatten().enumerate() {
            let mut route = chain.route(number);
            let before = route.pending.take();
            if let Some(when) = branch["when"].as_str() {
                self.condition(&label(step, "route"), branch["name"].as_str(), when, &mut route);
            }
            if is_first {
                conditions.push((route.pending.take(), branch["name"].as_str()));
            }
            drop(before);
            self.steps(&branch["steps"], &mut route);
            routes.push(route);
        }
        let fallback = with["otherwise"].is_array().then(|| {
            let mut route = chain.route(routes.len());
            self.steps(&with["otherwise"], &mut route);
            routes.push(route);
            routes.len() - 1
        });
        let module = match is_first {
            true => if_else(id, routes, &conditions),
            false => router(id, routes, fallback),
        };
        chain.push(module, step["name"].as_str());
        chain.is_over = true;
    }

    /// A loop: a module that gives several bundles, what is done with each, and what collects them where something follows.
    fn repeated(&mut self, step: &Value, (does, with): (&str, &Value), is_last: bool, chain: &mut Chain) {
        let label = label(step, does);
        let id = self.number();
        let (module, item) = if does == "for_each" {
            let array = self.braced(&label, with["in"].as_str().unwrap_or("[]"));
            let bundle = Bundle { module: id, within: None, fields: &[] };
            let name = with["as"].as_str().unwrap_or("item").to_owned();
            (
                json!({ "id": id, "module": "builtin:BasicFeeder", "version": 1, "parameters": {}, "mapper": { "array": array } }),
                (name, bundle),
            )
        } else {
            let repeats = self.value(&label, &with["times"]);
            if with["until"].is_string() || with["while"].is_string() {
                self.leave(&label, "Make repeats a number of times, whatever comes of it");
            }
            let mapper = json!({ "start": "1", "repeats": repeats, "step": "1" });
            let bundle = Bundle { module: id, within: Some("i"), fields: &[] };
            (
                json!({ "id": id, "module": "builtin:BasicRepeater", "version": 1, "parameters": {}, "mapper": mapper }),
                ("item".to_owned(), bundle),
            )
        };
        if with.get("batch").is_some() {
            self.leave(&label, "an iterator of Make gives one item at a time");
        }
        chain.push(module, step["name"].as_str());
        let before = self.names.insert(item.0.clone(), item.1);
        let collect = with.get("collect");
        let inside = with["steps"].as_array().map_or(&[][..], Vec::as_slice);
        self.list(inside, chain);
        if !(chain.is_over || is_last && collect.is_none()) {
            self.aggregate(step, id, collect, chain);
        } else if chain.is_over && !is_last {
            self.leave(&label, "what follows a loop whose last step parts its ways");
        }
        match before {
            Some(before) => drop(self.names.insert(item.0, before)),
            None => drop(self.names.remove(&item.0)),
        }
    }

    fn aggregate(&mut self, step: &Value, feeder: u64, collect: Option<&Value>, chain: &mut Chain) {
        let label = label(step, "for_each");
        let id = self.number();
        let nothing = Value::Null;
        let collect = collect.unwrap_or(&nothing);
        let (kind, extra, mapper, within) = if collect.get("text").is_some() {
            let separator = collect["separator"].as_str().unwrap_or_default();
            let extra = json!({ "rowSeparator": "other", "otherRowSeparator": separator });
            ("util:TextAggregator", extra, json!({ "value": self.value(&label, &collect["text"]) }), "text")
        } else if let Some(sum) = collect["sum"].as_str() {
            let value = self.braced(&label, sum);
            ("util:FunctionAggregator2", json!({ "fn": "sum" }), json!({ "value": value }), "result")
        } else {
            if collect.get("group").is_some() {
                self.leave(&label, "groups are made by the settings of an aggregator; look at it");
            }
            let value = collect.get("list").or_else(|| collect.get("group")).unwrap_or(collect);
            let mapper = if value.is_object() {
                self.value(&label, value)
            } else {
                json!({ "value": self.value(&label, value) })
            };
            ("builtin:BasicAggregator", json!({}), mapper, "array")
        };
        let mut parameters = json!({ "feeder": feeder });
        for (key, value) in extra.as_object().into_iter().flatten() {
            parameters[key.as_str()] = value.clone();
        }
        let module = json!({ "id": id, "module": kind, "version": 1, "parameters": parameters, "mapper": mapper });
        chain.push(module, step["id"].as_str());
        if let Some(name) = step["id"].as_str() {
            self.names.insert(name.to_owned(), Bundle { module: id, within: Some(within), fields: &[] });
        }
    }

    /// A step that is one module.
    fn plain(&mut self, step: &Value, (does, with): (&str, &Value), chain: &mut Chain) {
        let label = label(step, does);
        let id = self.number();
        let made = self.made(&label, does, with).unwrap_or_else(|| self.slot(&label, id, step));
        let Made { kind, version, parameters, mapper, within, fields } = made;
        let mut module =
            json!({ "id": id, "module": kind, "version": version, "parameters": parameters, "mapper": mapper });
        if let Some(connection) = with["connection"].as_str() {
            module["metadata"]["restore"]["parameters"]["__IMTCONN__"]["label"] = connection.into();
        }
        for key in ["retry", "timeout", "disabled"] {
            if step.get(key).is_some() {
                self.leave(&label, format!("`{key}` is nothing that a module of Make is told"));
            }
        }
        let handler = self.handler(&label, &step["on_error"], chain);
        if !handler.is_empty() {
            module["onerror"] = handler.into();
        }
        chain.push(module, step["name"].as_str().or_else(|| step["id"].as_str()));
        if let Some(name) = step["id"].as_str() {
            self.names.insert(name.to_owned(), Bundle { module: id, within, fields });
        }
    }

    /// An empty slot with a note that tells what belongs there.
    fn slot(&mut self, label: &str, id: u64, step: &Value) -> Made {
        self.leave(label, "Make has no module that is known to do this: an empty slot stands for it");
        let told = serde_json::to_string_pretty(step).unwrap_or_default();
        let told = crate::picture::escaped(&told);
        self.notes.push(json!({ "moduleIds": [id], "content": format!("<p>{told}</p>"), "isFilterNote": false }));
        Made { version: Value::Null, ..Made::of("placeholder:Placeholder", 1) }
    }

    fn handler(&mut self, label: &str, on_error: &Value, chain: &Chain) -> Vec<Value> {
        let end = |writer: &mut Self, kind: &str, mapper: Value| {
            let id = writer.number();
            let place = json!({ "x": chain.place.0 + APART.0, "y": chain.place.1 + APART.1 });
            json!({ "id": id, "module": format!("builtin:{kind}"), "version": 1, "parameters": {}, "mapper": mapper,
                    "metadata": { "designer": place } })
        };
        match on_error {
            Value::String(word) if word == "ignore" => vec![end(self, "Resume", json!({}))],
            Value::String(word) if word == "stop" => vec![end(self, "Commit", Value::Null)],
            Value::String(word) if word == "hold" => {
                self.waits_incomplete = true;
                vec![end(self, "Break", json!({ "retry": false }))]
            }
            Value::Object(map) if map.contains_key("use") => {
                let value = self.value(label, &map["use"]);
                vec![end(self, "Resume", if value.is_object() { value } else { json!({ "value": value }) })]
            }
            Value::Object(map) if map.contains_key("hold") => {
                self.waits_incomplete = true;
                let minutes = scenario::duration::parse(map["hold"]["backoff"].as_str().unwrap_or("15m"));
                let minutes = minutes.map_or(15, |time| time.as_secs().div_ceil(60).max(1));
                let count = map["hold"]["attempts"].as_u64().unwrap_or(3);
                vec![end(
                    self,
                    "Break",
                    json!({ "retry": true, "count": count.to_string(), "interval": minutes.to_string() }),
                )]
            }
            Value::Object(map) if map.contains_key("steps") => {
                let mut route = chain.route(1);
                self.steps(&map["steps"], &mut route);
                route.modules
            }
            _ => Vec::new(),
        }
    }

    /// A value of ours with its expressions in Make's language; what has no words there is left empty.
    pub(super) fn value(&mut self, step: &str, value: &Value) -> Value {
        match value {
            Value::String(written) => match text(written, &self.names) {
                Ok(said) => said.into(),
                Err(expression) => {
                    self.leave(step, format!("`{}` has no words in Make", expression.trim()));
                    "".into()
                }
            },
            Value::Array(items) => items.iter().map(|item| self.value(step, item)).collect(),
            Value::Object(map) => {
                map.iter().map(|(key, item)| (key.clone(), self.value(step, item))).collect::<Map<_, _>>().into()
            }
            other => other.clone(),
        }
    }

    /// A bare expression, in braces.
    pub(super) fn braced(&mut self, step: &str, expression: &str) -> Value {
        if expression.contains("{{") {
            return self.value(step, &expression.into());
        }
        match bare(expression, &self.names) {
            Ok(said) => format!("{{{{{said}}}}}").into(),
            Err(expression) => {
                self.leave(step, format!("`{expression}` has no words in Make"));
                "".into()
            }
        }
    }
}

fn router(id: u64, routes: Vec<Chain>, fallback: Option<usize>) -> Value {
    let routes: Vec<Value> = routes.into_iter().map(|route| json!({ "flow": route.modules })).collect();
    let mut module =
        json!({ "id": id, "module": "builtin:BasicRouter", "version": 1, "mapper": null, "routes": routes });
    if let Some(fallback) = fallback {
        module["parameters"] = json!({ "else": fallback });
    }
    module
}

fn if_else(id: u64, routes: Vec<Chain>, conditions: &[(Option<Value>, Option<&str>)]) -> Value {
    let branch = |(at, route): (usize, Chain)| {
        let flow = route.modules;
        match conditions.get(at) {
            Some((Some(filter), name)) => json!({
                "type": "condition", "label": name, "merge": false, "conditions": filter["conditions"], "flow": flow,
            }),
            _ => json!({ "type": "else", "label": null, "merge": false, "flow": flow }),
        }
    };
    let branches: Vec<Value> = routes.into_iter().enumerate().map(branch).collect();
    json!({ "id": id, "module": "builtin:BasicIfElse", "version": 1, "mapper": null, "branches": branches })
}

/// What a step does, and with what.
fn action(step: &Value) -> (&str, &Value) {
    let found = step.as_object().and_then(|it| it.iter().find(|(key, _)| !COMMON.contains(&key.as_str())));
    found.map_or(("", &Value::Null), |(key, with)| (key.as_str(), with))
}

/// What reports call a step.
fn label(step: &Value, does: &str) -> String {
    ["id", "name"].iter().find_map(|key| step[*key].as_str()).unwrap_or(does).to_owned()
}
