//! Lists and searches against a walk through everything.

use super::super::Needle;
use super::super::{Archive, Cache, Newest, Part, Query, grams, newest_first};
use super::{Content, Sample, archive, orders, run, sample};
use crate::disk::files::RealFiles;
use crate::{Filter, Status};
use proptest::prelude::*;
use run::id::RunId;
use std::collections::BTreeMap;
use std::sync::Arc;

fn text(text: &str) -> Filter {
    Filter { text: Some(text.to_owned()), ..Filter::default() }
}

/// What fits, by the plain meaning of the words; `fits` tells of the text.
fn expected(samples: &[Sample], filter: &Filter, fits: impl Fn(&Sample) -> bool) -> Vec<RunId> {
    let fitting = samples.iter().filter(|sample| {
        filter.scenario.as_ref().is_none_or(|scenario| *scenario == sample.head.scenario)
            && filter.status.is_none_or(|status| status == sample.head.status)
            && filter.since.is_none_or(|since| sample.run.created() >= since)
            && filter.until.is_none_or(|until| sample.run.created() < until)
            && filter.before.is_none_or(|before| sample.run < before)
            && fits(sample)
    });
    let sorted: BTreeMap<RunId, ()> = fitting.map(|sample| (sample.run, ())).collect();
    sorted.into_keys().rev().collect()
}

fn holds(sample: &Sample, text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    sample.pieces.iter().any(|piece| String::from_utf8_lossy(piece).to_ascii_lowercase().contains(&text))
}

#[test]
fn lists_have_what_fits_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let done = orders(4_000);
    let archives = [archive(folder.path(), "1", &Content { done: done.clone(), ..Content::default() })];
    let (start, end) = (done[0].run.created(), done[3_999].run.created());
    let scenario = "shop-3".parse().unwrap();
    let filters = [
        Filter::default(),
        Filter { scenario: Some(scenario), ..Filter::default() },
        Filter { scenario: Some("absent".parse().unwrap()), ..Filter::default() },
        Filter { status: Some(Status::Stopped), ..Filter::default() },
        Filter { status: Some(Status::Running), ..Filter::default() },
        Filter { since: Some(start + 100), until: Some(start + 300), ..Filter::default() },
        Filter { since: Some(end + 1), ..Filter::default() },
        Filter { since: Some(i64::MIN), until: Some(i64::MAX), ..Filter::default() },
        Filter { since: Some(start + 300), until: Some(start + 100), ..Filter::default() },
        Filter { before: Some(done[1_234].run), status: Some(Status::Failed), ..Filter::default() },
    ];
    for filter in filters {
        let found = newest_first(&archives, Query::new(filter.clone())).map(|found| found.unwrap().0);
        assert_eq!(found.collect::<Vec<_>>(), expected(&done, &filter, |_| true), "{filter:?}");
    }
}

