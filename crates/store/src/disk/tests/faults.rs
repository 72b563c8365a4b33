//! Processes and machines that die at any write, with the write torn and, where the power failed, what was not synced
//! forgotten; disks that are full, cannot be written, or cannot sync. What was acknowledged is there afterwards, nothing is half, and the store works on.

use crate::captures::Label;
use crate::conformance::{head, run_at, wait};
use crate::disk::files::faulty::{Fate, FaultyFiles};
use crate::disk::{open_for_tests, open_with};
use crate::{Append, Claim, ClaimKey, Filter, Retention, Status, Store};
use run::id::RunId;
use run::retention::{Durability, Keep, Kept};
use run::tables::{Digest, Expected, StoreError};
use std::collections::BTreeMap;
use std::env;
use std::path::Path;
use std::sync::Arc;

/// How many folders outlive deaths; set it to try more.
const ROUNDS_VARIABLE: &str = "STORE_FAULT_ROUNDS";
const RUNS: u64 = 24;
const STEPS: u64 = 60;
/// Small, so that a workload fills many of them.
const LOG_BYTES: u64 = 6 * 512;

/// A generator of numbers that anyone can repeat (SplitMix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % most
    }
}

/// What was asked of the store, and what it has acknowledged.
#[derive(Clone, Default)]
struct Ledger {
    runs: BTreeMap<RunId, Written>,
    /// The values each record was asked to have, and how many were settled: the last settled one or a later one is
    /// there.
    records: BTreeMap<String, (Vec<Value>, usize)>,
    claims: BTreeMap<u8, RunId>,
    /// Large values, and what came to bins, as far as they were acknowledged.
    blobs: BTreeMap<Digest, Vec<u8>>,
    bins: BTreeMap<u64, String>,
    /// Runs that succeeded have been let go.
    retained: bool,
}

/// A record's value; none where it is removed.
type Value = Option<Vec<u8>>;

#[derive(Clone, Default)]
struct Written {
    /// Pieces and how the run stands with each, as far as they were handed over.
    pieces: Vec<(Status, Vec<u8>)>,
    acknowledged: usize,
}

impl Written {
    fn has_succeeded(&self) -> bool {
        self.pieces.last().is_some_and(|(status, _)| *status == Status::Succeeded)
    }
}

impl Ledger {
    /// Takes some steps; ends with the first that is refused because the machine is dead.
    fn work(&mut self, store: &Store, dice: &mut Dice, first: u64) -> Result<(), StoreError> {
        for step in first..first + STEPS {
            match dice.below(10) {
                0 => self.put(store, dice, step)?,
                1 => self.delete(store, dice)?,
                2 if dice.below(3) == 0 => self.retain(store)?,
                3 => self.put_blob(store, dice)?,
                4 => self.put_bin(store, step)?,
                _ => self.append_some(store, dice, step)?,
            }
        }
        Ok(())
    }

    /// Appends to one to six runs at once.
    fn append_some(&mut self, store: &Store, dice: &mut Dice, step: u64) -> Result<(), StoreError> {
        let mut acks = Vec::new();
        for _ in 0..=dice.below(6) {
            let number = dice.below(RUNS);
            let run = run_at(1000 + number / 3, number);
            let written = self.runs.entry(run).or_default();
            if written.pieces.last().is_some_and(|(status, _)| status.is_over()) {
                continue;
            }
            let status = [Status::Running, Status::Waiting, Status::Succeeded, Status::Failed][dice.below(4) as usize];
            let size = [20, 200, 700, 4000][dice.below(4) as usize];
            let piece = written.pieces.len() as u32;
            let bytes = format!("{run} {piece} {step};").repeat(size / 40 + 1).into_bytes();
            let claim = (piece == 0).then_some(Claim { key: ClaimKey([number as u8; 16]), until: 1_000_000 });
            let digests = vec![Digest([number as u8; 32])];
            let head = head("a", status, step as i64);
            let durability = Default::default();
            acks.push((
                run,
                store.journal.append(Append { run, piece, head, bytes: bytes.clone(), digests, claim, durability }),
            ));
            written.pieces.push((status, bytes));
        }
        let mut told = Ok(());
        for (run, ack) in acks {
            match wait(ack) {
                Ok(()) => {
                    self.runs.get_mut(&run).unwrap().acknowledged += 1;
                    self.claims.insert(run_number(run), run);
                }
                Err(error) => told = told.and(Err(error)),
            }
        }
        told
    }

