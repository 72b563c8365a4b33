//! The time that a sender signed, and whether it is now.

use super::{Fault, Incoming};
use run::id::Millis;
use serde_json::Value;
use std::time::Duration;

/// Where a request says when it was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time<'a> {
    /// Nowhere.
    Nowhere,
    /// In a header.
    Header(&'a str, Unit),
    /// In the header of the signature, among its fields.
    Beside(Unit),
    /// In the signed body, as a member of this name.
    Body(&'a str, Unit),
}

/// What a time counts, since 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Millis,
}

impl Unit {
    fn to_millis(self, count: i64) -> Millis {
        match self {
            Self::Seconds => count.saturating_mul(1_000),
            Self::Millis => count,
        }
    }
}

impl Time<'_> {
    /// The time as it is written outside the body, if it is: it is a part of the signed text.
    pub(super) fn written<'i>(self, incoming: &Incoming<'i>) -> Result<Option<&'i str>, Fault> {
        let Self::Header(name, unit) = self else { return Ok(None) };
        let text = incoming.header(name)?;
        read(text, unit, &format!("the header `{name}`"))?;
        Ok(Some(text))
    }

    /// When the request was made. `written` is what the signed text was made with.
    pub(super) fn read(self, incoming: &Incoming<'_>, written: Option<&str>) -> Result<Option<Millis>, Fault> {
        match (self, written) {
            (Self::Nowhere, _) => Ok(None),
            (Self::Header(name, unit), Some(text)) => read(text, unit, &format!("the header `{name}`")).map(Some),
            (Self::Beside(unit), Some(text)) => read(text, unit, "the time beside the signature").map(Some),
            (Self::Body(name, unit), _) => in_body(incoming.body, name, unit).map(Some),
            (Self::Header(name, _), None) => Err(Fault::missing_header(name)),
            (Self::Beside(_), None) => Err(Fault::malformed_timestamp("the time beside the signature")),
        }
    }
}

/// A time in digits alone. 15 of them are more than any clock shows, and less than a number holds.
pub(super) fn read(text: &str, unit: Unit, place: &str) -> Result<Millis, Fault> {
    let digits = !text.is_empty() && text.len() <= 15 && text.bytes().all(|byte| byte.is_ascii_digit());
    let count = digits.then(|| text.parse::<i64>().ok()).flatten();
    count.map(|count| unit.to_millis(count)).ok_or_else(|| Fault::malformed_timestamp(place))
}

fn in_body(body: &[u8], name: &str, unit: Unit) -> Result<Millis, Fault> {
    let place = format!("`{name}` of the body");
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let text = match parsed.as_ref().and_then(|body| body.get(name)) {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(text)) => text.clone(),
        _ => return Err(Fault::malformed_timestamp(&place)),
    };
    read(&text, unit, &place)
}

/// Whether a time is near enough to now, before and after.
pub(super) fn check_fresh(made: Millis, now: Millis, tolerance: Option<Duration>) -> Result<(), Fault> {
    let Some(tolerance) = tolerance else { return Ok(()) };
    let allowed = i64::try_from(tolerance.as_millis()).unwrap_or(i64::MAX);
    let age = now.saturating_sub(made);
    if age > allowed {
        return Err(Fault::stale(age / 1_000, tolerance.as_secs()));
    }
    if age < allowed.saturating_neg() {
        return Err(Fault::future(age.saturating_neg() / 1_000, tolerance.as_secs()));
    }
    Ok(())
}
