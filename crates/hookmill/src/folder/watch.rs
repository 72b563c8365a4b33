//! Notices changes in the folder and has it read again.

use super::Folder;
use notify::{RecursiveMode, Watcher};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Editors write a file in several acts; the folder is read once they have been quiet for so long.
const QUIET: Duration = Duration::from_millis(60);

/// Watches until the program ends. `connections` is called when the connections may have changed.
pub(crate) fn watch(folder: Arc<Folder>, connections: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    let (changes, changed) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(changes)?;
    watcher.watch(folder.path(), RecursiveMode::Recursive)?;
    std::thread::Builder::new().name("folder".into()).spawn(move || {
        let _watcher = watcher;
        while let Ok(first) = changed.recv() {
            let mut events = vec![first];
            while let Ok(next) = changed.recv_timeout(QUIET) {
                events.push(next);
            }
            if events.iter().any(names_connections) {
                connections();
            }
            if events.iter().any(is_change)
                && let Err(error) = folder.reload()
            {
                tracing::error!(%error, "the folder was not read again");
            }
        }
    })?;
    Ok(())
}

fn is_change(event: &notify::Result<notify::Event>) -> bool {
    event.as_ref().map_or(true, |event| !event.kind.is_access())
}

fn names_connections(event: &notify::Result<notify::Event>) -> bool {
    is_change(event)
        && event.as_ref().is_ok_and(|event| event.paths.iter().any(|path| path.ends_with("connections.yaml")))
}
