//! Moments as arguments and results.

use super::Call;
use crate::expression::fault::{Fault, failed};
use crate::expression::value::as_text;
use jiff::fmt::rfc2822::DateTimeParser as MailDates;
use jiff::fmt::temporal::{Pieces, TimeZoneAnnotationKind};
use jiff::tz::{Offset, TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};
use rhai::Dynamic;

/// What the functions of this folder answer.
pub(super) type Result<T = Dynamic> = std::result::Result<T, Fault>;

/// The argument as a moment, in the zone of another argument where there is one.
pub(super) fn moment(call: &Call, position: usize, zone_position: usize) -> Result<Zoned> {
    let zone = zone(call, zone_position)?;
    let wanted = "a moment such as \"2026-11-22T10:30:00Z\"";
    let text = as_text(call.any(position)).ok_or_else(|| call.unsuitable(position, wanted))?;
    read(&text, zone).ok_or_else(|| call.unsuitable(position, wanted))
}

/// The argument as a zone, where it is given.
pub(super) fn zone(call: &Call, position: usize) -> Result<Option<TimeZone>> {
    let Some(name) = call.given(position).filter(|name| !name.is_unit()) else { return Ok(None) };
    let name =
        as_text(name).ok_or_else(|| call.unsuitable(position, "the name of a zone such as \"Europe/Prague\""))?;
    zone_of(name.trim()).map(Some).ok_or_else(|| unknown_zone(&name))
}

/// The moment as functions answer it. Years have four digits, as RFC 3339 wants it.
pub(super) fn written(moment: &Zoned) -> Result {
    if !(0..=9999).contains(&moment.year()) {
        return Err(failed("the date lies outside of the years 0 to 9999"));
    }
    if moment.offset() == Offset::UTC {
        return Ok(format!("{:.3}", moment.timestamp()).into());
    }
    Ok(format!("{:.3}", moment.timestamp().display_with_offset(moment.offset())).into())
}

/// The moment, or the fault of one that no calendar has.
pub(super) fn within_calendar(moment: std::result::Result<Zoned, jiff::Error>) -> Result<Zoned> {
    moment.map_err(|_| failed("the date lies outside of the years 0 to 9999"))
}

/// The present, in this zone.
pub(super) fn now(call: &Call, zone: Option<TimeZone>) -> Result<Zoned> {
    let now = Timestamp::from_millisecond(call.moment().now);
    let now = now.map_err(|_| failed("the clock shows an impossible time"))?;
    Ok(now.to_zoned(zone.unwrap_or(TimeZone::UTC)))
}

/// The moment that a text says: as RFC 3339 or ISO 8601 has it, with less of it (a date alone is its midnight), or as
/// mails and HTTP have it (RFC 2822).
pub(super) fn read(text: &str, zone: Option<TimeZone>) -> Option<Zoned> {
    const LONGEST: usize = 100;
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let Ok(pieces) = Pieces::parse(text) else {
        let moment = MailDates::new().parse_zoned(text).ok()?;
        return Some(zone.map_or(moment.clone(), |zone| moment.with_time_zone(zone)));
    };
    let local = pieces.date().to_datetime(pieces.time().unwrap_or_default());
    let annotated = pieces.time_zone_annotation().map(|annotation| match annotation.kind() {
        TimeZoneAnnotationKind::Named(name) => zone_of(name.as_str()),
        TimeZoneAnnotationKind::Offset(offset) => Some(offset.to_time_zone()),
        _ => None,
    });
    let annotated = match annotated {
        Some(zone) => Some(zone?),
        None => None,
    };
    match pieces.to_numeric_offset() {
        Some(offset) => {
            let own = annotated.unwrap_or_else(|| in_offset(offset));
            Some(offset.to_timestamp(local).ok()?.to_zoned(zone.unwrap_or(own)))
        }
        None => {
            let own = annotated.or_else(|| zone.clone()).unwrap_or(TimeZone::UTC);
            let moment = own.to_zoned(local).ok()?;
            Some(zone.map_or(moment.clone(), |zone| moment.with_time_zone(zone)))
        }
    }
}

/// The zone that has this offset always.
pub(super) fn in_offset(offset: Offset) -> TimeZone {
    if offset == Offset::UTC { TimeZone::UTC } else { offset.to_time_zone() }
}

/// A zone by its IANA name, or by an offset such as `+02:00`. Only the database in the program is asked, so that every
/// machine answers the same.
pub(super) fn zone_of(name: &str) -> Option<TimeZone> {
    if name.eq_ignore_ascii_case("utc") || name.eq_ignore_ascii_case("z") {
        return Some(TimeZone::UTC);
    }
    if name.starts_with(['+', '-']) {
        return offset_of(name).map(in_offset);
    }
    TimeZoneDatabase::bundled().get(name).ok()
}

/// An offset as it is written: `+02:00`, `+0200` or `+02`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = text.split_at_checked(1)?;
    let digits = digits.replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let hours: i32 = digits[..2].parse().ok()?;
    let minutes: i32 = digits.get(2..).filter(|rest| !rest.is_empty()).map_or(Ok(0), str::parse).ok()?;
    let seconds = hours * 3600 + minutes * 60;
    Offset::from_seconds(if sign == "-" { -seconds } else { seconds }).ok()
}

/// The fault of a zone that the database does not have.
pub(super) fn unknown_zone(name: &str) -> Fault {
    let database = TimeZoneDatabase::bundled();
    let names: Vec<String> = database.available().map(|name| name.as_str().to_owned()).collect();
    let near = names.chunks(400).find_map(|names| crate::expression::nearest(name, names.iter().map(String::as_str)));
    let shown: String = name.chars().take(60).collect();
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "zones have IANA names such as `Europe/Prague`, or are offsets such as `+02:00`".to_owned(),
    };
    crate::expression::fault::fault("expression", format!("there is no zone `{shown}`"), Some(&hint))
}
