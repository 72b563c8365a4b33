//! Reading the log from its beginning, and finding its end.

use super::file::{LogFile, LogFiles};
use super::{BLOCK, group};
use run::tables::StoreError;

/// Where a file's groups end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::disk) struct End {
    /// Where the next group belongs.
    pub(in crate::disk) position: u64,
    /// The sequence number of the next group.
    pub(in crate::disk) sequence: u64,
}

/// A group as it is read.
#[derive(Clone, Copy, Debug)]
pub(in crate::disk) struct Group<'a> {
    pub(in crate::disk) sequence: u64,
    /// Where its records begin in the file.
    pub(in crate::disk) offset: u64,
    pub(in crate::disk) records: &'a [u8],
}

/// Gives a file's groups, one after another, and tells where they end. Only for a file that nobody writes to.
pub(in crate::disk) fn groups(
    file: &LogFile,
    visit: impl FnMut(Group<'_>) -> Result<(), StoreError>,
) -> Result<End, StoreError> {
    let end = groups_so_far(file, visit)?;
    reject_damage(file, end)?;
    Ok(end)
}

/// Gives the groups of a file that may be written to meanwhile; the last of them may not be synced yet.
fn groups_so_far(
    file: &LogFile,
    mut visit: impl FnMut(Group<'_>) -> Result<(), StoreError>,
) -> Result<End, StoreError> {
    let mut end = End { position: BLOCK, sequence: file.head.first };
    let mut buffer = Vec::new();
    while let Some(head) = file.group_head(end.position)? {
        let next = head.salt == file.head.salt && head.sequence == end.sequence;
        if !next || !file.holds(end.position, &head, &mut buffer)? {
            break;
        }
        let offset = end.position + group::GROUP_HEAD as u64;
        visit(Group { sequence: head.sequence, offset, records: &buffer })?;
        end = End { position: end.position + head.span(), sequence: end.sequence + 1 };
    }
    Ok(end)
}

/// Gives the groups of the whole log, which may be written to meanwhile, up to this sequence number at least. That they
/// are all there is checked, so that nobody takes damage for the end.
pub(in crate::disk) fn all_groups(
    logs: &LogFiles,
    applied: u64,
    mut visit: impl FnMut(Group<'_>) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut files = logs.values().peekable();
    while let Some(file) = files.next() {
        let end = groups_so_far(file, &mut visit)?;
        let is_whole = match files.peek() {
            Some(next) => end.sequence == next.head.first,
            None => end.sequence > applied,
        };
        if !is_whole {
            return Err(file.damaged(end.position));
        }
    }
    Ok(())
}

/// A group is begun only after the one before is on disk: if a later one is good, the one at the end was good once.
fn reject_damage(file: &LogFile, end: End) -> Result<(), StoreError> {
    let is_later = |group: &group::GroupHead| group.salt == file.head.salt && group.sequence > end.sequence;
    match file.has_group_from(end.position + BLOCK, is_later)? {
        true => Err(file.damaged(end.position)),
        false => Ok(()),
    }
}
