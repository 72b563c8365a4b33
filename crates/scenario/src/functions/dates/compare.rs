//! Functions of several moments: which is earlier, how far apart they are.

use super::calendar::{Period, began, is_weekend, unit};
use super::moment::{Result, moment, now, read, within_calendar};
use super::{Call, Function};
use crate::expression::value::as_text;
use jiff::civil::Weekday;
use jiff::{SignedDuration, Unit, Zoned};
use rhai::Dynamic;

/// A position at which no function has an argument: the moment's own offset counts.
const NO_ZONE: usize = usize::MAX;

pub(in crate::functions) const TABLE: &[Function] = &[
    Function {
        name: "is_date",
        group: "time",
        signature: "is_date(text) -> bool",
        doc: "Whether the value is a text that functions of time can read as a moment.",
        errors: "",
        example: r#""2026-02-30".is_date()"#,
        result: "false",
        run: is_date,
    },
    Function {
        name: "is_before",
        group: "time",
        signature: "is_before(moment, other) -> bool",
        doc: "Whether the moment is earlier than the other, whatever offsets they are written with.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22T10:00:00Z".is_before("2026-11-22T12:00:00+01:00")"#,
        result: "true",
        run: is_before,
    },
    Function {
        name: "is_after",
        group: "time",
        signature: "is_after(moment, other) -> bool",
        doc: "Whether the moment is later than the other, whatever offsets they are written with.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".is_after("2026-11-21")"#,
        result: "true",
        run: is_after,
    },
    Function {
        name: "is_between",
        group: "time",
        signature: "is_between(moment, from, to) -> bool",
        doc: "Whether the moment is not before `from` and before `to`.",
        errors: "A text that is no moment.",
        example: r#""2026-11-22".is_between("2026-11-01", "2026-12-01")"#,
        result: "true",
        run: is_between,
    },
    Function {
        name: "is_same",
        group: "time",
        signature: "is_same(moment, other, unit?, zone?) -> bool",
        doc: "Whether both are the same moment, or lie in the same `year`, `quarter`, `month`, `week`, `day`, `hour`, \
              `minute` or `second`.",
        errors: "A text that is no moment; a unit that is none of these.",
        example: r#""2026-11-22T23:30:00Z".is_same("2026-11-22", "day")"#,
        result: "true",
        run: is_same,
    },
    Function {
        name: "earliest",
        group: "time",
        signature: "earliest(list) -> text",
        doc: "The first of these moments in time, as it is written; of none, `()`.",
        errors: "An item that is no moment.",
        example: r#"["2026-11-22", "2026-11-20"].earliest()"#,
        result: r#""2026-11-20""#,
        run: earliest,
    },
    Function {
        name: "latest",
        group: "time",
        signature: "latest(list) -> text",
        doc: "The last of these moments in time, as it is written; of none, `()`.",
        errors: "An item that is no moment.",
        example: r#"["2026-11-22", "2026-11-20"].latest()"#,
        result: r#""2026-11-22""#,
        run: latest,
    },
    Function {
        name: "date_diff",
        group: "time",
        signature: "date_diff(moment, other, unit?, zone?) -> number",
        doc: "The moment minus the other: whole `years`, `quarters`, `months`, `weeks`, `days`, `hours`, `minutes` or \
              `seconds`; without a unit, milliseconds.",
        errors: "A text that is no moment; a unit that is none of these.",
        example: r#""2026-12-24".date_diff("2026-11-22", "days")"#,
        result: "32",
        run: date_diff,
    },
    Function {
        name: "business_days_between",
        group: "time",
        signature: "business_days_between(from, to, zone?) -> number",
        doc: "How many working days (Monday to Friday) there are from one day until before another; negative where \
              `to` is earlier.",
        errors: "A text that is no moment.",
        example: r#"business_days_between("2026-11-20", "2026-11-24")"#,
        result: "2",
        run: business_days_between,
    },
    Function {
        name: "relative_time",
        group: "time",
        signature: "relative_time(moment, from?) -> text",
        doc: "How far the moment is from the present, or from another, in English words.",
        errors: "A text that is no moment.",
        example: r#""2026-11-25T10:30:01Z".relative_time()"#,
        result: r#""in 3 days""#,
        run: relative_time,
    },
];

fn is_date(call: &mut Call) -> Result {
    Ok(as_text(call.any(0)).is_some_and(|text| read(&text, None).is_some()).into())
}

fn is_before(call: &mut Call) -> Result {
    Ok((moment(call, 0, NO_ZONE)? < moment(call, 1, NO_ZONE)?).into())
}

fn is_after(call: &mut Call) -> Result {
    Ok((moment(call, 0, NO_ZONE)? > moment(call, 1, NO_ZONE)?).into())
}

