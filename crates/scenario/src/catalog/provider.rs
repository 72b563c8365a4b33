//! What `verify` may name: presets of senders, and schemes that many senders share. Plain data, made elsewhere.

use serde::{Serialize, Serializer};
use std::time::Duration;

/// A preset or scheme of `verify`, as data: the source of its checks, its schema and its reference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProviderSpec {
    /// `github`: its key under `verify`.
    pub name: String,
    /// Other names by which people look for it, as `facebook`; only the one above can be written.
    pub aliases: Vec<String>,
    /// What people call it: `GitHub`.
    pub title: String,
    /// One sentence: how it says who sent a request.
    pub summary: String,
    /// What has to be known to verify it. The first one is what the short form, `github: VALUE`, gives.
    pub settings: Vec<SettingSpec>,
    /// Settings of which exactly one must be given; empty: each says for itself whether it must be.
    pub one_of: Vec<String>,
    /// Whether a request that passes was certainly sent by whom it seems to come from.
    pub assurance: Assurance,
    /// Lower-case names of headers that only requests of this sender have, as `x-github-event`.
    pub telltale_headers: Vec<String>,
    /// Whether requests say what happened: `trigger.event`.
    pub has_event: bool,
    /// Whether deliveries have an id: `trigger.id`. Repeats are recognised by it unless `dedupe` says otherwise.
    pub has_id: bool,
    /// After how long without an answer the sender takes a delivery for lost, where it says so.
    #[serde(rename = "deadline_ms", serialize_with = "milliseconds")]
    pub deadline: Option<Duration>,
    /// The page on which the sender explains it.
    pub docs: String,
}

/// Something that has to be known to verify a request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SettingSpec {
    /// Its key.
    pub name: String,
    /// One sentence: what it is, and where it is found.
    pub summary: String,
    /// What may be written.
    pub kind: SettingKind,
    /// Whether it must be given.
    pub required: bool,
}

/// What may be written as a setting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingKind {
    /// A secret text, or a list of them of which any will do, so that secrets can be changed without a gap.
    Secrets,
    /// A text that is no secret: the name of a header, a user.
    Text,
    /// One of these words.
    Choice(Vec<String>),
    /// A duration.
    Duration,
    /// True or false.
    Flag,
}

/// What it means that a request passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Whoever sent it knows the secret, or has the key.
    Verifies,
    /// The sender gives nothing by which it could be told from anyone else: the preset knows its events and its
    /// manners, and keeps nobody out.
    Recognises,
}

impl ProviderSpec {
    /// The setting of this name.
    pub fn setting(&self, name: &str) -> Option<&SettingSpec> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// The setting that the short form gives, where it is enough.
    pub fn short_form(&self) -> Option<&SettingSpec> {
        let main = self.settings.first()?;
        let is_enough = self.settings.iter().all(|setting| !setting.required || setting.name == main.name)
            && (self.one_of.is_empty() || self.one_of.contains(&main.name));
        is_enough.then_some(main)
    }

    /// The line of a webhook that verifies by it, with names for the secrets it needs:
    /// `verify: { github: "{{ secrets.github }}" }`.
    pub fn line(&self) -> String {
        let name = &self.name;
        let placeholder = |setting: &SettingSpec, is_main: bool| match (&setting.kind, is_main) {
            (SettingKind::Secrets, true) => format!("\"{{{{ secrets.{name} }}}}\""),
            (SettingKind::Secrets, false) => format!("\"{{{{ secrets.{name}_{} }}}}\"", setting.name),
            (SettingKind::Text, _) => "…".to_owned(),
            (SettingKind::Choice(words), _) => words.first().cloned().unwrap_or_default(),
            (SettingKind::Duration, _) => "5m".to_owned(),
            (SettingKind::Flag, _) => "true".to_owned(),
        };
        if let Some(main) = self.short_form() {
            return format!("verify: {{ {name}: {} }}", placeholder(main, true));
        }
        let is_chosen = |setting: &SettingSpec| setting.required || self.one_of.first() == Some(&setting.name);
        let chosen = self.settings.iter().enumerate().filter(|(_, setting)| is_chosen(setting));
        let settings = chosen.map(|(at, setting)| format!("{}: {}", setting.name, placeholder(setting, at == 0)));
        format!("verify: {{ {name}: {{ {} }} }}", settings.collect::<Vec<_>>().join(", "))
    }
}

fn milliseconds<S: Serializer>(duration: &Option<Duration>, serializer: S) -> Result<S::Ok, S::Error> {
    duration.map(|duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)).serialize(serializer)
}
