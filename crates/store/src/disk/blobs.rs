//! Large values as files named by their SHA-256: `ab/cdef…`. A file is complete and on disk before it has its name.

use super::folder::{failed, sync_folder};
use bytes::Bytes;
use run::tables::{self, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

/// A folder of large values.
#[derive(Debug)]
pub(super) struct Blobs {
    path: PathBuf,
    /// Tells unfinished files apart.
    number: AtomicU64,
    /// Held while a folder is made, so that no one puts a file into one whose own name is not on disk yet, and while it
    /// is decided whether a file goes or is kept.
    making: Mutex<()>,
}

/// Where files are before they have their name.
const UNFINISHED: &str = "unfinished";

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
        Ok(Self { path, number: AtomicU64::new(0), making: Mutex::new(()) })
    }

    fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        match fs::create_dir(folder) {
            Ok(()) => sync_folder(&self.path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(failed("cannot make", folder, &error)),
        }
    }

    fn write(&self, name: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let number = self.number.fetch_add(1, Ordering::Relaxed);
        let unfinished = self.path.join(UNFINISHED).join(number.to_string());
        File::create(&unfinished)
            .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&unfinished, name))
            .map_err(|error| failed("cannot write", name, &error))
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
        for folder in list(&self.path)?.into_iter().filter(|name| name.len() == 2) {
            for file in list(&self.path.join(&folder))? {
                let Some(digest) = digest_of(&format!("{folder}{file}")) else { continue };
                if named.contains(&digest) {
                    continue;
                }
                unnamed.insert(digest);
                if last_time.contains(&digest) {
                    self.remove_old(&self.path.join(&folder).join(file), age)?;
                }
            }
        }
        Ok(unnamed)
    }

    /// A value that is put again meanwhile is young again.
    fn remove_old(&self, path: &Path, age: Duration) -> Result<(), StoreError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let put = fs::metadata(path).and_then(|file| file.modified());
        let put = put.map_err(|error| failed("cannot read", path, &error))?;
        if put.elapsed().is_ok_and(|elapsed| elapsed > age) {
            fs::remove_file(path).map_err(|error| failed("cannot remove", path, &error))?;
        }
        Ok(())
    }

    /// Whether the value is there already; if so, it is as if it was put now.
    fn renew(&self, path: &Path, length: u64) -> bool {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let renewed = File::options().write(true).open(path).and_then(|file| {
            let whole = file.metadata()?.len() == length;
            if whole { file.set_modified(SystemTime::now()).map(|()| true) } else { Ok(false) }
        });
        renewed.unwrap_or(false)
    }
}

impl tables::Blobs for Blobs {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(bytes).into());
        let (folder, name) = place(&self.path, &digest);
        self.make_folder(&folder)?;
        if !self.renew(&name, bytes.len() as u64) {
            self.write(&name, bytes)?;
        }
        // Also where it is there already: who put it there may not have come this far yet.
        sync_folder(&folder)?;
        Ok(digest)
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        let (_, name) = place(&self.path, digest);
        let bytes = match fs::read(&name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("cannot read", &name, &error)),
        };
        if Sha256::digest(&bytes).as_slice() != digest.0 {
            return Err(StoreError::Corrupt(format!("the large value {digest:?} is damaged").into()));
        }
        Ok(Some(Bytes::from(bytes)))
    }
}

fn list(folder: &Path) -> Result<Vec<String>, StoreError> {
    let names = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect());
    names.map_err(|error| failed("cannot read", folder, &error))
}

/// The digest of a name, as [`place`] makes it.
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

/// The folder and the file of a digest.
fn place(path: &Path, digest: &Digest) -> (PathBuf, PathBuf) {
    let name = format!("{digest:?}");
    let (folder, rest) = name.split_at(2);
    let folder = path.join(folder);
    let file = folder.join(rest);
    (folder, file)
}
