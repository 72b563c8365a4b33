//! A disk for tests that dies at a chosen write, tears it, is full, or cannot sync. Everything that is not lost goes to
//! real files, so a test opens the same folder again with the real disk after the machine has "died".

use super::{Files, OpenFile, RealFiles};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Real files under a [`Fate`].
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyFiles {
    fate: Arc<Mutex<Fate>>,
}

/// What is to happen. Points are counted over all files: each write, rename, removal, creation and sync is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fate {
    /// How many points there have been.
    pub(crate) points: u64,
    /// The machine dies at this point: it fails, and everything after it.
    pub(crate) dies_at: Option<u64>,
    /// If the point of death is a write, this many thousandths of its bytes still reach the disk.
    pub(crate) torn: u64,
    /// There is no room for anything that is written.
    pub(crate) full: bool,
    /// Syncs fail.
    pub(crate) unsyncable: bool,
    /// Every change is refused.
    pub(crate) read_only: bool,
    dead: bool,
}

impl FaultyFiles {
    /// A disk that works until it is told otherwise.
    pub(crate) fn new(fate: Fate) -> Self {
        Self { fate: Arc::new(Mutex::new(fate)) }
    }

    /// What happens from now on.
    pub(crate) fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn point(&self) -> io::Result<()> {
        self.fate().point()
    }
}

impl Fate {
    fn point(&mut self) -> io::Result<()> {
        self.points += 1;
        self.dead |= self.dies_at.is_some_and(|point| self.points >= point);
        match (self.dead, self.read_only) {
            (true, _) => Err(io::Error::other("the machine is dead")),
            (_, true) => Err(ErrorKind::ReadOnlyFilesystem.into()),
            _ => Ok(()),
        }
    }
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        self.point()?;
        if self.fate().full {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(Box::new(FaultyFile { disk: self.clone(), file: RealFiles.create(path)? }))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(Box::new(FaultyFile { disk: self.clone(), file: RealFiles.open(path)? }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.point()?;
        RealFiles.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.point()?;
        RealFiles.remove(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.point()?;
        RealFiles.make_folder(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealFiles.list(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.point()?;
        RealFiles.sync_folder(folder)
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyFiles,
    file: Box<dyn OpenFile>,
}

impl OpenFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let mut fate = self.disk.fate();
        let was_dead = fate.dead;
        if let Err(error) = fate.point() {
            if !was_dead && fate.dead {
                let reached = bytes.len() * fate.torn.min(1000) as usize / 1000;
                self.file.write_at(&bytes[..reached], offset)?;
            }
            return Err(error);
        }
        if fate.full && offset + bytes.len() as u64 > self.file.size()? {
            // As a full disk does: what fits the allocated blocks is written.
            let room = self.file.size()?.saturating_sub(offset).min(bytes.len() as u64) as usize;
            self.file.write_at(&bytes[..room], offset)?;
            return Err(ErrorKind::StorageFull.into());
        }
        drop(fate);
        self.file.write_at(bytes, offset)
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_at(buffer, offset)
    }

    /// A process that dies takes nothing from the page cache, so a sync that worked needs nothing done.
    fn sync_data(&self) -> io::Result<()> {
        let mut fate = self.disk.fate();
        fate.point()?;
        if fate.unsyncable { Err(io::Error::other("the disk cannot sync")) } else { Ok(()) }
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
}
