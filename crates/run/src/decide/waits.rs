//! Waiting: for a time, or for someone's answer.

use super::{Action, Decision, Lap, failure};
use crate::entry::Occasion;
use crate::error::StepError;
use crate::id::{Millis, Spot};
use crate::names::View;
use crate::payload::Payload;
use crate::state::{Lane, State};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use scenario::data;
use scenario::duration;
use scenario::expression::{Moment, Template};
use scenario::plan::{Kind, Step, Wait, WaitFor};

/// No wait is longer.
const LONGEST: Millis = duration::LONGEST.as_millis() as Millis;

/// Until when a step waits. A time that has passed is no wait at all.
pub(super) fn until(wait: &Wait, view: &View, moment: &Moment) -> Result<Millis, StepError> {
    let (until, what) = match wait {
        Wait::For(duration) => {
            let long = Millis::try_from(duration.as_millis()).unwrap_or(LONGEST);
            (moment.now.saturating_add(long.min(LONGEST)), String::new())
        }
        Wait::Computed { value, timezone } => {
            let value = value.value(view, moment).map_err(failure)?;
            let what = String::from_utf8_lossy(&data::to_text(&value)).into_owned();
            let until = if let Some(seconds) = value.as_float().ok().or(value.as_int().ok().map(|int| int as f64)) {
                after(moment.now, std::time::Duration::try_from_secs_f64(seconds).ok())
            } else {
                let text = value.into_string().unwrap_or_default();
                time(&text, timezone).or_else(|| after(moment.now, duration::parse(&text)))
            };
            (until.ok_or_else(|| unreadable(&what))?, what)
        }
    };
    if until > moment.now.saturating_add(LONGEST) {
        return Err(unreadable(&what));
    }
    Ok(until)
}

/// The title and the text of the page that asks.
pub(crate) fn page(
    wait: &WaitFor,
    view: &View,
    moment: &Moment,
) -> Result<(Option<String>, Option<String>), StepError> {
    let text = |template: &Option<Template>| template.as_ref().map(|t| t.text(view, moment)).transpose();
    Ok((text(&wait.title).map_err(failure)?, text(&wait.text).map_err(failure)?))
}

impl State {
    /// The title and the text of the page behind the link to this step; nothing where it does not wait for an answer.
    pub fn page(&self, spot: &Spot, now: Millis) -> (Option<String>, Option<String>) {
        let step = self.plan.step(spot.step);
        let Kind::WaitFor(wait) = &step.kind else { return (None, None) };
        let lane = Lane { block: step.block, turns: spot.turns.clone() };
        let moment = &self.moment(spot, Occasion::Attempt(1), now);
        // That they have values was seen when the step began.
        page(wait, &View { state: self, lane: &lane }, moment).unwrap_or_default()
    }
}

fn after(now: Millis, duration: Option<std::time::Duration>) -> Option<Millis> {
    now.checked_add(Millis::try_from(duration?.as_millis()).ok()?)
}

/// A time with an offset, or one of the scenario's zone.
fn time(text: &str, timezone: &str) -> Option<Millis> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.as_millisecond());
    }
    let zone = TimeZoneDatabase::bundled().get(timezone).unwrap_or(TimeZone::UTC);
    let local = text.parse::<DateTime>().ok()?;
    Some(local.to_zoned(zone).ok()?.timestamp().as_millisecond())
}

fn unreadable(what: &str) -> StepError {
    StepError::permanent("bad_time", format!("`wait` gives {what}, which is neither a duration nor a time"))
        .hint("A duration is `5m` or a number of seconds, at most 100 years; a time is `2026-12-31T09:00:00Z`.")
}

impl Decision<'_> {
    /// A step that waits. Steps that tell someone of it run first; an answer may come before they are over.
    pub(super) fn awaiting(
        &mut self,
        step: &Step,
        spot: Spot,
        until: Millis,
        answer: Option<&Payload>,
    ) -> Result<(), StepError> {
        if let Kind::WaitFor(wait) = &step.kind
            && (answer.is_some() || self.now < until)
        {
            let telling = Lane { block: wait.block, turns: spot.turns.clone() };
            if self.lane(&telling) == Lap::Busy {
                self.actions.push(Action::Wait(until));
                return Ok(());
            }
        }
        match (&step.kind, answer) {
            (Kind::WaitFor(_), Some(answer)) => self.done(spot, answer.clone()),
            (Kind::WaitFor(_), None) if until <= self.now => {
                return Err(StepError::permanent("deadline", "no answer came before the deadline")
                    .hint("`on_error` says what happens then; `deadline` says when."));
            }
            (_, None) if until <= self.now => self.done(spot, Payload::null()),
            _ => self.actions.push(Action::Wait(until)),
        }
        Ok(())
    }
}
