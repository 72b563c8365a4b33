//! From schedules to words: what a schedule means, in the languages of the page. What is said of a calendar can be read
//! again, and means the same.

use super::cron;
use crate::functions::dates::calendar::MONTHS;
use crate::plan::{Bounds, Calendar, Days, Exception, MonthDay, Schedule, Times, When, Window};
use jiff::civil::{Time, Weekday};
use std::time::Duration;

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English.
    English,
    /// Chinese in traditional characters, `zh-TW`.
    Traditional,
    /// Chinese in simplified characters, `zh-CN`.
    Simplified,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::English, Self::Traditional, Self::Simplified];

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Traditional => "zh-TW",
            Self::Simplified => "zh-CN",
        }
    }
}

/// What a schedule means: `every weekday at 09:00, except Saturday (Asia/Taipei)`.
pub fn describe(schedule: &Schedule, language: Language) -> String {
    let Schedule { when, bounds, jitter, timezone, .. } = schedule;
    match language {
        Language::English => english(when, bounds, *jitter, timezone),
        Language::Traditional => chinese(when, bounds, *jitter, timezone),
        Language::Simplified => chinese(when, bounds, *jitter, timezone).chars().map(simplified).collect(),
    }
}

fn english(when: &When, bounds: &Bounds, jitter: Duration, timezone: &str) -> String {
    let mut text = match when {
        When::Cron(pattern) => {
            cron::calendar(pattern).map_or_else(|| format!("by the pattern `{pattern}`"), |it| english_calendar(&it))
        }
        When::Every(period) => format!("every {}", english_span(period.as_millis())),
        When::At(times) => format!("at {}", and(times.iter().map(|time| time.replace('T', " ")))),
        When::Calendar(calendar) => english_calendar(calendar),
    };
    let Bounds { from, until, except } = bounds;
    text.extend(from.iter().map(|from| format!(", from {}", from.replace('T', " "))));
    text.extend(until.iter().map(|until| format!(", until {}", until.replace('T', " "))));
    if !except.is_empty() {
        text.push_str(&format!(", except {}", and(except.iter().map(english_exception))));
    }
    if !jitter.is_zero() {
        text.push_str(&format!(", up to {} later", english_span(jitter.as_millis())));
    }
    format!("{text} ({timezone})")
}

fn english_calendar(calendar: &Calendar) -> String {
    let Calendar { days, months, times } = calendar;
    let of_months = and(months.iter().map(|month| MONTHS[usize::from(month.unsigned_abs()) - 1].to_owned()));
    let months_behind = if months.is_empty() { String::new() } else { format!(" in {of_months}") };
    let is_every = matches!(times, Times::Every { .. });
    let days = match days {
        Days::Every(1) if is_every && months.is_empty() => String::new(),
        Days::Every(1) => format!("every day{months_behind}"),
        Days::Every(days) => format!("every {days} days{months_behind}"),
        Days::Weekly { weekdays, every } => {
            let names = english_weekdays(weekdays);
            match every {
                1 if is_every => format!("on {names}{months_behind}"),
                1 => format!("every {names}{months_behind}"),
                weeks => format!("every {weeks} weeks on {names}{months_behind}"),
            }
        }
        Days::Monthly { days, every } => {
            let of = match every {
                1 if months.is_empty() => "the month".to_owned(),
                1 => of_months,
                months => format!("every {months} months{months_behind}"),
            };
            format!(
                "on the {} of {of}",
                and(days.iter().map(english_day)).replace(", ", ", the ").replace(" and ", " and the ")
            )
        }
    };
    match times {
        Times::At(times) => format!("{days} at {}", and(times.iter().map(|time| clock(*time)))),
        Times::Every { period, window } => {
            let mut text = format!("every {}", english_span(u128::from(*period) * 1_000));
            if *window != Window::DAY {
                text.push_str(&format!(" between {} and {}", clock(window.from), clock(window.to)));
            }
            if days.is_empty() { text } else { format!("{text} {days}") }
        }
    }
}

fn english_weekdays(weekdays: &[Weekday]) -> String {
    match kind_of(weekdays) {
        Some(Kind::Workdays) => "weekday".to_owned(),
        Some(Kind::Weekend) => "weekend".to_owned(),
        None => and(weekdays.iter().map(|day| english_weekday(*day).to_owned())),
    }
}

