//! What a run sees of the place it runs at. It comes from the operator, not from the scenario.

use crate::id::{RunId, Spot};
use crate::resume::ResumeKey;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where runs are run: the same for all of them.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Where people reach the server, without a slash at the end: `https://hooks.example.com`. Links begin with it.
    pub public_url: Arc<str>,
    /// What `env` has: the variables of the environment that the operator lets scenarios read.
    pub env: BTreeMap<String, String>,
    /// What seals the links by which waiting runs are answered.
    pub resume_key: ResumeKey,
}

impl Setting {
    /// The link by which this step of this run is answered.
    pub fn resume_url(&self, run: RunId, spot: &Spot) -> String {
        format!("{}/resume/{}", self.public_url, self.resume_key.token(run, spot))
    }
}

impl Default for Setting {
    /// A place of which nothing is known: for checks and rehearsals.
    fn default() -> Self {
        Self { public_url: "http://localhost".into(), env: BTreeMap::new(), resume_key: ResumeKey([0; 32]) }
    }
}
