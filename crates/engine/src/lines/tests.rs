//! Lines by key, over restarts and with changing limits.

use super::*;
use scenario::plan::{Concurrency, OnFull, Rate};
use std::time::Duration;

fn run(number: u128) -> RunId {
    RunId(uuid::Uuid::from_u128(number))
}

fn id() -> ScenarioId {
    "test".parse().unwrap()
}

fn limits(concurrency: Option<u32>, queue: Option<u32>, rate: Option<(u32, u64)>) -> Limits {
    let rate = rate.map(|(count, seconds)| Rate { count, per: Duration::from_secs(seconds) });
    let concurrency = concurrency.map(|limit| Concurrency { limit, key: None, on_full: OnFull::Queue });
    Limits { concurrency, queue, rate, ..Limits::default() }
}

fn full(limit: u32, on_full: OnFull) -> Limits {
    Limits { concurrency: Some(Concurrency { limit, key: None, on_full }), ..Limits::default() }
}

fn at(limits: &Limits, now: Millis) -> Rules<'_> {
    Rules { limits, gate: Gate::Open, now }
}

fn enter(lines: &Lines, limits: &Limits, number: u128, now: Millis) -> Result<Place, Shut> {
    lines.enter(&id(), WHOLE, run(number), at(limits, now))
}

fn admitted(lines: &Lines, limits: &Limits, now: Millis) -> Vec<RunId> {
    lines.advance(&id(), at(limits, now)).admitted
}

#[test]
fn how_lines_stand_is_told_over_all_of_them() {
    let (lines, one) = (Lines::default(), limits(Some(1), None, None));
    let stands = || {
        let standing = lines.standings(0)[&id()];
        (standing.inside, standing.waiting, standing.oldest)
    };
    for (line, number) in [(7, 1), (7, 4), (7, 5), (8, 2), (8, 3)] {
        lines.enter(&id(), line, run(number), at(&one, 0)).unwrap();
    }
    assert_eq!(stands(), (2, 3, Some(run(3))));
    lines.leave(&id(), 8, run(3));
    assert_eq!(stands(), (2, 2, Some(run(4))));
    lines.return_to(&id(), 9, run(6), Progress::Begun);
    lines.return_to(&id(), 9, run(6), Progress::Begun);
    lines.leave(&id(), 7, run(1));
    assert_eq!((admitted(&lines, &one, 0), stands()), (vec![run(4)], (3, 1, Some(run(5)))));
    [(7, 4), (7, 5), (8, 2)].iter().for_each(|(line, number)| lines.leave(&id(), *line, run(*number)));
    assert_eq!(stands(), (1, 0, None));
}

#[test]
fn runs_follow_each_other_in_the_order_of_their_names() {
    let (lines, one) = (Lines::default(), limits(Some(1), None, None));
    assert_eq!(enter(&lines, &one, 3, 0), Ok(Place::Inside));
    for number in [5, 4, 6] {
        assert_eq!(enter(&lines, &one, number, 0), Ok(Place::Behind));
    }
    assert!(admitted(&lines, &one, 0).is_empty());
    assert!(lines.is_waiting(&id(), WHOLE, run(4)) && !lines.is_waiting(&id(), WHOLE, run(3)));
    lines.leave(&id(), WHOLE, run(3));
    assert_eq!(enter(&lines, &one, 7, 0), Ok(Place::Behind), "no one passes those who wait");
    assert_eq!(lines.len(), 4);
    assert_eq!(admitted(&lines, &one, 0), [run(4)]);
    lines.leave(&id(), WHOLE, run(5));
    for (over, next) in [(4, 6), (6, 7)] {
        lines.leave(&id(), WHOLE, run(over));
        assert_eq!(admitted(&lines, &one, 0), [run(next)]);
    }
    lines.leave(&id(), WHOLE, run(7));
    assert!(admitted(&lines, &one, 0).is_empty());
    assert!(lines.groups().is_empty() && lines.len() == 0, "nothing is kept of an empty line");
}

#[test]
fn other_keys_pass() {
    let (lines, one) = (Lines::default(), limits(Some(1), None, None));
    let enter = |line, number| lines.enter(&id(), line, run(number), at(&one, 0));
    assert_eq!(enter(10, 1), Ok(Place::Inside));
    assert_eq!(enter(10, 2), Ok(Place::Behind));
    assert_eq!(enter(20, 3), Ok(Place::Inside));
    assert_eq!(enter(20, 4), Ok(Place::Behind));
    assert_eq!(enter(10, 5), Ok(Place::Behind));
    lines.leave(&id(), 20, run(3));
    assert_eq!(admitted(&lines, &one, 0), [run(4)]);
    lines.leave(&id(), 10, run(1));
    assert_eq!(admitted(&lines, &one, 0), [run(2)]);
    let standing = lines.standings(0)[&id()];
    assert_eq!((standing.waiting, standing.inside, standing.oldest), (1, 2, Some(run(5))));
}

#[test]
fn a_full_queue_takes_no_more_over_all_keys() {
    let (lines, short) = (Lines::default(), limits(Some(1), Some(1), None));
    assert_eq!(enter(&lines, &short, 1, 0), Ok(Place::Inside));
    assert_eq!(enter(&lines, &short, 2, 0), Ok(Place::Behind));
    assert_eq!(lines.enter(&id(), 9, run(3), at(&short, 0)), Ok(Place::Inside));
    let refused = lines.enter(&id(), 9, run(4), at(&short, 0));
    assert!(matches!(refused, Err(Shut::Full { retry_after: 1..=3_600 })), "{refused:?}");
    lines.return_to(&id(), WHOLE, run(5), Progress::New);
    lines.leave(&id(), WHOLE, run(1));
    let wide = limits(Some(5), None, None);
    assert_eq!(admitted(&lines, &wide, 0), [run(2), run(5)], "by the limits as they are now");
}

