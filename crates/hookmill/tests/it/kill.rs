//! Killed at any moment: nothing acknowledged is lost, and nothing that the journal shows as done is done again.
//!
//! `HOOKMILL_CRASH_ROUNDS` sets the number of kills; `cargo xtask crash` asks for many.

use crate::far_side::FarSide;
use crate::served::{Connection, Served};
use run::entry::{self, Entry};
use run::id::RunId;
use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{Filter, Status, Store};

const CLIENTS: usize = 32;

#[test]
fn nothing_acknowledged_is_lost_and_nothing_done_is_repeated() {
    let rounds = std::env::var("HOOKMILL_CRASH_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(6);
    let far_side = FarSide::start();
    let mut served = Served::start(&[("events.yaml", &scenario(&far_side))]);
    let mut journals = Journals::default();
    let mut acknowledged = HashSet::new();
    for round in 0..rounds {
        acknowledged.extend(flood(&mut served, round));
        journals.look(&served.data(), &far_side);
        served.restart();
    }
    served.wait_for("every run to end", |served| running(served) == 0);
    served.stop();

    let runs = ended_runs(&served.data());
    let mut seen: HashMap<&str, u32> = HashMap::new();
    for event in runs.values() {
        *seen.entry(event).or_default() += 1;
    }
    let lost: Vec<_> = acknowledged.iter().filter(|event| !seen.contains_key(event.as_str())).collect();
    let doubled: Vec<_> = acknowledged.iter().filter(|event| seen.get(event.as_str()) > Some(&1)).collect();
    assert!(!acknowledged.is_empty(), "nothing was acknowledged");
    assert!(lost.is_empty(), "{} of {} acknowledged events are lost: {lost:?}", lost.len(), acknowledged.len());
    assert!(doubled.is_empty(), "acknowledged events with more than one run: {doubled:?}");
    let repeated = journals.check(&far_side);
    let doubted = journals.check_doubts(&served.data());
    println!(
        "{rounds} kills, {} acknowledged, 0 lost, {} steps seen done at a kill and 0 of them repeated, \
         {} calls seen in flight at a kill, {doubted} of them named in doubt, {repeated} calls made again",
        acknowledged.len(),
        journals.done.len(),
        journals.in_flight.len(),
    );
}

fn scenario(far_side: &FarSide) -> String {
    let step = |id: &str| {
        let url = far_side.url(&format!("/{id}"));
        format!(
            "  - id: {id}\n    http.request: {{ method: POST, url: \"{url}\", json: {{ n: \"{{{{ trigger.body.n }}}}\" }} }}\n"
        )
    };
    let steps: String = STEPS.into_iter().map(step).collect();
    format!("name: Events\ntrigger: {{ webhook: {{ path: events }} }}\nsteps:\n{steps}")
}

/// Posts numbered events from many clients until the server is killed at a random moment. Gives what it acknowledged.
fn flood(served: &mut Served, round: u32) -> HashSet<String> {
    let acknowledged = Arc::new(Mutex::new(HashSet::new()));
    let going_on = Arc::new(AtomicBool::new(true));
    let address = served.address();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let (acknowledged, going_on) = (Arc::clone(&acknowledged), Arc::clone(&going_on));
            std::thread::spawn(move || post(address, round, client, &acknowledged, &going_on))
        })
        .collect();
    std::thread::sleep(Duration::from_millis(20 + rand::random::<u64>() % 250));
    served.kill();
    going_on.store(false, Ordering::Relaxed);
    for client in clients {
        client.join().unwrap();
    }
    Arc::into_inner(acknowledged).expect("all clients have ended").into_inner().unwrap()
}

fn post(address: SocketAddr, round: u32, client: usize, acknowledged: &Mutex<HashSet<String>>, going_on: &AtomicBool) {
    let Ok(mut connection) = Connection::open(address) else { return };
    for number in 0.. {
        if !going_on.load(Ordering::Relaxed) {
            return;
        }
        let event = format!("{round}-{client}-{number}");
        let body = format!("{{\"n\":\"{event}\"}}");
        let headers = [("content-type", "application/json")];
        match connection.send("POST", "/hook/events", &headers, body.as_bytes()) {
            Ok(answer) if answer.status == 200 => drop(acknowledged.lock().unwrap().insert(event)),
            _ => return,
        }
    }
}

fn running(served: &mut Served) -> usize {
    let answer = served.api("GET", "/runs?status=running&limit=1", "");
    answer.json()["items"].as_array().map_or(1, Vec::len)
}

