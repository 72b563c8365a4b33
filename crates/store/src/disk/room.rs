//! Room on the disk for the database, found out before it is used: sled keeps its first failed write for good, and takes
//! nothing more until it is opened again.

use super::files::Files;
use super::folder::failed;
use run::tables::StoreError;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How much is written to see that there is room, in steps of this size: more than sled writes between two looks.
const STEP_BYTES: usize = 1 << 20;
const STEPS: u64 = 8;

/// How many bytes of changes may come between two looks.
const GRANT_BYTES: usize = 1 << 20;

/// What a change takes besides its bytes.
const CHANGE_BYTES: usize = 512;

/// See the module.
#[derive(Debug)]
pub(super) struct Room {
    path: PathBuf,
    /// How many bytes of changes may come before the next look. Held while it is looked.
    granted: Mutex<usize>,
}

impl Room {
    /// Room in this folder.
    pub(super) fn of(folder: &Path) -> Self {
        Self { path: folder.join("room.part"), granted: Mutex::default() }
    }

    /// Takes room for a change of so many bytes, or [`StoreError::Full`].
    pub(super) fn take(&self, files: &dyn Files, bytes: usize) -> Result<(), StoreError> {
        let bytes = bytes + CHANGE_BYTES;
        let mut granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        if *granted < bytes {
            self.fill(files)?;
            *granted = GRANT_BYTES.max(bytes);
        }
        *granted -= bytes;
        Ok(())
    }

    /// Looks whether there is room for what a checkpoint writes: [`StoreError::Full`] where there is not.
    pub(super) fn look(&self, files: &dyn Files) -> Result<(), StoreError> {
        let _granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        self.fill(files)
    }

    fn fill(&self, files: &dyn Files) -> Result<(), StoreError> {
        let zeros = vec![0; STEP_BYTES];
        let file = files.create(&self.path).map_err(|error| failed("cannot make", &self.path, &error))?;
        let written = (0..STEPS).try_for_each(|step| file.write_at(&zeros, step * STEP_BYTES as u64));
        drop(file);
        let removed = files.remove(&self.path);
        written.and(removed).map_err(|error| failed("no room for the database:", &self.path, &error))
    }
}
