//! What the log has lost is told, what was left behind in its folder does no harm, and neither does damage elsewhere.

use super::made;
use crate::archive::Part;
use crate::conformance::{head, piece_of, run_at, wait};
use crate::disk::files::RealFiles;
use crate::disk::files::faulty::{Fate, FaultyFiles};
use crate::disk::log::group::FileHead;
use crate::disk::log::{FILE_BYTES, number_of, path_of};
use crate::disk::{Disk, open_for_tests, open_with};
use crate::{Append, Claim, ClaimKey, Filter, Journal, Retention, Status, Store};
use run::retention::{Keep, Kept};
use run::tables::StoreError;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LOG_BYTES: u64 = 4096;
const RUNS: u64 = 60;

fn fill(journal: &dyn Journal) {
    (100..100 + RUNS).for_each(|number| wait(journal.append(made(number, Status::Succeeded, vec![1; 300]))).unwrap());
}

fn poll(what: &str, is_so: impl Fn() -> bool) {
    let end = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < end, "{what}");
        std::thread::yield_now();
    }
}

/// Fills files of the log until all but the last are in archives.
fn archived(folder: &Path) {
    let disk = Disk::open(folder, Arc::new(RealFiles), LOG_BYTES).unwrap();
    fill(&disk);
    poll("full files are archived", || disk.shared.read().logs.len() == 1);
}

fn numbers(journal: &Path) -> Vec<u32> {
    let names = fs::read_dir(journal).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut numbers: Vec<u32> = names.filter_map(|name| number_of(&name)).collect();
    numbers.sort_unstable();
    numbers
}

fn count(store: &Store) -> usize {
    store.journal.list(&Filter::default(), usize::MAX).unwrap().len()
}

#[test]
fn files_left_behind_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    archived(folder.path());
    let journal = folder.path().join("journal");
    let oldest = numbers(&journal)[0];
    assert!(oldest > 4);
    let begun = |number: u32| FileHead { number, first: 1, salt: [3; 8] }.encode();
    for (name, head) in [(oldest - 1, oldest + 9), (oldest - 2, oldest - 2), (oldest - 4, oldest - 4)] {
        fs::write(path_of(&journal, name), begun(head)).unwrap();
    }
    for _ in 0..2 {
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
        assert_eq!(count(&store), RUNS as usize);
        drop(store);
        assert_eq!(numbers(&journal), [oldest]);
    }
}

#[test]
fn a_gap_in_what_is_needed_is_told() {
    let folder = tempfile::tempdir().unwrap();
    archived(folder.path());
    let journal = folder.path().join("journal");
    let number = numbers(&journal)[0] + 2;
    fs::write(path_of(&journal, number), FileHead { number, first: 10_000, salt: [3; 8] }.encode()).unwrap();
    let error = open_for_tests(folder.path(), LOG_BYTES).unwrap_err().to_string();
    assert!(error.contains("the file of the log before it is not"), "{error}");
}

/// The last byte of the file that is no zero is of its last group.
fn rot(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    let last = bytes.iter().rposition(|byte| *byte != 0).unwrap();
    bytes[last] ^= 1;
    fs::write(file, bytes).unwrap();
}

#[test]
fn a_lost_end_of_the_log_is_told() {
    let losses: [fn(&Path, Vec<u8>); 3] =
        [|file, _| rot(file), |file, _| fs::remove_file(file).unwrap(), |file, older| fs::write(file, older).unwrap()];
    for lose in losses {
        let folder = tempfile::tempdir().unwrap();
        let store = open_for_tests(folder.path(), FILE_BYTES).unwrap();
        wait(store.journal.append(made(1, Status::Succeeded, b"1".to_vec()))).unwrap();
        let file = path_of(&folder.path().join("journal"), 1);
        let older = fs::read(&file).unwrap();
        wait(store.journal.append(made(2, Status::Succeeded, b"2".to_vec()))).unwrap();
        store.journal.close().unwrap();
        drop(store);
        lose(&file, older);
        let error = open_for_tests(folder.path(), FILE_BYTES).unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt(text) if text.contains("the log ends before group")), "{error}");
    }
}

