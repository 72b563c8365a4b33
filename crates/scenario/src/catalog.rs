//! What a scenario may name: modules with their parameters, presets of `verify`, connections, secrets. Plain data, made elsewhere.

mod face;
mod provider;
mod shelf;
mod watch;

pub use face::{AppFace, Face, Faces, Term, Translated, Words};
pub use provider::{Assurance, ProviderSpec, SettingKind, SettingSpec};
pub use shelf::{Described, Shelf};
pub use watch::Watch;

use crate::text;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whether calling a module reaches outside of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Computes from its parameters alone; running it again changes nothing anywhere.
    Pure,
    /// May change or read something outside. The engine has the run on disk before it is called.
    Outside,
}

/// What a module is, as data: the source of its schema, form, reference page and checks.
#[derive(Clone, Debug, Serialize)]
pub struct ModuleSpec {
    /// `http.request`: the key of a step.
    pub name: String,
    /// One sentence, the first of the description.
    pub summary: String,
    /// The whole description, Markdown.
    pub description: String,
    /// JSON Schema (2020-12, as schemars derives it) of the parameters. An object; unknown keys are refused.
    pub parameters: Value,
    /// A parameter list as one would write it in YAML.
    pub example: Value,
    /// What a successful call answers, by example. It is also the answer of a sandboxed connection.
    pub sample: Value,
    /// Connection types that the parameter `connection` accepts; empty: the module takes no connection.
    pub connections: Vec<String>,
    /// Whether `connection` must be given.
    pub needs_connection: bool,
    /// Whether a call reaches outside.
    pub effect: Effect,
    /// The parameter that holds a URL to be called, if any: a host written there literally by the author is
    /// trusted, one that comes out of data may not be a private address.
    pub url_parameter: Option<String>,
    /// The pauses, in seconds, after which a step that fails is tried again where it has no `retry`; empty: it is not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retry_pauses: Vec<u64>,
}

impl ModuleSpec {
    /// Whether secrets may stand in this parameter: its schema says `x-secret: true`.
    pub fn takes_secret(&self, parameter: &str) -> bool {
        self.parameters["properties"][parameter]["x-secret"] == Value::Bool(true)
    }

    /// Whether this parameter is HTML that is shown to people: its schema says so by `contentMediaType`.
    pub fn is_html(&self, parameter: &str) -> bool {
        self.parameters["properties"][parameter]["contentMediaType"] == "text/html"
    }
}

/// The modules that are part of the language itself: `set`, `route`… They are in every catalogue, and not listed
/// there.
pub fn builtins() -> &'static [ModuleSpec] {
    crate::schema::built_ins()
}

/// Everything a scenario may refer to by name.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    modules: BTreeMap<String, Arc<ModuleSpec>>,
    shelf: Option<Arc<dyn Shelf>>,
    connections: Option<BTreeMap<String, String>>,
    scenarios: Option<BTreeMap<String, Callee>>,
    secrets: Option<BTreeSet<String>>,
    providers: Option<BTreeMap<String, Arc<ProviderSpec>>>,
    faces: Arc<Faces>,
}

/// What a `call` step may know of another scenario.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Callee {
    /// Whether it has a `call` trigger.
    pub callable: bool,
    /// JSON Schema of its input.
    pub input: Option<Value>,
}

impl Callee {
    /// What a scenario's text says of being called, read without checking anything else. A text that cannot be read
    /// is taken for callable: what is wrong with it is said where it is.
    pub fn of(text: &str) -> Self {
        // Most scenarios are not called, and need not be read twice.
        if !text.contains("call") {
            return Self::default();
        }
        let Ok(scenario) = text::read(text) else { return Self { callable: true, input: None } };
        let trigger = scenario.get("trigger");
        let triggers = match trigger.map(|trigger| &trigger.value) {
            Some(text::Value::List(triggers)) => triggers.as_slice(),
            _ => trigger.map(std::slice::from_ref).unwrap_or_default(),
        };
        let Some(call) = triggers.iter().find_map(|trigger| trigger.get("call")) else { return Self::default() };
        Self { callable: true, input: call.get("input").map(text::Node::to_json) }
    }
}

impl Catalog {
    /// A catalogue of these modules, with connections unknown: their names are not checked.
    pub fn new(modules: impl IntoIterator<Item = ModuleSpec>) -> Self {
        let modules = modules.into_iter().map(|spec| (spec.name.clone(), Arc::new(spec))).collect();
        Self { modules, ..Self::default() }
    }

    /// The same catalogue, with more modules.
    #[must_use]
    pub fn with_modules(mut self, modules: impl IntoIterator<Item = Arc<ModuleSpec>>) -> Self {
        self.modules.extend(modules.into_iter().map(|spec| (spec.name.clone(), spec)));
        self
    }

