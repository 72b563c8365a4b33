//! A file of records, named after its first one. It is written once, from its beginning to its end; a start of the
//! process begins a new one, so what a crash has torn stays behind the last good record and is never read.
//!
//! ```text
//! HMCAPT01 first id(8) | record…
//! ```

use super::contents::{Contents, Spot};
use super::record::{self, ERASED, HEAD, Head};
use crate::captures::{Capture, Kinds};
use crate::disk::files::{Files, OpenFile};
use crate::disk::folder::failed;
use bytes::Bytes;
use run::tables::StoreError;
use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What every segment begins with.
const MAGIC: [u8; 8] = *b"HMCAPT01";

/// Where the first record stands.
pub(super) const BEGINNING: u64 = 16;

/// One file of records.
pub(super) struct Segment {
    files: Arc<dyn Files>,
    path: PathBuf,
    /// The id of its first record, or a smaller one.
    pub(super) first: u64,
    bytes: AtomicU64,
    /// None: not looked at yet.
    contents: Mutex<Option<Contents>>,
}

impl fmt::Debug for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Segment").field("path", &self.path).finish_non_exhaustive()
    }
}

/// The id in a segment's name; none where the file is no segment.
pub(super) fn first_of(name: &str) -> Option<u64> {
    name.strip_suffix(".log")?.parse().ok()
}

impl Segment {
    /// One that is there.
    pub(super) fn existing(files: Arc<dyn Files>, folder: &Path, first: u64) -> io::Result<Self> {
        let path = path_of(folder, first);
        let bytes = files.open(&path)?.size()?;
        Ok(Self { files, path, first, bytes: AtomicU64::new(bytes), contents: Mutex::new(None) })
    }

