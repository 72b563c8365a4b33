//! Random scenarios with random crashes: whatever a journal is cut after, and in whatever order calls come back, the run
//! ends as it would have without.

mod again;
mod scenarios;

use super::{done, module, outcome_of, reread};
use crate::call::Outcome;
use crate::entry::{Created, End, Entry, Release};
use crate::error::StepError;
use crate::id::{Millis, RunId, Spot};
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::response::Response;
use crate::{Action, Job, PreparedCall, State, decide, settle};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use scenario::catalog::Catalog;
use scenario::data;
use scenario::plan::{BODY, Kind, OnError, Plan};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::START;

/// No scenario that is made here takes more turns of the driver's loop.
const LONGEST: usize = 50_000;

/// A crash: after which entry, how long nobody was there afterwards, and in which order calls come back from then on.
#[derive(Clone, Debug)]
struct Crash {
    cut: Index,
    gap: Millis,
    seed: u64,
}

fn crashes() -> impl Strategy<Value = Vec<Crash>> {
    let gap = prop_oneof![Just(0), Just(1), Just(3_600_000)];
    let crash = (any::<Index>(), gap, any::<u64>()).prop_map(|(cut, gap, seed)| Crash { cut, gap, seed });
    prop::collection::vec(crash, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), max_shrink_iters: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn crashes_change_nothing(text in scenarios::texts(), seed in any::<u64>(), crashes in crashes()) {
        let plan = plan(&text);
        let whole = Walk::of(&plan, vec![created(&plan)], START, seed).run();
        let expected = Outcomes::of(&plan, &whole);
        let mut journal = whole;
        for crash in crashes {
            let cut = crash.cut.index(journal.len() - 1) + 1;
            let begin = reread(&journal[..cut]);
            let now = begin.last().map_or(START, Entry::at) + crash.gap;
            journal = Walk::of(&plan, begin, now, crash.seed).run();
            prop_assert_eq!(&Outcomes::of(&plan, &journal), &expected, "cut after {} of {}", cut, text);
            let again = repeated(&plan, &journal, cut);
            prop_assert!(again.is_empty(), "done again after {cut}: {again:?} of {text}");
            let unnamed = unnamed(&plan, &journal);
            prop_assert!(unnamed.is_empty(), "made again without being named in doubt: {unnamed:?} of {text}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases() / 3, ..ProptestConfig::default() })]

    /// What the formatter writes runs as what it was given, and stays as it is.
    #[test]
    fn formatting_changes_nothing(text in scenarios::texts(), seed in any::<u64>()) {
        let formatted = scenario::format::format(&text).unwrap();
        prop_assert_eq!(&scenario::format::format(&formatted).unwrap(), &formatted);
        let outcomes = |text: &str| {
            let plan = plan(text);
            Outcomes::of(&plan, &Walk::of(&plan, vec![created(&plan)], START, seed).run())
        };
        prop_assert_eq!(outcomes(&formatted), outcomes(&text), "{}", formatted);
    }
}

/// What is never met is not tested: each kind of entry that a journal has today comes of some scenario.
#[test]
fn every_kind_of_entry_is_met() {
    let expected = "Answered Assigned Awaiting Began Called Collapsed Concluded Created Done Ended Escalated Failed \
                    Handling Held Looped Recovered Released Responded Routed Skipped Started Turned Weighed";
    let expected: BTreeSet<&str> = expected.split(' ').collect();
    let mut runner = TestRunner::deterministic();
    let mut met = BTreeSet::new();
    for seed in 0..400 {
        if met.len() == expected.len() {
            break;
        }
        let text = scenarios::texts().new_tree(&mut runner).unwrap().current();
        let plan = plan(&text);
        for entry in Walk::of(&plan, vec![created(&plan)], START, seed).run() {
            let shown = format!("{entry:?}");
            met.insert(shown.split([' ', '(', '{']).next().unwrap().to_owned());
        }
    }
    assert_eq!(met.iter().map(String::as_str).collect::<BTreeSet<_>>(), expected);
}

/// How many scenarios are tried: `PROPTEST_CASES` says otherwise.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(300)
}

fn plan(text: &str) -> Arc<Plan> {
    let (plan, diagnostics) = scenario::check(text, &Catalog::new([module()]));
    Arc::new(plan.unwrap_or_else(|| panic!("{text}: {diagnostics:?}")))
}

fn created(plan: &Plan) -> Entry {
    let input = Input {
        source: Source::Manual,
        at: START,
        request: None,
        body: Payload::of_value(&json!({ "n": 2, "items": [1, 2, 3] })),
        raw: None,
        files: None,
    };
    let (scenario, version) = ("random".parse().unwrap(), plan.version.clone());
    Entry::Created(Arc::new(Created { scenario, version, at: START, input }))
}

/// What must be the same.
#[derive(Debug, PartialEq)]
struct Outcomes {
    end: Option<End>,
    response: Option<Response>,
    vars: Value,
    concluded: Option<Value>,
    outputs: Vec<(u32, Value)>,
}

impl Outcomes {
    fn of(plan: &Arc<Plan>, journal: &[Entry]) -> Self {
        let state = state(plan, journal);
        // How far branches beside the one that ended the run have come is a matter of time.
        let outputs = state.lanes.iter().filter(|(lane, _)| lane.block == BODY);
        let outputs = outputs.flat_map(|(_, progress)| &progress.outputs);
        Self {
            end: state.end().cloned(),
            response: state.response().map(|response| (**response).clone()),
            vars: data::to_json(state.vars()),
            concluded: state.concluded().map(|(_, value)| json_of(value)),
            outputs: outputs.map(|(step, value)| (step.0, json_of(value))).collect(),
        }
    }
}

fn json_of(payload: &Payload) -> Value {
    serde_json::from_slice(payload.text()).unwrap()
}

fn state(plan: &Arc<Plan>, journal: &[Entry]) -> State {
    let Some(Entry::Created(created)) = journal.first() else { panic!("a journal begins with its creation") };
    let mut state = State::new(RunId(uuid::Uuid::nil()), Arc::clone(plan), Arc::clone(created), Arc::default());
    journal.iter().for_each(|entry| state.apply(entry));
    state
}

/// The steps that had been done before the cut and were begun again after it. What stands inside of a step that failed
/// afterwards, and was tried again as a whole, may well be done again.
fn repeated(plan: &Plan, journal: &[Entry], cut: usize) -> Vec<Spot> {
    let mut done = done(&journal[..0]);
    let mut again = Vec::new();
    for (position, entry) in journal.iter().enumerate() {
        match entry {
            Entry::Done(finished) => {
                done.insert(finished.spot.clone());
            }
            Entry::Failed { spot, retry: None, .. } | Entry::Escalated { spot, .. } => {
                done.retain(|inner| !is_within(plan, inner, spot));
            }
            Entry::Started { spot, .. } if position >= cut && done.contains(spot) => again.push(spot.clone()),
            _ => {}
        }
    }
    again
}

/// The calls that were made again after a crash, though it was not journaled before that they were in doubt; and those
/// that were said to be in doubt and had not begun.
fn unnamed(plan: &Plan, journal: &[Entry]) -> Vec<Spot> {
    let mut open: BTreeMap<Spot, bool> = BTreeMap::new();
    let mut unnamed = Vec::new();
    for entry in journal {
        match entry {
            Entry::Started { spot, .. }
                if matches!(plan.step(spot.step).kind, Kind::Call(_))
                    && open.insert(spot.clone(), false) == Some(false) =>
            {
                unnamed.push(spot.clone());
            }
            Entry::Doubted { spot, .. } if open.insert(spot.clone(), true) != Some(false) => unnamed.push(spot.clone()),
            Entry::Done(done) => _ = open.remove(&done.spot),
            Entry::Failed { spot, .. } | Entry::Escalated { spot, .. } => {
                open.retain(|inner, _| inner != spot && !is_within(plan, inner, spot));
            }
            Entry::Collapsed { .. } => open.clear(),
            _ => {}
        }
    }
    unnamed
}

fn is_within(plan: &Plan, inner: &Spot, outer: &Spot) -> bool {
    let mut at = inner.step;
    while let Some(owner) = plan.block(plan.step(at).block).owner {
        if owner == outer.step {
            return inner.turns.starts_with(&outer.turns);
        }
        at = owner;
    }
    false
}

/// Something under way.
enum Pending {
    Call(Box<PreparedCall>),
    Compute(Box<Job>),
    Follow(Arc<crate::entry::Called>),
}

impl Pending {
    fn spot(&self) -> &Spot {
        match self {
            Self::Call(call) => &call.spot,
            Self::Compute(job) => &job.spot,
            Self::Follow(called) => &called.spot,
        }
    }
}

/// One process that carries a run on, as the engine does: many calls at once, which come back in any order.
struct Walk {
    state: State,
    journal: Vec<Entry>,
    now: Millis,
    seed: u64,
    pending: Vec<Pending>,
}

impl Walk {
    fn of(plan: &Arc<Plan>, journal: Vec<Entry>, now: Millis, seed: u64) -> Self {
        let mut state = state(plan, &journal);
        state.take_up(now);
        Self { state, journal, now, seed, pending: Vec::new() }
    }

    /// Goes on to the end of the run.
    fn run(mut self) -> Vec<Entry> {
        for _ in 0..LONGEST {
            if self.state.end().is_some() {
                return self.journal;
            }
            self.go_on();
        }
        panic!("the run does not end")
    }

    fn go_on(&mut self) {
        let in_flight: BTreeSet<Spot> = self.pending.iter().map(|pending| pending.spot().clone()).collect();
        let (mut news, mut due) = (false, None::<Millis>);
        for action in decide(&self.state, &in_flight, self.now) {
            match action {
                Action::Wait(until) => {
                    due = Some(due.map_or(until, |due| due.min(until)));
                    continue;
                }
                Action::Record(entry) => self.note(entry),
                Action::Call(call) => {
                    let (spot, attempt) = (call.spot.clone(), call.attempt);
                    self.note(Entry::Started { spot, attempt, at: self.now });
                    self.pending.push(Pending::Call(call));
                }
                Action::Compute(job) => {
                    let (spot, attempt) = (job.spot.clone(), job.attempt);
                    self.note(Entry::Started { spot, attempt, at: self.now });
                    self.pending.push(Pending::Compute(job));
                }
                Action::Follow(called) => self.pending.push(Pending::Follow(called)),
            }
            news = true;
        }
        if !news && !self.settle_one() && !self.help() {
            self.now = self.now.max(due.expect("the run stands still"));
        }
    }

    fn note(&mut self, entry: Entry) {
        self.state.apply(&entry);
        // As the engine does: what was inside of a step that has failed is given up.
        self.pending.retain(|pending| self.state.wants(pending.spot()));
        self.journal.push(entry);
    }

    /// Some call comes back. What nobody wants any more is not heard.
    fn settle_one(&mut self) -> bool {
        if self.pending.is_empty() {
            return false;
        }
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pending = self.pending.swap_remove((self.seed >> 33) as usize % self.pending.len());
        let spot = pending.spot().clone();
        if self.state.wants(&spot) {
            let (attempt, result) = match &pending {
                Pending::Call(call) => (call.attempt, answer(call)),
                Pending::Compute(job) => (job.attempt, job.run()),
                Pending::Follow(called) => (called.attempt, follow(called)),
            };
            self.note(settle(&self.state, &spot, attempt, result, self.now));
        }
        true
    }

    /// People answer what is asked, and resume what is held: first they try again, then they give a value.
    fn help(&mut self) -> bool {
        let at = self.now;
        let asked = self.state.active.keys().find(|spot| {
            let label = &self.state.plan.step(spot.step).label;
            self.state.awaits(spot).is_some_and(|(_, answered)| !answered) && label.starts_with("ask")
        });
        if let Some(spot) = asked.cloned() {
            let answer = Payload::of_value(&json!({ "by": "someone", "choice": "approve" }));
            self.note(Entry::Answered { spot, answer, at });
            return true;
        }
        let policy = |spot: &Spot| matches!(self.state.plan.step(spot.step).on_error, OnError::Hold(Some(_)));
        let holds = |spot: &Spot| self.state.holds.get(spot).copied().unwrap_or(0);
        let held = self.state.held().map(|(spot, _)| spot).find(|spot| !policy(spot) || holds(spot) > 2);
        let Some(spot) = held.cloned() else { return false };
        let release =
            if holds(&spot) < 2 { Release::Retry } else { Release::Use(Payload::of_value(&json!({ "by": "hand" }))) };
        self.note(Entry::Released { spot, release, by: Some("someone".into()), at });
        true
    }
}

/// What a module answers: it depends on the call alone.
fn answer(call: &PreparedCall) -> Result<Outcome, StepError> {
    let luck = luck(&call.idempotency_key);
    match call.parameters["mode"].as_str() {
        Some("busy") if u64::from(call.attempt) <= luck % 3 => Err(StepError::passing("busy", "later, please")),
        Some("broken") => Err(StepError::permanent("gone", format!("nothing is there: {}", luck % 100))),
        Some("chance") if luck.is_multiple_of(2) => Err(StepError::permanent("bad_luck", "not this time")),
        _ => Ok(outcome_of(json!({ "n": call.parameters["n"], "luck": luck % 100 }))),
    }
}

/// What a called run comes to.
fn follow(called: &crate::entry::Called) -> Result<Outcome, StepError> {
    match called.scenario.as_str() {
        _ if called.detached => Ok(outcome_of(json!({ "run": "…" }))),
        "fails" => Err(StepError::permanent("call_failed", "the called run failed")),
        _ => Ok(outcome_of(json!({ "given": json_of(&called.input) }))),
    }
}

fn luck(key: &str) -> u64 {
    let step = key.split_once('-').map_or(key, |(_, step)| step);
    step.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)) >> 7
}
