//! What steps see of time and chance. Both follow from the journal: a run that is walked again, after a crash or as a
//! replay, sees the same again.

use crate::entry::{Decided, Entry, Occasion};
use crate::id::{Millis, RunId, Spot};
use crate::resume::ResumeKey;
use crate::state::{Activity, State};
use scenario::expression::Moment;
use scenario::plan::{Bound, Kind};
use std::collections::{BTreeMap, VecDeque};

/// From what all random values of a run are drawn. The installation's key is in it, so that who knows the name of a run
/// cannot guess what it draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn of(run: RunId, key: &ResumeKey) -> Self {
        Self(key.chance(run))
    }

    /// The seed of one decision about one step.
    fn seed(self, identity: u64, spot: &Spot, occasion: Occasion) -> u64 {
        let (kind, number) = match occasion {
            Occasion::Attempt(attempt) => (0, attempt),
            Occasion::Failure(attempt) => (1, attempt),
            Occasion::Began(turn) => (2, turn),
            Occasion::Turned(turn) => (3, turn),
            Occasion::Recovery => (4, 0),
        };
        let seed = spot.turns.iter().fold(mix(self.0 ^ identity), |seed, turn| mix(seed ^ (u64::from(*turn) + 1)));
        mix(seed ^ (kind << 32) ^ u64::from(number))
    }
}

/// Which steps see again what another run saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those that touch nothing outside. What is sent, waited for or started is of the present.
    Within,
    /// All of them: nothing leaves the machine.
    Everything,
}

/// What another run saw of time and chance.
#[derive(Debug)]
pub(crate) struct Recall {
    chance: Chance,
    times: BTreeMap<(Spot, Occasion), VecDeque<Millis>>,
    reach: Reach,
}

impl State {
    /// Has steps see again what another run saw: the random values that `draws` draws, and, where it is known, the
    /// time.
    pub fn recall(&mut self, draws: RunId, times: impl IntoIterator<Item = Decided>, reach: Reach) {
        let mut known: BTreeMap<_, VecDeque<Millis>> = BTreeMap::new();
        for Decided { spot, occasion, at } in times {
            known.entry((spot, occasion)).or_default().push_back(at);
        }
        let chance = Chance::of(draws, &self.setting.resume_key);
        self.recall = Some(Box::new(Recall { chance, times: known, reach }));
    }

    /// What the expressions of a step see when it is decided on at this time.
    pub(crate) fn moment(&self, spot: &Spot, occasion: Occasion, now: Millis) -> Moment {
        let step = self.plan.step(spot.step);
        let is_within = !matches!(step.kind, Kind::Call(_) | Kind::Wait(_) | Kind::WaitFor(_) | Kind::Invoke(_));
        let recall = self.recall.as_deref().filter(|recall| is_within || recall.reach == Reach::Everything);
        let chance = recall.map_or(self.chance, |recall| recall.chance);
        let seen = recall.and_then(|recall| recall.times.get(&(spot.clone(), occasion))?.front().copied());
        let seed = chance.seed(step.identity, spot, occasion);
        Moment { now: seen.unwrap_or(now), seed, first_line: step.place.line }
    }

    /// What the expressions see that tell what the run is recognised by, when it comes in.
    pub(crate) fn arrival(&self, now: Millis) -> Moment {
        Moment { now, seed: mix(self.chance.0), first_line: 0 }
    }

    /// What the steps of this journal, which this state is the beginning of, saw of time: what a replay sees again.
    pub fn decided<'e>(mut self, entries: impl IntoIterator<Item = &'e Entry>) -> Vec<Decided> {
        let mut decided = Vec::new();
        for entry in entries {
            if let Some((spot, occasion)) = self.occasion(entry) {
                // What a replay saw again is what the next one sees.
                let at = self.moment(spot, occasion, entry.at()).now;
                decided.push(Decided { spot: spot.clone(), occasion, at });
            }
            self.apply(entry);
        }
        decided
    }

    /// What was seen once is not seen again: the next decision of this kind has a time of its own.
    pub(crate) fn note_seen(&mut self, entry: &Entry) {
        if self.recall.is_none() {
            return;
        }
        let key = match (entry, activity_of(self, entry)) {
            // Until it is over, a crash may have it begin again.
            (Entry::Started { .. }, _) => None,
            (_, Some((spot, Activity::Attempting { attempt, .. }))) => {
                Some((spot.clone(), Occasion::Attempt(*attempt)))
            }
            _ => self.occasion(entry).map(|(spot, occasion)| (spot.clone(), occasion)),
        };
        let Some(key) = key else { return };
        if let Some(times) = self.recall.as_mut().and_then(|recall| recall.times.get_mut(&key)) {
            times.pop_front();
        }
    }

    /// On which occasion expressions of a step were looked at for this entry to come about; none where none were.
    fn occasion<'e>(&self, entry: &'e Entry) -> Option<(&'e Spot, Occasion)> {
        Some(match entry {
            // After a crash, it sees what it saw before.
            Entry::Started { spot, .. } if matches!(self.active.get(spot), Some(Activity::Attempting { .. })) => {
                return None;
            }
            Entry::Started { spot, attempt, .. } => (spot, Occasion::Attempt(*attempt)),
            Entry::Called(called) => (&called.spot, Occasion::Attempt(called.attempt)),
            Entry::Skipped { spot, .. }
            | Entry::Filtered { spot, .. }
            | Entry::Weighed { spot, .. }
            | Entry::Routed { spot, .. }
            | Entry::Looped { spot, .. }
            | Entry::Responded { spot, .. }
            | Entry::Assigned { spot, .. }
            | Entry::Awaiting { spot, .. }
            | Entry::Concluded { spot, .. } => (spot, Occasion::Attempt(1)),
            Entry::Began { spot, turn, .. } => (spot, Occasion::Began(*turn)),
            Entry::Turned { spot, turn, .. } => (spot, Occasion::Turned(*turn)),
            Entry::Recovered { spot, .. } => (spot, Occasion::Recovery),
            Entry::Done(done) => (&done.spot, self.end_occasion(&done.spot, done.attempt)?),
            Entry::Failed { spot, attempt, .. } => match self.active.get(spot) {
                Some(Activity::Attempting { .. } | Activity::Calling(_)) => (spot, Occasion::Failure(*attempt)),
                _ => (spot, self.end_occasion(spot, *attempt)?),
            },
            _ => return None,
        })
    }

    /// The occasion on which a step was over: at once, or in the last turn of a loop.
    fn end_occasion(&self, spot: &Spot, attempt: u32) -> Option<Occasion> {
        match self.active.get(spot) {
            None | Some(Activity::Released | Activity::Retrying { .. }) => Some(Occasion::Attempt(attempt)),
            Some(Activity::Looping { finished, .. }) => match &self.plan.step(spot.step).kind {
                Kind::Repeat(repeat) if matches!(repeat.bound, Bound::While(_)) => {
                    Some(Occasion::Began(finished.below()))
                }
                _ => Some(Occasion::Turned(finished.below())),
            },
            _ => None,
        }
    }
}

/// The step that a call or script was over for with this entry, and what it was at.
fn activity_of<'a>(state: &'a State, entry: &'a Entry) -> Option<(&'a Spot, &'a Activity)> {
    let spot = match entry {
        Entry::Done(done) => &done.spot,
        Entry::Failed { spot, .. } => spot,
        _ => return None,
    };
    Some((spot, state.active.get(spot)?))
}

/// Spreads every bit over all others (the finaliser of SplitMix64).
fn mix(bits: u64) -> u64 {
    let mut bits = bits.wrapping_add(0x9E37_79B9_7F4A_7C15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}
