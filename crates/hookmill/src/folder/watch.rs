//! Notices changes in the folder and has it read again.

use super::files::is_layout;
use super::{Folder, Reading};
use crate::home::{APPS, app_files};
use crate::sources::{CONNECTIONS, SECRETS};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

/// Editors write a file in several acts; the folder is read once they have been quiet for so long…
const QUIET: Duration = Duration::from_millis(60);

/// …or after so long, however busy they are.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often it is looked whether the folder is still the same one, and what could not be read is tried again.
const LOOK: Duration = Duration::from_secs(2);

/// What `connections.yaml`, `secrets.yaml` and the apps of a folder hold, by its digest. Names of changed files would not do: a file
/// may be a link to what changes elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Credentials(u64);

impl Credentials {
    /// Those of this folder, as they are now.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut hasher = DefaultHasher::new();
        [CONNECTIONS, SECRETS].map(|file| fs::read(folder.join(file)).ok()).hash(&mut hasher);
        for (name, path) in app_files(folder) {
            (name, fs::read(path).ok()).hash(&mut hasher);
        }
        Self(hasher.finish())
    }
}

/// Watches until the program ends. `reconnect` is called when connections or secrets are no longer those that were read.
pub(crate) fn watch(
    folder: Arc<Folder>,
    read: Credentials,
    reconnect: impl Fn() + Send + 'static,
) -> anyhow::Result<()> {
    let (changes, changed) = mpsc::channel();
    let mut watched = Watched::begin(folder.path(), changes)?;
    std::thread::Builder::new().name("folder".into()).spawn(move || {
        let mut credentials = read;
        // What changed between the first reading and now was not noticed.
        let mut is_due = true;
        let mut patience = LOOK;
        loop {
            if is_due {
                let now = Credentials::of(folder.path());
                if std::mem::replace(&mut credentials, now) != now {
                    reconnect();
                }
                let read = folder.reload();
                is_due = !matches!(read, Ok(Reading::Settled));
                match read {
                    Ok(Reading::Settled) => {}
                    Ok(Reading::Unsettled) => patience = QUIET,
                    Err(error) => tracing::error!(%error, "the folder was not read again; it is tried again soon"),
                }
            }
            is_due |= watched.wait(&changed, std::mem::replace(&mut patience, LOOK));
        }
    })?;
    Ok(())
}

/// The folder that is watched. Another one may take its name, when it is deployed anew as a whole.
struct Watched {
    path: PathBuf,
    changes: mpsc::Sender<notify::Result<Event>>,
    identity: Option<Identity>,
    /// That of its apps, where it has any.
    of_apps: Option<Identity>,
    /// Watches as long as it is there.
    _watcher: RecommendedWatcher,
}

/// What tells a folder from another of the same name: numbers of inodes are used again, times of making are not.
type Identity = (u64, u64, Option<SystemTime>);

impl Watched {
    fn begin(path: &Path, changes: mpsc::Sender<notify::Result<Event>>) -> notify::Result<Self> {
        let (identity, of_apps) = (identity(path), identity(&path.join(APPS)));
        let watcher = watcher(path, &changes)?;
        Ok(Self { path: path.to_owned(), changes, identity, of_apps, _watcher: watcher })
    }

    /// Waits until something changed, at most so long; whether something may have.
    fn wait(&mut self, changed: &mpsc::Receiver<notify::Result<Event>>, patience: Duration) -> bool {
        let told = match changed.recv_timeout(patience) {
            Ok(first) => gather(&first, changed),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => false,
        };
        self.renew() || told
    }

    /// Watches the folder that has the name now, if it is another one; whether it is.
    fn renew(&mut self) -> bool {
        let (identity, of_apps) = (identity(&self.path), identity(&self.path.join(APPS)));
        if identity.is_none() || (identity == self.identity && of_apps == self.of_apps) {
            return false;
        }
        match watcher(&self.path, &self.changes) {
            Ok(watcher) => {
                (self.identity, self.of_apps, self._watcher) = (identity, of_apps, watcher);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "the folder cannot be watched; it is tried again soon");
                false
            }
        }
    }
}

fn watcher(path: &Path, changes: &mpsc::Sender<notify::Result<Event>>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(changes.clone())?;
    watcher.watch(path, RecursiveMode::NonRecursive)?;
    if path.join(APPS).is_dir() {
        watcher.watch(&path.join(APPS), RecursiveMode::NonRecursive)?;
    }
    Ok(watcher)
}

fn identity(path: &Path) -> Option<Identity> {
    let folder = fs::metadata(path).ok()?;
    Some((folder.dev(), folder.ino(), folder.created().ok()))
}

/// Whether anything changed while it was not quiet.
fn gather(first: &notify::Result<Event>, changed: &mpsc::Receiver<notify::Result<Event>>) -> bool {
    let end = Instant::now() + PATIENCE;
    let mut any = is_change(first);
    while Instant::now() < end
        && let Ok(next) = changed.recv_timeout(QUIET)
    {
        any |= is_change(&next);
    }
    any
}

/// Whether something changed, or it cannot be said that nothing did.
fn is_change(event: &notify::Result<Event>) -> bool {
    let of_layouts = |event: &Event| !event.paths.is_empty() && event.paths.iter().all(|path| is_layout(path));
    event.as_ref().map_or(true, |event| !event.kind.is_access() && !of_layouts(event))
}
