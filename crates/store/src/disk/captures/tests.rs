//! What only the disk can suffer: torn ends, damage, a full disk, a kill.

use super::*;
use crate::disk::files::RealFiles;
use crate::disk::files::faulty::{Fate, FaultyFiles};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

fn open(folder: &Path) -> DiskCaptures {
    open_with(folder, Arc::new(RealFiles))
}

fn open_with(folder: &Path, files: Arc<dyn Files>) -> DiskCaptures {
    DiskCaptures::open(files, &folder.join("requests"), Arc::new(())).unwrap()
}

fn add(log: &DiskCaptures, text: &str) -> Option<u64> {
    log.append(Label { hook: "x", at: 1, kind: 0 }, &mut |buffer| buffer.extend(text.as_bytes()))
}

fn promise(log: &DiskCaptures, text: &str) -> Kept {
    log.append_durably(Label { hook: "x", at: 1, kind: 0 }, &mut |buffer| buffer.extend(text.as_bytes()))
}

fn told(kept: Kept) -> Result<u64, StoreError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), kept).await.unwrap() })
}

fn durably(log: &DiskCaptures, text: &str) -> Result<u64, StoreError> {
    told(promise(log, text))
}

fn texts(log: &DiskCaptures) -> Vec<String> {
    let found = log.after("x", 0, usize::MAX).unwrap();
    found.iter().map(|capture| String::from_utf8(capture.bytes.to_vec()).unwrap()).collect()
}

/// The files with this ending, by name.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join("requests")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == ending)).collect();
    files.sort();
    files
}

/// A folder with these records in one file, closed well.
fn written(records: &[&str]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    records.iter().for_each(|text| assert!(add(&log, text).is_some()));
    drop(log);
    folder
}

/// As a kill leaves it: without the list that is written at the end.
fn unlisted(records: &[&str]) -> tempfile::TempDir {
    let folder = written(records);
    files(folder.path(), "list").iter().for_each(|list| fs::remove_file(list).unwrap());
    folder
}

#[test]
fn nothing_is_made_before_there_is_something_to_keep() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()));
    assert!(!folder.path().join("requests").exists());
}

#[test]
fn a_torn_end_is_cut_wherever_it_is_torn() {
    let folder = unlisted(&["one", "two", "three"]);
    let file = files(folder.path(), "log").pop().unwrap();
    let whole = fs::read(&file).unwrap();
    let third = whole.len() - (record::HEAD + 1 + "three".len());
    for length in third..whole.len() {
        fs::write(&file, &whole[..length]).unwrap();
        assert_eq!(texts(&open(folder.path())), ["one", "two"], "cut at {length}");
        files(folder.path(), "list").iter().for_each(|list| fs::remove_file(list).unwrap());
    }
    let log = open(folder.path());
    let id = add(&log, "four").unwrap();
    assert!(id > 2);
    drop(log);
    assert_eq!(texts(&open(folder.path())), ["one", "two", "four"]);
}

#[test]
fn damage_of_one_record_costs_that_record() {
    let folder = unlisted(&["one", "two", "three"]);
    let file = files(folder.path(), "log").pop().unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let at = memchr::memmem::find(&bytes, b"two").unwrap();
    bytes[at] ^= 1;
    fs::write(&file, &bytes).unwrap();
    assert_eq!(texts(&open(folder.path())), ["one", "three"]);
}

#[test]
fn a_list_that_is_damaged_or_of_another_file_is_not_believed() {
    let folder = written(&["one", "two"]);
    let list = files(folder.path(), "list").pop().unwrap();
    let good = fs::read(&list).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&list, &bad).unwrap();
        assert_eq!(texts(&open(folder.path())), ["one", "two"], "byte {at}");
    }
    assert!(contents::Contents::decode(&good, 1).is_some());
    assert!(contents::Contents::decode(&good, 2).is_none());
}

#[test]
fn a_damaged_file_is_set_aside_and_the_others_serve() {
    let folder = written(&["one"]);
    let log = open(folder.path());
    add(&log, "two").unwrap();
    drop(log);
    let first = files(folder.path(), "log").remove(0);
    fs::write(&first, b"something else altogether, but not short").unwrap();
    files(folder.path(), "list").iter().for_each(|list| fs::remove_file(list).unwrap());
    let log = open(folder.path());
    assert_eq!(texts(&log), ["two"]);
    let id = add(&log, "three").unwrap();
    assert!(id > 2);
    drop(log);
    assert_eq!(files(folder.path(), "damaged").len(), 1);
    assert_eq!(texts(&open(folder.path())), ["two", "three"]);
}

#[test]
fn the_newest_file_may_be_the_damaged_one() {
    let folder = unlisted(&["one"]);
    let file = files(folder.path(), "log").pop().unwrap();
    fs::write(&file, [0; 100]).unwrap();
    let log = open(folder.path());
    assert_eq!(texts(&log), [""; 0]);
    assert!(add(&log, "two").unwrap() > 1);
}

