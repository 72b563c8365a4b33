//! Times that are too far from now, and those that cannot be read.

use super::Finding;
use super::shown::escaped;
use super::trial::Trial;
use crate::webhook::verify::{Fault, Time, Unit};

/// Milliseconds of today have 13 digits, seconds 10.
const DIGITS_OF_MILLIS: usize = 13;

/// Why a time is too old or too far ahead.
pub(super) fn explain(trial: &Trial<'_>, fault: &Fault) -> Vec<Finding> {
    if let Some(finding) = unit(trial) {
        return vec![finding];
    }
    let hint = match fault.code {
        "future_timestamp" => "the clock of this machine is behind, or the sender's ahead: have both set by NTP",
        _ => {
            "the request was played again, or tried again with its old time, or a clock is wrong; if the sender's retries \
             keep their time, raise `tolerance`"
        }
    };
    vec![Finding::new("clock_skew", fault.detail.clone(), hint)]
}

/// Why a time cannot be read.
pub(super) fn unreadable(trial: &Trial<'_>) -> Vec<Finding> {
    let Some((place, text)) = written(trial) else { return Vec::new() };
    let begin: String = text.chars().take(40).collect();
    let message = format!("{place} has `{}`", escaped(begin.as_bytes()));
    vec![Finding::new("unreadable_time", message, "the sender must write it as a plain number, since 1970 in UTC")]
}

/// Seconds that are milliseconds, or the other way round.
fn unit(trial: &Trial<'_>) -> Option<Finding> {
    let unit = match trial.way()?.time {
        Time::Header(_, unit) | Time::Beside(unit) | Time::Body(_, unit) => unit,
        Time::Nowhere => return None,
    };
    let (place, text) = written(trial)?;
    let (message, code) = match unit {
        Unit::Seconds if text.len() >= DIGITS_OF_MILLIS => {
            ("is in milliseconds, and seconds are expected", "time_in_milliseconds")
        }
        Unit::Millis if text.len() < DIGITS_OF_MILLIS => {
            ("is in seconds, and milliseconds are expected", "time_in_seconds")
        }
        _ => return None,
    };
    Some(Finding::new(
        code,
        format!("{place} {message}"),
        "have the sender write it as its preset says; `hmac` has `unit`",
    ))
}

/// Where the time stands, and what is written there.
fn written(trial: &Trial<'_>) -> Option<(String, String)> {
    match trial.way()?.time {
        Time::Header(name, _) => Some((format!("the header `{name}`"), trial.incoming.first(name)?.to_owned())),
        Time::Body(name, _) => {
            let body: serde_json::Value = serde_json::from_slice(trial.incoming.body).ok()?;
            Some((format!("`{name}` of the body"), body.get(name)?.to_string()))
        }
        Time::Beside(_) => {
            let way = trial.way()?;
            let value = trial.incoming.first(way.header)?;
            let time = value.split(',').find_map(|field| field.trim().strip_prefix("t="))?;
            Some((format!("the header `{}`", way.header), time.to_owned()))
        }
        Time::Nowhere => None,
    }
}
