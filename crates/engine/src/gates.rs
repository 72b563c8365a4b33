//! Scenarios whose queues people have paused or are draining. That is on disk, so that a restart does not undo it.

use crate::lines::Gate;
use run::id::ScenarioId;
use run::tables::{Expected, StoreError, Tables};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The table that keeps what is not open.
const TABLE: &str = "queues";

/// How many records of it are read at once.
const PAGE: usize = 100;

/// What a scenario's queue does with runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueState {
    /// Takes them in, and lets them begin.
    #[default]
    Open,
    /// Takes them in; none begins.
    Paused,
    /// Takes none in; those that wait begin.
    Draining,
}

#[derive(Debug)]
pub(crate) struct Gates {
    shut: RwLock<HashMap<ScenarioId, QueueState>>,
    /// Whether any is not open: most engines need not look.
    any: AtomicBool,
    tables: Arc<dyn Tables>,
}

impl Gates {
    pub(crate) fn new(tables: Arc<dyn Tables>) -> Self {
        Self { shut: RwLock::default(), any: AtomicBool::new(false), tables }
    }

    /// Reads what people said before the last stop. Blocks for the disk.
    pub(crate) fn load(&self) -> Result<(), StoreError> {
        let mut after: Option<String> = None;
        loop {
            let page = self.tables.scan(TABLE, "", after.as_deref(), PAGE)?;
            for (key, record) in &page {
                let state = serde_json::from_slice(&record.value).map_err(|_| corrupt(key))?;
                self.note(&key.parse().map_err(|_| corrupt(key))?, state);
            }
            if page.len() < PAGE {
                return Ok(());
            }
            after = page.into_iter().next_back().map(|(key, _)| key);
        }
    }

    /// Has a queue do this from now on. Blocks for the disk.
    pub(crate) fn set(&self, scenario: &ScenarioId, state: QueueState) -> Result<(), StoreError> {
        match state {
            QueueState::Open => drop(self.tables.delete(TABLE, scenario.as_str(), Expected::Any)?),
            QueueState::Paused | QueueState::Draining => {
                let text = serde_json::to_vec(&state).map_err(|_| corrupt(scenario.as_str()))?;
                self.tables.put(TABLE, scenario.as_str(), &text, Expected::Any)?;
            }
        }
        self.note(scenario, state);
        Ok(())
    }

    pub(crate) fn state(&self, scenario: &ScenarioId) -> QueueState {
        if !self.any.load(Ordering::Acquire) {
            return QueueState::Open;
        }
        self.shut.read().unwrap_or_else(PoisonError::into_inner).get(scenario).copied().unwrap_or_default()
    }

    /// Whether runs of this scenario begin.
    pub(crate) fn gate(&self, scenario: &ScenarioId) -> Gate {
        if self.state(scenario) == QueueState::Paused { Gate::Paused } else { Gate::Open }
    }

    /// All that are not open.
    pub(crate) fn shut(&self) -> HashMap<ScenarioId, QueueState> {
        self.shut.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The scenarios of which no run begins.
    pub(crate) fn paused(&self) -> Vec<ScenarioId> {
        let paused = |(scenario, state)| (state == QueueState::Paused).then_some(scenario);
        self.shut().into_iter().filter_map(paused).collect()
    }

    fn note(&self, scenario: &ScenarioId, state: QueueState) {
        let mut shut = self.shut.write().unwrap_or_else(PoisonError::into_inner);
        match state {
            QueueState::Open => shut.remove(scenario),
            QueueState::Paused | QueueState::Draining => shut.insert(scenario.clone(), state),
        };
        self.any.store(!shut.is_empty(), Ordering::Release);
    }
}

fn corrupt(key: &str) -> StoreError {
    StoreError::Corrupt(format!("the record `{key}` of the table `{TABLE}` cannot be read").into())
}
