//! Times of day on certain days, by the clock of a zone.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{Timestamp, Zoned};
use run::id::Millis;
use scenario::plan::{Calendar, Times};

/// How many days are looked at for one that is due: the next 29th of February may be eight years away, and every eleventh
/// month or fifth week of it many more.
const FARTHEST: u32 = 40 * 366;

/// The first due time later than `after`. `from` is the first day of the schedule, where it has one.
pub(super) fn next(calendar: &Calendar, zone: &TimeZone, from: Option<Date>, after: Millis) -> Option<Millis> {
    let today = Timestamp::from_millisecond(after).ok()?.to_zoned(zone.clone()).date();
    // The times of yesterday's window may go on today.
    let mut date = today.yesterday().ok()?;
    for _ in 0..FARTHEST {
        if calendar.covers(date, from)
            && let Some(due) = on(&calendar.times, zone, date).into_iter().filter(|due| *due > after).min()
        {
            return Some(due);
        }
        date = date.tomorrow().ok()?;
    }
    None
}

/// The moments of a day. An interval goes on through a change of the clock; a time of day is one moment.
fn on(times: &Times, zone: &TimeZone, date: Date) -> Vec<Millis> {
    match times {
        Times::At(times) => times.iter().filter_map(|time| moment(zone, date.to_datetime(*time))).collect(),
        Times::Every { period, window } => {
            let start = date.to_datetime(window.from);
            let steps = window.length() / (*period).max(1);
            let civil = (0..=steps).filter_map(|step| {
                start.checked_add(jiff::Span::new().seconds(i64::from(step) * i64::from(*period))).ok()
            });
            civil.flat_map(|time| moments(zone, time)).collect()
        }
    }
}

/// The moment of a time of day: where it is missing, the end of the gap; where it is there twice, the first.
fn moment(zone: &TimeZone, time: DateTime) -> Option<Millis> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    if let AmbiguousOffset::Gap { before, .. } = ambiguous.offset() {
        // By the clock before the gap, the time lies behind the change.
        let behind = before.to_timestamp(time).ok()?;
        let change = zone.preceding(behind + jiff::SignedDuration::from_nanos(1)).next()?;
        return Some(change.timestamp().as_millisecond());
    }
    ambiguous.compatible().ok().map(Timestamp::as_millisecond)
}

/// The moments of a time of an interval: both, where it is there twice.
fn moments(zone: &TimeZone, time: DateTime) -> Vec<Millis> {
    match zone.to_ambiguous_timestamp(time).offset() {
        AmbiguousOffset::Fold { before, after } => {
            let both = [before, after].into_iter().filter_map(|offset| offset.to_timestamp(time).ok());
            both.map(Timestamp::as_millisecond).collect()
        }
        _ => moment(zone, time).into_iter().collect(),
    }
}

/// The date at a moment.
pub(super) fn date_of(zone: &TimeZone, time: Millis) -> Option<Date> {
    Timestamp::from_millisecond(time).ok().map(|time| time.to_zoned(zone.clone()).date())
}

/// The beginning of a date.
pub(super) fn start_of(zone: &TimeZone, date: Date) -> Option<Millis> {
    let start: Zoned = date.to_datetime(Time::midnight()).to_zoned(zone.clone()).ok()?;
    start.start_of_day().ok().map(|start| start.timestamp().as_millisecond())
}
