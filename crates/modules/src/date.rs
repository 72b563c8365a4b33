//! `date.difference`, `date.format` and `date.shift`: what the functions of expressions do, for those who look for a module.

use crate::computed::{Computed, evaluated};
use run::call::Module;
use run::error::StepError;
use run::files::Files;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// All of them, in the order of their names.
pub(crate) fn all(files: &Files) -> [Arc<dyn Module>; 3] {
    [
        Computed::<Difference>::listed(
            files,
            "date.difference",
            difference,
            json!({ "from": "2026-11-22", "to": "2026-12-24", "unit": "days" }),
            json!(32),
        ),
        Computed::<Format>::listed(
            files,
            "date.format",
            format,
            json!({ "date": "2018-10-01T07:32:00Z", "format": "YYYY/MM/DD HH:mm", "zone": "Asia/Taipei" }),
            json!("2018/10/01 15:32"),
        ),
        Computed::<Shift>::listed(
            files,
            "date.shift",
            shift,
            json!({ "date": "2026-01-31", "by": 1, "unit": "months" }),
            json!("2026-02-28T00:00:00.000Z"),
        ),
    ]
}

/// Writes a date or a time in another format. The output is the text.
///
/// Expressions do the same: `date.format_date("YYYY-MM-DD", "Asia/Taipei")`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Format {
    /// The date or time: `{{ now() }}`, or a text.
    date: String,
    /// How the text is written, such as `DD.MM.YYYY`; without it, ISO 8601 and mail dates are read.
    read_as: Option<String>,
    /// What it becomes: tokens such as `YYYY MM DD HH mm ss`, with text in brackets as it is.
    format: String,
    /// The time zone in which it is written: `Asia/Taipei`; UTC unless given.
    zone: Option<String>,
}

/// Adds to a date or a time, or takes away. The output is the moment, as RFC 3339 writes it.
///
/// Expressions do the same: `date.add_days(7)`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shift {
    /// The date or time.
    date: String,
    /// How much; below zero to take away.
    by: i64,
    /// Of what.
    #[serde(default)]
    unit: Unit,
    /// The time zone whose calendar counts: `Asia/Taipei`; UTC unless given.
    zone: Option<String>,
}

/// Computes how long it is from one date or time to another. The output is a whole number.
///
/// Expressions do the same: `to.date_diff(from, "days")`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Difference {
    /// The one.
    from: String,
    /// The other; where it is earlier, the output is below zero.
    to: String,
    /// In what it is counted.
    #[serde(default)]
    unit: Unit,
    /// The time zone whose calendar counts: `Asia/Taipei`; UTC unless given.
    zone: Option<String>,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Years,
    Months,
    Weeks,
    #[default]
    Days,
    Hours,
    Minutes,
    Seconds,
}

fn format(Format { date, read_as, format, zone }: Format, _: &Files) -> Result<Value, StepError> {
    let zone = zone.unwrap_or_else(utc);
    let given =
        [("date", date.into()), ("format", format.into()), ("zone", zone.into()), ("read_as", read_as.clone().into())];
    let source = match read_as {
        Some(_) => "parse_date(date, read_as, zone).format_date(format, zone)",
        None => "date.format_date(format, zone)",
    };
    evaluated(source, given)
}

fn shift(Shift { date, by, unit, zone }: Shift, _: &Files) -> Result<Value, StepError> {
    let source = match unit {
        Unit::Years => "date.add_years(by, zone)",
        Unit::Months => "date.add_months(by, zone)",
        Unit::Weeks => "date.add_weeks(by, zone)",
        Unit::Days => "date.add_days(by, zone)",
        Unit::Hours => "date.add_hours(by)",
        Unit::Minutes => "date.add_minutes(by)",
        Unit::Seconds => "date.add_seconds(by)",
    };
    evaluated(source, [("date", date.into()), ("by", by.into()), ("zone", zone.unwrap_or_else(utc).into())])
}

fn difference(Difference { from, to, unit, zone }: Difference, _: &Files) -> Result<Value, StepError> {
    let unit = match unit {
        Unit::Years => "years",
        Unit::Months => "months",
        Unit::Weeks => "weeks",
        Unit::Days => "days",
        Unit::Hours => "hours",
        Unit::Minutes => "minutes",
        Unit::Seconds => "seconds",
    };
    let given =
        [("from", from.into()), ("to", to.into()), ("unit", unit.into()), ("zone", zone.unwrap_or_else(utc).into())];
    evaluated("to.date_diff(from, unit, zone)", given)
}

fn utc() -> String {
    "UTC".to_owned()
}
