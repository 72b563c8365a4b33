//! Which runs an operation on many of them means.

use super::view::RunStatus;
use crate::error::Problem;
use engine::{Filter, Status};
use run::id::Millis;
use serde::Deserialize;
use utoipa::ToSchema;

/// How many runs are taken at once unless said.
const USUAL: usize = 100;

/// How many runs are taken at once at most.
const MOST: usize = 1_000;

/// Which runs, newest first.
#[derive(Deserialize, ToSchema)]
#[schema(as = RunFilter)]
#[serde(deny_unknown_fields)]
pub(super) struct Selection {
    /// Of this scenario.
    scenario: String,
    /// In this state alone.
    #[schema(value_type = Option<RunStatus>)]
    #[serde(default)]
    status: Option<Status>,
    /// Created at this time or later, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    since: Option<Millis>,
    /// Created before this time, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    #[serde(default)]
    until: Option<Millis>,
    /// Created before this run.
    #[serde(default)]
    before: Option<String>,
    /// With this text in what they were given, sent, or gave.
    #[serde(default)]
    text: Option<String>,
    /// How many, 1 to 1000; 100 unless given.
    #[serde(default)]
    limit: Option<usize>,
}

impl Selection {
    /// The filter, and how many runs are taken.
    pub(super) fn filter(self) -> Result<(Filter, usize), Problem> {
        let scenario = self.scenario.parse();
        let before = self.before.as_deref().map(str::parse).transpose();
        let filter = Filter {
            scenario: Some(
                scenario.map_err(|error: run::id::InvalidScenarioId| Problem::bad_request(error.to_string()))?,
            ),
            status: self.status,
            before: before.map_err(|_| Problem::bad_request("`before` must be the id of a run"))?,
            since: self.since,
            until: self.until,
            text: self.text,
        };
        Ok((filter, self.limit.unwrap_or(USUAL).clamp(1, MOST)))
    }
}
