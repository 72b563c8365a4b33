//! Where a run stands. It changes in one way only: by applying an entry, in a first run as in a resumed one.

mod activity;
mod rest;
mod trial;

use crate::chance::{Chance, Reach, Recall};
use crate::entry::{Called, Caller, Conclusion, Created, End, Entry, Recognised, Release, Replayed, Trial};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot, Turns};
use crate::payload::Payload;
use crate::response::Response;
use crate::setting::Setting;
pub(crate) use activity::{Activity, Doubt, Finished};
use rest::Rest;
use rhai::{Dynamic, Map};
use scenario::data;
use scenario::plan::{BlockNo, Kind, Plan, Role, StepNo};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// A run, as far as its journal tells.
#[derive(Debug)]
pub struct State {
    pub(crate) run: RunId,
    pub(crate) plan: Arc<Plan>,
    pub(crate) created: Arc<Created>,
    pub(crate) lanes: BTreeMap<Lane, Progress>,
    pub(crate) active: BTreeMap<Spot, Activity>,
    pub(crate) trigger: OnceLock<Dynamic>,
    pub(crate) setting: Arc<Setting>,
    /// The variables of the run: a map.
    pub(crate) vars: Dynamic,
    /// How often steps were held.
    pub(crate) holds: BTreeMap<Spot, u32>,
    pub(crate) collapse: Option<Collapse>,
    pub(crate) chance: Chance,
    /// What it sees again, where it is a replay.
    pub(crate) recall: Option<Box<Recall>>,
    /// How many of the next entries are another run's.
    copied: u32,
    replayed: Option<Box<Replayed>>,
    pub(crate) recognised: Option<Box<Recognised>>,
    trial: Option<Box<Trial>>,
    /// The step after which a trial ends is over.
    is_far_enough: bool,
    caller: Option<Box<Caller>>,
    concluded: Option<(Conclusion, Payload)>,
    begun: Option<Millis>,
    taken_up: Millis,
    /// How long it had rested when it was taken up.
    rested: Millis,
    rest: Rest,
    response: Option<Arc<Response>>,
    end: Option<End>,
}

/// The failure of a run whose `on_failure` is not over yet.
#[derive(Clone, Debug)]
pub(crate) struct Collapse {
    pub(crate) spot: Option<Spot>,
    pub(crate) error: StepError,
    at: Millis,
    /// How long the run had rested by then.
    rested: Millis,
}

/// One walk through one block: the block, and the turns of the loops around it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Lane {
    pub(crate) block: BlockNo,
    pub(crate) turns: Turns,
}

/// How far a lane has come.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// How many of the block's steps are behind it.
    pub(crate) position: u32,
    /// A filter ended it early.
    pub(crate) held: bool,
    /// What its steps gave.
    pub(crate) outputs: Vec<(StepNo, Payload)>,
}

impl State {
    /// The state of a run of which only the first entry is known.
    pub fn new(run: RunId, plan: Arc<Plan>, created: Arc<Created>, setting: Arc<Setting>) -> Self {
        Self {
            run,
            chance: Chance::of(run, &setting.resume_key),
            recall: None,
            copied: 0,
            replayed: None,
            recognised: None,
            plan,
            created,
            lanes: BTreeMap::new(),
            active: BTreeMap::new(),
            trigger: OnceLock::new(),
            setting,
            vars: data::share(Map::new().into()),
            holds: BTreeMap::new(),
            collapse: None,
            trial: None,
            is_far_enough: false,
            caller: None,
            concluded: None,
            begun: None,
            taken_up: Millis::MIN,
            rested: 0,
            rest: Rest::default(),
            response: None,
            end: None,
        }
    }

    /// Which run.
    pub fn run(&self) -> RunId {
        self.run
    }

    /// The scenario it runs.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// How it began.
    pub fn created(&self) -> &Arc<Created> {
        &self.created
    }

    /// Who called it, if a run did.
    pub fn caller(&self) -> Option<&Caller> {
        self.caller.as_deref()
    }

    /// What its delivery was recognised as, if it was.
    pub fn recognised(&self) -> Option<&Recognised> {
        self.recognised.as_deref()
    }

