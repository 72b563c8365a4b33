//! What a trigger `poll` asks, and what is new in the answer. Pure: the answer, the time and what is known come in, and what is
//! known then goes out.

mod known;
mod validators;

#[cfg(test)]
mod tests;

use crate::decide::{PreparedCall, failure};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot};
use crate::setting::Setting;
pub use known::{Known, MOST_ITEMS, MOST_KNOWN, Round};
use rhai::Dynamic;
use scenario::data;
use scenario::expression::{Moment, Names, Sealed};
use scenario::plan::{Batch, First, Newest, Poll, StepNo};
use scenario::secret::{Secret, Unavailable};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::cmp::Ordering;
use std::collections::HashSet;
use std::time::Duration;

/// How long a call may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Whose poll it is: what its runs are named after.
#[derive(Clone, Copy, Debug)]
pub struct Of<'a> {
    /// The scenario's id.
    pub scenario: &'a str,
    /// Its place among the scenario's polls, from 0.
    pub number: usize,
}

/// Something that starts a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Fresh {
    /// The run's name, which follows from what it is.
    pub run: RunId,
    /// What becomes `trigger.body`: an item, or a list of them.
    pub body: Value,
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What starts runs, oldest first. [`Found::begun`] is on disk before the first of them begins.
    pub fresh: Vec<Fresh>,
    /// What is to be noted before, where anything starts.
    pub begun: Option<Known>,
    /// What is to be noted once all of it is on disk.
    pub known: Known,
    /// Whether there was more than could be started at once.
    pub more: bool,
}

/// What expressions of a poll see.
struct View<'a> {
    setting: &'a Setting,
    cursor: &'a Value,
    output: Option<&'a Value>,
    item: Option<&'a Value>,
}

impl Names for View<'_> {
    fn get(&self, name: &str) -> Option<Dynamic> {
        match name {
            "cursor" => Some(data::of(self.cursor)),
            "output" => self.output.map(data::of),
            "item" => self.item.map(data::of),
            "env" => {
                let env = self.setting.env.iter().map(|(name, value)| (name.as_str().into(), value.as_str().into()));
                Some(data::share(env.collect::<rhai::Map>().into()))
            }
            _ => None,
        }
    }

    fn secret(&self, name: &str) -> Result<Secret, Unavailable> {
        self.setting.secrets.secret(name)
    }
}

/// The call that is to be made now, with a name for it.
pub fn ask(
    poll: &Poll,
    of: Of<'_>,
    known: &Known,
    setting: &Setting,
    now: Millis,
) -> Result<(RunId, PreparedCall), StepError> {
    let view = View { setting, cursor: &known.cursor, output: None, item: None };
    let Sealed { value: mut parameters, holes } =
        poll.call.parameters.seal(&view, &moment(poll, now)).map_err(failure)?;
    validators::put(&poll.module, &mut parameters, known.validators.as_ref());
    let name = named(of, now, b"ask");
    let call = PreparedCall {
        spot: Spot { step: StepNo(0), turns: Default::default() },
        attempt: 1,
        module: poll.module.clone(),
        connection: poll.call.connection.clone(),
        parameters,
        holes,
        author_host: poll.call.author_host.clone(),
        timeout: TIMEOUT,
        idempotency_key: name.0.simple().to_string(),
    };
    Ok((name, call))
}

/// What an answer brings. `parameters` are those of the call.
pub fn look(
    poll: &Poll,
    of: Of<'_>,
    known: &Known,
    (parameters, output): (&Value, &Value),
    setting: &Setting,
    now: Millis,
) -> Result<Found, StepError> {
    let mut next = known.clone();
    next.identity.clone_from(&poll.identity);
    if validators::is_unchanged(&poll.module, known.validators.as_ref(), output) {
        next.looked = true;
        return Ok(Found { fresh: Vec::new(), begun: None, known: next, more: false });
    }
    next.validators = validators::of(&poll.module, parameters, output);
    let asker = Asker { poll, setting, known, output, moment: moment(poll, now) };
    let mut items = asker.items()?;
    let cursor = asker.arrange(&mut items)?;
    let is_first = !known.looked;
    next.looked = true;
    let all: Vec<u64> = items.iter().map(|item| item.key).collect();
    let skips = is_first && poll.first == First::Skip && known.round.is_none();
    let seen: HashSet<u64> = known.items.iter().copied().collect();
    items.retain(|item| !skips && !seen.contains(&item.key));
    if items.is_empty() {
        next.settle(&all, cursor);
        return Ok(Found { fresh: Vec::new(), begun: None, known: next, more: false });
    }
    let fresh = match poll.batch {
        Batch::Each => {
            let round = known.round.clone().unwrap_or(Round { at: now, keys: Vec::new() });
            let named = |item: Item| Fresh { run: named(of, round.at, &item.key.to_be_bytes()), body: item.value };
            Together { fresh: items.into_iter().map(named).collect(), round, left: false }
        }
        Batch::All => together(items, of, known, now),
    };
    let Together { fresh, round, left } = fresh;
    let begun = Known { round: Some(round.clone()), identity: poll.identity.clone(), ..known.clone() };
    if left {
        // What has come since the batch was begun is new the next time, and so is what the cursor passes over.
        next.validators = None;
        next.add(&round.keys);
    } else {
        next.settle(&all, cursor);
    }
    Ok(Found { fresh, begun: Some(begun), known: next, more: left })
}

/// What is started together.
struct Together {
    fresh: Vec<Fresh>,
    round: Round,
    left: bool,
}

