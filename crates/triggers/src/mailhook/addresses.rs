//! The addresses of all mailhooks, and whose they are.

use crate::webhook::rate::Bucket;
use engine::Deployment;
use run::id::Millis;
use scenario::plan::MailhookTrigger;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

/// A trigger that is in force.
#[derive(Debug)]
pub struct Armed {
    /// What it starts.
    pub deployment: Arc<Deployment>,
    /// Which mails.
    pub trigger: Box<MailhookTrigger>,
    rate: Option<Bucket>,
}

impl Armed {
    /// The trigger, with all of its rate left.
    pub fn new(deployment: Arc<Deployment>, trigger: Box<MailhookTrigger>) -> Self {
        let rate = trigger.rate.map(Bucket::new);
        Self { deployment, trigger, rate }
    }
}

/// What becomes of a mail to an address, as far as the address tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is taken.
    Taken,
    /// Nobody has this address.
    Unknown,
    /// Every scenario that has it is switched off.
    Asleep,
    /// There were more mails to it than are taken.
    TooMany,
}

/// All addresses: what stands before the `@`, in lower case, with the triggers that have it, in the order of their scenarios.
#[derive(Debug, Default)]
pub struct Addresses(HashMap<Arc<str>, Vec<Armed>>);

impl Addresses {
    /// Adds a trigger that has this address.
    pub fn add(&mut self, address: &str, armed: Armed) {
        self.0.entry(address.to_ascii_lowercase().into()).or_default().push(armed);
    }

    /// How many addresses there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Whose address this is. Case makes no difference, nor does what follows a `+` (RFC 5233).
    pub(super) fn of(&self, local: &str) -> &[Armed] {
        self.0.get(&*key(local)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether a mail to this address is taken; counts it where it is.
    pub(super) fn admit(&self, local: &str, now: Millis) -> Admission {
        let all = self.of(local);
        if all.is_empty() {
            return Admission::Unknown;
        }
        let mut awake = all.iter().filter(|armed| armed.deployment.plan.enabled).peekable();
        if awake.peek().is_none() {
            return Admission::Asleep;
        }
        let takes = |armed: &Armed| armed.rate.as_ref().is_none_or(|rate| rate.take(now).is_ok());
        // Each counts, so none is passed over.
        let taking = awake.filter(|armed| takes(armed)).count();
        if taking > 0 { Admission::Taken } else { Admission::TooMany }
    }
}

/// The name under which an address is known.
pub(super) fn key(local: &str) -> String {
    let name = local.split_once('+').map_or(local, |(name, _)| name);
    name.to_ascii_lowercase()
}

/// The addresses in use: read by every connection, replaced when scenarios change.
#[derive(Clone, Debug, Default)]
pub struct AddressTable(Arc<RwLock<Arc<Addresses>>>);

impl AddressTable {
    /// The addresses as they are now.
    pub fn current(&self) -> Arc<Addresses> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, these are the addresses.
    pub fn replace(&self, addresses: Addresses) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(addresses);
    }
}
