//! The segments there are, and what is found in them.

use super::contents::{Contents, Spot};
use super::segment::Segment;
use crate::captures::{Bounds, Capture, Kinds, Tally};
use run::id::Millis;
use run::tables::StoreError;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// All segments.
#[derive(Debug, Default)]
pub(super) struct Index {
    segments: Mutex<BTreeMap<u64, Arc<Segment>>>,
    bounds: Mutex<Bounds>,
}

impl Index {
    pub(super) fn of(segments: impl IntoIterator<Item = Segment>) -> Self {
        let segments = segments.into_iter().map(|segment| (segment.first, Arc::new(segment)));
        Self { segments: Mutex::new(segments.collect()), bounds: Mutex::default() }
    }

    /// The segments, from the oldest to the newest.
    pub(super) fn all(&self) -> Vec<Arc<Segment>> {
        self.segments().values().cloned().collect()
    }

    /// The largest id there is. Of a file that cannot be read only its size is known: it has no more records than bytes.
    pub(super) fn last(&self) -> u64 {
        let Some(newest) = self.all().pop() else { return 0 };
        let last = looked(&newest, |contents| contents.last()).filter(|last| *last > 0);
        last.unwrap_or_else(|| newest.first + newest.bytes())
    }

    pub(super) fn add(&self, segment: Arc<Segment>) {
        self.segments().insert(segment.first, segment);
    }

    pub(super) fn bounds(&self) -> Bounds {
        *self.bounds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn bound(&self, bounds: Bounds) {
        *self.bounds.lock().unwrap_or_else(PoisonError::into_inner) = bounds;
    }

    pub(super) fn read(&self, hook: &str, id: u64) -> Result<Option<Capture>, StoreError> {
        let segment = self.segments().range(..=id).next_back().map(|(_, segment)| Arc::clone(segment));
        let Some(segment) = segment else { return Ok(None) };
        let spot = segment.with(|contents| contents.find(hook, id))?;
        Ok(segment.read(hook, spot.as_slice())?.pop())
    }

    pub(super) fn newest(
        &self,
        hook: &str,
        before: Option<u64>,
        kinds: Kinds,
        limit: usize,
    ) -> Result<Vec<Capture>, StoreError> {
        let before = before.unwrap_or(u64::MAX);
        let segments: Vec<_> = self.segments().range(..before).rev().map(|(_, segment)| Arc::clone(segment)).collect();
        gather(hook, limit, segments, |contents, wanted| contents.newest(hook, before, kinds, wanted))
    }

    pub(super) fn after(&self, hook: &str, after: u64, limit: usize) -> Result<Vec<Capture>, StoreError> {
        let segments: Vec<_> = {
            let segments = self.segments();
            let start = segments.range(..=after).next_back().map_or(0, |(first, _)| *first);
            segments.range(start..).map(|(_, segment)| Arc::clone(segment)).collect()
        };
        gather(hook, limit, segments, |contents, wanted| contents.after(hook, after, wanted))
    }

    pub(super) fn tallies(&self) -> BTreeMap<Arc<str>, Tally> {
        let mut tallies: BTreeMap<Arc<str>, Tally> = BTreeMap::new();
        for segment in self.all() {
            looked(&segment, |contents| {
                for (hook, part) in contents.tallies() {
                    let tally = tallies.entry(Arc::clone(hook)).or_default();
                    tally.kinds.iter_mut().zip(part.kinds).for_each(|(count, more)| *count += more);
                    tally.last = part.last.or(tally.last);
                }
            });
        }
        tallies
    }

    /// Lets the oldest go as long as there are too many bytes.
    pub(super) fn shrink(&self) {
        let most = self.bounds().bytes;
        let segments = self.all();
        let mut bytes: u64 = segments.iter().map(|segment| segment.bytes()).sum();
        // The newest stays: it may be written to.
        for segment in segments.iter().take(segments.len().saturating_sub(1)) {
            if bytes <= most {
                return;
            }
            bytes -= segment.bytes();
            self.let_go(segment);
        }
    }

    /// Lets go of what need not be kept at `now`, but not of the segment that is written to. Gives how many segments went.
    pub(super) fn retain(&self, now: Millis, active: Option<u64>) -> u64 {
        let Bounds { age, bytes } = self.bounds();
        let oldest = age.map(|age| now.saturating_sub(age.as_millis() as Millis));
        let mut left: u64 = self.all().iter().map(|segment| segment.bytes()).sum();
        let mut gone = 0;
        for segment in self.all().into_iter().filter(|segment| active != Some(segment.first)) {
            let is_old = match oldest {
                Some(oldest) => looked(&segment, |contents| contents.span())
                    .is_some_and(|span| span.is_none_or(|(_, newest)| newest < oldest)),
                None => false,
            };
            if is_old || left > bytes {
                left -= segment.bytes();
                self.let_go(&segment);
                gone += 1;
            }
        }
        gone
    }

    fn let_go(&self, segment: &Segment) {
        self.segments().remove(&segment.first);
        if let Err(error) = segment.remove() {
            tracing::warn!(%error, "a file of kept requests is not needed any more, but stays until the next start");
        }
    }

    fn segments(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Segment>>> {
        self.segments.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What this finds in a segment; none where it cannot be read, which keeps nobody from the others.
fn looked<T>(segment: &Segment, find: impl FnOnce(&mut Contents) -> T) -> Option<T> {
    let found = segment.with(find);
    found.inspect_err(|error| tracing::warn!(%error, "kept requests are left out that cannot be read")).ok()
}

/// Reads from one segment after the other until there are enough.
fn gather(
    hook: &str,
    limit: usize,
    segments: Vec<Arc<Segment>>,
    find: impl Fn(&Contents, usize) -> Vec<Spot>,
) -> Result<Vec<Capture>, StoreError> {
    let mut found = Vec::new();
    for segment in segments {
        if found.len() >= limit {
            break;
        }
        let spots = looked(&segment, |contents| find(contents, limit - found.len())).unwrap_or_default();
        found.extend(segment.read(hook, &spots)?);
    }
    Ok(found)
}
