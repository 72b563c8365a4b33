//! Times in words: what is understood, what is not and where, and that what is said of a calendar means the same.

use super::*;
use crate::diagnostic::Place;
use crate::plan::{Bounds, CatchUp, Days, Exception, MonthDay, Schedule, Times, When, Window};
use jiff::civil::Time;
use proptest::prelude::*;
use std::time::Duration;

fn schedule(when: When) -> Schedule {
    let (bounds, jitter) = (Bounds::default(), Duration::ZERO);
    Schedule { when, bounds, jitter, catch_up: CatchUp::Skip, timezone: "UTC".into(), place: Place::default() }
}

fn said(calendar: &Calendar, language: Language) -> String {
    let text = describe(&schedule(When::Calendar(calendar.clone())), language);
    text.trim_end_matches(" (UTC)").trim_end_matches("（UTC）").to_owned()
}

/// Texts with what they are said as in English.
#[test]
fn what_is_understood() {
    check(include_str!("../../testdata/calendar/words.txt"), " => ", |text| match read(text) {
        Ok(Said { calendar, zone }) => {
            format!("{}{}", said(&calendar, Language::English), zone.map(|zone| format!(" {zone}")).unwrap_or_default())
        }
        Err(misread) => format!("{misread:?}"),
    });
}

/// Texts with the place where they are not understood, and why.
#[test]
fn what_is_not_understood() {
    check(include_str!("../../testdata/calendar/misread.txt"), " !> ", |text| match read(text) {
        Ok(said) => format!("{said:?}"),
        Err(misread) => format!("{} {}", misread.at, misread.problem),
    });
}

