//! A disk that fails while an archive is made.

use super::super::{Archive, Cache, UNFINISHED};
use super::{Content, assert_same, build, content, orders, run, sample};
use crate::Status;
use crate::disk::files::faulty::{Fate, FaultyFiles};
use crate::disk::files::{Files, RealFiles};
use run::tables::StoreError;
use std::sync::Arc;

fn given() -> Content {
    let open = vec![sample(run(9, 9), "a", Status::Held, &["open"])];
    Content { done: orders(600), open, carried: vec![run(3, 3)] }
}

#[test]
fn a_crash_at_any_point_leaves_a_whole_archive_or_none() {
    let (given, cache) = (given(), Cache::new(1 << 20));
    let mut dies_at = 1;
    loop {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        let disk = FaultyFiles::new(Fate::default());
        disk.fate().dies_at = Some(dies_at);
        disk.fate().torn = dies_at * 337 % 1001;
        let files: Arc<dyn Files> = Arc::new(disk);
        let made = build(&files, &path, &given, &cache);
        if path.exists() {
            let archive = Arc::new(Archive::open(Arc::new(RealFiles), &path, &cache).unwrap());
            let found = content(&archive).unwrap();
            assert_same(&found.done, &given.done);
            assert_same(&found.open, &given.open);
        } else {
            assert!(made.is_err(), "point {dies_at}");
        }
        for name in RealFiles.list(folder.path()).unwrap() {
            assert!(name == "1" || name == format!("1{UNFINISHED}"), "{name}");
        }
        if made.is_ok() {
            break;
        }
        dies_at += 1;
    }
    assert!(dies_at > 10, "blocks, pages, filters, indexes, sync, rename and sync are points: {dies_at}");
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let disk = FaultyFiles::new(Fate::default());
    let files: Arc<dyn Files> = Arc::new(disk.clone());
    let (path, given, cache) = (folder.path().join("1"), given(), Cache::new(1 << 20));
    disk.fate().full_at = Some(0);
    assert!(matches!(build(&files, &path, &given, &cache), Err(StoreError::Failed(_))));
    disk.fate().full_at = None;
    disk.fate().unsyncable = true;
    assert!(matches!(build(&files, &path, &given, &cache), Err(StoreError::Failed(_))));
    assert_eq!(RealFiles.list(folder.path()).unwrap(), Vec::<String>::new());
    disk.fate().unsyncable = false;
    let archive = Arc::new(build(&files, &path, &given, &cache).unwrap());
    assert_same(&content(&archive).unwrap().done, &given.done);
}
