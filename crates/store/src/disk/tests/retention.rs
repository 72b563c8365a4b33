//! What need not be kept goes, space with it; what must be kept stays, and nothing comes back.

use crate::conformance::{head, run_at, wait};
use crate::disk::open_for_tests;
use crate::{Append, Filter, Head, Retention, Status, Store};
use run::id::RunId;
use run::retention::{Keep, Kept};
use std::fs::{self, File};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

const LOG_BYTES: u64 = 4096;
const RUNS: u64 = 200;

fn append(store: &Store, run: RunId, piece: u32, head: Head, size: usize) {
    let (bytes, digests, claim, durability) = (vec![7; size], Vec::new(), None, Default::default());
    wait(store.journal.append(Append { run, piece, head, bytes, digests, claim, durability })).unwrap();
}

/// Run `n` is created and over at `n` seconds; every tenth failed; run 0 is over last of all, run 1 never.
fn fill(store: &Store) {
    for number in 0..RUNS {
        let status = match number {
            0 | 1 => Status::Running,
            number if number % 10 == 0 => Status::Failed,
            _ => Status::Succeeded,
        };
        append(store, run(number), 0, head("a", status, number as i64 * 1000), 300);
    }
    append(store, run(0), 1, head("a", Status::Succeeded, RUNS as i64 * 1000), 300);
    (0..20).for_each(|number| append(store, run_at(1_000_000 + number, number), 0, head("b", Status::Stopped, 0), 300));
}

fn run(number: u64) -> RunId {
    run_at(number * 1000, number)
}

/// Polls until the archivist has come so far that `retain` finds all but the last few in archives.
fn retain_until(store: &Store, keep: Keep, most: u64, is_done: impl Fn(&Store) -> bool) {
    let retention = Retention { keep, bytes: (most > 0).then_some(most), ..Retention::default() };
    let end = SystemTime::now() + Duration::from_secs(60);
    while !is_done(store) {
        assert!(SystemTime::now() < end, "what need not be kept does not go");
        store.journal.retain(&retention, RUNS as i64 * 1000).unwrap();
    }
}

fn all(store: &Store) -> Vec<RunId> {
    store.journal.list(&Filter::default(), usize::MAX).unwrap().into_iter().map(|(run, _)| run).collect()
}

/// What is there at the moment: the archivist may put a file in another one's place meanwhile.
fn archive_bytes(folder: &Path) -> u64 {
    let files = fs::read_dir(folder.join("archives")).unwrap();
    files.filter_map(|file| file.unwrap().metadata().ok()).map(|file| file.len()).sum()
}

#[test]
fn runs_go_by_age_and_do_not_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    fill(&store);
    let before = store.journal.usage().unwrap();
    assert_eq!(before.runs, RUNS + 20);
    let keep = Keep { age: Some(Duration::from_secs(60)), ..Keep::default() };
    retain_until(&store, keep, 0, |store| store.journal.read(run(100)).unwrap().is_none());
    let left = all(&store);
    assert!(left.contains(&run(1)) && left.contains(&run(RUNS - 1)) && left.contains(&run(141)));
    assert!(!left.contains(&run(2)) && !left.contains(&run(99)));
    let after = store.journal.usage().unwrap();
    assert!(after.runs < before.runs - 80 && after.bytes < before.bytes, "{before:?} {after:?}");
    drop(store);
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    assert_eq!(all(&store), left);
    let open: Vec<_> = store.journal.open_runs(None, 10).unwrap().into_iter().map(|(run, _)| run).collect();
    assert_eq!(open, [run(1)], "run 0 was over");
    append(&store, run(1), 1, head("a", Status::Succeeded, 1), 10);
    assert_eq!(store.journal.read(run(1)).unwrap().unwrap().pieces.len(), 2);
}

