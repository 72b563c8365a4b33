//! What captures do in every store. Each case runs on the memory and on the disk, there with small files, too.

use super::{Bounds, Capture, Captures, Kinds, Label};
use crate::{Store, open};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Captures under test; reopening the memory leaves it as it is.
struct Subject {
    folder: Option<tempfile::TempDir>,
    store: Option<Store>,
}

impl Subject {
    fn memory() -> Self {
        Self { folder: None, store: Some(open("memory:").unwrap()) }
    }

    fn disk() -> Self {
        let mut subject = Self { folder: Some(tempfile::tempdir().unwrap()), store: None };
        subject.reopen();
        subject
    }

    fn reopen(&mut self) {
        if let Some(folder) = &self.folder {
            self.store = None;
            self.store = Some(crate::disk::open_for_tests(folder.path(), 16 << 20).unwrap());
        }
    }

    fn captures(&self) -> &Arc<dyn Captures> {
        &self.store.as_ref().unwrap().captures
    }

    /// Adds a record and waits until it can be read.
    fn add(&self, hook: &str, kind: u8, bytes: &[u8]) -> u64 {
        self.add_at(hook, kind, bytes, 1_000)
    }

    fn add_at(&self, hook: &str, kind: u8, bytes: &[u8], at: i64) -> u64 {
        let id = self.captures().append(Label { hook, at, kind }, &mut |buffer| buffer.extend(bytes)).unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while *self.captures().written().borrow() < id {
            assert!(Instant::now() < end, "record {id} is not written");
            std::thread::yield_now();
        }
        id
    }
}

