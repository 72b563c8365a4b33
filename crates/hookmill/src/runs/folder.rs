//! A data folder that no server has open.

use anyhow::Context;
use engine::{Engine, Options};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// How long an engine that does nothing takes to end, at most.
const GRACE: Duration = Duration::from_secs(1);

/// Opens the data folder to look at it; no run in it goes on. None while a server has it open, or where there is none.
pub(super) fn open(data: &Path) -> Option<Engine> {
    if !data.is_dir() {
        return None;
    }
    let store = store::open(&format!("sled:{}", data.display())).ok()?;
    let catalog = Arc::new(crate::language::catalog());
    Some(Engine::start(store, catalog, [], Options::default()))
}

/// Lets go of it.
pub(super) async fn close(engine: Engine) -> anyhow::Result<()> {
    engine.stop(GRACE).await.context("the data folder could not be closed")
}
