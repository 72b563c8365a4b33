//! Texts that someone writes and has listen at `/hook-test/…` for a while: apart from the webhooks, whose paths they may
//! have, and gone with the process.

use engine::Deployment;
use run::id::{Millis, ScenarioId};
use scenario::plan::Trigger;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use triggers::webhook::hooks::{Hook, Hooks, Unservable};
use triggers::webhook::pattern::Pattern;

/// How long a text listens once it was said, in milliseconds.
pub(crate) const LISTENING: Millis = 30 * 60 * 1000;

/// How many texts listen at once; beyond it, the one that has listened longest does no more.
const MOST: usize = 200;

/// The texts that listen. Clones mean the same ones.
#[derive(Clone, Debug, Default)]
pub struct Trials(Arc<Mutex<Listening>>);

#[derive(Debug, Default)]
struct Listening {
    texts: BTreeMap<ScenarioId, Ear>,
    table: Option<Arc<Hooks>>,
}

/// A text that listens.
#[derive(Clone, Debug)]
pub(crate) struct Ear {
    /// What is tried.
    pub(crate) deployment: Arc<Deployment>,
    /// The paths of its webhooks, in the order of its triggers.
    pub(crate) paths: Vec<String>,
    /// Who tries.
    pub(crate) by: Arc<str>,
    /// Until when, in milliseconds since 1970.
    pub(crate) until: Millis,
}

impl Trials {
    /// Has a text listen, in place of what its scenario had listening before.
    pub(crate) fn listen(&self, ear: Ear) -> Result<(), Unservable> {
        ear.hooks()?;
        let mut listening = self.lock();
        listening.texts.insert(ear.deployment.id.clone(), ear);
        if listening.texts.len() > MOST {
            let first = listening.texts.iter().min_by_key(|(_, ear)| ear.until).map(|(id, _)| id.clone());
            first.into_iter().for_each(|id| drop(listening.texts.remove(&id)));
        }
        listening.table = None;
        Ok(())
    }

    /// The webhooks that listen now.
    pub(super) fn current(&self, now: Millis) -> Arc<Hooks> {
        let mut listening = self.lock();
        let before = listening.texts.len();
        listening.texts.retain(|_, ear| ear.until > now);
        if let Some(table) = listening.table.as_ref().filter(|_| listening.texts.len() == before) {
            return Arc::clone(table);
        }
        // Of two at one path, the one is meant that was said last.
        let mut ears: Vec<Ear> = listening.texts.values().cloned().collect();
        ears.sort_by_key(|ear| std::cmp::Reverse(ear.until));
        // What could not be served was refused when it was to listen.
        let hooks = ears.iter().filter_map(|ear| ear.hooks().ok()).flatten().collect();
        let table = Arc::new(Hooks::build(hooks).0);
        listening.table = Some(Arc::clone(&table));
        table
    }

    /// Whether a text listens at this path, as a scenario writes it.
    pub(crate) fn is_at(&self, path: &str, now: Millis) -> bool {
        self.lock().texts.values().any(|ear| ear.until > now && ear.paths.iter().any(|of| of == path))
    }

    fn lock(&self) -> MutexGuard<'_, Listening> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ear {
    fn hooks(&self) -> Result<Vec<(Pattern, Hook)>, Unservable> {
        let webhooks = self.deployment.plan.triggers.iter().filter_map(|trigger| match trigger {
            Trigger::Webhook(webhook) => Some(webhook),
            _ => None,
        });
        let mut hooks = Vec::new();
        for (webhook, path) in webhooks.zip(&self.paths) {
            // A path that is none is found by the check of the text.
            let Ok(pattern) = path.parse() else { continue };
            hooks.push((pattern, Hook::new(path, Arc::clone(&self.deployment), webhook)?.tried_by(&self.by)));
        }
        Ok(hooks)
    }
}
