//! Scenarios walked with scripted answers: `testdata/cases/<case>.yaml` and the journal it gives, `<case>.txt`.
//!
//! Comment lines at the head of a case script it: `# body: JSON`, and `# answer <step>: [JSON…]`, the answers of the
//! step's first, second… attempt (the last one repeats); `{"error": code}` fails for good, `{"passing": code}` may be
//! tried again, `"echo"` answers with the parameters. `UPDATE_EXPECT=1` writes the expected journals anew.

mod random;

use crate::call::{Delivery, Outcome};
use crate::entry::{self, Created, End, Entry, Release, Skip};
use crate::error::StepError;
use crate::history::{StepStatus, history};
use crate::id::{Millis, RunId, Spot};
use crate::input::{Input, Source};
use crate::payload::Payload;
use crate::{Action, PreparedCall, State, decide, settle};
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use scenario::plan::Plan;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// 2026-01-01T00:00:00Z.
const START: Millis = 1_767_225_600_000;

#[test]
fn journals_are_as_expected() {
    for case in Case::all() {
        let journal = case.walk(vec![case.created()]);
        let text: String = journal.iter().map(|entry| line(&case.plan, entry)).collect();
        let expected = case.path.with_extension("txt");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&expected, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, expected, "{}", case.path.display());
    }
}

#[test]
fn a_journal_cut_anywhere_leads_to_the_same_end() {
    for case in Case::all() {
        let whole = case.walk(vec![case.created()]);
        for cut in 1..whole.len() {
            let resumed = case.walk(reread(&whole[..cut]));
            assert_eq!(outcome(&whole), outcome(&resumed), "{} cut after {cut}", case.path.display());
            let again = calls(&resumed[cut..]).into_iter().filter(|spot| done(&whole[..cut]).contains(spot)).count();
            assert_eq!(again, 0, "{} cut after {cut}: what was done is done again", case.path.display());
        }
    }
}

#[test]
fn a_run_that_takes_too_long_ends() {
    let case = Case::named("retry");
    let mut state = case.state();
    assert_eq!(state.deadline(), Millis::MAX, "a run that has not begun is not late");
    let spot = Spot { step: scenario::plan::StepNo(0), turns: Default::default() };
    state.apply(&Entry::Started { spot, attempt: 1, at: START + 5 });
    assert_eq!(state.deadline(), START + 5 + 40 * 60_000);
    state.take_up(START + 9_000_000);
    assert_eq!(state.deadline(), START + 9_000_000 + 40 * 60_000, "nothing could be done before");
    let now = state.deadline();
    let [Action::Record(doubt @ Entry::Doubted { .. })] = &decide(&state, &BTreeSet::new(), now)[..] else {
        panic!("that the call may have been made is named even where the run ends before it is made again")
    };
    state.apply(doubt);
    let [Action::Record(entry)] = &decide(&state, &BTreeSet::new(), now)[..] else { panic!("it ends") };
    state.apply(entry);
    assert!(matches!(state.end(), Some(End::Failed { error, .. }) if error.code == "run_timeout"));
    assert!(decide(&state, &BTreeSet::new(), now).is_empty());
}

#[test]
fn rests_do_not_count_whoever_carries_the_run_on() {
    const HOUR: Millis = 3_600_000;
    let case = Case::named("wait");
    let spot = Spot { step: scenario::plan::StepNo(0), turns: Default::default() };
    let begins = |state: &mut State, at| state.apply(&Entry::Awaiting { spot: spot.clone(), until: at, at });
    let ends = |state: &mut State, at| {
        state.apply(&Entry::Recovered { spot: spot.clone(), output: Payload::null(), at });
    };
    let mut state = case.state();
    begins(&mut state, START);
    state.take_up(START + 5 * HOUR);
    assert_eq!(state.deadline(), Millis::MAX, "it rests");
    ends(&mut state, START + 7 * HOUR);
    assert_eq!(state.deadline(), START + 7 * HOUR + 40 * 60_000);
    state.take_up(START + 9 * HOUR);
    begins(&mut state, START + 9 * HOUR + 1);
    ends(&mut state, START + 12 * HOUR + 1);
    assert_eq!(state.deadline(), START + 12 * HOUR + 40 * 60_000);
}

