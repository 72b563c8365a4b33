//! The lines of one scenario.

use super::{Advance, Gate, LineNo, Place, Progress, Rules, Shut, Standing};
use crate::meter::Meter;
use run::id::{Millis, RunId};
use scenario::plan::{Limits, OnFull, Rate};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The lines of one scenario, which share its rate and the bound on what may wait.
#[derive(Debug, Default)]
pub(super) struct Group {
    lines: HashMap<LineNo, Line>,
    /// The first of each line in which there is room: what holds these back is the rate, or that nothing begins now.
    eligible: BTreeSet<(RunId, LineNo)>,
    /// The limit by which that was found.
    limit: Option<u32>,
    /// The first of each line, whether there is room or not.
    firsts: BTreeSet<RunId>,
    inside: usize,
    waiting: usize,
    /// How many waited when that was last asked.
    counted: usize,
    /// When the next run may begin if runs came at exactly the rate; behind `now` by what may still come at once.
    next: Millis,
    begun: Meter,
    dropped: u64,
    /// Lines whose first is another since the last advance.
    moved: Vec<LineNo>,
}

#[derive(Debug, Default)]
struct Line {
    inside: BTreeMap<RunId, Stay>,
    waiting: BTreeSet<RunId>,
}

/// Whether a run that has its turn may keep it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stay {
    Wanted,
    /// It was told to end.
    Displaced,
}

impl Group {
    pub(super) fn enter(&mut self, no: LineNo, run: RunId, rules: Rules<'_>) -> Result<Place, Shut> {
        self.adopt(rules);
        let (limit, on_full) = (self.limit, rules.limits.concurrency.as_ref().map(|most| most.on_full));
        let line = self.lines.entry(no).or_default();
        let has_room = line.has_room(limit);
        let is_first = line.waiting.is_empty() && self.eligible.is_empty();
        if rules.gate == Gate::Open && is_first && has_room && may_begin(self.next, rules) {
            self.begin(no, run, rules);
            return Ok(Place::Inside);
        }
        let shut = if !has_room && on_full == Some(OnFull::Drop) {
            self.dropped += 1;
            Some(Shut::Dropped)
        } else {
            let is_full = rules.limits.queue.is_some_and(|most| self.waiting >= most as usize);
            is_full.then(|| Shut::Full { retry_after: self.begun.retry_after(self.waiting, rules.now) })
        };
        if let Some(shut) = shut {
            self.tidy(no);
            return Err(shut);
        }
        self.line_up(no, run);
        Ok(Place::Behind)
    }

    pub(super) fn return_to(&mut self, no: LineNo, run: RunId, progress: Progress) {
        match progress {
            Progress::Begun => self.go_inside(no, run),
            Progress::New => self.line_up(no, run),
        }
    }

    pub(super) fn is_waiting(&self, no: LineNo, run: RunId) -> bool {
        self.lines.get(&no).is_some_and(|line| line.waiting.contains(&run))
    }

    pub(super) fn has(&self, no: LineNo, run: RunId) -> bool {
        self.lines.get(&no).is_some_and(|line| line.waiting.contains(&run) || line.inside.contains_key(&run))
    }

    pub(super) fn first(&self) -> Option<RunId> {
        self.firsts.first().copied()
    }

    pub(super) fn leave(&mut self, no: LineNo, run: RunId) {
        self.change(no, |line| {
            if line.inside.remove(&run).is_some() {
                return 0;
            }
            usize::from(line.waiting.remove(&run))
        });
    }

    pub(super) fn advance(&mut self, rules: Rules<'_>) -> Advance {
        self.adopt(rules);
        let mut advance = Advance::default();
        while let Some((first, no)) = self.eligible.first().copied().filter(|_| rules.gate == Gate::Open) {
            if !may_begin(self.next, rules) {
                advance.next = rules.limits.rate.map(|rate| (earliest(self.next, rate), first));
                break;
            }
            self.change(no, |line| usize::from(line.waiting.remove(&first)));
            self.begin(no, first, rules);
            advance.admitted.push(first);
        }
        for no in std::mem::take(&mut self.moved) {
            let Some(line) = self.lines.get_mut(&no) else { continue };
            if rules.gate == Gate::Open && displaces(rules.limits) {
                advance.displaced.extend(line.displace(self.limit));
            }
            if rules.limits.deadline.is_some() {
                advance.first.extend(line.waiting.first());
            }
        }
        advance
    }

