//! Due times in several zones, over changes of the clock, and after an absence.

use super::*;
use proptest::prelude::*;
use scenario::calendar;
use scenario::diagnostic::Place;
use std::time::Duration;

fn timetable(when: When, timezone: &str, catch_up: CatchUp) -> Timetable {
    Timetable::of(&schedule(when, timezone, catch_up)).unwrap()
}

fn schedule(when: When, timezone: &str, catch_up: CatchUp) -> Schedule {
    let (bounds, jitter) = (Bounds::default(), Duration::ZERO);
    Schedule { when, bounds, jitter, catch_up, timezone: timezone.to_owned(), place: Place::default() }
}

fn cron(pattern: &str, timezone: &str) -> Timetable {
    timetable(When::Cron(pattern.to_owned()), timezone, CatchUp::All)
}

fn millis(time: &str) -> Millis {
    time.parse::<Timestamp>().unwrap().as_millisecond()
}

fn text(time: Millis) -> String {
    Timestamp::from_millisecond(time).unwrap().to_string()
}

/// The due times after `after`, as many as are expected.
fn check(timetable: &Timetable, after: &str, expected: &[&str]) {
    let mut times = Vec::new();
    let mut last = millis(after);
    for _ in expected {
        last = timetable.next(last).unwrap();
        times.push(text(last));
    }
    assert_eq!(times, expected, "{timetable:?} after {after}");
}

#[test]
fn patterns() {
    let utc = |pattern: &str| cron(pattern, "UTC");
    check(&utc("*/15 * * * *"), "2026-01-01T00:00:00Z", &["2026-01-01T00:15:00Z", "2026-01-01T00:30:00Z"]);
    check(&utc("*/15 * * * *"), "2026-01-01T00:14:59.999Z", &["2026-01-01T00:15:00Z"]);
    check(&utc("*/15 * * * *"), "2026-01-01T00:15:00.001Z", &["2026-01-01T00:30:00Z"]);
    check(&utc("*/20 * * * * *"), "2026-01-01T00:00:00.500Z", &["2026-01-01T00:00:20Z", "2026-01-01T00:00:40Z"]);
    check(&utc("0 9 * * MON-FRI"), "2026-01-02T09:00:00Z", &["2026-01-05T09:00:00Z"]);
    check(&utc("0 0 29 2 *"), "2026-01-01T00:00:00Z", &["2028-02-29T00:00:00Z"]);
    check(&utc("0 0 L * *"), "2026-02-01T00:00:00Z", &["2026-02-28T00:00:00Z", "2026-03-31T00:00:00Z"]);
    check(&utc("@daily"), "2026-01-01T00:00:00Z", &["2026-01-02T00:00:00Z"]);
}

#[test]
fn zones() {
    check(&cron("0 9 * * *", "Asia/Taipei"), "2026-01-01T00:00:00Z", &["2026-01-01T01:00:00Z", "2026-01-02T01:00:00Z"]);
    check(&cron("0 0 1 * *", "Asia/Taipei"), "2026-01-01T00:00:00Z", &["2026-01-31T16:00:00Z"]);
    check(&cron("30 5 * * *", "Asia/Kathmandu"), "2026-01-01T00:00:00Z", &["2026-01-01T23:45:00Z"]);
    check(&cron("0 12 * * *", "Pacific/Kiritimati"), "2026-01-01T00:00:00Z", &["2026-01-01T22:00:00Z"]);
    check(
        &cron("0 9 * * *", "Europe/Berlin"),
        "2026-03-28T00:00:00Z",
        &["2026-03-28T08:00:00Z", "2026-03-29T07:00:00Z", "2026-03-30T07:00:00Z"],
    );
}

