//! Loops: `for_each` and `repeat`, what they collect, and when they end.

use super::{Decision, Lap, failure, other_plan};
use crate::entry::{Entry, Occasion};
use crate::error::StepError;
use crate::id::Spot;
use crate::names::View;
use crate::payload::Payload;
use crate::state::{Activity, Finished, Lane};
use rhai::{Array, Dynamic, Map};
use scenario::data;
use scenario::expression::Moment;
use scenario::plan::{BlockNo, Bound, Collect, Kind, Repeat, Step};
use std::collections::BTreeMap;

/// What a loop of the plan is like, whichever kind it is.
struct Loop<'p> {
    block: BlockNo,
    width: u32,
    bound: Option<&'p Bound>,
    collect: Option<&'p Collect>,
}

impl<'p> Loop<'p> {
    fn of(step: &'p Step) -> Option<Self> {
        match &step.kind {
            Kind::ForEach(each) => {
                Some(Self { block: each.block, width: each.parallel, bound: None, collect: each.collect.as_ref() })
            }
            Kind::Repeat(repeat) => Some(Self {
                block: repeat.block,
                width: 1,
                bound: Some(&repeat.bound),
                collect: repeat.collect.as_ref(),
            }),
            _ => None,
        }
    }
}

/// How far a loop has come.
struct Course<'s> {
    count: u32,
    begun: Option<u32>,
    finished: &'s Finished,
    collected: &'s BTreeMap<u32, Payload>,
}

impl Decision<'_> {
    pub(super) fn begin_loop(
        &mut self,
        step: &Step,
        spot: Spot,
        view: &View,
        moment: &Moment,
    ) -> Result<(), StepError> {
        let (items, count) = match &step.kind {
            Kind::ForEach(each) => {
                let (items, count) = list(each.items.eval(view, moment).map_err(failure)?)?;
                (items, count.div_ceil(each.batch.unwrap_or(1)))
            }
            Kind::Repeat(repeat) => (Payload::null(), turns(repeat, view, moment)?),
            _ => return Err(other_plan(step)),
        };
        self.record(Entry::Looped { spot, items, count, at: self.now });
        Ok(())
    }

    /// Walks the turns of a loop, as many side by side as it says.
    pub(super) fn turns(&mut self, step: &Step, spot: Spot) -> Result<(), StepError> {
        let state = self.state;
        let Some(each) = Loop::of(step) else { return Err(other_plan(step)) };
        let Some(Activity::Looping { count, begun, finished, collected, .. }) = state.active.get(&spot) else {
            return Err(other_plan(step));
        };
        let course = Course { count: *count, begun: *begun, finished, collected };
        if !self.goes_on(&each, &course, &spot, step)? {
            self.done(spot, gathered(each.collect, collected.values().cloned(), finished.below()));
            return Ok(());
        }
        for turn in finished.open(each.width, course.count) {
            let mut turns = spot.turns.clone();
            turns.push(turn);
            let lane = Lane { block: each.block, turns };
            if self.lane(&lane) == Lap::Over && !self.is_settled {
                self.end_turn(&each, &course, &spot, turn, &lane)?;
            }
        }
        Ok(())
    }

    /// Whether there is a turn to be walked. That a condition let one begin is recorded, so that it is not asked again
    /// in the middle of it.
    fn goes_on(&mut self, each: &Loop, course: &Course, spot: &Spot, step: &Step) -> Result<bool, StepError> {
        let turn = course.finished.below();
        let Some(Bound::While(condition)) = each.bound else { return Ok(turn < course.count) };
        if course.begun == Some(turn) {
            return Ok(true);
        }
        // The condition sees `index`, so it is asked from inside of the turn that is about to begin.
        let mut turns = spot.turns.clone();
        turns.push(turn);
        let lane = Lane { block: each.block, turns };
        if !condition.holds(&self.view(&lane), &self.moment(spot, Occasion::Began(turn))).map_err(failure)? {
            return Ok(false);
        }
        if turn == course.count {
            return Err(endless(step, course.count));
        }
        self.settle_on(Entry::Began { spot: spot.clone(), turn, at: self.now });
        Ok(true)
    }

    fn end_turn(&mut self, each: &Loop, course: &Course, spot: &Spot, turn: u32, lane: &Lane) -> Result<(), StepError> {
        let (view, moment) = (self.view(lane), &self.moment(spot, Occasion::Turned(turn)));
        let held = self.state.lanes.get(lane).is_some_and(|progress| progress.held);
        let value = match each.collect {
            Some(collect) if !held => Some(contribution(collect, &view, moment)?),
            _ => None,
        };
        if let Some(Bound::Until(condition)) = each.bound {
            // A turn that a filter ended early has not seen all of its steps.
            if !held && condition.holds(&view, moment).map_err(failure)? {
                let all = course.collected.values().cloned().chain(value);
                self.done(spot.clone(), gathered(each.collect, all, turn + 1));
                return Ok(());
            }
            if turn + 1 == course.count {
                return Err(endless(self.state.plan.step(spot.step), course.count));
            }
        }
        self.record(Entry::Turned { spot: spot.clone(), turn, value, at: self.now });
        Ok(())
    }
}

