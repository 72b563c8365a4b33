//! Writing the log. One group at a time is written, synced and only then passed: one that could not be written is
//! written over by the next.

use super::file::LogFile;
use super::group::{self, FileHead, GROUP_HEAD};
use super::replay::End;
use super::{BLOCK, path_of};
use crate::disk::files::Files;
use crate::disk::folder::{failed, unsynced};
use run::tables::StoreError;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// By how much a new file grows ahead of what is written.
const GROWTH_BYTES: u64 = 1 << 20;
/// How many files are kept to be used again.
const SPARES: usize = 2;

/// The end of the log.
#[derive(Debug)]
pub(in crate::disk) struct Writer {
    files: Arc<dyn Files>,
    spares: Arc<Spares>,
    current: Arc<LogFile>,
    /// Where the next group belongs.
    position: u64,
    /// How many bytes of the file have blocks on the disk.
    allocated: u64,
    /// The number of the next group.
    sequence: u64,
    /// No more goes into this file, even if the next one could not be made yet.
    full: bool,
}

impl Writer {
    /// Goes on writing where a file's groups end.
    pub(in crate::disk) fn at(
        files: Arc<dyn Files>,
        spares: Arc<Spares>,
        current: Arc<LogFile>,
        end: End,
    ) -> Result<Self, StoreError> {
        let allocated = current.size()?;
        let End { position, sequence } = end;
        Ok(Self { files, spares, current, position, allocated, sequence, full: false })
    }

    /// Goes on to another file if this one has no room for so many bytes of records: the file that is full then.
    pub(in crate::disk) fn make_room(&mut self, length: usize) -> Result<Option<Arc<LogFile>>, StoreError> {
        let fits = self.position + group::span(length) <= self.spares.file_bytes || self.position == BLOCK;
        if fits && !self.full {
            return Ok(None);
        }
        self.full = true;
        let next = begin(&*self.files, &self.spares, self.current.head.number + 1, self.sequence)?;
        self.full = false;
        self.position = BLOCK;
        self.allocated = next.size()?;
        Ok(Some(std::mem::replace(&mut self.current, Arc::new(next))))
    }

    /// Lets no more into this file, unless there is nothing in it yet.
    pub(in crate::disk) fn seal(&mut self) {
        self.full |= self.position > BLOCK;
    }

    /// The file that is written.
    pub(in crate::disk) fn current(&self) -> &Arc<LogFile> {
        &self.current
    }

    /// Where the records of the next group begin.
    pub(in crate::disk) fn offset(&self) -> u64 {
        self.position + GROUP_HEAD as u64
    }

    /// Writes the group in the buffer (see [`group::begin`]). Nothing is promised before [`Writer::sync`].
    pub(in crate::disk) fn write(&mut self, buffer: &mut Vec<u8>) -> Result<(), StoreError> {
        group::end(buffer, self.current.head.salt, self.sequence);
        let written = self.current.file.write_at(buffer, self.position);
        written.map_err(|error| failed("cannot write", &self.current.path, &error))?;
        self.grow(self.position + buffer.len() as u64);
        Ok(())
    }

    /// Makes the group of this many bytes durable and passes it: its sequence number.
    pub(in crate::disk) fn sync(&mut self, length: usize) -> Result<u64, StoreError> {
        let synced = self.current.file.sync_data();
        synced.map_err(|error| unsynced(&self.current.path, &error))?;
        self.position += length as u64;
        self.sequence += 1;
        Ok(self.sequence - 1)
    }

    /// Lets a new file grow ahead, so that the next groups only write over what is there. A disk without room for it
    /// may still have some for them.
    fn grow(&mut self, end: u64) {
        if end <= self.allocated {
            return;
        }
        self.allocated = end;
        let ahead = end.next_multiple_of(GROWTH_BYTES).min(self.spares.file_bytes);
        let zeros = vec![0; ahead.saturating_sub(end) as usize];
        if self.current.file.write_at(&zeros, end).is_ok() {
            self.allocated = end.max(ahead);
        }
    }
}

/// Begins a file of the log: a spare one, or a new one. It is durable, so that the files before it may go.
pub(in crate::disk) fn begin(
    files: &dyn Files,
    spares: &Spares,
    number: u32,
    first: u64,
) -> Result<LogFile, StoreError> {
    let path = path_of(&spares.folder, number);
    let made = match spares.take(files, &path) {
        Ok(true) => files.open_to_write(&path),
        Ok(false) => files.create(&path),
        Err(error) => Err(error),
    };
    let file = made.map_err(|error| failed("cannot make", &path, &error))?;
    let head = FileHead { number, first, salt: draw_salt() };
    let begun = file.write_at(&head.encode(), 0).and_then(|()| file.sync_data());
    let begun = begun.and_then(|()| files.sync_folder(&spares.folder));
    begun.map_err(|error| failed("cannot begin", &path, &error))?;
    Ok(LogFile { path, head, file })
}

/// Files that were full and whose content is in an archive.
#[derive(Debug)]
pub(in crate::disk) struct Spares {
    folder: PathBuf,
    /// How large a file grows.
    file_bytes: u64,
    paths: Mutex<Vec<PathBuf>>,
}

impl Spares {
    /// Those that are in the folder already.
    pub(in crate::disk) fn new(folder: &Path, names: &[String], file_bytes: u64) -> Self {
        let spare = names.iter().filter(|name| name.starts_with("spare-"));
        Self { folder: folder.to_owned(), file_bytes, paths: Mutex::new(spare.map(|name| folder.join(name)).collect()) }
    }

    /// The folder of the log.
    pub(in crate::disk) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Keeps a file to be used again, or removes it where someone still reads it or there are enough. One that cannot be
    /// put away stays, and does no harm: the next opening tries again.
    pub(in crate::disk) fn give(&self, files: &dyn Files, file: Arc<LogFile>) {
        let path = file.path.clone();
        if let Err(error) = self.put_away(files, file) {
            tracing::warn!(path = %path.display(), %error, "a file of the log is not needed any more, but stays");
        }
    }

    /// Only what has its name durably is used again: a power failure could bring back the old name with the new
    /// content.
    fn put_away(&self, files: &dyn Files, file: Arc<LogFile>) -> io::Result<()> {
        let whole = file.file.size()? == self.file_bytes;
        let path = file.path.clone();
        let free = Arc::try_unwrap(file).is_ok();
        let spare = self.folder.join(format!("spare-{}", path.file_name().unwrap_or_default().display()));
        let mut paths = self.lock();
        if whole && free && paths.len() < SPARES {
            files.rename(&path, &spare)?;
            files.sync_folder(&self.folder)?;
            paths.push(spare);
            return Ok(());
        }
        files.remove(&path)?;
        files.sync_folder(&self.folder)
    }

    /// Gives a file another name, to be used again; whether there was one.
    fn take(&self, files: &dyn Files, path: &Path) -> io::Result<bool> {
        let mut paths = self.lock();
        while let Some(spare) = paths.pop() {
            match files.rename(&spare, path) {
                Ok(()) => return Ok(true),
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    paths.push(spare);
                    return Err(error);
                }
            }
        }
        Ok(false)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<PathBuf>> {
        self.paths.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Eight bytes that no caller can know.
fn draw_salt() -> [u8; 8] {
    let [.., a, b, c, d, e, f, g, h] = Uuid::now_v7().into_bytes();
    [a, b, c, d, e, f, g, h]
}