#[test]
fn listed_pauses_are_rests_and_others_are_not() {
    let fails = |name: &str, retry: Millis| {
        let mut state = Case::named(name).state();
        let spot = Spot { step: scenario::plan::StepNo(0), turns: Default::default() };
        state.apply(&Entry::Started { spot: spot.clone(), attempt: 1, at: START });
        let error = Box::new(StepError::passing("http_status", "503"));
        state.apply(&Entry::Failed { spot: spot.clone(), attempt: 1, error, retry: Some(retry), at: START + 10 });
        let during = state.deadline();
        state.apply(&Entry::Started { spot, attempt: 2, at: retry });
        (during, state.deadline())
    };
    let (day, minutes) = (86_400_000, 60_000);
    assert_eq!(fails("retry-pauses", START + day), (Millis::MAX, START + day - 10 + 10 * minutes));
    assert_eq!(fails("retry", START + day), (START + 40 * minutes, START + 40 * minutes));
}

#[test]
fn every_attempt_that_failed_is_told_with_the_time_of_the_next() {
    let case = Case::named("retry-pauses");
    let journal = case.walk(vec![case.created()]);
    let steps = history(&journal);
    let told: Vec<_> =
        steps[0].failures.iter().map(|one| (one.attempt, one.started - START, one.next - START)).collect();
    assert_eq!(told, [(1, 0, 5_000), (2, 5_000, 50_405_000)]);
    assert_eq!((steps[0].attempts, &steps[0].error), (3, &None));
    assert!(steps[0].failures.iter().all(|one| one.error.code == "http_status"));
}

#[test]
fn a_run_that_is_over_has_no_step_that_is_not() {
    for case in Case::all() {
        let steps = history(&case.walk(vec![case.created()]));
        let open: Vec<_> = steps.iter().filter(|step| step.ended.is_none()).collect();
        assert!(open.is_empty(), "{}: {open:?}", case.path.display());
    }
    let told = |journal: &[Entry]| history(journal).iter().map(|step| step.status).collect::<Vec<_>>();
    let case = Case::named("stop_inside");
    let whole = case.walk(vec![case.created()]);
    assert_eq!(told(&whole), [StepStatus::Done, StepStatus::Skipped, StepStatus::Done, StepStatus::Done]);
    // Cancelled while the call of its second step is out.
    let case = Case::named("parallel");
    let mut journal = case.walk(vec![case.created()]);
    journal.truncate(3);
    journal.push(Entry::Ended { end: Box::new(End::Cancelled), at: START });
    assert_eq!(told(&journal), [StepStatus::Cancelled; 2]);
}

#[test]
fn nothing_is_said_of_what_is_in_flight() {
    let case = Case::named("retry");
    let state = case.state();
    let [Action::Call(call)] = &decide(&state, &BTreeSet::new(), START)[..] else { panic!("it calls") };
    let in_flight = BTreeSet::from([call.spot.clone()]);
    assert!(decide(&state, &in_flight, START).is_empty());
}

/// The journal as another process reads it.
fn reread(journal: &[Entry]) -> Vec<Entry> {
    entry::decode(&entry::encode(journal)).unwrap()
}

fn outcome(journal: &[Entry]) -> (Option<End>, Option<crate::response::Response>) {
    let response = journal.iter().find_map(|entry| match entry {
        Entry::Responded { response, .. } => Some((**response).clone()),
        _ => None,
    });
    match journal.last() {
        Some(Entry::Ended { end, .. }) => (Some((**end).clone()), response),
        _ => (None, response),
    }
}

fn calls(journal: &[Entry]) -> Vec<Spot> {
    let started = journal.iter().filter_map(|entry| match entry {
        Entry::Started { spot, .. } => Some(spot.clone()),
        _ => None,
    });
    started.collect()
}

fn done(journal: &[Entry]) -> BTreeSet<Spot> {
    let done = journal.iter().filter_map(|entry| match entry {
        Entry::Done(done) => Some(done.spot.clone()),
        _ => None,
    });
    done.collect()
}

