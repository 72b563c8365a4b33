//! Room on the disk for the database, found out before it is used: sled keeps its first failed write for good, and takes
//! nothing more until it is opened again.

use super::files::Files;
use super::folder::failed;
use run::tables::StoreError;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// How much is written to see that there is room, in steps of this size, besides twice what a change is larger than what
/// is granted: more than sled writes between two looks.
const STEP_BYTES: usize = 1 << 20;
const STEPS: usize = 8;

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
            self.fill(files, bytes)?;
            *granted = GRANT_BYTES.max(bytes);
        }
        *granted -= bytes;
        Ok(())
    }

    /// Looks whether there is room for what a checkpoint writes: [`StoreError::Full`] where there is not.
    pub(super) fn look(&self, files: &dyn Files) -> Result<(), StoreError> {
        let _granted = self.granted.lock().unwrap_or_else(PoisonError::into_inner);
        self.fill(files, 0)
    }

    fn fill(&self, files: &dyn Files, bytes: usize) -> Result<(), StoreError> {
        let steps = STEPS + 2 * bytes.saturating_sub(GRANT_BYTES).div_ceil(STEP_BYTES);
        let zeros = vec![0; STEP_BYTES];
        let file = files.create(&self.path).map_err(|error| failed("cannot make", &self.path, &error))?;
        let written = (0..steps).try_for_each(|step| file.write_at(&zeros, (step * STEP_BYTES) as u64));
        drop(file);
        let removed = files.remove(&self.path);
        written.and(removed).map_err(|error| failed("no room for the database:", &self.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::files::faulty::{Fate, FaultyFiles};

    #[test]
    fn a_large_change_finds_room_for_all_of_it_or_none() {
        let folder = tempfile::tempdir().unwrap();
        // Room for 8 MiB, after the file was made.
        let fate = Fate { full_at: Some(10), ..Fate::default() };
        let files = FaultyFiles::new(fate);
        let room = Room::of(folder.path());
        room.take(&files, 1000).unwrap();
        files.revive(fate);
        assert!(matches!(room.take(&files, 16 << 20), Err(StoreError::Full(_))));
        files.revive(Fate::default());
        room.take(&files, 16 << 20).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
