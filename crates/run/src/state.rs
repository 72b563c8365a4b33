//! Where a run stands. It changes in one way only: by applying an entry, in a first run as in a resumed one.

use crate::entry::{Created, End, Entry};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot, Turns};
use crate::payload::Payload;
use crate::response::Response;
use rhai::Dynamic;
use scenario::plan::{BODY, BlockNo, Kind, Plan, StepNo};
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
    begun: Option<Millis>,
    taken_up: Millis,
    response: Option<Arc<Response>>,
    end: Option<End>,
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

/// What is known of a step that has begun and is not over.
#[derive(Debug)]
pub(crate) enum Activity {
    /// A call was about to be made. Unless this process is making it, a crash came between.
    Attempting { attempt: u32 },
    /// The attempt failed; the next is due then.
    Retrying { attempt: u32, due: Millis },
    /// Failed for good; what `on_error` says comes next.
    Failing { error: StepError },
    /// A route that walks these branches.
    Routed { branches: Vec<u32> },
    /// A loop over these items; what its finished turns gave.
    Looping { items: Payload, count: u32, turns: u32, collected: Vec<Payload> },
}

impl State {
    /// The state of a run of which only the first entry is known.
    pub fn new(run: RunId, plan: Arc<Plan>, created: Arc<Created>) -> Self {
        Self {
            run,
            plan,
            created,
            lanes: BTreeMap::new(),
            active: BTreeMap::new(),
            trigger: OnceLock::new(),
            begun: None,
            taken_up: Millis::MIN,
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

    /// What the caller is answered, once that is decided.
    pub fn response(&self) -> Option<&Arc<Response>> {
        self.response.as_ref()
    }

    /// How it ended, once it has.
    pub fn end(&self) -> Option<&End> {
        self.end.as_ref()
    }

    /// When it must be over: `limits.timeout` after it began. Neither the time it stood in a queue counts, nor the
    /// time before this process took it up, when nothing could be done about it.
    pub fn deadline(&self) -> Millis {
        let timeout = Millis::try_from(self.plan.limits.timeout.as_millis()).unwrap_or(Millis::MAX);
        self.begun.map_or(Millis::MAX, |begun| begun.max(self.taken_up).saturating_add(timeout))
    }

    /// Tells since when this process could have carried the run on.
    pub fn take_up(&mut self, at: Millis) {
        self.taken_up = at;
    }

    /// Takes in what happened. Entries are applied in the order of the journal; the first, [`Entry::Created`], made
    /// this state and changes nothing more.
    pub fn apply(&mut self, entry: &Entry) {
        if !matches!(entry, Entry::Created(_)) {
            self.begun.get_or_insert(entry.at());
        }
        match entry {
            Entry::Created(_) => {}
            Entry::Started { spot, attempt, .. } => self.begin(spot, Activity::Attempting { attempt: *attempt }),
            Entry::Failed { spot, attempt, retry: Some(due), .. } => {
                self.begin(spot, Activity::Retrying { attempt: *attempt, due: *due });
            }
            Entry::Failed { spot, error, retry: None, .. } => {
                self.begin(spot, Activity::Failing { error: (**error).clone() });
            }
            Entry::Routed { spot, branches, .. } => {
                self.begin(spot, Activity::Routed { branches: branches.clone() });
            }
            Entry::Looped { spot, items, count, .. } => {
                let (items, count) = (items.clone(), *count);
                self.begin(spot, Activity::Looping { items, count, turns: 0, collected: Vec::new() });
            }
            Entry::Turned { spot, turn, value, .. } => self.turn(spot, *turn, value.as_ref()),
            Entry::Done(done) => self.conclude(&done.spot, done.output.clone()),
            Entry::Recovered { spot, output, .. } => self.conclude(spot, output.clone()),
            Entry::Skipped { spot, .. } => self.conclude(spot, Payload::null()),
            Entry::Filtered { spot, passed, .. } => {
                self.conclude(spot, Payload::null());
                if !passed {
                    self.hold(spot);
                }
            }
            Entry::Responded { spot, response, .. } => {
                self.response = Some(Arc::clone(response));
                self.conclude(spot, Payload::null());
            }
            Entry::Ended { end, .. } => self.end = Some((**end).clone()),
        }
    }

    fn begin(&mut self, spot: &Spot, activity: Activity) {
        self.active.insert(spot.clone(), activity);
    }

    fn conclude(&mut self, spot: &Spot, output: Payload) {
        self.active.remove(spot);
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
        if let Some(Activity::Looping { turns, collected, .. }) = self.active.get_mut(spot) {
            *turns = turn + 1;
            collected.extend(value.cloned());
        }
        let Kind::ForEach(each) = &self.plan.step(spot.step).kind else { return };
        let mut inside = spot.turns.clone();
        inside.push(turn);
        let (plan, block) = (Arc::clone(&self.plan), each.block);
        self.lanes.retain(|lane, _| !(lane.turns.starts_with(&inside) && is_within(&plan, lane.block, block)));
    }

    fn progress_of(&mut self, spot: &Spot) -> &mut Progress {
        let lane = Lane { block: self.plan.step(spot.step).block, turns: spot.turns.clone() };
        self.lanes.entry(lane).or_default()
    }
}

/// Whether a block is `outer` or stands, however deep, inside of it.
fn is_within(plan: &Plan, block: BlockNo, outer: BlockNo) -> bool {
    let mut at = block;
    loop {
        if at == outer {
            return true;
        }
        match plan.block(at).owner {
            Some(owner) if at != BODY => at = plan.step(owner).block,
            _ => return false,
        }
    }
}