    /// What it does again, if it is a replay.
    pub fn replayed(&self) -> Option<&Replayed> {
        self.replayed.as_deref()
    }

    /// What the caller is answered, once that is decided.
    pub fn response(&self) -> Option<&Arc<Response>> {
        self.response.as_ref()
    }

    /// What ended it before its last step, with the value returned or the reason to stop.
    pub fn concluded(&self) -> Option<(Conclusion, &Payload)> {
        self.concluded.as_ref().map(|(conclusion, value)| (*conclusion, value))
    }

    /// The variables that its steps assigned: a map.
    pub fn vars(&self) -> &Dynamic {
        &self.vars
    }

    /// How it ended, once it has.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// Whether a step of it is held until someone resumes it.
    pub fn is_held(&self) -> bool {
        self.active.values().any(|activity| matches!(activity, Activity::Held { .. }))
    }

    /// The steps that are held, and why.
    pub fn held(&self) -> impl Iterator<Item = (&Spot, &StepError)> {
        self.active.iter().filter_map(|(spot, activity)| match activity {
            Activity::Held { error, .. } => Some((spot, error)),
            _ => None,
        })
    }

    /// The step at this position, where it waits for an answer: until when, and whether it has come.
    pub fn awaits(&self, spot: &Spot) -> Option<(Millis, bool)> {
        match self.active.get(spot)? {
            Activity::Awaiting { until, answer } => Some((*until, answer.is_some())),
            _ => None,
        }
    }

    /// The calls of other scenarios whose end it waits for.
    pub fn calls(&self) -> impl Iterator<Item = &Arc<Called>> {
        self.active.values().filter_map(|activity| match activity {
            Activity::Calling(called) if !called.detached => Some(called),
            _ => None,
        })
    }

    /// Whether a call that reaches outside has begun and is not over.
    pub fn is_calling_out(&self) -> bool {
        let calls = |spot: &Spot| matches!(self.plan.step(spot.step).kind, Kind::Call(_));
        self.active.iter().any(|(spot, activity)| activity.calls_out() && calls(spot))
    }

    /// Whether what a step gives is still wanted: it is the next of its list, and everything around it is going on.
    pub fn wants(&self, spot: &Spot) -> bool {
        if self.end.is_some() {
            return false;
        }
        let mut at = spot.clone();
        loop {
            let step = self.plan.step(at.step);
            let lane = Lane { block: step.block, turns: at.turns.clone() };
            if self.lanes.get(&lane).map_or(0, |progress| progress.position) != step.position {
                return false;
            }
            let Some(owner) = self.owner(&at) else { return true };
            let role = self.plan.block(step.block).role;
            if !self.active.get(&owner).is_some_and(|activity| activity.walks(role)) {
                return false;
            }
            at = owner;
        }
    }

    /// When it must be over at the latest, by `limits.timeout` or by `limits.deadline`.
    pub fn deadline(&self) -> Millis {
        let timeout = self.timeout();
        self.arrival_deadline().map_or(timeout, |deadline| deadline.min(timeout))
    }

    /// When it must be over: `limits.timeout` after it began, or after it failed and `on_failure` began. Neither the
    /// time counts that it stood in a queue, nor the time before this process took it up, when nothing could be done
    /// about it, nor the time for which the scenario itself told it to wait.
    fn timeout(&self) -> Millis {
        let timeout = Millis::try_from(self.plan.limits.timeout.as_millis()).unwrap_or(Millis::MAX);
        let (begun, before) = match &self.collapse {
            Some(collapse) => (Some(collapse.at), collapse.rested),
            None => (self.begun, 0),
        };
        let Some(begun) = begun.filter(|_| !self.rest.is_going_on()) else { return Millis::MAX };
        let rested = self.rest.in_all();
        let taken_up = self.taken_up.saturating_add(rested.saturating_sub(self.rested));
        begun.saturating_add(rested.saturating_sub(before)).max(taken_up).saturating_add(timeout)
    }

    /// Whether anything was decided or done: one that has not begun has only been taken in.
    pub fn has_begun(&self) -> bool {
        self.begun.is_some()
    }

