//! What an author sets for a preset.

use scenario::catalog::{SettingKind, SettingSpec};

/// Something that has to be known to verify a request.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key.
    pub name: &'static str,
    /// What it is, and where it is found.
    pub summary: &'static str,
    /// What may be written.
    pub kind: Kind,
    /// Whether it must be given.
    pub need: Need,
}

/// What may be written as a setting.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A secret, or a list of them of which any will do.
    Secrets,
    /// A text that is no secret.
    Text,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// A duration.
    Duration,
}

/// Whether a setting must be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// It must.
    Required,
    /// It may.
    Optional,
}

impl Setting {
    /// A secret that must be given.
    pub(super) const fn secret(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, kind: Kind::Secrets, need: Need::Required }
    }

    /// A text that must be given.
    pub(super) const fn text(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, kind: Kind::Text, need: Need::Required }
    }

    /// How far clocks may be apart.
    pub(super) const fn tolerance(summary: &'static str) -> Self {
        Self { name: "tolerance", summary, kind: Kind::Duration, need: Need::Optional }
    }

    /// One of these words.
    pub(super) const fn choice(name: &'static str, summary: &'static str, words: &'static [&'static str]) -> Self {
        Self { name, summary, kind: Kind::Choice(words), need: Need::Optional }
    }

    /// The same, not needed.
    pub(super) const fn optional(self) -> Self {
        Self { need: Need::Optional, ..self }
    }

    /// As the language knows it.
    pub(super) fn spec(&self) -> SettingSpec {
        let kind = match self.kind {
            Kind::Secrets => SettingKind::Secrets,
            Kind::Text => SettingKind::Text,
            Kind::Choice(words) => SettingKind::Choice(words.iter().map(|word| (*word).to_owned()).collect()),
            Kind::Duration => SettingKind::Duration,
        };
        let required = self.need == Need::Required;
        SettingSpec { name: self.name.to_owned(), summary: self.summary.to_owned(), kind, required }
    }
}