#[test]
fn searches_find_what_a_walk_finds() {
    let folder = tempfile::tempdir().unwrap();
    let done = orders(4_000);
    let archives = [archive(folder.path(), "1", &Content { done: done.clone(), ..Content::default() })];
    let token = format!("{:016x}", 3_777_u64.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let needles = [
        "A1234",
        "a123",
        "9",
        "SKU-30",
        "sku",
        "jörg 42",
        "zebra",
        "Shipments!A49",
        "東京",
        "東",
        "order\":\"A77\"",
        &token,
    ];
    for needle in needles {
        let found = newest_first(&archives, Query::new(text(needle))).map(|found| found.unwrap().0);
        assert_eq!(found.collect::<Vec<_>>(), expected(&done, &text(needle), |run| holds(run, needle)), "{needle}");
    }
    let filter = Filter { status: Some(Status::Failed), before: Some(done[2_000].run), ..text("sku-3\"") };
    let found = newest_first(&archives, Query::new(filter.clone())).map(|found| found.unwrap().0);
    assert_eq!(found.collect::<Vec<_>>(), expected(&done, &filter, |run| holds(run, "sku-3\"")));
}

#[test]
fn open_runs_are_searched_in_the_same_way() {
    let folder = tempfile::tempdir().unwrap();
    let open: Vec<Sample> = (0..900).map(|n| sample(run(n, n), "a", Status::Held, &[&format!("parcel {n}")])).collect();
    let archive = archive(folder.path(), "1", &Content { open: open.clone(), ..Content::default() });
    let found = Newest::of(archive, Part::Open, Arc::new(Query::new(text("PARCEL 77")))).map(|found| found.unwrap().0);
    assert_eq!(found.collect::<Vec<_>>(), expected(&open, &Filter::default(), |run| holds(run, "parcel 77")));
}

#[test]
fn a_text_is_not_found_across_pieces_and_runs() {
    let folder = tempfile::tempdir().unwrap();
    let done = vec![
        sample(run(1, 0), "a", Status::Failed, &["needle", "work"]),
        sample(run(2, 0), "a", Status::Failed, &["shop", "nothing"]),
        sample(run(3, 0), "a", Status::Failed, &["", "needlework"]),
    ];
    let archives = [archive(folder.path(), "1", &Content { done: done.clone(), ..Content::default() })];
    let find = |needle: &str| -> Vec<RunId> {
        newest_first(&archives, Query::new(text(needle))).map(|found| found.unwrap().0).collect()
    };
    assert_eq!(find("needlework"), [done[2].run]);
    assert_eq!(find("workshop"), []);
    assert_eq!(find("needle"), [done[2].run, done[0].run]);
    assert_eq!(find(""), [done[2].run, done[1].run, done[0].run], "an empty text is everywhere");
}

#[test]
fn many_archives_are_one_list_and_read_no_further_than_asked() {
    let folder = tempfile::tempdir().unwrap();
    let done = orders(6_000);
    // Every archive has runs of a time of its own and some of another's; two have the same run.
    let parts: Vec<Vec<Sample>> = (0..6)
        .map(|part| {
            let mine =
                |place: usize| place / 1_000 == part || (place.is_multiple_of(100) && place / 1_000 == (part + 3) % 6);
            (0..done.len()).filter(|place| mine(*place)).map(|place| done[place].clone()).collect()
        })
        .collect();
    let name = |(number, part): (usize, Vec<Sample>)| {
        archive(folder.path(), &number.to_string(), &Content { done: part, ..Content::default() })
    };
    let archives: Vec<_> = parts.into_iter().enumerate().map(name).collect();
    for filter in
        [Filter::default(), text("sku-7"), text("a59"), Filter { before: Some(done[2_500].run), ..text("köln") }]
    {
        let needle = filter.text.clone().unwrap_or_default();
        let found = newest_first(&archives, Query::new(filter.clone())).map(|found| found.unwrap().0);
        assert_eq!(found.collect::<Vec<_>>(), expected(&done, &filter, |run| holds(run, &needle)), "{filter:?}");
    }
    // The newest three do not need the oldest archives, even if those cannot be read.
    let anew = |old: &Arc<Archive>| Archive::open(Arc::new(RealFiles), old.path(), &Cache::new(0)).map(Arc::new);
    let archives: Vec<_> = archives.iter().map(|old| anew(old).unwrap()).collect();
    std::fs::remove_file(archives[0].path()).unwrap();
    let newest: Vec<_> =
        newest_first(&archives, Query::new(Filter::default())).take(3).map(|found| found.unwrap().0).collect();
    assert_eq!(newest, [done[5_999].run, done[5_998].run, done[5_997].run]);
    assert!(newest_first(&archives, Query::new(Filter::default())).any(|found| found.is_err()));
}

#[test]
fn a_text_is_found_in_all_its_spellings() {
    let cases = [
        ("Order", r#"{"ORDER":1}"#, true),
        ("rde", r#"{"order":1}"#, true),
        ("ordre", r#"{"order":1}"#, false),
        (r#"say "hi""#, r#"{"note":"say \"hi\""}"#, true),
        (r#"say \"hi\""#, r#"{"note":"say \"hi\""}"#, true),
        ("a\nb", r#"{"note":"a\nb"}"#, true),
        (r"C:\temp", r#"{"path":"c:\\TEMP"}"#, true),
        ("https://example.com/a", r#"{"url":"https:\/\/example.com\/a"}"#, true),
        ("https://example.com/a", r#"{"url":"https://example.com/a"}"#, true),
        ("Jörg", r#"{"name":"J\u00f6rg"}"#, true),
        ("Jörg", r#"{"name":"J\u00F6RG"}"#, true),
        ("jörg", "JÖRG", true),
        ("JÖRG", "Jörg", true),
        ("über", "Über", true),
        ("jorg", "Jörg", false),
        ("東京", r#"{"city":"\u6771\u4EAC"}"#, true),
        ("京", "東京タワー", true),
        ("大阪", "東京タワー", false),
        ("😀", r#"{"mood":"\ud83d\ude00"}"#, true),
        ("\u{1}", r#"{"odd":"\u0001"}"#, true),
        ("a/ü", r#"{"odd":"a\/\u00fc"}"#, true),
    ];
    let mut scratch = Vec::new();
    for (needle, piece, found) in cases {
        let needle = Needle::new(needle).unwrap();
        assert_eq!(needle.is_in(piece.as_bytes(), &mut scratch), found, "{needle:?} in {piece}");
        let filter = grams::filter(&piece.to_ascii_lowercase().into_bytes());
        assert!(!found || needle.may_be_in(&filter), "the filter denies what is there: {piece}");
    }
    assert!(Needle::new("").is_none());
}

#[test]
fn filters_rule_out_most_of_what_is_not_there() {
    let block: Vec<u8> = orders(430).iter().flat_map(|sample| sample.pieces.concat()).collect();
    let filter = grams::filter(&block.to_ascii_lowercase());
    assert!(filter.len() <= block.len() / 8);
    // Numbers and tokens like those that are there, but others.
    let absent = (10_000..20_000_u64).map(|n| format!("token\":\"{:016x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let passed = absent.filter(|text| Needle::new(text).unwrap().may_be_in(&filter)).count();
    assert!(passed < 200, "{passed} of 10000");
}

proptest! {
    #[test]
    fn a_filter_never_denies_what_is_there(block in proptest::collection::vec(any::<u8>(), 0..600), start in any::<usize>(), length in 0..64_usize) {
        let block = block.to_ascii_lowercase();
        let start = start % (block.len() + 1);
        let part = &block[start..(start + length).min(block.len())];
        let grams: Vec<u32> = grams::grams(part).collect();
        prop_assert!(grams::may_hold(&grams::filter(&block), &grams));
    }
}
