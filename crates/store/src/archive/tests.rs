//! Archives against a model of what was put in.

mod damage;
mod faults;
mod format;
mod search;
mod shapes;
mod speed;

use super::{Archive, Builder, Cache, Standing};
use crate::disk::files::{Files, RealFiles};
use crate::{Head, Status};
use bytes::Bytes;
use run::id::RunId;
use run::tables::{Digest, StoreError};
use std::path::Path;
use std::sync::Arc;

/// What goes into an archive and must come out.
#[derive(Clone, Debug, PartialEq)]
struct Sample {
    run: RunId,
    head: Head,
    pieces: Vec<Bytes>,
    digests: Vec<Digest>,
}

/// Done runs, open runs, and names that are carried on.
#[derive(Clone, Debug, Default)]
struct Content {
    done: Vec<Sample>,
    open: Vec<Sample>,
    carried: Vec<RunId>,
}

/// A name with this time; `number` tells runs of one time from each other.
fn run(time: u64, number: u64) -> RunId {
    RunId(uuid::Uuid::from_u128(u128::from(time) << 80 | 7 << 76 | 2 << 62 | u128::from(number)))
}

fn head(scenario: &str, status: Status, at: i64) -> Head {
    Head { scenario: scenario.parse().unwrap(), status, wake: None, at, line: None }
}

fn sample(run: RunId, scenario: &str, status: Status, pieces: &[&str]) -> Sample {
    let pieces = pieces.iter().map(|piece| Bytes::copy_from_slice(piece.as_bytes())).collect();
    Sample { run, head: head(scenario, status, run.created() + 5), pieces, digests: Vec::new() }
}

/// Runs with texts that differ: `count` of them, each of about 300 bytes.
fn orders(count: u64) -> Vec<Sample> {
    let statuses = [Status::Succeeded, Status::Failed, Status::Stopped, Status::Cancelled];
    let order = |number: u64| {
        let token = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let first = format!(
            r#"{{"method":"POST","body":{{"order":"A{number}","token":"{token:016x}","customer":{{"name":"Jörg {}","city":"Köln"}},"note":"say \"hi\" to 東京タワー","lines":[{{"sku":"SKU-{}","qty":{}}}]}}}}"#,
            number % 97,
            number % 31,
            number % 7
        );
        let second =
            format!(r#"{{"status":200,"row":"Shipments!A{}","url":"https:\/\/example.com\/{number}"}}"#, number % 50);
        let status = statuses[number as usize % 4];
        sample(run(1_700_000_000_000 + number / 3, number), &format!("shop-{}", number % 5), status, &[&first, &second])
    };
    (0..count).map(order).collect()
}

fn build(files: &Arc<dyn Files>, path: &Path, content: &Content, cache: &Arc<Cache>) -> Result<Archive, StoreError> {
    let mut builder = Builder::create(files.clone(), path, 10..=99)?;
    for Sample { run, head, pieces, digests } in &content.done {
        builder.done(*run, head, pieces, digests)?;
    }
    for Sample { run, head, pieces, digests } in &content.open {
        builder.open(*run, head, pieces, digests)?;
    }
    content.carried.iter().for_each(|run| builder.carried(*run));
    builder.finish(cache)
}

/// An archive on the real disk, opened anew.
fn archive(folder: &Path, name: &str, content: &Content) -> Arc<Archive> {
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let cache = Cache::new(1 << 20);
    build(&files, &folder.join(name), content, &cache).unwrap();
    Arc::new(Archive::open(files, &folder.join(name), &cache).unwrap())
}

/// Everything an archive has, read run by run.
fn content(archive: &Arc<Archive>) -> Result<Content, StoreError> {
    archive.digests()?;
    let read = |(run, standing): (RunId, Standing)| {
        let journaled = archive.read(run)?.expect("a run that is listed can be read");
        assert_eq!((&journaled.head, journaled.pieces.len()), (&standing.head, standing.pieces as usize));
        assert_eq!(archive.head(run)?, Some(standing));
        Ok(Sample { run, head: journaled.head, pieces: journaled.pieces, digests: archive.digests_of(run)? })
    };
    Ok(Content {
        done: archive.each_done().map(|row| read(row?)).collect::<Result<_, StoreError>>()?,
        open: archive.each_open().map(|row| read(row?)).collect::<Result<_, StoreError>>()?,
        carried: archive.carried()?,
    })
}

/// Compares without printing everything when something differs.
fn assert_same(left: &[Sample], right: &[Sample]) {
    assert_eq!(left.len(), right.len());
    for (left, right) in left.iter().zip(right) {
        assert_eq!(left, right);
    }
}
