//! Functions between moments and their other forms: texts in any format, zones, Unix time.

use super::moment::{Result, in_offset, moment, now, read, unknown_zone, within_calendar, written, zone};
use super::{Call, Function, parse, tokens};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};
use rhai::Dynamic;

/// The longest format.
const LONGEST: usize = 500;

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "parse_date",
        group: "time",
        signature: "parse_date(text, format?, zone?) -> text",
        doc: "The moment that the text says in this format, as RFC 3339. Formats are written with `YYYY-MM-DD HH:mm` \
              and its like, or with `%`, as strftime has them; without one, ISO 8601 and mail dates are read. What \
              has no offset is a time of the zone, or else of UTC.",
        errors: "A text that is not written so, a date that no calendar has, a zone that does not exist.",
        example: r#"parse_date("28.12.2016 4:03 pm", "DD.MM.YYYY h:mm a", "Europe/Prague")"#,
        result: r#""2016-12-28T16:03:00.000+01:00""#,
        run: parse_date,
    },
    Function {
        name: "format_date",
        group: "time",
        signature: "format_date(moment, format, zone?) -> text",
        doc: "The moment in this format: tokens such as `YYYY MM DD HH mm ss MMMM dddd Do A Z X`, text in brackets as \
              it is; or, where there is a `%`, as strftime has it.",
        errors: "A text that is no moment; a format that is none; a zone that does not exist.",
        example: r#""2018-10-01T07:32:00Z".format_date("dddd, MMMM Do YYYY [at] HH:mm", "Europe/Prague")"#,
        result: r#""Monday, October 1st 2018 at 09:32""#,
        run: format_date,
    },
    Function {
        name: "to_zone",
        group: "time",
        signature: "to_zone(moment, zone) -> text",
        doc: "The same moment, written with the offset that this zone has then. A text without an offset is a time of the zone.",
        errors: "A text that is no moment; a zone that does not exist.",
        example: r#""2026-07-01T10:00:00Z".to_zone("America/New_York")"#,
        result: r#""2026-07-01T06:00:00.000-04:00""#,
        run: to_zone,
    },
    Function {
        name: "to_unix",
        group: "time",
        signature: "to_unix(moment) -> number",
        doc: "The whole seconds since 1970-01-01T00:00Z.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:00Z".to_unix()"#,
        result: "1795343400",
        run: to_unix,
    },
    Function {
        name: "to_unix_ms",
        group: "time",
        signature: "to_unix_ms(moment) -> number",
        doc: "The milliseconds since 1970-01-01T00:00Z.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:30:00.250Z".to_unix_ms()"#,
        result: "1795343400250",
        run: to_unix_ms,
    },
    Function {
        name: "from_unix",
        group: "time",
        signature: "from_unix(seconds, zone?) -> text",
        doc: "The moment this many seconds after 1970-01-01T00:00Z; fractions count.",
        errors: "A date outside of the years 0 to 9999; a zone that does not exist.",
        example: "from_unix(1795343400)",
        result: r#""2026-11-22T10:30:00.000Z""#,
        run: from_unix,
    },
    Function {
        name: "from_unix_ms",
        group: "time",
        signature: "from_unix_ms(milliseconds, zone?) -> text",
        doc: "The moment this many milliseconds after 1970-01-01T00:00Z.",
        errors: "A date outside of the years 0 to 9999; a zone that does not exist.",
        example: "from_unix_ms(1795343400250)",
        result: r#""2026-11-22T10:30:00.250Z""#,
        run: from_unix_ms,
    },
];

fn parse_date(call: &mut Call) -> Result {
    let (text, zone) = (call.text(0)?, zone(call, 2)?);
    let Some(format) = call.given(1).filter(|format| !format.is_unit()) else {
        let moment = read(&text, zone).ok_or_else(|| call.unsuitable(0, "a date as ISO 8601 has it, or a format"))?;
        return written(&moment);
    };
    let format = format.as_immutable_string_ref().map_err(|_| call.unsuitable(1, "a format"))?.clone();
    if format.len() > LONGEST || text.len() > LONGEST {
        return Err(call.fail(&format!("a date and its format have at most {LONGEST} characters")));
    }
    let moment = if format.contains('%') {
        broken_down(&text, &format, zone)
    } else {
        parse::moment(&text, &format, &now(call, zone.clone())?, zone)
    };
    written(&moment.map_err(|why| call.fail(&why))?)
}

/// What strptime makes of the text.
fn broken_down(text: &str, format: &str, zone: Option<TimeZone>) -> std::result::Result<Zoned, String> {
    let read = BrokenDownTime::parse(format, text.trim()).map_err(|error| error.to_string())?;
    if let Some(name) = read.iana_time_zone() {
        let own = super::moment::zone_of(name).ok_or_else(|| format!("there is no zone `{name}`"))?;
        let moment = read.to_datetime().and_then(|local| own.to_zoned(local)).map_err(|error| error.to_string())?;
        return Ok(zone.map_or(moment.clone(), |zone| moment.with_time_zone(zone)));
    }
    if let Ok(moment) = read.to_timestamp() {
        return Ok(moment.to_zoned(zone.unwrap_or_else(|| read.offset().map_or(TimeZone::UTC, in_offset))));
    }
    let local = read.to_datetime().map_err(|error| error.to_string())?;
    zone.unwrap_or(TimeZone::UTC).to_zoned(local).map_err(|error| error.to_string())
}

fn format_date(call: &mut Call) -> Result {
    let (moment, format) = (moment(call, 0, 2)?, call.text(1)?);
    if format.len() > LONGEST {
        return Err(call.fail(&format!("a format has at most {LONGEST} characters")));
    }
    let text = if format.contains('%') {
        strtime::format(format.as_bytes(), &moment).map_err(|error| error.to_string())
    } else {
        tokens::format(&moment, &format)
    };
    Ok(text.map_err(|why| call.fail(&why))?.into())
}

fn to_zone(call: &mut Call) -> Result {
    if call.any(1).is_unit() {
        return Err(unknown_zone(""));
    }
    written(&moment(call, 0, 1)?)
}

fn to_unix(call: &mut Call) -> Result {
    Ok(moment(call, 0, 1)?.timestamp().as_millisecond().div_euclid(1000).into())
}

fn to_unix_ms(call: &mut Call) -> Result {
    Ok(moment(call, 0, 1)?.timestamp().as_millisecond().into())
}

fn from_unix(call: &mut Call) -> Result {
    let milliseconds = match call.any(0).as_int() {
        Ok(seconds) => seconds.saturating_mul(1000),
        // What does not fit becomes the largest there is, and is refused as a date.
        Err(_) => (call.number(0)? * 1000.0).round() as i64,
    };
    at(call, milliseconds)
}

fn from_unix_ms(call: &mut Call) -> Result {
    let milliseconds = call.any(0).as_int().or_else(|_| call.number(0).map(|number| number as i64))?;
    at(call, milliseconds)
}

fn at(call: &Call, milliseconds: i64) -> Result<Dynamic> {
    let zone = zone(call, 1)?.unwrap_or(TimeZone::UTC);
    let moment = Timestamp::from_millisecond(milliseconds).map(|moment| moment.to_zoned(zone));
    written(&within_calendar(moment)?)
}