/// Holds every line of a file to what it says behind the sign.
fn check(cases: &str, sign: &str, of: impl Fn(&str) -> String) {
    let cases = cases.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let wrong: Vec<String> = cases
        .filter_map(|line| {
            let (text, expected) = line.split_once(sign).unwrap_or_else(|| panic!("{line}"));
            let found = of(text.trim());
            (found != expected.trim()).then(|| format!("{text}{sign}{found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_said_in_chinese() {
    for (text, traditional, simplified) in [
        ("every weekday at 09:00", "每個工作日 09:00", "每个工作日 09:00"),
        ("every monday and thursday at 18:30", "每週一、四 18:30", "每周一、四 18:30"),
        ("on the last day of the month at 23:00", "每月最後一天 23:00", "每月最后一天 23:00"),
        ("every 2 hours between 8:00 and 20:00", "08:00 到 20:00 每 2 小時", "08:00 到 20:00 每 2 小时"),
        ("on december 25 at 8:00", "每年 12 月 25 日 08:00", "每年 12 月 25 日 08:00"),
    ] {
        let Said { calendar, .. } = read(text).unwrap();
        assert_eq!(said(&calendar, Language::Traditional), traditional);
        assert_eq!(said(&calendar, Language::Simplified), simplified);
        assert_eq!(
            [read(traditional).unwrap().calendar, read(simplified).unwrap().calendar],
            [calendar.clone(), calendar]
        );
    }
}

#[test]
fn schedules_are_said_with_all_that_belongs_to_them() {
    let mut schedule = schedule(When::Every(Duration::from_secs(7_200)));
    schedule.bounds = Bounds {
        from: Some("2026-01-01".into()),
        until: Some("2026-12-31T18:00".into()),
        except: vec![Exception::Yearly((12, 24), (12, 26)), Exception::Weekdays(weekdays("weekend").unwrap())],
    };
    schedule.jitter = Duration::from_secs(300);
    assert_eq!(
        describe(&schedule, Language::English),
        "every 2 hours, from 2026-01-01, until 2026-12-31 18:00, except December 24 to December 26 and weekend, up to 5 minutes later (UTC)"
    );
    assert_eq!(
        describe(&schedule, Language::Traditional),
        "每 2 小時，2026-01-01 起，到 2026-12-31 18:00 止， 12 月 24 日到 12 月 26 日、週末除外，最多晚 5 分鐘（UTC）"
    );
}

#[test]
fn patterns_are_said_where_they_are_plain() {
    for (pattern, expected) in [
        ("30 7 * * 1-5", "every weekday at 07:30"),
        ("0 9,18 * * *", "every day at 09:00 and 18:00"),
        ("*/15 * * * *", "every 15 minutes"),
        ("0 */2 * * *", "every 2 hours"),
        ("0 0 9 * * MON,THU", "every Monday and Thursday at 09:00"),
        ("0 23 L * *", "on the last day of the month at 23:00"),
        ("@weekly", "every Sunday at 00:00"),
        ("0 0 1 1,7 *", "on the 1st of January and July at 00:00"),
        ("*/7 * * * *", "by the pattern `*/7 * * * *`"),
        ("0 9 13 * 5", "by the pattern `0 9 13 * 5`"),
        ("0 9 * * 5#2", "by the pattern `0 9 * * 5#2`"),
        ("0 9 15W * *", "by the pattern `0 9 15W * *`"),
    ] {
        let text = describe(&schedule(When::Cron(pattern.into())), Language::English);
        assert_eq!(text, format!("{expected} (UTC)"), "{pattern}");
    }
}

#[test]
fn words_of_weekdays() {
    use jiff::civil::Weekday;
    assert_eq!(weekdays("saturday"), Some(vec![Weekday::Saturday]));
    assert_eq!(weekdays("weekends"), Some(vec![Weekday::Saturday, Weekday::Sunday]));
    assert_eq!(weekdays("週六、日"), Some(vec![Weekday::Saturday, Weekday::Sunday]));
    assert_eq!([weekdays("someday"), weekdays("every monday"), weekdays("")], [None, None, None]);
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let weekday = (0_i8..7).prop_map(|day| Weekday::from_monday_zero_offset(day).unwrap());
    let month_day = prop_oneof![
        (1_i8..=28).prop_map(MonthDay::Day),
        Just(MonthDay::Last),
        (1_i8..=5, weekday.clone()).prop_map(|(n, day)| MonthDay::Nth(n, day)),
        weekday.clone().prop_map(MonthDay::LastOf),
        Just(MonthDay::FirstWorkday),
        Just(MonthDay::LastWorkday),
    ];
    let days = prop_oneof![
        (1_u32..40).prop_map(Days::Every),
        (prop::collection::vec(weekday, 1..8), 1_u32..5).prop_map(|(weekdays, every)| Days::Weekly { weekdays, every }),
        (prop::collection::vec(month_day, 1..4), 1_u32..13).prop_map(|(days, every)| Days::Monthly { days, every }),
    ];
    let time = (0_i8..24, 0_i8..60).prop_map(|(hour, minute)| Time::new(hour, minute, 0, 0).unwrap());
    let times = prop_oneof![
        prop::collection::btree_set(time.clone(), 1..4).prop_map(|times| Times::At(times.into_iter().collect())),
        (1_u32..1_440, time.clone(), time)
            .prop_map(|(minutes, from, to)| Times::Every { period: minutes * 60, window: Window { from, to } }),
        (1_u32..1_440).prop_map(|minutes| Times::Every { period: minutes * 60, window: Window::DAY }),
    ];
    let months = prop::collection::btree_set(1_i8..=12, 0..3);
    (days, months, times).prop_map(|(days, months, times)| {
        let days = match days {
            Days::Weekly { mut weekdays, every } => {
                weekdays.sort_unstable_by_key(|day| day.to_monday_zero_offset());
                weekdays.dedup();
                Days::Weekly { weekdays, every }
            }
            Days::Monthly { mut days, every } => {
                days.sort_unstable_by_key(|day| sentence::rank(*day));
                days.dedup();
                Days::Monthly { days, every }
            }
            days => days,
        };
        Calendar { days, months: months.into_iter().collect(), times }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_is_said_of_a_calendar_is_read_as_the_same(calendar in calendars()) {
        for language in Language::ALL {
            let text = said(&calendar, language);
            let read = read(&text).map_err(|misread| TestCaseError::fail(format!("{text}: {misread:?}")))?;
            prop_assert_eq!(&read.calendar, &calendar, "{}", text);
        }
    }

    #[test]
    fn no_text_breaks_the_reader(text in "[a-z0-9:, \\-/每週周一二十第個月日天點半底下午最後到、和工作日]{0,40}") {
        let length = text.chars().count();
        if let Err(misread) = read(&text) {
            prop_assert!(misread.at <= length, "{misread:?}");
        }
    }
}
