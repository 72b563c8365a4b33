//! Batches: what several runs send to the same place goes out as one request.
//!
//! A batch is gathered in memory, by whoever waits for it: each step of it is in flight until the request is answered. After
//! a crash each of them sends its own again, so a receiver may get an item twice, and knows it by its id.

use super::delivery::{Deliverer, Message, Told};
use crate::spec::invalid;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::Instant;

/// A batch with more is sent at once, in bytes of its items.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// How many items a batch may have.
const MOST_ITEMS: usize = 1_000;

/// The longest time to gather.
const LONGEST: Duration = Duration::from_secs(300);

/// What is gathered before it is sent.
#[derive(Clone, Debug, Deserialize, Eq, Hash, JsonSchema, PartialEq)]
#[serde(deny_unknown_fields)]
pub(super) struct Batch {
    /// How many items make it full. It is sent then.
    #[serde(default = "default_size")]
    #[schemars(range(min = 1, max = 1000))]
    size: usize,
    /// How long its first item waits for others, as `10s`. The step's `timeout` must leave 30 seconds more for the request.
    #[serde(default = "default_every")]
    #[schemars(extend("x-longest" = "5m"))]
    every: String,
    /// Items with different keys do not share a batch.
    #[serde(default)]
    key: String,
    /// How it is sent.
    #[serde(default)]
    form: Form,
}

/// The body of a batch.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, JsonSchema, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Form {
    /// `[…]`: the values of `json` alone.
    #[default]
    List,
    /// `{"items": [{"id", "data"}, …]}`: each with the id by which its repeats are known.
    Items,
}

fn default_size() -> usize {
    100
}

fn default_every() -> String {
    "10s".to_owned()
}

impl Batch {
    /// How long to gather, where a call may take this long and its request that long.
    fn time(&self, timeout: Duration, patience: Duration) -> Result<Duration, StepError> {
        if !(1..=MOST_ITEMS).contains(&self.size) {
            return Err(invalid(format!("`batch.size` must be 1 to {MOST_ITEMS}")));
        }
        let every = scenario::duration::parse(&self.every).filter(|every| *every <= LONGEST);
        let every = every.ok_or_else(|| invalid("`batch.every` must be a duration of at most `5m`"))?;
        if every + patience > timeout {
            let seconds = (every + patience).as_secs();
            return Err(invalid(format!(
                "gathering and sending may take {seconds} s, which is more than the step may"
            ))
            .hint(format!("give the step `timeout: {seconds}s`, or gather for a shorter time")));
        }
        Ok(every)
    }
}

/// Where a batch goes, and how it is gathered.
type Destination = ([u8; 32], Batch);

/// Batches that are being gathered.
#[derive(Clone, Default)]
pub(super) struct Gatherer {
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    /// By destination.
    batches: HashMap<Destination, Gathering>,
    /// How many batches were begun.
    begun: u64,
}

/// One of them.
struct Gathering {
    number: u64,
    items: Vec<Item>,
    bytes: usize,
    /// Takes them when it is full.
    full: oneshot::Sender<Vec<Item>>,
}

/// A batch that was just begun, for whoever is to send it.
struct Begun {
    number: u64,
    full: oneshot::Receiver<Vec<Item>>,
}

struct Item {
    id: String,
    data: Value,
    told: oneshot::Sender<Result<Shared, StepError>>,
}

/// What came of a batch, for each of its items.
#[derive(Clone, Debug)]
pub(super) struct Shared {
    /// What the receiver said.
    pub(super) told: Told,
    /// The id of the batch.
    pub(super) id: String,
    /// How many items it had.
    pub(super) size: usize,
}

impl Gatherer {
    /// Puts the value into the open batch of its destination, and waits for what comes of that.
    pub(super) async fn send(
        &self,
        deliverer: &Deliverer,
        message: Message,
        data: Value,
        batch: &Batch,
    ) -> Result<Shared, StepError> {
        let every = batch.time(message.timeout, super::PATIENCE)?;
        let destination: Destination = (message.destination(), batch.clone());
        let (told, answer) = oneshot::channel();
        let item = Item { id: message.id.clone(), data, told };
        if let Some(begun) = self.join(&destination, item, batch) {
            let (gatherer, deliverer, form) = (self.clone(), deliverer.clone(), batch.form);
            tokio::spawn(async move {
                let since = Instant::now();
                let items = gatherer.gathered(&destination, begun, every).await;
                let waited = i64::try_from(since.elapsed().as_millis()).unwrap_or_default();
                deliver(&deliverer, message.later(waited), items, form).await;
            });
        }
        // Whoever gathered has gone: with it, everything of this process soon will.
        answer.await.unwrap_or_else(|_| Err(StepError::passing("batch_lost", "the batch was given up")))
    }

    /// Joins the destination's batch. Whoever begins it gets what is needed to send it.
    fn join(&self, destination: &Destination, item: Item, batch: &Batch) -> Option<Begun> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let mut begun = None;
        if !open.batches.contains_key(destination) {
            let ((sender, full), number) = (oneshot::channel(), open.begun + 1);
            open.begun = number;
            let gathering = Gathering { number, items: Vec::new(), bytes: 0, full: sender };
            open.batches.insert(destination.clone(), gathering);
            begun = Some(Begun { number, full });
        }
        let is_full = open.batches.get_mut(destination).is_some_and(|gathering| {
            gathering.bytes += item.data.to_string().len();
            gathering.items.push(item);
            gathering.items.len() >= batch.size || gathering.bytes >= MOST_BYTES
        });
        if is_full && let Some(gathering) = open.batches.remove(destination) {
            // Whoever sends it waits for this alone.
            drop(gathering.full.send(gathering.items));
        }
        begun
    }

    /// The items of a batch, once it is full or its time is over.
    async fn gathered(&self, destination: &Destination, mut begun: Begun, every: Duration) -> Vec<Item> {
        if let Ok(Ok(items)) = tokio::time::timeout(every, &mut begun.full).await {
            return items;
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_open = open.batches.get(destination).is_some_and(|gathering| gathering.number == begun.number);
        let taken = if is_open { open.batches.remove(destination) } else { None };
        // It may have become full at the last moment.
        taken.map(|gathering| gathering.items).or_else(|| begun.full.try_recv().ok()).unwrap_or_default()
    }
}

/// Sends the items, as the message of the first one goes, and tells each what came of it.
async fn deliver(deliverer: &Deliverer, message: Message, items: Vec<Item>, form: Form) {
    let (id, size) = (batch_id(&items), items.len());
    let told = match message.refilled(&id, &body(&items, form)) {
        Ok(message) => deliverer.deliver(message).await,
        Err(error) => Err(error),
    };
    for item in items {
        let shared = told.clone().map(|told| Shared { told, id: id.clone(), size });
        // Whoever does not wait any more was cancelled, or is late.
        drop(item.told.send(shared));
    }
}

fn body(items: &[Item], form: Form) -> Value {
    match form {
        Form::List => items.iter().map(|item| item.data.clone()).collect(),
        Form::Items => {
            let items: Vec<Value> = items.iter().map(|item| json!({ "id": item.id, "data": item.data })).collect();
            json!({ "items": items })
        }
    }
}

/// The same for the same items.
fn batch_id(items: &[Item]) -> String {
    let mut ids: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    ids.sort_unstable();
    let hash = Sha256::digest(ids.join("\n"));
    let hex: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    format!("batch_{hex}")
}