    /// When it must be over, counted from its arrival with all its waiting; none where its scenario sets no such bound,
    /// and none any more once it has failed.
    pub fn arrival_deadline(&self) -> Option<Millis> {
        let deadline = self.plan.limits.deadline.filter(|_| self.collapse.is_none())?;
        Some(self.created.at.saturating_add(Millis::try_from(deadline.as_millis()).unwrap_or(Millis::MAX)))
    }

    /// Tells since when this process could have carried the run on. To be told the same again changes nothing.
    pub fn take_up(&mut self, at: Millis) {
        if at != self.taken_up {
            self.taken_up = at;
            self.rested = self.rest.in_all_until(at);
        }
    }

    /// Takes in what happened. Entries are applied in the order of the journal; the first, [`Entry::Created`], made
    /// this state and changes nothing more.
    pub fn apply(&mut self, entry: &Entry) {
        match entry {
            // A run that is moved while it waits for its turn waits on.
            Entry::Created(_) | Entry::Keyed { .. } | Entry::Unkeyed { .. } | Entry::Moved { .. } => return,
            Entry::Replayed(replayed) => return self.replay(replayed),
            Entry::Recognised(recognised) => return self.recognise(recognised),
            Entry::Tried(trial) => return self.begin_trial(trial),
            Entry::CalledBy(caller) => {
                self.caller = Some(caller.clone());
                return;
            }
            _ => {}
        }
        if self.copied > 0 {
            // It happened in another run, at another time.
            self.copied -= 1;
            self.take_in(entry);
            if let (Some(collapse), Some(replayed)) = (&mut self.collapse, &self.replayed) {
                // What `on_failure` has of time begins anew.
                collapse.at = replayed.at;
            }
            return;
        }
        self.begun.get_or_insert(entry.at());
        self.note_seen(entry);
        self.take_in(entry);
        self.rest.note(self.rests(), entry.at());
    }

    /// Whether some step stands still because its scenario says so.
    fn rests(&self) -> bool {
        let pauses_by_list = |spot: &Spot| !self.plan.step(spot.step).retry.pauses.is_empty();
        self.active.iter().any(|(spot, activity)| {
            activity.rests() || (matches!(activity, Activity::Retrying { .. }) && pauses_by_list(spot))
        })
    }

    fn replay(&mut self, replayed: &Replayed) {
        self.copied = replayed.copied;
        self.recall(replayed.draws, replayed.times.iter().cloned(), Reach::Within);
        self.replayed = Some(Box::new(replayed.clone()));
    }

    fn recognise(&mut self, recognised: &Recognised) {
        self.recognised = Some(Box::new(recognised.clone()));
        // Whoever looked before has seen a trigger without it.
        self.trigger = OnceLock::new();
    }

    fn take_in(&mut self, entry: &Entry) {
        match entry {
            Entry::Created(_)
            | Entry::CalledBy(_)
            | Entry::Keyed { .. }
            | Entry::Unkeyed { .. }
            | Entry::Recognised(_)
            | Entry::Tried(_)
            | Entry::Replayed(_) => {}
            Entry::Done(done) => self.conclude(&done.spot, done.output.clone()),
            Entry::Recovered { spot, output, .. } => self.conclude(spot, output.clone()),
            Entry::Skipped { spot, .. } => self.conclude(spot, Payload::null()),
            Entry::Filtered { spot, passed, .. } | Entry::Weighed { spot, passed, .. } => {
                self.conclude(spot, Payload::null());
                if !passed {
                    self.hold(spot);
                }
            }
            Entry::Responded { spot, response, .. } => {
                self.response = Some(Arc::clone(response));
                self.conclude(spot, Payload::null());
            }
            Entry::Assigned { spot, values, .. } => {
                self.assign(values);
                self.conclude(spot, Payload::null());
            }
            Entry::Concluded { spot, conclusion, value, .. } => {
                self.concluded = Some((*conclusion, value.clone()));
                self.conclude(spot, Payload::null());
            }
            Entry::Turned { spot, turn, value, .. } => self.turn(spot, *turn, value.as_ref()),
            Entry::Collapsed { spot, error, at } => {
                self.active.clear();
                let rested = self.rest.in_all_until(*at);
                self.collapse = Some(Collapse { spot: spot.clone(), error: (**error).clone(), at: *at, rested });
            }
            Entry::Ended { end, .. } => self.end = Some((**end).clone()),
            Entry::Failed { retry: None, spot, .. } | Entry::Escalated { spot, .. } => {
                self.clear_inside(spot);
                self.go_on(entry);
            }
            Entry::Held { spot, .. } => {
                *self.holds.entry(spot.clone()).or_default() += 1;
                self.go_on(entry);
            }
            Entry::Released { spot, release: Release::Use(output), .. } => self.conclude(spot, output.clone()),
            _ => self.go_on(entry),
        }
    }

