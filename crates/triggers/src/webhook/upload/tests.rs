//! Bodies of all kinds and sizes, in chunks of all sizes: what is taken in, and what is refused.

use super::*;
use futures_util::stream;
use run::resume::ResumeKey;
use std::collections::BTreeSet;

const BOUNDS: Bounds = Bounds { parsed: 40_000, files: 2_000_000 };

fn files() -> Files {
    Files::new(store::open("memory:").unwrap().blobs, &ResumeKey([7; 32]))
}

fn fields(names: &[&str]) -> TriggerReads {
    TriggerReads::Fields(names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>())
}

fn take(reception: &Reception, body: &[u8], chunk: usize, files: &Files) -> Result<Body, Refusal> {
    let chunks: Vec<_> = body.chunks(chunk).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(receive(reception.clone(), None, stream::iter(chunks), files, BOUNDS, |_| Ok(())))
}

fn content(files: &Files, file: &FileValue) -> Vec<u8> {
    let mut reader = files.open(file.file.as_ref().unwrap()).unwrap();
    assert_eq!(reader.length(), file.size);
    let mut content = Vec::new();
    loop {
        let piece = reader.read(50_000).unwrap();
        if piece.is_empty() {
            return content;
        }
        content.extend_from_slice(&piece);
    }
}

