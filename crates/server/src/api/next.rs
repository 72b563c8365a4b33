//! `POST /api/v1/next`

use super::blocking::blocking;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use run::id::Millis;
use scenario::calendar::{Language, describe};
use scenario::plan::Plan;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use triggers::schedule::outlook;
use utoipa::ToSchema;

/// How many times are told.
const COUNT: usize = 10;

/// A scenario's text.
#[derive(Deserialize, ToSchema)]
#[schema(as = NextRequest)]
struct Given {
    /// The text.
    text: String,
}

/// What is to come of a scenario's schedules.
#[derive(Serialize, ToSchema)]
#[schema(as = NextResult)]
pub(super) struct Coming {
    /// Its schedules, in the order of its triggers.
    schedules: Vec<Outlook>,
}

/// A schedule and what is to come of it.
#[derive(Serialize, ToSchema)]
struct Outlook {
    /// The line of the trigger, from 1.
    line: u32,
    /// The column of the trigger, from 1.
    column: u32,
    /// What the schedule means, in words, by language: `en`, `zh-TW` and `zh-CN`.
    words: BTreeMap<&'static str, String>,
    /// The IANA zone by whose clock it goes.
    timezone: String,
    /// The next ten times at which it is due, by that clock, with its offset (RFC 3339); fewer where there are no more.
    next: Vec<String>,
}

impl Coming {
    /// What is to come of a plan's schedules after this time.
    pub(super) fn of(plan: Option<&Plan>, now: Millis) -> Self {
        let schedules = plan.map(|plan| outlook(plan, now, COUNT)).unwrap_or_default();
        Self { schedules: schedules.into_iter().map(Outlook::of).collect() }
    }
}

impl Outlook {
    fn of(one: triggers::schedule::Outlook) -> Self {
        let zone = TimeZone::get(&one.schedule.timezone).unwrap_or(TimeZone::UTC);
        let local = |due: &Millis| {
            let due = Timestamp::from_millisecond(*due).ok()?;
            Some(due.display_with_offset(zone.to_offset(due)).to_string())
        };
        Self {
            line: one.place.line,
            column: one.place.column,
            words: Language::ALL.map(|language| (language.tag(), describe(&one.schedule, language))).into(),
            timezone: one.schedule.timezone.clone(),
            next: one.next.iter().filter_map(local).collect(),
        }
    }
}

/// Tells when the schedules of a text are due next, without keeping it. A text with errors has none.
#[utoipa::path(tag = "scenarios", operation_id = "next", request_body = Given, responses((status = 200, body = Coming), Refusals))]
#[post("/next")]
pub(super) async fn next(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Coming>, Problem> {
    blocking(move || {
        let (plan, _) = scenario::check(&given.text, &app.library().catalog());
        let now = app.handle().clock().now();
        Ok(web::Json(Coming::of(plan.as_ref(), now)))
    })
    .await
}