    /// The same catalogue, with the modules of a shelf. One that has the name of another module is not seen.
    #[must_use]
    pub fn with_shelf(mut self, shelf: Arc<dyn Shelf>) -> Self {
        self.shelf = Some(shelf);
        self
    }

    /// The same catalogue, knowing which connections exist (name → type).
    #[must_use]
    pub fn with_connections(mut self, connections: BTreeMap<String, String>) -> Self {
        self.connections = Some(connections);
        self
    }

    /// The same catalogue, knowing which scenarios exist, by id.
    #[must_use]
    pub fn with_scenarios(mut self, scenarios: BTreeMap<String, Callee>) -> Self {
        self.scenarios = Some(scenarios);
        self
    }

    /// The same catalogue, knowing which secrets exist.
    #[must_use]
    pub fn with_secrets(mut self, secrets: BTreeSet<String>) -> Self {
        self.secrets = Some(secrets);
        self
    }

    /// The same catalogue, knowing what `verify` may name.
    #[must_use]
    pub fn with_providers(mut self, providers: impl IntoIterator<Item = ProviderSpec>) -> Self {
        self.providers = Some(providers.into_iter().map(|spec| (spec.name.clone(), Arc::new(spec))).collect());
        self
    }

    /// The same catalogue, knowing how its modules and triggers are shown to people.
    #[must_use]
    pub fn with_faces(mut self, faces: Arc<Faces>) -> Self {
        self.faces = faces;
        self
    }

    /// How triggers and modules that stand on no shelf are shown to people.
    pub fn faces(&self) -> &Faces {
        &self.faces
    }

    /// The shelf that some modules stand on.
    pub fn shelf(&self) -> Option<&Arc<dyn Shelf>> {
        self.shelf.as_ref()
    }

    /// The module of this name.
    pub fn module(&self, name: &str) -> Option<Arc<ModuleSpec>> {
        self.modules.get(name).cloned().or_else(|| self.shelf.as_ref()?.spec(name))
    }

    /// Whether there is a module of this name, which costs less than to ask for it.
    pub fn has_module(&self, name: &str) -> bool {
        self.modules.contains_key(name) || self.shelf.as_ref().is_some_and(|shelf| shelf.has(name))
    }

    /// The names of all modules.
    pub fn module_names(&self) -> impl Iterator<Item = &str> {
        let on_shelf = self.shelf.iter().flat_map(|shelf| shelf.names());
        self.modules.keys().map(String::as_str).chain(on_shelf)
    }

    /// All modules, by name. Those of the shelf are described one after another, and not kept.
    pub fn modules(&self) -> impl Iterator<Item = Described> {
        let told = |spec: &Arc<ModuleSpec>| Described {
            spec: Arc::clone(spec),
            face: self.faces.modules.get(&spec.name).cloned(),
        };
        let mut own = self.modules.values().map(told).peekable();
        let on_shelf = self.shelf.iter().flat_map(|shelf| shelf.all());
        let mut on_shelf = on_shelf.filter(|it| !self.modules.contains_key(&it.spec.name)).peekable();
        std::iter::from_fn(move || match (own.peek(), on_shelf.peek()) {
            (Some(first), Some(second)) if second.spec.name < first.spec.name => on_shelf.next(),
            (None, _) => on_shelf.next(),
            (Some(_), _) => own.next(),
        })
    }

    /// What can be watched under this name.
    pub fn watch(&self, name: &str) -> Option<Watch> {
        self.shelf.as_ref()?.watch(name)
    }

    /// The names of all that can be watched.
    pub fn watch_names(&self) -> Vec<String> {
        self.shelf.as_ref().map(|shelf| shelf.watches()).unwrap_or_default()
    }

    /// Connection names with their types, where they are known.
    pub fn connections(&self) -> Option<&BTreeMap<String, String>> {
        self.connections.as_ref()
    }

    /// The names of secrets, where they are known.
    pub fn secrets(&self) -> Option<&BTreeSet<String>> {
        self.secrets.as_ref()
    }

    /// What `verify` may name, where it is known; where it is not, neither names nor settings are checked.
    pub fn providers(&self) -> Option<&BTreeMap<String, Arc<ProviderSpec>>> {
        self.providers.as_ref()
    }

    /// The scenarios that `call` may name, where they are known.
    pub fn scenarios(&self) -> Option<&BTreeMap<String, Callee>> {
        self.scenarios.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(text: &str, callable: bool, input: Option<Value>) {
        assert_eq!(Callee::of(text), Callee { callable, input }, "{text}");
    }

    #[test]
    fn a_text_says_whether_it_is_called() {
        check("steps: []", false, None);
        check("steps: [ { call: other } ]", false, None);
        check("trigger: { call: {} }", true, None);
        check("trigger: { call: }", true, None);
        check(
            "trigger: [ manual: {}, call: { input: { required: [a] } } ]\nsteps: [ { unknown: 1 } ]",
            true,
            Some(json!({ "required": ["a"] })),
        );
        check("call: [", true, None);
    }
}
