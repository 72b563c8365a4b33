//! Large values as files named by their SHA-256: `ab/cdef…`. A file is complete and on disk before it has its name.

mod reader;
mod writer;

use super::files::{Files, OpenFile};
use super::folder::failed;
use bytes::Bytes;
use reader::Reader;
use run::tables::{self, BlobReader, BlobWriter, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use writer::Writer;

/// A folder of large values.
#[derive(Debug)]
pub(super) struct Blobs(Arc<Shelf>);

#[derive(Debug)]
struct Shelf {
    files: Arc<dyn Files>,
    path: PathBuf,
    /// Tells unfinished files apart.
    number: AtomicU64,
    /// The folders whose own names are on disk. Held while one is made, so that no one puts a file into it before that,
    /// and while it is decided whether a file goes or is kept.
    folders: Mutex<HashSet<PathBuf>>,
}

/// Where files are before they have their name.
const UNFINISHED: &str = "unfinished";

/// How much of a file is read at once to check it.
const READ_BYTES: usize = 64 * 1024;

impl Blobs {
    /// Opens the folder, and removes files that a crash left unfinished.
    pub(super) fn open(files: Arc<dyn Files>, path: PathBuf) -> Result<Self, StoreError> {
        let unfinished = path.join(UNFINISHED);
        files.make_folder(&unfinished).map_err(|error| failed("cannot make", &unfinished, &error))?;
        for name in list(&*files, &unfinished)? {
            let left = unfinished.join(name);
            files.remove(&left).map_err(|error| failed("cannot remove", &left, &error))?;
        }
        for folder in [path.as_path()].into_iter().chain(path.parent()) {
            files.sync_folder(folder).map_err(|error| failed("cannot sync", folder, &error))?;
        }
        let folders = list(&*files, &path)?.into_iter().map(|name| path.join(name)).collect();
        Ok(Self(Arc::new(Shelf { files, path, number: AtomicU64::new(0), folders: Mutex::new(folders) })))
    }

    /// Removes the large values that nobody names, if nobody did last time, and if they were last put longer ago than
    /// this: what was put just now may be about to be named. Gives those that nobody names.
    pub(super) fn remove_unnamed(
        &self,
        named: &HashSet<Digest>,
        last_time: &HashSet<Digest>,
        age: Duration,
    ) -> Result<HashSet<Digest>, StoreError> {
        let mut unnamed = HashSet::new();
        for folder in list(&*self.0.files, &self.0.path)?.into_iter().filter(|name| name.len() == 2) {
            for file in list(&*self.0.files, &self.0.path.join(&folder))? {
                let Some(digest) = digest_of(&format!("{folder}{file}")) else { continue };
                if named.contains(&digest) {
                    continue;
                }
                unnamed.insert(digest);
                if last_time.contains(&digest) {
                    self.remove_old(&self.0.path.join(&folder).join(file), age)?;
                }
            }
        }
        Ok(unnamed)
    }

    /// A value that is put again meanwhile is young again.
    fn remove_old(&self, path: &Path, age: Duration) -> Result<(), StoreError> {
        let _deciding = self.0.folders();
        let put = self.0.files.modified(path).map_err(|error| failed("cannot read", path, &error))?;
        if put.elapsed().is_ok_and(|elapsed| elapsed > age) {
            self.0.files.remove(path).map_err(|error| failed("cannot remove", path, &error))?;
        }
        Ok(())
    }
}

impl tables::Blobs for Blobs {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(bytes).into());
        if self.0.renew(&digest) {
            // Who put it there may not have come as far as having the name on disk.
            return self.0.sync(&digest).map(|()| digest);
        }
        let mut writer = Writer::create(&self.0)?;
        writer.add(bytes)?;
        writer.keep(digest)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        let (_, name) = self.0.place(digest);
        let bytes = match self.0.files.open(&name).and_then(|file| whole(&*file)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("cannot read", &name, &error)),
        };
        if Sha256::digest(&bytes).as_slice() != digest.0 {
            return Err(damaged(digest));
        }
        Ok(Some(Bytes::from(bytes)))
    }

    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        Ok(Box::new(Writer::create(&self.0)?))
    }

    fn open(&self, digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError> {
        let (_, name) = self.0.place(digest);
        Ok(Reader::open(&*self.0.files, name, *digest)?.map(|reader| Box::new(reader) as Box<dyn BlobReader>))
    }
}

impl Shelf {
    /// A name for a file that has none yet.
    fn unfinished(&self) -> PathBuf {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        self.path.join(UNFINISHED).join(number.to_string())
    }

    /// Whether the value is there already and whole; if so, it is as if it was put now. One that is not is replaced by
    /// what is put.
    fn renew(&self, digest: &Digest) -> bool {
        let (_, name) = self.place(digest);
        if !hash_of(&*self.files, &name).is_ok_and(|hash| hash == *digest) {
            return false;
        }
        // It may have been removed meanwhile.
        let _deciding = self.folders();
        self.files.touch(&name).is_ok()
    }

    /// Gives a file that is complete and on disk its name.
    fn keep(&self, unfinished: &Path, digest: &Digest) -> Result<(), StoreError> {
        let (folder, name) = self.place(digest);
        self.make_folder(&folder)?;
        self.files.rename(unfinished, &name).map_err(|error| failed("cannot write", &name, &error))?;
        self.sync(digest)
    }

    /// Makes the name of a value durable.
    fn sync(&self, digest: &Digest) -> Result<(), StoreError> {
        let (folder, _) = self.place(digest);
        self.files.sync_folder(&folder).map_err(|error| failed("cannot sync", &folder, &error))
    }

    fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        let mut folders = self.folders();
        self.files.make_folder(folder).map_err(|error| failed("cannot make", folder, &error))?;
        if !folders.contains(folder) {
            self.files.sync_folder(&self.path).map_err(|error| failed("cannot sync", &self.path, &error))?;
            folders.insert(folder.to_owned());
        }
        Ok(())
    }

    fn folders(&self) -> MutexGuard<'_, HashSet<PathBuf>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The folder and the file of a digest.
    fn place(&self, digest: &Digest) -> (PathBuf, PathBuf) {
        let name = format!("{digest:?}");
        let (folder, rest) = name.split_at(2);
        let folder = self.path.join(folder);
        let file = folder.join(rest);
        (folder, file)
    }
}

fn hash_of(files: &dyn Files, name: &Path) -> io::Result<Digest> {
    let file = files.open(name)?;
    let (mut hash, mut at, size) = (Sha256::new(), 0, file.size()?);
    let mut buffer = vec![0; READ_BYTES.min(size as usize)];
    while at < size {
        let next = buffer.len().min((size - at) as usize);
        file.read_at(&mut buffer[..next], at)?;
        hash.update(&buffer[..next]);
        at += next as u64;
    }
    Ok(Digest(hash.finalize().into()))
}

fn whole(file: &dyn OpenFile) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; file.size()? as usize];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn list(files: &dyn Files, folder: &Path) -> Result<Vec<String>, StoreError> {
    files.list(folder).map_err(|error| failed("cannot read", folder, &error))
}

/// The digest of a name, as [`Shelf::place`] makes it.
fn digest_of(name: &str) -> Option<Digest> {
    let mut digest = [0; 32];
    if name.len() != 64 || !name.is_ascii() {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&name[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(Digest(digest))
}

fn damaged(digest: &Digest) -> StoreError {
    StoreError::Corrupt(format!("the large value {digest:?} is damaged").into())
}

#[cfg(test)]
mod tests;