struct Case {
    path: PathBuf,
    plan: Arc<Plan>,
    body: Value,
    answers: BTreeMap<String, Vec<Value>>,
}

impl Case {
    fn all() -> Vec<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases");
        let mut paths: Vec<PathBuf> = folder.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        paths.sort();
        assert!(!paths.is_empty());
        paths.into_iter().map(Self::read).collect()
    }

    fn named(name: &str) -> Self {
        Self::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/cases").join(name).with_extension("yaml"))
    }

    fn read(path: PathBuf) -> Self {
        let text = std::fs::read_to_string(&path).unwrap();
        let (plan, diagnostics) = scenario::check(&text, &Catalog::new([module()]));
        let plan = plan.unwrap_or_else(|| panic!("{}: {diagnostics:?}", path.display()));
        let mut case = Self { path, plan: Arc::new(plan), body: Value::Null, answers: BTreeMap::new() };
        for line in text.lines().map_while(|line| line.strip_prefix("# ")) {
            let Some((key, value)) = line.split_once(": ") else { continue };
            if key == "body" {
                case.body = serde_json::from_str(value).unwrap();
            } else if key.starts_with("release ") {
                case.answers.insert(key.to_owned(), serde_json::from_str(value).unwrap());
            } else if let Some(step) = key.strip_prefix("answer ") {
                case.answers.insert(step.to_owned(), serde_json::from_str(value).unwrap());
            }
        }
        case
    }

    fn created(&self) -> Entry {
        let input = Input {
            source: Source::Manual,
            at: START,
            request: None,
            body: Payload::of_value(&self.body),
            raw: None,
            files: None,
        };
        let (scenario, version) = ("case".parse().unwrap(), self.plan.version.clone());
        Entry::Created(Arc::new(Created { scenario, version, at: START, input }))
    }

    fn state(&self) -> State {
        let Entry::Created(created) = self.created() else { unreachable!() };
        State::new(RunId(uuid::Uuid::nil()), Arc::clone(&self.plan), created, Arc::default())
    }

    /// Goes on from this journal to the end of the run.
    fn walk(&self, mut journal: Vec<Entry>) -> Vec<Entry> {
        let mut state = self.state();
        journal.iter().for_each(|entry| state.apply(entry));
        let mut now = START;
        loop {
            let actions = decide(&state, &BTreeSet::new(), now);
            if actions.is_empty() {
                match self.help(&state, &journal, now) {
                    Some(entry) => {
                        state.apply(&entry);
                        journal.push(entry);
                        continue;
                    }
                    None => return journal,
                }
            }
            let waits = actions.iter().all(|action| matches!(action, Action::Wait(_)));
            if let Some(entry) = self.help(&state, &journal, now).filter(|_| waits) {
                state.apply(&entry);
                journal.push(entry);
                continue;
            }
            let due = actions.iter().filter_map(|action| match action {
                Action::Wait(due) => Some(*due),
                _ => None,
            });
            let soonest = due.min();
            for action in actions {
                let entries = match action {
                    Action::Record(entry) => vec![entry],
                    Action::Wait(_) if waits => {
                        now = soonest.unwrap_or(now);
                        Vec::new()
                    }
                    Action::Wait(_) => Vec::new(),
                    Action::Follow(called) => {
                        let result = self.scripted(&called.scenario, called.attempt, &called.input);
                        let result =
                            if called.detached { Ok(outcome_of(serde_json::json!({ "run": "…" }))) } else { result };
                        vec![settle(&state, &called.spot, called.attempt, result, now)]
                    }
                    Action::Call(call) => {
                        let (spot, attempt, at) = (call.spot.clone(), call.attempt, now);
                        let settled = settle(&state, &spot, attempt, self.answer(&call), now);
                        vec![Entry::Started { spot, attempt, at }, settled]
                    }
                    Action::Compute(job) => {
                        let (spot, attempt, at) = (job.spot.clone(), job.attempt, now);
                        let settled = settle(&state, &spot, attempt, job.run(), now);
                        vec![Entry::Started { spot, attempt, at }, settled]
                    }
                };
                for entry in entries {
                    state.apply(&entry);
                    journal.push(entry);
                }
            }
        }
    }

    /// What someone does about a run that stands still: `# answer <step>: [answer]` for a `wait_for`, and `# release
    /// <step>: ["retry" | "fail" | "wait" | value…]` for each time that the step is held.
    fn help(&self, state: &State, journal: &[Entry], at: Millis) -> Option<Entry> {
        for spot in state.active.keys() {
            let label = &*self.plan.step(spot.step).label;
            let awaits = state.awaits(spot).is_some_and(|(_, answered)| !answered);
            if let (true, Some(answers)) = (awaits, self.answers.get(label)) {
                return Some(Entry::Answered { spot: spot.clone(), answer: Payload::of_value(&answers[0]), at });
            }
            if state.held().any(|(held, _)| held == spot) {
                let helped = |entry: &&Entry| matches!(entry, Entry::Released { spot: of, .. } if of == spot);
                let before = journal.iter().filter(helped).count();
                let release = match self.answers.get(&format!("release {label}"))?.get(before)? {
                    Value::String(word) if word == "retry" => Release::Retry,
                    Value::String(word) if word == "fail" => Release::Fail,
                    Value::String(word) if word == "wait" => return None,
                    value => Release::Use(Payload::of_value(value)),
                };
                return Some(Entry::Released { spot: spot.clone(), release, by: Some("someone".into()), at });
            }
        }
        None
    }

    fn answer(&self, call: &PreparedCall) -> Result<Outcome, StepError> {
        let step = self.plan.step(call.spot.step);
        self.scripted(&step.label, call.attempt, &Payload::of_value(&call.parameters))
    }

    fn scripted(&self, label: &str, attempt: u32, given: &Payload) -> Result<Outcome, StepError> {
        let answers = &self.answers[label];
        let answer = answers.get(attempt as usize - 1).or(answers.last()).unwrap();
        if let Some(code) = answer["error"].as_str() {
            return Err(StepError::permanent(code, "as scripted"));
        }
        if let Some(code) = answer["passing"].as_str() {
            return Err(StepError::passing(code, "as scripted"));
        }
        let output = if answer == "echo" { serde_json::from_slice(given.text()).unwrap() } else { answer.clone() };
        Ok(outcome_of(output))
    }
}