/// A sector of a disk is larger than a block: the head of a file and its first groups go together.
#[test]
fn a_lost_beginning_of_the_newest_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), FILE_BYTES).unwrap();
    (1..20).for_each(|number| wait(store.journal.append(made(number, Status::Succeeded, b"1".to_vec()))).unwrap());
    drop(store);
    let file = path_of(&folder.path().join("journal"), 1);
    let mut bytes = fs::read(&file).unwrap();
    bytes[..4096].fill(0);
    fs::write(&file, bytes).unwrap();
    let error = open_for_tests(folder.path(), FILE_BYTES).unwrap_err();
    assert!(matches!(&error, StoreError::Corrupt(text) if text.contains("damaged at offset 0")), "{error}");
    assert!(file.exists());
}

/// What the log has handed over is in the database alone.
#[test]
fn a_lost_database_is_told() {
    let folder = tempfile::tempdir().unwrap();
    archived(folder.path());
    fs::remove_dir_all(folder.path().join("sled")).unwrap();
    for _ in 0..2 {
        let error = open_for_tests(folder.path(), LOG_BYTES).unwrap_err();
        assert!(matches!(&error, StoreError::Corrupt(text) if text.contains("but the database beside it")), "{error}");
    }
}

/// What lies behind a damaged group is not taken for nothing: its large values stay, and a search says that it failed.
#[test]
fn damage_in_the_open_log_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_for_tests(folder.path(), FILE_BYTES).unwrap();
    (1..4).for_each(|number| wait(store.journal.append(made(number, Status::Succeeded, b"one".to_vec()))).unwrap());
    let filter = Filter { text: Some("one".to_owned()), ..Filter::default() };
    assert_eq!(store.journal.list(&filter, 10).unwrap().len(), 3);
    store.journal.retain(&Retention::default(), 0).unwrap();
    rot(&path_of(&folder.path().join("journal"), 1));
    assert!(matches!(store.journal.list(&filter, 10), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.journal.retain(&Retention::default(), 0), Err(StoreError::Corrupt(_))));
}

/// After a sync that failed, another one succeeds without having written anything.
#[test]
fn what_a_failed_sync_left_is_written_again() {
    for seed in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let files = FaultyFiles::new(Fate::default());
        let open = || open_with(folder.path(), Arc::new(files.clone()), FILE_BYTES).unwrap();
        let append = |store: &Store, number: u64| {
            wait(store.journal.append(made(number, Status::Succeeded, vec![number as u8; 4000])))
        };
        let store = open();
        append(&store, 1).unwrap();
        files.fate().unsyncable = true;
        append(&store, 2).unwrap_err();
        *files.fate() = Fate::default();
        drop(store);
        let store = open();
        assert_eq!(count(&store), 2, "it is in the page cache");
        append(&store, 3).unwrap();
        *files.fate() = Fate { dies_at: Some(1), forgets: Some(seed), ..Fate::default() };
        append(&store, 4).unwrap_err();
        drop(store);
        assert_eq!(count(&open_for_tests(folder.path(), FILE_BYTES).unwrap()), 3, "seed {seed}");
    }
}

#[test]
fn archiving_goes_on_after_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let files = FaultyFiles::new(Fate { panics: true, ..Fate::default() });
    let disk = Disk::open(folder.path(), Arc::new(files.clone()), LOG_BYTES).unwrap();
    fill(&disk);
    poll("an archive is begun", || !archive_paths(folder.path()).is_empty());
    *files.fate() = Fate::default();
    poll("archives are made", || disk.shared.read().archives.len() > 3);
    assert_eq!(disk.list(&Filter::default(), usize::MAX).unwrap().len(), RUNS as usize);
}

