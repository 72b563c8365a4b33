//! A file of the log, open for reading.

use super::group::{FileHead, GROUP_HEAD, GroupHead};
use super::record::{self, RECORD_HEAD, Record};
use super::{BLOCK, Place, path_of};
use crate::disk::files::{Files, OpenFile};
use crate::disk::folder::failed;
use bytes::Bytes;
use run::id::RunId;
use run::tables::StoreError;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The files of the log that can be read, by number.
pub(in crate::disk) type LogFiles = Arc<BTreeMap<u32, Arc<LogFile>>>;

/// A file of the log. Who holds it may read it; one that nobody else holds may be used again.
#[derive(Debug)]
pub(in crate::disk) struct LogFile {
    pub(in crate::disk) path: PathBuf,
    pub(in crate::disk) head: FileHead,
    pub(in crate::disk) file: Box<dyn OpenFile>,
}

/// A piece as the log has it.
#[derive(Debug)]
pub(in crate::disk) struct StoredPiece {
    pub(in crate::disk) piece: u32,
    pub(in crate::disk) before: Option<Place>,
    pub(in crate::disk) bytes: Bytes,
}

impl LogFile {
    /// Opens a file; none where it has never been used under this number.
    pub(in crate::disk) fn open(files: &dyn Files, folder: &Path, number: u32) -> Result<Option<Self>, StoreError> {
        let (path, file, head) = open_head(files, folder, number)?;
        Ok(head.filter(|head| head.number == number).map(|head| Self { path, head, file }))
    }

    /// Whether a file has been begun anew under a later number, and only its name is from before.
    pub(in crate::disk) fn is_reused(files: &dyn Files, folder: &Path, number: u32) -> Result<bool, StoreError> {
        let (_, _, head) = open_head(files, folder, number)?;
        Ok(head.is_some_and(|head| head.number > number))
    }

    /// Opens a file of which nothing is known, to look for what should not be there: a group with this sequence number
    /// or a later one, anywhere in a file whose head is no head.
    pub(in crate::disk) fn hides(
        files: &dyn Files,
        folder: &Path,
        number: u32,
        sequence: u64,
    ) -> Result<bool, StoreError> {
        let path = path_of(folder, number);
        let file = files.open(&path).map_err(|error| failed("cannot read", &path, &error))?;
        let head = FileHead { number, first: sequence, salt: [0; 8] };
        let unknown = Self { path, head, file };
        unknown.has_group_from(BLOCK, |group| group.sequence >= sequence)
    }

    /// Whether there is a whole group at this offset or behind it that is like this.
    pub(in crate::disk) fn has_group_from(
        &self,
        mut offset: u64,
        is_wanted: impl Fn(&GroupHead) -> bool,
    ) -> Result<bool, StoreError> {
        let mut buffer = Vec::new();
        while let Some(group) = self.group_head(offset)? {
            if is_wanted(&group) && self.holds(offset, &group, &mut buffer)? {
                return Ok(true);
            }
            offset += BLOCK;
        }
        Ok(false)
    }

    /// The head of the group at this offset, whatever its bytes are; none where the file ends before.
    pub(in crate::disk) fn group_head(&self, offset: u64) -> Result<Option<GroupHead>, StoreError> {
        let mut bytes = [0; GROUP_HEAD];
        match self.file.read_at(&mut bytes, offset) {
            Ok(()) => Ok(Some(GroupHead::decode(&bytes))),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(self.failed(&error)),
        }
    }

    /// Reads the records of the group at this offset into the buffer; whether they are what was written.
    pub(in crate::disk) fn holds(
        &self,
        offset: u64,
        group: &GroupHead,
        buffer: &mut Vec<u8>,
    ) -> Result<bool, StoreError> {
        let start = offset + GROUP_HEAD as u64;
        if start + u64::from(group.length) > self.size()? {
            return Ok(false);
        }
        buffer.resize(group.length as usize, 0);
        self.file.read_at(buffer, start).map_err(|error| self.failed(&error))?;
        Ok(group.fits(buffer))
    }

    /// Reads a piece.
    pub(in crate::disk) fn piece(&self, run: RunId, offset: u32) -> Result<StoredPiece, StoreError> {
        let offset = u64::from(offset);
        let mut head = [0; RECORD_HEAD];
        self.file.read_at(&mut head, offset).map_err(|error| self.failed(&error))?;
        let length = RECORD_HEAD + record::length_of(&head);
        if offset + length as u64 > self.size()? {
            return Err(self.damaged(offset));
        }
        let mut bytes = vec![0; length];
        self.file.read_at(&mut bytes, offset).map_err(|error| self.failed(&error))?;
        let bytes = Bytes::from(bytes);
        match record::records(&bytes).next() {
            Some(Ok((_, Record::Piece(piece)))) if piece.run == run => {
                Ok(StoredPiece { piece: piece.piece, before: piece.before, bytes: bytes.slice_ref(piece.bytes) })
            }
            _ => Err(self.damaged(offset)),
        }
    }

    /// How many bytes the file has.
    pub(in crate::disk) fn size(&self) -> Result<u64, StoreError> {
        self.file.size().map_err(|error| self.failed(&error))
    }

    /// The error of bytes that are not what was written.
    pub(in crate::disk) fn damaged(&self, offset: u64) -> StoreError {
        StoreError::Corrupt(format!("{} is damaged at offset {offset}", self.path.display()).into())
    }

    fn failed(&self, error: &io::Error) -> StoreError {
        failed("cannot read", &self.path, error)
    }
}

/// A file as it was opened: its path, and its head, if it has one.
type Opened = (PathBuf, Box<dyn OpenFile>, Option<FileHead>);

/// Opens a file and reads its head, whatever number that has.
fn open_head(files: &dyn Files, folder: &Path, number: u32) -> Result<Opened, StoreError> {
    let path = path_of(folder, number);
    let cannot_read = |error: io::Error| failed("cannot read", &path, &error);
    let file = files.open_to_write(&path).map_err(cannot_read)?;
    let mut start = [0; 32];
    let head = match file.read_at(&mut start, 0) {
        Ok(()) => FileHead::decode(&start),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => None,
        Err(error) => return Err(cannot_read(error)),
    };
    Ok((path, file, head))
}