macro_rules! all {
    ($($case:ident),* $(,)?) => {
        mod memory {
            $(#[test] fn $case() { super::$case(super::Subject::memory()); })*
        }
        mod disk {
            $(#[test] fn $case() { super::$case(super::Subject::disk()); })*
        }
    };
}

all!(
    what_was_added_is_read,
    lists_go_both_ways,
    logs_do_not_mix,
    durable_ones_are_there_at_once,
    bytes_are_bounded,
    age_is_bounded,
    a_purge_leaves_nothing_of_its_log,
    ids_grow_over_restarts,
    many_writers_lose_nothing,
);

fn texts(captures: &[Capture]) -> Vec<&str> {
    captures.iter().map(|capture| std::str::from_utf8(&capture.bytes).unwrap()).collect()
}

fn what_was_added_is_read(mut subject: Subject) {
    let id = subject.add("orders/{id}", 2, b"one");
    let expected = Capture { id, at: 1_000, kind: 2, bytes: (&b"one"[..]).into() };
    assert_eq!(subject.captures().read("orders/{id}", id).unwrap(), Some(expected.clone()));
    assert_eq!(subject.captures().read("orders", id).unwrap(), None);
    assert_eq!(subject.captures().read("orders/{id}", id + 1).unwrap(), None);
    let empty = subject.add("", 0, b"");
    subject.reopen();
    assert_eq!(subject.captures().read("orders/{id}", id).unwrap(), Some(expected));
    assert_eq!(subject.captures().read("", empty).unwrap().unwrap().bytes.len(), 0);
}

fn lists_go_both_ways(mut subject: Subject) {
    let names = ["a", "b", "c", "d", "e"];
    let ids: Vec<u64> = (0..).zip(names).map(|(kind, name)| subject.add("x", kind % 2, name.as_bytes())).collect();
    for _ in 0..2 {
        let log = subject.captures();
        assert_eq!(texts(&log.newest("x", None, Kinds::ALL, 10).unwrap()), ["e", "d", "c", "b", "a"]);
        assert_eq!(texts(&log.newest("x", Some(ids[3]), Kinds::ALL, 2).unwrap()), ["c", "b"]);
        assert_eq!(texts(&log.newest("x", None, Kinds::only(1), 10).unwrap()), ["d", "b"]);
        assert_eq!(texts(&log.newest("x", Some(ids[0]), Kinds::ALL, 10).unwrap()), [""; 0]);
        assert_eq!(texts(&log.after("x", 0, 3).unwrap()), ["a", "b", "c"]);
        assert_eq!(texts(&log.after("x", ids[2], 9).unwrap()), ["d", "e"]);
        assert_eq!(texts(&log.after("x", ids[4], 9).unwrap()), [""; 0]);
        subject.reopen();
    }
}

fn logs_do_not_mix(mut subject: Subject) {
    for number in 0..10 {
        subject.add(if number % 2 == 0 { "even" } else { "odd" }, 1, number.to_string().as_bytes());
    }
    subject.reopen();
    assert_eq!(texts(&subject.captures().after("odd", 0, 99).unwrap()), ["1", "3", "5", "7", "9"]);
    let tallies = subject.captures().tallies().unwrap();
    assert_eq!(tallies["even"].kinds[1], 5);
    assert_eq!(tallies["even"].total(), 5);
    let last = subject.captures().newest("odd", None, Kinds::ALL, 1).unwrap()[0].id;
    assert_eq!(tallies["odd"].last, Some((last, 1_000)));
}

fn durable_ones_are_there_at_once(subject: Subject) {
    let log = subject.captures();
    let kept = log.append_durably(Label { hook: "bin", at: 5, kind: 4 }, &mut |buffer| buffer.extend(b"safe"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let id = runtime.block_on(async { tokio::time::timeout(Duration::from_secs(20), kept).await.unwrap().unwrap() });
    assert_eq!(texts(&log.after("bin", 0, 9).unwrap()), ["safe"]);
    assert_eq!(log.after("bin", 0, 9).unwrap()[0].id, id);
}

fn bytes_are_bounded(mut subject: Subject) {
    let bounds = Bounds { age: None, bytes: 1 << 20 };
    subject.captures().bound(bounds);
    let body = vec![b'x'; 10_000];
    for _ in 0..300 {
        subject.add("x", 0, &body);
    }
    let left = subject.captures().tallies().unwrap()["x"].total();
    assert!((80..=110).contains(&left), "{left} of 300 are left");
    subject.reopen();
    assert_eq!(subject.captures().tallies().unwrap()["x"].total(), left);
    assert_eq!(subject.captures().after("x", 0, 1_000).unwrap().len() as u64, left);
}

fn age_is_bounded(subject: Subject) {
    let hour = 3_600_000;
    let bounds = Bounds { age: Some(Duration::from_secs(48 * 3_600)), bytes: 1 << 30 };
    let log = subject.captures();
    log.bound(bounds);
    for at in 0..10 {
        subject.add_at("x", 0, at.to_string().as_bytes(), at * 12 * hour);
        log.retain(at * 12 * hour).unwrap();
    }
    let left = log.after("x", 0, 99).unwrap();
    assert!(left.iter().all(|capture| capture.at >= 4 * 12 * hour), "{:?}", texts(&left));
    assert_eq!(texts(&left)[left.len() - 5..], ["5", "6", "7", "8", "9"]);
    log.retain(1_000 * hour).unwrap();
    assert_eq!(log.after("x", 0, 99).unwrap(), []);
    subject.add_at("x", 0, b"new", 1_000 * hour);
    assert_eq!(texts(&log.after("x", 0, 99).unwrap()), ["new"]);
}

fn a_purge_leaves_nothing_of_its_log(mut subject: Subject) {
    for _ in 0..2 {
        subject.add("secret", 0, b"the-word-nobody-may-find");
        subject.add("other", 0, b"stays");
        subject.reopen();
    }
    subject.add("secret", 0, b"the-word-nobody-may-find");
    assert_eq!(subject.captures().purge("secret").unwrap(), 3);
    assert_eq!(subject.captures().purge("secret").unwrap(), 0);
    let new = subject.add("secret", 0, b"new");
    subject.reopen();
    assert_eq!(texts(&subject.captures().after("secret", 0, 9).unwrap()), ["new"]);
    assert_eq!(subject.captures().newest("secret", None, Kinds::ALL, 9).unwrap()[0].id, new);
    assert_eq!(texts(&subject.captures().after("other", 0, 9).unwrap()), ["stays", "stays"]);
    if let Some(folder) = &subject.folder {
        for file in std::fs::read_dir(folder.path().join("requests")).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(memchr::memmem::find(&bytes, b"the-word-nobody").is_none());
        }
    }
}

fn ids_grow_over_restarts(mut subject: Subject) {
    let bounds = Bounds { age: Some(Duration::from_secs(1)), bytes: 1 << 20 };
    let mut last = 0;
    for round in 0..4 {
        subject.captures().bound(bounds);
        for _ in 0..3 {
            let id = subject.add("x", 0, b"x");
            assert!(id > last, "{id} comes after {last}");
            last = id;
        }
        if round % 2 == 0 {
            subject.captures().retain(1_000_000).unwrap();
            assert_eq!(subject.captures().after("x", 0, 9).unwrap(), []);
        }
        subject.reopen();
    }
}

fn many_writers_lose_nothing(subject: Subject) {
    let log = subject.captures();
    let last = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer: u32| {
                scope.spawn(move || {
                    let label = Label { hook: "x", at: 1, kind: 0 };
                    let add = |number: u32| {
                        log.append(label, &mut |buffer| buffer.extend(format!("{writer}/{number}").as_bytes()))
                    };
                    (0..500).map(|number| add(number).unwrap()).max().unwrap()
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).max().unwrap()
    });
    // A reader that goes on from the last it got sees each of them once, in the order of each writer.
    let end = Instant::now() + Duration::from_secs(20);
    let (mut cursor, mut next) = (0, [0; 8]);
    while cursor < last {
        assert!(Instant::now() < end);
        for capture in log.after("x", cursor, 100).unwrap() {
            let text = texts(std::slice::from_ref(&capture))[0].to_owned();
            let (writer, number) = text.split_once('/').unwrap();
            let writer: usize = writer.parse().unwrap();
            assert_eq!(number, next[writer].to_string());
            next[writer] += 1;
            cursor = capture.id;
        }
    }
    assert_eq!((next, log.dropped()), ([500; 8], 0));
}
