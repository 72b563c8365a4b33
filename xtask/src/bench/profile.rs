//! Load profiles: `bench/profiles.json`, one entry for each part.

use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::Value;

/// What one part does, as data.
pub(crate) struct Profile {
    name: &'static str,
    data: Value,
    scenario: String,
}

impl Profile {
    /// Reads the profile and its scenario.
    pub(crate) fn read(folder: &Path, name: &'static str) -> anyhow::Result<Self> {
        let text = |path: &Path| fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()));
        let all: Value = serde_json::from_str(&text(&folder.join("profiles.json"))?).context("bench/profiles.json")?;
        let mut profile = Self { name, data: all[name].clone(), scenario: String::new() };
        let scenario = profile.data["scenario"].as_str().with_context(|| profile.lacks("scenario"))?;
        profile.scenario = text(&folder.join("scenarios").join(scenario).with_extension("yaml"))?;
        Ok(profile)
    }

    /// The scenario's text.
    pub(crate) fn scenario(&self) -> &str {
        &self.scenario
    }

    /// As many copies of the scenario as the profile's `count` says: file names and texts.
    pub(crate) fn copies(&self) -> anyhow::Result<Vec<(String, String)>> {
        let copy = |number: u64| (format!("copy-{number}.yaml"), self.scenario.replace("NUMBER", &number.to_string()));
        Ok((1..=self.number("count")?).map(copy).collect())
    }

    /// What is posted.
    pub(crate) fn body(&self) -> String {
        self.data["body"].to_string()
    }

    /// A number of the profile.
    pub(crate) fn number(&self, key: &str) -> anyhow::Result<u64> {
        self.data[key].as_u64().with_context(|| self.lacks(key))
    }

    /// How many connections to post over, one measurement for each.
    pub(crate) fn connections(&self) -> anyhow::Result<Vec<u64>> {
        self.numbers("connections")
    }

    /// A list of numbers, one measurement for each.
    pub(crate) fn numbers(&self, key: &str) -> anyhow::Result<Vec<u64>> {
        let numbers = self.data[key].as_array().with_context(|| self.lacks(key))?;
        numbers.iter().map(|number| number.as_u64().with_context(|| self.lacks(key))).collect()
    }

    fn lacks(&self, key: &str) -> String {
        format!("the profile {:?} of bench/profiles.json has no usable {key:?}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_has_its_profile() -> anyhow::Result<()> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench");
        // What is imported is no scenario of ours: that part makes its files itself.
        for part in super::super::PARTS.iter().filter(|part| part.name != "import") {
            Profile::read(&folder, part.name)?;
        }
        let copies = Profile::read(&folder, "start")?.copies()?;
        assert_eq!(copies.len(), 50);
        assert!(copies[49].1.contains("path: variant-50\n"), "{}", copies[49].1);
        assert!(copies.iter().all(|(_, text)| !text.contains("NUMBER")));
        Ok(())
    }
}
