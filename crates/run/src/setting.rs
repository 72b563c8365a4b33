//! What a run sees of the place it runs at. It comes from the operator, not from the scenario.

use crate::id::{RunId, Spot};
use crate::resume::ResumeKey;
use scenario::secret::{Secret, Unavailable};
use std::collections::BTreeMap;
use std::fmt;
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
    /// What `secrets` stands for.
    pub secrets: Arc<dyn Secrets>,
}

/// The secrets that scenarios may use. What they are may change while runs go on; each use reads them anew.
pub trait Secrets: fmt::Debug + Send + Sync {
    /// The secret of this name, or why it has no value. Does not block.
    fn secret(&self, name: &str) -> Result<Secret, Unavailable>;
}

/// No secrets at all.
#[derive(Clone, Copy, Debug)]
pub struct NoSecrets;

impl Secrets for NoSecrets {
    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        Err(Unavailable::unknown(name))
    }
}

/// Secrets of no worth, for rehearsals: the secret `x` is `secret-x`.
#[derive(Clone, Copy, Debug)]
pub struct MadeUp;

impl Secrets for MadeUp {
    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        Ok(Secret::new(format!("secret-{name}")))
    }
}

impl Setting {
    /// A place for rehearsals: nothing is known of it, and secrets are made up.
    pub fn rehearsed() -> Self {
        Self { secrets: Arc::new(MadeUp), ..Self::default() }
    }

    /// The link by which this step of this run is answered.
    pub fn resume_url(&self, run: RunId, spot: &Spot) -> String {
        format!("{}/resume/{}", self.public_url, self.resume_key.token(run, spot))
    }
}

impl Default for Setting {
    /// A place of which nothing is known, without secrets.
    fn default() -> Self {
        Self {
            public_url: "http://localhost".into(),
            env: BTreeMap::new(),
            resume_key: ResumeKey([0; 32]),
            secrets: Arc::new(NoSecrets),
        }
    }
}
