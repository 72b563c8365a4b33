//! A process that appends is killed at random moments: what it was told is kept is there, and no run has a gap.

use super::open_at;
use crate::conformance::{head, piece_of, wait};
use crate::{Filter, Status, Store};
use run::id::RunId;
use run::tables::Expected;
use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use uuid::Uuid;

/// Names the data folder to the process that will be killed.
const FOLDER: &str = "STORE_CRASH_FOLDER";
const ROUNDS: usize = 10;
const THREADS: usize = 6;

#[test]
fn what_was_acknowledged_outlives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = Acknowledged::default();
    for round in 0..ROUNDS {
        // Counted in acknowledgements, so the moment within a group is as random as the scheduler.
        let kill_after = 1 + (Uuid::now_v7().as_u128() % 1500) as usize;
        let mut child = writer(folder.path());
        acknowledged.gather(&mut child, kill_after);
        child.wait().unwrap();
        let store = open_at(folder.path()).unwrap();
        acknowledged.verify(&store, &format!("round {round}, killed after {kill_after} lines"));
    }
    assert!(acknowledged.pieces.len() > ROUNDS);
}

fn writer(folder: &Path) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "disk::tests::crash::write_until_killed"]);
    command.env(FOLDER, folder).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

#[test]
#[ignore = "started and killed by what_was_acknowledged_outlives_kill_9"]
fn write_until_killed() {
    let folder = env::var(FOLDER).expect("the crash test names the folder");
    let store = open_at(Path::new(&folder)).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| (0..u64::MAX).for_each(|number| write(&store, number)));
        }
    });
}

/// One run of one to four pieces, the last of which it may lack, and a record; tells each as soon as it is kept.
fn write(store: &Store, number: u64) {
    let run = RunId(Uuid::now_v7());
    let pieces = [1, 1, 2, 4][number as usize % 4];
    for piece in 0..pieces {
        let status = if piece + 1 == pieces && number % 5 != 4 { Status::Succeeded } else { Status::Running };
        let append = piece_of(run, piece, head("a", status, piece.into()), &content(run, piece));
        wait(store.journal.append(append)).unwrap();
        println!("piece {run} {piece}");
    }
    let key = format!("{:?}", std::thread::current().id());
    let revision = store.tables.put("t", &key, run.to_string().as_bytes(), Expected::Any).unwrap();
    println!("record {key} {revision}");
}

/// What only this piece says; now and then too large for one key.
fn content(run: RunId, piece: u32) -> Vec<u8> {
    let copies = if run.0.as_u128().is_multiple_of(11) { 300 } else { 3 };
    format!("{run} {piece};").repeat(copies).into_bytes()
}

/// What the killed processes were told is kept.
#[derive(Default)]
struct Acknowledged {
    /// How many pieces of each run.
    pieces: BTreeMap<RunId, u32>,
    /// The last revision of each record.
    records: BTreeMap<String, u64>,
}

impl Acknowledged {
    /// Reads what the process tells, kills it after this many lines, and reads the rest.
    fn gather(&mut self, child: &mut Child, kill_after: usize) {
        let told = BufReader::new(child.stdout.take().unwrap());
        let mut lines = 0;
        for line in told.lines() {
            let line = line.unwrap();
            match line.split(' ').collect::<Vec<_>>()[..] {
                ["piece", run, piece] => {
                    // The process may have died within its last line.
                    let (Ok(run), Ok(piece)) = (run.parse::<RunId>(), piece.parse::<u32>()) else { continue };
                    self.pieces.insert(run, piece + 1);
                }
                ["record", key, revision] => {
                    let Ok(revision) = revision.parse() else { continue };
                    self.records.insert(key.to_owned(), revision);
                }
                _ => continue,
            }
            lines += 1;
            if lines == kill_after {
                child.kill().unwrap();
            }
        }
        assert!(lines >= kill_after, "the process ended by itself after {lines} lines");
    }

    fn verify(&self, store: &Store, round: &str) {
        for (run, pieces) in &self.pieces {
            let kept = store.journal.read(*run).unwrap().map_or(0, |journaled| journaled.pieces.len() as u32);
            assert!(kept >= *pieces, "{round}: {run} has {kept} pieces of {pieces}");
        }
        for (key, revision) in &self.records {
            let kept = store.tables.get("t", key).unwrap().unwrap().revision;
            assert!(kept >= *revision, "{round}: {key} is at {kept}, not {revision}");
        }
        let all = store.journal.list(&Filter::default(), usize::MAX).unwrap();
        assert!(all.len() >= self.pieces.len(), "{round}: {} runs listed", all.len());
        assert!(all.is_sorted_by(|(one, _), (next, _)| one > next), "{round}: each once, newest first");
        for (run, head) in &all {
            let journaled = store.journal.read(*run).unwrap().unwrap();
            assert_eq!(journaled.head, *head, "{round}: {run}");
            for (piece, bytes) in (0..).zip(&journaled.pieces) {
                assert_eq!(*bytes, content(*run, piece), "{round}: {run} {piece}");
            }
        }
        let mut running: Vec<_> = all.into_iter().filter(|(_, head)| !head.status.is_over()).collect();
        running.reverse();
        assert_eq!(store.journal.open_runs(None, usize::MAX).unwrap(), running, "{round}");
    }
}