    /// Takes in what changes a step that is not over.
    fn go_on(&mut self, entry: &Entry) {
        let Some(spot) = activity::spot(entry) else { return };
        let before = self.active.remove(spot);
        if let Some(after) = Activity::after(entry, before) {
            self.active.insert(spot.clone(), after);
        }
    }

    fn assign(&mut self, values: &[(String, Payload)]) {
        let mut vars = self.vars.read_lock::<Map>().map(|vars| vars.clone()).unwrap_or_default();
        vars.extend(values.iter().map(|(name, value)| (name.as_str().into(), value.value())));
        self.vars = data::share(vars.into());
    }

    fn conclude(&mut self, spot: &Spot, output: Payload) {
        self.active.remove(spot);
        self.note_trial_step(spot.step);
        let step = self.plan.step(spot.step);
        let (position, named) = (step.position + 1, step.id.is_some());
        let progress = self.progress_of(spot);
        progress.position = position;
        if named {
            progress.outputs.push((spot.step, output));
        }
    }

    fn hold(&mut self, spot: &Spot) {
        let end = self.plan.block(self.plan.step(spot.step).block).steps.len() as u32;
        let progress = self.progress_of(spot);
        progress.position = end;
        progress.held = true;
    }

    /// Ends a turn: its value joins the loop's, and nothing else is kept of it.
    fn turn(&mut self, spot: &Spot, turn: u32, value: Option<&Payload>) {
        if let Some(Activity::Looping { finished, collected, .. }) = self.active.get_mut(spot) {
            finished.note(turn);
            collected.extend(value.map(|value| (turn, value.clone())));
        }
        let mut inside = spot.turns.clone();
        inside.push(turn);
        self.forget(spot.step, &inside);
    }

    /// Forgets what happened inside of a step: it has failed, or begins anew.
    fn clear_inside(&mut self, spot: &Spot) {
        self.forget(spot.step, &spot.turns);
    }

    fn forget(&mut self, owner: StepNo, turns: &Turns) {
        let plan = Arc::clone(&self.plan);
        self.lanes.retain(|lane, _| !(lane.turns.starts_with(turns) && is_inside(&plan, lane.block, owner)));
        self.active
            .retain(|spot, _| !(spot.turns.starts_with(turns) && is_inside(&plan, plan.step(spot.step).block, owner)));
        self.holds
            .retain(|spot, _| !(spot.turns.starts_with(turns) && is_inside(&plan, plan.step(spot.step).block, owner)));
    }

    /// The step that the list belongs to in which this one stands.
    pub(crate) fn owner(&self, spot: &Spot) -> Option<Spot> {
        let block = self.plan.block(self.plan.step(spot.step).block);
        let owner = block.owner?;
        let mut turns = spot.turns.clone();
        if is_turn(&self.plan, block) {
            turns.pop();
        }
        Some(Spot { step: owner, turns })
    }

    fn progress_of(&mut self, spot: &Spot) -> &mut Progress {
        let lane = Lane { block: self.plan.step(spot.step).block, turns: spot.turns.clone() };
        self.lanes.entry(lane).or_default()
    }
}

/// Whether a block is what a loop does in each turn.
pub(crate) fn is_turn(plan: &Plan, block: &scenario::plan::Block) -> bool {
    block.role == Role::Work && block.owner.is_some_and(|owner| plan.step(owner).kind.is_loop())
}

/// Whether a block belongs to a step, however deep it stands inside of it.
fn is_inside(plan: &Plan, block: BlockNo, outer: StepNo) -> bool {
    let mut at = plan.block(block).owner;
    while let Some(owner) = at {
        if owner == outer {
            return true;
        }
        at = plan.block(plan.step(owner).block).owner;
    }
    false
}
