//! A disk for tests whose user dies at a chosen write, which tears it, forgets what was not synced, is full, or cannot
//! sync. What is not lost goes to real files. After a power failure a test may open the same folder with the real disk;
//! after the death of a process alone it goes on with this one, which knows what is in memory only.
//!
//! Each call is done wholly before a death or not at all, whichever thread makes it: a sync that was told to have succeeded
//! has lost nothing.

use super::{Files, OpenFile, RealFiles};
use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

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
    /// The process dies at this point: it fails, and everything after it, until it is [revived](FaultyFiles::revive).
    pub(crate) dies_at: Option<u64>,
    /// If the point of death is a write, this many thousandths of its bytes still reach the disk.
    pub(crate) torn: u64,
    /// It dies because the machine loses its power, and with it sectors that were written and not synced, and the last
    /// names that were given and not synced: these, by a seed. None: the machine goes on, and may lose them later.
    pub(crate) forgets: Option<u64>,
    /// From this point on there is no room for bytes that are not allocated yet; names have some, as they mostly do.
    pub(crate) full_at: Option<u64>,
    /// Syncs fail.
    pub(crate) unsyncable: bool,
    /// This file (its inode) is on a bad sector: no byte of it can be read.
    pub(crate) unreadable: Option<u64>,
    /// Giving a file another name panics.
    pub(crate) panics: bool,
    /// From this point on every change is refused.
    pub(crate) read_only_at: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    points: u64,
    dead: bool,
    unsynced: Vec<Unsynced>,
    /// Files and folders that were made (from nothing) or given another name, in order, in folders that are not synced.
    named: Vec<(Option<PathBuf>, PathBuf)>,
}

/// What was in a file before a write that is not synced.
#[derive(Debug)]
struct Unsynced {
    file: Arc<dyn OpenFile>,
    inode: u64,
    offset: u64,
    before: Vec<u8>,
    /// A sync has failed since: the system takes it for written and does not write it any more.
    dropped: bool,
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

    /// A process begins anew on the same machine, with this fate; the one before is dead or done.
    pub(crate) fn revive(&self, fate: Fate) {
        *self.fate() = fate;
        let mut state = self.lock();
        (state.points, state.dead) = (0, false);
    }

    /// The machine loses its power now, and what was not synced, by a seed.
    pub(crate) fn lose_power(&self, seed: u64) -> io::Result<()> {
        let mut state = self.lock();
        state.dead = true;
        state.forget(seed)
    }

    /// How many points there were since the process began.
    pub(crate) fn points(&self) -> u64 {
        self.lock().points
    }

    /// Passes a point. Nobody else passes one, or dies, before what is given is dropped.
    fn point(&self) -> io::Result<MutexGuard<'_, State>> {
        let fate = *self.fate();
        let mut state = self.lock();
        state.point(fate)?;
        Ok(state)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrap(&self, path: &Path, file: Box<dyn OpenFile>) -> io::Result<Box<dyn OpenFile>> {
        let inode = fs::metadata(path)?.ino();
        Ok(Box::new(FaultyFile { disk: self.clone(), inode, file: file.into() }))
    }
}

impl State {
    fn point(&mut self, fate: Fate) -> io::Result<()> {
        self.points += 1;
        if !self.dead && fate.dies_at.is_some_and(|point| self.points >= point) {
            self.dead = true;
            fate.forgets.map_or(Ok(()), |seed| self.forget(seed))?;
        }
        match (self.dead, self.is_past(fate.read_only_at)) {
            (true, _) => Err(io::Error::other("the machine is dead")),
            (_, true) => Err(ErrorKind::ReadOnlyFilesystem.into()),
            _ => Ok(()),
        }
    }

    fn is_past(&self, point: Option<u64>) -> bool {
        point.is_some_and(|point| self.points >= point)
    }

