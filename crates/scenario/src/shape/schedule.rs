//! `schedule:` the clock starts the scenario.

use crate::calendar;
use crate::check::{Checker, Fields};
use crate::diagnostic::{Diagnostic, Place};
use crate::plan::{Bounds, Calendar, CatchUp, Days, Schedule, Times, When, Window};
use crate::text::{Entry, Node, Value};
use croner::parser::{CronParser, Year};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use std::time::Duration;

pub(super) const KEYS: &[&str] =
    &["cron", "every", "at", "calendar", "between", "from", "until", "except", "jitter", "timezone", "catch_up"];
const TIMES: &[&str] = &["cron", "every", "at", "calendar"];
const WORDS: &[(&str, CatchUp)] = &[("skip", CatchUp::Skip), ("one", CatchUp::One), ("all", CatchUp::All)];
/// No schedule fires more often.
const SHORTEST: Duration = Duration::from_secs(1);
/// How many times and exceptions a schedule may list.
const MOST: usize = 1_000;

/// When something is due, and in which zone, if the words name one.
struct Due {
    when: When,
    zone: Option<String>,
}

impl Due {
    fn at(when: When) -> Self {
        Self { when, zone: None }
    }
}

impl Checker<'_> {
    /// Times that start runs. `place` is the key's; `timezone` the scenario's.
    pub(super) fn schedule(&mut self, node: &Node, place: Place, timezone: &str) -> Option<Schedule> {
        if let Value::Text(_) = node.value {
            let Due { when, zone } = self.calendar(node)?;
            let timezone = zone.unwrap_or_else(|| timezone.to_owned());
            let (bounds, jitter, catch_up) = (Bounds::default(), Duration::ZERO, CatchUp::Skip);
            return Some(Schedule { when, bounds, jitter, catch_up, timezone, place });
        }
        let fields = self.fields(node, "`schedule`", KEYS)?;
        self.schedule_of(fields, "`schedule`", TIMES, (place, timezone))
    }

    /// The times that these fields say, one of the keys `times` among them.
    pub(super) fn schedule_of(
        &mut self,
        fields: Fields<'_>,
        what: &str,
        times: &[&str],
        (place, timezone): (Place, &str),
    ) -> Option<Schedule> {
        let own = fields.get("timezone").and_then(|node| self.zone(node)).map(str::to_owned);
        let catch_up = fields.get("catch_up").and_then(|node| self.word(node, "`catch_up`", WORDS));
        let jitter = fields.get("jitter").and_then(|node| self.positive_duration(node, "`jitter`"));
        let between = fields.get("between").and_then(|node| self.window(node));
        let bounds = self.bounds(fields);
        let Due { when, zone } = self.times(fields, what, times)?;
        let when = match (fields.get("between"), between) {
            (Some(node), Some(window)) => self.within(node, when, window)?,
            _ => when,
        };
        let timezone = zone.or(own).unwrap_or_else(|| timezone.to_owned());
        let (jitter, catch_up) = (jitter.unwrap_or_default(), catch_up.unwrap_or(CatchUp::Skip));
        Some(Schedule { when, bounds, jitter, catch_up, timezone, place })
    }

    fn times(&mut self, fields: Fields<'_>, what: &str, times: &[&str]) -> Option<Due> {
        let given: Vec<&Entry> = fields.entries().iter().filter(|e| times.contains(&e.key.text.as_str())).collect();
        match given.as_slice() {
            [] => self.report(Diagnostic::one_of_keys(fields.place, what, times)),
            [_, second, ..] => self.report(Diagnostic::one_of_keys(second.key.place, what, times)),
            [_] => {}
        }
        let times: Vec<_> = given.iter().map(|entry| self.time(entry)).collect();
        times.into_iter().next()?
    }

    fn time(&mut self, entry: &Entry) -> Option<Due> {
        let Entry { key, node } = entry;
        match key.text.as_str() {
            "cron" => self.cron(node).map(When::Cron).map(Due::at),
            "every" => self.every(node).map(When::Every).map(Due::at),
            "calendar" => self.calendar(node),
            _ => self.at(node).map(When::At).map(Due::at),
        }
    }

    /// Times in words.
    fn calendar(&mut self, node: &Node) -> Option<Due> {
        let text = self.text(node, "`calendar`")?;
        let misread = match calendar::read(text) {
            Ok(calendar::Said { calendar, zone }) => {
                let zone = zone.map(|zone| self.zone_in_words(node, text, &zone));
                return Some(Due { when: When::Calendar(calendar), zone: zone.flatten() });
            }
            Err(misread) => misread,
        };
        let place = node.places(self.source).at(misread.at);
        if is_cron(text) {
            self.report(Diagnostic::cron_as_words(node.place, text));
            return None;
        }
        let known = self.candidates(calendar::known());
        self.report(Diagnostic::bad_calendar(place, &misread.problem, misread.unknown.as_deref(), known));
        None
    }

    fn zone_in_words(&mut self, node: &Node, text: &str, zone: &str) -> Option<String> {
        let before = text.find(zone).map_or(0, |at| text[..at].chars().count());
        let place = node.places(self.source).at(before);
        self.zone_at(place, zone)
    }

    /// What comes only in a part of the day is counted from the beginning of that part.
    fn within(&mut self, node: &Node, when: When, window: Window) -> Option<When> {
        let When::Every(period) = when else {
            self.report(Diagnostic::window_without_interval(node.place));
            return None;
        };
        let fits = period.subsec_nanos() == 0 && period.as_secs() <= u64::from(window.length());
        let Some(period) = u32::try_from(period.as_secs()).ok().filter(|_| fits) else {
            let range = "whole seconds, and no longer than the window of `between`";
            self.report(Diagnostic::out_of_range(node.place, "`every`", range, &format!("{period:?}")));
            return None;
        };
        let times = Times::Every { period, window };
        Some(When::Calendar(Calendar { days: Days::Every(1), months: Vec::new(), times }))
    }

    /// `08:00-20:00`.
    fn window(&mut self, node: &Node) -> Option<Window> {
        let text = self.text(node, "`between`")?;
        let times = text.split_once('-').or_else(|| text.split_once(" and "));
        let time = |text: &str| format!("{:0>5}", text.trim()).parse().ok();
        let window = times.and_then(|(from, to)| Some(Window { from: time(from)?, to: time(to)? }));
        if window.is_none() {
            self.report(Diagnostic::bad_window(node.place, text));
        }
        window
    }

    /// What it is bounded by.
    pub(super) fn bounds(&mut self, fields: Fields<'_>) -> Bounds {
        let from = fields.get("from").and_then(|node| self.date_or_time(node, "`from`"));
        let until = fields.get("until").and_then(|node| self.date_or_time(node, "`until`"));
        Bounds { from, until, except: fields.get("except").map(|node| self.exceptions(node)).unwrap_or_default() }
    }

    fn date_or_time(&mut self, node: &Node, what: &str) -> Option<String> {
        let text = self.text(node, what)?;
        if text.parse::<Date>().is_err() || text.len() > 10 && !is_time(text) {
            self.report(Diagnostic::bad_time(node.place, text));
            return None;
        }
        Some(text.to_owned())
    }

    fn cron(&mut self, node: &Node) -> Option<String> {
        let pattern = self.text(node, "`cron`")?;
        let fields = pattern.split_whitespace().count();
        if !matches!(fields, 5 | 6) && !pattern.starts_with('@') {
            self.report(Diagnostic::bad_cron(node.place, pattern, &format!("it has {fields} fields, not 5 or 6")));
            return None;
        }
        let cron = match CronParser::builder().year(Year::Disallowed).build().parse(pattern) {
            Ok(cron) => cron,
            Err(error) => {
                let problem = error.to_string();
                self.report(Diagnostic::bad_cron(node.place, pattern, problem.trim_end_matches('.')));
                return None;
            }
        };
        // Any day will do to begin the search with: it goes on for centuries.
        let start = DateTime::constant(2024, 1, 1, 0, 0, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        if cron.find_next_occurrence(&start, false).is_err() {
            self.report(Diagnostic::cron_never(node.place, pattern));
            return None;
        }
        Some(pattern.to_owned())
    }

    fn every(&mut self, node: &Node) -> Option<Duration> {
        let every = self.duration(node, "`every`")?;
        if every < SHORTEST {
            self.report(Diagnostic::out_of_range(node.place, "`every`", "at least `1s`", node.written(self.source)));
            return None;
        }
        Some(every)
    }

    /// A time, or a list of them.
    fn at(&mut self, node: &Node) -> Option<Vec<String>> {
        let nodes = match &node.value {
            Value::List(_) => self.filled_list(node, "`at`"),
            _ => std::slice::from_ref(node),
        };
        if nodes.len() > MOST {
            let range = format!("a list of at most {MOST} times");
            self.report(Diagnostic::out_of_range(node.place, "`at`", &range, &nodes.len().to_string()));
            return None;
        }
        let times: Vec<Option<String>> = nodes.iter().map(|node| self.one_time(node)).collect();
        times.into_iter().collect()
    }

    fn one_time(&mut self, node: &Node) -> Option<String> {
        let time = self.text(node, "`at`")?;
        if !is_time(time) {
            self.report(Diagnostic::bad_time(node.place, time));
            return None;
        }
        Some(time.to_owned())
    }
}

/// Whether the text is a time, with an offset or without. A zone in brackets would speak against `timezone`.
pub(super) fn is_time(text: &str) -> bool {
    (text.parse::<jiff::Timestamp>().is_ok() || is_local_time(text)) && !text.contains('[')
}

/// A date with a time, without a zone: jiff would accept an offset here and then drop it.
fn is_local_time(text: &str) -> bool {
    let time = text.get(10..).unwrap_or_default();
    !time.contains(['+', '-', 'Z', 'z']) && text.len() > 10 && text.parse::<DateTime>().is_ok()
}

/// Whether a text that is no words looks like a pattern of cron: five or six fields, or a name as `@daily`.
fn is_cron(text: &str) -> bool {
    let is_field = |field: &str| field.chars().all(|c| c.is_ascii_alphanumeric() || "*/,-?#".contains(c));
    let fields: Vec<&str> = text.split_whitespace().collect();
    text.starts_with('@') || ((5..=6).contains(&fields.len()) && text.contains('*') && fields.into_iter().all(is_field))
}
