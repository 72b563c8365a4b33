//! What is put in comes out, whatever its shape.

use super::super::Sieve;
use super::super::{Archive, Builder, Cache, Part};
use super::{Content, Sample, archive, assert_same, build, content, head, orders, run, sample};
use crate::disk::files::{Files, RealFiles};
use crate::{Head, Status};
use bytes::Bytes;
use proptest::prelude::*;
use run::id::RunId;
use run::tables::{Digest, StoreError};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Runs of any shape: no pieces, empty ones, some larger than a block.
fn samples(statuses: Vec<Status>) -> impl Strategy<Value = Vec<Sample>> {
    let piece = prop_oneof![
        8 => proptest::collection::vec(any::<u8>(), 0..200),
        1 => (any::<u8>(), 0..200_000_usize).prop_map(|(byte, length)| vec![byte; length]),
    ];
    let one = (
        (0..1_u64 << 48, any::<u64>()),
        (0..4_usize, proptest::sample::select(statuses), any::<i64>(), any::<Option<i64>>(), any::<Option<u64>>()),
        proptest::collection::vec(piece, 0..4),
        proptest::collection::vec(0..9_u8, 0..3),
    );
    let sample = one.prop_map(|((time, number), (scenario, status, at, wake, line), pieces, digests)| {
        let scenario = ["a", "b", "ship-order", "größe"][scenario].parse().unwrap();
        let digests = digests.into_iter().map(|digest| Digest([digest; 32])).collect();
        let pieces = pieces.into_iter().map(Bytes::from).collect();
        Sample { run: run(time, number), head: Head { scenario, status, wake, at, line }, pieces, digests }
    });
    let sorted = |samples: Vec<Sample>| {
        let sorted: BTreeMap<RunId, Sample> = samples.into_iter().map(|sample| (sample.run, sample)).collect();
        sorted.into_values().collect()
    };
    proptest::collection::vec(sample, 0..30).prop_map(sorted)
}