fn archive_paths(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder.join("archives")).unwrap().map(|entry| entry.unwrap().path()).collect()
}

/// Changes a bit.
fn spoil(archive: &Path, at: u64) {
    let mut bytes = fs::read(archive).unwrap();
    bytes[at as usize] ^= 1;
    fs::write(archive, bytes).unwrap();
}

/// A file of the log with this run's first piece alone becomes an archive.
fn archive_alone(disk: &Disk, number: u64) -> Arc<crate::archive::Archive> {
    let run = run_at(number, number);
    wait(disk.append(piece_of(run, 0, head("a", Status::Running, 1), &[5; 3500]))).unwrap();
    wait(disk.append(made(number + 1, Status::Succeeded, vec![1; 300]))).unwrap();
    poll("the first file is archived", || disk.shared.read().archives.len() == 1);
    disk.shared.read().archives.values().next().unwrap().clone()
}

#[test]
fn a_run_whose_beginning_is_damaged_is_told_and_the_others_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let run = run_at(1000, 1000);
    let append = |journal: &dyn Journal, piece: u32| {
        wait(journal.append(piece_of(run, piece, head("a", Status::Running, 1), &[5; 300]))).unwrap();
    };
    let disk = Disk::open(folder.path(), Arc::new(RealFiles), LOG_BYTES).unwrap();
    let first = archive_alone(&disk, 1000);
    spoil(first.path(), first.place_of(Part::Open, 0).unwrap().0);
    for piece in 1..4 {
        append(&disk, piece);
        (0..20).for_each(|number| {
            let number = 2000 + u64::from(piece) * 100 + number;
            wait(disk.append(made(number, Status::Succeeded, vec![1; 300]))).unwrap();
        });
        poll("the rest is archived", || disk.shared.read().logs.len() == 1);
    }
    drop((disk, first));
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    assert!(matches!(store.journal.read(run), Err(StoreError::Corrupt(_))));
    assert_eq!(store.journal.head(run).unwrap(), Some(head("a", Status::Running, 1)));
    assert_eq!(store.journal.open_runs(None, 10).unwrap().len(), 1);
    append(&*store.journal, 4);
    assert_eq!(store.journal.read(run_at(2100, 2100)).unwrap().unwrap().pieces, [vec![1; 300]]);
    assert_eq!(count(&store), 62);
}

/// Who the runs of a damaged page are is not known, but each of them is told when it is asked for.
#[test]
fn a_damaged_page_of_open_runs_does_not_keep_the_store_closed() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::open(folder.path(), Arc::new(RealFiles), LOG_BYTES).unwrap();
    let first = archive_alone(&disk, 1000);
    spoil(first.path(), first.place_of(Part::Open, 0).unwrap().1);
    drop((disk, first));
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    let run = run_at(1000, 1000);
    assert!(matches!(store.journal.read(run), Err(StoreError::Corrupt(_))));
    assert!(matches!(store.journal.head(run), Err(StoreError::Corrupt(_))));
    assert!(store.journal.head(run_at(1001, 1001)).unwrap().is_some());
    assert_eq!(store.journal.head(run_at(5000, 1)).unwrap(), None, "a run that is new");
    assert!(store.journal.open_runs(None, 10).unwrap().is_empty());
    wait(store.journal.append(made(5, Status::Succeeded, Vec::new()))).unwrap();
}

