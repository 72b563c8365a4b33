//! What can be done to a record: put, add, delete. Each is one compare-and-set.

use super::record::{Effect, Next, Stored, author};
use super::{Act, Address, DataError, DataStores, LARGEST_VALUE, Schema, filter, kind, shown};
use crate::id::Millis;
use crate::tables::{Expected, StoreError};
use serde_json::{Map, Number, Value};

/// How often a change is tried again when somebody else changed the record meanwhile. This process takes turns, so it
/// is others that are met here; each time one of them got on.
const ATTEMPTS: u32 = 64;

/// A value to write.
#[derive(Clone, Debug)]
pub struct Put {
    /// The value.
    pub value: Value,
    /// How long it lives, in milliseconds; none: until it is deleted.
    pub ttl: Option<Millis>,
    /// What the record must be like before.
    pub condition: Option<Condition>,
}

/// What a record must be like for a change to be made.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// It must not exist.
    Absent,
    /// It must exist.
    Present,
    /// It must be at this revision; 0: it must not exist.
    Revision(u64),
    /// It must hold this value.
    Value(Value),
}

/// What came of writing a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The value.
    pub value: Value,
    /// The record's revision after it.
    pub revision: u64,
    /// Whether there was no record before.
    pub created: bool,
}

/// A number to add to a record.
#[derive(Clone, Debug)]
pub struct Add {
    /// The number; below zero to take away.
    pub by: Number,
    /// The path of the field to add to (`stats.visits`); none: the record itself is the number.
    pub field: Option<String>,
    /// How long a record that is made by this lives, in milliseconds. An older one keeps its time.
    pub ttl: Option<Millis>,
}

/// What came of adding.
#[derive(Clone, Debug, PartialEq)]
pub struct Added {
    /// The sum.
    pub number: Number,
    /// The record's revision after it.
    pub revision: u64,
    /// Whether there was no record before.
    pub created: bool,
}

/// What came of a change, and which revision it made.
struct Made {
    effect: Effect,
    revision: u64,
    /// The record's JSON text, while it is still as the change made it.
    text: Option<String>,
}

impl DataStores {
    /// Writes a value.
    pub fn put(&self, store: &str, key: &str, put: &Put, act: Act<'_>) -> Result<Written, DataError> {
        let address = Address::new(store, key)?;
        let schema = self.schema(store)?;
        let made = self.change(&address, act, |before| {
            let text = put.text(key, schema.as_ref(), before)?;
            let effect = Effect::Put { created: before.is_none() };
            Ok(Some(Next { value: Some(text), expires: expiry(put.ttl, act.now), effect }))
        })?;
        match made {
            Some(Made { effect: Effect::Put { created }, revision, text }) => {
                // A value that was computed anew may differ from the one that was kept.
                let value = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_else(|| put.value.clone());
                Ok(Written { value, revision, created })
            }
            _ => Err(another()),
        }
    }

    /// Fails as writing this value would, and writes nothing.
    pub fn rehearse_put(&self, store: &str, key: &str, put: &Put, now: Millis) -> Result<(), DataError> {
        let found = self.load(&Address::new(store, key)?)?;
        let live = found.as_ref().filter(|(_, stored)| stored.is_live(now));
        put.text(key, self.schema(store)?.as_ref(), live).map(drop)
    }

    /// Adds to a number; one that is not there counts as 0.
    pub fn add(&self, store: &str, key: &str, add: &Add, act: Act<'_>) -> Result<Added, DataError> {
        let address = Address::new(store, key)?;
        let schema = self.schema(store)?;
        let made = self.change(&address, act, |before| {
            let value = before.map(|(_, stored)| stored.json()).transpose()?;
            let (value, number) = sum(value, add, key)?;
            let value = match &schema {
                Some((_, schema)) => schema.fit(key, &value)?.into_owned(),
                None => value,
            };
            let expires = match before {
                Some((_, stored)) => stored.expires,
                None => expiry(add.ttl, act.now),
            };
            let effect = Effect::Added { number: number.to_string(), created: before.is_none() };
            Ok(Some(Next { value: Some(to_text(&value)?), expires, effect }))
        })?;
        match made {
            Some(Made { effect: Effect::Added { number, created }, revision, .. }) => {
                Ok(Added { number: Effect::number(&number)?, revision, created })
            }
            _ => Err(another()),
        }
    }

    /// Removes a record; whether it was there.
    pub fn delete(
        &self,
        store: &str,
        key: &str,
        condition: Option<&Condition>,
        act: Act<'_>,
    ) -> Result<bool, DataError> {
        let made = self.change(&Address::new(store, key)?, act, |before| {
            if let Some(condition) = condition {
                condition.check(key, before)?;
            }
            let gone = Next { value: None, expires: Some(act.now), effect: Effect::Deleted };
            Ok(before.map(|_| gone))
        })?;
        Ok(made.is_some())
    }

