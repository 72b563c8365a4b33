//! Every module, trigger and connection type has all its words in each language, and none has words for what is not there.

use super::*;
use crate::specs;
use scenario::catalog::{Catalog, builtins};
use scenario::schema::schema;
use serde_json::Value;
use std::collections::BTreeSet;

/// The paths of parameters and of their values, as the words name them. Steps within steps and expressions are no parameters.
struct Walk<'s> {
    root: &'s Value,
    paths: BTreeSet<String>,
    depth: usize,
}

impl<'s> Walk<'s> {
    fn of(parameters: &'s Value, root: &'s Value) -> BTreeSet<String> {
        let mut walk = Self { root, paths: BTreeSet::new(), depth: 0 };
        walk.schema(parameters, "");
        walk.paths
    }

    fn schema(&mut self, schema: &'s Value, at: &str) {
        if let Some(reference) = schema["$ref"].as_str() {
            self.reference(reference, at);
        }
        for part in ["oneOf", "anyOf", "allOf"].iter().filter_map(|key| schema[*key].as_array()).flatten() {
            self.schema(part, at);
        }
        // Words in capitals, as the methods of HTTP, are the same everywhere.
        let words = schema["enum"].as_array().into_iter().flatten();
        let words = words.filter(|value| value.as_str().is_some_and(|word| word.contains(char::is_lowercase)));
        for value in schema.get("const").into_iter().filter(|_| !at.is_empty()).chain(words) {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.paths.insert(format!("{at}={value}"));
        }
        self.schema_of_items(schema, at);
    }

    fn schema_of_items(&mut self, schema: &'s Value, at: &str) {
        if schema["items"].is_object() {
            self.schema(&schema["items"], at);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
            self.schema(property, &path);
            self.paths.insert(path);
        }
    }

    fn reference(&mut self, reference: &str, at: &str) {
        let name = reference.trim_start_matches("#/$defs/");
        let is_of_the_language =
            ["steps", "expression", "condition", "duration", "origin", "credentials"].contains(&name);
        if !is_of_the_language && self.depth < 8 {
            self.depth += 1;
            self.schema(&self.root["$defs"][name], at);
            self.depth -= 1;
        }
    }
}

/// What a language lacks, or has too much.
fn gaps(name: &str, translated: Option<&Translated>, paths: &BTreeSet<String>) -> Vec<String> {
    let Some(translated) = translated else { return vec![format!("{name}: no words at all")] };
    let title_of = |language: &str| translated.get(language).is_some_and(|words| !words.title.is_empty());
    let mut gaps: Vec<String> = Vec::new();
    gaps.extend((!title_of("en")).then(|| format!("{name}: no English title")));
    for language in LANGUAGES {
        let Some(words) = translated.get(language) else {
            gaps.push(format!("{name}: nothing in {language}"));
            continue;
        };
        if words.title.is_empty() || words.summary.is_empty() {
            gaps.push(format!("{name}: no title or summary in {language}"));
        }
        let said: BTreeSet<String> = words.parameters.keys().filter(|path| !path.contains('*')).cloned().collect();
        let known = |path: &&String| !path.ends_with("=*") || paths.contains(*path);
        gaps.extend(
            paths
                .iter()
                .filter(|path| !words.parameters.contains_key(*path))
                .map(|path| format!("{name}.{path}: not in {language}")),
        );
        gaps.extend(said.difference(paths).filter(known).map(|path| format!("{name}.{path}: in {language} alone")));
        let empty = words.parameters.iter().filter(|(_, term)| term.title.is_empty() || term.description.is_empty());
        gaps.extend(empty.map(|(path, _)| format!("{name}.{path}: empty in {language}")));
    }
    gaps
}

#[test]
fn modules_have_all_their_words() {
    let language = schema(&Catalog::new([]));
    let mut found: Vec<String> = Vec::new();
    let apps = crate::app::Apps::shipped();
    let of_an_app = |name: &str| {
        let (app, action) = name.split_once('.').unwrap_or_default();
        apps.get(app).is_some_and(|app| app.actions.iter().any(|it| it.name == action))
    };
    let all: Vec<_> = specs().into_iter().filter(|spec| !of_an_app(&spec.name)).collect();
    let all: Vec<_> = all.into_iter().chain(builtins().iter().cloned()).collect();
    for spec in &all {
        let root = if spec.parameters.get("$defs").is_some() { &spec.parameters } else { &language };
        found.extend(gaps(&spec.name, ALL.modules.get(&spec.name), &Walk::of(&spec.parameters, root)));
    }
    let names: BTreeSet<&str> = all.iter().map(|spec| spec.name.as_str()).collect();
    found.extend(
        ALL.modules.keys().filter(|name| !names.contains(name.as_str())).map(|name| format!("{name}: no such module")),
    );
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn triggers_have_all_their_words() {
    let language = schema(&Catalog::new([]));
    let triggers = language["$defs"]["trigger"]["properties"].as_object().unwrap();
    let found: Vec<String> = triggers
        .iter()
        .flat_map(|(name, parameters)| gaps(name, ALL.triggers.get(name), &Walk::of(parameters, &language)))
        .collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    assert_eq!(ALL.triggers.keys().collect::<BTreeSet<_>>(), triggers.keys().collect());
}

#[test]
fn everything_has_an_app_that_looks_like_something() {
    let faces = faces();
    for (name, face) in faces.modules.iter().chain(&faces.triggers) {
        let AppFace { title, color, icon, i18n, .. } = &face.app;
        assert!(!title.is_empty() && !icon.is_empty() && LANGUAGES.iter().all(|of| i18n.contains_key(*of)), "{name}");
        assert!(contrast_with_white(color) >= 4.5, "{name}: white on {color} is read with pains");
        assert!(!face.aliases.is_empty(), "{name} is found by no other name");
        assert!(!face.title().is_empty(), "{name}");
    }
    let apps: Apps = serde_yaml::from_str(include_str!("../../translations/apps.yaml")).unwrap();
    let unknown = apps.modules.keys().filter(|name| !faces.modules.contains_key(*name));
    let unknown = unknown.chain(apps.triggers.keys().filter(|name| !faces.triggers.contains_key(*name)));
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new());
}

/// As WCAG 2 counts it.
fn contrast_with_white(color: &str) -> f64 {
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    1.05 / (0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05)
}

#[test]
fn traditional_and_simplified_letters_are_not_mixed() {
    let (traditional, simplified) = (
        "這為個們時沒應運數變問顯刪儲連塊發種開關閉試檔標類設",
        "这为个们时没应运数变问显删储连块发种开关闭试档标类设",
    );
    let everything = ALL.modules.iter().chain(&ALL.triggers);
    for (name, languages) in everything {
        for (language, wrong) in [("zh-TW", simplified), ("zh-CN", traditional)] {
            let words = &languages[language];
            let terms = words.parameters.values().flat_map(|term| [&term.title, &term.description]);
            for text in [&words.title, &words.summary].into_iter().chain(terms) {
                assert!(!text.contains(|c| wrong.contains(c)), "{name}, {language}: {text}");
            }
        }
    }
}