fn is_between(call: &mut Call) -> Result {
    let moment_itself = moment(call, 0, NO_ZONE)?;
    Ok((moment(call, 1, NO_ZONE)?..moment(call, 2, NO_ZONE)?).contains(&moment_itself).into())
}

fn is_same(call: &mut Call) -> Result {
    let (left, right) = in_one_zone(call)?;
    if call.given(2).is_none() {
        return Ok((left == right).into());
    }
    let unit = unit(call, 2)?;
    Ok((within_calendar(began(&left, unit))? == within_calendar(began(&right, unit))?).into())
}

/// Both moments, in the zone given as the last argument or in that of the first.
fn in_one_zone(call: &Call) -> Result<(Zoned, Zoned)> {
    let (left, right) = (moment(call, 0, 3)?, moment(call, 1, 3)?);
    let right = right.with_time_zone(left.time_zone().clone());
    Ok((left, right))
}

fn earliest(call: &mut Call) -> Result {
    extreme(call, |moment, found| moment < found)
}

fn latest(call: &mut Call) -> Result {
    extreme(call, |moment, found| moment > found)
}

fn extreme(call: &mut Call, replaces: fn(&Zoned, &Zoned) -> bool) -> Result {
    let items = call.list(0)?;
    let mut found: Option<(Zoned, &Dynamic)> = None;
    for item in items.iter() {
        let moment = as_text(item).and_then(|text| read(&text, None));
        let moment = moment.ok_or_else(|| crate::expression::fault::unsuitable("a date", "a moment", item))?;
        if found.as_ref().is_none_or(|(best, _)| replaces(&moment, best)) {
            found = Some((moment, item));
        }
    }
    Ok(found.map(|(_, item)| item.clone()).unwrap_or_default())
}

fn date_diff(call: &mut Call) -> Result {
    let (left, right) = in_one_zone(call)?;
    let apart = right.duration_until(&left);
    if call.given(2).is_none() {
        return Ok(i64::try_from(apart.as_millis()).unwrap_or(i64::MAX).into());
    }
    let period = unit(call, 2)?;
    let unit = match period {
        Period::Of(Unit::Second) => return Ok(apart.as_secs().into()),
        Period::Of(Unit::Minute) => return Ok(apart.as_mins().into()),
        Period::Of(Unit::Hour) => return Ok(apart.as_hours().into()),
        Period::Of(unit) => unit,
        Period::Quarter => Unit::Month,
    };
    let span = right.until((unit, &left)).map_err(|_| call.fail("the moments are too far apart"))?;
    Ok(match period {
        Period::Of(Unit::Year) => i64::from(span.get_years()),
        Period::Quarter => i64::from(span.get_months() / 3),
        Period::Of(Unit::Month) => i64::from(span.get_months()),
        Period::Of(Unit::Week) => i64::from(span.get_weeks()),
        Period::Of(_) => i64::from(span.get_days()),
    }
    .into())
}

fn business_days_between(call: &mut Call) -> Result {
    let from = moment(call, 0, 2)?;
    let to = moment(call, 1, 2)?.with_time_zone(from.time_zone().clone());
    let days = from.date().duration_until(to.date()).as_hours() / 24;
    let (first, sign) = if days < 0 { (to.weekday(), -1) } else { (from.weekday(), 1) };
    let days = days.abs();
    let working = |day: &i64| {
        let weekday = Weekday::from_monday_zero_offset(((i64::from(first.to_monday_zero_offset()) + day) % 7) as i8);
        weekday.is_ok_and(|weekday| !is_weekend(weekday))
    };
    let rest = (0..days % 7).filter(working).count() as i64;
    Ok((sign * (days / 7 * 5 + rest)).into())
}

fn relative_time(call: &mut Call) -> Result {
    const UNITS: [(i64, &str); 7] = [
        (365 * 86_400, "year"),
        (30 * 86_400, "month"),
        (7 * 86_400, "week"),
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let from = if call.given(1).is_some() { moment(call, 1, NO_ZONE)? } else { now(call, None)? };
    let apart: SignedDuration = from.duration_until(&moment(call, 0, NO_ZONE)?);
    let seconds = apart.as_secs().unsigned_abs() as i64;
    let Some((size, unit)) = UNITS.into_iter().find(|(size, _)| seconds >= *size) else { return Ok("now".into()) };
    let count = seconds / size;
    let plural = if count == 1 { "" } else { "s" };
    Ok(match apart.is_negative() {
        true => format!("{count} {unit}{plural} ago"),
        false => format!("in {count} {unit}{plural}"),
    }
    .into())
}
