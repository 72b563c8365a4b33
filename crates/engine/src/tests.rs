//! Engines on the memory store, with a clock that the test moves and modules that the test answers.

mod again;
mod alarms;
mod batch;
mod flow;
mod full;
mod leaving;
mod process;
mod queue;
mod retention;
mod trial;
mod turns;

use crate::{Answer, Engine, Handle, ManualClock, Options, Refused};
use process::Process;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::entry::{End, Entry};
use run::error::StepError;
use run::id::{RunId, ScenarioId};
use run::input::{Input, Source};
use run::payload::Payload;
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use scenario::plan::Dedupe;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::{Filter, Status, Store};
use tokio::sync::{Notify, Semaphore};

const WAIT: Duration = Duration::from_secs(20);

const HELLO: &str = "
trigger: { manual: {} }
steps:
  - id: x
    set: { name: \"{{ trigger.body.name }}\" }
  - respond: { json: { response: Hello, name: \"{{ x.name }}\" } }
";

const TWO_CALLS: &str = "
trigger: { manual: {} }
steps:
  - id: one
    test.call: { n: 1 }
  - id: two
    test.call: { n: 2 }
    retry: { attempts: 3, backoff: 10s, jitter: none }
  - respond: { json: { one: \"{{ one.n }}\", two: \"{{ two.n }}\" } }
";

/// A module that records what it is asked and answers with its parameters, or as scripted.
struct Recorder {
    spec: Arc<ModuleSpec>,
    asked: Mutex<Vec<(Value, String)>>,
    failures: AtomicU32,
    /// What the failures say of when to come again, in milliseconds; 0: nothing.
    busy_for: AtomicU64,
    /// Calls wait for a permit.
    gate: Semaphore,
    /// Lets a call with `n: 2` that waits at the gate go on alone.
    fail_now: Notify,
}

impl Recorder {
    fn new() -> Arc<Self> {
        let recorder = Self::closed();
        recorder.gate.add_permits(Semaphore::MAX_PERMITS);
        recorder
    }

    fn closed() -> Arc<Self> {
        let spec = ModuleSpec {
            name: "test.call".to_owned(),
            summary: String::new(),
            description: String::new(),
            parameters: json!({ "type": "object" }),
            example: json!({}),
            sample: json!({}),
            connections: vec!["http".to_owned()],
            needs_connection: false,
            effect: Effect::Outside,
            url_parameter: None,
            retry_pauses: Vec::new(),
        };
        let (asked, gate) = (Mutex::default(), Semaphore::new(0));
        let (failures, busy_for) = (AtomicU32::new(0), AtomicU64::new(0));
        Arc::new(Self { spec: Arc::new(spec), asked, failures, busy_for, gate, fail_now: Notify::new() })
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Module for Recorder {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        self.asked.lock().unwrap().push((call.parameters.clone(), call.idempotency_key.to_owned()));
        Box::pin(async move {
            tokio::select! {
                permit = self.gate.acquire() => permit.unwrap().forget(),
                () = self.fail_now.notified(), if call.parameters["n"] == 2 => {}
            }
            if call.parameters["n"] == 2
                && self.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
            {
                let pause = Some(self.busy_for.load(Ordering::SeqCst)).filter(|pause| *pause > 0);
                let failure = StepError::passing("down", "not now").retry_after(pause);
                return Err(if pause.is_some() { failure.status(429) } else { failure });
            }
            Ok(Outcome { output: call.parameters.clone(), sent: Value::Null, delivery: Delivery::Real })
        })
    }
}

struct Bench {
    store: Store,
    clock: Arc<ManualClock>,
    recorder: Arc<Recorder>,
    attended_runs: u32,
    unattended_runs: u32,
    waiting_runs: usize,
    /// The last one that was started.
    process: Mutex<Option<Arc<Process>>>,
}

impl Bench {
    fn new(recorder: Arc<Recorder>) -> Self {
        let store = store::open("memory:").unwrap();
        Self {
            store,
            clock: Arc::new(ManualClock::at(1_767_225_600_000)),
            recorder,
            attended_runs: 100,
            unattended_runs: 64,
            waiting_runs: 1_000,
            process: Mutex::default(),
        }
    }

    fn clock_now(&self) -> i64 {
        crate::Clock::now(&*self.clock)
    }

    /// An engine on the store as it is: the first one, or the one after a crash.
    fn engine(&self, text: &str) -> (Engine, Handle) {
        self.engine_with(&[(id().as_str(), text)])
    }

    /// The same with these scenarios.
    fn engine_with(&self, texts: &[(&str, &str)]) -> (Engine, Handle) {
        let clock = Arc::clone(&self.clock) as Arc<dyn crate::Clock>;
        let Self { attended_runs, unattended_runs, waiting_runs, .. } = *self;
        let options = Options { attended_runs, unattended_runs, waiting_runs, clock, ..Options::default() };
        let modules = [Arc::clone(&self.recorder) as Arc<dyn Module>];
        let catalog = Catalog::new([ModuleSpec::clone(&self.recorder.spec)]);
        let process = Process::on(&self.store);
        let before = self.process.lock().unwrap().replace(Arc::clone(&process));
        before.into_iter().for_each(|before| before.end());
        let store = Store { journal: process, ..self.store.clone() };
        let engine = Engine::start(store, Arc::new(catalog.clone()), modules, options);
        let handle = engine.handle();
        for (name, text) in texts {
            let (plan, diagnostics) = scenario::check(text, &catalog);
            let plan = plan.unwrap_or_else(|| panic!("{diagnostics:?}"));
            handle.deploy(name.parse().unwrap(), text, Arc::new(plan)).unwrap();
        }
        engine.resume().unwrap();
        (engine, handle)
    }
}

fn id() -> ScenarioId {
    "test".parse().unwrap()
}

fn input(body: &Value) -> Input {
    Input { source: Source::Manual, at: 0, request: None, body: Payload::of_value(body), raw: None, files: None }
}

/// A delivery whose repeats are known by this.
fn unique(body: &Value, dedupe: &Dedupe) -> crate::Delivery {
    crate::Delivery { dedupe: Some(crate::By::Expression(dedupe.clone())), ..input(body).into() }
}

async fn deliver(handle: &Handle, body: Value) -> Result<Answer, Refused> {
    let deployment = handle.deployment(&id()).unwrap();
    handle.deliver(&deployment, input(&body).into(), WAIT).await.map(|told| told.answer)
}

/// Looks again and again until it holds.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + WAIT;
    while !holds() {
        assert!(Instant::now() < end, "waited too long for {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn only_run(handle: &Handle) -> (RunId, Status) {
    let runs = handle.runs(&Filter::default(), 10).unwrap();
    let [(run, head)] = &runs[..] else { panic!("one run, not {runs:?}") };
    (*run, head.status)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_only_thinks_is_written_in_one_piece_and_answered() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(HELLO);
    let answer = deliver(&handle, json!({ "name": "Ada" })).await.unwrap();
    let Answer::Responded { run, response } = answer else { panic!("{answer:?}") };
    assert_eq!(&*response.body, br#"{"response":"Hello","name":"Ada"}"#);
    assert_eq!(bench.store.journal.read(run).unwrap().unwrap().pieces.len(), 1);
    assert_eq!(only_run(&handle), (run, Status::Succeeded));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_run_is_on_disk_before_anything_is_called() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(TWO_CALLS);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!({})).await })
    };
    until("the call", || bench.recorder.asked() == 1).await;
    let (run, status) = only_run(&handle);
    assert_eq!(status, Status::Running);
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    assert!(matches!(&entries[..], [Entry::Created(_), Entry::Started { attempt: 1, .. }]), "{entries:?}");
    bench.recorder.gate.add_permits(10);
    assert!(matches!(calling.await.unwrap(), Ok(Answer::Responded { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_call_waits_on_disk_and_the_caller_still_gets_the_answer() {
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(2, Ordering::SeqCst);
    let (_engine, handle) = bench.engine(TWO_CALLS);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!({})).await })
    };
    for (calls, pause) in [(2, 10_000), (3, 20_000)] {
        until("the pause", || {
            let runs = handle.runs(&Filter { status: Some(Status::Waiting), ..Filter::default() }, 1).unwrap();
            bench.recorder.asked() == calls && !runs.is_empty()
        })
        .await;
        bench.clock.advance(pause);
    }
    let answer = calling.await.unwrap().unwrap();
    let Answer::Responded { response, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(&*response.body, br#"{"one":1,"two":2}"#);
    let asked = bench.recorder.asked.lock().unwrap();
    assert_eq!(asked.len(), 4);
    assert!(asked[1..].iter().all(|(_, key)| *key == asked[1].1), "one key for all attempts of a step: {asked:?}");
    assert_ne!(asked[0].1, asked[1].1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_in_a_call_leads_to_that_call_again_and_no_other() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(TWO_CALLS);
    bench.recorder.gate.add_permits(1);
    let calling = tokio::spawn(async move { deliver(&handle, json!({})).await });
    until("the second call", || bench.recorder.asked() == 2).await;
    // The process is gone: its tasks end where they stand.
    calling.abort();
    let before = Arc::clone(&bench.recorder);
    let after = Bench { store: bench.store.clone(), clock: Arc::clone(&bench.clock), ..Bench::new(Recorder::new()) };
    std::mem::forget(engine);
    let (_engine, handle) = after.engine(TWO_CALLS);
    until("the end", || only_run(&handle).1 == Status::Succeeded).await;
    let asked = after.recorder.asked.lock().unwrap();
    assert_eq!(asked.len(), 1, "only what was in flight is called again");
    assert_eq!(asked[0].1, before.asked.lock().unwrap()[1].1, "with the same idempotency key");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_beyond_the_slots_wait_on_disk() {
    let bench = Bench { attended_runs: 2, ..Bench::new(Recorder::closed()) };
    let (_engine, handle) = bench.engine(TWO_CALLS);
    let callers: Vec<_> = (0..20)
        .map(|_| {
            let handle = handle.clone();
            tokio::spawn(async move { deliver(&handle, json!({})).await })
        })
        .collect();
    until("all runs", || handle.runs(&Filter::default(), 100).unwrap().len() == 20).await;
    assert_eq!(bench.recorder.asked(), 2);
    bench.recorder.gate.add_permits(1_000);
    for caller in callers {
        assert!(matches!(caller.await.unwrap(), Ok(Answer::Responded { .. })));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_waits_no_longer_than_it_may_and_the_run_goes_on() {
    let bench = Bench::new(Recorder::closed());
    let (_engine, handle) = bench.engine(TWO_CALLS);
    let deployment = handle.deployment(&id()).unwrap();
    let answer = handle.deliver(&deployment, input(&json!({})).into(), Duration::from_millis(30)).await.unwrap().answer;
    let Answer::TimedOut { run } = answer else { panic!("{answer:?}") };
    bench.recorder.gate.add_permits(10);
    until("the end", || only_run(&handle) == (run, Status::Succeeded)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_fails_before_it_answers_says_so() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(HELLO);
    let answer = deliver(&handle, json!({ "nam": "Ada" })).await.unwrap();
    let Answer::Failed { run } = answer else { panic!("{answer:?}") };
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let Some(Entry::Ended { end, .. }) = entries.last() else { panic!("{entries:?}") };
    assert!(matches!(&**end, End::Failed { error, .. } if error.code == "missing_property"), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_turn_of_a_loop_draws_its_own_random_values() {
    let text = "
trigger: { manual: {} }
steps:
  - id: ids
    for_each:
      in: trigger.body
      steps: [ { id: one, set: \"{{ uuid() }}\" } ]
      collect: \"{{ one }}\"
  - respond: { json: \"{{ ids.distinct().len() }}\" }
";
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(text);
    let answer = deliver(&handle, json!([1, 2, 3, 4])).await.unwrap();
    let Answer::Responded { response, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(&*response.body, b"4");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_of_a_given_name_starts_once() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(HELLO);
    let deployment = handle.deployment(&id()).unwrap();
    let run = RunId("0190b6f0-0000-7000-8000-000000000001".parse().unwrap());
    for _ in 0..3 {
        handle.start_once(run, &deployment, input(&json!({ "name": "Ada" }))).await.unwrap();
    }
    assert_eq!(only_run(&handle).0, run);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_keeps_to_the_version_it_started_with() {
    let bench = Bench::new(Recorder::closed());
    let (engine, handle) = bench.engine(TWO_CALLS);
    let calling = tokio::spawn(async move { deliver(&handle, json!({})).await });
    until("the call", || bench.recorder.asked() == 1).await;
    calling.abort();
    std::mem::forget(engine);
    let after = Bench { store: bench.store.clone(), clock: Arc::clone(&bench.clock), ..Bench::new(Recorder::new()) };
    let (_engine, handle) = after.engine(HELLO);
    until("the end", || only_run(&handle).1 == Status::Succeeded).await;
    assert_eq!(after.recorder.asked(), 2, "both calls of the old version");
}

#[tokio::test(flavor = "multi_thread")]
async fn large_values_are_kept_apart_and_come_back() {
    let bench = Bench::new(Recorder::new());
    let (_engine, handle) = bench.engine(HELLO);
    let name = "x".repeat(300_000);
    let answer = deliver(&handle, json!({ "name": name })).await.unwrap();
    let Answer::Responded { run, .. } = answer else { panic!("{answer:?}") };
    let (_, entries) = handle.journal(run).unwrap().unwrap();
    let Entry::Created(created) = &entries[0] else { panic!("{entries:?}") };
    assert_eq!(created.input.body.text().len(), name.len() + 11);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_stops_takes_nothing_more_and_leaves_the_rest_for_the_next_start() {
    let bench = Bench::new(Recorder::new());
    bench.recorder.failures.store(1, Ordering::SeqCst);
    let (engine, handle) = bench.engine(TWO_CALLS);
    let waiting = handle.clone();
    let calling = tokio::spawn(async move { deliver(&waiting, json!({})).await });
    until("the pause", || bench.recorder.asked() == 2 && only_run(&handle).1 == Status::Waiting).await;
    engine.stop(Duration::from_secs(5)).await.unwrap();
    assert!(matches!(deliver(&handle, json!({})).await, Err(Refused::Stopping)));
    calling.abort();
}