/// Files of the log become archives: 1 has three runs that are open, 2 the end of the first of them, 3 the third again;
/// the log has the rest.
fn three_archives(folder: &Path) -> [PathBuf; 3] {
    let disk = Disk::open(folder, Arc::new(RealFiles), LOG_BYTES).unwrap();
    let append = |number: u64, piece: u32, status: Status| {
        let run = run_at(number, number);
        wait(disk.append(piece_of(run, piece, head("a", status, 1), &[5; 900]))).unwrap();
    };
    let close_file = |number: u64| {
        wait(disk.append(made(number, Status::Succeeded, vec![1; 3500]))).unwrap();
        poll("the file is archived", || disk.shared.read().logs.len() == 1);
    };
    (1..4).for_each(|number| append(number, 0, Status::Running));
    close_file(11);
    append(1, 1, Status::Succeeded);
    close_file(12);
    append(3, 1, Status::Running);
    close_file(13);
    let live = disk.shared.read();
    let numbers =
        |run: u64| live.archives.iter().filter(move |(_, archive)| archive.read(run_at(run, run)).unwrap().is_some());
    let last = |run: u64| numbers(run).next_back().unwrap().1.path().to_owned();
    [numbers(2).next().unwrap().1.path().to_owned(), last(1), last(3)]
}

fn spoil_end(archive: &Path) -> Vec<u8> {
    let whole = fs::read(archive).unwrap();
    spoil(archive, whole.len() as u64 - 12);
    whole
}

/// What may be over in the archive that cannot be read does not go on, or it would be done again.
#[test]
fn a_damaged_end_of_an_archive_costs_that_archive() {
    let folder = tempfile::tempdir().unwrap();
    let [_, second, _] = three_archives(folder.path());
    let whole = spoil_end(&second);
    let all = |store: &Store| store.journal.list(&Filter::default(), usize::MAX).unwrap();
    let open_runs = |store: &Store| -> Vec<_> {
        store.journal.open_runs(None, 10).unwrap().into_iter().map(|(run, _)| run).collect()
    };
    for round in 0..2 {
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
        let [damage] = &store.damage[..] else { panic!("{:?}", store.damage) };
        assert!(damage.contains(second.to_str().unwrap()) && damage.contains("2 older runs stand still"), "{damage}");
        assert_eq!(open_runs(&store), [run_at(3, 3)], "1 is over, 2 may be");
        for number in [1, 2] {
            let run = run_at(number, number);
            let told = [store.journal.head(run).map(drop), store.journal.read(run).map(drop)];
            let is_told = |told: &Result<(), StoreError>| matches!(told, Err(StoreError::Corrupt(text)) if text.contains("may be in"));
            assert!(told.iter().all(is_told), "{told:?}");
        }
        assert_eq!(store.journal.read(run_at(3, 3)).unwrap().unwrap().pieces.len(), 2);
        wait(store.journal.append(made(100 + round, Status::Succeeded, vec![1; 3500]))).unwrap();
        assert_eq!(store.journal.head(run_at(5000, 1)).unwrap(), None, "a run that is new");
        let nothing = Keep { only: Kept::Nothing, ..Keep::default() };
        store.journal.retain(&Retention { keep: nothing, ..Retention::default() }, 0).unwrap();
    }
    fs::write(&second, whole).unwrap();
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    assert_eq!(store.damage, [""; 0]);
    assert_eq!(open_runs(&store), [run_at(2, 2), run_at(3, 3)]);
    assert_eq!(store.journal.read(run_at(2, 2)).unwrap().unwrap().pieces, [vec![5; 900]]);
    assert!(all(&store).iter().any(|(run, head)| *run == run_at(1, 1) && head.status == Status::Succeeded));
}

#[test]
fn the_newest_archive_may_be_the_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let [.., third] = three_archives(folder.path());
    spoil_end(&third);
    for number in 0..6 {
        let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
        assert_eq!(store.damage.len(), 1);
        assert!(store.journal.open_runs(None, 10).unwrap().is_empty(), "2 and 3 may be over");
        wait(store.journal.append(made(100 + number, Status::Succeeded, vec![1; 3500]))).unwrap();
        assert_eq!(store.journal.read(run_at(1, 1)).unwrap().unwrap().pieces.len(), 2);
        assert!((0..=number).all(|number| store.journal.head(run_at(100 + number, 100 + number)).unwrap().is_some()));
    }
}