/// New York, 2026-03-08: 02:00 EST is followed by 03:00 EDT.
#[test]
fn d6_a_time_in_the_gap_comes_once() {
    let new_york = |pattern| cron(pattern, "America/New_York");
    check(
        &new_york("30 2 * * *"),
        "2026-03-07T00:00:00Z",
        &["2026-03-07T07:30:00Z", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"],
    );
    check(
        &new_york("*/30 * * * *"),
        "2026-03-08T06:00:00Z",
        &["2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z", "2026-03-08T07:30:00Z"],
    );
}

/// New York, 2026-11-01: 01:59 EDT is followed by 01:00 EST.
#[test]
fn d6_a_time_that_exists_twice_comes_once() {
    let new_york = |pattern| cron(pattern, "America/New_York");
    check(&new_york("30 1 * * *"), "2026-10-31T12:00:00Z", &["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]);
    check(
        &new_york("*/30 * * * *"),
        "2026-11-01T05:00:00Z",
        &["2026-11-01T05:30:00Z", "2026-11-01T06:00:00Z", "2026-11-01T06:30:00Z", "2026-11-01T07:00:00Z"],
    );
}

#[test]
fn every_is_counted_from_a_fixed_time() {
    let every = |seconds| timetable(When::Every(Duration::from_secs(seconds)), "UTC", CatchUp::All);
    check(&every(300), "2026-01-01T00:00:00Z", &["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"]);
    check(&every(300), "2026-01-01T00:03:17.123Z", &["2026-01-01T00:05:00Z", "2026-01-01T00:10:00Z"]);
    check(&every(7 * 86_400), "2026-01-01T00:00:01Z", &["2026-01-08T00:00:00Z"]);
    check(&every(60), "1969-12-31T23:58:30Z", &["1969-12-31T23:59:00Z", "1970-01-01T00:00:00Z"]);
    assert_eq!(every(60).next(Millis::MAX), None);
}

#[test]
fn at_comes_once() {
    let at = |time: &str, zone| timetable(When::At(vec![time.to_owned()]), zone, CatchUp::All);
    for (time, zone, expected) in [
        ("2026-05-01T09:00:00Z", "Asia/Taipei", "2026-05-01T09:00:00Z"),
        ("2026-05-01T09:00:00+02:00", "UTC", "2026-05-01T07:00:00Z"),
        ("2026-05-01T09:00", "Asia/Taipei", "2026-05-01T01:00:00Z"),
        ("2026-05-01", "America/New_York", "2026-05-01T04:00:00Z"),
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00Z"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00Z"),
    ] {
        let timetable = at(time, zone);
        check(&timetable, "2026-01-01T00:00:00Z", &[expected]);
        assert_eq!(timetable.next(millis(expected)), None);
        assert_eq!(timetable.next(millis(expected) - 1), Some(millis(expected)));
    }
}

#[test]
fn schedules_without_times() {
    let check = |when: When, zone: &str, expected: &str| {
        let error = Timetable::of(&schedule(when, zone, CatchUp::Skip)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(When::Cron("* * * * *".into()), "Mars/Olympus", "`Mars/Olympus`");
    check(When::Cron("61 * * * *".into()), "UTC", "`61 * * * *`");
    check(When::Cron("* * * * * * 2030".into()), "UTC", "cron pattern");
    check(When::Cron(String::new()), "UTC", "cron pattern");
    check(When::Every(Duration::ZERO), "UTC", "interval");
    check(When::Every(Duration::MAX), "UTC", "interval");
    check(When::At(vec!["tomorrow".into()]), "UTC", "`tomorrow`");
}

#[test]
fn a_pattern_that_never_comes_has_no_next_time() {
    assert_eq!(cron("0 0 31 2 *", "UTC").next(millis("2026-01-01T00:00:00Z")), None);
}

#[test]
fn missed_times() {
    let daily = |catch_up| timetable(When::Cron("0 9 * * *".into()), "Asia/Taipei", catch_up);
    let check = |timetable: &Timetable, last: &str, now: &str, expected: &[&str]| {
        let missed: Vec<String> = timetable.missed(millis(last), millis(now)).into_iter().map(text).collect();
        assert_eq!(missed, expected, "{last} to {now}");
    };
    let (last, now) = ("2026-01-01T01:00:00Z", "2026-01-04T12:00:00Z");
    check(&daily(CatchUp::Skip), last, now, &[]);
    check(&daily(CatchUp::One), last, now, &["2026-01-04T01:00:00Z"]);
    check(&daily(CatchUp::All), last, now, &["2026-01-02T01:00:00Z", "2026-01-03T01:00:00Z", "2026-01-04T01:00:00Z"]);
    check(&daily(CatchUp::All), last, "2026-01-02T01:00:00Z", &["2026-01-02T01:00:00Z"]);
    check(&daily(CatchUp::All), last, "2026-01-02T00:59:59.999Z", &[]);
    check(&daily(CatchUp::All), last, last, &[]);
}

#[test]
fn d6_a_clock_set_back_gives_nothing_twice() {
    let hourly = cron("0 * * * *", "America/New_York");
    let settled = millis("2026-06-01T12:00:00Z");
    assert!(hourly.missed(settled, millis("2026-06-01T11:00:00Z")).is_empty());
    assert_eq!(hourly.next(settled), Some(millis("2026-06-01T13:00:00Z")));
}

#[test]
fn at_most_a_thousand_are_made_up_for_and_quickly() {
    let (last, now) = (millis("2021-01-01T00:00:00Z"), millis("2026-01-01T00:00:00Z"));
    let seconds = timetable(When::Every(Duration::from_secs(1)), "UTC", CatchUp::All).missed(last, now);
    assert_eq!((seconds.len(), seconds[0], seconds[999]), (MOST_MISSED, now - 999_000, now));
    let minutes = cron("* * * * *", "Europe/Berlin").missed(last, now);
    assert_eq!((minutes.len(), minutes[0], minutes[999]), (MOST_MISSED, now - 999 * 60_000, now));
    let yearly = timetable(When::Cron("0 0 1 1 *".into()), "UTC", CatchUp::One).missed(last, now - 1);
    assert_eq!(yearly, [millis("2025-01-01T00:00:00Z")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Around changes of the clock in any of these zones: times only grow, and those missed are those that would
    /// have come.
    #[test]
    fn missed_is_what_would_have_come(
        zone in prop::sample::select(vec!["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Taipei", "UTC"]),
        pattern in prop::sample::select(
            vec!["30 2 * * *", "*/20 * * * *", "0 1,2,3 * * *", "15 */2 * * *", "0 30 1 * * SUN", "59 59 23 * * *"],
        ),
        start in prop::sample::select(
            vec!["2026-03-07T20:00:00Z", "2026-03-28T20:00:00Z", "2026-04-04T10:00:00Z", "2026-10-24T20:00:00Z",
                 "2026-10-31T20:00:00Z", "2026-10-03T10:00:00Z"],
        ),
        shift in 0_i64..86_400_000,
        length in 0_i64..259_200_000,
    ) {
        let timetable = cron(pattern, zone);
        let last = millis(start) + shift;
        let now = last + length;
        let mut coming = Vec::new();
        let mut time = last;
        while let Some(due) = timetable.next(time).filter(|due| *due <= now) {
            prop_assert!(due > time);
            prop_assert_eq!(due % 1_000, 0);
            coming.push(due);
            time = due;
        }
        prop_assert_eq!(timetable.missed(last, now), coming);
    }
}

fn words(text: &str) -> Timetable {
    let calendar::Said { calendar, zone } = calendar::read(text).unwrap();
    timetable(When::Calendar(calendar), &zone.unwrap(), CatchUp::All)
}

#[test]
fn times_in_words() {
    check(
        &words("every weekday at 09:00 Asia/Taipei"),
        "2026-01-01T12:00:00Z",
        &["2026-01-02T01:00:00Z", "2026-01-05T01:00:00Z"],
    );
    check(
        &words("on the last day of the month at 23:00 UTC"),
        "2026-01-31T23:00:00Z",
        &["2026-02-28T23:00:00Z", "2026-03-31T23:00:00Z"],
    );
    check(
        &words("每週一、四 18:30 Asia/Taipei"),
        "2026-01-01T10:30:00Z",
        &["2026-01-05T10:30:00Z", "2026-01-08T10:30:00Z"],
    );
    check(
        &words("every 5 hours between 8:00 and 20:00 UTC"),
        "2026-01-01T13:00:00Z",
        &["2026-01-01T18:00:00Z", "2026-01-02T08:00:00Z"],
    );
    check(
        &words("every 3 hours between 22:00 and 4:00 on saturday UTC"),
        "2026-01-03T00:00:00Z",
        &["2026-01-03T22:00:00Z", "2026-01-04T01:00:00Z", "2026-01-04T04:00:00Z", "2026-01-10T22:00:00Z"],
    );
    check(
        &words("on february 29 at 12:00 UTC"),
        "2026-01-01T00:00:00Z",
        &["2028-02-29T12:00:00Z", "2032-02-29T12:00:00Z"],
    );
}

/// In each of these zones the clock is put forward and back; half an hour on Lord Howe Island.
#[test]
fn d6_days_on_which_the_clock_is_changed() {
    for (zone, gap, fold) in [
        (
            "Europe/Berlin",
            ("2026-03-28T12:00:00Z", "02:30", "2026-03-29T01:00:00Z"),
            ("2026-10-24T12:00:00Z", "02:30", "2026-10-25T00:30:00Z"),
        ),
        (
            "America/New_York",
            ("2026-03-07T12:00:00Z", "02:30", "2026-03-08T07:00:00Z"),
            ("2026-10-31T12:00:00Z", "01:30", "2026-11-01T05:30:00Z"),
        ),
        (
            "Australia/Lord_Howe",
            ("2026-10-03T12:00:00Z", "02:15", "2026-10-03T15:30:00Z"),
            ("2026-04-04T12:00:00Z", "01:45", "2026-04-04T14:45:00Z"),
        ),
        (
            "Asia/Taipei",
            ("2026-03-28T12:00:00Z", "02:30", "2026-03-28T18:30:00Z"),
            ("2026-10-24T12:00:00Z", "02:30", "2026-10-24T18:30:00Z"),
        ),
    ] {
        for (after, time, expected) in [gap, fold] {
            let (hour, minute) = time.split_once(':').unwrap();
            let by_words = words(&format!("every day at {time} {zone}"));
            let by_pattern = cron(&format!("{minute} {hour} * * *"), zone);
            for timetable in [by_words, by_pattern] {
                check(&timetable, after, &[expected]);
                let following = timetable.next(millis(expected)).unwrap();
                assert!(following - millis(expected) > 22 * 3_600_000, "{zone} {time}: twice, {}", text(following));
            }
        }
    }
}

#[test]
fn an_interval_goes_on_through_a_change_of_the_clock() {
    let hourly = words("every hour between 0:00 and 4:00 Europe/Berlin");
    // From 01:59 to 03:00: 02:00 is the end of the gap, as 03:00 is.
    check(
        &hourly,
        "2026-03-28T22:30:00Z",
        &[
            "2026-03-28T23:00:00Z",
            "2026-03-29T00:00:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T02:00:00Z",
            "2026-03-29T22:00:00Z",
        ],
    );
    // 02:00 comes twice, an hour between them.
    check(
        &hourly,
        "2026-10-24T22:30:00Z",
        &[
            "2026-10-24T23:00:00Z",
            "2026-10-25T00:00:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T02:00:00Z",
            "2026-10-25T03:00:00Z",
        ],
    );
}

fn bounded(when: When, bounds: Bounds) -> Timetable {
    Timetable::of(&Schedule { bounds, ..schedule(when, "Asia/Taipei", CatchUp::All) }).unwrap()
}

#[test]
fn bounds_and_exceptions() {
    let every = |hours: u64| When::Every(Duration::from_secs(hours * 3_600));
    let from = Bounds { from: Some("2026-01-10T09:30".into()), ..Bounds::default() };
    check(&bounded(every(24), from), "2026-01-01T00:00:00Z", &["2026-01-10T01:30:00Z", "2026-01-11T01:30:00Z"]);
    let until = Bounds { until: Some("2026-01-02".into()), ..Bounds::default() };
    let daily = bounded(When::Cron("0 23 * * *".into()), until);
    check(&daily, "2026-01-01T16:00:00Z", &["2026-01-02T15:00:00Z"]);
    assert_eq!(daily.next(millis("2026-01-02T15:00:00Z")), None);
    let except = vec![
        Exception::Dates("2026-01-05".parse().unwrap(), "2026-01-06".parse().unwrap()),
        Exception::Yearly((1, 8), (1, 8)),
        Exception::Weekdays(calendar::weekdays("weekend").unwrap()),
    ];
    let except = Bounds { except, ..Bounds::default() };
    // The second is a Friday; days are those of Taipei.
    check(
        &bounded(When::Cron("0 1 * * *".into()), except.clone()),
        "2026-01-01T12:00:00Z",
        &["2026-01-01T17:00:00Z", "2026-01-06T17:00:00Z", "2026-01-08T17:00:00Z", "2026-01-11T17:00:00Z"],
    );
    let seconds = bounded(When::Every(Duration::from_secs(1)), except);
    check(&seconds, "2026-01-02T15:59:59Z", &["2026-01-06T16:00:00Z"]);
    let never = Bounds { except: vec![Exception::Yearly((1, 1), (12, 31))], ..Bounds::default() };
    assert_eq!(bounded(every(24), never).next(0), None);
}

#[test]
fn a_list_of_times_comes_in_order() {
    let times = ["2026-05-02T09:00", "2026-05-01T09:00", "2026-05-01T02:00:00Z"].map(str::to_owned).to_vec();
    let timetable = bounded(When::At(times), Bounds::default());
    assert_eq!(
        timetable.coming(millis("2026-01-01T00:00:00Z"), 10).into_iter().map(text).collect::<Vec<_>>(),
        ["2026-05-01T01:00:00Z", "2026-05-01T02:00:00Z", "2026-05-02T01:00:00Z"]
    );
}

#[test]
fn jitter_is_derived_and_stays_below_the_next() {
    let mut schedule = schedule(When::Every(Duration::from_secs(60)), "UTC", CatchUp::All);
    schedule.jitter = Duration::from_secs(300);
    let timetable = Timetable::of(&schedule).unwrap();
    let dues = timetable.coming(0, 200);
    let begins = |salt| dues.iter().map(|due| timetable.begins(*due, salt) - due).collect::<Vec<_>>();
    assert_eq!(begins(1), begins(1));
    assert_ne!(begins(1), begins(2));
    assert!(begins(1).iter().all(|late| (0..60_000).contains(late)), "{:?}", begins(1));
    let middle = begins(1).iter().filter(|late| **late < 30_000).count();
    assert!((60..140).contains(&middle), "{middle} of 200 in the first half");
}
