//! The poller on an engine with a clock that the test moves, and a module that answers what the test says.

use super::{ArmedPoll, KNOWN, Poller, Standing};
use engine::{Clock, Engine, Filter, Handle, ManualClock, Options};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::id::Millis;
use run::tables::{Expected, Record, StoreError, Tables};
use scenario::catalog::{Catalog, Effect, ModuleSpec};
use scenario::plan::Trigger;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::Store;

const START: Millis = 1_767_225_600_000;
const MINUTE: Millis = 60_000;

fn spec() -> ModuleSpec {
    ModuleSpec {
        name: "shop.list".to_owned(),
        summary: "Lists.".to_owned(),
        description: "Lists.".to_owned(),
        parameters: json!({ "type": "object", "properties": { "since": {} } }),
        example: json!({}),
        sample: json!([]),
        connections: Vec::new(),
        needs_connection: false,
        effect: Effect::Outside,
        url_parameter: None,
        retry_pauses: Vec::new(),
    }
}

/// A far side.
struct Shop {
    spec: Arc<ModuleSpec>,
    answer: Mutex<Result<Value, StepError>>,
    asked: AtomicUsize,
}

impl Shop {
    fn new() -> Arc<Self> {
        let answer = Mutex::new(Ok(json!([])));
        Arc::new(Self { spec: Arc::new(spec()), answer, asked: AtomicUsize::new(0) })
    }

    fn has(&self, ids: &[i64]) {
        *self.answer.lock().unwrap() = Ok(ids.iter().map(|id| json!({ "id": id })).collect());
    }

    fn is_gone(&self) {
        *self.answer.lock().unwrap() = Err(StepError::passing("connect", "nobody is there"));
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// The same far side, as a module.
struct List(Arc<Shop>);

impl Module for List {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.0.spec
    }

    fn call<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        self.0.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.0.answer.lock().unwrap().clone();
        Box::pin(async move { answer.map(|output| Outcome { output, sent: Value::Null, delivery: Delivery::Real }) })
    }
}

/// Tables that may refuse what polls note as done, as a crash would.
#[derive(Debug)]
struct Breaking {
    tables: Arc<dyn Tables>,
    breaks: AtomicBool,
}

impl Tables for Breaking {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        self.tables.get(table, key)
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        let is_done = String::from_utf8_lossy(value).contains("\"round\":null");
        if table == KNOWN && is_done && self.breaks.load(Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        self.tables.put(table, key, value, expected)
    }

    fn delete(&self, table: &str, key: &str, expected: Expected) -> Result<bool, StoreError> {
        self.tables.delete(table, key, expected)
    }

    fn scan(
        &self,
        table: &str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Record)>, StoreError> {
        self.tables.scan(table, prefix, after, limit)
    }
}

struct Process {
    _engine: Engine,
    handle: Handle,
    poller: Poller,
    task: tokio::task::JoinHandle<()>,
}

impl Process {
    fn start(store: &Store, clock: &Arc<ManualClock>, shop: &Arc<Shop>, tables: Arc<dyn Tables>, keys: &str) -> Self {
        let catalog = Arc::new(Catalog::new([spec()]));
        let clock = Arc::clone(clock) as Arc<dyn Clock>;
        let module = Arc::new(List(Arc::clone(shop))) as Arc<dyn Module>;
        let engine =
            Engine::start(store.clone(), Arc::clone(&catalog), [module], Options { clock, ..Options::default() });
        let handle = engine.handle();
        let text = format!(
            "trigger: {{ poll: {{ every: 1m, shop.list: {{}}, {keys} }} }}\nsteps:\n  - set: \"{{{{ trigger.body }}}}\"\n"
        );
        let (plan, findings) = scenario::check(&text, &catalog);
        handle
            .deploy("shop".parse().unwrap(), &text, Arc::new(plan.unwrap_or_else(|| panic!("{findings:#?}"))))
            .unwrap();
        engine.resume().unwrap();
        let poller = Poller::new(handle.clone(), tables);
        poller.arm(polls(&handle)).unwrap();
        let running = poller.clone();
        let task = tokio::spawn(async move { running.run().await });
        Self { _engine: engine, handle, poller, task }
    }

    /// How many runs there are.
    fn runs(&self) -> usize {
        self.handle.runs(&Filter::default(), 10_000).unwrap().len()
    }

    fn standing(&self) -> Standing {
        self.poller.standing_of(&"shop".parse().unwrap()).remove(0)
    }