pub(crate) fn outcome_of(output: Value) -> Outcome {
    Outcome { output, sent: Value::Null, delivery: Delivery::Real }
}

/// A module that takes anything.
pub(crate) fn module() -> ModuleSpec {
    ModuleSpec {
        name: "test.call".to_owned(),
        summary: String::new(),
        description: String::new(),
        parameters: serde_json::json!({ "type": "object" }),
        example: serde_json::json!({}),
        sample: serde_json::json!({}),
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

/// An entry as a line of text.
fn line(plan: &Plan, entry: &Entry) -> String {
    let at = entry.at() - START;
    let name = |spot: &Spot| name(plan, spot);
    let what = match entry {
        Entry::Created(created) => format!("created by {}", json(&created.input.body)),
        Entry::Started { spot, attempt, .. } => format!("{} started #{attempt}", name(spot)),
        Entry::Done(done) => format!("{} gave {}", name(&done.spot), json(&done.output)),
        Entry::Failed { spot, attempt, error, retry, .. } => {
            let next = retry.map_or("for good".to_owned(), |due| format!("until {}", due - START));
            let place = error.place.map_or(String::new(), |place| format!(" at {}:{}", place.line, place.column));
            format!("{} failed #{attempt} {next}: {}{place}: {}", name(spot), error.code, error.message)
        }
        Entry::Recovered { spot, output, .. } => format!("{} recovered with {}", name(spot), json(output)),
        Entry::Skipped { spot, why: Skip::When, .. } => format!("{} skipped", name(spot)),
        Entry::Skipped { spot, why: Skip::Disabled, .. } => format!("{} is switched off", name(spot)),
        Entry::Filtered { spot, passed, .. } => format!("{} {}", name(spot), if *passed { "passed" } else { "held" }),
        Entry::Routed { spot, branches, .. } => format!("{} takes {branches:?}", name(spot)),
        Entry::Looped { spot, items, count, .. } => format!("{} over {count}: {}", name(spot), json(items)),
        Entry::Turned { spot, turn, value, .. } => {
            format!("{} turn {turn} gave {}", name(spot), value.as_ref().map_or("nothing".to_owned(), json))
        }
        Entry::Responded { response, .. } => {
            let headers = response.headers.iter().map(|(name, value)| format!("{name}: {value}"));
            let body = String::from_utf8_lossy(&response.body);
            format!("answered {} {:?} {body}", response.status, headers.collect::<Vec<_>>())
        }
        Entry::Ended { end, .. } => match &**end {
            End::Failed { error, .. } => format!("failed: {}", error.code),
            end => format!("{end:?}").to_lowercase(),
        },
        flow => flow_line(plan, flow),
    };
    format!("{at:>7} {what}\n")
}

/// An entry of a step that guides the run.
fn flow_line(plan: &Plan, entry: &Entry) -> String {
    let name = |spot: &Spot| name(plan, spot);
    match entry {
        Entry::CalledBy(_) => "called by a run".to_owned(),
        Entry::Weighed { spot, passed, comparisons, .. } => {
            let seen = comparisons.iter().map(|seen| {
                let (left, right) =
                    (format!("{} {}", seen.left_type, seen.left), format!("{} {}", seen.right_type, seen.right));
                format!(" [{left} {} {right}: {}]", seen.operator, seen.result)
            });
            format!("{} {}{}", name(spot), if *passed { "passed" } else { "held" }, seen.collect::<String>())
        }
        Entry::Began { spot, turn, .. } => format!("{} begins turn {turn}", name(spot)),
        Entry::Assigned { spot, values, .. } => {
            let values = values.iter().map(|(name, value)| format!(" {name} = {}", json(value)));
            format!("{} writes{}", name(spot), values.collect::<String>())
        }
        Entry::Awaiting { spot, until, .. } => format!("{} waits until {}", name(spot), until - START),
        Entry::Answered { spot, answer, .. } => format!("{} is answered {}", name(spot), json(answer)),
        Entry::Called(called) => {
            let how = if called.detached { "starts" } else { "calls" };
            format!("{} {how} {} #{} with {}", name(&called.spot), called.scenario, called.attempt, json(&called.input))
        }
        Entry::Concluded { spot, conclusion, value, .. } => {
            format!("{} {} {}", name(spot), format!("{conclusion:?}").to_lowercase(), json(value))
        }
        Entry::Escalated { spot, origin, error, .. } => {
            format!("{} fails because of {}: {}", name(spot), name(origin), error.code)
        }
        Entry::Handling { spot, .. } => format!("{} is handled", name(spot)),
        Entry::Held { spot, error, due, .. } => {
            let due = due.map_or("someone comes".to_owned(), |due| (due - START).to_string());
            format!("{} is held until {due}: {}", name(spot), error.code)
        }
        Entry::Released { spot, release, by, .. } => {
            let how = match release {
                Release::Retry => "is tried again".to_owned(),
                Release::Use(value) => format!("is given {}", json(value)),
                Release::Fail => "is given up".to_owned(),
            };
            format!("{} {how} by {}", name(spot), by.as_deref().unwrap_or("itself"))
        }
        Entry::Collapsed { error, .. } => format!("fails: {}", error.code),
        Entry::Doubted { spot, attempt, .. } => format!("{} is in doubt #{attempt}", name(spot)),
        other => unreachable!("{other:?}"),
    }
}

fn name(plan: &Plan, spot: &Spot) -> String {
    let turns: String = spot.turns.iter().map(|turn| format!("[{turn}]")).collect();
    format!("{}{turns}", plan.step(spot.step).label)
}

fn json(payload: &Payload) -> String {
    String::from_utf8_lossy(payload.text()).into_owned()
}
