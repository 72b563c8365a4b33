//! A blueprint as it stands in its file: modules, nested as they are drawn.

use crate::{ImportError, MAX_MODULES};
use serde_json::{Map, Value, json};

/// How deep routers may be nested.
const DEEPEST: usize = 60;

/// A module of a blueprint.
#[derive(Debug)]
pub(super) struct Module<'a> {
    /// Its id.
    pub(super) id: String,
    /// `app:Module`.
    pub(super) kind: &'a str,
    /// What it is set to.
    pub(super) parameters: &'a Value,
    /// What it is given, with expressions.
    pub(super) mapper: &'a Value,
    /// What has to hold before it.
    pub(super) filter: Option<Filter<'a>>,
    /// What its author calls it.
    pub(super) label: Option<&'a str>,
    /// Where it stands.
    pub(super) position: Option<(f64, f64)>,
    /// The routes of a router, or the branches of an if-else.
    pub(super) routes: Vec<Route<'a>>,
    /// What is done when it fails.
    pub(super) onerror: Vec<Module<'a>>,
    /// All of it.
    pub(super) raw: &'a Value,
}

/// A condition on the way to a module.
#[derive(Clone, Copy, Debug)]
pub(super) struct Filter<'a> {
    /// What its author calls it.
    pub(super) name: Option<&'a str>,
    /// Lists of which one has to hold whole.
    pub(super) conditions: &'a Value,
}

/// A route of a router.
#[derive(Debug)]
pub(super) struct Route<'a> {
    /// What its author calls it, where an if-else has it.
    pub(super) name: Option<&'a str>,
    /// Its condition, where an if-else has it.
    pub(super) conditions: Option<&'a Value>,
    /// Whether it is switched off.
    pub(super) is_disabled: bool,
    /// Its modules.
    pub(super) flow: Vec<Module<'a>>,
}

/// Reads the modules of a flow.
pub(super) fn modules(flow: &Value) -> Result<Vec<Module<'_>>, ImportError> {
    let mut reader = Reader { count: 0, depth: 0 };
    reader.flow(flow)
}

struct Reader {
    count: usize,
    depth: usize,
}

impl Reader {
    fn flow<'a>(&mut self, flow: &'a Value) -> Result<Vec<Module<'a>>, ImportError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(ImportError::Unsound(format!("routes are nested more than {DEEPEST} deep")));
        }
        let modules = flow.as_array().into_iter().flatten().map(|module| self.module(module)).collect();
        self.depth -= 1;
        modules
    }

    fn module<'a>(&mut self, raw: &'a Value) -> Result<Module<'a>, ImportError> {
        self.count += 1;
        if self.count > MAX_MODULES {
            return Err(ImportError::TooManyModules);
        }
        let Some(kind) = raw["module"].as_str() else {
            return Err(ImportError::Unsound(format!("the module {} of the blueprint has no `module`", self.count)));
        };
        let route = |route: &'a Value, reader: &mut Self| {
            let flow = reader.flow(&route["flow"])?;
            let is_disabled = route["disabled"] == true;
            Ok(Route { name: route["label"].as_str(), conditions: route.get("conditions"), is_disabled, flow })
        };
        let lists = [&raw["routes"], &raw["branches"]];
        let routes = lists.into_iter().filter_map(Value::as_array).flatten();
        let routes = routes.map(|it| route(it, self)).collect::<Result<_, ImportError>>()?;
        let designer = &raw["metadata"]["designer"];
        let label = designer["name"].as_str().map(str::trim).filter(|label| !label.is_empty());
        Ok(Module {
            id: plain(&raw["id"]).unwrap_or_else(|| format!("#{}", self.count)),
            kind,
            parameters: &raw["parameters"],
            mapper: &raw["mapper"],
            filter: filter(&raw["filter"]),
            label,
            position: designer["x"].as_f64().zip(designer["y"].as_f64()),
            routes,
            onerror: self.flow(&raw["onerror"])?,
            raw,
        })
    }
}

fn filter(filter: &Value) -> Option<Filter<'_>> {
    let entries = filter.as_object()?;
    let name = filter["name"].as_str().map(str::trim).filter(|name| !name.is_empty());
    Some(Filter { name, conditions: entries.get("conditions").unwrap_or(&Value::Null) })
}

/// A text or number as text.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

impl<'a> Module<'a> {
    /// What it is given or set to, by a path.
    pub(super) fn given(&self, path: &str) -> Option<&'a Value> {
        let found = crate::counterparts::at_path(self.mapper, path);
        found.or_else(|| crate::counterparts::at_path(self.parameters, path)).filter(|value| !says_nothing(value))
    }

    /// A text that it is given or set to.
    pub(super) fn word(&self, path: &str) -> Option<&'a str> {
        self.given(path).and_then(Value::as_str)
    }

    /// Whether it is told so: true, or a text that says it.
    pub(super) fn says(&self, path: &str) -> bool {
        self.given(path).is_some_and(|value| *value == true || value == "true" || value == "yes")
    }

    /// The fields of its output, with their types, where the file tells.
    pub(super) fn interface(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let fields = self.raw["metadata"]["interface"].as_array().into_iter().flatten();
        fields.filter_map(|field| Some((field["name"].as_str()?, field["type"].as_str().unwrap_or("any"))))
    }

    /// The app's name.
    pub(super) fn app(&self) -> &'a str {
        self.kind.split(':').next().unwrap_or(self.kind)
    }

    /// All of it that means something when it runs.
    pub(super) fn original(&self) -> Value {
        let kept = ["module", "version", "parameters", "mapper", "filter", "flags", "routes", "branches", "onerror"];
        let entries = kept.iter().filter_map(|key| Some(((*key).to_owned(), without_residue(self.raw.get(*key)?))));
        Value::Object(entries.filter(|(_, value)| !says_nothing(value)).collect())
    }

    /// What the label of the chosen option says of a parameter.
    pub(super) fn chosen(&self, parameter: &str) -> Option<&'a str> {
        let restore = &self.raw["metadata"]["restore"];
        let places = [&restore["parameters"][parameter], &restore["expect"][parameter]];
        places.into_iter().find_map(|place| place["label"].as_str()).map(str::trim).filter(|label| !label.is_empty())
    }
}

/// Null, an empty text, list or map.
pub(super) fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// The value without what the editor keeps beside modules.
fn without_residue(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(without_residue).collect(),
        Value::Object(entries) => {
            let is_module = entries.contains_key("module");
            let kept = entries.iter().filter(|(key, _)| !(is_module && matches!(key.as_str(), "metadata" | "id")));
            Value::Object(kept.map(|(key, value)| (key.clone(), without_residue(value))).collect::<Map<_, _>>())
        }
        other => json!(other),
    }
}
