//! Webhooks whose requests are to stay as they are: what they were like is kept as a schema, and one that does not fit
//! raises an alarm.
//!
//! This is looked at behind the requests, not on their way: at most a hundred of each webhook in a second, the newest.

use super::Inspector;
use super::captured::Kind;
use super::content::content;
use super::record::decode;
use engine::Handle;
use engine::captures::{Capture, Kinds};
use run::id::Millis;
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use triggers::webhook::schema::Schema;

/// The table of schemas, by the webhook's path.
const TABLE: &str = "hook_schemas";

/// How often it is looked at what came, and how many requests of a webhook at most.
const PAUSE: Duration = Duration::from_secs(1);
const MOST: usize = 100;

/// How many are read from the table at once.
const PAGE: usize = 500;

/// All webhooks that are watched.
pub(super) struct Watches {
    tables: Arc<dyn Tables>,
    known: Mutex<BTreeMap<Arc<str>, Watch>>,
}

/// A webhook that is watched.
struct Watch {
    schema: Arc<Schema>,
    state: Watched,
}

/// What requests were like, as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct KeptSchema {
    schema: Value,
    since: Millis,
    samples: u64,
}

/// How a watched webhook stands.
#[derive(Clone, Debug)]
pub(crate) struct Watched {
    /// What requests are to be like.
    pub(crate) schema: Value,
    /// Since when.
    pub(crate) since: Millis,
    /// How many requests it was learnt from.
    pub(crate) samples: u64,
    /// How many requests were looked at since the process began.
    pub(crate) checked: u64,
    /// How many of them did not fit.
    pub(crate) misfits: u64,
    /// The last one that did not fit, and why.
    pub(crate) last: Option<(u64, String)>,
}

/// Why a webhook is not watched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unwatchable {
    /// The schema cannot be used.
    #[error("the schema cannot be used: {0}")]
    Schema(String),
    /// It could not be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl fmt::Debug for Watches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watches").finish_non_exhaustive()
    }
}

