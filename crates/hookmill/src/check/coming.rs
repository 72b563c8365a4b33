//! `hookmill check --next`: what schedules mean, and when they are due next.

use crate::home::Home;
use crate::sources::Source;
use crate::terminal::{QUIET, STRONG, paint};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use scenario::calendar::{Language, describe};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use triggers::schedule::{Outlook, outlook};

/// How many times are told.
const COUNT: usize = 10;

/// A schedule and what is to come of it.
#[derive(Serialize)]
pub(super) struct Coming {
    /// As the user named it, or below what the user named.
    file: String,
    line: u32,
    column: u32,
    /// What the schedule means.
    words: String,
    timezone: String,
    /// By the clock of the zone, with its offset (RFC 3339).
    next: Vec<String>,
    #[serde(skip)]
    shown: Vec<String>,
}

/// The schedules of all sound scenarios.
pub(super) fn all(sources: &[Source], homes: &BTreeMap<PathBuf, Home>) -> anyhow::Result<Vec<Coming>> {
    let now = Timestamp::now().as_millisecond();
    let mut coming = Vec::new();
    for source in sources {
        let (plan, _) = scenario::check(&source.read()?, &homes[&source.home].catalog);
        let looked = plan.map(|plan| outlook(&plan, now, COUNT)).unwrap_or_default();
        coming.extend(looked.into_iter().map(|one| Coming::of(source.shown(), &one)));
    }
    Ok(coming)
}

impl Coming {
    fn of(file: String, one: &Outlook) -> Self {
        let zone = TimeZone::get(&one.schedule.timezone).unwrap_or(TimeZone::UTC);
        let local = |due: &i64| Timestamp::from_millisecond(*due).ok().map(|due| due.to_zoned(zone.clone()));
        let times: Vec<Zoned> = one.next.iter().filter_map(local).collect();
        Self {
            file,
            line: one.place.line,
            column: one.place.column,
            words: describe(&one.schedule, Language::English),
            timezone: one.schedule.timezone.clone(),
            next: times.iter().map(|time| time.timestamp().display_with_offset(time.offset()).to_string()).collect(),
            shown: times.iter().map(|time| time.strftime("%a %Y-%m-%d %H:%M:%S %:z").to_string()).collect(),
        }
    }

    /// For people.
    pub(super) fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let place = format!("{}:{}:{}", self.file, self.line, self.column);
        writeln!(out, "{}: {}", paint(STRONG, place), self.words)?;
        if self.shown.is_empty() {
            writeln!(out, "  {}", paint(QUIET, "never again"))?;
        }
        self.shown.iter().try_for_each(|time| writeln!(out, "  {time}"))
    }
}