    /// Whether nothing of it need be kept.
    pub(super) fn is_idle(&self, now: Millis) -> bool {
        self.lines.is_empty() && self.next <= now && self.dropped == 0
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = (LineNo, RunId)> {
        self.lines.iter().flat_map(|(no, line)| line.waiting.iter().map(|run| (*no, *run)))
    }

    pub(super) fn standing(&self, now: Millis) -> Standing {
        Standing {
            waiting: self.waiting,
            inside: self.inside,
            oldest: self.first(),
            rate: self.begun.rate(now),
            dropped: self.dropped,
        }
    }

    /// How many waited when this was last asked, and how many wait.
    pub(super) fn recount(&mut self) -> (usize, usize) {
        (std::mem::replace(&mut self.counted, self.waiting), self.waiting)
    }

    fn line_up(&mut self, no: LineNo, run: RunId) {
        let mut is_there = false;
        self.change(no, |line| {
            is_there = !line.waiting.insert(run);
            0
        });
        if is_there {
            return;
        }
        self.waiting += 1;
        // Who comes last may still displace who is inside.
        if self.moved.last() != Some(&no) {
            self.moved.push(no);
        }
    }

    fn go_inside(&mut self, no: LineNo, run: RunId) {
        self.change(no, |line| {
            line.inside.insert(run, Stay::Wanted);
            0
        });
    }

    fn begin(&mut self, no: LineNo, run: RunId, rules: Rules<'_>) {
        self.go_inside(no, run);
        self.begun.note(rules.now);
        if let Some(rate) = rules.limits.rate {
            self.next = self.next.max(rules.now).saturating_add(pause(rate));
        }
    }

    /// Changes a line, and keeps what is known of its first. `act` gives how many do not wait in it any more.
    fn change(&mut self, no: LineNo, act: impl FnOnce(&mut Line) -> usize) {
        let line = self.lines.entry(no).or_default();
        let (first, inside) = (line.waiting.first().copied(), line.inside.len());
        if let Some(first) = first {
            self.eligible.remove(&(first, no));
        }
        self.waiting -= act(line);
        self.inside = self.inside + line.inside.len() - inside;
        let now = line.waiting.first().copied();
        if now != first {
            first.iter().for_each(|first| _ = self.firsts.remove(first));
            self.firsts.extend(now);
        }
        if let Some(now) = now.filter(|_| line.has_room(self.limit)) {
            self.eligible.insert((now, no));
        }
        if now.is_some() && now != first {
            self.moved.push(no);
        }
        self.tidy(no);
    }

    fn tidy(&mut self, no: LineNo) {
        if self.lines.get(&no).is_some_and(|line| line.inside.is_empty() && line.waiting.is_empty()) {
            self.lines.remove(&no);
        }
    }

    /// Goes by the scenario's present limits.
    fn adopt(&mut self, Rules { limits, now, .. }: Rules<'_>) {
        if let Some(rate) = limits.rate {
            // No more than a whole burst is behind: the clock was set back, or the rate is another.
            self.next = self.next.min(now.saturating_add(pause(rate).saturating_mul(Millis::from(rate.count))));
        }
        let limit = limits.concurrency.as_ref().map(|most| most.limit);
        if limit == self.limit {
            return;
        }
        self.limit = limit;
        let firsts = self.lines.iter().filter(|(_, line)| line.has_room(limit));
        self.eligible = firsts.filter_map(|(no, line)| Some((*line.waiting.first()?, *no))).collect();
    }
}

impl Line {
    fn has_room(&self, limit: Option<u32>) -> bool {
        limit.is_none_or(|most| self.inside.len() < most as usize)
    }

    /// The oldest inside, as many as must end for those who wait.
    fn displace(&mut self, limit: Option<u32>) -> Vec<RunId> {
        let most = limit.map_or(usize::MAX, |limit| limit as usize);
        let excess = (self.inside.len() + self.waiting.len()).saturating_sub(most).min(self.inside.len());
        let mut displaced = Vec::new();
        for (run, stay) in self.inside.iter_mut().take(excess) {
            if std::mem::replace(stay, Stay::Displaced) == Stay::Wanted {
                displaced.push(*run);
            }
        }
        displaced
    }
}

fn displaces(limits: &Limits) -> bool {
    limits.concurrency.as_ref().is_some_and(|most| most.on_full == OnFull::CancelRunning)
}

/// As many as the rate's count may begin at once (the generic cell rate algorithm, ITU-T I.371).
fn may_begin(next: Millis, rules: Rules<'_>) -> bool {
    rules.limits.rate.is_none_or(|rate| earliest(next, rate) <= rules.now)
}

/// The earliest time for the next one: a burst may come at once.
pub(crate) fn earliest(next: Millis, rate: Rate) -> Millis {
    next.saturating_sub(pause(rate).saturating_mul(Millis::from(rate.count) - 1))
}

/// The time between two runs at exactly this rate, at least a millisecond.
pub(crate) fn pause(rate: Rate) -> Millis {
    let per = Millis::try_from(rate.per.as_millis()).unwrap_or(Millis::MAX);
    (per / Millis::from(rate.count)).max(1)
}
