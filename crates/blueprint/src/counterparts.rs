//! Which of our modules stands for which of theirs. Plain data, made elsewhere and handed in.

use scenario::catalog::Catalog;
use serde_json::Value;
use std::collections::BTreeMap;

/// All that is known of modules: ours, and whose they stand for.
#[derive(Clone, Debug, Default)]
pub struct Counterparts {
    /// Our modules. Without any connections: which exist is not the question here.
    pub catalog: Catalog,
    /// Scenarios that are imported at the same time and that others call: by what n8n knows them by, their ids here.
    pub workflows: BTreeMap<String, String>,
    /// By Make's name, `app:Module`.
    make: BTreeMap<String, Vec<Counterpart>>,
    /// By n8n's type of node, without the package of its own nodes.
    n8n: BTreeMap<String, Vec<Counterpart>>,
    /// All that happens in apps.
    triggers: Vec<AppTrigger>,
}

/// A module or trigger of ours that stands for one of theirs.
#[derive(Clone, Debug)]
pub struct Counterpart {
    /// What it is here.
    pub ours: Ours,
    /// How it stands for theirs: their name alone, or a map with `parameters` (ours → theirs, a path or several of
    /// which the first that is there counts) and what else tells it from others: `resource`, `operation`, `version`, `when`, `values`.
    pub theirs: Value,
}

/// A module or a trigger of ours.
#[derive(Clone, Debug, PartialEq)]
pub enum Ours {
    /// A step: `slack.send_message`.
    Module(String),
    /// Something that happens in an app.
    Trigger(AppTrigger),
}

/// Something that happens in an app, and how one learns of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppTrigger {
    /// The app's name.
    pub app: String,
    /// Its name within the app.
    pub name: String,
    /// The settings of a webhook by which it comes.
    pub webhook: Option<Value>,
    /// The action that is asked time and again: `action`, `items`, `id`, `every`, `parameters`.
    pub poll: Option<Value>,
}

impl Counterparts {
    /// Of these modules, standing for nothing yet.
    pub fn new(catalog: Catalog) -> Self {
        Self { catalog, ..Self::default() }
    }

    /// Adds one of ours with all that it stands for, each a name or a map with one, as the catalogue has them.
    pub fn add(&mut self, ours: &Ours, make: &[Value], n8n: &[Value]) {
        if let Ours::Trigger(trigger) = ours {
            self.triggers.push(trigger.clone());
        }
        for theirs in make {
            if let Some(name) = theirs.as_str().or_else(|| theirs["module"].as_str()) {
                let counterpart = Counterpart { ours: ours.clone(), theirs: theirs.clone() };
                self.make.entry(name.to_owned()).or_default().push(counterpart);
            }
        }
        for theirs in n8n {
            if let Some(name) = theirs.as_str().or_else(|| theirs["node"].as_str()) {
                let counterpart = Counterpart { ours: ours.clone(), theirs: theirs.clone() };
                self.n8n.entry(plain_node(name).to_owned()).or_default().push(counterpart);
            }
        }
    }

    /// All that happens in apps.
    pub fn triggers(&self) -> &[AppTrigger] {
        &self.triggers
    }

    /// What stands for a module of Make.
    pub fn make(&self, module: &str) -> &[Counterpart] {
        self.make.get(module).map_or(&[], Vec::as_slice)
    }

    /// The module of Make that one of ours stands for: of several, the first that tells what its inputs are called.
    pub fn of_ours(&self, ours: &str) -> Option<(&str, &Counterpart)> {
        let fits = |it: &&Counterpart| matches!(&it.ours, Ours::Module(name) if name == ours);
        let all =
            || self.make.iter().flat_map(|(name, all)| all.iter().filter(fits).map(move |it| (name.as_str(), it)));
        all().find(|(_, it)| it.theirs.is_object()).or_else(|| all().next())
    }

    /// What stands for a node of n8n.
    pub fn n8n(&self, node: &str) -> &[Counterpart] {
        self.n8n.get(plain_node(node)).map_or(&[], Vec::as_slice)
    }
}

/// A node's type without the package of n8n's own nodes.
fn plain_node(node: &str) -> &str {
    node.strip_prefix("n8n-nodes-base.").unwrap_or(node)
}

impl Counterpart {
    /// Ours → theirs, for each parameter: the paths of which the first that is there counts.
    pub fn parameters(&self) -> impl Iterator<Item = (&str, Vec<&str>)> {
        let entries = self.theirs["parameters"].as_object().into_iter().flatten();
        entries.map(|(ours, theirs)| {
            let paths = match theirs {
                Value::Array(paths) => paths.iter().filter_map(Value::as_str).collect(),
                other => other.as_str().into_iter().collect(),
            };
            (ours.as_str(), paths)
        })
    }
}

/// The value at a path of keys and positions, such as `sort.0.field`.
pub fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(found) = value.get(path) {
        return Some(found);
    }
    path.split('.').try_fold(value, |value, key| match value {
        Value::Array(items) => key.parse::<usize>().ok().and_then(|at| items.get(at)),
        other => other.get(key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn modules_are_found_by_their_names_elsewhere() {
        let mut known = Counterparts::default();
        let make =
            [json!("slack:Old"), json!({ "module": "slack:New", "parameters": { "text": ["text", "blocks.0.text"] } })];
        known.add(&Ours::Module("slack.send".to_owned()), &make, &[json!({ "node": "slack", "operation": "post" })]);
        assert_eq!(known.make("slack:Old").len(), 1);
        let parameters: Vec<_> = known.make("slack:New")[0].parameters().collect();
        assert_eq!(parameters, [("text", vec!["text", "blocks.0.text"])]);
        assert_eq!(known.n8n("n8n-nodes-base.slack")[0].ours, Ours::Module("slack.send".to_owned()));
        assert!(known.make("slack:Unknown").is_empty());
    }

    #[test]
    fn paths_lead_into_lists() {
        let value = json!({ "sort": [{ "field": "a" }], "a.b": 1 });
        assert_eq!(at_path(&value, "sort.0.field"), Some(&json!("a")));
        assert_eq!(at_path(&value, "a.b"), Some(&json!(1)));
        assert_eq!(at_path(&value, "sort.1.field"), None);
    }
}