    fn put(&mut self, store: &Store, dice: &mut Dice, step: u64) -> Result<(), StoreError> {
        let key = format!("key{}", dice.below(4));
        let value = vec![step as u8; [3, 5000][dice.below(2) as usize]];
        let (values, settled) = self.records.entry(key.clone()).or_default();
        values.push(Some(value.clone()));
        store.tables.put("t", &key, &value, Expected::Any)?;
        *settled = values.len();
        Ok(())
    }

    fn delete(&mut self, store: &Store, dice: &mut Dice) -> Result<(), StoreError> {
        let key = format!("key{}", dice.below(4));
        let (values, settled) = self.records.entry(key.clone()).or_default();
        values.push(None);
        store.tables.delete("t", &key, Expected::Any)?;
        *settled = values.len();
        Ok(())
    }

    /// One of few values, so that some are there already; at once or piece by piece.
    fn put_blob(&mut self, store: &Store, dice: &mut Dice) -> Result<(), StoreError> {
        let number = dice.below(12) as u8;
        let value = vec![number; 1500 * usize::from(number)];
        let digest = match dice.below(2) {
            0 => store.blobs.put(&value)?,
            _ => {
                let mut writer = store.blobs.create()?;
                value.chunks(4000).try_for_each(|part| writer.write(part))?;
                writer.finish()?
            }
        };
        self.blobs.insert(digest, value);
        Ok(())
    }

    fn put_bin(&mut self, store: &Store, step: u64) -> Result<(), StoreError> {
        let text = format!("{step};").repeat(1 + step as usize % 300);
        let label = Label { hook: "bin", at: step as i64, kind: 0 };
        let kept = store.bins.append_durably(label, &mut |buffer| buffer.extend(text.as_bytes()));
        self.bins.insert(wait(kept)?, text);
        Ok(())
    }

    /// Lets go of what succeeded.
    fn retain(&mut self, store: &Store) -> Result<(), StoreError> {
        self.retained = true;
        let keep = Keep { only: Kept::Failures, ..Keep::default() };
        store.journal.retain(&Retention { keep, ..Retention::default() }, 0).map(drop)
    }

    /// Compares with what is there; what was in doubt is settled by it.
    fn verify(&mut self, store: &Store, what: &str) {
        let mut there = Vec::new();
        for (run, written) in &mut self.runs {
            let journaled = store.journal.read(*run).unwrap_or_else(|error| panic!("{what}: {run}: {error}"));
            if journaled.is_none() && self.retained && written.has_succeeded() {
                continue;
            }
            let pieces = journaled.as_ref().map(|journaled| journaled.pieces.clone()).unwrap_or_default();
            assert!(pieces.len() >= written.acknowledged, "{what}: {run} has {} pieces", pieces.len());
            assert!(pieces.len() <= written.pieces.len(), "{what}: {run} has too many pieces");
            for (number, (piece, (_, bytes))) in pieces.iter().zip(&written.pieces).enumerate() {
                assert!(*piece == bytes[..], "{what}: {run} piece {number}");
            }
            written.pieces.truncate(pieces.len());
            written.acknowledged = pieces.len();
            let Some(journaled) = journaled else { continue };
            assert_eq!(journaled.head.status, written.pieces[pieces.len() - 1].0, "{what}: {run}");
            assert_eq!(store.journal.head(*run).unwrap().as_ref(), Some(&journaled.head), "{what}");
            there.push((*run, journaled.head));
        }
        self.verify_lists(store, there, what);
        for (digest, value) in &self.blobs {
            assert!(store.blobs.get(digest).unwrap().is_some_and(|found| found == *value), "{what}: {digest:?}");
        }
        for (id, text) in &self.bins {
            let found = store.bins.read("bin", *id).unwrap();
            assert!(found.is_some_and(|found| found.bytes == *text), "{what}: bin {id}");
        }
        for (key, (values, settled)) in &mut self.records {
            let value = store.tables.get("t", key).unwrap().map(|record| record.value.to_vec());
            let possible = values.get(settled.saturating_sub(1)..).unwrap_or_default();
            assert!(possible.contains(&value) || (*settled == 0 && value.is_none()), "{what}: {key}");
            *values = vec![value];
            *settled = 1;
        }
    }

