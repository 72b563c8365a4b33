//! `hookmill runs list`.

use super::server::Server;
use super::{Place, folder};
use crate::terminal::{self, Done, QUIET, paint};
use anyhow::Context;
use clap::Args;
use engine::Filter;
use run::id::Millis;
use serde_json::Value;
use std::io::Write;
use std::process::ExitCode;

/// List runs, newest first
#[derive(Args, Debug)]
pub(super) struct List {
    #[command(flatten)]
    place: Place,
    /// Of this scenario alone
    #[arg(long)]
    scenario: Option<String>,
    /// In this state alone: running, waiting, held, succeeded, stopped, failed, cancelled
    #[arg(long)]
    status: Option<String>,
    /// With this text in what they were given, sent, or gave
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Created at this time or later, as 2026-12-31T09:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<jiff::Timestamp>,
    /// Created before this time
    #[arg(long, value_name = "TIME")]
    until: Option<jiff::Timestamp>,
    /// How many at most
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    limit: u16,
}

/// A run in short.
struct Line {
    id: String,
    scenario: String,
    status: String,
    created: Millis,
}

impl List {
    pub(super) async fn run(self) -> Done {
        let lines = match (&self.place.server, folder::open(&self.place.data)) {
            (None, Some(engine)) => {
                let lines = self.of_folder(&engine);
                folder::close(engine).await?;
                lines?
            }
            _ => self.of_server().await?,
        };
        let mut out = terminal::stdout();
        for Line { id, scenario, status, created } in &lines {
            writeln!(out, "{id}  {}  {status:<9}  {scenario}", time(*created))?;
        }
        if lines.is_empty() {
            terminal::say(paint(QUIET, "no runs"));
        }
        Ok(ExitCode::SUCCESS)
    }

    fn of_folder(&self, engine: &engine::Engine) -> anyhow::Result<Vec<Line>> {
        let runs = engine.handle().runs(&self.filter()?, self.limit.into())?;
        let line = |(id, head): (run::id::RunId, engine::Head)| {
            let status = serde_json::to_value(head.status)?;
            let status = status.as_str().unwrap_or_default().to_owned();
            Ok(Line { id: id.to_string(), scenario: head.scenario.to_string(), status, created: id.created() })
        };
        runs.into_iter().map(line).collect()
    }

    fn filter(&self) -> anyhow::Result<Filter> {
        let status = self.status.as_deref().map(|name| serde_json::from_value(name.into()));
        Ok(Filter {
            scenario: self.scenario.as_deref().map(str::parse).transpose()?,
            status: status.transpose().context("there is no such `--status`")?,
            before: None,
            since: self.since.map(|time| time.as_millisecond()),
            until: self.until.map(|time| time.as_millisecond()),
            text: self.search.clone(),
        })
    }

    async fn of_server(&self) -> anyhow::Result<Vec<Line>> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("limit", &self.limit.to_string());
        let (since, until) = (self.since.map(|time| time.to_string()), self.until.map(|time| time.to_string()));
        let wanted = [
            ("scenario", &self.scenario),
            ("status", &self.status),
            ("q", &self.search),
            ("since", &since),
            ("until", &until),
        ];
        for (name, value) in wanted {
            value.iter().for_each(|value| _ = query.append_pair(name, value));
        }
        let told = Server::of(&self.place)?.get(&format!("/runs?{}", query.finish())).await?;
        let text = |of: &Value, key: &str| of[key].as_str().unwrap_or_default().to_owned();
        let items = told["items"].as_array().into_iter().flatten();
        let line = |item: &Value| Line {
            id: text(item, "id"),
            scenario: text(item, "scenario"),
            status: text(item, "status"),
            created: item["created"].as_i64().unwrap_or_default(),
        };
        Ok(items.map(line).collect())
    }
}

fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at).map(|time| format!("{time:.3}")).unwrap_or_default()
}