#[test]
fn no_more_begin_in_a_time_than_the_rate_says() {
    let (lines, rate) = (Lines::default(), limits(None, None, Some((2, 10))));
    for (number, place) in [(1, Place::Inside), (2, Place::Inside), (3, Place::Behind), (4, Place::Behind)] {
        assert_eq!(enter(&lines, &rate, number, 1_000), Ok(place));
    }
    let advance = lines.advance(&id(), at(&rate, 1_000));
    assert_eq!((advance.admitted.len(), advance.next), (0, Some((6_000, run(3)))));
    let advance = lines.advance(&id(), at(&rate, 6_000));
    assert_eq!((advance.admitted, advance.next), (vec![run(3)], Some((11_000, run(4)))));
    assert_eq!(admitted(&lines, &rate, 60_000), [run(4)]);
    assert_eq!(enter(&lines, &rate, 5, 60_000), Ok(Place::Inside));
    assert_eq!(enter(&lines, &rate, 6, 60_000), Ok(Place::Behind));
}

#[test]
fn a_clock_that_is_set_back_holds_no_one_up_for_longer_than_the_rate_does() {
    let (lines, rate) = (Lines::default(), limits(None, None, Some((2, 10))));
    assert_eq!(enter(&lines, &rate, 1, 86_400_000), Ok(Place::Inside));
    assert_eq!(enter(&lines, &rate, 2, 1_000), Ok(Place::Behind));
    assert_eq!(lines.advance(&id(), at(&rate, 1_000)).next, Some((6_000, run(2))));
    assert_eq!(admitted(&lines, &rate, 6_000), [run(2)]);
}

#[test]
fn who_is_lined_up_twice_waits_once() {
    let lines = Lines::default();
    (0..3).for_each(|_| lines.return_to(&id(), WHOLE, run(1), Progress::New));
    assert_eq!(lines.len(), 1);
    lines.leave(&id(), WHOLE, run(1));
    assert_eq!(lines.len(), 0);
}

#[test]
fn what_is_not_wanted_beyond_the_limit_is_dropped_and_counted() {
    let (lines, drop) = (Lines::default(), full(1, OnFull::Drop));
    assert_eq!(enter(&lines, &drop, 1, 0), Ok(Place::Inside));
    assert_eq!(enter(&lines, &drop, 2, 0), Err(Shut::Dropped));
    lines.leave(&id(), WHOLE, run(1));
    assert_eq!(enter(&lines, &drop, 3, 0), Ok(Place::Inside));
    assert_eq!(lines.standings(0)[&id()].dropped, 1);
}

#[test]
fn the_oldest_ends_for_the_newest_once() {
    let (lines, newest) = (Lines::default(), full(2, OnFull::CancelRunning));
    let advance = || lines.advance(&id(), at(&newest, 0));
    for number in [1, 2] {
        assert_eq!(enter(&lines, &newest, number, 0), Ok(Place::Inside));
    }
    assert_eq!(enter(&lines, &newest, 3, 0), Ok(Place::Behind));
    assert_eq!(advance().displaced, [run(1)]);
    assert!(advance().displaced.is_empty(), "it is told once");
    assert_eq!(enter(&lines, &newest, 4, 0), Ok(Place::Behind));
    assert_eq!(advance().displaced, [run(2)]);
    lines.leave(&id(), WHOLE, run(1));
    let next = advance();
    assert_eq!((next.admitted, next.displaced), (vec![run(3)], vec![]));
    lines.leave(&id(), WHOLE, run(2));
    assert_eq!(advance().admitted, [run(4)]);
}

#[test]
fn nothing_begins_while_paused_and_all_that_may_begins_after() {
    let (lines, open) = (Lines::default(), limits(None, None, None));
    let paused = Rules { limits: &open, gate: Gate::Paused, now: 0 };
    for number in 1..=3 {
        assert_eq!(lines.enter(&id(), WHOLE, run(number), paused), Ok(Place::Behind));
    }
    assert_eq!(lines.advance(&id(), paused).admitted, []);
    assert_eq!(admitted(&lines, &open, 0), [run(1), run(2), run(3)]);
}

#[test]
fn who_had_begun_before_a_restart_goes_on_and_the_others_wait_for_it() {
    let (lines, one) = (Lines::default(), limits(Some(1), None, None));
    lines.return_to(&id(), WHOLE, run(1), Progress::New);
    lines.return_to(&id(), WHOLE, run(2), Progress::Begun);
    assert!(admitted(&lines, &one, 0).is_empty());
    lines.leave(&id(), WHOLE, run(2));
    assert_eq!(admitted(&lines, &one, 0), [run(1)]);
}

#[test]
fn whoever_is_first_in_a_line_is_told_where_runs_have_a_deadline() {
    let one = Limits { deadline: Some(Duration::from_secs(9)), ..limits(Some(1), None, None) };
    let lines = Lines::default();
    for number in 1..=3 {
        enter(&lines, &one, number, 0).unwrap();
    }
    assert_eq!(lines.advance(&id(), at(&one, 0)).first, [run(2)]);
    lines.leave(&id(), WHOLE, run(2));
    assert_eq!(lines.advance(&id(), at(&one, 0)).first, [run(3)]);
}
