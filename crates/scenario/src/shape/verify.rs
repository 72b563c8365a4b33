//! `verify:` how it is told who sent a request: presets and schemes of the catalogue, each with its settings.

use crate::catalog::{ProviderSpec, SettingKind, SettingSpec};
use crate::check::Checker;
use crate::diagnostic::{Diagnostic, Place};
use crate::expression::Template;
use crate::plan::{Check, Credential, Verify};
use crate::text::{Entry, Key, Node, Value};
use std::collections::BTreeMap;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

/// What the value of a short form is called where the catalogue does not know the provider.
const MAIN: &str = "secret";

type Settings = BTreeMap<Arc<str>, Vec<Credential>>;

impl Checker<'_> {
    /// `none`, or what a request has to pass.
    pub(super) fn verify(&mut self, node: &Node) -> Verify {
        match &node.value {
            Value::Text(word) if word == "none" => return Verify::Open,
            Value::Map(entries) if !entries.is_empty() => {
                return Verify::By(entries.iter().filter_map(|entry| self.verify_by(entry)).collect());
            }
            Value::Map(_) => {
                let wanted = "`none`, or a map with something in it";
                self.report(Diagnostic::out_of_range(node.place, "`verify`", wanted, "empty"));
            }
            Value::Text(name) => self.report(Diagnostic::verify_by_name(node.place, name)),
            _ => self.wrong_kind(node, "`verify`", "`none` or a map"),
        }
        Verify::Unsaid
    }

    fn verify_by(&mut self, Entry { key, node }: &Entry) -> Option<Check> {
        let catalog = self.catalog;
        let settings = match catalog.providers() {
            None => self.settings_of_any(node),
            Some(known) => match known.get(&key.text) {
                Some(spec) => self.settings_of(spec, key.place, node),
                None => {
                    self.unknown_provider(known, key);
                    return None;
                }
            },
        };
        Some(Check { provider: key.text.as_str().into(), place: key.place, settings })
    }

    /// Says what was probably meant: a provider that is also called so, or one of nearly this name.
    fn unknown_provider(&mut self, known: &BTreeMap<String, Arc<ProviderSpec>>, key: &Key) {
        let names = self.candidates(known.keys().map(String::as_str));
        let mut diagnostic = Diagnostic::unknown_provider(key.place, &key.text, names);
        if let Some(spec) = known.values().find(|spec| spec.aliases.contains(&key.text)) {
            diagnostic = diagnostic.hint(format!("did you mean `{}`?", spec.name));
        }
        self.report(diagnostic);
    }

    /// The settings of a provider: a map, or in the short form the value of the first one.
    fn settings_of(&mut self, spec: &ProviderSpec, place: Place, node: &Node) -> Settings {
        let owner = format!("`{}`", spec.name);
        let mut given: Vec<&str> = Vec::new();
        let mut settings = Settings::new();
        match (&node.value, spec.settings.first()) {
            (Value::Map(_) | Value::Null, _) | (_, None) => {
                let names: Vec<&str> = spec.settings.iter().map(|setting| setting.name.as_str()).collect();
                let fields = self.fields(node, &owner, &names);
                for Entry { key, node } in fields.map(|fields| fields.entries()).unwrap_or_default() {
                    let Some(setting) = spec.setting(&key.text) else { continue };
                    given.push(&setting.name);
                    let what = format!("`{}` of {owner}", setting.name);
                    settings.insert(setting.name.as_str().into(), self.setting(setting, node, &what));
                }
            }
            (_, Some(main)) => {
                given.push(&main.name);
                settings.insert(main.name.as_str().into(), self.setting(main, node, &owner));
            }
        }
        self.missing_settings(spec, &given, place);
        settings
    }

    fn missing_settings(&mut self, spec: &ProviderSpec, given: &[&str], place: Place) {
        let owner = format!("`{}`", spec.name);
        let is_given = |name: &str| given.contains(&name);
        for setting in spec.settings.iter().filter(|setting| setting.required && !is_given(&setting.name)) {
            self.report(Diagnostic::missing_key(place, &setting.name, &owner).hint(&setting.summary));
        }
        if !spec.one_of.is_empty() && spec.one_of.iter().filter(|name| is_given(name)).count() != 1 {
            let names: Vec<&str> = spec.one_of.iter().map(String::as_str).collect();
            self.report(Diagnostic::one_of_keys(place, &owner, &names));
        }
    }

    /// The values of one setting; none where they were not sound.
    fn setting(&mut self, setting: &SettingSpec, node: &Node, what: &str) -> Vec<Credential> {
        let literal = match &setting.kind {
            SettingKind::Secrets => return self.secrets_of(node, what),
            SettingKind::Text => return self.credential(node, what).into_iter().collect(),
            SettingKind::Choice(words) => {
                let words: Vec<(&str, &str)> = words.iter().map(|word| (word.as_str(), word.as_str())).collect();
                self.word(node, what, &words).map(str::to_owned)
            }
            SettingKind::Duration => self.positive_duration(node, what).map(written),
            SettingKind::Flag => self.flag(node, what).map(|flag| flag.to_string()),
        };
        literal.iter().map(|text| Credential::literal(text)).collect()
    }

    /// One secret, or a list of them.
    fn secrets_of(&mut self, node: &Node, what: &str) -> Vec<Credential> {
        let nodes = match &node.value {
            Value::List(nodes) => nodes.as_slice(),
            _ => slice::from_ref(node),
        };
        if nodes.is_empty() {
            self.report(Diagnostic::out_of_range(node.place, what, "a list with something in it", "empty"));
        }
        for node in nodes.iter().filter(|node| node.text().is_some_and(|text| text.trim().is_empty())) {
            self.report(Diagnostic::out_of_range(node.place, what, "a text with something in it", "empty"));
        }
        nodes.iter().filter_map(|node| self.credential(node, what)).collect()
    }

    /// A text in which secrets and variables of the environment have their places.
    fn credential(&mut self, node: &Node, what: &str) -> Option<Credential> {
        let text = self.text(node, what)?;
        let places = node.places(self.source);
        let template = match Template::parse(text, &|offset| places.at(offset)) {
            Ok(template) => template,
            Err(diagnostics) => {
                self.report_all(diagnostics);
                return None;
            }
        };
        template.expressions().iter().for_each(|expression| self.know_secrets(expression.secrets()));
        match Credential::of(&template) {
            Ok(credential) => Some(credential),
            Err(expression) => {
                let place = expression.map_or(node.place, |expression| expression.root().place);
                self.report(Diagnostic::no_credential(place, what));
                None
            }
        }
    }

    /// The settings of a provider of which nothing is known.
    fn settings_of_any(&mut self, node: &Node) -> Settings {
        let Value::Map(entries) = &node.value else {
            let values =
                if matches!(node.value, Value::Null) { Vec::new() } else { self.secrets_of(node, "a setting") };
            return [(MAIN.into(), values)].into_iter().filter(|(_, values)| !values.is_empty()).collect();
        };
        let one = |entry: &Entry| {
            let values = match &entry.node.value {
                Value::Text(_) | Value::List(_) => self.secrets_of(&entry.node, "a setting"),
                _ => vec![Credential::literal(entry.node.written(self.source))],
            };
            (entry.key.text.as_str().into(), values)
        };
        entries.iter().map(one).collect()
    }
}

/// The duration as its shortest text: `300s`, or `1500ms`.
fn written(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => format!("{}s", duration.as_secs()),
        _ => format!("{}ms", duration.as_millis()),
    }
}
