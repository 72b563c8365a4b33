//! A folder for one measurement: scenarios and a data folder on the disk of `target/`. Gone when dropped.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The folder.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    /// An empty folder with these scenarios, made anew.
    pub(crate) fn new(
        parent: &Path,
        name: &str,
        files: impl IntoIterator<Item = (String, String)>,
    ) -> anyhow::Result<Self> {
        let scratch = Self(parent.join(name));
        scratch.clear();
        let scenarios = scratch.scenarios();
        fs::create_dir_all(&scenarios).with_context(|| format!("cannot make {}", scenarios.display()))?;
        for (name, text) in files {
            fs::write(scenarios.join(name), text)?;
        }
        Ok(scratch)
    }

    /// The folder that is served or checked.
    pub(crate) fn scenarios(&self) -> PathBuf {
        self.0.join("scenarios")
    }

    /// The folder that keeps runs.
    pub(crate) fn data(&self) -> PathBuf {
        self.0.join("data")
    }

    /// A file in the folder.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn clear(&self) {
        // What is not there need not be cleared; anything else shows when the folder is made.
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.clear();
    }
}
