//! Makes an archive: writes it as runs come in, under a name that says it is not whole, and gives it its name at the end.

use super::Archive;
use super::cache::Cache;
use super::chunk::{Packing, Writer, failed};
use super::directory::Part;
use super::footer::Footer;
use super::section::{Record, Section};
use crate::Head;
use crate::disk::files::Files;
use bytes::Bytes;
use run::id::{RunId, ScenarioId};
use run::tables::{Digest, StoreError};
use std::collections::{BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the name of an archive ends in while it is not whole. Such files may be removed at any time but while their
/// builder lives.
pub(crate) const UNFINISHED: &str = ".part";

/// An archive in the making. It holds one block, the filters, the directory, and the names of scenarios, digests and
/// carried runs in memory. What is not finished is removed.
#[derive(Debug)]
pub(crate) struct Builder {
    files: Arc<dyn Files>,
    path: PathBuf,
    covers: RangeInclusive<u64>,
    /// None once all is written.
    writer: Option<Writer>,
    done: Section,
    open: Section,
    scenarios: Numbers<ScenarioId>,
    digests: Numbers<Digest>,
    carried: BTreeSet<RunId>,
}

/// Numbers things in the order in which they come.
#[derive(Debug)]
struct Numbers<T> {
    numbers: HashMap<T, u32>,
    things: Vec<T>,
}

impl Builder {
    /// Begins an archive of this stretch of the log. What has the same name is replaced in the end.
    pub(crate) fn create(files: Arc<dyn Files>, path: &Path, covers: RangeInclusive<u64>) -> Result<Self, StoreError> {
        let unfinished = unfinished(path);
        let file = files.create(&unfinished).map_err(|error| failed(&unfinished, error))?;
        Ok(Self {
            files,
            path: path.to_owned(),
            covers,
            writer: Some(Writer::new(file, unfinished)?),
            done: Section::new(Part::Done),
            open: Section::new(Part::Open),
            scenarios: Numbers::default(),
            digests: Numbers::default(),
            carried: BTreeSet::new(),
        })
    }

    /// Adds a run that is over, with all its pieces and the digests of the blobs it refers to. Before all open runs, and
    /// by ascending name.
    pub(crate) fn done(
        &mut self,
        run: RunId,
        head: &Head,
        pieces: &[Bytes],
        digests: &[Digest],
    ) -> Result<(), StoreError> {
        if self.open.count() > 0 {
            return Err(failed(&self.path, format!("run {run} is over and was added behind open ones")));
        }
        self.push(Part::Done, (run, head), pieces, digests)
    }

    /// Adds a run that is not over, with all its pieces so far and the digests of the blobs it refers to. By ascending
    /// name.
    pub(crate) fn open(
        &mut self,
        run: RunId,
        head: &Head,
        pieces: &[Bytes],
        digests: &[Digest],
    ) -> Result<(), StoreError> {
        if self.open.count() == 0 {
            let writer = self.writer.as_mut().ok_or(StoreError::Closed)?;
            self.done.close(writer)?;
        }
        self.push(Part::Open, (run, head), pieces, digests)
    }

    /// Says that what an earlier archive has of this run, as open, no longer holds.
    pub(crate) fn carried(&mut self, run: RunId) {
        self.carried.insert(run);
    }

    /// Writes what is left, makes it durable, and gives the file its name: from then on there is an archive.
    pub(crate) fn finish(mut self, cache: &Arc<Cache>) -> Result<Archive, StoreError> {
        let mut writer = self.writer.take().ok_or(StoreError::Closed)?;
        let finished = self.complete(&mut writer);
        let sealed = finished.and_then(|footer| {
            let tail = footer.encode(writer.path())?;
            Ok((footer, writer.seal(&tail)?))
        });
        let named = sealed.and_then(|sealed| {
            let renamed = self.files.rename(&unfinished(&self.path), &self.path);
            renamed.map_err(|error| failed(&self.path, error)).map(|()| sealed)
        });
        let (footer, size) = named.inspect_err(|_| self.remove())?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        self.files.sync_folder(folder).map_err(|error| failed(folder, error))?;
        Ok(Archive::new(self.files.clone(), self.path.clone(), cache, footer, size))
    }

    /// How many bytes are written, and how many runs are in them.
    pub(crate) fn written(&self) -> (u64, u64) {
        (self.writer.as_ref().map_or(0, Writer::written), self.done.count() + self.open.count())
    }

    fn push(
        &mut self,
        part: Part,
        (run, head): (RunId, &Head),
        pieces: &[Bytes],
        digests: &[Digest],
    ) -> Result<(), StoreError> {
        let writer = self.writer.as_mut().ok_or(StoreError::Closed)?;
        let scenario = self.scenarios.number(&head.scenario);
        let digests: Vec<u32> = digests.iter().map(|digest| self.digests.number(digest)).collect();
        let section = match part {
            Part::Done => &mut self.done,
            Part::Open => &mut self.open,
        };
        section.push(writer, Record { run, head, scenario, pieces, digests: &digests })
    }

    fn complete(&mut self, writer: &mut Writer) -> Result<Footer, StoreError> {
        if self.open.count() == 0 {
            self.done.close(writer)?;
        }
        self.open.close(writer)?;
        let carried: Vec<RunId> = self.carried.iter().copied().collect();
        let digests: Vec<u8> = self.digests.things.iter().flat_map(|digest| digest.0).collect();
        Ok(Footer {
            covers: (*self.covers.start(), *self.covers.end()),
            done: self.done.count(),
            open: self.open.count(),
            carried: carried.len() as u64,
            bounds: self.done.ends(),
            done_at: writer.put_value(self.done.directory())?,
            open_at: writer.put_value(self.open.directory())?,
            scenarios_at: writer.put_value(&self.scenarios.things)?,
            digests_at: writer.put(&digests, Packing::Plain)?,
            carried_at: writer.put_value(&carried)?,
        })
    }

    /// Removes what is written. Whoever opens the store next does so, too, so a failure does no harm.
    fn remove(&self) {
        let path = unfinished(&self.path);
        if let Err(error) = self.files.remove(&path) {
            tracing::debug!(path = %path.display(), %error, "an unfinished archive was left");
        }
    }
}

impl Drop for Builder {
    fn drop(&mut self) {
        if self.writer.take().is_some() {
            self.remove();
        }
    }
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self { numbers: HashMap::new(), things: Vec::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn number(&mut self, thing: &T) -> u32 {
        if let Some(number) = self.numbers.get(thing) {
            return *number;
        }
        let number = self.things.len() as u32;
        self.numbers.insert(thing.clone(), number);
        self.things.push(thing.clone());
        number
    }
}

fn unfinished(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(UNFINISHED);
    PathBuf::from(name)
}