/// What the journals of open runs said each time the server was dead.
#[derive(Default)]
struct Journals {
    /// Calls that were journaled as done, with how often they had been made by then.
    done: HashMap<String, u32>,
    /// How many kills found each call in flight.
    in_flight: HashMap<String, u32>,
}

impl Journals {
    fn look(&mut self, data: &Path, far_side: &FarSide) {
        let calls = calls(far_side);
        let store = open(data);
        for (run, _) in store.journal.open_runs(None, usize::MAX).unwrap() {
            let (mut started, mut done) = (HashSet::new(), HashSet::new());
            for entry in entries(&store, run) {
                match entry {
                    Entry::Started { spot, .. } => drop(started.insert(key(run, spot.step.0))),
                    Entry::Done(entry) => drop(done.insert(key(run, entry.spot.step.0))),
                    _ => {}
                }
            }
            for call in started.difference(&done) {
                *self.in_flight.entry(call.clone()).or_default() += 1;
            }
            for call in done {
                let made = calls.get(&call).copied().unwrap_or(0);
                assert!(made > 0, "{call} is journaled as done and was never made");
                self.done.entry(call).or_insert(made);
            }
        }
    }

    /// Fails if a call was made again that was done, or more often than kills can explain. Gives the number of calls
    /// that kills repeated.
    fn check(&self, far_side: &FarSide) -> u32 {
        let calls = calls(far_side);
        let again: Vec<_> = self.done.iter().filter(|(call, made)| calls[*call] != **made).collect();
        assert!(again.is_empty(), "steps that were journaled as done were done again: {again:?}");
        let mut repeated = 0;
        for (call, made) in &calls {
            let explained = 1 + self.in_flight.get(call).copied().unwrap_or(0);
            assert!(*made <= explained, "{call} was made {made} times; kills explain {explained}");
            repeated += made - 1;
        }
        repeated
    }

    /// Fails unless exactly those calls are named in doubt that a kill found in flight. Gives their number.
    fn check_doubts(&self, data: &Path) -> usize {
        let store = open(data);
        let mut doubted = HashSet::new();
        for (run, _) in store.journal.list(&Filter::default(), usize::MAX).unwrap() {
            doubted.extend(entries(&store, run).iter().filter_map(|entry| match entry {
                Entry::Doubted { spot, .. } => Some(key(run, spot.step.0)),
                _ => None,
            }));
        }
        let unnamed: Vec<_> = self.in_flight.keys().filter(|call| !doubted.contains(*call)).collect();
        assert!(unnamed.is_empty(), "in flight at a kill, and not named in doubt: {unnamed:?}");
        let unfounded: Vec<_> = doubted.iter().filter(|call| !self.in_flight.contains_key(*call)).collect();
        assert!(unfounded.is_empty(), "named in doubt, and in flight at no kill: {unfounded:?}");
        doubted.len()
    }
}

/// The steps of [`scenario`], in their order.
const STEPS: [&str; 2] = ["one", "two"];

/// What a step's call is known by here: its run and its path.
fn key(run: RunId, step: u32) -> String {
    format!("{} /{}", run.0.simple(), STEPS[step as usize])
}

/// How often the far side was called, by [`key`]. However often a call is made, its idempotency key is the same.
fn calls(far_side: &FarSide) -> HashMap<String, u32> {
    let mut calls = HashMap::new();
    for ((path, idempotency_key), made) in far_side.calls() {
        let (run, _) = idempotency_key.split_once('-').expect("an idempotency key begins with the run");
        let before = calls.insert(format!("{run} {path}"), made);
        assert!(before.is_none(), "two idempotency keys for one call of {run} to {path}");
    }
    calls
}

/// The event of every run that succeeded. Runs that did not are a failure.
fn ended_runs(data: &Path) -> HashMap<RunId, String> {
    let store = open(data);
    let runs = store.journal.list(&Filter::default(), usize::MAX).unwrap();
    let event = |run| match entries(&store, run).first() {
        Some(Entry::Created(created)) => {
            let body: serde_json::Value = serde_json::from_slice(created.input.body.text()).unwrap();
            body["n"].as_str().unwrap().to_owned()
        }
        first => panic!("{run} begins with {first:?}"),
    };
    runs.into_iter()
        .map(|(run, head)| {
            assert_eq!(head.status, Status::Succeeded, "{run}");
            (run, event(run))
        })
        .collect()
}

fn entries(store: &Store, run: RunId) -> Vec<Entry> {
    let journaled = store.journal.read(run).unwrap().expect("a run that is listed can be read");
    journaled.pieces.iter().flat_map(|piece| entry::decode(piece).unwrap()).collect()
}

fn open(data: &Path) -> Store {
    store::open(&format!("sled:{}", data.display())).unwrap()
}