#[test]
fn a_file_that_cannot_be_opened_keeps_nothing_closed() {
    let folder = written(&["one"]);
    let id = 900;
    fs::create_dir(folder.path().join("requests").join(format!("{id:020}.log"))).unwrap();
    let log = open(folder.path());
    assert_eq!(texts(&log), ["one"]);
    assert!(add(&log, "two").unwrap() > id);
}

/// A disk without room for bytes often has some for names.
#[test]
fn a_full_disk_leaves_no_files_that_were_not_begun() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyFiles::new(Fate { full_at: Some(0), ..Fate::default() });
    let log = open_with(folder.path(), Arc::new(disk.clone()));
    (0..3).for_each(|_| assert!(matches!(durably(&log, "lost"), Err(StoreError::Full(_)))));
    assert!(files(folder.path(), "log").is_empty());
    disk.fate().full_at = None;
    durably(&log, "kept").unwrap();
    drop(log);
    assert_eq!(texts(&open(folder.path())), ["kept"]);
}

/// What the failed sync dropped is a hole, which the power failure brings to light.
#[test]
fn what_was_promised_after_a_failed_sync_survives() {
    for seed in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let disk = FaultyFiles::default();
        let log = open_with(folder.path(), Arc::new(disk.clone()));
        durably(&log, "before").unwrap();
        disk.fate().unsyncable = true;
        durably(&log, &"dropped".repeat(500)).unwrap_err();
        disk.fate().unsyncable = false;
        durably(&log, "after").unwrap();
        disk.lose_power(seed).unwrap();
        drop(log);
        let found = texts(&open(folder.path()));
        assert!(
            ["before", "after"].iter().all(|text| found.iter().any(|found| found == text)),
            "seed {seed}: {found:?}"
        );
    }
}

/// Encoding may take long, and must not keep others waiting.
#[test]
fn a_record_is_encoded_beside_others() {
    let folder = tempfile::tempdir().unwrap();
    let log = open(folder.path());
    let label = Label { hook: "x", at: 1, kind: 0 };
    log.append(label, &mut |buffer| {
        assert!(add(&log, "inner").is_some());
        buffer.extend(b"outer");
    });
    drop(log);
    assert_eq!(texts(&open(folder.path())), ["inner", "outer"]);
}

#[test]
fn a_full_disk_loses_what_comes_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyFiles::new(Fate::default());
    let log = open_with(folder.path(), Arc::new(disk.clone()));
    durably(&log, "one").unwrap();
    disk.fate().full_at = Some(0);
    assert!(matches!(durably(&log, &"x".repeat(100_000)), Err(StoreError::Full(_))));
    assert_eq!(log.dropped(), 1);
    disk.fate().full_at = None;
    durably(&log, "two").unwrap();
    assert_eq!(texts(&log), ["one", "two"]);
}

#[test]
fn what_was_promised_survives_a_power_failure() {
    for dies_at in 1..40 {
        let folder = tempfile::tempdir().unwrap();
        let fate = Fate { dies_at: Some(dies_at), torn: 500, forgets: Some(dies_at), ..Fate::default() };
        let log = open_with(folder.path(), Arc::new(FaultyFiles::new(fate)));
        let texts_of = (0..12).map(|number| number.to_string());
        let promised: Vec<String> = texts_of.take_while(|text| durably(&log, text).is_ok()).collect();
        drop(log);
        let found = texts(&open(folder.path()));
        assert!(found.starts_with(&promised), "died at {dies_at}: {promised:?} were promised, {found:?} are there");
    }
}

#[test]
fn what_was_promised_survives_where_files_end_between() {
    for dies_at in 1..80 {
        let folder = tempfile::tempdir().unwrap();
        let fate = Fate { dies_at: Some(dies_at), torn: 500, forgets: Some(dies_at), ..Fate::default() };
        let log = open_with(folder.path(), Arc::new(FaultyFiles::new(fate)));
        log.bound(Bounds { age: None, bytes: 1 << 19 });
        // Each batch is more than a file holds: the next file begins in the middle of what is promised.
        let promised = (0..4)
            .take_while(|number| {
                let text = number.to_string().repeat(25_000);
                let kept: Vec<Kept> = (0..3).map(|_| promise(&log, &text)).collect();
                kept.into_iter().all(|kept| told(kept).is_ok())
            })
            .count();
        drop(log);
        let found = texts(&open(folder.path()));
        let whole = (0..promised)
            .all(|number| found.iter().filter(|text| **text == number.to_string().repeat(25_000)).count() == 3);
        assert!(whole, "died at {dies_at}: {promised} times three were promised, {} are there", found.len());
    }
}

#[test]
fn a_disk_that_does_not_follow_slows_nobody_down() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyFiles::default();
    let log = open_with(folder.path(), Arc::new(disk.clone()));
    // Nothing is written as long as this is held.
    let standstill = disk.fate();
    let body = "x".repeat(1 << 20);
    let taken = (0..200).filter(|_| add(&log, &body).is_some()).count();
    assert_eq!(taken as u64 + log.dropped(), 200);
    assert!((8..32).contains(&taken), "{taken} MiB wait");
    drop(standstill);
    while matches!(durably(&log, "next"), Err(StoreError::Busy)) {}
    assert_eq!(texts(&log).len(), taken + 1);
}