fn english_day(day: &MonthDay) -> String {
    match day {
        MonthDay::Day(day) => ordinal(*day),
        MonthDay::Last => "last day".to_owned(),
        MonthDay::Nth(n, weekday) => {
            let nth = ["first", "second", "third", "fourth", "fifth"][usize::from(n.unsigned_abs().clamp(1, 5)) - 1];
            format!("{nth} {}", english_weekday(*weekday))
        }
        MonthDay::LastOf(weekday) => format!("last {}", english_weekday(*weekday)),
        MonthDay::FirstWorkday => "first workday".to_owned(),
        MonthDay::LastWorkday => "last workday".to_owned(),
    }
}

fn english_exception(exception: &Exception) -> String {
    match exception {
        Exception::Dates(first, last) if first == last => first.to_string(),
        Exception::Dates(first, last) => format!("{first} to {last}"),
        Exception::Yearly(first, last) => {
            let date = |(month, day): (i8, i8)| format!("{} {day}", MONTHS[usize::from(month.unsigned_abs()) - 1]);
            if first == last { date(*first) } else { format!("{} to {}", date(*first), date(*last)) }
        }
        Exception::Weekdays(weekdays) => english_weekdays(weekdays),
    }
}

/// `90 seconds`, `2 hours`: in the largest unit of which it is a whole number; `hour` where it is one.
fn english_span(millis: u128) -> String {
    match span(millis) {
        (1, unit) => ["millisecond", "second", "minute", "hour", "day"][unit].to_owned(),
        (count, unit) => format!("{count} {}", ["milliseconds", "seconds", "minutes", "hours", "days"][unit]),
    }
}

fn chinese(when: &When, bounds: &Bounds, jitter: Duration, timezone: &str) -> String {
    let mut text = match when {
        When::Cron(pattern) => {
            cron::calendar(pattern).map_or_else(|| format!("按照 `{pattern}`"), |it| chinese_calendar(&it))
        }
        When::Every(period) => format!("每{}", chinese_span(period.as_millis())),
        When::At(times) => times.iter().map(|time| time.replace('T', " ")).collect::<Vec<_>>().join("、"),
        When::Calendar(calendar) => chinese_calendar(calendar),
    };
    let Bounds { from, until, except } = bounds;
    text.extend(from.iter().map(|from| format!("，{} 起", from.replace('T', " "))));
    text.extend(until.iter().map(|until| format!("，到 {} 止", until.replace('T', " "))));
    if !except.is_empty() {
        let days: Vec<String> = except.iter().map(chinese_exception).collect();
        text.push_str(&format!("，{}除外", days.join("、")));
    }
    if !jitter.is_zero() {
        text.push_str(&format!("，最多晚{}", chinese_span(jitter.as_millis())));
    }
    format!("{text}（{timezone}）")
}

fn chinese_calendar(calendar: &Calendar) -> String {
    let Calendar { days, months, times } = calendar;
    let in_months = months.iter().map(|month| format!("{month} 月")).collect::<Vec<_>>().join("、");
    let days = match days {
        Days::Every(1) => format!("{in_months}每天"),
        Days::Every(days) => format!("{in_months}每 {days} 天"),
        Days::Weekly { weekdays, every } => {
            let names = chinese_weekdays(weekdays);
            match (every, kind_of(weekdays)) {
                (1, Some(_)) => format!("{in_months}每個{names}"),
                (1, None) => format!("{in_months}每{names}"),
                (weeks, _) => format!("{in_months}每 {weeks} 週的{names}"),
            }
        }
        Days::Monthly { days, every } => {
            let days = days.iter().map(chinese_day).collect::<Vec<_>>().join("、");
            match (every, months.is_empty()) {
                (1, true) => format!("每月{days}"),
                (1, false) => format!("每年 {in_months}{days}"),
                (every, _) => format!("{in_months}每 {every} 個月的{days}"),
            }
        }
    };
    match times {
        Times::At(times) => {
            format!("{days} {}", times.iter().map(|time| clock(*time)).collect::<Vec<_>>().join("、"))
        }
        Times::Every { period, window } => {
            let days = if days == "每天" { String::new() } else { format!("{days} ") };
            let span = chinese_span(u128::from(*period) * 1_000);
            match *window {
                Window::DAY => format!("{days}每{span}"),
                Window { from, to } => format!("{days}{} 到 {} 每{span}", clock(from), clock(to)),
            }
        }
    }
}

