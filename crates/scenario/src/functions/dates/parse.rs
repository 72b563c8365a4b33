//! Reads moments that are written in a format of [tokens](super::tokens).

use super::calendar::{MONTHS, WEEKDAYS};
use super::moment::{in_offset, zone_of};
use super::tokens::{Piece, day_of_week, pieces};
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

type Result<T> = std::result::Result<T, String>;

/// The moment that the text says. Of what is not said, larger units are those of `now`, smaller ones begin.
pub(super) fn moment(text: &str, format: &str, now: &Zoned, zone: Option<TimeZone>) -> Result<Zoned> {
    let mut reader = Reader { rest: text.trim() };
    let mut found = Found::default();
    for piece in pieces(format.trim())? {
        match piece {
            Piece::Literal(literal) => reader.literal(literal)?,
            Piece::Token(token) => found.read(token, &mut reader)?,
        }
    }
    if !reader.rest.is_empty() {
        return Err(format!("`{}` is left over; the format ends before it", reader.shown()));
    }
    found.resolve(now, zone)
}

/// What is still to be read.
struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    /// Blanks stand for any number of blanks.
    fn literal(&mut self, literal: &str) -> Result<()> {
        if literal.chars().all(char::is_whitespace) {
            self.rest = self.rest.trim_start();
            return Ok(());
        }
        self.rest = self.rest.strip_prefix(literal).ok_or_else(|| self.expected(&format!("`{literal}`")))?;
        Ok(())
    }

    /// A number of at most this many digits.
    fn number(&mut self, most: usize, what: &str) -> Result<i64> {
        let digits = self.digits(most);
        digits.parse().map_err(|_| self.expected(what))
    }

    fn digits(&mut self, most: usize) -> &'t str {
        let end = self.rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.rest.split_at(end);
        self.rest = rest;
        digits
    }

    /// The position of the name that stands here, whole or cut to this many letters.
    fn name(&mut self, names: &[&str], letters: Option<usize>, what: &str) -> Result<usize> {
        let found = names.iter().enumerate().find_map(|(position, name)| {
            let name = letters.map_or(*name, |letters| &name[..letters]);
            let start = self.rest.get(..name.len())?;
            start.eq_ignore_ascii_case(name).then_some((position, name.len()))
        });
        let (position, length) = found.ok_or_else(|| self.expected(what))?;
        self.rest = &self.rest[length..];
        Ok(position)
    }

    fn expected(&self, what: &str) -> String {
        match self.rest {
            "" => format!("the text ends where {what} should be"),
            _ => format!("{what} should be where `{}` is", self.shown()),
        }
    }

    fn shown(&self) -> String {
        self.rest.chars().take(30).collect()
    }
}

/// What was read.
#[derive(Default)]
struct Found {
    year: Option<i64>,
    quarter: Option<i64>,
    month: Option<i64>,
    day: Option<i64>,
    day_of_year: Option<i64>,
    week_year: Option<i64>,
    week: Option<i64>,
    weekday: Option<Weekday>,
    hour: Option<i64>,
    afternoon: Option<bool>,
    minute: i64,
    second: i64,
    nanosecond: i64,
    zone: Option<TimeZone>,
    instant: Option<Timestamp>,
}

impl Found {
    fn read(&mut self, token: &'static str, reader: &mut Reader) -> Result<()> {
        match token {
            "YYYY" | "Y" => self.year = Some(reader.number(4, "a year")?),
            "YY" => self.year = Some(century(reader.number(2, "a year of two digits")?)),
            "GGGG" => self.week_year = Some(reader.number(4, "a year")?),
            "GG" => self.week_year = Some(century(reader.number(2, "a year of two digits")?)),
            "Q" => self.quarter = Some(reader.number(1, "a quarter")?),
            "M" | "MM" => self.month = Some(reader.number(2, "a month")?),
            "MMM" => self.month = Some(reader.name(&MONTHS, Some(3), "a month such as `Jan`")? as i64 + 1),
            "MMMM" => self.month = Some(reader.name(&MONTHS, None, "a month such as `January`")? as i64 + 1),
            "D" | "DD" => self.day = Some(reader.number(2, "a day")?),
            "Do" => self.day = Some(ordinal(reader)?),
            "DDD" | "DDDD" => self.day_of_year = Some(reader.number(3, "a day of the year")?),
            "dd" => self.weekday(reader, Some(2))?,
            "ddd" => self.weekday(reader, Some(3))?,
            "dddd" => self.weekday(reader, None)?,
            "E" => {
                let day = i8::try_from(reader.number(1, "a weekday from 1 to 7")?).unwrap_or_default();
                self.weekday = Some(Weekday::from_monday_one_offset(day).map_err(|_| "weekdays go from 1 to 7")?);
            }
            "W" | "WW" => self.week = Some(reader.number(2, "a week")?),
            "H" | "HH" | "h" | "hh" => self.hour = Some(reader.number(2, "an hour")?),
            "k" | "kk" => self.hour = Some(reader.number(2, "an hour")? % 24),
            "A" | "a" => self.afternoon = Some(reader.name(&["am", "pm"], None, "`am` or `pm`")? == 1),
            "m" | "mm" => self.minute = reader.number(2, "a minute")?,
            "s" | "ss" => self.second = reader.number(2, "a second")?,
            "Z" | "ZZ" => self.zone = Some(offset(reader)?),
            "X" | "x" => self.instant = Some(unix(token, reader)?),
            token if token.starts_with('S') => self.nanosecond = fraction(reader)?,
            _ => return Err(format!("`{token}` can be written, but not read")),
        }
        Ok(())
    }