    fn has_alarm(&self) -> bool {
        self.handle.alarms().iter().any(|alarm| alarm.subject == "poll:shop/1" && alarm.cleared.is_none())
    }
}

fn polls(handle: &Handle) -> Vec<ArmedPoll> {
    let deployment = handle.deployment(&"shop".parse().unwrap()).unwrap();
    let Trigger::Poll(poll) = &deployment.plan.triggers[0] else { panic!("no poll") };
    let poll = Arc::new((**poll).clone());
    vec![ArmedPoll { deployment, number: 0, poll }]
}

/// Waits until it is so.
async fn until(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < end, "not so within 20 seconds: {what}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn setting() -> (Store, Arc<ManualClock>, Arc<Shop>) {
    (store::open("memory:").unwrap(), Arc::new(ManualClock::at(START)), Shop::new())
}

#[tokio::test(flavor = "multi_thread")]
async fn each_new_item_is_one_run() {
    let (store, clock, shop) = setting();
    shop.has(&[1, 2]);
    let process = Process::start(&store, &clock, &shop, Arc::clone(&store.tables), "items: output, id: item.id");
    until("the first look", || process.standing().answered.is_some()).await;
    assert_eq!((process.runs(), process.standing().next), (0, Some(START + MINUTE)));
    shop.has(&[1, 2, 3, 4]);
    for _ in 0..3 {
        process.poller.arm(polls(&process.handle)).unwrap();
        clock.advance(MINUTE);
        let now = clock.now();
        until("a look", || process.standing().answered == Some(now)).await;
        assert_eq!(process.runs(), 2);
    }
    assert_eq!(shop.asked(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_before_it_is_noted_starts_nothing_twice_and_loses_nothing() {
    let (store, clock, shop) = setting();
    shop.has(&[1, 2, 3]);
    let breaking = Breaking { tables: Arc::clone(&store.tables), breaks: AtomicBool::new(true) };
    let process = Process::start(&store, &clock, &shop, Arc::new(breaking), "items: output, id: item.id, first: all");
    until("the note that fails", || process.standing().failures > 0).await;
    assert_eq!(process.runs(), 3);
    process.task.abort();
    // What is on disk of the engine and of the poll is as a crash leaves it.
    clock.advance(5 * MINUTE);
    shop.has(&[2, 3, 4]);
    let process =
        Process::start(&store, &clock, &shop, Arc::clone(&store.tables), "items: output, id: item.id, first: all");
    until("a look after it", || process.standing().answered.is_some()).await;
    assert_eq!(process.runs(), 4);
    clock.advance(MINUTE);
    let now = clock.now();
    until("another", || process.standing().answered == Some(now)).await;
    assert_eq!(process.runs(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_far_side_that_is_gone_is_told_and_heals_by_itself() {
    let (store, clock, shop) = setting();
    shop.is_gone();
    let process =
        Process::start(&store, &clock, &shop, Arc::clone(&store.tables), "items: output, id: item.id, first: all");
    for (failures, pause) in [(1, 5_000), (2, 10_000), (3, 20_000), (4, 40_000)] {
        until("a failure", || process.standing().failures == failures).await;
        let standing = process.standing();
        assert_eq!(standing.next, Some(clock.now() + pause));
        assert_eq!(standing.problem.as_deref(), Some("nobody is there"));
        if failures < 3 {
            assert!(!process.has_alarm());
        } else {
            until("the alarm", || process.has_alarm()).await;
        }
        clock.advance(pause);
        if failures == 3 {
            until("the next failure", || process.standing().failures == 4).await;
        }
        if failures == 4 {
            break;
        }
    }
    until("the fifth failure", || process.standing().failures == 5).await;
    shop.has(&[1]);
    clock.advance(80_000);
    until("an answer", || process.standing().failures == 0 && process.runs() == 1).await;
    until("the end of the alarm", || !process.has_alarm()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_poll_goes_on_when_the_clock_is_set_back_by_a_day() {
    let (store, clock, shop) = setting();
    let process = Process::start(&store, &clock, &shop, Arc::clone(&store.tables), "items: output, id: item.id");
    until("the first look", || process.standing().answered.is_some()).await;
    clock.step(-24 * 60 * MINUTE);
    process.poller.0.changed.notify_one();
    until("a new time", || process.standing().next == Some(START - 24 * 60 * MINUTE + MINUTE)).await;
    shop.has(&[1]);
    clock.advance(MINUTE);
    until("a run", || process.runs() == 1).await;
}
