//! What every store does alike. Each case runs on the memory, which is the reference, and on the disk.

use crate::{Append, Claim, ClaimKey, Filter, Head, Status, Store, open};
use run::id::{Millis, RunId, ScenarioId};
use run::tables::{Digest, Expected, StoreError};
use std::future::Future;
use uuid::Uuid;

/// A store under test; reopening the memory leaves it as it is.
pub(crate) struct Subject {
    folder: Option<tempfile::TempDir>,
    /// How large a file of the log grows.
    log_bytes: u64,
    store: Option<Store>,
}

impl Subject {
    pub(crate) fn memory() -> Self {
        Self { folder: None, log_bytes: 0, store: Some(open("memory:").unwrap()) }
    }

    pub(crate) fn disk() -> Self {
        Self::disk_with(16 << 20)
    }

    /// On disk, with so small files of the log that nearly everything is in archives at once.
    pub(crate) fn archives() -> Self {
        Self::disk_with(2048)
    }

    fn disk_with(log_bytes: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut subject = Self { folder: Some(folder), log_bytes, store: None };
        subject.reopen();
        subject
    }

    pub(crate) fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    pub(crate) fn reopen(&mut self) {
        if let Some(folder) = &self.folder {
            self.store = None;
            self.store = Some(crate::disk::open_for_tests(folder.path(), self.log_bytes).unwrap());
        }
    }
}

macro_rules! all {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $case() { super::$case(&mut super::Subject::memory()); })*
        }
        mod disk {
            $(#[test] fn $case() { super::$case(&mut super::Subject::disk()); })*
        }
        mod archives {
            $(#[test] fn $case() { super::$case(&mut super::Subject::archives()); })*
        }
    };
}

all!(
    a_run_is_read_as_it_was_appended,
    pieces_of_any_size_come_back,
    a_piece_out_of_turn_is_refused,
    open_runs_are_paged_oldest_first,
    lists_are_newest_first_over_pages,
    lists_are_filtered_by_the_latest_head,
    lists_are_filtered_by_time_and_text,
    a_head_and_the_newest_run_are_known,
    a_claim_is_had_once,
    after_closing_nothing_is_accepted,
    a_record_is_compared_and_set,
    many_records_are_written_together,
    a_deleted_record_never_meets_an_old_revision,
    scans_are_paged_in_order,
    large_records_replace_each_other,
    blobs_are_found_by_content,
    blobs_come_and_go_piece_by_piece,
);

pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A run created at this time.
pub(crate) fn run_at(millis: u64, number: u64) -> RunId {
    let random = (number as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let bits = ((millis as u128) << 80) | (7 << 76) | (random & ((1 << 62) - 1)) | (2 << 62);
    RunId(Uuid::from_u128(bits))
}

pub(crate) fn head(scenario: &str, status: Status, at: Millis) -> Head {
    let wake = (status == Status::Waiting).then_some(at + 1000);
    let line = wake.map(|wake| wake as u64);
    Head { scenario: scenario.parse().unwrap(), status, wake, at, line }
}

fn append(subject: &Subject, run: RunId, piece: u32, head: Head, bytes: &[u8]) -> Result<(), StoreError> {
    wait(subject.store().journal.append(piece_of(run, piece, head, bytes)))
}

pub(crate) fn piece_of(run: RunId, piece: u32, head: Head, bytes: &[u8]) -> Append {
    let (digests, claim) = (Vec::new(), None);
    Append { run, piece, head, bytes: bytes.to_vec(), digests, claim, durability: Default::default() }
}

fn names(listed: &[(RunId, Head)]) -> Vec<RunId> {
    listed.iter().map(|(run, _)| *run).collect()
}

fn a_run_is_read_as_it_was_appended(subject: &mut Subject) {
    let (one, many) = (run_at(1000, 1), run_at(1000, 2));
    append(subject, one, 0, head("a", Status::Succeeded, 1001), b"all").unwrap();
    append(subject, many, 0, head("b", Status::Running, 1002), b"first").unwrap();
    append(subject, many, 1, head("b", Status::Waiting, 1003), b"").unwrap();
    for _ in 0..2 {
        let journal = &subject.store().journal;
        let read = journal.read(one).unwrap().unwrap();
        assert_eq!((read.head, read.pieces), (head("a", Status::Succeeded, 1001), vec!["all".into()]));
        let read = journal.read(many).unwrap().unwrap();
        assert_eq!((read.head, read.pieces), (head("b", Status::Waiting, 1003), vec!["first".into(), "".into()]));
        assert!(journal.read(run_at(1000, 3)).unwrap().is_none());
        assert!(journal.read(run_at(9000, 1)).unwrap().is_none());
        subject.reopen();
    }
    append(subject, many, 2, head("b", Status::Failed, 1004), b"last").unwrap();
    let read = subject.store().journal.read(many).unwrap().unwrap();
    assert_eq!((read.head.status, read.pieces.len()), (Status::Failed, 3));
}

fn pieces_of_any_size_come_back(subject: &mut Subject) {
    let sizes = [0, 1, 4000, 4095, 4096, 4097, 8192, 100_000, 3_000_000];
    let bytes = |size: usize| -> Vec<u8> { (0..size).map(|n| (n % 251) as u8).collect() };
    for (number, size) in sizes.into_iter().enumerate() {
        let run = run_at(50, number as u64);
        append(subject, run, 0, head("a", Status::Running, 50), &bytes(size)).unwrap();
        append(subject, run, 1, head("a", Status::Running, 51), &bytes(size)).unwrap();
    }
    subject.reopen();
    for (number, size) in sizes.into_iter().enumerate() {
        let read = subject.store().journal.read(run_at(50, number as u64)).unwrap().unwrap();
        assert_eq!(read.pieces.len(), 2);
        assert!(read.pieces.iter().all(|piece| *piece == bytes(size)), "size {size}");
    }
}

fn a_piece_out_of_turn_is_refused(subject: &mut Subject) {
    let conflict = |result: Result<(), StoreError>| matches!(result, Err(StoreError::Conflict));
    let (running, over) = (run_at(1, 1), run_at(1, 2));
    append(subject, running, 0, head("a", Status::Running, 1), b"0").unwrap();
    append(subject, over, 0, head("a", Status::Succeeded, 1), b"0").unwrap();
    assert!(conflict(append(subject, running, 2, head("a", Status::Running, 2), b"2")), "a gap");
    assert!(conflict(append(subject, over, 1, head("a", Status::Running, 2), b"1")), "it is over");
    assert!(conflict(append(subject, run_at(1, 3), 1, head("a", Status::Running, 2), b"1")), "never made");
    append(subject, running, 1, head("a", Status::Running, 2), b"1").unwrap();
    assert!(conflict(append(subject, running, 1, head("a", Status::Running, 2), b"1")), "a repeat");
    assert_eq!(subject.store().journal.read(running).unwrap().unwrap().pieces, ["0", "1"]);
}

fn open_runs_are_paged_oldest_first(subject: &mut Subject) {
    for number in [5, 3, 9, 1, 7, 2] {
        append(subject, run_at(number * 100, number), 0, head("a", Status::Running, 1), b"").unwrap();
    }
    append(subject, run_at(400, 4), 0, head("a", Status::Succeeded, 1), b"").unwrap();
    append(subject, run_at(900, 9), 1, head("a", Status::Failed, 2), b"").unwrap();
    append(subject, run_at(200, 2), 1, head("a", Status::Waiting, 7), b"").unwrap();
    subject.reopen();
    let journal = &subject.store().journal;
    let (mut after, mut pages) = (None, Vec::new());
    loop {
        let page = journal.open_runs(after, 2).unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        pages.extend(page);
    }
    assert_eq!(names(&pages), [1, 2, 3, 5, 7].map(|number| run_at(number * 100, number)));
    assert_eq!(pages[1].1, head("a", Status::Waiting, 7));
}

fn lists_are_newest_first_over_pages(subject: &mut Subject) {
    // Appended in an order of their own, over several slots of time and with several in the same millisecond.
    let created = [40, 7, 40, 33, 1000, 40, 41, 7, 64, 96, 2, 40, 1000];
    let mut runs = Vec::new();
    for (number, millis) in created.into_iter().enumerate() {
        let run = run_at(millis, number as u64);
        append(subject, run, 0, head("a", Status::Succeeded, 1), b"").unwrap();
        runs.push(run);
    }
    runs.sort();
    runs.reverse();
    subject.reopen();
    let journal = &subject.store().journal;
    for size in 1..=runs.len() {
        let (mut filter, mut pages) = (Filter::default(), Vec::new());
        loop {
            let page = journal.list(&filter, size).unwrap();
            let Some((last, _)) = page.last() else { break };
            filter.before = Some(*last);
            pages.extend(names(&page));
        }
        assert_eq!(pages, runs, "pages of {size}");
    }
}

fn lists_are_filtered_by_the_latest_head(subject: &mut Subject) {
    let runs: Vec<_> = (0..6).map(|number| run_at(100 * number, number)).collect();
    let rows = [
        (0, 0, "a", Status::Running),
        (1, 0, "a", Status::Succeeded),
        (2, 0, "b", Status::Running),
        (3, 0, "b", Status::Succeeded),
        (4, 0, "a", Status::Running),
        (5, 0, "a", Status::Running),
        (4, 1, "a", Status::Failed),
        (0, 1, "a", Status::Running),
        (0, 2, "a", Status::Succeeded),
    ];
    for (number, piece, scenario, status) in rows {
        append(subject, runs[number], piece, head(scenario, status, 1), b"").unwrap();
    }
    let check = |scenario: Option<&str>, status: Option<Status>, before: Option<usize>, expected: &[usize]| {
        let scenario: Option<ScenarioId> = scenario.map(|name| name.parse().unwrap());
        let before = before.map(|number| runs[number]);
        let filter = Filter { scenario, status, before, ..Filter::default() };
        let listed = subject.store().journal.list(&filter, 10).unwrap();
        assert_eq!(names(&listed), expected.iter().map(|number| runs[*number]).collect::<Vec<_>>(), "{filter:?}");
    };
    check(None, None, None, &[5, 4, 3, 2, 1, 0]);
    check(Some("a"), None, None, &[5, 4, 1, 0]);
    check(Some("b"), Some(Status::Running), None, &[2]);
    check(None, Some(Status::Running), None, &[5, 2]);
    check(None, Some(Status::Running), Some(5), &[2]);
    check(None, Some(Status::Succeeded), None, &[3, 1, 0]);
    check(Some("a"), Some(Status::Failed), None, &[4]);
    check(Some("a"), Some(Status::Failed), Some(4), &[]);
    check(Some("none"), None, None, &[]);
}

fn lists_are_filtered_by_time_and_text(subject: &mut Subject) {
    let runs: Vec<_> = (1..=4).map(|number| run_at(100 * number, number)).collect();
    for (run, text) in runs.iter().zip(["Ada Lovelace", "ada", "Grace", "\u{9280}\u{884c}"]) {
        append(subject, *run, 0, head("a", Status::Succeeded, 1), text.as_bytes()).unwrap();
    }
    append(subject, run_at(500, 5), 0, head("a", Status::Running, 1), b"first").unwrap();
    append(subject, run_at(500, 5), 1, head("a", Status::Succeeded, 2), b"then ada").unwrap();
    let check = |since: Option<Millis>, until: Option<Millis>, text: Option<&str>, expected: &[u64]| {
        let filter = Filter { since, until, text: text.map(str::to_owned), ..Filter::default() };
        let listed = subject.store().journal.list(&filter, 10).unwrap();
        let expected: Vec<_> = expected.iter().map(|number| run_at(100 * number, *number)).collect();
        assert_eq!(names(&listed), expected, "{filter:?}");
    };
    check(None, None, None, &[5, 4, 3, 2, 1]);
    check(Some(200), Some(400), None, &[3, 2]);
    check(None, None, Some("ADA"), &[5, 2, 1]);
    check(Some(150), None, Some("ada"), &[5, 2]);
    check(None, None, Some("love"), &[1]);
    check(None, None, Some("\u{9280}\u{884c}"), &[4]);
    check(None, None, Some("nobody"), &[]);
}

fn a_head_and_the_newest_run_are_known(subject: &mut Subject) {
    append(subject, run_at(1, 1), 0, head("a", Status::Running, 1), b"").unwrap();
    append(subject, run_at(2, 2), 0, head("a", Status::Failed, 2), b"").unwrap();
    append(subject, run_at(3, 3), 0, head("b", Status::Running, 3), b"").unwrap();
    append(subject, run_at(1, 1), 1, head("a", Status::Waiting, 4), b"").unwrap();
    for _ in 0..2 {
        let journal = &subject.store().journal;
        assert_eq!(journal.head(run_at(1, 1)).unwrap(), Some(head("a", Status::Waiting, 4)));
        assert_eq!(journal.head(run_at(2, 2)).unwrap(), Some(head("a", Status::Failed, 2)));
        assert_eq!(journal.head(run_at(2, 3)).unwrap(), None);
        let last = |name: &str| journal.last(&name.parse().unwrap()).unwrap();
        assert_eq!(last("a"), Some((run_at(2, 2), head("a", Status::Failed, 2))));
        assert_eq!(last("b"), Some((run_at(3, 3), head("b", Status::Running, 3))));
        assert_eq!(last("c"), None);
        subject.reopen();
    }
}

fn a_claim_is_had_once(subject: &mut Subject) {
    let key = |byte| ClaimKey([byte; 16]);
    let claim = |subject: &Subject, run: RunId, byte: u8| {
        let made = piece_of(run, 0, head("a", Status::Succeeded, 1), b"");
        wait(subject.store().journal.append(Append { claim: Some(Claim { key: key(byte), until: 1_000 }), ..made }))
    };
    let (first, second, late) = (run_at(10, 1), run_at(20, 2), run_at(1_000, 3));
    claim(subject, first, 7).unwrap();
    assert!(matches!(claim(subject, second, 7), Err(StoreError::Claimed(holder)) if holder == first));
    subject.reopen();
    assert!(subject.store().journal.read(second).unwrap().is_none(), "nothing of it is kept");
    assert!(matches!(claim(subject, second, 7), Err(StoreError::Claimed(holder)) if holder == first));
    let journal = &subject.store().journal;
    assert_eq!(journal.claimed(&key(7), 999).unwrap(), Some(first));
    assert_eq!(journal.claimed(&key(7), 1_000).unwrap(), None);
    assert_eq!(journal.claimed(&key(8), 10).unwrap(), None);
    claim(subject, second, 8).unwrap();
    claim(subject, late, 7).unwrap();
}

fn after_closing_nothing_is_accepted(subject: &mut Subject) {
    let store = subject.store();
    let made = |n| piece_of(run_at(1, n), 0, head("a", Status::Succeeded, 1), b"");
    let before = store.journal.append(made(1));
    store.journal.close().unwrap();
    wait(before).unwrap();
    assert!(matches!(wait(store.journal.append(made(2))), Err(StoreError::Closed)));
    store.journal.close().unwrap();
}

fn a_record_is_compared_and_set(subject: &mut Subject) {
    let tables = &subject.store().tables;
    let conflict = |result: Result<u64, StoreError>| matches!(result, Err(StoreError::Conflict));
    assert!(tables.get("t", "k").unwrap().is_none());
    assert!(conflict(tables.put("t", "k", b"1", Expected::Revision(1))));
    let first = tables.put("t", "k", b"1", Expected::Absent).unwrap();
    assert!(conflict(tables.put("t", "k", b"2", Expected::Absent)));
    let second = tables.put("t", "k", b"2", Expected::Revision(first)).unwrap();
    assert!(second > first);
    assert!(conflict(tables.put("t", "k", b"3", Expected::Revision(first))));
    let third = tables.put("t", "k", b"3", Expected::Any).unwrap();
    assert!(third > second);
    assert!(tables.get("u", "k").unwrap().is_none());
    subject.reopen();
    let tables = &subject.store().tables;
    let record = tables.get("t", "k").unwrap().unwrap();
    assert_eq!((record.revision, record.value.as_ref()), (third, b"3".as_slice()));
    assert!(matches!(tables.delete("t", "k", Expected::Revision(second)), Err(StoreError::Conflict)));
    assert!(tables.delete("t", "k", Expected::Revision(third)).unwrap());
    assert!(!tables.delete("t", "k", Expected::Any).unwrap());
    assert!(!tables.delete("t", "k", Expected::Absent).unwrap());
}

fn many_records_are_written_together(subject: &mut Subject) {
    let tables = &subject.store().tables;
    let old = tables.put("t", "0007", b"old", Expected::Any).unwrap();
    let records: Vec<_> =
        (0..3_000).map(|number| (format!("{number:04}"), format!("n{number}").into_bytes())).collect();
    tables.put_all("t", &records).unwrap();
    tables.put_all("t", &[]).unwrap();
    subject.reopen();
    let tables = &subject.store().tables;
    let found = tables.scan("t", "", None, 5_000).unwrap();
    let values = |(key, record): &(String, run::tables::Record)| (key.clone(), record.value.to_vec());
    assert_eq!(found.iter().map(values).collect::<Vec<_>>(), records);
    let revisions: std::collections::BTreeSet<u64> = found.iter().map(|(_, record)| record.revision).collect();
    assert!(revisions.len() == 3_000 && revisions.iter().all(|revision| *revision > old));
}

fn a_deleted_record_never_meets_an_old_revision(subject: &mut Subject) {
    let old = subject.store().tables.put("t", "k", b"1", Expected::Any).unwrap();
    subject.store().tables.delete("t", "k", Expected::Any).unwrap();
    subject.reopen();
    let new = subject.store().tables.put("t", "k", b"2", Expected::Absent).unwrap();
    assert!(new > old);
}

fn scans_are_paged_in_order(subject: &mut Subject) {
    let tables = &subject.store().tables;
    for key in ["b", "a/2", "a/1", "a/10", "a", "ü", "", "a0"] {
        tables.put("t", key, key.as_bytes(), Expected::Absent).unwrap();
    }
    for (table, key) in [("", "a/1"), ("s", "a/1"), ("tt", "a/1"), ("u", "a/1")] {
        tables.put(table, key, b"of another table", Expected::Absent).unwrap();
    }
    let check = |prefix: &str, after: Option<&str>, limit: usize, expected: &[&str]| {
        let found = tables.scan("t", prefix, after, limit).unwrap();
        assert!(found.iter().all(|(key, record)| key.as_bytes() == record.value));
        let keys: Vec<_> = found.iter().map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, expected, "{prefix:?} {after:?} {limit}");
    };
    check("", None, 100, &["", "a", "a/1", "a/10", "a/2", "a0", "b", "ü"]);
    check("", Some(""), 2, &["a", "a/1"]);
    check("", Some("a/1"), 100, &["a/10", "a/2", "a0", "b", "ü"]);
    check("a/", None, 100, &["a/1", "a/10", "a/2"]);
    check("a/", Some("a/10"), 100, &["a/2"]);
    check("a/", Some("0"), 1, &["a/1"]);
    check("a/", Some("z"), 100, &[]);
    check("c", None, 100, &[]);
    check("", None, 0, &[]);
}