    /// A new one, and the file to write it.
    pub(super) fn create(
        files: Arc<dyn Files>,
        folder: &Path,
        first: u64,
    ) -> Result<(Self, Box<dyn OpenFile>), StoreError> {
        let path = path_of(folder, first);
        let refused = |error: io::Error| failed("cannot make", &path, &error);
        files.make_folder(folder).map_err(refused)?;
        let file = files.create(&path).map_err(refused)?;
        let mut head = [0; BEGINNING as usize];
        head[..8].copy_from_slice(&MAGIC);
        head[8..].copy_from_slice(&first.to_le_bytes());
        if let Err(error) = file.write_at(&head, 0) {
            // A full disk often has room for names: one for each batch, if they stayed.
            let removed = files.remove(&path);
            tracing::debug!(path = %path.display(), ?removed, "a file of kept requests was not begun");
            return Err(refused(error));
        }
        let contents = Mutex::new(Some(Contents::new(first)));
        Ok((Self { files, path, first, bytes: AtomicU64::new(BEGINNING), contents }, file))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Relaxed)
    }

    /// Takes in records that were written there.
    pub(super) fn take_in(&self, records: &[u8], offset: u64) {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        let contents = contents.get_or_insert_with(|| Contents::new(self.first));
        add_all(contents, records, offset);
        self.bytes.store(offset + records.len() as u64, Ordering::Relaxed);
    }

    /// What this finds in what the segment holds. Reads the segment's list the first time, or the segment itself.
    pub(super) fn with<T>(&self, find: impl FnOnce(&mut Contents) -> T) -> Result<T, StoreError> {
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(contents) = contents.as_mut() {
            return Ok(find(contents));
        }
        Ok(find(contents.insert(self.load()?)))
    }

    /// The records at these places; those that are not as they were written are left out.
    pub(super) fn read(&self, hook: &str, spots: &[Spot]) -> Result<Vec<Capture>, StoreError> {
        if spots.is_empty() {
            return Ok(Vec::new());
        }
        let file = match self.files.open(&self.path) {
            Ok(file) => file,
            // It was let go a moment ago.
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed("cannot read", &self.path, &error)),
        };
        let read = |spot: &Spot| read_record(&*file, hook, *spot).transpose();
        let captures: io::Result<Vec<Capture>> = spots.iter().filter_map(read).collect();
        captures.map_err(|error| failed("cannot read", &self.path, &error))
    }

    /// Writes its list beside it, so that it need not be read through. One that cannot be written does no harm.
    pub(super) fn keep_list(&self) -> Result<(), StoreError> {
        let Some(bytes) = self.with(|contents| contents.encode())? else { return Ok(()) };
        let path = self.list_path();
        let written = self.files.create(&path).and_then(|file| file.write_at(&bytes, 0));
        written.map_err(|error| failed("cannot write", &path, &error))
    }

    /// Writes over a log's records and forgets them: how many they were.
    pub(super) fn erase(&self, hook: &str) -> Result<u64, StoreError> {
        let spots = self.with(|contents| contents.newest(hook, u64::MAX, Kinds::ALL, usize::MAX))?;
        if spots.is_empty() {
            return Ok(0);
        }
        let erased = self.files.open_to_write(&self.path).and_then(|file| {
            spots.iter().try_for_each(|spot| erase_record(&*file, *spot))?;
            file.sync_data()
        });
        // They are known until they are gone, so that whoever was told of a failure can ask again.
        erased.map_err(|error| failed("cannot write over", &self.path, &error))?;
        self.with(|contents| contents.forget(hook))?;
        Ok(spots.len() as u64)
    }

    /// Removes it with its list.
    pub(super) fn remove(&self) -> Result<(), StoreError> {
        for path in [self.list_path(), self.path.clone()] {
            match self.files.remove(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(failed("cannot remove", &path, &error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn list_path(&self) -> PathBuf {
        self.path.with_extension("list")
    }

    fn load(&self) -> Result<Contents, StoreError> {
        let unreadable = |error: io::Error| failed("cannot read", &self.path, &error);
        if let Ok(list) = whole(&*self.files, &self.list_path())
            && let Some(contents) = Contents::decode(&list, self.first)
        {
            return Ok(contents);
        }
        let bytes = match whole(&*self.files, &self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Contents::new(self.first)),
            Err(error) => return Err(unreadable(error)),
        };
        let mut contents = Contents::new(self.first);
        if !bytes.starts_with(&MAGIC) || bytes.get(8..16) != Some(&self.first.to_le_bytes()) {
            self.set_aside();
            return Ok(contents);
        }
        add_all(&mut contents, &bytes[BEGINNING as usize..], BEGINNING);
        Ok(contents)
    }

    /// Gives a file that is no segment another name, for someone to look at.
    fn set_aside(&self) {
        let aside = self.path.with_extension("damaged");
        let told = self.files.rename(&self.path, &aside);
        tracing::error!(path = %aside.display(), ?told, "a file of kept requests is damaged and was set aside");
    }
}

fn path_of(folder: &Path, first: u64) -> PathBuf {
    folder.join(format!("{first:020}.log"))
}

fn whole(files: &dyn Files, path: &Path) -> io::Result<Vec<u8>> {
    let file = files.open(path)?;
    let mut bytes = vec![0; file.size()? as usize];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// Adds records that stand one behind the other, up to the first head that is none: there a crash has torn the file.
fn add_all(contents: &mut Contents, records: &[u8], offset: u64) {
    let mut at = 0;
    while let Some(head) = records.get(at..).and_then(Head::decode) {
        if head.id <= contents.last() || records.len() < at + head.span() {
            return;
        }
        // One whose bytes are damaged is stepped over.
        let name = record::split(&records[at..]).map(|(_, name, _)| name);
        if let Some(name) = name.filter(|_| head.kind != ERASED) {
            contents.add(&head, name, offset + at as u64);
        }
        at += head.span();
    }
}

fn read_record(file: &dyn OpenFile, hook: &str, spot: Spot) -> io::Result<Option<Capture>> {
    let Some((head, bytes)) = read_whole(file, spot)? else { return Ok(None) };
    let found = record::split(&bytes).filter(|(head, name, _)| head.id == spot.id && *name == hook);
    let length = found.map(|(_, _, bytes)| bytes.len());
    Ok(length.map(|length| {
        let bytes = Bytes::from(bytes);
        Capture { id: head.id, at: head.at, kind: head.kind, bytes: bytes.slice(bytes.len() - length..) }
    }))
}

/// The head of a record, and all its bytes; none where it is not there any more.
fn read_whole(file: &dyn OpenFile, spot: Spot) -> io::Result<Option<(Head, Vec<u8>)>> {
    let mut bytes = vec![0; HEAD];
    file.read_at(&mut bytes, spot.offset)?;
    let Some(head) = Head::decode(&bytes) else { return Ok(None) };
    if spot.offset + head.span() as u64 > file.size()? {
        return Ok(None);
    }
    bytes.resize(head.span(), 0);
    file.read_at(&mut bytes[HEAD..], spot.offset + HEAD as u64)?;
    Ok(Some((head, bytes)))
}

fn erase_record(file: &dyn OpenFile, spot: Spot) -> io::Result<()> {
    let Some((head, bytes)) = read_whole(file, spot)? else { return Ok(()) };
    let zeros = vec![0; bytes.len() - HEAD];
    file.write_at(&zeros, spot.offset + HEAD as u64)?;
    let head = Head { checksum: crc32fast::hash(&zeros), kind: ERASED, name: 0, ..head };
    file.write_at(&head.encode(), spot.offset)
}
