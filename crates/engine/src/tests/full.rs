//! A store that is full for a while: what was promised waits for room, and nothing that was done is done again.

use super::process::pass_on;
use super::{Bench, Recorder, deliver, id, until};
use crate::{Alarm, AlarmKind, Answer, Filter, Handle, Refused};
use bytes::Bytes;
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{BlobReader, BlobWriter, Blobs, Digest, Expected, Record, StoreError, Tables};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use store::{Ack, Append, ClaimKey, Head, Journal, Journaled, Retention, Status, Usage};

/// A store that has no room for the first few of some writes.
#[derive(Debug)]
pub(super) struct Tight {
    journal: Arc<dyn Journal>,
    tables: Arc<dyn Tables>,
    blobs: Arc<dyn Blobs>,
    /// Whose appends are refused, from which piece on.
    refused: (&'static str, u32),
    /// How many of its appends go through before.
    pub(super) spared: AtomicUsize,
    /// How many more appends and large values are refused.
    pub(super) appends: AtomicUsize,
    values: AtomicUsize,
    /// How many changes of records are refused.
    records: AtomicUsize,
    /// How many large values were put.
    put: AtomicUsize,
    /// How many more readings of journals fail.
    pub(super) unread: AtomicUsize,
    /// How many journals were read.
    pub(super) read: AtomicUsize,
}

impl Tight {
    pub(super) fn around(bench: &mut Bench, refused: (&'static str, u32), appends: usize, values: usize) -> Arc<Self> {
        let store = bench.store.clone();
        let (journal, tables, blobs) = (store.journal, store.tables, store.blobs);
        let (appends, values) = (AtomicUsize::new(appends), AtomicUsize::new(values));
        let (spared, records, put, unread, read) = Default::default();
        let tight =
            Arc::new(Self { journal, tables, blobs, refused, spared, appends, values, records, put, unread, read });
        bench.store.journal = Arc::clone(&tight) as Arc<dyn Journal>;
        bench.store.tables = Arc::clone(&tight) as Arc<dyn Tables>;
        bench.store.blobs = Arc::clone(&tight) as Arc<dyn Blobs>;
        tight
    }
}

/// Whether this one is among the first few.
fn counts_down(left: &AtomicUsize) -> bool {
    left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

fn full() -> StoreError {
    StoreError::Full("no room".into())
}

impl Journal for Tight {
    fn append(&self, append: Append) -> Ack {
        let (scenario, piece) = self.refused;
        let is_meant = append.head.scenario.as_str() == scenario && append.piece >= piece;
        if !is_meant || counts_down(&self.spared) || !counts_down(&self.appends) {
            return self.journal.append(append);
        }
        let (sender, ack) = Ack::pair();
        sender.send(Err(full())).unwrap();
        ack
    }

    fn read(&self, run: RunId) -> Result<Option<Journaled>, StoreError> {
        if counts_down(&self.unread) {
            return Err(StoreError::Failed("too many open files".into()));
        }
        self.read.fetch_add(1, Ordering::SeqCst);
        self.journal.read(run)
    }

    pass_on!();
}

impl Tables for Tight {
    fn get(&self, table: &str, key: &str) -> Result<Option<Record>, StoreError> {
        self.tables.get(table, key)
    }

    fn put(&self, table: &str, key: &str, value: &[u8], expected: Expected) -> Result<u64, StoreError> {
        if counts_down(&self.records) {
            return Err(full());
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

impl Blobs for Tight {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        if counts_down(&self.values) {
            return Err(full());
        }
        self.put.fetch_add(1, Ordering::SeqCst);
        self.blobs.put(bytes)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        self.blobs.get(digest)
    }

    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        self.blobs.create()
    }

    fn open(&self, digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError> {
        self.blobs.open(digest)
    }
}

/// A large value of two that are not.
const LARGE: &str = "
trigger: { manual: {} }
steps:
  - id: one
    test.call: { n: 1, large: \"{{ trigger.body.name }}{{ trigger.body.name }}\" }
  - test.call: { n: 3 }
  - respond: { json: { length: \"{{ one.large.len() }}\" } }
";

fn all_are(handle: &Handle, count: usize, status: Status) -> bool {
    let runs = handle.runs(&Filter::default(), 10).unwrap();
    runs.len() == count && runs.iter().all(|(_, head)| head.status == status)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_call_gave_waits_for_room_and_the_call_is_not_made_again() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("test", 0), 0, 3);
    let (_engine, handle) = bench.engine(LARGE);
    let answer = deliver(&handle, json!({ "name": "x".repeat(10_000) })).await.unwrap();
    let Answer::Responded { response, .. } = answer else { panic!("{answer:?}") };
    assert_eq!(&*response.body, br#"{"length":20000}"#);
    assert_eq!(bench.recorder.asked(), 2);
    assert_eq!(tight.values.load(Ordering::SeqCst), 0, "the store was full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_once_there_is_room() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("watch", 0), 3, 0);
    let failing = "steps: [ { test.call: { n: 1 } }, { fail: again } ]";
    let watch = "trigger: { failure: { scenarios: test } }\nsteps: [ { fail: seen } ]";
    let (_engine, handle) = bench.engine_with(&[(id().as_str(), failing), ("watch", watch)]);
    assert!(matches!(deliver(&handle, json!({})).await, Ok(Answer::Accepted { .. })));
    until("both to fail", || all_are(&handle, 2, Status::Failed)).await;
    assert_eq!(tight.appends.load(Ordering::SeqCst), 0, "the store was full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_called_run_starts_once_there_is_room() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("called", 0), 3, 0);
    let calling = "steps: [ { id: x, call: called }, { test.call: { n: \"{{ x }}\" } } ]";
    let called = "trigger: { call: {} }\nsteps: [ { return: 7 } ]";
    let (_engine, handle) = bench.engine_with(&[(id().as_str(), calling), ("called", called)]);
    assert!(matches!(deliver(&handle, json!({})).await, Ok(Answer::Accepted { .. })));
    until("both to end", || all_are(&handle, 2, Status::Succeeded)).await;
    assert_eq!(bench.recorder.asked.lock().unwrap()[0].0, json!({ "n": 7 }));
    assert_eq!(tight.appends.load(Ordering::SeqCst), 0, "the store was full");
}

/// The store removes large values that no run has named for an hour.
#[tokio::test(flavor = "multi_thread")]
async fn large_values_stay_young_while_what_names_them_waits() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("test", 1), usize::MAX, 0);
    let (_engine, handle) = bench.engine(LARGE);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!({ "name": "x".repeat(10_000) })).await })
    };
    until("the large value", || tight.put.load(Ordering::SeqCst) == 1).await;
    until("it to be put again", || {
        bench.clock.advance(5_000);
        tight.put.load(Ordering::SeqCst) >= 2
    })
    .await;
    tight.appends.store(0, Ordering::SeqCst);
    until("the end", || all_are(&handle, 1, Status::Succeeded)).await;
    assert_eq!(bench.recorder.asked(), 2);
    assert!(matches!(calling.await.unwrap(), Ok(Answer::Responded { .. })));
}

fn open_alarms(handle: &Handle) -> Vec<Alarm> {
    handle.alarms().into_iter().filter(|alarm| alarm.cleared.is_none()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_an_alarm_until_there_is_room() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("test", 0), 2, 0);
    let (_engine, handle) = bench.engine(LARGE);
    // There is no room for the alarm itself, either.
    tight.records.store(usize::MAX, Ordering::SeqCst);
    for _ in 0..2 {
        let refused = deliver(&handle, json!({ "name": "x" })).await;
        assert!(matches!(refused, Err(Refused::Store(StoreError::Full(_)))), "{refused:?}");
    }
    until("the alarm", || open_alarms(&handle).len() == 1).await;
    let alarm = open_alarms(&handle).remove(0);
    assert_eq!((alarm.kind, alarm.subject.as_str()), (AlarmKind::Trouble, "data folder"));
    assert_eq!(alarm.message, "there is no room on the disk: no room");
    let tries = tight.records.load(Ordering::SeqCst);
    until("it to be looked whether there is room", || {
        bench.clock.advance(5_000);
        tight.records.load(Ordering::SeqCst) < tries
    })
    .await;
    until("it to go on", || open_alarms(&handle).len() == 1).await;
    tight.records.store(0, Ordering::SeqCst);
    assert!(matches!(deliver(&handle, json!({ "name": "x" })).await, Ok(Answer::Responded { .. })));
    until("the end", || {
        bench.clock.advance(5_000);
        open_alarms(&handle).is_empty()
    })
    .await;
    assert_eq!(handle.alarms()[0].since, alarm.since, "it was one alarm");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_of_the_store_is_damaged_is_an_alarm_until_an_opening_finds_it_whole() {
    let mut bench = Bench::new(Recorder::new());
    for damage in [vec!["an archive is damaged".to_owned()], Vec::new()] {
        bench.store.damage = damage.clone();
        let (_engine, handle) = bench.engine(LARGE);
        until("the alarm to be as the store is", || open_alarms(&handle).len() == damage.len()).await;
        let alarm = &handle.alarms()[0];
        assert_eq!((alarm.kind, alarm.subject.as_str()), (AlarmKind::Trouble, "archives of runs"));
        assert_eq!(alarm.message, "an archive is damaged");
        until("it to be on disk", || bench.store.tables.scan("alarms", "", None, 9).unwrap().len() == 1).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_room_is_why_there_is_an_alarm() {
    let mut bench = Bench::new(Recorder::new());
    let tight = Tight::around(&mut bench, ("test", 1), usize::MAX, 0);
    let (_engine, handle) = bench.engine(LARGE);
    let calling = {
        let handle = handle.clone();
        tokio::spawn(async move { deliver(&handle, json!({ "name": "x" })).await })
    };
    until("the alarm", || open_alarms(&handle).len() == 1).await;
    tight.appends.store(0, Ordering::SeqCst);
    assert!(matches!(calling.await.unwrap(), Ok(Answer::Responded { .. })));
    until("the end", || {
        bench.clock.advance(5_000);
        open_alarms(&handle).is_empty()
    })
    .await;
}
