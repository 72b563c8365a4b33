//! A schedule, ready to be asked: its pattern parsed and its zone looked up once.

use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use run::id::Millis;
use scenario::plan::{CatchUp, Schedule, When};

/// How many missed times are made up for.
pub const MOST_MISSED: usize = 1_000;

/// The times of a schedule.
///
/// Where clocks are put forward, a time of day that does not exist on that day comes when the gap ends; where they
/// are put back, a time of day that exists twice counts the first time. A pattern that means an interval (`*/5 * * * *`)
/// goes on through both. The interval of `every` is counted from 1970-01-01T00:00Z, so that a restart does not shift it.
#[derive(Clone, Debug)]
pub struct Timetable {
    times: Times,
    catch_up: CatchUp,
}

#[derive(Clone, Debug)]
enum Times {
    Cron { pattern: Box<Cron>, zone: TimeZone },
    Every { period: Millis },
    Once { at: Millis },
}

/// A schedule that has no times. Scenarios are checked, so this is seen only where zones differ between machines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSchedule {
    /// No such time zone on this machine.
    #[error("the time zone `{0}` is not known")]
    Zone(String),
    /// No pattern of five or six fields.
    #[error("`{pattern}` is no cron pattern: {reason}")]
    Cron {
        /// As the author wrote it.
        pattern: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An interval of less than a millisecond, or of ages.
    #[error("the interval is not between a millisecond and a thousand years")]
    Every,
    /// Neither an RFC 3339 time nor a local one.
    #[error("`{0}` is no time: write 2026-01-31T09:00:00Z, or 2026-01-31T09:00 for the schedule's own zone")]
    At(String),
}

impl Timetable {
    /// The timetable of a schedule.
    pub fn of(schedule: &Schedule) -> Result<Self, InvalidSchedule> {
        let zone = || TimeZone::get(&schedule.timezone).map_err(|_| InvalidSchedule::Zone(schedule.timezone.clone()));
        let times = match &schedule.when {
            When::Cron(pattern) => Times::Cron { pattern: Box::new(parse_cron(pattern)?), zone: zone()? },
            When::Every(period) => {
                let period = Millis::try_from(period.as_millis()).ok().filter(|period| *period > 0 && *period <= AGES);
                Times::Every { period: period.ok_or(InvalidSchedule::Every)? }
            }
            When::At(time) => Times::Once { at: parse_time(time, zone()?)? },
        };
        Ok(Self { times, catch_up: schedule.catch_up })
    }

    /// The first due time later than `after`; none where there is none any more.
    pub fn next(&self, after: Millis) -> Option<Millis> {
        match &self.times {
            Times::Cron { pattern, zone } => next_of_cron(pattern, zone, after),
            Times::Every { period } => after.div_euclid(*period).checked_add(1)?.checked_mul(*period),
            Times::Once { at } => (*at > after).then_some(*at),
        }
    }

    /// The due times later than `last` and not later than `now` that are to be made up for, earliest first: as the
    /// schedule says, none, the latest, or all (of more than [`MOST_MISSED`], the latest). Afterwards everything up to
    /// `now` is settled.
    pub fn missed(&self, last: Millis, now: Millis) -> Vec<Millis> {
        let most = match self.catch_up {
            CatchUp::Skip => 0,
            CatchUp::One => 1,
            CatchUp::All => MOST_MISSED,
        };
        let mut missed = Vec::new();
        let mut until = now;
        while missed.len() < most
            && let Some(due) = self.latest(last, until)
        {
            missed.push(due);
            until = due - 1;
        }
        missed.reverse();
        missed
    }

    /// The latest due time later than `last` and not later than `until`. Looks for it with `next` alone, so that what
    /// was missed is by definition what would have come.
    fn latest(&self, last: Millis, until: Millis) -> Option<Millis> {
        let due_after = |time: Millis| self.next(time).is_some_and(|due| due <= until);
        let (mut before, mut step) = (until, 1);
        while !due_after(before) {
            if before <= last {
                return None;
            }
            before = before.saturating_sub(step).max(last);
            step *= 2;
        }
        // The due time is later than `before` and not later than `end`: halved until one is left.
        let mut end = until;
        while end - before > 1 {
            let middle = before + (end - before) / 2;
            if due_after(middle) {
                before = middle;
            } else {
                end = middle;
            }
        }
        Some(end)
    }
}

/// A thousand years, in milliseconds.
const AGES: Millis = 1_000 * 366 * 24 * 60 * 60 * 1_000;

fn parse_cron(pattern: &str) -> Result<Cron, InvalidSchedule> {
    let parser = CronParser::builder().seconds(Seconds::Optional).year(Year::Disallowed).build();
    parser
        .parse(pattern)
        .map_err(|error| InvalidSchedule::Cron { pattern: pattern.to_owned(), reason: error.to_string() })
}

fn parse_time(text: &str, zone: TimeZone) -> Result<Millis, InvalidSchedule> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        local.to_zoned(zone).ok().map(|zoned| zoned.timestamp())
    });
    time.map(Timestamp::as_millisecond).ok_or_else(|| InvalidSchedule::At(text.to_owned()))
}

fn next_of_cron(pattern: &Cron, zone: &TimeZone, after: Millis) -> Option<Millis> {
    let after = Timestamp::from_millisecond(after).ok()?;
    let next: Zoned = pattern.find_next_occurrence(&after.to_zoned(zone.clone()), false).ok()?;
    Some(next.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests;