#[test]
fn runs_go_by_number_state_and_size() {
    let rows = [
        (Keep { runs: Some(30), ..Keep::default() }, 0),
        (Keep { only: Kept::Failures, ..Keep::default() }, 0),
        (Keep { only: Kept::Nothing, ..Keep::default() }, 0),
        (Keep::default(), 6_000),
    ];
    for (keep, most) in rows {
        let folder = tempfile::tempdir().unwrap();
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
        fill(&store);
        let before = archive_bytes(folder.path());
        retain_until(&store, keep, most, |store| store.journal.read(run(51)).unwrap().is_none());
        assert!(store.journal.read(run(1)).unwrap().is_some(), "an open run stays: {keep:?}");
        assert!(store.journal.read(run_at(1_000_019, 19)).unwrap().is_some(), "what is in the log stays: {keep:?}");
        let failed = store.journal.read(run(50)).unwrap().is_some();
        assert_eq!(failed, keep.only == Kept::Failures, "{keep:?}");
        assert!(before == 0 || archive_bytes(folder.path()) > 0);
    }
}

#[test]
fn large_values_go_that_no_run_names() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    let [named, unnamed, young] = [b"named", b"other", b"young"].map(|value| store.blobs.put(value).unwrap());
    let (bytes, digests, claim, durability) = (Vec::new(), vec![named], None, Default::default());
    let head = head("a", Status::Running, 1);
    wait(store.journal.append(Append { run: run(1), piece: 0, head, bytes, digests, claim, durability })).unwrap();
    for digest in [named, unnamed] {
        let name = format!("{digest:?}");
        let file = folder.path().join("blobs").join(&name[..2]).join(&name[2..]);
        File::options().write(true).open(file).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    }
    store.journal.retain(&Retention::default(), 0).unwrap();
    assert!(store.blobs.get(&unnamed).unwrap().is_some(), "it may be about to be named");
    store.journal.retain(&Retention::default(), 0).unwrap();
    assert!(store.blobs.get(&unnamed).unwrap().is_none());
    assert!(store.blobs.get(&named).unwrap().is_some());
    assert!(store.blobs.get(&young).unwrap().is_some());
    // Also after the run has gone to an archive.
    (2..40).for_each(|number| append(&store, run(number), 0, crate::conformance::head("a", Status::Succeeded, 1), 300));
    store.journal.retain(&Retention::default(), 0).unwrap();
    store.journal.retain(&Retention::default(), 0).unwrap();
    assert!(store.blobs.get(&named).unwrap().is_some());
}