/// How many turns a `repeat` may have.
fn turns(repeat: &Repeat, view: &View, moment: &Moment) -> Result<u32, StepError> {
    let Bound::Times(times) = &repeat.bound else { return Ok(repeat.max) };
    let value = times.eval(view, moment).map_err(failure)?;
    let times = value.as_int().ok().and_then(|times| u32::try_from(times).ok());
    times.filter(|times| *times <= repeat.max).ok_or_else(|| {
        let given = String::from_utf8_lossy(&data::to_text(&value)).into_owned();
        StepError::permanent("repeat_limit", format!("`times` gives {given}"))
            .hint(format!("It must be a whole number from 0 to {}.", repeat.max))
    })
}

/// A condition that asks for more turns than are allowed.
fn endless(step: &Step, max: u32) -> StepError {
    StepError::permanent("repeat_limit", format!("`{}` has had its {max} turns and would go on", step.label))
        .hint("Raise `max`, or mend the condition.")
}

/// The items of a loop: a list, or nothing for `()`.
fn list(value: Dynamic) -> Result<(Payload, u32), StepError> {
    let count = match value.read_lock::<Array>() {
        Some(items) => items.len(),
        None if value.is_unit() => return Ok((Payload::of(Array::new().into()), 0)),
        None => {
            let kind = value.type_name();
            return Err(StepError::permanent("not_a_list", format!("`for_each` wants a list, and `in` gives {kind}"))
                .hint("For the entries of a map, use `.keys()` or `.values()`."));
        }
    };
    let count = u32::try_from(count).map_err(|_| StepError::permanent("limit", "the list is too long"))?;
    Ok((Payload::of(value), count))
}

/// What a turn gives to the loop.
fn contribution(collect: &Collect, view: &View, moment: &Moment) -> Result<Payload, StepError> {
    let value = match collect {
        Collect::List(value) => value.value(view, moment).map_err(failure)?,
        Collect::Text { part, .. } => part.text(view, moment).map_err(failure)?.into(),
        Collect::Sum(number) => {
            let value = number.eval(view, moment).map_err(failure)?;
            if !value.is_int() && !value.is_float() {
                let message = format!("`sum` wants numbers, not {}", value.type_name());
                return Err(StepError::permanent("type_mismatch", message));
            }
            value
        }
        Collect::Group { value, by } => {
            let by = by.eval(view, moment).map_err(failure)?;
            let key = match by.read_lock::<rhai::ImmutableString>() {
                Some(text) => text.to_string(),
                None => String::from_utf8_lossy(&data::to_text(&by)).into_owned(),
            };
            let value = value.value(view, moment).map_err(failure)?;
            data::share(Dynamic::from_array(vec![key.into(), value]))
        }
    };
    Ok(Payload::of(value))
}

/// The output of a loop.
fn gathered(collect: Option<&Collect>, values: impl Iterator<Item = Payload>, turns: u32) -> Payload {
    let values = values.map(|value| value.value());
    Payload::of(match collect {
        None => Dynamic::from_int(turns.into()),
        Some(Collect::List(_)) => Dynamic::from_array(values.collect()),
        Some(Collect::Text { separator, .. }) => {
            let parts: Vec<String> = values.filter_map(|part| part.into_string().ok()).collect();
            parts.join(separator).into()
        }
        Some(Collect::Sum(_)) => sum(values),
        Some(Collect::Group { .. }) => grouped(values),
    })
}

fn sum(values: impl Iterator<Item = Dynamic>) -> Dynamic {
    let (mut whole, mut broken, mut is_broken) = (0_i128, 0.0, false);
    for value in values {
        match value.as_int() {
            Ok(int) => whole += i128::from(int),
            Err(_) => {
                broken += value.as_float().unwrap_or_default();
                is_broken = true;
            }
        }
    }
    match i64::try_from(whole) {
        Ok(whole) if !is_broken => Dynamic::from_int(whole),
        _ => Dynamic::from_float(whole as f64 + broken),
    }
}

fn grouped(values: impl Iterator<Item = Dynamic>) -> Dynamic {
    let mut groups: BTreeMap<String, Array> = BTreeMap::new();
    for pair in values {
        let Some(pair) = pair.read_lock::<Array>() else { continue };
        if let [key, value] = pair.as_slice() {
            groups.entry(key.to_string()).or_default().push(value.clone());
        }
    }
    let groups: Map = groups.into_iter().map(|(key, values)| (key.into(), data::share(values.into()))).collect();
    data::share(groups.into())
}
