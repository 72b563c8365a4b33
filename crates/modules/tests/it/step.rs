//! A step that calls a module, as the engine would.

use modules::{Connections, Options};
use run::call::{Call, Module, Origin, Outcome};
use run::data_store::DataStores;
use run::error::StepError;
use run::files::Files;
use run::id::{Millis, RunId, ScenarioId, Spot, Turns};
use run::resume::ResumeKey;
use scenario::plan::StepNo;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

/// 2026-11-22T00:00:00Z.
pub(crate) const NOW: Millis = 1_795_305_600_000;

/// Environment and files given by the test.
pub(crate) struct Given(pub(crate) BTreeMap<&'static str, String>);

impl modules::connections::Sources for Given {
    fn env(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn file(&self, path: &str) -> Result<String, String> {
        self.0.get(path).cloned().ok_or_else(|| "no such file".to_owned())
    }
}

/// The modules with these connections.
pub(crate) fn modules(connections: &str, given: &[(&'static str, &str)], options: Options) -> Vec<Arc<dyn Module>> {
    let given = Given(given.iter().map(|&(name, text)| (name, text.to_owned())).collect());
    modules_over(&Arc::new(Connections::parse(connections, &given).unwrap()), options)
}

/// The modules over these connections.
pub(crate) fn modules_over(connections: &Arc<Connections>, options: Options) -> Vec<Arc<dyn Module>> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::aws_lc_rs::default_provider().install_default().unwrap());
    let stores = DataStores::new(store::open("memory:").unwrap().tables);
    modules::catalog(Arc::clone(connections), &stores, &files(), options)
}

/// The files of all modules here.
pub(crate) fn files() -> Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([7; 32]))).clone()
}

/// A step about to be called.
pub(crate) struct Step<'a> {
    modules: &'a [Arc<dyn Module>],
    name: &'a str,
    connection: Option<&'a str>,
    author_host: Option<&'a str>,
    timeout: Duration,
    now: Millis,
    idempotency_key: &'a str,
    depth: u32,
}

/// A step of this module.
pub(crate) fn step<'a>(modules: &'a [Arc<dyn Module>], name: &'a str) -> Step<'a> {
    Step {
        modules,
        name,
        connection: None,
        author_host: None,
        timeout: Duration::from_secs(20),
        now: NOW,
        idempotency_key: "0190-key.3",
        depth: 0,
    }
}

impl<'a> Step<'a> {
    pub(crate) fn connection(self, name: &'a str) -> Self {
        Self { connection: Some(name), ..self }
    }

    pub(crate) fn author_host(self, host: &'a str) -> Self {
        Self { author_host: Some(host), ..self }
    }

    pub(crate) fn timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    pub(crate) fn now(self, now: Millis) -> Self {
        Self { now, ..self }
    }

    pub(crate) fn idempotency_key(self, idempotency_key: &'a str) -> Self {
        Self { idempotency_key, ..self }
    }

    pub(crate) fn depth(self, depth: u32) -> Self {
        Self { depth, ..self }
    }

    pub(crate) async fn call(self, parameters: Value) -> Result<Outcome, StepError> {
        let module = self.modules.iter().find(|module| module.spec().name == self.name).unwrap();
        let scenario: ScenarioId = "test".parse().unwrap();
        let spot = Spot { step: StepNo(0), turns: Turns::new() };
        let origin =
            Origin { scenario: &scenario, run: RunId(uuid::Uuid::nil()), spot: &spot, attempt: 1, depth: self.depth };
        let call = Call {
            parameters: &parameters,
            connection: self.connection,
            idempotency_key: self.idempotency_key,
            author_host: self.author_host,
            timeout: self.timeout,
            now: self.now,
            origin,
        };
        module.call(call).await
    }
}