    /// Makes a change, once: what it makes of the record that is there, or nothing where nothing is to be done.
    fn change(
        &self,
        address: &Address<'_>,
        act: Act<'_>,
        next: impl Fn(Option<&(u64, Stored)>) -> Result<Option<Next>, DataError>,
    ) -> Result<Option<Made>, DataError> {
        let by = act.idempotency_key.map(author);
        let _turn = self.lock(address);
        for _ in 0..ATTEMPTS {
            let found = self.load(address)?;
            if let Some(made) = by.and_then(|by| made_before(found.as_ref(), &by)) {
                return Ok(Some(made));
            }
            let live = found.as_ref().filter(|(_, stored)| stored.is_live(act.now));
            let Some(next) = next(live)? else { return Ok(None) };
            let effect = next.effect.clone();
            let expected = found.as_ref().map_or(Expected::Absent, |(revision, _)| Expected::Revision(*revision));
            let expired_before = found.as_ref().and_then(|(_, stored)| stored.due());
            let stored = Stored::after(found, next, by, act.now);
            // What announces the record's end is there before the record: none is forgotten.
            if stored.due() != expired_before {
                self.announce(address, &stored)?;
            }
            self.note(address.store)?;
            match self.tables().put(&address.table, address.key, &stored.encode(), expected) {
                Ok(revision) => return Ok(Some(Made { effect, revision, text: stored.value })),
                Err(StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(DataError::Busy)
    }
}

impl Put {
    /// What is written in place of what was before, if it may be.
    fn text(
        &self,
        key: &str,
        schema: Option<&(u64, Schema)>,
        before: Option<&(u64, Stored)>,
    ) -> Result<String, DataError> {
        if let Some(condition) = &self.condition {
            condition.check(key, before)?;
        }
        match schema {
            Some((_, schema)) => to_text(&*schema.fit(key, &self.value)?),
            None => to_text(&self.value),
        }
    }
}

impl Condition {
    fn check(&self, key: &str, before: Option<&(u64, Stored)>) -> Result<(), DataError> {
        let refuse = |reason: &str| Err(DataError::Conflict(format!("the record `{}` {reason}", shown(key))));
        match (self, before) {
            (Self::Absent | Self::Revision(0), None) | (Self::Present, Some(_)) => Ok(()),
            (Self::Absent | Self::Revision(0), Some(_)) => refuse("exists already"),
            (Self::Revision(wanted), Some((found, _))) if wanted == found => Ok(()),
            (Self::Revision(wanted), Some((found, _))) => refuse(&format!("is at revision {found}, not {wanted}")),
            (Self::Value(wanted), Some((_, stored))) if filter::same(wanted, &stored.json()?) => Ok(()),
            (Self::Value(_), Some(_)) => refuse("holds another value"),
            (Self::Present | Self::Revision(_) | Self::Value(_), None) => refuse("does not exist"),
        }
    }
}

fn made_before(found: Option<&(u64, Stored)>, by: &[u8; 16]) -> Option<Made> {
    let (revision, stored) = found?;
    let (effect, made) = stored.applied(by, *revision)?;
    let text = stored.value.clone().filter(|_| made == *revision);
    Some(Made { effect: effect.clone(), revision: made, text })
}

/// The value with the number added, and the sum.
fn sum(value: Option<Value>, add: &Add, key: &str) -> Result<(Value, Number), DataError> {
    let Some(field) = &add.field else {
        let sum = plus(value.as_ref(), &add.by, || format!("the record `{}`", shown(key)))?;
        return Ok((Value::Number(sum.clone()), sum));
    };
    let mut value = value.unwrap_or_else(|| Value::Object(Map::new()));
    let mut at = &mut value;
    let mut path = field.split('.').peekable();
    while let Some(name) = path.next() {
        let found = kind(at);
        let Value::Object(map) = at else {
            let place = format!("the record `{}` holds {found} where the path `{field}` needs a map", shown(key));
            return Err(DataError::WrongType(place));
        };
        let is_last = path.peek().is_none();
        at = map.entry(name).or_insert_with(|| if is_last { 0.into() } else { Value::Object(Map::new()) });
    }
    let sum = plus(Some(at), &add.by, || format!("`{field}` of the record `{}`", shown(key)))?;
    *at = Value::Number(sum.clone());
    Ok((value, sum))
}

fn plus(value: Option<&Value>, by: &Number, what: impl Fn() -> String) -> Result<Number, DataError> {
    let number = match value {
        None => &Number::from(0),
        Some(Value::Number(number)) => number,
        Some(other) => return Err(DataError::WrongType(format!("{} is {}, not a number", what(), kind(other)))),
    };
    let sum = match (number.as_i64(), by.as_i64()) {
        (Some(a), Some(b)) => a.checked_add(b).map(Number::from),
        _ => Number::from_f64(number.as_f64().unwrap_or(f64::NAN) + by.as_f64().unwrap_or(f64::NAN)),
    };
    sum.ok_or_else(|| DataError::OutOfRange(format!("{} would be larger than a number can be", what())))
}

fn to_text(value: &Value) -> Result<String, DataError> {
    let text = value.to_string();
    if text.len() > LARGEST_VALUE {
        let reason = format!("the value has {} bytes as JSON; a record takes {LARGEST_VALUE}", text.len());
        return Err(DataError::TooLarge(reason));
    }
    Ok(text)
}

fn expiry(ttl: Option<Millis>, now: Millis) -> Option<Millis> {
    ttl.map(|ttl| now.saturating_add(ttl))
}

/// One idempotency key for two kinds of changes: no step does that.
fn another() -> DataError {
    DataError::Conflict("the same idempotency key made another kind of change before".into())
}
