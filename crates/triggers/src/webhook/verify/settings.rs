//! What the author set for a check, with its secrets put in.

use super::Fault;
use scenario::duration;
use scenario::secret::MASK;
use std::fmt;
use std::time::Duration;

/// Values by the names of settings, as a preset takes them. `Debug` shows names only.
#[derive(Clone, Default)]
pub struct Settings {
    values: Vec<(String, Vec<Vec<u8>>)>,
}

/// What stands before a signature may be nothing.
const MAY_BE_EMPTY: &str = "prefix";

/// What `tolerance` is set to where time is not to be looked at.
const OFF: &str = "off";

impl Settings {
    /// Settings of one name and value.
    pub fn of(name: &str, value: &str) -> Self {
        Self::default().with(name, value)
    }

    /// With one more value. Several of one name are all accepted, so keys can be rotated.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.add(name, value.as_bytes());
        self
    }

    /// Adds a value.
    pub fn add(&mut self, name: &str, value: &[u8]) {
        match self.values.iter_mut().find(|(known, _)| known == name) {
            Some((_, values)) => values.push(value.to_vec()),
            None => self.values.push((name.to_owned(), vec![value.to_vec()])),
        }
    }

    /// Whether a name has no value that protects anything.
    pub(in crate::webhook) fn lack(&self, name: &str) -> bool {
        self.all(name).next().is_none()
    }

    /// With these values in place of all others of the name.
    pub(super) fn replaced(&self, name: &str, replacement: Vec<Vec<u8>>) -> Self {
        let mut settings = self.clone();
        settings.values.retain(|(known, _)| known != name);
        settings.values.push((name.to_owned(), replacement));
        settings
    }

    /// With this text in place of all others of the name.
    pub(super) fn set(&self, name: &str, text: &str) -> Self {
        self.replaced(name, vec![text.as_bytes().to_vec()])
    }

    /// A name that is there and has no value: what was to be put in could not be. A check that went without it would be
    /// another check than the author wrote.
    pub(in crate::webhook) fn blank(&self) -> Option<&str> {
        let names = self.values.iter().map(|(name, _)| name.as_str());
        names.filter(|name| *name != MAY_BE_EMPTY).find(|name| self.lack(name))
    }

    /// Whether the name is there at all, be it with an empty value.
    pub(super) fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(known, _)| known == name)
    }

    /// All values of a name that are not empty.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        let found = self.values.iter().filter(move |(known, _)| known == name);
        found.flat_map(|(_, values)| values.iter()).map(Vec::as_slice).filter(|value| !value.trim_ascii().is_empty())
    }

    /// All values of a name; there must be one that is not empty.
    pub(super) fn secrets(&self, name: &str) -> Result<Vec<&[u8]>, Fault> {
        let secrets: Vec<&[u8]> = self.all(name).collect();
        if secrets.is_empty() { Err(Fault::no_secret(name)) } else { Ok(secrets) }
    }

    /// The first value of a name as text; none where it has none or an empty one.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.all(name).next().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// A text that must be there.
    pub(super) fn required(&self, name: &str) -> Result<&str, Fault> {
        self.text(name).ok_or_else(|| Fault::no_secret(name))
    }

    /// How far the sender's clock may be off: as `tolerance` says, else as usual; none where time does not matter.
    pub(super) fn tolerance(&self, usual: Option<Duration>) -> Result<Option<Duration>, Fault> {
        match self.text("tolerance") {
            None => Ok(usual),
            Some(OFF) => Ok(None),
            Some(text) => match duration::parse(text) {
                Some(duration) => Ok(Some(duration)),
                None => Err(Fault::bad_setting("tolerance", "is no duration such as `5m`")),
            },
        }
    }

    /// With freshness not looked at.
    pub(super) fn timeless(&self) -> Self {
        self.set("tolerance", OFF)
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.values.iter().map(|(name, _)| (name, MASK))).finish()
    }
}