#[test]
fn an_archive_on_a_bad_sector_is_a_damaged_one() {
    let folder = tempfile::tempdir().unwrap();
    let [_, second, _] = three_archives(folder.path());
    let unreadable = Some(fs::metadata(&second).unwrap().ino());
    let files = FaultyFiles::new(Fate { unreadable, ..Fate::default() });
    let store = open_with(folder.path(), Arc::new(files), LOG_BYTES).unwrap();
    assert_eq!(store.damage.len(), 1);
    assert_eq!(store.journal.open_runs(None, 10).unwrap().len(), 1);
}

/// A crash may leave the edition before beside one that was written anew.
#[test]
fn an_edition_before_the_damaged_one_serves() {
    let folder = tempfile::tempdir().unwrap();
    let [first, ..] = three_archives(folder.path());
    let newer = first.with_file_name(first.file_name().unwrap().to_str().unwrap().replace("-0.", "-1."));
    fs::copy(&first, &newer).unwrap();
    spoil_end(&newer);
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    assert_eq!(store.damage, [""; 0]);
    assert_eq!(store.journal.open_runs(None, 10).unwrap().len(), 2);
    assert!(first.exists() && !newer.exists());
}

/// The log has a file until its archive is whole; one that is not is made anew.
#[test]
fn an_archive_of_what_the_log_still_has_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let journal = folder.path().join("journal");
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    wait(store.journal.append(made(1, Status::Running, vec![1; 300]))).unwrap();
    drop(store);
    fs::create_dir_all(folder.path().join("archives")).unwrap();
    let damaged = folder.path().join("archives/0000000001-0.archive");
    fs::write(&damaged, "no archive").unwrap();
    assert_eq!(numbers(&journal), [1]);
    let store = open_for_tests(folder.path(), LOG_BYTES).unwrap();
    assert_eq!(store.damage, [""; 0]);
    assert_eq!(store.journal.open_runs(None, 10).unwrap().len(), 1);
    assert!(!damaged.exists());
}

/// Another sync would succeed without having written what this one could not.
#[test]
fn a_database_that_could_not_be_synced_keeps_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let files = FaultyFiles::default();
    let disk = Disk::open(folder.path(), Arc::new(files.clone()), LOG_BYTES).unwrap();
    files.fate().unsyncable = true;
    disk.shared.checkpoint().unwrap_err();
    files.fate().unsyncable = false;
    fill(&disk);
    poll("an archive is made", || !disk.shared.read().archives.is_empty());
    assert!(disk.close().is_err());
    assert_eq!(numbers(&folder.path().join("journal"))[0], 1, "the log has all that the database may have lost");
    drop(disk);
    // The next process writes all of it once more, or does not open.
    files.revive(Fate { dies_at: Some(2), ..Fate::default() });
    let open = || open_with(folder.path(), Arc::new(files.clone()), LOG_BYTES);
    open().unwrap_err();
    files.revive(Fate::default());
    let note = folder.path().join("sled/unsynced");
    assert!(note.exists());
    let store = open().unwrap();
    assert!(!note.exists());
    assert_eq!(count(&store), RUNS as usize);
}

/// A clock that ran ahead for a while does not end what was claimed meanwhile or before.
#[test]
fn a_claim_outlasts_a_clock_that_ran_ahead() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::open(folder.path(), Arc::new(RealFiles), LOG_BYTES).unwrap();
    let claim = Claim { key: ClaimKey([7; 16]), until: 10_000 };
    wait(disk.append(Append { claim: Some(claim), ..made(1, Status::Succeeded, Vec::new()) })).unwrap();
    let ahead = head("a", Status::Succeeded, 1_000_000);
    wait(disk.append(piece_of(run_at(1_000_000, 2), 0, ahead, b""))).unwrap();
    fill(&disk);
    poll("it is archived", || disk.shared.read().index.claim(&claim.key).is_none());
    assert_eq!(disk.claimed(&claim.key, 5_000).unwrap(), Some(run_at(1, 1)));
}
