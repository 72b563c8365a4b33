//! A schedule, ready to be asked: its pattern parsed and its zone looked up once.

use super::days;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use run::id::Millis;
use scenario::plan::{Bounds, Calendar, CatchUp, Exception, Schedule, When};
use std::time::Duration;

/// How many missed times are made up for.
pub const MOST_MISSED: usize = 1_000;

/// How many times that fall on exceptions are passed over before a schedule counts as one that never comes.
const MOST_EXCEPTED: usize = 20_000;

/// The times of a schedule.
///
/// Where clocks are put forward, a time of day that does not exist on that day comes when the gap ends; where they
/// are put back, a time of day that exists twice counts the first time. A pattern that means an interval (`*/5 * * * *`)
/// goes on through both. The interval of `every` is counted from 1970-01-01T00:00Z, so that a restart does not shift it, or
/// from where the schedule begins.
#[derive(Clone, Debug)]
pub struct Timetable {
    times: Times,
    zone: TimeZone,
    /// Nothing is due before.
    from: Option<Millis>,
    /// Nothing is due after.
    until: Option<Millis>,
    except: Vec<Exception>,
    catch_up: CatchUp,
    jitter: Millis,
}

#[derive(Clone, Debug)]
enum Times {
    Cron {
        pattern: Box<Cron>,
    },
    Every {
        period: Millis,
        from: Millis,
    },
    /// Earliest first.
    Once {
        at: Vec<Millis>,
    },
    Days {
        calendar: Calendar,
        from: Option<Date>,
    },
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
        let zone = TimeZone::get(&schedule.timezone).map_err(|_| InvalidSchedule::Zone(schedule.timezone.clone()))?;
        let Bounds { from, until, except } = &schedule.bounds;
        let from = from.as_deref().map(|text| parse_bound(text, &zone, Edge::Start)).transpose()?;
        let until = until.as_deref().map(|text| parse_bound(text, &zone, Edge::End)).transpose()?;
        let times = match &schedule.when {
            When::Cron(pattern) => Times::Cron { pattern: Box::new(parse_cron(pattern)?) },
            When::Every(period) => {
                let period = Millis::try_from(period.as_millis()).ok().filter(|period| *period > 0 && *period <= AGES);
                Times::Every { period: period.ok_or(InvalidSchedule::Every)?, from: from.unwrap_or(0) }
            }
            When::At(times) => {
                let times: Result<Vec<Millis>, _> = times.iter().map(|time| parse_time(time, &zone)).collect();
                let mut at = times?;
                at.sort_unstable();
                Times::Once { at }
            }
            When::Calendar(calendar) => {
                let from = from.and_then(|from| days::date_of(&zone, from));
                Times::Days { calendar: calendar.clone(), from }
            }
        };
        let jitter = millis(schedule.jitter);
        Ok(Self { times, zone, from, until, except: except.clone(), catch_up: schedule.catch_up, jitter })
    }

    /// The first due time later than `after`; none where there is none any more.
    pub fn next(&self, after: Millis) -> Option<Millis> {
        let mut after = self.from.map_or(after, |from| after.max(from - 1));
        for _ in 0..MOST_EXCEPTED {
            let due = self.next_of_all(after)?;
            if self.until.is_some_and(|until| due > until) {
                return None;
            }
            match self.end_of_exception(due) {
                None => return Some(due),
                Some(end) => after = end.max(due),
            }
        }
        None
    }

    /// The next due times after this one, as many as there are, at most `count`.
    pub fn coming(&self, after: Millis, count: usize) -> Vec<Millis> {
        std::iter::successors(self.next(after), |due| self.next(*due)).take(count).collect()
    }

    /// When the run begins that is due at `due`, as long as `jitter` allows: the same whenever it is asked for, and before
    /// the next one is due. `salt` tells schedules apart that are due at the same times.
    pub fn begins(&self, due: Millis, salt: u64) -> Millis {
        if self.jitter == 0 {
            return due;
        }
        let room = self.next(due).map_or(self.jitter, |next| (next - due).min(self.jitter));
        let chance = mixed(salt ^ due.unsigned_abs());
        due + (chance % room.unsigned_abs().max(1)) as Millis
    }

    /// The first time later than `after`, whatever the day.
    fn next_of_all(&self, after: Millis) -> Option<Millis> {
        match &self.times {
            Times::Cron { pattern } => next_of_cron(pattern, &self.zone, after),
            Times::Every { period, from } => {
                let steps = after.checked_sub(*from)?.div_euclid(*period).checked_add(1)?;
                steps.checked_mul(*period)?.checked_add(*from)
            }
            Times::Once { at } => at.iter().find(|at| **at > after).copied(),
            Times::Days { calendar, from } => days::next(calendar, &self.zone, *from, after),
        }
    }

    /// The last millisecond of the day, where nothing is due on it.
    fn end_of_exception(&self, due: Millis) -> Option<Millis> {
        if self.except.is_empty() {
            return None;
        }
        let date = days::date_of(&self.zone, due)?;
        self.except.iter().any(|except| except.covers(date)).then_some(())?;
        Some(days::start_of(&self.zone, date.tomorrow().ok()?)? - 1)
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

fn millis(duration: Duration) -> Millis {
    Millis::try_from(duration.as_millis()).unwrap_or(AGES).min(AGES)
}

fn parse_time(text: &str, zone: &TimeZone) -> Result<Millis, InvalidSchedule> {
    let time = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        local.to_zoned(zone.clone()).ok().map(|zoned| zoned.timestamp())
    });
    time.map(Timestamp::as_millisecond).ok_or_else(|| InvalidSchedule::At(text.to_owned()))
}

/// Which side of a schedule a bound is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Start,
    End,
}

/// A time, or a date: its beginning or its end.
fn parse_bound(text: &str, zone: &TimeZone, edge: Edge) -> Result<Millis, InvalidSchedule> {
    let Some(date) = text.parse::<Date>().ok().filter(|_| text.len() == 10) else { return parse_time(text, zone) };
    let bound = match edge {
        Edge::Start => days::start_of(zone, date),
        Edge::End => date.tomorrow().ok().and_then(|next| days::start_of(zone, next)).map(|next| next - 1),
    };
    bound.ok_or_else(|| InvalidSchedule::At(text.to_owned()))
}

/// A number that looks like chance and is always the same (the finalizer of SplitMix64, by Sebastiano Vigna).
fn mixed(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn next_of_cron(pattern: &Cron, zone: &TimeZone, after: Millis) -> Option<Millis> {
    let after = Timestamp::from_millisecond(after).ok()?;
    let next: Zoned = pattern.find_next_occurrence(&after.to_zoned(zone.clone()), false).ok()?;
    Some(next.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests;