fn large_records_replace_each_other(subject: &mut Subject) {
    for (round, size) in [10_000, 20_000, 3, 50_000].into_iter().enumerate() {
        let value = vec![round as u8; size];
        subject.store().tables.put("t", "k", &value, Expected::Any).unwrap();
        subject.reopen();
        assert_eq!(subject.store().tables.get("t", "k").unwrap().unwrap().value, value);
        assert_eq!(subject.store().tables.scan("t", "", None, 9).unwrap()[0].1.value, value);
    }
    subject.store().tables.delete("t", "k", Expected::Any).unwrap();
    assert!(subject.store().tables.get("t", "k").unwrap().is_none());
}

fn blobs_are_found_by_content(subject: &mut Subject) {
    let large = vec![7; 3_000_000];
    let blobs = &subject.store().blobs;
    let digest = blobs.put(&large).unwrap();
    assert_eq!(blobs.put(&large).unwrap(), digest);
    let empty = blobs.put(b"").unwrap();
    assert!(format!("{empty:?}").starts_with("e3b0c44298fc1c14"), "SHA-256 of nothing");
    subject.reopen();
    let blobs = &subject.store().blobs;
    assert_eq!(blobs.get(&digest).unwrap().unwrap(), large);
    assert_eq!(blobs.get(&empty).unwrap().unwrap(), "");
    assert!(blobs.get(&Digest([1; 32])).unwrap().is_none());
}

