//! How modules and triggers are shown to people: what they are called in each language and elsewhere, and whose they are.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What something is called, by language: `en` has titles alone, because its descriptions stand in the schema.
pub type Translated = BTreeMap<String, Words>;

/// What something is called in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// Its name, short enough to stand below a disc of the canvas.
    pub title: String,
    /// What it does, in one sentence; empty where the code says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Its parameters, by the path of names (`batch.size`). `response=file` is one of the values of `response`, and
    /// `verify.*.secret` is meant of all presets of `verify`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Term>,
}

/// What a parameter, or one of its values, is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Its name.
    pub title: String,
    /// What it is for; empty where the code says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
}

/// The app that a module is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppFace {
    /// What its modules' names begin with; `flow` and `trigger` are the language's own.
    #[serde(default)]
    pub name: String,
    /// What people call it.
    pub title: String,
    /// The colour of its discs, `#rrggbb`; white on it is read well.
    pub color: String,
    /// The name of its icon.
    pub icon: String,
    /// What people call it in other languages.
    pub i18n: BTreeMap<String, String>,
}

/// How a module, or a trigger, is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// Whose it is.
    pub app: AppFace,
    /// What it is called elsewhere: types and titles of Make and n8n.
    pub aliases: Vec<String>,
    /// What it is called here.
    pub i18n: Translated,
}

impl Face {
    /// Its English title; empty where there is none.
    pub fn title(&self) -> &str {
        self.i18n.get("en").map_or("", |words| &words.title)
    }
}

/// The faces of everything that has one.
#[derive(Clone, Debug, Default)]
pub struct Faces {
    /// Of modules and flow steps, by name.
    pub modules: BTreeMap<String, Face>,
    /// Of triggers, by name.
    pub triggers: BTreeMap<String, Face>,
}