    fn verify_lists(&self, store: &Store, mut there: Vec<(RunId, crate::Head)>, what: &str) {
        let open: Vec<_> = there.iter().filter(|(_, head)| !head.status.is_over()).cloned().collect();
        assert_eq!(store.journal.open_runs(None, usize::MAX).unwrap(), open, "{what}");
        there.reverse();
        assert_eq!(store.journal.list(&Filter::default(), usize::MAX).unwrap(), there, "{what}");
        for (number, run) in &self.claims {
            assert_eq!(store.journal.claimed(&ClaimKey([*number; 16]), 0).unwrap(), Some(*run), "{what}");
        }
    }
}

fn run_number(run: RunId) -> u8 {
    (0..RUNS).find(|number| run_at(1000 + number / 3, *number) == run).unwrap() as u8
}

fn faulty(path: &Path, fate: Fate) -> (FaultyFiles, Result<Store, StoreError>) {
    let files = FaultyFiles::new(fate);
    let store = open_on(&files, path);
    (files, store)
}

fn open_on(files: &FaultyFiles, path: &Path) -> Result<Store, StoreError> {
    open_with(path, Arc::new(files.clone()), LOG_BYTES)
}

#[test]
fn what_was_acknowledged_outlives_death_at_any_write() {
    let rounds = env::var(ROUNDS_VARIABLE).map_or(12, |rounds| rounds.parse().unwrap());
    for round in 0..rounds {
        let folder = tempfile::tempdir().unwrap();
        let (mut dice, mut ledger) = (Dice(round), Ledger::default());
        let files = FaultyFiles::default();
        for life in 0..3 {
            let fate = Fate {
                dies_at: Some(1 + dice.below(260)),
                torn: dice.below(1001),
                forgets: (dice.below(2) == 0).then_some(round),
                ..Fate::default()
            };
            let what = format!("round {round}, life {life}, {fate:?}");
            files.revive(fate);
            // It may die while the store opens, too.
            if let Ok(store) = open_on(&files, folder.path()) {
                let _ = ledger.work(&store, &mut dice, life * STEPS);
                let _ = store.journal.close();
            }
            files.revive(Fate::default());
            let store = open_on(&files, folder.path()).unwrap_or_else(|error| panic!("{what}: {error}"));
            ledger.verify(&store, &what);
        }
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
        ledger.work(&store, &mut dice, 1000).unwrap();
        ledger.verify(&store, &format!("round {round}, in the end"));
    }
}

