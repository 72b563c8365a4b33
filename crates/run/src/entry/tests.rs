//! Journal bytes outlive every release: what earlier ones wrote is read, whatever the bytes.

use super::{
    Called, Caller, Conclusion, Created, Decided, Done, End, Entry, Item, KeyOf, Occasion, Recognised, Release,
    Replayed, Skip, Trial, decode, encode,
};
use crate::call::Delivery;
use crate::error::StepError;
use crate::id::{RunId, Spot};
use crate::input::{Input, Request, Source};
use crate::payload::{INLINE, Payload};
use crate::response::Response;
use crate::tables::{BlobReader, BlobWriter, Blobs, Digest, StoreError};
use bytes::Bytes;
use proptest::prelude::*;
use scenario::diagnostic::Place;
use scenario::expression::Comparison;
use scenario::plan::{StepNo, Version};
use std::path::Path;
use std::sync::Arc;

/// One of every kind of entry. A new kind is added here, under the next release's name; what stands under an earlier
/// one never changes.
fn every_kind() -> Vec<Entry> {
    let spot = Spot { step: StepNo(3), turns: [7, 0].into_iter().collect() };
    let json = |text: &'static str| Payload::of_json(text.as_bytes());
    let error = StepError::passing("http_status", "the far side answered 503")
        .hint("Try later.")
        .status(503)
        .retry_after(Some(30_000))
        .at(Place { line: 12, column: 7 });
    let input = Input {
        source: Source::Webhook,
        at: 1_767_225_600_000,
        request: Some(Box::new(request())),
        body: json(r#"{"order":"A1"}"#),
        raw: Some(json(r#""eyJ9""#)),
        files: Some(json("[]")),
    };
    let at = 1_767_225_600_123;
    let created = Created { scenario: "ship-order".parse().unwrap(), version: Version("00ff".into()), at, input };
    let response = Response {
        status: 201,
        headers: vec![("content-type".into(), "application/json".into())],
        body: Bytes::from_static(b"{}"),
    };
    let done = Done {
        spot: spot.clone(),
        attempt: 2,
        output: json(r#"{"status":200}"#),
        sent: json(r#"{"url":"https://example.com/"}"#),
        delivery: Delivery::Sandbox,
        at,
    };
    let failed = |retry| Entry::Failed { spot: spot.clone(), attempt: 1, error: Box::new(error.clone()), retry, at };
    let ended = |end| Entry::Ended { end: Box::new(end), at };
    vec![
        Entry::Created(Arc::new(created)),
        Entry::Started { spot: spot.clone(), attempt: 1, at },
        failed(Some(at + 2_000)),
        failed(None),
        Entry::Done(Box::new(done)),
        Entry::Recovered { spot: spot.clone(), output: json("null"), at },
        Entry::Skipped { spot: spot.clone(), why: Skip::When, at },
        Entry::Skipped { spot: spot.clone(), why: Skip::Disabled, at },
        Entry::Filtered { spot: spot.clone(), passed: false, at },
        Entry::Routed { spot: spot.clone(), branches: vec![0, 2], at },
        Entry::Looped { spot: spot.clone(), items: json("[1,2]"), count: 2, at },
        Entry::Turned { spot: spot.clone(), turn: 0, value: Some(json("1")), at },
        Entry::Turned { spot: spot.clone(), turn: 1, value: None, at },
        Entry::Responded { spot: spot.clone(), response: Arc::new(response), at },
        ended(End::Succeeded),
        ended(End::Stopped),
        ended(End::Failed { spot: Some(spot.clone()), error: error.clone() }),
        ended(End::Failed { spot: None, error: error.clone() }),
        ended(End::Cancelled),
    ]
    .into_iter()
    .chain(kinds_of_0_2(&spot, &error))
    .chain(kinds_of_0_3(&spot, &error))
    .chain(newer_kinds(&spot))
    .collect()
}

/// Those of 0.4, and what came after it, which is frozen with the next release.
fn newer_kinds(spot: &Spot) -> Vec<Entry> {
    let unfrozen = if env!("CARGO_PKG_VERSION") == "0.4.0" { Vec::new() } else { kinds_of_0_5(spot) };
    kinds_of_0_4().into_iter().chain(unfrozen).collect()
}

/// The same with those that no release has written yet.
fn kinds_to_come() -> Vec<Entry> {
    let spot = Spot { step: StepNo(3), turns: [7, 0].into_iter().collect() };
    every_kind().into_iter().chain(kinds_of_0_5(&spot)).collect()
}

/// What came with release 0.2.0.
fn kinds_of_0_2(spot: &Spot, error: &StepError) -> Vec<Entry> {
    let at = 1_767_225_600_456;
    let (spot, error) = (spot.clone(), Box::new(error.clone()));
    let json = |text: &'static str| Payload::of_json(text.as_bytes());
    let run = RunId(uuid::Uuid::from_u128(0x019b_0000_0000_7000_8000_0000_0000_0007));
    let chain = vec!["ship-order".parse().unwrap()];
    let caller = Caller { run, spot: spot.clone(), chain, detached: true, root: Source::Failure, at };
    let called = Called {
        spot: spot.clone(),
        attempt: 2,
        child: run,
        scenario: "price-of".into(),
        input: json(r#"{"sku":"A"}"#),
        detached: false,
        at,
    };
    let comparison = Comparison {
        left: "5".into(),
        left_type: "number".into(),
        operator: ">".into(),
        right: "3".into(),
        right_type: "number".into(),
        result: true,
    };
    let released = |release, by| Entry::Released { spot: spot.clone(), release, by, at };
    let concluded = |conclusion| Entry::Concluded { spot: spot.clone(), conclusion, value: json("{}"), at };
    vec![
        Entry::CalledBy(Box::new(caller)),
        Entry::Weighed { spot: spot.clone(), passed: true, comparisons: vec![comparison], at },
        Entry::Began { spot: spot.clone(), turn: 4, at },
        Entry::Assigned { spot: spot.clone(), values: vec![("total".into(), json("7"))], at },
        Entry::Awaiting { spot: spot.clone(), until: at + 60_000, at },
        Entry::Answered { spot: spot.clone(), answer: json(r#"{"choice":"approve"}"#), at },
        Entry::Called(Arc::new(called)),
        concluded(Conclusion::Returned),
        concluded(Conclusion::Stopped),
        Entry::Escalated { spot: spot.clone(), origin: spot.clone(), error: error.clone(), at },
        Entry::Handling { spot: spot.clone(), at },
        Entry::Held { spot: spot.clone(), error: error.clone(), due: Some(at + 1), at },
        Entry::Held { spot: spot.clone(), error: error.clone(), due: None, at },
        released(Release::Retry, None),
        released(Release::Use(json("1")), Some("admin".into())),
        released(Release::Fail, Some("admin".into())),
        Entry::Collapsed { spot: Some(spot.clone()), error, at },
    ]
}

/// What came with release 0.3.0.
fn kinds_of_0_3(spot: &Spot, error: &StepError) -> Vec<Entry> {
    let at = 1_767_225_600_789;
    let run = |last: u128| RunId(uuid::Uuid::from_u128(0x019b_0000_0000_7000_8000_0000_0000_0000 + last));
    let occasions =
        [Occasion::Attempt(1), Occasion::Failure(2), Occasion::Began(3), Occasion::Turned(4), Occasion::Recovery];
    let times = occasions.map(|occasion| Decided { spot: spot.clone(), occasion, at });
    let replayed = Replayed {
        of: run(8),
        draws: run(9),
        from: Some(spot.clone()),
        copied: 5,
        times: times.to_vec(),
        by: "admin".into(),
        at,
    };
    vec![
        Entry::Keyed { dedupe: Some("A1".into()), line: None, at },
        Entry::Doubted { spot: spot.clone(), attempt: 2, at },
        Entry::Replayed(Box::new(replayed)),
        Entry::Moved { version: Version("11ee".into()), by: "admin".into(), at },
        Entry::Unkeyed { of: KeyOf::Dedupe, error: Box::new(error.clone()), at },
        Entry::Unkeyed { of: KeyOf::Line, error: Box::new(error.clone()), at },
    ]
}

/// What came with release 0.4.0.
fn kinds_of_0_4() -> Vec<Entry> {
    let at = 1_767_225_601_012;
    let item = Item { path: vec!["entry".into(), "changes".into()], index: 2, count: 70_000 };
    let whole = Recognised {
        provider: Some("github".into()),
        event: Some("push".into()),
        id: Some("8f2c".into()),
        item: Some(item),
        at,
    };
    let plain = Recognised { at, ..Recognised::default() };
    [whole, plain].map(|recognised| Entry::Recognised(Box::new(recognised))).into()
}

/// What comes with release 0.5.0.
fn kinds_of_0_5(spot: &Spot) -> Vec<Entry> {
    let json = |text: &'static str| Payload::of_json(text.as_bytes());
    let (until, by, at) = (Some(spot.step), "admin".to_owned(), 1_767_225_601_345);
    let (pins, vars) = (vec![(StepNo(1), json("{\"id\":7}"))], vec![("total".to_owned(), json("1"))]);
    vec![Entry::Tried(Box::new(Trial { until, pins, vars, given: 2, by, at }))]
}

fn request() -> Request {
    Request {
        method: "POST".into(),
        path: "orders/A1".into(),
        params: vec![("id".into(), "A1".into())],
        query: vec![("q".into(), "王".into())],
        headers: vec![("content-type".into(), "application/json".into())],
        ip: "2001:db8::1".into(),
    }
}

#[test]
fn journals_of_every_release_are_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/journals");
    let current = folder.join(concat!(env!("CARGO_PKG_VERSION"), ".bin"));
    if !current.exists() && std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&current, encode(&every_kind())).unwrap();
        std::fs::write(current.with_extension("txt"), text(&every_kind())).unwrap();
    }
    let mut read = 0;
    for file in folder.read_dir().unwrap().map(|file| file.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "bin") {
            let entries = decode(&std::fs::read(&file).unwrap()).unwrap();
            let expected = std::fs::read_to_string(file.with_extension("txt")).unwrap();
            assert_eq!(text(&entries), expected, "{}", file.display());
            read += 1;
        }
    }
    assert!(read > 0, "{} holds no journal", folder.display());
}

#[test]
fn this_release_writes_what_it_wrote_before() {
    let current = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/journals/", env!("CARGO_PKG_VERSION"), ".bin");
    assert_eq!(encode(&every_kind()), std::fs::read(current).unwrap());
}

#[test]
fn what_no_release_has_written_yet_is_read_as_it_was_written() {
    assert_eq!(text(&decode(&encode(&kinds_to_come())).unwrap()), text(&kinds_to_come()));
}

#[test]
fn a_later_format_is_named_and_damage_is_noticed() {
    assert_eq!(decode(&[9, 0]).unwrap_err().to_string(), "journal format 9 is not known to this release");
    assert_eq!(decode(&[]).unwrap_err().to_string(), "journal bytes are damaged");
    let whole = encode(&every_kind()[..1]);
    assert!(decode(&whole[..whole.len() - 1]).is_err());
}

#[test]
fn what_is_moved_to_the_blobs_is_what_is_named_as_being_there() {
    let texts = |payloads: &[&Payload]| payloads.iter().map(|payload| payload.text().to_vec()).collect::<Vec<_>>();
    for mut entry in kinds_to_come() {
        let named = texts(&entry.payloads());
        let moved: Vec<&Payload> = entry.payloads_mut().into_iter().map(|payload| &*payload).collect();
        assert_eq!(named, texts(&moved));
    }
}

#[test]
fn large_values_move_to_the_blobs_and_back() {
    let long = format!("\"{}\"", "x".repeat(INLINE));
    let mut entry = Entry::Looped {
        spot: Spot { step: StepNo(0), turns: Default::default() },
        items: Payload::of_json(long.clone()),
        count: 0,
        at: 0,
    };
    assert!(entry.has_large_values());
    entry.offload(&OneBlob(long.clone())).unwrap();
    assert!(!entry.has_large_values());
    let bytes = encode([&entry]);
    assert!(bytes.len() < 100);
    let mut read = decode(&bytes).unwrap();
    read[0].load(&OneBlob(long.clone())).unwrap();
    let Entry::Looped { items, .. } = &read[0] else { panic!("{read:?}") };
    assert_eq!(items.text(), long.as_bytes());
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&bytes);
        let _ = decode(&[&[super::FORMAT], &bytes[..]].concat());
    }

    #[test]
    fn a_damaged_journal_does_no_harm(at in 0usize..1_200, with in any::<u8>()) {
        let mut bytes = encode(&kinds_to_come());
        let at = at % bytes.len();
        bytes[at] = with;
        let _ = decode(&bytes);
    }
}

fn text(entries: &[Entry]) -> String {
    entries.iter().map(|entry| format!("{entry:?}\n")).collect()
}

/// A store of one value.
#[derive(Debug)]
struct OneBlob(String);

impl Blobs for OneBlob {
    fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        assert_eq!(bytes, self.0.as_bytes());
        Ok(Digest([7; 32]))
    }

    fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        assert_eq!(digest.0, [7; 32]);
        Ok(Some(Bytes::from(self.0.clone())))
    }

    fn create(&self) -> Result<Box<dyn BlobWriter>, StoreError> {
        Err(StoreError::Closed)
    }

    fn open(&self, _digest: &Digest) -> Result<Option<Box<dyn BlobReader>>, StoreError> {
        Err(StoreError::Closed)
    }
}
