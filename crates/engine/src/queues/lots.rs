//! One queue and its slots, shared fairly: scenarios take turns, and none of them has all the slots.

use crate::meter::Meter;
use run::id::{Millis, RunId, ScenarioId};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Scenarios take turns; the runs of one are served first come, first served, those that have begun first.
#[derive(Debug)]
pub(crate) struct Queue {
    lots: Mutex<Lots>,
    /// How many wait, to be read without the lock.
    waiting: AtomicUsize,
    /// A run or a slot has come.
    changed: Notify,
    /// A slot was given back.
    released: Notify,
    size: u32,
}

/// Whose a lot is. What is woken without anyone knowing whose run it is has a lot of its own.
type Owner = Option<ScenarioId>;

#[derive(Debug, Default)]
struct Lots {
    of: HashMap<Owner, Lot>,
    /// The lots in which something waits, the next one first.
    round: VecDeque<Owner>,
    paused: HashSet<ScenarioId>,
    free: u32,
    served: Meter,
}

#[derive(Debug, Default)]
struct Lot {
    woken: VecDeque<RunId>,
    new: VecDeque<RunId>,
    held: u32,
    served: Meter,
}

/// How a scenario's runs stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Standing {
    /// How many wait.
    pub(crate) waiting: usize,
    /// How many have a slot.
    pub(crate) running: usize,
    /// The first of those that wait.
    pub(crate) oldest: Option<RunId>,
    /// How many were served lately, per second.
    pub(crate) rate: f64,
}

impl Standing {
    pub(crate) fn add(&mut self, other: &Self) {
        self.waiting += other.waiting;
        self.running += other.running;
        self.rate += other.rate;
        self.oldest = [self.oldest, other.oldest].into_iter().flatten().min();
    }
}

impl Queue {
    pub(crate) fn new(size: u32) -> Arc<Self> {
        let lots = Mutex::new(Lots { free: size, ..Lots::default() });
        let (waiting, changed, released) = (AtomicUsize::new(0), Notify::new(), Notify::new());
        Arc::new(Self { lots, waiting, changed, released, size })
    }

    /// The most slots that one scenario may hold: three quarters, so that a flood of slow runs leaves some to others
    /// at once.
    fn share(&self) -> u32 {
        self.size - self.size / 4
    }

    /// A slot for a run that has just come, if one is free now and none of its scenario is before it.
    pub(crate) fn free_slot(self: &Arc<Self>, scenario: &ScenarioId) -> Option<Slot> {
        let mut lots = self.lots();
        let owner = Some(scenario.clone());
        let lot = lots.of.get(&owner);
        if lots.free == 0 || lot.is_some_and(|lot| lot.held >= self.share() || lot.len() > 0) {
            return None;
        }
        lots.of.entry(owner.clone()).or_default().held += 1;
        lots.free -= 1;
        Some(Slot { queue: Arc::clone(self), owner })
    }

    pub(crate) fn push_new(&self, scenario: &ScenarioId, run: RunId) {
        self.push(Some(scenario.clone()), |lot| lot.new.push_back(run));
    }

    pub(crate) fn push_begun(&self, scenario: &ScenarioId, run: RunId) {
        self.push(Some(scenario.clone()), |lot| lot.woken.push_back(run));
    }

    pub(crate) fn push_woken(&self, run: RunId) {
        self.push(None, |lot| lot.woken.push_back(run));
    }