fn form(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut body = Vec::new();
    for (disposition, content) in parts {
        body.extend_from_slice(format!("--cut\r\nContent-Disposition: form-data; {disposition}\r\n\r\n").as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--cut--\r\n");
    body
}

fn noise(size: usize) -> Vec<u8> {
    (0..size).map(|n| (n * n / 3 + n) as u8).collect()
}

#[test]
fn what_is_parsed_is_held_and_what_is_not_is_a_file() {
    let parts = Reception::Parts { boundary: "cut".into() };
    let file = |kind: &str| Reception::File { content_type: kind.into() };
    let large = Some(1_000_000);
    for (content_type, announced, reads, expected) in [
        (Some("application/json"), large, fields(&["file"]), Reception::Whole),
        (Some("text/csv"), large, fields(&["file"]), Reception::Whole),
        (None, large, fields(&["file"]), Reception::Whole),
        (Some("image/PNG; x=y"), large, fields(&["file"]), file("image/png")),
        (Some("application/zip"), None, fields(&["file"]), file("application/zip")),
        (Some("application/zip"), Some(16 * 1024), fields(&["file"]), Reception::Whole),
        (Some("application/zip"), large, fields(&["raw"]), Reception::Whole),
        (Some("application/zip"), large, TriggerReads::All, file("application/zip")),
        (Some("multipart/form-data; boundary=cut"), large, fields(&["files"]), parts.clone()),
        (Some("multipart/form-data; boundary=cut"), large, fields(&["raw", "files"]), Reception::Whole),
        (Some(""), large, fields(&[]), file("application/octet-stream")),
    ] {
        let reception = Reception::of(content_type.map(str::as_bytes), announced, &reads);
        assert_eq!(reception, Ok(expected), "{content_type:?} {announced:?} {reads:?}");
    }
    let unbounded = Reception::of(Some(b"multipart/form-data"), None, &fields(&[]));
    assert_eq!(unbounded.unwrap_err().code, "bad_body");
}

#[test]
fn room_is_asked_for_what_is_held_and_for_nothing_else() {
    let (files, large) = (files(), noise(200_000));
    let body = form(&[
        ("name=\"note\"", &[b'x'; 3_000]),
        ("name=\"large\"; filename=\"l.bin\"", &large),
        ("name=\"small\"; filename=\"s.bin\"", b"12345"),
    ]);
    let chunks = || stream::iter(body.chunks(1_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for (most, fits) in [(3_005, true), (3_004, false), (2_999, false)] {
        let mut left = most;
        let room = |bytes: u64| {
            left = u64::checked_sub(left, bytes).ok_or_else(|| Refusal::busy(2))?;
            Ok(())
        };
        let reception = Reception::Parts { boundary: "cut".into() };
        let taken = runtime.block_on(receive(reception, None, chunks(), &files, BOUNDS, room));
        assert_eq!(taken.err().map(|refusal| refusal.status), (!fits).then_some(503), "{most}");
    }
}

#[test]
fn a_raw_body_of_any_size_comes_in_whole() {
    let files = files();
    let reception = Reception::File { content_type: "image/png".into() };
    for size in [0, 1, INLINE, INLINE + 1, 300_000, 1_000_000] {
        let bytes = noise(size);
        for chunk in [7_000, 300_000] {
            match take(&reception, &bytes, chunk, &files).unwrap() {
                Body::Whole(whole) => assert!(size <= INLINE && whole == bytes),
                Body::File(file) => {
                    assert!(size > INLINE && content(&files, &file) == bytes);
                    assert_eq!((file.content_type.as_str(), file.size), ("image/png", size as u64));
                }
                Body::Parts { .. } => panic!("there are no parts"),
            }
        }
    }
}

#[test]
fn parts_become_fields_and_files() {
    let files = files();
    let reception = Reception::Parts { boundary: "cut".into() };
    let (large, small) = (noise(700_000), noise(10));
    let body = form(&[
        ("name=\"title\"", b"Hello"),
        ("name=\"doc\"; filename=\"x/large.bin\"\r\nContent-Type: image/png", &large),
        ("name=\"tags[]\"", b"a"),
        ("name=\"tiny\"; filename=\"small.bin\"", &small),
        ("name=\"tags[]\"", b"b"),
    ]);
    for chunk in [1_009, 64 * 1024, body.len()] {
        let Body::Parts { fields, files: taken } = take(&reception, &body, chunk, &files).unwrap() else {
            panic!("these are parts")
        };
        assert_eq!(fields, serde_json::json!({"title": "Hello", "tags": ["a", "b"]}));
        assert_eq!(taken.len(), 2);
        assert_eq!((taken[0].name.as_str(), taken[0].filename.as_str()), ("doc", "large.bin"));
        assert_eq!(taken[0].content_type, "image/png");
        assert!(content(&files, &taken[0]) == large);
        assert_eq!(taken[1], FileValue::small("tiny", "small.bin", "application/octet-stream", &small));
    }
}

#[test]
fn bodies_beyond_their_bounds_are_refused() {
    let files = files();
    let status = |reception: &Reception, body: &[u8]| take(reception, body, 9_999, &files).map_err(|no| no.status);
    let most_parsed = noise(BOUNDS.parsed as usize);
    assert!(status(&Reception::Whole, &most_parsed).is_ok());
    assert_eq!(status(&Reception::Whole, &noise(40_001)).err(), Some(413));
    let file = Reception::File { content_type: "image/png".into() };
    assert!(status(&file, &noise(2_000_000)).is_ok());
    assert_eq!(status(&file, &noise(2_000_001)).err(), Some(413));
    let parts = Reception::Parts { boundary: "cut".into() };
    let half = vec![b'x'; 20_000];
    assert!(status(&parts, &form(&[("name=\"a\"", &half), ("name=\"b\"", &half)])).is_ok());
    assert_eq!(
        status(&parts, &form(&[("name=\"a\"", &half), ("name=\"b\"", &half), ("name=\"c\"", b"1")])).err(),
        Some(413)
    );
    let too_large = form(&[("name=\"f\"; filename=\"f\"", &noise(2_000_000))]);
    assert_eq!(status(&parts, &too_large).err(), Some(413));
    let many = vec![("name=\"a\"", &b"1"[..]); 101];
    assert_eq!(status(&parts, &form(&many)).err(), Some(400));
}

/// What comes before a part's content has to be held until it is there: no sender makes it long, and none may.
#[test]
fn w10_a_part_whose_head_does_not_end_is_refused_before_it_is_held() {
    let head = b"--cut\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\nx-long: ";
    for (what, begin) in [("a head", &head[..]), ("what stands before the first part", b"")] {
        let (files, bounds) = (files(), Bounds { parsed: 40_000, files: 1 << 30 });
        let taken = std::sync::atomic::AtomicUsize::new(0);
        let filling = std::iter::repeat_with(|| {
            taken.fetch_add(8_192, std::sync::atomic::Ordering::Relaxed);
            Ok(Bytes::from_static(&[b'x'; 8_192]))
        });
        let chunks = stream::iter([Ok(Bytes::copy_from_slice(begin))].into_iter().chain(filling).take(4_096));
        let reception = Reception::Parts { boundary: "cut".into() };
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let refusal = runtime.block_on(receive(reception, None, chunks, &files, bounds, |_| Ok(()))).unwrap_err();
        assert_eq!((refusal.status, refusal.code), (400, "bad_body"), "{what}");
        let taken = taken.into_inner();
        assert!(taken <= 256 * 1024, "{what}: {taken} bytes were taken");
    }
}

/// The library reads on as long as there is anything: one piece at a time is enough, however quickly they come.
#[test]
fn a_file_that_comes_at_once_is_not_held_at_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let (files, given, most) = (files(), AtomicUsize::new(0), AtomicUsize::new(0));
    let head = "--cut\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n";
    let filling = std::iter::repeat_with(|| {
        given.fetch_add(1_000, Ordering::Relaxed);
        Ok(Bytes::from_static(&[b'x'; 1_000]))
    });
    let begin = [Ok(Bytes::from_static(head.as_bytes()))].into_iter();
    let chunks = begin.chain(filling.take(1_000)).chain([Ok(Bytes::from_static(b"\r\n--cut--\r\n"))]);
    let bounds = Bounds { parsed: 100_000_000, files: 1 << 30 };
    // Room is asked for each piece as it comes out.
    let room = |_| {
        most.fetch_max(given.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        Ok(())
    };
    let reception = Reception::Parts { boundary: "cut".into() };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(receive(reception, None, stream::iter(chunks), &files, bounds, room)).unwrap();
    assert!(most.load(Ordering::Relaxed) <= 3_000, "{most:?} bytes at once");
}

#[test]
fn a_form_that_breaks_off_is_refused() {
    let files = files();
    let reception = Reception::Parts { boundary: "cut".into() };
    let whole = form(&[("name=\"a\"", b"1"), ("name=\"f\"; filename=\"f\"", &noise(20_000))]);
    for cut in (0..whole.len() - 4).step_by(997).chain([whole.len() - 5]) {
        assert_eq!(take(&reception, &whole[..cut], 4_096, &files).unwrap_err().status, 400, "{cut}");
    }
}
