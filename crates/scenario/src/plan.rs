//! A checked scenario, ready to run: every name resolved, every expression compiled, every literal decoded.
//!
//! Steps and blocks stand in two flat lists and refer to each other by number, so that a position in a run is two
//! small numbers and a list of loop counters, and a plan is shared by all its runs without locks.

mod calendar;
mod credential;
mod flow;
mod identity;
mod invoke;
mod limits;
mod mail;
mod mailhook;
mod on_error;
mod poll;
mod redirect;
mod respond;
mod step;
mod test;
mod trigger;
mod wait;
mod webhook;

pub use calendar::{Calendar, Days, Exception, MonthDay, Times, Window};
pub use credential::Credential;
pub use flow::{Bound, Branch, Collect, ForEach, Repeat, Route, Take};
pub(crate) use identity::{content, identify};
pub use invoke::{Callable, Detach, Invoke};
pub use limits::{Alarms, Concurrency, Durability, Keep, Kept, Limits, OnFull, Rate};
pub use mail::{After, MailTrigger, POLL, Since};
pub use mailhook::{MailhookTrigger, Proof, problem_of_address};
pub use on_error::{Jitter, OnError, Retry};
pub use poll::{Batch, First, Newest, Poll};
pub use respond::{Content, Respond};
pub use step::{AfterCrash, CallStep, Fail, Kind, Step};
pub use test::{Exchange, ExchangeBody, Expect, ExpectedError, Mock, MockError, StoreContents, Test};
pub use trigger::{Bounds, CatchUp, Failure, Manual, Schedule, Trigger, When};
pub use wait::{Field, FieldType, Wait, WaitFor};
pub use webhook::{Check, Dedupe, Deduping, ItemPath, Network, Verify, WAIT, Webhook, problem_of_path};

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// A scenario that can run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What to call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Whether its triggers start runs.
    pub enabled: bool,
    /// IANA name of the zone in which its times are meant; `UTC` unless said.
    pub timezone: String,
    /// Digest of the text it came from.
    pub version: Version,
    /// What starts it. Empty: it is only started by hand.
    pub triggers: Vec<Trigger>,
    /// Every step, in the order of the text.
    pub steps: Vec<Step>,
    /// Every list of steps.
    pub blocks: Vec<Block>,
    /// What is done when a run has failed; none: nothing.
    pub on_failure: Option<BlockNo>,
    /// Bounds on its runs.
    pub limits: Limits,
    /// How long its runs are kept once they are over.
    pub keep: Keep,
    /// From when on people are told that something is wrong.
    pub alarms: Alarms,
    /// Whether a `respond` step exists, so that a caller waits for it.
    pub responds: bool,
    /// What its expressions read of `trigger`.
    pub trigger_reads: TriggerReads,
    /// The scenario's own tests.
    pub tests: Vec<Test>,
}

impl Plan {
    /// The step of this number. Numbers come from the same plan, so it exists.
    pub fn step(&self, no: StepNo) -> &Step {
        &self.steps[no.0 as usize]
    }

    /// The block of this number. Numbers come from the same plan, so it exists.
    pub fn block(&self, no: BlockNo) -> &Block {
        &self.blocks[no.0 as usize]
    }
}

/// The number of a step in [`Plan::steps`], in the order of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct StepNo(pub u32);

/// The number of a block in [`Plan::blocks`]; block 0 is the scenario's `steps:`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BlockNo(pub u32);

/// The block of a scenario's own `steps:`.
pub const BODY: BlockNo = BlockNo(0);

/// A list of steps that run one after another.
#[derive(Clone, Debug)]
pub struct Block {
    /// The steps, in order.
    pub steps: Vec<StepNo>,
    /// The step this block belongs to; none for the body and for `on_failure`.
    pub owner: Option<StepNo>,
    /// What it is for.
    pub role: Role,
}

/// What a block is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is the scenario's `steps:`, or a part of what its owner does.
    Work,
    /// It is what `on_error` does when its owner has failed.
    Handler,
    /// It is the scenario's `on_failure`.
    Failure,
}

/// Digest of a scenario's text: the first 16 bytes of its SHA-256, in hexadecimal. A run is pinned to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub Arc<str>);

impl Version {
    /// The version of this text.
    pub fn of(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        use std::fmt::Write;
        let mut hex = String::with_capacity(32);
        for byte in &Sha256::digest(text.as_bytes())[..16] {
            let _ = write!(hex, "{byte:02x}");
        }
        Self(hex.into())
    }
}

/// Which fields of `trigger` a plan's expressions name: what is not read need not be decoded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum TriggerReads {
    /// `trigger` itself is used as a value: everything is read.
    #[default]
    All,
    /// Only these fields (`body`, `query`, …).
    Fields(BTreeSet<String>),
}

impl TriggerReads {
    /// Whether this field of `trigger` may be read.
    pub fn reads(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Fields(fields) => fields.contains(field),
        }
    }
}
