//! Runs walked again: what steps see of time and chance follows from the journal.

use super::{Outcomes, Pending, Walk, answer, cases, created, follow, plan, scenarios, state};
use crate::chance::Reach;
use crate::entry::{Entry, encode};
use crate::id::{Millis, RunId, Spot};
use crate::state::Activity;
use crate::tests::START;
use crate::{Action, decide, settle};
use proptest::prelude::*;
use scenario::plan::Plan;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// The same scenarios, with values that depend on time and chance in all of them.
fn texts() -> impl Strategy<Value = String> {
    scenarios::texts()
        .prop_map(|text| text.replace("].to_json().crc32()", ", now(), uuid(), random()].to_json().crc32()"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn a_run_walked_again_writes_the_same_bytes(text in texts(), seed in any::<u64>()) {
        let plan = plan(&text);
        let journal = Walk::of(&plan, vec![created(&plan)], START, seed).run();
        if let Err(why) = walk_again(&plan, &journal) {
            prop_assert!(false, "{why} of {text}");
        }
    }

    #[test]
    fn another_run_sees_what_this_one_saw(text in texts(), seeds in any::<[u64; 2]>(), later in 0_i64..9_999_999) {
        let plan = plan(&text);
        let begin = vec![created(&plan)];
        let first = Walk::of(&plan, begin.clone(), START, seeds[0]).run();
        let decided = state(&plan, &begin).decided(&first);
        let mut again = Walk::of(&plan, begin, START + later, seeds[1]);
        again.state.run = RunId(uuid::Uuid::from_u128(1));
        again.state.recall(RunId(uuid::Uuid::nil()), decided, Reach::Everything);
        let journal = again.run();
        prop_assert_eq!(Outcomes::of(&plan, &journal), Outcomes::of(&plan, &first), "{}", text);
    }
}

/// Decides on every entry of a journal again, at the time that it tells.
fn walk_again(plan: &Arc<Plan>, journal: &[Entry]) -> Result<(), String> {
    let mut state = state(plan, &journal[..1]);
    let mut pending: BTreeMap<Spot, Pending> = BTreeMap::new();
    // What was decided at one moment comes one after another.
    let mut batch: VecDeque<(Entry, Option<Pending>)> = VecDeque::new();
    for entry in &journal[1..] {
        let at = entry.at();
        let ended = match entry {
            Entry::Done(done) => Some(&done.spot),
            Entry::Failed { spot, .. } => Some(spot),
            _ => None,
        };
        let called = ended.and_then(|spot| match state.active.get(spot)? {
            Activity::Calling(called) => Some(Arc::clone(called)),
            _ => None,
        });
        if let Some(called) = called {
            expect(settle(&state, &called.spot, called.attempt, follow(&called), at), entry)?;
        } else if let Some(begun) = ended.and_then(|spot| pending.remove(spot)) {
            let (attempt, result) = match &begun {
                Pending::Call(call) => (call.attempt, answer(call)),
                Pending::Compute(job) => (job.attempt, job.run()),
                Pending::Follow(called) => (called.attempt, follow(called)),
            };
            expect(settle(&state, begun.spot(), attempt, result, at), entry)?;
        } else if !matches!(entry, Entry::Answered { .. } | Entry::Released { by: Some(_), .. }) {
            if batch.is_empty() {
                let in_flight: BTreeSet<Spot> = pending.keys().cloned().collect();
                batch.extend(decide(&state, &in_flight, at).into_iter().filter_map(|action| begun(action, at)));
            }
            let Some((decided, call)) = batch.pop_front() else { return Err(format!("{entry:?} came of nothing")) };
            expect(decided, entry)?;
            pending.extend(call.map(|call| (call.spot().clone(), call)));
        }
        state.apply(entry);
        pending.retain(|spot, _| state.wants(spot));
    }
    Ok(())
}

/// What an action is journaled as, and what is under way then.
fn begun(action: Action, at: Millis) -> Option<(Entry, Option<Pending>)> {
    let (attempt, begun) = match action {
        Action::Record(entry) => return Some((entry, None)),
        Action::Call(call) => (call.attempt, Pending::Call(call)),
        Action::Compute(job) => (job.attempt, Pending::Compute(job)),
        Action::Follow(_) | Action::Wait(_) => return None,
    };
    Some((Entry::Started { spot: begun.spot().clone(), attempt, at }, Some(begun)))
}

fn expect(decided: Entry, entry: &Entry) -> Result<(), String> {
    if encode([&decided]) == encode([entry]) {
        return Ok(());
    }
    Err(format!("{entry:?} came to be, and now {decided:?}"))
}
