//! Brings a data folder of format 1 up to date: there, runs lay in trees of the database, too. All of them are written to
//! the log, and so to archives, before the folder says that it has format 2; a crash before that begins anew. Then the
//! old trees go.
//!
//! ```text
//! made    slot(6) opening(4) number(6)   version(1) { length(4) run(16) head body }…   first pieces
//! more    run(16) piece(4)               version(1) head body                          later pieces
//! chunks  run(16) piece(4) number(4)     a part of a piece; bit 2 of a head's flags tells how many(4) there are
//! ```
//! Numbers in keys are big-endian, all others little-endian. The tree `open` was an index of them.

use super::committer::{Job, Worker};
use super::files::Files;
use super::folder::failed as file_failed;
use super::head::{self, damaged, split, take};
use super::trees::{Body, Trees, failed};
use crate::{Append, Head};
use run::entry;
use run::id::RunId;
use run::retention::Durability;
use run::tables::StoreError;
use sled::Db;
use std::path::Path;
use uuid::Uuid;

const VERSION: u8 = 1;
/// Flag of a head: the body lies in chunks of its own.
const CHUNKED: u8 = 2;
/// Where the flags are in a head.
const FLAGS_AT: usize = 9;
/// The trees that are not used any more.
const TREES: [&str; 3] = ["made", "more", "open"];
/// How long the key of a chunk of a piece is; those of records are shorter.
const PIECE_CHUNK_KEY: usize = 24;
/// How many bytes are written at once.
const GROUP_BYTES: usize = 1 << 20;
/// How many pieces are written at once.
const GROUP_PIECES: usize = 1024;

/// Removes what an earlier attempt left in the folders of log and archives.
pub(super) fn begin(files: &dyn Files, trees: &Trees, folders: [&Path; 2]) -> Result<(), StoreError> {
    for folder in folders {
        for name in files.list(folder).map_err(|error| file_failed("cannot read", folder, &error))? {
            let path = folder.join(name);
            files.remove(&path).map_err(|error| file_failed("cannot remove", &path, &error))?;
        }
        files.sync_folder(folder).map_err(|error| file_failed("cannot sync", folder, &error))?;
    }
    trees.checkpoint(0)
}

/// Writes all runs of the old trees to the log.
pub(super) fn migrate(db: &Db, trees: &Trees, worker: &mut Worker) -> Result<(), StoreError> {
    let (made, more) = (db.open_tree(TREES[0]).map_err(failed)?, db.open_tree(TREES[1]).map_err(failed)?);
    let mut gathering = Gathering { worker, group: Vec::new(), bytes: 0 };
    for stored in made.iter() {
        let (key, frame) = stored.map_err(failed)?;
        trees.weigh(&made, &key, &frame)?;
        let mut rest = versioned(&frame)?;
        while !rest.is_empty() {
            let length = u32::from_le_bytes(take(&mut rest)?) as usize;
            let mut record = split(&mut rest, length)?;
            let run = RunId(Uuid::from_bytes(take(&mut record)?));
            gathering.add(append(trees, run, 0, record)?)?;
            for (piece, stored) in (1..).zip(more.scan_prefix(run.0.as_bytes())) {
                let (key, stored) = stored.map_err(failed)?;
                trees.weigh(&more, &key, &stored)?;
                gathering.add(append(trees, run, piece, versioned(&stored)?)?)?;
            }
        }
    }
    gathering.write()
}

/// Pieces on their way to the log.
struct Gathering<'a> {
    worker: &'a mut Worker,
    group: Vec<Job>,
    /// How large the pieces are together.
    bytes: usize,
}

impl Gathering<'_> {
    fn add(&mut self, append: Append) -> Result<(), StoreError> {
        self.bytes += append.bytes.len();
        self.group.push(Job::Append(append, None));
        if self.bytes > GROUP_BYTES || self.group.len() >= GROUP_PIECES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), StoreError> {
        self.worker.write(&mut self.group)?.into_iter().try_for_each(|verdict| verdict.map(drop))?;
        self.group.clear();
        self.bytes = 0;
        self.worker.archive_backlog()
    }
}

/// Removes the old trees, once nothing needs them.
pub(super) fn forget(db: &Db, trees: &Trees) -> Result<(), StoreError> {
    let mut found = false;
    for name in db.tree_names() {
        if TREES.iter().any(|old| name == old.as_bytes()) {
            found |= db.drop_tree(name).map_err(failed)?;
        }
    }
    if !found {
        return Ok(());
    }
    for key in trees.chunks.iter().keys() {
        let key = key.map_err(failed)?;
        if key.len() == PIECE_CHUNK_KEY {
            trees.chunks.remove(key).map_err(failed)?;
        }
    }
    Ok(())
}

fn append(trees: &Trees, run: RunId, piece: u32, mut stored: &[u8]) -> Result<Append, StoreError> {
    let chunked = stored.get(FLAGS_AT).is_some_and(|flags| flags & CHUNKED != 0);
    let head: Head = head::read(&mut stored)?.to_head()?;
    let body = if chunked { Body::Chunks(u32::from_le_bytes(take(&mut stored)?)) } else { Body::Inline(stored) };
    let owner = [run.0.as_bytes().as_slice(), &piece.to_be_bytes()].concat();
    let bytes = trees.fetch(&owner, body)?.ok_or_else(|| damaged("a piece of a journal"))?;
    // A piece that this release cannot read was not read by any other; it names nothing that could be removed.
    let entries = entry::decode(&bytes).unwrap_or_default();
    let digests = entries.iter().flat_map(entry::Entry::digests).collect();
    Ok(Append { run, piece, head, bytes, digests, claim: None, durability: Durability::Disk })
}

fn versioned(bytes: &[u8]) -> Result<&[u8], StoreError> {
    bytes
        .split_first()
        .filter(|(version, _)| **version == VERSION)
        .map(|(_, rest)| rest)
        .ok_or_else(|| damaged("a frame"))
}
