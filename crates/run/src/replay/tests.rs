//! Journals under other versions, and cut before steps.

use super::{Why, brought_up, failed_at, prefix, reached, translate};
use crate::entry::{Created, Done, Entry, encode};
use crate::id::{Millis, Spot};
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::state::State;
use crate::tests::module;
use crate::{Action, decide};
use scenario::catalog::Catalog;
use scenario::plan::{Plan, StepNo};
use serde_json::json;
use std::collections::BTreeSet;
use std::sync::Arc;

const TEXT: &str = "
steps:
  - id: a
    set: { n: 1 }
  - assign: { seen: \"{{ a.n }}\" }
  - id: each
    for_each:
      in: \"[1, 2]\"
      steps:
        - id: inner
          test.call: { n: \"{{ item }}\" }
  - id: way
    route:
      - name: left
        when: \"true\"
        steps: [ { id: b, test.call: { n: 2 } } ]
      - name: right
        when: \"false\"
        steps: [ { id: c, set: 3 } ]
  - id: last
    set: { n: \"{{ a.n }}\" }
";

fn plan(text: &str) -> Arc<Plan> {
    let (plan, diagnostics) = scenario::check(text, &Catalog::new([module()]));
    Arc::new(plan.unwrap_or_else(|| panic!("{text}: {diagnostics:?}")))
}

fn state(plan: &Arc<Plan>, entries: &[Entry]) -> State {
    let Some(Entry::Created(created)) = entries.first() else { panic!("a journal begins with its creation") };
    super::standing(created, plan, &entries[1..])
}

/// The journal of a run whose calls answer; it stops before this step is called.
fn walk(plan: &Arc<Plan>, until: &str) -> Vec<Entry> {
    let input = Input {
        source: Source::Manual,
        at: 0,
        request: None,
        body: Payload::of_value(&json!({})),
        raw: None,
        files: None,
    };
    let created = Created { scenario: "s".parse().unwrap(), version: plan.version.clone(), at: 0, input };
    go_on(plan, vec![Entry::Created(Arc::new(created))], until)
}

fn go_on(plan: &Arc<Plan>, mut entries: Vec<Entry>, until: &str) -> Vec<Entry> {
    let mut state = state(plan, &entries);
    for at in 1.. {
        let actions = decide(&state, &BTreeSet::new(), at as Millis);
        if actions.is_empty() {
            break;
        }
        for action in actions {
            let happened = match action {
                Action::Record(entry) => vec![entry],
                Action::Call(call) if *plan.step(call.spot.step).label == *until => return entries,
                Action::Call(call) => {
                    let (spot, attempt) = (call.spot.clone(), call.attempt);
                    let done = crate::tests::outcome_of(call.parameters.clone());
                    let started = Entry::Started { spot: spot.clone(), attempt, at };
                    vec![started, crate::settle(&state, &spot, attempt, Ok(done), at)]
                }
                other => panic!("{other:?}"),
            };
            for entry in happened {
                state.apply(&entry);
                entries.push(entry);
            }
        }
    }
    entries
}

fn misfits(new: &str, until: &str) -> Vec<(String, Why)> {
    let old = plan(TEXT);
    let misfits = translate(&walk(&old, until), &old, &plan(new)).unwrap_err();
    misfits.into_iter().map(|misfit| (misfit.step, misfit.why)).collect()
}

#[test]
fn a_journal_goes_on_under_a_version_with_other_steps_behind() {
    let old = plan(TEXT);
    // Steps get other numbers, branches change places, and what comes later is another thing.
    let new = TEXT
        .replace("      - name: right\n        when: \"false\"\n        steps: [ { id: c, set: 3 } ]\n", "")
        .replace(
            "      - name: left",
            "      - name: right\n        when: \"false\"\n        steps: [ { id: c, set: 3 } ]\n      - name: left",
        )
        .replace("  - id: last\n    set: { n: \"{{ a.n }}\" }", "  - id: other\n    set: { n: \"{{ a.n + 2 }}\" }");
    let new = plan(&new);
    let journal = walk(&old, "b");
    let moved = translate(&journal, &old, &new).unwrap();
    assert_eq!(moved.len(), journal.len());
    let whole = go_on(&new, moved, "none");
    let end = state(&new, &whole);
    assert_eq!(end.end(), Some(&crate::entry::End::Succeeded));
    let other = new.steps.iter().find(|step| step.id.as_deref() == Some("other")).unwrap();
    let given = whole.iter().find_map(|entry| match entry {
        Entry::Done(done) if done.spot.step == other.no => Some(done.output.text().to_vec()),
        _ => None,
    });
    assert_eq!(given.as_deref(), Some(&br#"{"n":3}"#[..]));
}

#[test]
fn what_does_not_fit_is_named() {
    let missing = TEXT.replace("id: a\n    set: { n: 1 }", "id: z\n    set: { n: 1 }").replace("a.n", "z.n");
    let found = misfits(&missing, "b");
    assert!(found.contains(&("a".to_owned(), Why::Missing)), "{found:?}");
    let module = TEXT.replace("id: a\n    set: { n: 1 }", "id: a\n    test.call: { n: 1 }");
    let was = Why::OtherModule { was: "set".to_owned(), is: "test.call".to_owned() };
    assert_eq!(misfits(&module, "b"), [("a".to_owned(), was)]);
    let inserted = TEXT.replace("  - id: each", "  - id: fresh\n    set: 1\n  - id: each");
    let behind = Why::Behind("fresh".to_owned());
    assert_eq!(misfits(&inserted, "b"), [("each".to_owned(), behind.clone()), ("way".to_owned(), behind)]);
    let edited = TEXT.replace("assign: { seen: \"{{ a.n }}\" }", "assign: { other: 1 }");
    assert_eq!(misfits(&edited, "b"), [("assign".to_owned(), Why::Nameless)]);
    let before = TEXT.replace("  - assign:", "  - assign: { fresh: 1 }\n  - assign:");
    assert!(misfits(&before, "b").contains(&("assign".to_owned(), Why::Nameless)), "the new one is taken for the old");
    let branch = TEXT.replace("name: left", "name: middle");
    assert_eq!(misfits(&branch, "b")[0], ("way".to_owned(), Why::OtherBranches));
    let turns = TEXT.replace("      in: \"[1, 2]\"", "      in: \"[1, 2]\"\n      batch: 2");
    assert_eq!(misfits(&turns, "inner"), [("each".to_owned(), Why::OtherTurns)]);
}

#[test]
fn the_inside_of_a_loop_that_is_over_need_not_fit() {
    let (old, new) = (plan(TEXT), plan(&TEXT.replace("id: inner", "id: renamed")));
    let translated = translate(&walk(&old, "b"), &old, &new).unwrap();
    assert_eq!(go_on(&new, translated, "none").len(), walk(&old, "none").len() - 4, "two calls are left out");
    assert!(translate(&walk(&old, "none")[..6], &old, &new).is_err(), "in the middle of the loop it must");
}

#[test]
fn a_prefix_leads_to_the_step_and_the_rest_is_the_same() {
    let plan = plan(TEXT);
    let whole = walk(&plan, "none");
    let mut cuts = 0;
    for from in whole.iter().filter_map(Entry::spot).cloned().collect::<BTreeSet<Spot>>() {
        let prefix = prefix(&whole, &plan, &from).unwrap();
        let calls = |entries: &[Entry]| entries.iter().filter(|entry| matches!(entry, Entry::Started { .. })).count();
        let begin: Vec<Entry> = whole[..1].iter().cloned().chain(prefix.entries.iter().cloned()).collect();
        assert!(state(&plan, &begin).wants(&from), "{from:?}");
        let again = go_on(&plan, begin, "none");
        let same =
            |entry: &Entry| matches!(entry, Entry::Done(done) if done.spot.step == StepNo(plan.steps.len() as u32 - 1));
        let last = |entries: &[Entry]| entries.iter().find(|entry| same(entry)).cloned();
        let text = |entry: Option<Entry>| match entry {
            Some(Entry::Done(done)) => Done::clone(&done).output.text().to_vec(),
            _ => Vec::new(),
        };
        assert_eq!(text(last(&again)), text(last(&whole)));
        assert_eq!(
            calls(&again),
            calls(&whole),
            "what was called before {from:?} is in the journal, and not called again"
        );
        cuts += 1;
    }
    assert!(cuts > 6);
    let spot = reached(&whole, &plan, "inner", Some(&[1])).unwrap();
    assert_eq!(spot.turns[..], [1]);
    assert_eq!(reached(&whole, &plan, "c", None), None);
    assert_eq!(failed_at(&whole), None);
}

#[test]
fn a_chain_of_moves_is_read_in_the_terms_of_the_last() {
    let first = plan(TEXT);
    let second = plan(&TEXT.replace("id: last", "id: end"));
    let third = plan(&TEXT.replace("  - id: last", "  - id: before\n    set: 1\n  - id: last"));
    let moved = |to: &Plan| Entry::Moved { version: to.version.clone(), by: "someone".into(), at: 9 };
    let mut entries = walk(&first, "b");
    entries.extend([moved(&second), moved(&third)]);
    let plans = [&first, &second, &third];
    let version = |_: &Created, version: &scenario::plan::Version| {
        plans.iter().find(|plan| plan.version == *version).map(|plan| Arc::clone(plan)).ok_or("unknown")
    };
    let read = brought_up(entries.clone(), version).unwrap();
    let Entry::Created(created) = &read[0] else { panic!("{read:?}") };
    assert_eq!(created.version, third.version);
    assert_eq!(read.len(), entries.len());
    assert!(matches!(go_on(&third, read, "none").last(), Some(Entry::Ended { .. })));
    assert!(brought_up(entries, |_, _| Err::<Arc<Plan>, _>("gone")).is_err());
    let still = walk(&first, "b");
    assert_eq!(encode(&brought_up(still.clone(), |_, _| Err("not asked")).unwrap()), encode(&still));
}
