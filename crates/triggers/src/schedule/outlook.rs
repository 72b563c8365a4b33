//! What is to come of a scenario's schedules: for people who want to see whether they are meant so.

use super::Timetable;
use run::id::Millis;
use scenario::diagnostic::Place;
use scenario::plan::{Plan, Schedule, Trigger};

/// A schedule and what is to come of it.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// Where its trigger stands in the text.
    pub place: Place,
    /// The schedule.
    pub schedule: Schedule,
    /// When it is due, earliest first, in milliseconds since 1970; empty: never again.
    pub next: Vec<Millis>,
}

/// The schedules of a plan in the order of its triggers, those of its polls among them, each with at most `count` times after `now`. Whether the scenario
/// is switched on is not looked at.
pub fn outlook(plan: &Plan, now: Millis, count: usize) -> Vec<Outlook> {
    let schedules = plan.triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Schedule(schedule) => Some(schedule),
        Trigger::Poll(poll) => Some(&poll.schedule),
        _ => None,
    });
    let look = |schedule: &Schedule| Outlook {
        place: schedule.place,
        schedule: schedule.clone(),
        next: Timetable::of(schedule).map(|timetable| timetable.coming(now, count)).unwrap_or_default(),
    };
    schedules.map(look).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenario::catalog::Catalog;

    #[test]
    fn all_schedules_are_looked_at() {
        let text = "trigger: [schedule: { every: 1h }, manual: {}, schedule: { at: 1990-01-01T00:00 }]\nsteps: []\n";
        let plan = scenario::check(text, &Catalog::default()).0.unwrap();
        let looked = outlook(&plan, 0, 2);
        let next: Vec<_> = looked.iter().map(|one| (one.place.column, one.next.as_slice())).collect();
        assert_eq!(next, [(11, [3_600_000, 7_200_000].as_slice()), (48, [631_152_000_000].as_slice())]);
        assert!(outlook(&plan, 700_000_000_000, 2)[1].next.is_empty());
    }
}
