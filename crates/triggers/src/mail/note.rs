//! What is noted of a trigger's mailbox: up to which mail everything is settled.

use run::id::{Millis, RunId};
use run::mailbox::Folder;
use run::tables::{Expected, StoreError, Tables};
use scenario::plan::Since;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeSet, VecDeque};

/// The table of what is settled: `scenario/number` → JSON.
const TABLE: &str = "mailboxes";
/// So many mails are remembered by what they say, for the day on which the server counts anew.
const MOST_RECENT: usize = 500;
/// So many mails are remembered to which something is still to be done.
const MOST_OWED: usize = 500;
/// Mails are looked at again that came this long before a folder was last looked into, once it counts anew.
const OVERLAP: Millis = 60 * 60 * 1_000;
/// So far do the names of one batch reach into the future, to stand in the order of their mails.
const MOST_AHEAD: Millis = 10_000;

/// What is settled of one folder for one trigger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Note {
    /// Whose folder, and which.
    of: String,
    /// What the numbers count from (`UIDVALIDITY`).
    validity: u32,
    /// Every mail up to this number is settled.
    pub(super) uid: u32,
    /// Mails that came before do not count.
    from: Option<Millis>,
    /// The mails that are being settled, and when they were first seen.
    batch: Option<Batch>,
    /// When the folder was last looked into.
    looked: Millis,
    /// What the last mails that started a run say, in short.
    recent: VecDeque<String>,
    /// Mails below this number may have started their run before the server counted anew.
    doubtful_below: u32,
    /// Mails whose run is there and to which something is still to be done.
    pub(super) owed: BTreeSet<u32>,
}

/// Mails that are settled together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Batch {
    first: u32,
    last: u32,
    at: Millis,
}

/// What came of looking at a folder's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Counting {
    /// They are the ones that are noted, or nothing was noted.
    Same,
    /// The server counts anew.
    Anew,
}

impl Note {
    /// What is noted of a trigger, and what the record is then expected to be when it is written. `of` names its folder:
    /// the note of another one counts for nothing.
    pub(super) fn read(tables: &dyn Tables, name: &str, of: &str) -> Result<(Option<Self>, Expected), StoreError> {
        let Some(record) = tables.get(TABLE, name)? else { return Ok((None, Expected::Absent)) };
        let note = serde_json::from_slice::<Self>(&record.value).ok();
        Ok((note.filter(|note| note.of == of), Expected::Revision(record.revision)))
    }

    /// The note of a trigger that is new.
    pub(super) fn new(of: &str, folder: Folder, since: Option<Since>, now: Millis) -> Self {
        let uid = if since.is_none() { folder.next.map_or(0, |next| next.saturating_sub(1)) } else { 0 };
        let from = match since {
            Some(Since::Time(time)) => Some(time),
            Some(Since::All) => None,
            // A server that does not tell the next number tells when mails came.
            None => folder.next.is_none().then_some(now),
        };
        Self { of: of.to_owned(), validity: folder.validity, uid, from, looked: now, ..Self::default() }
    }

    /// Holds the note against the folder as it is. Where the server counts anew, mails count again that came since it was
    /// last looked, and those among them that have had their run are known by what they say.
    pub(super) fn meet(&mut self, folder: Folder) -> Counting {
        if self.validity == folder.validity {
            return Counting::Same;
        }
        let from = self.from.unwrap_or(Millis::MIN).max(self.looked - OVERLAP);
        self.doubtful_below = folder.next.unwrap_or(u32::MAX);
        (self.validity, self.uid, self.from, self.batch) = (folder.validity, 0, Some(from), None);
        self.owed.clear();
        Counting::Anew
    }

    /// From when on mails count.
    pub(super) fn from(&self) -> Option<Millis> {
        self.from
    }

    /// Whether this mail is still to be looked at.
    pub(super) fn wants(&self, uid: u32, arrived: Millis) -> bool {
        uid > self.uid && self.from.is_none_or(|from| arrived >= from)
    }

    /// These mails are about to be settled; whether that is to be written, before any of them is.
    pub(super) fn begin(&mut self, first: u32, last: u32, now: Millis) -> bool {
        // Others may be further back.
        let first = first.max(self.uid.saturating_add(1));
        if self.batch.is_some_and(|batch| batch.first <= first && last <= batch.last) || last <= self.uid {
            return false;
        }
        // What was begun before a crash keeps its names; what is new beside it is begun with it, in its turn.
        self.batch = Some(Batch { first, last, at: now });
        true
    }

    /// So far are mails of the batch to be settled that was begun before a crash; none: there is none.
    pub(super) fn begun(&self) -> Option<u32> {
        self.batch.map(|batch| batch.last)
    }

    /// Everything up to this mail is settled.
    pub(super) fn settle(&mut self, uid: u32) {
        self.uid = self.uid.max(uid);
        if self.batch.is_some_and(|batch| batch.last <= self.uid) {
            self.batch = None;
        }
    }

    /// The folder was looked into.
    pub(super) fn look(&mut self, now: Millis) {
        self.looked = now;
    }

    /// Whether this mail has had its run before the server counted anew.
    pub(super) fn knows(&self, uid: u32, says: &str) -> bool {
        uid < self.doubtful_below && self.recent.iter().any(|recent| recent == says)
    }