    /// The next run, and a slot for it; waits for both.
    pub(crate) async fn next(self: &Arc<Self>, now: impl Fn() -> Millis) -> (RunId, Slot) {
        loop {
            if let Some((run, owner)) = self.serve(now()) {
                return (run, Slot { queue: Arc::clone(self), owner });
            }
            self.changed.notified().await;
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    pub(crate) fn pause(&self, scenario: &ScenarioId) {
        self.lots().paused.insert(scenario.clone());
    }

    pub(crate) fn resume(&self, scenario: &ScenarioId) {
        self.lots().paused.remove(scenario);
        self.changed.notify_one();
    }

    pub(crate) fn take_new(&self, scenario: &ScenarioId) -> Vec<RunId> {
        let mut lots = self.lots();
        let owner = Some(scenario.clone());
        let Some(lot) = lots.of.get_mut(&owner) else { return Vec::new() };
        let taken: Vec<RunId> = std::mem::take(&mut lot.new).into();
        if lot.len() == 0 {
            lots.round.retain(|waiting| *waiting != owner);
            lots.forget_idle(&owner);
        }
        self.waiting.fetch_sub(taken.len(), Ordering::Relaxed);
        taken
    }

    pub(crate) fn standings(&self, now: Millis) -> HashMap<ScenarioId, Standing> {
        let lots = self.lots();
        let of = lots.of.iter().filter_map(|(owner, lot)| Some((owner.clone()?, lot.standing(now))));
        of.collect()
    }

    pub(crate) fn retry_after(&self, now: Millis) -> u32 {
        self.lots().served.retry_after(self.len(), now)
    }

    /// Comes back once every slot is free.
    pub(crate) async fn idle(&self) {
        loop {
            let released = self.released.notified();
            tokio::pin!(released);
            released.as_mut().enable();
            if self.lots().free == self.size {
                return;
            }
            released.await;
        }
    }

    fn push(&self, owner: Owner, add: impl FnOnce(&mut Lot)) {
        let mut lots = self.lots();
        let lot = lots.of.entry(owner.clone()).or_default();
        let was_empty = lot.len() == 0;
        add(lot);
        if was_empty {
            lots.round.push_back(owner);
        }
        drop(lots);
        self.waiting.fetch_add(1, Ordering::Relaxed);
        self.changed.notify_one();
    }

    /// Takes the next run of the next scenario that may have a slot.
    fn serve(&self, now: Millis) -> Option<(RunId, Owner)> {
        let mut guard = self.lots();
        let lots = &mut *guard;
        if lots.free == 0 {
            return None;
        }
        for _ in 0..lots.round.len() {
            let owner = lots.round.pop_front()?;
            let Some(lot) = lots.of.get_mut(&owner) else { continue };
            let is_paused = owner.as_ref().is_some_and(|scenario| lots.paused.contains(scenario));
            let has_room = owner.is_none() || lot.held < self.share();
            let next = match (has_room, is_paused) {
                (false, _) => None,
                (true, true) => lot.woken.pop_front(),
                (true, false) => lot.next(),
            };
            if next.is_some() {
                lot.held += 1;
                lot.served.note(now);
            }
            match lot.len() {
                0 => lots.forget_idle(&owner),
                _ => lots.round.push_back(owner.clone()),
            }
            if let Some(run) = next {
                lots.free -= 1;
                lots.served.note(now);
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                return Some((run, owner));
            }
        }
        None
    }

    fn lots(&self) -> MutexGuard<'_, Lots> {
        self.lots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lots {
    fn forget_idle(&mut self, owner: &Owner) {
        if self.of.get(owner).is_some_and(|lot| lot.len() == 0 && lot.held == 0) {
            self.of.remove(owner);
        }
    }
}

impl Lot {
    fn len(&self) -> usize {
        self.woken.len() + self.new.len()
    }

    /// The next run: one that has begun before one that is new.
    fn next(&mut self) -> Option<RunId> {
        let next = self.woken.pop_front().or_else(|| self.new.pop_front());
        // What a flood has left is given back.
        if self.new.capacity() > 1_024 && self.new.len() < self.new.capacity() / 4 {
            self.new.shrink_to(self.new.len() * 2);
        }
        next
    }

    fn standing(&self, now: Millis) -> Standing {
        Standing {
            waiting: self.new.len() + self.woken.len(),
            running: self.held as usize,
            oldest: self.new.front().into_iter().chain(self.woken.front()).min().copied(),
            rate: self.served.rate(now),
        }
    }
}

/// The right to be driven. Given back when dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    queue: Arc<Queue>,
    owner: Owner,
}

impl Slot {
    /// Says whose run has the slot, where that was not known. None where the scenario has its share already; the slot
    /// is given back then.
    #[must_use]
    pub(crate) fn belongs_to(mut self, scenario: &ScenarioId) -> Option<Self> {
        if self.owner.is_some() {
            return Some(self);
        }
        let owner = Some(scenario.clone());
        let mut guard = self.queue.lots();
        let lots = &mut *guard;
        let lot = lots.of.entry(owner.clone()).or_default();
        if lot.held >= self.queue.share() {
            drop(guard);
            return None;
        }
        lot.held += 1;
        if let Some(unknown) = lots.of.get_mut(&None) {
            unknown.held -= 1;
        }
        lots.forget_idle(&None);
        drop(guard);
        self.owner = owner;
        Some(self)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut lots = self.queue.lots();
        lots.free += 1;
        if let Some(lot) = lots.of.get_mut(&self.owner) {
            lot.held -= 1;
        }
        lots.forget_idle(&self.owner);
        drop(lots);
        self.queue.changed.notify_one();
        self.queue.released.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
