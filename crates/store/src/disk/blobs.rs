//! Large values as files named by their SHA-256: `ab/cdef…`. A file is complete and on disk before it has its name.

use super::folder::{failed, sync_folder};
use bytes::Bytes;
use run::tables::{self, Digest, StoreError};
use sha2::{Digest as _, Sha256};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// A folder of large values.
#[derive(Debug)]
pub(super) struct Blobs {
    path: PathBuf,
    /// Tells unfinished files apart.
    number: AtomicU64,
    /// Held while a folder is made, so that no one puts a file into one whose own name is not on disk yet.
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

impl tables::Blobs for Blobs {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest(Sha256::digest(bytes).into());
        let (folder, name) = place(&self.path, &digest);
        self.make_folder(&folder)?;
        let kept = fs::metadata(&name).is_ok_and(|file| file.len() == bytes.len() as u64);
        if !kept {
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

/// The folder and the file of a digest.
fn place(path: &Path, digest: &Digest) -> (PathBuf, PathBuf) {
    let name = format!("{digest:?}");
    let (folder, rest) = name.split_at(2);
    let folder = path.join(folder);
    let file = folder.join(rest);
    (folder, file)
}