/// One run for all items that are new. One that a crash interrupted is begun again with the same items, so that it has the same
/// name.
fn together(items: Vec<Item>, of: Of<'_>, known: &Known, now: Millis) -> Together {
    let keys = || items.iter().map(|item| item.key).collect();
    let is_there = |round: &Round| items.iter().any(|item| round.keys.contains(&item.key));
    let begun = known.round.clone().filter(is_there);
    let round = begun.unwrap_or_else(|| Round { at: now, keys: keys() });
    let mut name = Sha256::new();
    round.keys.iter().for_each(|key| name.update(key.to_be_bytes()));
    let (begun, rest): (Vec<Item>, Vec<Item>) = items.into_iter().partition(|item| round.keys.contains(&item.key));
    let body = Value::Array(begun.into_iter().map(|item| item.value).collect());
    let fresh = vec![Fresh { run: named(of, round.at, &name.finalize()), body }];
    Together { fresh, round, left: !rest.is_empty() }
}

/// An item, and by what it is known.
struct Item {
    key: u64,
    value: Value,
}

/// What one answer is looked at with.
struct Asker<'a> {
    poll: &'a Poll,
    setting: &'a Setting,
    known: &'a Known,
    output: &'a Value,
    moment: Moment,
}

impl Asker<'_> {
    fn view<'v>(&'v self, item: Option<&'v Value>) -> View<'v> {
        View { setting: self.setting, cursor: &self.known.cursor, output: Some(self.output), item }
    }

    /// The items as the answer has them, each once.
    fn items(&self) -> Result<Vec<Item>, StepError> {
        let found = self.poll.items.eval(&self.view(None), &self.moment).map_err(failure)?;
        let values = match data::to_json(&found) {
            Value::Array(values) => values,
            Value::Null => Vec::new(),
            other => {
                let kind = if other.is_object() { "a map" } else { "no list" };
                let message = format!("`items` gives {kind}, not a list of items");
                return Err(StepError::permanent("no_list", message).at(self.poll.schedule.place));
            }
        };
        if values.len() > MOST_ITEMS {
            let message = format!("the answer has {} items, and no more than {MOST_ITEMS} are looked at", values.len());
            return Err(StepError::permanent("too_many_items", message).hint("ask for fewer, or from a cursor on"));
        }
        let mut seen = HashSet::new();
        let mut items = Vec::with_capacity(values.len());
        for value in values {
            let key = self.key(&value)?;
            if seen.insert(key) {
                items.push(Item { key, value });
            }
        }
        Ok(items)
    }

    /// By what an item is known again.
    fn key(&self, item: &Value) -> Result<u64, StepError> {
        let id = match &self.poll.id {
            Some(id) => data::to_json(&id.eval(&self.view(Some(item)), &self.moment).map_err(failure)?),
            None => item.clone(),
        };
        if id.is_null() {
            let error = StepError::permanent("no_id", "an item has no `id` by which it could be known again");
            return Err(error.hint("name what every item has, or leave `id` out: then all of an item counts"));
        }
        Ok(key_of(&id))
    }

    /// Puts items into the order in which they came to be, and gives the cursor after them.
    fn arrange(&self, items: &mut [Item]) -> Result<Value, StepError> {
        let Some(cursor) = &self.poll.cursor else {
            if self.poll.newest == Newest::First {
                items.reverse();
            }
            return Ok(Value::Null);
        };
        if !self.poll.has_cursor_of_items() {
            if self.poll.newest == Newest::First {
                items.reverse();
            }
            return Ok(data::to_json(&cursor.eval(&self.view(None), &self.moment).map_err(failure)?));
        }
        let of = |item: &Item| {
            Ok(data::to_json(&cursor.eval(&self.view(Some(&item.value)), &self.moment).map_err(failure)?))
        };
        let cursors: Result<Vec<Value>, StepError> = items.iter().map(of).collect();
        let cursors = cursors?;
        let mut order: Vec<usize> = (0..items.len()).collect();
        if self.poll.newest == Newest::First {
            order.reverse();
        }
        order.sort_by(|a, b| compared(&cursors[*a], &cursors[*b]));
        let newest = order.last().map_or(Value::Null, |last| cursors[*last].clone());
        let mut values: Vec<Option<Item>> =
            items.iter_mut().map(|item| Some(Item { key: item.key, value: item.value.take() })).collect();
        for (place, from) in order.into_iter().enumerate() {
            if let Some(item) = values[from].take() {
                items[place] = item;
            }
        }
        // A late one with an older cursor does not set it back.
        let goes_back = compared(&newest, &self.known.cursor) == Ordering::Less;
        Ok(if goes_back { self.known.cursor.clone() } else { newest })
    }
}

/// Numbers and texts in their order; what cannot be compared stays where it is.
fn compared(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        },
        (Value::String(a), Value::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}

/// A short digest of what an item is known by. Texts and numbers that are written alike are the same.
fn key_of(id: &Value) -> u64 {
    let text = match id {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let digest = Sha256::digest(text);
    digest[..8].iter().fold(0, |key, byte| (key << 8) | u64::from(*byte))
}

/// A run's name: the same for the same, however often it is tried.
fn named(of: Of<'_>, at: Millis, what: &[u8]) -> RunId {
    let mut whole = format!("poll {}/{}\n", of.scenario, of.number).into_bytes();
    whole.extend_from_slice(what);
    RunId::derived(at, RunId(uuid::Uuid::nil()), &whole)
}

fn moment(poll: &Poll, now: Millis) -> Moment {
    Moment { now, seed: now.unsigned_abs(), first_line: poll.schedule.place.line }
}
