//! A disk for tests that dies at a chosen write, tears it, forgets what was not synced, is full, or cannot sync. What is
//! not lost goes to real files, so a test opens the same folder again with the real disk after the machine has "died".

use super::{Files, OpenFile, RealFiles};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What a disk writes or forgets as a whole, in bytes.
const SECTOR: usize = 512;

/// Real files under a [`Fate`].
#[derive(Clone, Debug, Default)]
pub(crate) struct FaultyFiles {
    fate: Arc<Mutex<Fate>>,
    state: Arc<Mutex<State>>,
}

/// What is to happen. Points are counted over all files: each write, rename, removal, creation and sync is one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fate {
    /// The machine dies at this point: it fails, and everything after it.
    pub(crate) dies_at: Option<u64>,
    /// If the point of death is a write, this many thousandths of its bytes still reach the disk.
    pub(crate) torn: u64,
    /// With its power, the machine loses sectors that were written and not synced: these, by a seed.
    pub(crate) forgets: Option<u64>,
    /// There is no room for anything that is not allocated yet.
    pub(crate) full: bool,
    /// Syncs fail.
    pub(crate) unsyncable: bool,
    /// Every change is refused.
    pub(crate) read_only: bool,
}

#[derive(Debug, Default)]
struct State {
    points: u64,
    dead: bool,
    unsynced: Vec<Unsynced>,
}

/// What was in a file before a write that is not synced.
#[derive(Debug)]
struct Unsynced {
    file: Arc<dyn OpenFile>,
    offset: u64,
    before: Vec<u8>,
}

impl FaultyFiles {
    /// A disk with this fate.
    pub(crate) fn new(fate: Fate) -> Self {
        Self { fate: Arc::new(Mutex::new(fate)), state: Arc::default() }
    }

    /// What happens from now on.
    pub(crate) fn fate(&self) -> MutexGuard<'_, Fate> {
        self.fate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn point(&self) -> io::Result<()> {
        let fate = *self.fate();
        self.lock().point(fate)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrap(&self, file: Box<dyn OpenFile>) -> Box<dyn OpenFile> {
        Box::new(FaultyFile { disk: self.clone(), file: file.into() })
    }
}

impl State {
    fn point(&mut self, fate: Fate) -> io::Result<()> {
        self.points += 1;
        if !self.dead && fate.dies_at.is_some_and(|point| self.points >= point) {
            self.dead = true;
            self.forget(fate.forgets)?;
        }
        match (self.dead, fate.read_only) {
            (true, _) => Err(io::Error::other("the machine is dead")),
            (_, true) => Err(ErrorKind::ReadOnlyFilesystem.into()),
            _ => Ok(()),
        }
    }

    /// Takes back about half of the sectors that were not synced.
    fn forget(&mut self, seed: Option<u64>) -> io::Result<()> {
        let unsynced = std::mem::take(&mut self.unsynced);
        let Some(mut seed) = seed else { return Ok(()) };
        for Unsynced { file, offset, before } in unsynced.into_iter().rev() {
            for (at, sector) in before.chunks(SECTOR).enumerate() {
                // The multiplier of Knuth's MMIX generator.
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if seed >> 63 == 0 {
                    file.write_at(sector, offset + (at * SECTOR) as u64)?;
                }
            }
        }
        Ok(())
    }
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        self.point()?;
        if self.fate().full {
            return Err(ErrorKind::StorageFull.into());
        }
        Ok(self.wrap(RealFiles.create(path)?))
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        Ok(self.wrap(RealFiles.open(path)?))
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
    file: Arc<dyn OpenFile>,
}

impl FaultyFile {
    /// What lies where something is to be written; zeros behind the end of the file.
    fn before(&self, length: usize, offset: u64) -> io::Result<Vec<u8>> {
        let mut before = vec![0; length];
        let there = self.file.size()?.saturating_sub(offset).min(length as u64) as usize;
        self.file.read_at(&mut before[..there], offset)?;
        Ok(before)
    }
}

impl OpenFile for FaultyFile {
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let fate = *self.disk.fate();
        let mut state = self.disk.lock();
        let was_dead = state.dead;
        if let Err(error) = state.point(fate) {
            if !was_dead && state.dead {
                let reached = bytes.len() * fate.torn.min(1000) as usize / 1000;
                self.file.write_at(&bytes[..reached], offset)?;
            }
            return Err(error);
        }
        let room = self.file.size()?.saturating_sub(offset).min(bytes.len() as u64) as usize;
        let fits = if fate.full { room } else { bytes.len() };
        let before = self.before(fits, offset)?;
        state.unsynced.push(Unsynced { file: self.file.clone(), offset, before });
        self.file.write_at(&bytes[..fits], offset)?;
        if fits < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        self.file.read_at(buffer, offset)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.point()?;
        if self.disk.fate().unsyncable {
            return Err(io::Error::other("the disk cannot sync"));
        }
        self.disk.lock().unsynced.retain(|unsynced| !Arc::ptr_eq(&unsynced.file, &self.file));
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
}