    fn weekday(&mut self, reader: &mut Reader, letters: Option<usize>) -> Result<()> {
        let position = reader.name(&WEEKDAYS, letters, "a weekday")?;
        self.weekday = i8::try_from(position).ok().and_then(|day| Weekday::from_monday_zero_offset(day).ok());
        Ok(())
    }

    fn resolve(self, now: &Zoned, zone: Option<TimeZone>) -> Result<Zoned> {
        if let Some(instant) = self.instant {
            return Ok(instant.to_zoned(zone.unwrap_or(TimeZone::UTC)));
        }
        let local = self.date(now.date())?.to_datetime(self.time()?);
        let own = self.zone.or_else(|| zone.clone()).unwrap_or(TimeZone::UTC);
        let moment = own.to_zoned(local).map_err(|_| "the date lies outside of the years 0 to 9999")?;
        Ok(zone.map_or(moment.clone(), |zone| moment.with_time_zone(zone)))
    }

    fn date(&self, today: Date) -> Result<Date> {
        let date = if let Some(week) = self.week {
            let year = self.week_year.or(self.year).unwrap_or(today.iso_week_date().year().into());
            let (year, week) = (i16::try_from(year).unwrap_or_default(), i8::try_from(week).unwrap_or_default());
            let day = day_of_week(year, week, self.weekday.unwrap_or(Weekday::Monday));
            day.ok_or_else(|| format!("the year {year} has no week {week}"))?
        } else if let Some(day) = self.day_of_year {
            let year = self.year.unwrap_or(today.year().into());
            let first = civil(year, 1, 1)?;
            let day = i16::try_from(day).unwrap_or_default();
            first.with().day_of_year(day).build().map_err(|_| format!("the year {year} has no day {day}"))?
        } else {
            self.year_month_day(today)?
        };
        match self.weekday {
            Some(weekday) if weekday != date.weekday() => Err(format!("{date} is a {:?}", date.weekday())),
            _ => Ok(date),
        }
    }

    /// What is larger than all that was said is today's, what is smaller is the first.
    fn year_month_day(&self, today: Date) -> Result<Date> {
        let month = self.month.or(self.quarter.map(|quarter| quarter * 3 - 2));
        let year = self.year.unwrap_or(today.year().into());
        let month = month.unwrap_or(if self.year.is_some() { 1 } else { today.month().into() });
        let said = self.year.is_some() || self.month.is_some() || self.quarter.is_some();
        let day = self.day.unwrap_or(if said { 1 } else { today.day().into() });
        civil(year, month, day)
    }

    fn time(&self) -> Result<Time> {
        let hour = match (self.hour.unwrap_or(0), self.afternoon) {
            (hour, None) => hour,
            (hour @ 1..=12, Some(afternoon)) => hour % 12 + if afternoon { 12 } else { 0 },
            (hour, Some(_)) => return Err(format!("with am and pm there is no hour {hour}")),
        };
        let part = |number: i64| i8::try_from(number).unwrap_or(-1);
        let nanosecond = i32::try_from(self.nanosecond).unwrap_or_default();
        let time = Time::new(part(hour), part(self.minute), part(self.second), nanosecond);
        time.map_err(|_| format!("there is no time {hour}:{:02}:{:02}", self.minute, self.second))
    }
}

fn civil(year: i64, month: i64, day: i64) -> Result<Date> {
    let part = |number: i64| i8::try_from(number).unwrap_or_default();
    let date = Date::new(i16::try_from(year).unwrap_or(i16::MAX), part(month), part(day));
    date.map_err(|_| format!("there is no date {year:04}-{month:02}-{day:02}"))
}

/// Two digits mean 1969 to 2068.
fn century(year: i64) -> i64 {
    if year > 68 { 1900 + year } else { 2000 + year }
}

fn ordinal(reader: &mut Reader) -> Result<i64> {
    let day = reader.number(2, "a day such as `1st`")?;
    reader.name(&["st", "nd", "rd", "th"], None, "`st`, `nd`, `rd` or `th`")?;
    Ok(day)
}

/// Digits behind the point; those beyond nanoseconds are dropped.
fn fraction(reader: &mut Reader) -> Result<i64> {
    let digits = reader.digits(usize::MAX);
    let nine: String = digits.chars().chain("000000000".chars()).take(9).collect();
    if digits.is_empty() { Err(reader.expected("a fraction of a second")) } else { nine.parse().map_err(|_| nine) }
}

fn offset(reader: &mut Reader) -> Result<TimeZone> {
    if let Some(rest) = reader.rest.strip_prefix(['Z', 'z']) {
        reader.rest = rest;
        return Ok(in_offset(jiff::tz::Offset::UTC));
    }
    let end = reader.rest.bytes().take_while(|byte| matches!(byte, b'+' | b'-' | b':' | b'0'..=b'9')).count();
    let (written, rest) = reader.rest.split_at(end);
    let zone = written.starts_with(['+', '-']).then(|| zone_of(written)).flatten();
    let zone = zone.ok_or_else(|| reader.expected("an offset such as `+02:00`"))?;
    reader.rest = rest;
    Ok(zone)
}

fn unix(token: &str, reader: &mut Reader) -> Result<Timestamp> {
    let negative = reader.rest.starts_with('-');
    reader.rest = reader.rest.strip_prefix('-').unwrap_or(reader.rest);
    let number = reader.number(18, "a number")?;
    let mut milliseconds = if token == "X" { number.saturating_mul(1000) } else { number };
    if token == "X" && reader.rest.starts_with('.') {
        reader.rest = &reader.rest[1..];
        milliseconds = milliseconds.saturating_add(fraction(reader)? / 1_000_000);
    }
    let instant = Timestamp::from_millisecond(if negative { -milliseconds } else { milliseconds });
    instant.map_err(|_| "the date lies outside of the years 0 to 9999".into())
}