fn names(folder: &Path, part: &str) -> Vec<String> {
    let names = fs::read_dir(folder.join(part)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// Each archive gets all that there is of a run that goes on; one copy is enough.
#[test]
fn old_copies_of_runs_that_go_on_are_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    (0..200).for_each(|piece| append(&store, run(piece % 2), piece as u32 / 2, head("a", Status::Running, 1), 300));
    retain_until(&store, Keep::default(), 0, |_| names(folder.path(), "archives").len() <= 2);
    drop(store);
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    for number in 0..2 {
        assert_eq!(store.journal.read(run(number)).unwrap().unwrap().pieces.len(), 100);
        append(&store, run(number), 100, head("a", Status::Succeeded, 1), 300);
    }
    assert!(store.journal.open_runs(None, 10).unwrap().is_empty());
    assert_eq!(all(&store).len(), 2);
}

/// The log is far from full; runs go all the same once most of those in it may, an hour after the last time or later.
#[test]
fn runs_go_on_a_quiet_server() {
    let folder = tempfile::tempdir().unwrap();
    let retention = Retention { keep: Keep { runs: Some(1), ..Keep::default() }, ..Retention::default() };
    let end = SystemTime::now() + Duration::from_secs(60);
    let mut store = open_for_tests(folder.path(), 1 << 20).unwrap();
    for round in 0..3 {
        let now = round as i64 * 3_600_000;
        (0..4).for_each(|number| append(&store, run(round * 4 + number), 0, head("a", Status::Stopped, now), 300));
        while all(&store) != [run(round * 4 + 3)] {
            assert!(SystemTime::now() < end, "what need not be kept does not go");
            store.journal.retain(&retention, now).unwrap();
        }
        drop(store);
        store = open_for_tests(folder.path(), 1 << 20).unwrap();
        assert_eq!(all(&store), [run(round * 4 + 3)]);
    }
    (100..104).for_each(|number| append(&store, run(number), 0, head("a", Status::Stopped, 0), 300));
    store.journal.retain(&retention, 10_000_000).unwrap();
    (104..108).for_each(|number| append(&store, run(number), 0, head("a", Status::Stopped, 0), 300));
    let logs = || names(folder.path(), "journal").into_iter().rfind(|name| name.starts_with(char::is_numeric));
    let log = logs();
    store.journal.retain(&retention, 10_000_000 + 3_599_999).unwrap();
    assert_eq!(logs(), log, "an hour has not passed");
    store.journal.retain(&retention, 10_000_000 + 3_600_000).unwrap();
    assert_ne!(logs(), log);
}

#[test]
fn a_damaged_archive_stays_and_keeps_none_of_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    fill(&store);
    let end = SystemTime::now() + Duration::from_secs(60);
    while names(folder.path(), "archives").len() < 6 {
        assert!(SystemTime::now() < end, "the log does not become archives");
        std::thread::yield_now();
    }
    drop(store);
    let archives = names(folder.path(), "archives");
    let damaged = folder.path().join("archives").join(&archives[1]);
    let mut bytes = fs::read(&damaged).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].fill(0);
    fs::write(&damaged, bytes).unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    let keep = Keep { only: Kept::Nothing, ..Keep::default() };
    retain_until(&store, keep, 0, |_| names(folder.path(), "archives").len() <= 4);
    assert!(damaged.exists());
}

/// What goes, moves to an archive or is written anew while someone reads is there as a whole or not at all.
#[test]
fn readers_meet_no_error_while_runs_move_and_go() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    let is_over = AtomicBool::new(false);
    let read_on = |seed: u64| {
        let mut seen = 0;
        while !is_over.load(Ordering::Relaxed) {
            let text = (seen % 2 == 0).then(|| format!("text {}", seed % 7));
            let listed = store.journal.list(&Filter { text, ..Filter::default() }, 40).unwrap();
            assert!(listed.is_sorted_by(|(one, _), (next, _)| one > next));
            for (run, _) in &listed {
                let Some(journaled) = store.journal.read(*run).unwrap() else { continue };
                let whole = journaled.pieces.iter().all(|piece| piece.starts_with(format!("{run} text").as_bytes()));
                assert!(whole, "{run}");
            }
            store.journal.usage().unwrap();
            seen += 1;
        }
        seen
    };
    let keep = Keep { age: Some(Duration::from_secs(60)), ..Keep::default() };
    std::thread::scope(|scope| {
        let readers = [1, 2].map(|seed| scope.spawn(move || read_on(seed)));
        for number in 0..2 * RUNS {
            let pieces = 1 + number as u32 % 3;
            for piece in 0..pieces {
                let status = if piece + 1 == pieces { Status::Succeeded } else { Status::Running };
                let head = head("a", status, number as i64 * 1000);
                let bytes = format!("{} text {};", run(number), number % 7).repeat(6).into_bytes();
                let (digests, claim, durability) = (Vec::new(), None, Default::default());
                let append = Append { run: run(number), piece, head, bytes, digests, claim, durability };
                wait(store.journal.append(append)).unwrap();
            }
            if number % 10 == 0 {
                store.journal.retain(&Retention { keep, ..Retention::default() }, number as i64 * 1000).unwrap();
            }
        }
        is_over.store(true, Ordering::Relaxed);
        assert!(readers.into_iter().all(|reader| reader.join().unwrap() > 0));
    });
    assert!(store.journal.read(run(0)).unwrap().is_none() && store.journal.read(run(2 * RUNS - 1)).unwrap().is_some());
}
