//! Large values as files named by their SHA-256: `ab/cdef…`. A file is complete and on disk before it has its name.

mod reader;
mod writer;

use super::folder::{failed, sync_folder};
use bytes::Bytes;
use reader::Reader;
use run::tables::{self, BlobReader, BlobWriter, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};
use writer::Writer;

/// A folder of large values.
#[derive(Debug)]
pub(super) struct Blobs(Arc<Shelf>);

#[derive(Debug)]
struct Shelf {
    path: PathBuf,
    /// Tells unfinished files apart.
    number: AtomicU64,
    /// Held while a folder is made, so that no one puts a file into one whose own name is not on disk yet, and while it
    /// is decided whether a file goes or is kept.
    making: Mutex<()>,
}

/// Where files are before they have their name.
const UNFINISHED: &str = "unfinished";

/// How much of a file is read at once to check it.
const READ_BYTES: usize = 64 * 1024;

impl Blobs {
    /// Opens the folder, and removes files that a crash left unfinished.
    pub(super) fn open(path: PathBuf) -> Result<Self, StoreError> {
        let unfinished = path.join(UNFINISHED);
        match fs::remove_dir_all(&unfinished) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(failed("cannot remove", &unfinished, &error));
            }
            _ => {}
        }
        fs::create_dir_all(&unfinished).map_err(|error| failed("cannot make", &unfinished, &error))?;
        sync_folder(&path)?;
        path.parent().map_or(Ok(()), sync_folder)?;
        Ok(Self(Arc::new(Shelf { path, number: AtomicU64::new(0), making: Mutex::new(()) })))
    }
}

impl Blobs {
    /// Removes the large values that nobody names, if nobody did last time, and if they were last put longer ago than
    /// this: what was put just now may be about to be named. Gives those that nobody names.
    pub(super) fn remove_unnamed(
        &self,
        named: &HashSet<Digest>,
        last_time: &HashSet<Digest>,
        age: Duration,
    ) -> Result<HashSet<Digest>, StoreError> {
        let mut unnamed = HashSet::new();
        for folder in list(&self.0.path)?.into_iter().filter(|name| name.len() == 2) {
            for file in list(&self.0.path.join(&folder))? {
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
        let _making = self.0.making.lock().unwrap_or_else(PoisonError::into_inner);
        let put = fs::metadata(path).and_then(|file| file.modified());
        let put = put.map_err(|error| failed("cannot read", path, &error))?;
        if put.elapsed().is_ok_and(|elapsed| elapsed > age) {
            fs::remove_file(path).map_err(|error| failed("cannot remove", path, &error))?;
        }
        Ok(())
    }
}

impl tables::Blobs for Blobs {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(bytes).into());
        if self.0.renew(&digest, bytes.len() as u64) {
            // Who put it there may not have come as far as having the name on disk.
            return self.0.sync(&digest).map(|()| digest);
        }
        let mut writer = Writer::create(&self.0)?;
        writer.add(bytes)?;
        writer.keep(digest)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        let (_, name) = self.0.place(digest);
        let bytes = match fs::read(&name) {
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
        Ok(Reader::open(name, *digest)?.map(|reader| Box::new(reader) as Box<dyn BlobReader>))
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
    fn renew(&self, digest: &Digest, length: u64) -> bool {
        let (_, name) = self.place(digest);
        if !is_whole(&name, digest) {
            return false;
        }
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let renewed = File::options().write(true).open(&name).and_then(|file| {
            let whole = file.metadata()?.len() == length;
            if whole { file.set_modified(SystemTime::now()).map(|()| true) } else { Ok(false) }
        });
        renewed.unwrap_or(false)
    }

    /// Gives a file that is complete and on disk its name.
    fn keep(&self, unfinished: &Path, digest: &Digest) -> Result<(), StoreError> {
        let (folder, name) = self.place(digest);
        self.make_folder(&folder)?;
        fs::rename(unfinished, &name).map_err(|error| failed("cannot write", &name, &error))?;
        sync_folder(&folder)
    }

    /// Makes the name of a value durable.
    fn sync(&self, digest: &Digest) -> Result<(), StoreError> {
        sync_folder(&self.place(digest).0)
    }

    fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::create_dir(folder) {
            Ok(()) => sync_folder(&self.path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed("cannot make", folder, &error)),
        }
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

/// Whether a file is there and has what its name says.
fn is_whole(name: &Path, digest: &Digest) -> bool {
    hash_of(name).is_ok_and(|hash| hash == *digest)
}

fn hash_of(name: &Path) -> io::Result<Digest> {
    let (mut file, mut hash, mut buffer) = (File::open(name)?, Sha256::new(), vec![0; READ_BYTES]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(Digest(hash.finalize().into())),
            read => hash.update(&buffer[..read]),
        }
    }
}

fn list(folder: &Path) -> Result<Vec<String>, StoreError> {
    let names = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect());
    names.map_err(|error| failed("cannot read", folder, &error))
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