fn blobs_come_and_go_piece_by_piece(subject: &mut Subject) {
    let whole: Vec<u8> = (0..1_000_000_u32).map(|n| (n / 7) as u8).collect();
    let blobs = &subject.store().blobs;
    for value in [&whole[..], &whole[..1], b""] {
        let mut writer = blobs.create().unwrap();
        value.chunks(70_001).for_each(|piece| writer.write(piece).unwrap());
        let digest = writer.finish().unwrap();
        assert_eq!(blobs.put(value).unwrap(), digest);
        assert_eq!(blobs.get(&digest).unwrap().unwrap(), value);
    }
    let mut abandoned = blobs.create().unwrap();
    abandoned.write(&whole[1..]).unwrap();
    drop(abandoned);
    let digest = blobs.put(&whole).unwrap();
    subject.reopen();
    let blobs = &subject.store().blobs;
    let mut reader = blobs.open(&digest).unwrap().unwrap();
    assert_eq!(reader.length(), whole.len() as u64);
    let mut read = Vec::new();
    loop {
        let piece = reader.read(65_536).unwrap();
        assert!(piece.len() <= 65_536);
        if piece.is_empty() {
            break;
        }
        read.extend_from_slice(&piece);
    }
    assert!(read == whole);
    assert!(blobs.open(&Digest([1; 32])).unwrap().is_none());
}

#[test]
fn a_url_that_names_no_store_says_what_does() {
    for url in ["", "memory", "memory:x", "sled:", "redb:x"] {
        let error = open(url).unwrap_err().to_string();
        assert!(error.contains("`memory:` or `sled:PATH`"), "{error}");
    }
}
