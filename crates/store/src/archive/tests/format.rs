//! Archives outlive releases: one of each format is kept, and must be read.

use super::super::{Archive, Cache};
use super::{Content, Sample, assert_same, content, run};
use crate::disk::files::RealFiles;
use crate::{Head, Status};
use bytes::Bytes;
use run::tables::Digest;
use std::path::Path;
use std::sync::Arc;

/// What is in `testdata/archives/1`: each field has a value of its own.
fn first() -> Content {
    let done = Sample {
        run: run(1_700_000_000_000, 1),
        head: Head {
            scenario: "ship-order".parse().unwrap(),
            status: Status::Failed,
            wake: None,
            at: 1_700_000_000_005,
            line: Some(7),
        },
        pieces: vec![Bytes::from_static(b"created"), Bytes::new(), Bytes::from_static(b"failed")],
        digests: vec![Digest([1; 32])],
    };
    let open = Sample {
        run: run(1_700_000_000_001, 2),
        head: Head {
            scenario: "nightly".parse().unwrap(),
            status: Status::Waiting,
            wake: Some(1_700_000_009_000),
            at: 1_700_000_000_006,
            line: None,
        },
        pieces: vec![Bytes::from_static(b"created and waits")],
        digests: vec![Digest([2; 32])],
    };
    Content { done: vec![done], open: vec![open], carried: vec![run(1_600_000_000_000, 3)] }
}

#[test]
fn the_first_format_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/archives/1");
    let archive = Arc::new(Archive::open(Arc::new(RealFiles), &path, &Cache::new(1 << 20)).unwrap());
    let (found, given) = (content(&archive).unwrap(), first());
    assert_same(&found.done, &given.done);
    assert_same(&found.open, &given.open);
    assert_eq!((found.carried, archive.covers()), (given.carried, 10..=99));
    assert_eq!(archive.digests().unwrap(), [Digest([1; 32]), Digest([2; 32])]);
}
