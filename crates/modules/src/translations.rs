//! What modules, triggers, connection types and their parameters are called in each language.
//!
//! The words are data, `translations/<app>.yaml`. English descriptions stand in the code beside what they describe; only the
//! short titles that a canvas or a form shows are told for English here, too. A test finds what a language lacks.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The languages, beside English, in which everything is told.
pub const LANGUAGES: [&str; 2] = ["zh-TW", "zh-CN"];

/// The files, in the order of their names.
const FILES: [&str; 11] = [
    include_str!("../translations/connections.yaml"),
    include_str!("../translations/email.yaml"),
    include_str!("../translations/file.yaml"),
    include_str!("../translations/google_sheets.yaml"),
    include_str!("../translations/http.yaml"),
    include_str!("../translations/language.yaml"),
    include_str!("../translations/line.yaml"),
    include_str!("../translations/slack.yaml"),
    include_str!("../translations/store.yaml"),
    include_str!("../translations/surveycake.yaml"),
    include_str!("../translations/webhook.yaml"),
];

static ALL: LazyLock<Translations> = LazyLock::new(|| {
    let mut all = Translations::default();
    for text in FILES {
        let file = serde_yaml::from_str::<Translations>(text);
        let file = file.expect("the files are part of the program, and tests read them");
        all.modules.extend(file.modules);
        all.triggers.extend(file.triggers);
        all.connections.extend(file.connections);
    }
    all
});

/// What something is called, by language: `en` has titles alone.
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

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Translations {
    modules: BTreeMap<String, Translated>,
    triggers: BTreeMap<String, Translated>,
    connections: BTreeMap<String, Translated>,
}

/// The words of a module or a flow step.
pub fn module(name: &str) -> Option<&'static Translated> {
    ALL.modules.get(name)
}

/// The words of a trigger.
pub fn trigger(name: &str) -> Option<&'static Translated> {
    ALL.triggers.get(name)
}

/// The words of a connection type.
pub fn connection_type(name: &str) -> Option<&'static Translated> {
    ALL.connections.get(name)
}

/// The English title among these words; empty where there is none.
pub fn title(translated: Option<&'static Translated>) -> &'static str {
    translated.and_then(|languages| languages.get("en")).map_or("", |words| words.title.as_str())
}

#[cfg(test)]
mod tests;