    /// The mail that says this has its run.
    pub(super) fn remember(&mut self, says: String) {
        if self.recent.iter().any(|recent| *recent == says) {
            return;
        }
        self.recent.push_back(says);
        while self.recent.len() > MOST_RECENT {
            self.recent.pop_front();
        }
    }

    /// Something is still to be done to this mail.
    pub(super) fn owe(&mut self, uid: u32) {
        if self.owed.len() < MOST_OWED {
            self.owed.insert(uid);
        }
    }

    /// The name of the run that this mail starts: always the same, since the batch is on disk before.
    pub(super) fn run_of(&self, name: &str, uid: u32) -> RunId {
        let batch = self.batch.unwrap_or(Batch { first: uid, last: uid, at: self.looked });
        let digest = Sha256::digest(format!("{name}@{}/{}/{uid}", self.of, self.validity));
        let mut bits = [0; 10];
        bits.copy_from_slice(&digest[..10]);
        let at = batch.at + Millis::from(uid.saturating_sub(batch.first)).min(MOST_AHEAD);
        RunId(uuid::Builder::from_unix_timestamp_millis(at.unsigned_abs(), &bits).into_uuid())
    }

    /// Puts it on disk, unless somebody else has written meanwhile; what is expected next time. Blocks for it.
    ///
    /// A watch that was ended may still be writing: what it says would change the names of runs that have begun.
    pub(super) fn write(&self, tables: &dyn Tables, name: &str, expected: Expected) -> Result<Expected, StoreError> {
        let bytes = serde_json::to_vec(self).map_err(|error| StoreError::Failed(error.to_string().into()))?;
        tables.put(TABLE, name, &bytes, expected).map(Expected::Revision)
    }
}

/// What tells a mail from others wherever it lies: its own name, else its header.
pub(super) fn says(message_id: Option<&str>, head: &[u8]) -> String {
    let digest = match message_id {
        Some(id) => Sha256::digest(id),
        None => Sha256::digest(head),
    };
    digest[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_795_305_600_000;

    fn folder(validity: u32, next: u32) -> Folder {
        Folder { validity, next: Some(next) }
    }

    #[test]
    fn a_new_trigger_begins_with_what_comes_unless_it_says_otherwise() {
        assert_eq!(Note::new("a", folder(1, 8), None, NOW).uid, 7);
        let all = Note::new("a", folder(1, 8), Some(Since::All), NOW);
        assert!(all.wants(1, 0));
        let some = Note::new("a", folder(1, 8), Some(Since::Time(NOW)), NOW);
        assert!(some.wants(1, NOW) && !some.wants(2, NOW - 1));
        let untold = Note::new("a", Folder { validity: 1, next: None }, None, NOW);
        assert!(untold.wants(1, NOW) && !untold.wants(2, NOW - 1));
    }

    #[test]
    fn a_watch_that_was_ended_writes_nothing_over() {
        let tables = store::open("memory:").unwrap().tables;
        let (_, at_first) = Note::read(&*tables, "s/0", "a").unwrap();
        let note = Note::new("a", folder(1, 8), None, NOW);
        let mut late = note.clone();
        late.begin(8, 20, NOW + 1);
        let written = note.write(&*tables, "s/0", at_first).unwrap();
        assert!(matches!(late.write(&*tables, "s/0", at_first), Err(StoreError::Conflict)));
        assert_eq!(Note::read(&*tables, "s/0", "a").unwrap(), (Some(note), written));
    }

    #[test]
    fn names_are_the_same_however_often_it_is_tried() {
        let mut note = Note::new("a", folder(1, 8), None, NOW);
        assert!(note.begin(8, 20, NOW));
        assert!(!note.begin(8, 20, NOW + 5_000));
        assert!(!note.begin(9, 12, NOW + 5_000));
        assert!(!note.begin(3, 20, NOW + 5_000));
        let names: Vec<_> = (8..=20).map(|uid| note.run_of("s/0", uid)).collect();
        assert!(names.is_sorted() && names[0].created() == NOW);
        let again: Note = serde_json::from_slice(&serde_json::to_vec(&note).unwrap()).unwrap();
        assert_eq!((8..=20).map(|uid| again.run_of("s/0", uid)).collect::<Vec<_>>(), names);
        assert_ne!(again.run_of("s/1", 8), names[0]);
        note.settle(20);
        assert!(!note.begin(15, 20, NOW) && note.begun().is_none());
    }

    #[test]
    fn a_folder_that_counts_anew_repeats_nothing() {
        let mut note = Note::new("a", folder(1, 8), None, NOW);
        note.remember(says(Some("one@x"), b""));
        note.settle(9);
        assert_eq!(note.meet(folder(1, 10)), Counting::Same);
        assert_eq!(note.meet(folder(2, 3)), Counting::Anew);
        assert!(note.wants(1, NOW) && note.wants(2, NOW - OVERLAP) && !note.wants(2, NOW - OVERLAP - 1));
        assert!(note.knows(1, &says(Some("one@x"), b"other")));
        assert!(!note.knows(2, &says(Some("two@x"), b"")));
        // What comes from then on is what it is, though it has the same name.
        assert!(!note.knows(3, &says(Some("one@x"), b"")));
    }
}