impl Watches {
    /// Reads them. Blocks for the disk.
    pub(super) fn load(tables: Arc<dyn Tables>) -> Result<Self, StoreError> {
        let mut known = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let page = tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (hook, record) in &page {
                // What a later release wrote differently is not watched by this one.
                let kept = serde_json::from_slice::<KeptSchema>(&record.value).ok();
                known.extend(kept.and_then(|kept| Some((Arc::from(hook.as_str()), Watch::of(kept).ok()?))));
            }
            if page.len() < PAGE {
                return Ok(Self { tables, known: Mutex::new(known) });
            }
            after = page.into_iter().next_back().map(|(hook, _)| hook);
        }
    }

    fn keep(&self, hook: &str, kept: KeptSchema) -> Result<Watched, Unwatchable> {
        let value = serde_json::to_vec(&kept).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        let watch = Watch::of(kept)?;
        let state = watch.state.clone();
        self.tables.put(TABLE, hook, &value, Expected::Any)?;
        self.known().insert(hook.into(), watch);
        Ok(state)
    }

    fn forget(&self, hook: &str) -> Result<bool, StoreError> {
        let was_there = self.tables.delete(TABLE, hook, Expected::Any)?;
        self.known().remove(hook);
        Ok(was_there)
    }

    fn hooks(&self) -> Vec<(Arc<str>, Arc<Schema>)> {
        self.known().iter().map(|(hook, watch)| (Arc::clone(hook), Arc::clone(&watch.schema))).collect()
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Watch>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watch {
    fn of(kept: KeptSchema) -> Result<Self, Unwatchable> {
        let schema = Schema::compile(&kept.schema).map_err(|error| Unwatchable::Schema(error.to_string()))?;
        let KeptSchema { schema: text, since, samples } = kept;
        let state = Watched { schema: text, since, samples, checked: 0, misfits: 0, last: None };
        Ok(Self { schema: Arc::new(schema), state })
    }
}

impl Inspector {
    /// How a webhook stands that is watched; none: it is not.
    pub(crate) fn watched(&self, hook: &str) -> Option<Watched> {
        self.0.watches.known().get(hook).map(|watch| watch.state.clone())
    }

    /// From now on, a request to this webhook that does not fit raises an alarm; one that was raised before is over.
    /// Blocks for the disk.
    pub(crate) fn watch(
        &self,
        hook: &str,
        schema: Value,
        samples: u64,
        handle: &Handle,
    ) -> Result<Watched, Unwatchable> {
        let kept = KeptSchema { schema, since: handle.clock().now(), samples };
        let watched = self.0.watches.keep(hook, kept)?;
        handle.mended(&subject(hook));
        Ok(watched)
    }

    /// Watches a webhook no longer; whether it was watched. Blocks for the disk.
    pub(crate) fn unwatch(&self, hook: &str, handle: &Handle) -> Result<bool, StoreError> {
        handle.mended(&subject(hook));
        self.0.watches.forget(hook)
    }

    /// Looks at what comes to watched webhooks, as long as it is polled.
    pub async fn follow(self, handle: Handle) {
        let logs = self.logs().map(|captures| self.clone().follow_log(captures.written(), handle.clone()));
        futures_util::future::join_all(logs).await;
    }

    /// The same of those whose requests are in one log.
    async fn follow_log(self, mut written: watch::Receiver<u64>, handle: Handle) {
        let mut cursor = *written.borrow_and_update();
        while written.changed().await.is_ok() {
            let newest = *written.borrow_and_update();
            let watched = self.0.watches.hooks().into_iter();
            for (hook, schema) in watched.filter(|(hook, _)| self.written(hook).same_channel(&written)) {
                let (inspector, handle) = (self.clone(), handle.clone());
                let look = move || inspector.look(&hook, &schema, cursor, &handle);
                if let Ok(Err(error)) = tokio::task::spawn_blocking(look).await {
                    tracing::warn!(%error, "requests to a watched webhook could not be looked at");
                }
            }
            cursor = newest;
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Looks at the newest requests of a webhook that came after this one.
    fn look(&self, hook: &str, schema: &Schema, cursor: u64, handle: &Handle) -> Result<(), StoreError> {
        let mut left = MOST;
        self.visit(hook, None, Kinds::ALL, |capture| {
            if capture.id <= cursor || left == 0 {
                return ControlFlow::Break(());
            }
            left -= 1;
            if let Some(verdict) = misfit(capture, schema) {
                self.note(hook, capture.id, verdict, handle);
            }
            ControlFlow::Continue(())
        })
    }

    /// Counts a request that was looked at; one that does not fit raises the alarm.
    fn note(&self, hook: &str, id: u64, verdict: Result<(), String>, handle: &Handle) {
        let mut known = self.0.watches.known();
        let Some(watch) = known.get_mut(hook) else { return };
        watch.state.checked += 1;
        let Err(reason) = verdict else { return };
        watch.state.misfits += 1;
        let message = format!("a request to `{hook}` is not like those before: {reason}");
        if watch.state.last.as_ref().is_none_or(|(last, _)| *last < id) {
            watch.state.last = Some((id, reason));
        }
        drop(known);
        handle.trouble(&subject(hook), message);
    }
}

/// What does not fit in a request; none: it was not taken, or cannot be read, so there is nothing to say of it.
fn misfit(capture: &Capture, schema: &Schema) -> Option<Result<(), String>> {
    if matches!(Kind::of(capture.kind), Kind::Refused | Kind::Handshake) {
        return None;
    }
    let body = content(&decode(&capture.bytes)?)?;
    let first = schema.reasons(&body).into_iter().next();
    let place = |path: String| if path.is_empty() { "the body".to_owned() } else { path };
    Some(first.map_or(Ok(()), |reason| Err(format!("{}: {}", place(reason.path), reason.message))))
}

/// What the alarm is about.
fn subject(hook: &str) -> String {
    format!("webhook {hook}")
}
