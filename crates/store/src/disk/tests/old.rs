//! A data folder of format 1, made by hand as that release laid it out, is brought up to date; also after a crash.

use super::super::head;
use crate::conformance::{head, run_at, wait};
use crate::disk::files::faulty::{Fate, FaultyFiles};
use crate::disk::{open_for_tests, open_with};
use crate::{Append, Filter, Head, Status};
use run::id::RunId;
use run::tables::Expected;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const RUNS: u64 = 60;

/// The pieces of a run: every third has three, and the last run is not over.
fn pieces(number: u64) -> Vec<(Status, Vec<u8>)> {
    let count = if number.is_multiple_of(3) { 3 } else { 1 };
    let last = if number + 1 == RUNS { Status::Waiting } else { Status::Succeeded };
    let size = if number.is_multiple_of(7) { 9000 } else { 50 };
    let piece = |piece| (if piece + 1 == count { last } else { Status::Running }, vec![(number + piece) as u8; size]);
    (0..count).map(piece).collect()
}

fn stored(chunks: &sled::Tree, run: RunId, piece: u32, head: &Head, bytes: &[u8]) -> Vec<u8> {
    let mut stored = Vec::new();
    head::write(&mut stored, head);
    if bytes.len() <= 4096 {
        return [stored, bytes.to_vec()].concat();
    }
    stored[9] |= 2;
    for (number, chunk) in bytes.chunks(4096).enumerate() {
        let key = [run.0.as_bytes().as_slice(), &piece.to_be_bytes(), &(number as u32).to_be_bytes()].concat();
        chunks.insert(key, chunk).unwrap();
    }
    stored.extend_from_slice(&(bytes.len().div_ceil(4096) as u32).to_le_bytes());
    stored
}

fn lay_out(folder: &Path) {
    fs::write(folder.join("format"), "1\n").unwrap();
    let db = sled::Config::new().path(folder.join("sled")).flush_every_ms(None).open().unwrap();
    let [made, more, open, chunks] = ["made", "more", "open", "chunks"].map(|name| db.open_tree(name).unwrap());
    open.insert("left", "over").unwrap();
    for number in 0..RUNS {
        let run = run_at(number * 5, number);
        for (piece, (status, bytes)) in (0..).zip(pieces(number)) {
            let stored = stored(&chunks, run, piece, &head("a", status, piece.into()), &bytes);
            if piece > 0 {
                more.insert([run.0.as_bytes().as_slice(), &piece.to_be_bytes()].concat(), [&[1], &stored[..]].concat())
                    .unwrap();
                continue;
            }
            let record = [run.0.as_bytes().as_slice(), &stored].concat();
            let frame = [&[1], &(record.len() as u32).to_le_bytes()[..], &record].concat();
            let slot = &((run.created() as u64) >> 3).to_be_bytes()[2..];
            made.insert([slot, &1u32.to_be_bytes(), &number.to_be_bytes()[2..]].concat(), frame).unwrap();
        }
    }
    db.flush().unwrap();
}

fn verify(folder: &Path) {
    let store = open_for_tests(folder, 4096).unwrap();
    for number in 0..RUNS {
        let journaled = store.journal.read(run_at(number * 5, number)).unwrap().unwrap();
        let expected = pieces(number);
        assert_eq!(journaled.head.status, expected.last().unwrap().0);
        assert!(journaled.pieces.iter().eq(expected.iter().map(|(_, bytes)| bytes)), "run {number}");
    }
    assert_eq!(store.journal.list(&Filter::default(), 1000).unwrap().len(), RUNS as usize);
    assert_eq!(store.journal.open_runs(None, 10).unwrap().len(), 1);
    assert_eq!(fs::read_to_string(folder.join("format")).unwrap(), "2\n");
}

#[test]
fn runs_of_format_1_are_brought_over_once() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    verify(folder.path());
    verify(folder.path());
    let db = sled::Config::new().path(folder.path().join("sled")).open().unwrap();
    assert!(!db.tree_names().iter().any(|name| name == b"made" || name == b"more" || name == b"open"));
    assert_eq!(db.open_tree("chunks").unwrap().len(), 0);
}

/// As a crash leaves it: part of the runs are in log and archives, and the folder still says 1.
#[test]
fn what_a_crash_left_half_brought_over_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    lay_out(folder.path());
    let other = tempfile::tempdir().unwrap();
    let store = open_for_tests(other.path(), 4096).unwrap();
    for number in 0..20 {
        let (run, head, bytes) = (run_at(number * 5, number), head("half", Status::Running, 1), vec![0; 900]);
        let (digests, claim, durability) = (Vec::new(), None, Default::default());
        wait(store.journal.append(Append { run, piece: 0, head, bytes, digests, claim, durability })).unwrap();
    }
    store.tables.put("t", "k", b"of the other", Expected::Any).unwrap();
    drop(store);
    for part in ["journal", "archives"] {
        fs::rename(other.path().join(part), folder.path().join(part)).unwrap();
    }
    verify(folder.path());
    let store = open_for_tests(folder.path(), 4096).unwrap();
    assert!(store.tables.get("t", "k").unwrap().is_none());
}

#[test]
fn a_process_may_die_at_any_write_of_it() {
    let count = {
        let folder = tempfile::tempdir().unwrap();
        lay_out(folder.path());
        let files = FaultyFiles::default();
        drop(open_with(folder.path(), Arc::new(files.clone()), 4096).unwrap());
        files.points()
    };
    assert!(count > 12, "{count}");
    for dies_at in 1..count {
        let folder = tempfile::tempdir().unwrap();
        lay_out(folder.path());
        let files = FaultyFiles::new(Fate { dies_at: Some(dies_at), torn: dies_at * 337 % 1001, ..Fate::default() });
        // It may have come so far that it does not matter.
        drop(open_with(folder.path(), Arc::new(files), 4096));
        verify(folder.path());
    }
}
