//! `except:` days on which a schedule is not due.

use crate::calendar;
use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::Exception;
use crate::text::{Node, Value};
use jiff::civil::Date;

/// How many a schedule may list.
const MOST: usize = 1_000;

impl Checker<'_> {
    /// One of them, or a list.
    pub(super) fn exceptions(&mut self, node: &Node) -> Vec<Exception> {
        let nodes = match &node.value {
            Value::List(nodes) => nodes.as_slice(),
            _ => std::slice::from_ref(node),
        };
        if nodes.len() > MOST {
            let range = format!("a list of at most {MOST}");
            self.report(Diagnostic::out_of_range(node.place, "`except`", &range, &nodes.len().to_string()));
            return Vec::new();
        }
        nodes.iter().filter_map(|node| self.exception(node)).collect()
    }

    fn exception(&mut self, node: &Node) -> Option<Exception> {
        let text = self.text(node, "`except`")?;
        let found = read(text);
        if found.is_none() {
            self.report(Diagnostic::bad_exception(node.place, text));
        }
        found
    }
}

/// `2026-12-24`, `2026-12-24..2027-01-02`, `12-25`, `12-24..01-02`, `saturday`.
fn read(text: &str) -> Option<Exception> {
    let (first, last) = text.split_once("..").unwrap_or((text, text));
    let (first, last) = (first.trim(), last.trim());
    if let (Some(first), Some(last)) = (date(first), date(last)) {
        return (first <= last).then_some(Exception::Dates(first, last));
    }
    if let (Some(first), Some(last)) = (day_of_year(first), day_of_year(last)) {
        return Some(Exception::Yearly(first, last));
    }
    calendar::weekdays(text).map(Exception::Weekdays)
}

fn date(text: &str) -> Option<Date> {
    if text.len() == 10 { text.parse().ok() } else { None }
}

/// Month and day, which some year has.
fn day_of_year(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let number = |text: &str| if text.len() <= 2 { text.parse().ok() } else { None };
    let (month, day) = (number(month)?, number(day)?);
    // A leap year has every day.
    Date::new(2024, month, day).ok().map(|_| (month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::Weekday;

    #[test]
    fn days_are_read_as_people_write_them() {
        let date = |year, month, day| Date::constant(year, month, day);
        let one = date(2026, 12, 24);
        for (text, expected) in [
            ("2026-12-24", Some(Exception::Dates(one, one))),
            ("2026-12-24..2027-01-02", Some(Exception::Dates(one, date(2027, 1, 2)))),
            ("12-25", Some(Exception::Yearly((12, 25), (12, 25)))),
            ("12-24 .. 01-02", Some(Exception::Yearly((12, 24), (1, 2)))),
            ("02-29", Some(Exception::Yearly((2, 29), (2, 29)))),
            ("Saturday", Some(Exception::Weekdays(vec![Weekday::Saturday]))),
            ("2027-01-02..2026-12-24", None),
            ("02-30", None),
            ("2026-13-01", None),
            ("christmas", None),
            ("", None),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }
}
