//! What is on the disk while large values are written, and what of it is read.

use super::*;
use crate::disk::files::RealFiles;
use std::fs;

fn opened(folder: &Path) -> Blobs {
    Blobs::open(Arc::new(RealFiles), folder.to_owned()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => names.extend(self::names(&path)),
            false => names.push(path.display().to_string()),
        }
    }
    names
}

fn half_written(blobs: &Blobs) -> Box<dyn BlobWriter> {
    let mut writer = tables::Blobs::create(blobs).unwrap();
    writer.write(b"half").unwrap();
    writer
}

#[test]
fn an_abandoned_writer_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = opened(folder.path());
    let writer = half_written(&blobs);
    assert_eq!(names(folder.path()).len(), 1);
    drop(writer);
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn a_finished_value_is_one_file_however_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = opened(folder.path());
    for _ in 0..2 {
        half_written(&blobs).finish().unwrap();
        tables::Blobs::put(&blobs, b"half").unwrap();
    }
    let names = names(folder.path());
    assert!(names.len() == 1 && !names[0].contains(UNFINISHED), "{names:?}");
}

#[test]
fn a_crash_leaves_only_what_the_next_start_removes() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = opened(folder.path());
    std::mem::forget(half_written(&blobs));
    let left = names(folder.path());
    assert!(left.len() == 1 && left[0].contains(UNFINISHED), "{left:?}");
    drop(blobs);
    opened(folder.path());
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[test]
fn the_end_of_a_damaged_value_is_not_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = opened(folder.path());
    let digest = tables::Blobs::put(&blobs, b"0123456789").unwrap();
    fs::write(&names(folder.path())[0], b"0123456780").unwrap();
    let mut reader = tables::Blobs::open(&blobs, &digest).unwrap().unwrap();
    assert_eq!(reader.read(8).unwrap(), "01234567");
    assert!(matches!(reader.read(8), Err(StoreError::Corrupt(_))));
}

/// As a lost power or a repair of the file system may leave it.
#[test]
fn a_value_that_has_become_empty_is_not_given_out() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = opened(folder.path());
    let digest = tables::Blobs::put(&blobs, b"0123456789").unwrap();
    fs::write(&names(folder.path())[0], b"").unwrap();
    assert!(matches!(tables::Blobs::open(&blobs, &digest), Err(StoreError::Corrupt(_))));
    let empty = tables::Blobs::put(&blobs, b"").unwrap();
    let mut reader = tables::Blobs::open(&blobs, &empty).unwrap().unwrap();
    assert_eq!((reader.length(), reader.read(8).unwrap()), (0, Bytes::new()));
}