/// A process dies, and leaves names and bytes in the system's memory alone. The next one believes them and builds upon
/// them; then the power fails.
#[test]
fn what_a_dead_process_left_in_memory_is_on_disk_before_it_is_built_upon() {
    let count = {
        let folder = tempfile::tempdir().unwrap();
        let (files, store) = faulty(folder.path(), Fate::default());
        Ledger::default().work(&store.unwrap(), &mut Dice(11), 0).unwrap();
        files.points()
    };
    assert!(count > 100, "{count}");
    for dies_at in (1..count).step_by(3) {
        let folder = tempfile::tempdir().unwrap();
        let (mut dice, mut ledger) = (Dice(11), Ledger::default());
        let (files, store) = faulty(folder.path(), Fate { dies_at: Some(dies_at), ..Fate::default() });
        let _ = store.and_then(|store| ledger.work(&store, &mut dice, 0));
        files.revive(Fate::default());
        let store = open_on(&files, folder.path()).unwrap_or_else(|error| panic!("died at {dies_at}: {error}"));
        ledger.verify(&store, &format!("died at {dies_at}"));
        ledger.append_some(&store, &mut dice, 500).unwrap();
        files.lose_power(dies_at).unwrap();
        drop(store);
        let what = format!("died at {dies_at}, and without power after that");
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap_or_else(|error| panic!("{what}: {error}"));
        ledger.verify(&store, &what);
    }
}

/// The database is put back to where it was: all its records come out of the log again.
#[test]
fn records_come_back_from_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("sled");
    let kept = folder.path().join("kept");
    drop(open_for_tests(folder.path(), 16 << 20).unwrap());
    copy(&database, &kept);
    let store = open_for_tests(folder.path(), 16 << 20).unwrap();
    let (mut dice, mut ledger) = (Dice(7), Ledger::default());
    ledger.work(&store, &mut dice, 0).unwrap();
    let last = store.tables.put("t", "last", b"1", Expected::Any).unwrap();
    drop(store);
    std::fs::remove_dir_all(&database).unwrap();
    copy(&kept, &database);
    let store = open_for_tests(folder.path(), 16 << 20).unwrap();
    ledger.verify(&store, "after the database was put back");
    assert!(store.tables.put("t", "new", b"1", Expected::Absent).unwrap() > last);
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_full_disk_refuses_and_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let (files, store) = faulty(folder.path(), Fate::default());
    let store = store.unwrap();
    let (mut dice, mut ledger) = (Dice(3), Ledger::default());
    ledger.work(&store, &mut dice, 0).unwrap();
    for time in 1..4 {
        files.fate().full_at = Some(0);
        let mut told = Ok(());
        while told.is_ok() {
            told = ledger.work(&store, &mut dice, 100 * time);
        }
        assert!(matches!(told, Err(StoreError::Full(_))), "{told:?}");
        ledger.verify(&store, "while the disk is full");
        *files.fate() = Fate::default();
        ledger.work(&store, &mut dice, 1000 * time).unwrap();
        ledger.verify(&store, "with room again");
    }
    drop(store);
    ledger.verify(&open_for_tests(folder.path(), LOG_BYTES).unwrap(), "opened again");
}

/// Whatever is being written when the room ends, or when the disk is made read-only: what was acknowledged before stays
/// readable meanwhile. Once there is room again the store works on; one that was read-only is opened anew.
#[test]
fn a_disk_that_refuses_from_any_write_on_is_told_and_got_over() {
    for (number, refuses_at) in (1..160).step_by(9).enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let (mut dice, mut ledger) = (Dice(refuses_at), Ledger::default());
        let (files, store) = faulty(folder.path(), Fate::default());
        let store = store.unwrap();
        ledger.work(&store, &mut dice, 0).unwrap();
        let refuses_at = files.points() + refuses_at;
        *files.fate() = match number % 2 {
            0 => Fate { full_at: Some(refuses_at), ..Fate::default() },
            _ => Fate { read_only_at: Some(refuses_at), ..Fate::default() },
        };
        let what = format!("{:?}", *files.fate());
        let mut step = 100;
        while ledger.work(&store, &mut dice, step).is_ok() {
            step += STEPS;
        }
        // What was refused is in doubt until the disk is well again.
        ledger.clone().verify(&store, &what);
        let is_read_only = std::mem::take(&mut *files.fate()).read_only_at.is_some();
        // A sync that was refused is a sync that failed: only an opening finds out what is on the disk.
        let store = if is_read_only {
            drop(store);
            open_on(&files, folder.path()).unwrap()
        } else {
            store
        };
        ledger.verify(&store, &what);
        ledger.work(&store, &mut dice, 10_000).unwrap_or_else(|error| panic!("{what}: {error}"));
        ledger.verify(&store, &what);
        store.journal.close().unwrap();
        drop(store);
        ledger.verify(&open_for_tests(folder.path(), LOG_BYTES).unwrap(), &format!("{what}, opened again"));
    }
}

