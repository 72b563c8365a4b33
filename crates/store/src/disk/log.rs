//! The log: what was asked of the store, in order, until an archive has it.
//!
//! `journal/0000000001.log` and so on. A file begins with a block of its own ([`group`]): its number, the sequence
//! number of its first group, and a salt. Behind it lie groups, each at a multiple of [`BLOCK`]: what shared one sync,
//! with the salt, a sequence number that only grows, its length and a checksum. Files are used again under a new number
//! ([`writer`]), so that a commit writes over blocks that the file system has allocated already, which makes syncing it
//! twice as fast; salt and sequence number keep what is left in them from being taken for new. The salt also keeps what
//! callers sent, which lies in the groups, from posing as a group.
//!
//! Groups are written and synced one after another. So the log ends where no valid group follows ([`replay`]); a bad one
//! with a good one after it was good once, and is damage.

pub(super) mod file;
pub(super) mod group;
pub(super) mod record;
pub(super) mod replay;
pub(super) mod writer;

use std::path::{Path, PathBuf};

/// Where groups begin. A disk writes at least so much at once, so that no write can harm the group before it.
pub(super) const BLOCK: u64 = 512;

/// How large a file grows, in bytes. A group that is larger than this has a file of its own.
pub(super) const FILE_BYTES: u64 = 16 << 20;

/// Where a record lies in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The number of the file; from 1 on.
    pub(super) file: u32,
    /// Where in the file.
    pub(super) offset: u32,
}

/// The path of a log file.
pub(super) fn path_of(folder: &Path, number: u32) -> PathBuf {
    folder.join(format!("{number:010}.log"))
}

/// The number of a log file by its name; none for other files.
pub(super) fn number_of(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".log").filter(|digits| digits.len() == 10)?;
    digits.parse().ok().filter(|number| *number > 0)
}