fn contents() -> impl Strategy<Value = Content> {
    let done = samples(vec![Status::Succeeded, Status::Stopped, Status::Failed, Status::Cancelled]);
    let open = samples(vec![Status::Running, Status::Waiting, Status::Held]);
    let carried = proptest::collection::btree_set((0..1_u64 << 48).prop_map(|time| run(time, 1)), 0..20);
    (done, open, carried).prop_map(|(done, open, carried)| {
        let names: BTreeSet<RunId> = done.iter().map(|sample| sample.run).collect();
        let open = open.into_iter().filter(|sample| !names.contains(&sample.run)).collect();
        Content { done, open, carried: carried.into_iter().collect() }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn everything_comes_back(given in contents()) {
        let folder = tempfile::tempdir().unwrap();
        let archive = archive(folder.path(), "1", &given);
        let found = content(&archive).unwrap();
        assert_same(&found.done, &given.done);
        assert_same(&found.open, &given.open);
        prop_assert_eq!(&found.carried, &given.carried);
        prop_assert_eq!(archive.covers(), 10..=99);
        let counts = archive.counts();
        let (done, open, carried) = (given.done.len(), given.open.len(), given.carried.len());
        prop_assert_eq!((counts.done, counts.open, counts.carried), (done as u64, open as u64, carried as u64));
        prop_assert_eq!(counts.bytes, std::fs::metadata(archive.path()).unwrap().len());
        let bounds = given.done.first().zip(given.done.last()).map(|(first, last)| (first.run, last.run));
        prop_assert_eq!(archive.bounds(), bounds);
        let digests: BTreeSet<_> = given.done.iter().chain(&given.open).flat_map(|sample| sample.digests.clone()).collect();
        prop_assert_eq!(archive.digests().unwrap(), digests.into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_rewritten_archive_has_what_was_kept(given in contents(), modulus in 1..4_u64) {
        let folder = tempfile::tempdir().unwrap();
        let old = archive(folder.path(), "1", &given);
        let keeps = |run: RunId| (run.0.as_u128() as u64).is_multiple_of(modulus);
        let done: Vec<Sample> = given.done.iter().filter(|sample| keeps(sample.run)).cloned().collect();
        let carried: Vec<RunId> = given.carried.iter().filter(|run| keeps(**run)).copied().collect();
        let new = old.rewrite(&folder.path().join("2"), &mut Every(modulus)).unwrap();
        let Some(new) = new.map(Arc::new) else {
            prop_assert!(done.is_empty() && given.open.is_empty() && carried.is_empty());
            prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
            return Ok(());
        };
        let found = content(&new).unwrap();
        assert_same(&found.done, &done);
        assert_same(&found.open, &given.open);
        prop_assert_eq!(found.carried, carried);
        let digests: BTreeSet<_> = done.iter().chain(&given.open).flat_map(|sample| sample.digests.clone()).collect();
        prop_assert_eq!(new.digests().unwrap(), digests.into_iter().collect::<Vec<_>>());
        prop_assert_eq!(new.covers(), old.covers());
    }
}

/// Keeps every so many-th.
struct Every(u64);

impl Sieve for Every {
    fn done(&mut self, run: RunId, _: &Head) -> bool {
        self.carried(run)
    }

    fn open(&mut self, _: RunId) -> bool {
        true
    }

    fn carried(&mut self, run: RunId) -> bool {
        (run.0.as_u128() as u64).is_multiple_of(self.0)
    }
}

#[test]
fn a_run_that_is_not_there_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let done = vec![sample(run(5, 0), "a", Status::Failed, &["x"]), sample(run(9, 0), "a", Status::Failed, &["y"])];
    let archive = archive(folder.path(), "1", &Content { done, ..Content::default() });
    for absent in [run(0, 0), run(5, 1), run(7, 0), run(9, 1)] {
        assert!(archive.read(absent).unwrap().is_none());
        assert!(archive.head(absent).unwrap().is_none());
    }
}

#[test]
fn neighbours_are_decompressed_once() {
    let folder = tempfile::tempdir().unwrap();
    let done = orders(1_000);
    let archive = archive(folder.path(), "1", &Content { done: done.clone(), ..Content::default() });
    let before = archive.block(Part::Done, 0).unwrap();
    archive.read(done[1].run).unwrap().unwrap();
    assert!(Arc::ptr_eq(&before, &archive.block(Part::Done, 0).unwrap()));
}

#[test]
fn the_cache_keeps_to_its_size_and_an_opened_archive_weighs_little() {
    let folder = tempfile::tempdir().unwrap();
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let cache = Cache::new(1 << 21);
    let done = orders(10_000);
    let path = folder.path().join("1");
    build(&files, &path, &Content { done: done.clone(), ..Content::default() }, &cache).unwrap();
    let opened: Vec<Archive> = (0..50).map(|_| Archive::open(files.clone(), &path, &cache).unwrap()).collect();
    assert_eq!(cache.bytes(), 0, "opening reads the end of a file and keeps nothing else");
    assert!(size_of::<Archive>() < 1024);
    for (place, sample) in done.iter().enumerate().step_by(97) {
        opened[place % 50].read(sample.run).unwrap().unwrap();
        assert!(cache.bytes() <= 1 << 21);
    }
}

#[test]
fn a_removed_archive_can_be_read_by_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let given = Content { done: orders(2_000), ..Content::default() };
    let archive = archive(folder.path(), "1", &given);
    archive.remove().unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    assert_same(&content(&archive).unwrap().done, &given.done);
}

#[test]
fn runs_are_added_in_order_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let (over, held) = (head("a", Status::Failed, 1), head("a", Status::Held, 1));
    let create = || Builder::create(Arc::new(RealFiles), &folder.path().join("1"), 0..=1).unwrap();
    let mut builder = create();
    builder.done(run(2, 0), &over, &[], &[]).unwrap();
    for earlier in [run(2, 0), run(1, 0)] {
        assert!(matches!(builder.done(earlier, &over, &[], &[]), Err(StoreError::Failed(_))));
    }
    builder.open(run(1, 0), &held, &[], &[]).unwrap();
    assert!(matches!(builder.open(run(1, 0), &held, &[], &[]), Err(StoreError::Failed(_))));
    assert!(matches!(builder.done(run(3, 0), &over, &[], &[]), Err(StoreError::Failed(_))));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    drop(builder);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "what is not finished is removed");
}

#[test]
fn an_archive_is_not_rewritten_in_its_own_place() {
    let folder = tempfile::tempdir().unwrap();
    let archive = archive(folder.path(), "1", &Content { done: orders(3), ..Content::default() });
    assert!(matches!(archive.rewrite(archive.path(), &mut Every(1)), Err(StoreError::Failed(_))));
    assert_eq!(content(&archive).unwrap().done.len(), 3);
}