#[test]
fn after_a_failed_sync_nothing_is_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let (files, store) = faulty(folder.path(), Fate::default());
    let store = store.unwrap();
    let (mut dice, mut ledger) = (Dice(5), Ledger::default());
    files.fate().unsyncable = true;
    assert!(matches!(ledger.work(&store, &mut dice, 0), Err(StoreError::Failed(text)) if text.contains("fdatasync")));
    *files.fate() = Fate::default();
    assert!(matches!(ledger.append_some(&store, &mut dice, 0), Err(StoreError::Failed(_))));
    assert!(matches!(store.journal.close(), Err(StoreError::Failed(_))));
    drop(store);
    ledger.verify(&open_for_tests(folder.path(), LOG_BYTES).unwrap(), "opened again");
}

/// A disk may say of a sync, too, that it has no room. To wait for room would be to wait for ever.
#[test]
fn a_failed_sync_is_told_to_who_looks_after_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let (files, store) = faulty(folder.path(), Fate::default());
    let store = store.unwrap();
    let failure = store.journal.failure();
    assert!(store.tables.put("t", "k", b"v", Expected::Any).is_ok() && failure.borrow().is_none());
    files.fate().unsyncable = true;
    assert!(store.tables.put("t", "k", b"w", Expected::Any).is_err());
    assert!(matches!(&*failure.borrow(), Some(StoreError::Failed(_))));
}

/// The sync fails, so that what is seen was there before it.
#[test]
fn what_is_answered_before_the_sync_can_be_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (files, store) = faulty(folder.path(), Fate::default());
    let store = store.unwrap();
    files.fate().unsyncable = true;
    let run = run_at(1, 1);
    let head = head("a", Status::Succeeded, 1);
    let claim = Some(Claim { key: ClaimKey([1; 16]), until: 1_000_000 });
    let (bytes, digests, durability) = (b"all".to_vec(), Vec::new(), Durability::Memory);
    let append = Append { run, piece: 0, head: head.clone(), bytes, digests, claim, durability };
    wait(store.journal.append(append)).unwrap();
    assert_eq!(store.journal.head(run).unwrap(), Some(head));
    assert_eq!(store.journal.read(run).unwrap().unwrap().pieces, ["all"]);
    assert_eq!(store.journal.claimed(&ClaimKey([1; 16]), 0).unwrap(), Some(run));
}

#[test]
fn a_disk_that_cannot_be_written_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (mut dice, mut ledger) = (Dice(9), Ledger::default());
    let (files, store) = faulty(folder.path(), Fate::default());
    let store = store.unwrap();
    ledger.work(&store, &mut dice, 0).unwrap();
    files.fate().read_only_at = Some(0);
    assert!(ledger.work(&store, &mut dice, 100).is_err());
    ledger.verify(&store, "read-only");
    drop(store);
    ledger.verify(&open_for_tests(folder.path(), LOG_BYTES).unwrap(), "opened again");
}

/// The log has room left in its file; the database would have none, and sled never gets over that.
#[test]
fn records_are_refused_before_the_database_meets_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let files = FaultyFiles::default();
    let store = open_with(folder.path(), Arc::new(files.clone()), 1 << 20).unwrap();
    let put = |store: &Store| store.tables.put("t", "k", b"v", Expected::Any);
    files.fate().full_at = Some(0);
    assert!(matches!(put(&store), Err(StoreError::Full(_))));
    files.fate().full_at = None;
    put(&store).unwrap();
}
