//! The simple ones of cron patterns as calendars, so that they can be said in words. What a pattern is due at is croner's to
//! say; here is only what people read.

use crate::plan::{Calendar, Days, MonthDay, Times, Window};
use jiff::civil::{Time, Weekday};

/// The calendar that a pattern means; none where that is not plain.
pub(super) fn calendar(pattern: &str) -> Option<Calendar> {
    let pattern = match pattern {
        "@yearly" | "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" | "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        pattern => pattern,
    };
    let fields: Vec<&str> = pattern.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = match fields.as_slice() {
        ["0", rest @ ..] if rest.len() == 5 => <[&str; 5]>::try_from(rest).ok()?,
        fields => <[&str; 5]>::try_from(fields).ok()?,
    };
    let months = if month == "*" { Vec::new() } else { numbers(month, 1, 12)? };
    let days = match (day, weekday) {
        ("*", "*") => Days::Every(1),
        ("*", weekdays) => Days::Weekly { weekdays: weekdays_of(weekdays)?, every: 1 },
        (days, "*") => Days::Monthly { days: month_days(days)?, every: 1 },
        _ => return None,
    };
    Some(Calendar { days, months, times: times(minute, hour)? })
}

fn times(minute: &str, hour: &str) -> Option<Times> {
    if let (Some(step), "*") = (step_of(minute, 60), hour) {
        return Some(Times::Every { period: step * 60, window: Window::DAY });
    }
    if let ("0", Some(step)) = (minute, step_of(hour, 24)) {
        return Some(Times::Every { period: step * 3_600, window: Window::DAY });
    }
    let (minutes, hours) = (numbers(minute, 0, 59)?, numbers(hour, 0, 23)?);
    let times: Option<Vec<Time>> =
        hours.iter().flat_map(|hour| minutes.iter().map(|minute| Time::new(*hour, *minute, 0, 0).ok())).collect();
    times.filter(|times| times.len() <= 12).map(Times::At)
}

/// `*` or `*/n`, where `n` goes evenly into the whole.
fn step_of(field: &str, whole: u32) -> Option<u32> {
    if field == "*" {
        return Some(1);
    }
    let step: u32 = field.strip_prefix("*/")?.parse().ok()?;
    (step > 0 && whole.is_multiple_of(step)).then_some(step)
}

/// Numbers and ranges, in their order.
fn numbers(field: &str, least: i8, most: i8) -> Option<Vec<i8>> {
    let mut found = Vec::new();
    for part in field.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last): (i8, i8) = (first.parse().ok()?, last.parse().ok()?);
        if first < least || last > most || first > last {
            return None;
        }
        found.extend(first..=last);
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

fn month_days(field: &str) -> Option<Vec<MonthDay>> {
    if field.eq_ignore_ascii_case("l") {
        return Some(vec![MonthDay::Last]);
    }
    Some(numbers(field, 1, 31)?.into_iter().map(MonthDay::Day).collect())
}

fn weekdays_of(field: &str) -> Option<Vec<Weekday>> {
    let named = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    let mut field = field.to_ascii_lowercase();
    for (number, name) in named.iter().enumerate() {
        field = field.replace(name, &number.to_string());
    }
    let mut weekdays: Vec<Weekday> =
        numbers(&field, 0, 7)?.into_iter().filter_map(|day| Weekday::from_sunday_zero_offset(day % 7).ok()).collect();
    weekdays.sort_unstable_by_key(|day| day.to_monday_zero_offset());
    weekdays.dedup();
    Some(weekdays)
}