    /// Takes back about half of the sectors that were not synced, and some of the last names.
    fn forget(&mut self, mut seed: u64) -> io::Result<()> {
        let (unsynced, named) = (std::mem::take(&mut self.unsynced), std::mem::take(&mut self.named));
        seed = step(seed);
        let lost = (seed >> 32) as usize % (named.len() + 1);
        named.iter().rev().take(lost).try_for_each(|(from, to)| unname(from.as_deref(), to))?;
        for Unsynced { file, offset, before, .. } in unsynced.into_iter().rev() {
            for (at, sector) in before.chunks(SECTOR).enumerate() {
                seed = step(seed);
                if seed >> 63 == 0 {
                    file.write_at(sector, offset + (at * SECTOR) as u64)?;
                }
            }
        }
        Ok(())
    }
}

/// The next number of Knuth's MMIX generator.
fn step(seed: u64) -> u64 {
    seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)
}

/// Takes a name back, unless it has gone or its old one is in use again.
fn unname(from: Option<&Path>, to: &Path) -> io::Result<()> {
    match from {
        _ if !to.exists() => Ok(()),
        Some(from) if !from.exists() => RealFiles.rename(to, from),
        Some(_) => Ok(()),
        None if to.is_dir() => fs::remove_dir_all(to),
        None => RealFiles.remove(to),
    }
}

impl Files for FaultyFiles {
    fn create(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let mut state = self.point()?;
        let is_new = !path.exists();
        let file = RealFiles.create(path)?;
        if is_new {
            state.named.push((None, path.to_owned()));
        }
        self.wrap(path, file)
    }

    fn open(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        self.wrap(path, RealFiles.open(path)?)
    }

    fn open_to_write(&self, path: &Path) -> io::Result<Box<dyn OpenFile>> {
        let fate = *self.fate();
        if self.lock().is_past(fate.read_only_at) {
            return Err(ErrorKind::ReadOnlyFilesystem.into());
        }
        self.wrap(path, RealFiles.open_to_write(path)?)
    }

    fn modified(&self, path: &Path) -> io::Result<SystemTime> {
        RealFiles.modified(path)
    }

    fn touch(&self, path: &Path) -> io::Result<()> {
        let _alive = self.point()?;
        RealFiles.touch(path)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let panics = self.fate().panics;
        let mut state = self.point()?;
        assert!(!panics, "a panic, as a test wants it");
        RealFiles.rename(from, to)?;
        state.named.push((Some(from.to_owned()), to.to_owned()));
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let _alive = self.point()?;
        RealFiles.remove(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        let mut state = self.point()?;
        RealFiles.make_folder(path)?;
        state.named.push((None, path.to_owned()));
        Ok(())
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        RealFiles.list(folder)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        let mut state = self.point()?;
        RealFiles.sync_folder(folder)?;
        state.named.retain(|(_, name)| name.parent() != Some(folder));
        Ok(())
    }
}

#[derive(Debug)]
struct FaultyFile {
    disk: FaultyFiles,
    inode: u64,
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
        let fits = if state.is_past(fate.full_at) { room } else { bytes.len() };
        let before = self.before(fits, offset)?;
        let end = offset + fits as u64;
        // What is written anew is not lost any more because an earlier sync failed.
        state.unsynced.retain(|old| {
            let is_inside = offset <= old.offset && old.offset + old.before.len() as u64 <= end;
            !(old.dropped && old.inode == self.inode && is_inside)
        });
        let (file, inode) = (self.file.clone(), self.inode);
        state.unsynced.push(Unsynced { file, inode, offset, before, dropped: false });
        self.file.write_at(&bytes[..fits], offset)?;
        if fits < bytes.len() { Err(ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<()> {
        match self.disk.fate().unreadable == Some(self.inode) {
            true => Err(io::Error::from_raw_os_error(5)),
            false => self.file.read_at(buffer, offset),
        }
    }

    fn sync_data(&self) -> io::Result<()> {
        let fails = self.disk.fate().unsyncable;
        let mut state = self.disk.point()?;
        let is_own = |unsynced: &Unsynced| unsynced.inode == self.inode;
        if fails {
            state.unsynced.iter_mut().filter(|unsynced| is_own(unsynced)).for_each(|unsynced| unsynced.dropped = true);
            // As quotas and disks in a network tell it.
            return Err(ErrorKind::StorageFull.into());
        }
        state.unsynced.retain(|unsynced| unsynced.dropped || !is_own(unsynced));
        Ok(())
    }

    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
}
