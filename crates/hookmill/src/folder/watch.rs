//! Notices changes in the folder and has it read again.

use super::Folder;
use crate::sources::{CONNECTIONS, SECRETS};
use notify::{Event, RecursiveMode, Watcher};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Editors write a file in several acts; the folder is read once they have been quiet for so long…
const QUIET: Duration = Duration::from_millis(60);

/// …or after so long, however busy they are.
const PATIENCE: Duration = Duration::from_secs(1);

/// Watches until the program ends. `connections` is called when connections or secrets may have changed.
pub(crate) fn watch(folder: Arc<Folder>, connections: impl Fn() + Send + 'static) -> anyhow::Result<()> {
    let (changes, changed) = mpsc::channel();
    let mut watcher = notify::recommended_watcher(changes)?;
    watcher.watch(folder.path(), RecursiveMode::NonRecursive)?;
    // What changed between the first reading and now was not noticed.
    folder.reload()?;
    std::thread::Builder::new().name("folder".into()).spawn(move || {
        let _watcher = watcher;
        while let Ok(first) = changed.recv() {
            let change = gather(&first, &changed);
            if change.connections {
                connections();
            }
            if change.any
                && let Err(error) = folder.reload()
            {
                tracing::error!(%error, "the folder was not read again");
            }
        }
    })?;
    Ok(())
}

/// What changed while it was not quiet.
#[derive(Default)]
struct Change {
    any: bool,
    connections: bool,
}

fn gather(first: &notify::Result<Event>, changed: &mpsc::Receiver<notify::Result<Event>>) -> Change {
    let end = Instant::now() + PATIENCE;
    let mut change = Change::default();
    change.add(first);
    while Instant::now() < end
        && let Ok(next) = changed.recv_timeout(QUIET)
    {
        change.add(&next);
    }
    change
}

impl Change {
    fn add(&mut self, event: &notify::Result<Event>) {
        match event {
            Ok(event) if event.kind.is_access() => {}
            Ok(event) => {
                self.any = true;
                self.connections |=
                    event.paths.iter().any(|path| path.ends_with(CONNECTIONS) || path.ends_with(SECRETS));
            }
            Err(_) => self.any = true,
        }
    }
}
