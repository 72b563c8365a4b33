//! What is of the disk alone: the folder, damage, failure; [`random`] compares with the memory, [`crash`] kills.

mod crash;
mod damage;
mod faults;
mod old;
mod random;
mod retention;

use super::Disk;
use super::files::RealFiles;
use crate::conformance::{head, piece_of, run_at, wait};
use crate::{Append, Filter, Journal, Status, Store, open};
use run::tables::{Expected, StoreError, Tables};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn open_at(path: &Path) -> Result<Store, StoreError> {
    open(&format!("sled:{}", path.display()))
}

fn made(number: u64, status: Status, bytes: Vec<u8>) -> Append {
    piece_of(run_at(number, number), 0, head("a", status, 1), &bytes)
}

#[test]
fn a_folder_in_use_is_refused_until_it_is_free() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).unwrap();
    let error = open_at(folder.path()).unwrap_err().to_string();
    assert!(error.contains("another hookmill uses this data folder"), "{error}");
    let beside = tempfile::tempdir().unwrap();
    let link = beside.path().join("link");
    std::os::unix::fs::symlink(folder.path(), &link).unwrap();
    let error = open_at(&link).unwrap_err().to_string();
    assert!(error.contains("another hookmill uses this data folder"), "{error}");
    drop(store);
    open_at(folder.path()).unwrap();
}

#[test]
fn a_folder_may_have_any_name() {
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("new: one/50 % \"of\" 'it'\\\n-ü");
    for number in 0..2 {
        let store = open_at(&folder).unwrap();
        wait(store.journal.append(made(number, Status::Succeeded, b"1".to_vec()))).unwrap();
        store.blobs.put(b"1").unwrap();
        assert_eq!(store.journal.list(&Filter::default(), 9).unwrap().len(), 1 + number as usize);
    }
    assert!(folder.join("sled").is_dir());
}

#[test]
fn a_newer_format_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(open_at(folder.path()).unwrap());
    let format = folder.path().join("format");
    assert_eq!(fs::read_to_string(&format).unwrap(), "2\n");
    for (text, expected) in [("3\n", "has format 3"), ("x", "it says 2"), ("", "it says 2")] {
        fs::write(&format, text).unwrap();
        let error = open_at(folder.path()).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(open_at(&file.join("data")), Err(StoreError::Failed(_))));
}

#[test]
fn a_damaged_blob_is_told_and_an_unfinished_one_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).unwrap();
    let digest = store.blobs.put(b"value").unwrap();
    let name = format!("{digest:?}");
    let file = folder.path().join("blobs").join(&name[..2]).join(&name[2..]);
    fs::write(&file, "Value").unwrap();
    assert!(matches!(store.blobs.get(&digest), Err(StoreError::Corrupt(_))));
    drop(store);
    let unfinished = folder.path().join("blobs/unfinished/0");
    fs::write(&unfinished, "val").unwrap();
    let store = open_at(folder.path()).unwrap();
    assert!(!unfinished.exists());
    for damage in ["cut", "Value"] {
        fs::write(&file, damage).unwrap();
        store.blobs.put(b"value").unwrap();
        assert_eq!(store.blobs.get(&digest).unwrap().unwrap(), "value");
    }
}

/// sled writes pages above a quarter of a segment to files that it never syncs: there must be none.
#[test]
fn no_page_grows_into_a_file_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).unwrap();
    for number in 0..60 {
        store.tables.put("t", &"k".repeat(1000 - number), &[4; 4096], Expected::Any).unwrap();
    }
    drop(store);
    let blobs: Vec<_> = fs::read_dir(folder.path().join("sled/blobs")).unwrap().collect();
    assert!(blobs.is_empty(), "{} pages in files of their own", blobs.len());
}

#[test]
fn a_flood_is_told_to_wait_and_nothing_accepted_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path()).unwrap();
    let acks: Vec<_> = (0..100)
        .map(|number| (number, store.journal.append(made(number, Status::Succeeded, vec![0; 4 << 20]))))
        .collect();
    let (mut kept, mut busy) = (Vec::new(), 0);
    for (number, ack) in acks {
        match wait(ack) {
            Ok(()) => kept.push(number),
            Err(StoreError::Busy) => busy += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert!(busy > 0 && kept.len() >= 15, "{busy} busy, {} kept", kept.len());
    for number in kept {
        assert_eq!(store.journal.read(run_at(number, number)).unwrap().unwrap().pieces[0].len(), 4 << 20);
    }
    wait(store.journal.append(made(1_000, Status::Succeeded, Vec::new()))).unwrap();
    let too_large = wait(store.journal.append(made(1_001, Status::Succeeded, vec![0; 65 << 20])));
    assert!(matches!(too_large, Err(StoreError::Failed(_))));
}

/// Larger than a file of the log, and than what anything is read or written by.
#[test]
fn what_is_as_large_as_may_be_comes_back_from_log_and_archive() {
    let folder = tempfile::tempdir().unwrap();
    let (piece, value) = (vec![3; 60 << 20], vec![4; 16 << 20]);
    let store = open_at(folder.path()).unwrap();
    wait(store.journal.append(made(1, Status::Succeeded, piece.clone()))).unwrap();
    store.tables.put("t", "k", &value, Expected::Any).unwrap();
    wait(store.journal.append(made(2, Status::Succeeded, Vec::new()))).unwrap();
    drop(store);
    let disk = Disk::open(folder.path(), Arc::new(RealFiles), 16 << 20).unwrap();
    let end = Instant::now() + Duration::from_secs(60);
    while disk.shared.read().archives.is_empty() {
        assert!(Instant::now() < end, "the full file is not archived");
        std::thread::yield_now();
    }
    assert!(disk.read(run_at(1, 1)).unwrap().unwrap().pieces == [piece]);
    assert!(disk.get("t", "k").unwrap().unwrap().value == value);
}

/// Memory holds what is in the log or not over, however many runs there were.
#[test]
fn the_index_forgets_what_archives_have() {
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::open(folder.path(), Arc::new(RealFiles), 4096).unwrap();
    for number in 0..200 {
        let status = if number == 7 { Status::Running } else { Status::Succeeded };
        wait(disk.append(made(number, status, vec![1; 300]))).unwrap();
    }
    let end = Instant::now() + Duration::from_secs(60);
    while disk.shared.read().index.before(None).count() > 20 {
        assert!(Instant::now() < end, "runs that are over and archived stay in memory");
        std::thread::yield_now();
    }
    assert_eq!(disk.open_runs(None, 10).unwrap().len(), 1);
    assert_eq!(disk.list(&Filter::default(), 1000).unwrap().len(), 200);
}
