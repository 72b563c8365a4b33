//! Which runs a command on many of them means.

use anyhow::Context;
use clap::Args;
use run::id::{Millis, RunId};
use serde_json::{Value, json};

/// How many runs the API lists at once.
const PAGE: u16 = 200;

/// Runs of a scenario.
#[derive(Args, Debug)]
pub(super) struct Selection {
    /// The runs of this scenario, newest first
    #[arg(long)]
    scenario: Option<String>,
    /// In this state alone: failed, waiting, held…
    #[arg(long, requires = "scenario")]
    status: Option<String>,
    /// Created at this time or later, as 2026-12-31T09:00:00Z
    #[arg(long, value_name = "TIME", requires = "scenario")]
    since: Option<String>,
    /// Created before this time
    #[arg(long, value_name = "TIME", requires = "scenario")]
    until: Option<String>,
    /// Created before this run
    #[arg(long, value_name = "RUN", requires = "scenario")]
    before: Option<RunId>,
    /// How many at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

impl Selection {
    /// Where the API lists these runs.
    pub(super) fn address(&self) -> anyhow::Result<String> {
        let scenario = self.scenario.as_deref().context("--scenario says whose runs")?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("scenario", scenario).append_pair("limit", &self.limit.min(PAGE).to_string());
        self.status.iter().for_each(|status| _ = query.append_pair("status", status));
        self.before.iter().for_each(|before| _ = query.append_pair("before", &before.to_string()));
        for (key, time) in [("since", &self.since), ("until", &self.until)] {
            if let Some(time) = time {
                query.append_pair(key, &millis(time)?.to_string());
            }
        }
        Ok(format!("/runs?{}", query.finish()))
    }

    /// The filter, as the API takes it.
    pub(super) fn filter(&self) -> anyhow::Result<Value> {
        let scenario = self.scenario.as_deref().context("--scenario says whose runs")?;
        let mut filter = json!({ "scenario": scenario, "limit": self.limit });
        if let Some(status) = &self.status {
            filter["status"] = status.as_str().into();
        }
        if let Some(before) = &self.before {
            filter["before"] = before.to_string().into();
        }
        for (key, time) in [("since", &self.since), ("until", &self.until)] {
            if let Some(time) = time {
                filter[key] = millis(time)?.into();
            }
        }
        Ok(filter)
    }
}

fn millis(time: &str) -> anyhow::Result<Millis> {
    let parsed: jiff::Timestamp =
        time.parse().with_context(|| format!("`{time}` is no time as 2026-12-31T09:00:00Z"))?;
    Ok(parsed.as_millisecond())
}
