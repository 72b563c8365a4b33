//! Whatever happens to the bytes of an archive, it says so or gives what was written.

use super::super::{Archive, Cache, Newest, Part, Query, Sieve, newest_first};
use super::{Content, Sample, assert_same, build, content, orders, run, sample};
use crate::disk::files::{Files, RealFiles};
use crate::{Filter, Head, Status};
use proptest::prelude::*;
use run::id::RunId;
use run::tables::{Digest, StoreError};
use std::path::Path;
use std::sync::{Arc, OnceLock};

struct All;

impl Sieve for All {
    fn done(&mut self, _: RunId, _: &Head) -> bool {
        true
    }
    fn open(&mut self, _: RunId) -> bool {
        true
    }

    fn carried(&mut self, _: RunId) -> bool {
        true
    }
}

/// An archive's bytes and what is in it.
fn bytes(given: &Content) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let path = folder.path().join("1");
    build(&files, &path, given, &Cache::new(0)).unwrap();
    std::fs::read(path).unwrap()
}

/// Reads all there is in every way; what is read without an error must be right.
fn examine(path: &Path, given: &Content) -> Result<(), StoreError> {
    let archive = Arc::new(Archive::open(Arc::new(RealFiles), path, &Cache::new(1 << 20))?);
    let searched = |text: Option<&str>| -> Result<Vec<RunId>, StoreError> {
        let query = Query::new(Filter { text: text.map(str::to_owned), ..Filter::default() });
        newest_first(std::slice::from_ref(&archive), query).map(|found| Ok(found?.0)).collect()
    };
    let all: Vec<RunId> = given.done.iter().rev().map(|sample| sample.run).collect();
    let mut errors = Vec::new();
    let mut note = |error: StoreError| errors.push(error);
    content(&archive).map_or_else(&mut note, |found| {
        assert_same(&found.done, &given.done);
        assert_same(&found.open, &given.open);
        assert_eq!(found.carried, given.carried);
    });
    searched(None).map_or_else(&mut note, |found| assert_eq!(found, all));
    searched(Some("POST")).map_or_else(&mut note, |found| assert_eq!(found, all));
    let open = Query::new(Filter { text: Some("open".to_owned()), ..Filter::default() });
    let open = Newest::of(archive.clone(), Part::Open, Arc::new(open)).map(|found| Ok(found?.0));
    open.collect::<Result<Vec<RunId>, StoreError>>().map_or_else(&mut note, |found| {
        assert_eq!(found, given.open.iter().map(|sample| sample.run).collect::<Vec<_>>());
    });
    archive.rewrite(&path.with_extension("new"), &mut All).map_or_else(&mut note, |new| {
        let found = content(&Arc::new(new.unwrap())).unwrap();
        assert_same(&found.done, &given.done);
    });
    errors.into_iter().next().map_or(Ok(()), Err)
}

fn small() -> Content {
    let open = vec![sample(run(9, 9), "a", Status::Held, &["open"])];
    let mut done: Vec<Sample> = orders(3);
    done[0].digests.push(Digest([7; 32]));
    Content { done, open, carried: vec![run(3, 3)] }
}

fn assert_said(result: Result<(), StoreError>, path: &Path, what: &str) {
    match result {
        Err(StoreError::Corrupt(text)) => assert!(text.contains(path.to_str().unwrap()), "{what}: {text}"),
        // A file that says it is of another version.
        Err(StoreError::Failed(text)) => assert!(text.contains("a newer release"), "{what}: {text}"),
        Err(other) => panic!("{what}: {other}"),
        Ok(()) => panic!("{what}: went unnoticed"),
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    let given = small();
    let whole = bytes(&given);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1");
    std::fs::write(&path, &whole).unwrap();
    examine(&path, &given).unwrap();
    for place in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        std::fs::write(&path, &bytes).unwrap();
        assert_said(examine(&path, &given), &path, &format!("byte {place}"));
    }
}

#[test]
fn every_truncation_is_noticed() {
    let given = small();
    let whole = bytes(&given);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("1");
    for length in 0..whole.len() {
        std::fs::write(&path, &whole[..length]).unwrap();
        assert_said(examine(&path, &given), &path, &format!("{length} bytes"));
    }
}

fn large() -> &'static (Content, Vec<u8>) {
    static LARGE: OnceLock<(Content, Vec<u8>)> = OnceLock::new();
    LARGE.get_or_init(|| {
        let given = Content { done: orders(2_000), ..Content::default() };
        let bytes = bytes(&given);
        (given, bytes)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn overwritten_stretches_are_noticed(place in any::<usize>(), junk in proptest::collection::vec(any::<u8>(), 1..600)) {
        let (given, whole) = large();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        let place = place % whole.len();
        let mut bytes = whole.clone();
        bytes.iter_mut().skip(place).zip(&junk).for_each(|(byte, junk)| *byte = *junk);
        std::fs::write(&path, &bytes).unwrap();
        if bytes == *whole {
            examine(&path, given).unwrap();
        } else {
            assert_said(examine(&path, given), &path, &format!("byte {place}"));
        }
    }

    #[test]
    fn anything_at_all_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        std::fs::write(&path, &bytes).unwrap();
        prop_assert!(examine(&path, &Content::default()).is_err());
    }
}