fn chinese_weekdays(weekdays: &[Weekday]) -> String {
    match kind_of(weekdays) {
        Some(Kind::Workdays) => "工作日".to_owned(),
        Some(Kind::Weekend) => "週末".to_owned(),
        None => {
            let signs = weekdays.iter().map(|day| chinese_weekday(*day));
            format!("週{}", signs.collect::<Vec<_>>().join("、"))
        }
    }
}

fn chinese_day(day: &MonthDay) -> String {
    match day {
        MonthDay::Day(day) => format!(" {day} 日"),
        MonthDay::Last => "最後一天".to_owned(),
        MonthDay::Nth(n, weekday) => {
            let nth = ["一", "二", "三", "四", "五"][usize::from(n.unsigned_abs().clamp(1, 5)) - 1];
            format!("第{nth}個週{}", chinese_weekday(*weekday))
        }
        MonthDay::LastOf(weekday) => format!("最後一個週{}", chinese_weekday(*weekday)),
        MonthDay::FirstWorkday => "第一個工作日".to_owned(),
        MonthDay::LastWorkday => "最後一個工作日".to_owned(),
    }
}

fn chinese_exception(exception: &Exception) -> String {
    match exception {
        Exception::Dates(first, last) if first == last => format!(" {first} "),
        Exception::Dates(first, last) => format!(" {first} 到 {last} "),
        Exception::Yearly(first, last) => {
            let date = |(month, day): (i8, i8)| format!(" {month} 月 {day} 日");
            if first == last { date(*first) } else { format!("{}到{}", date(*first), date(*last)) }
        }
        Exception::Weekdays(weekdays) => chinese_weekdays(weekdays),
    }
}

fn chinese_span(millis: u128) -> String {
    let (count, unit) = span(millis);
    format!(" {count} {}", ["毫秒", "秒", "分鐘", "小時", "天"][unit])
}

/// The characters that occur here, simplified.
fn simplified(c: char) -> char {
    match c {
        '個' => '个',
        '週' => '周',
        '後' => '后',
        '時' => '时',
        '鐘' => '钟',
        c => c,
    }
}

/// Weekdays that have a name together.
enum Kind {
    Workdays,
    Weekend,
}

fn kind_of(weekdays: &[Weekday]) -> Option<Kind> {
    match weekdays {
        [Weekday::Monday, .., Weekday::Friday] if weekdays.len() == 5 => Some(Kind::Workdays),
        [Weekday::Saturday, Weekday::Sunday] => Some(Kind::Weekend),
        _ => None,
    }
}

/// A duration as a whole number of its largest unit: milliseconds, seconds, minutes, hours or days.
fn span(millis: u128) -> (u128, usize) {
    let units = [1, 1_000, 60_000, 3_600_000, 86_400_000];
    let unit = units.iter().rposition(|unit| millis.is_multiple_of(*unit)).unwrap_or(0);
    (millis / units[unit], unit)
}

/// `a`, `a and b`, `a, b and c`.
fn and(items: impl Iterator<Item = String>) -> String {
    let mut items: Vec<String> = items.collect();
    let Some(last) = items.pop() else { return String::new() };
    if items.is_empty() { last } else { format!("{} and {last}", items.join(", ")) }
}

/// `09:00`, with its seconds where it has any.
fn clock(time: Time) -> String {
    let text = time.to_string();
    text.strip_suffix(":00").map_or(text.clone(), str::to_owned)
}

fn ordinal(day: i8) -> String {
    let ending = match (day % 10, day / 10) {
        (_, 1) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{day}{ending}")
}

fn english_weekday(weekday: Weekday) -> &'static str {
    let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    names[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
}

fn chinese_weekday(weekday: Weekday) -> &'static str {
    ["一", "二", "三", "四", "五", "六", "日"][usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
}
