//! How long something is kept.

use crate::spec::invalid;
use run::error::StepError;
use run::id::Millis;
use schemars::JsonSchema;
use serde::Deserialize;
use std::time::Duration;

/// A duration such as `30d`, or a number of seconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Ttl {
    Seconds(f64),
    Text(String),
}

/// What a duration is written as.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) enum TextOrNumber {
    Text(String),
    Number(f64),
}

impl Ttl {
    pub(crate) fn milliseconds(&self) -> Result<Millis, StepError> {
        let duration = match self {
            Self::Seconds(seconds) => Duration::try_from_secs_f64(*seconds).ok(),
            Self::Text(text) => scenario::duration::parse(text),
        };
        let fits =
            |duration: &Duration| *duration >= Duration::from_millis(1) && *duration <= scenario::duration::LONGEST;
        let milliseconds = duration.filter(fits).and_then(|duration| Millis::try_from(duration.as_millis()).ok());
        milliseconds.ok_or_else(|| {
            let written = match self {
                Self::Seconds(seconds) => seconds.to_string(),
                Self::Text(text) => text.clone(),
            };
            invalid(format!("`ttl`: {written:?} is no time to live: write `90s`, `15m`, `2h` or `30d`"))
        })
    }
}
