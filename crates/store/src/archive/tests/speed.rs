//! What archives cost, in figures: `cargo test --release -p store archive::tests::speed -- --ignored --nocapture`.

use super::super::{Archive, Builder, Cache, Query, newest_first};
use super::{run, sample};
use crate::disk::files::{Files, RealFiles};
use crate::{Filter, Status};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many runs there are, and in how many archives: 16 MiB of log each.
const RUNS: u64 = 1_000_000;
const ARCHIVES: u64 = 18;

/// A small run as a webhook with an answer leaves it: about 300 bytes, with an address, a number, and a random token.
fn journal(number: u64) -> String {
    let token = splitmix(number);
    let names = ["alice", "bob", "carla", "dmitri", "eve", "farid", "grace", "hugo"];
    format!(
        r#"{{"method":"POST","path":"/hook/ship-order","headers":{{"content-type":"application/json","user-agent":"shop/2.{}"}},"body":{{"order":"A{number:07}","email":"{}{}@example.com","token":"{token:016x}","total":{}.{:02},"lines":[{{"sku":"SKU-{}","qty":{}}}]}}}}{{"status":200,"json":{{"response":"Hello","row":"Shipments!A{}"}}}}"#,
        token % 10,
        names[token as usize % 8],
        token >> 20 & 0xFFF,
        token >> 32 & 0x3FF,
        token >> 42 & 0x3F,
        token >> 50 & 0xFF,
        token % 9,
        number % 100_000,
    )
}

/// A good mix of a number's bits (SplitMix64).
fn splitmix(number: u64) -> u64 {
    let z = number.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    (0..5).map(|_| timed(&mut work).1).min().unwrap_or_default()
}

#[test]
#[ignore = "measures a million runs; needs a release build"]
fn a_million_runs() {
    let folder = tempfile::tempdir().unwrap();
    let files: Arc<dyn Files> = Arc::new(RealFiles);
    let cache = Cache::new(16 << 20);
    let (mut raw, mut spent, mut stored) = (0, Duration::ZERO, 0);
    let mut archives = Vec::new();
    for part in 0..ARCHIVES {
        let numbers = part * RUNS / ARCHIVES..(part + 1) * RUNS / ARCHIVES;
        let runs = numbers.map(|number| {
            let name = run(1_700_000_000_000 + number, splitmix(number) >> 2);
            sample(name, &format!("shop-{}", number % 50), Status::Succeeded, &[&journal(number)])
        });
        let runs: Vec<_> = runs.collect();
        raw += runs.iter().flat_map(|run| &run.pieces).map(|piece| piece.len()).sum::<usize>();
        let path = folder.path().join(part.to_string());
        let (built, took) = timed(|| {
            let mut builder = Builder::create(files.clone(), &path, 0..=1).unwrap();
            runs.iter().for_each(|run| builder.done(run.run, &run.head, &run.pieces, &[]).unwrap());
            builder.finish(&cache).unwrap()
        });
        spent += took;
        stored += built.counts().bytes;
        archives.push(path);
    }
    let each = spent / ARCHIVES as u32;
    println!(
        "{RUNS} runs, {} MB raw, {} MB stored, {each:?} to build one archive",
        raw / 1_000_000,
        stored / 1_000_000
    );
    let opened = best(|| {
        archives.iter().map(|path| Archive::open(files.clone(), path, &cache).unwrap().counts().done).sum::<u64>()
    });
    println!("open: {:?} each", opened / ARCHIVES as u32);
    let open = |path: &std::path::PathBuf| Arc::new(Archive::open(files.clone(), path, &cache).unwrap());
    let archives: Vec<_> = archives.iter().map(open).collect();
    let first = archives[3].bounds().unwrap().0;
    println!("read again: {:?}", best(|| archives[3].read(first).unwrap().unwrap()));
    let far: Vec<_> = archives.iter().map(|archive| archive.bounds().unwrap().1).collect();
    let cold = best(|| {
        archives.iter().zip(&far).map(|(archive, run)| archive.read(*run).unwrap().unwrap().pieces.len()).sum::<usize>()
    });
    println!("read elsewhere: {:?}", cold / ARCHIVES as u32);
    let last = format!("{:016x}", splitmix(700_123));
    let cases = [
        ("a token that occurs once", last.as_str()),
        ("part of that token", &last[3..11]),
        ("an order number", "A0123456"),
        ("an absent word", "zebra"),
        ("an absent number", "99887766554"),
        ("absent, of frequent parts", "application/jsox"),
        ("absent, three bytes", "qqq"),
        ("absent, two bytes", "z~"),
        ("absent, a quote", "\"\"\""),
        ("absent, beyond ASCII", "東京"),
    ];
    for (what, text) in cases {
        let query = || Query::new(Filter { text: Some(text.to_owned()), ..Filter::default() });
        let count = newest_first(&archives, query()).count();
        println!("{what:28} {count:7} found, all: {:?}", best(|| newest_first(&archives, query()).count()));
    }
    let frequent = || Query::new(Filter { text: Some("alice".to_owned()), ..Filter::default() });
    println!("a frequent word, first 50: {:?}", best(|| newest_first(&archives, frequent()).take(50).count()));
    let failed = || Query::new(Filter { status: Some(Status::Failed), ..Filter::default() });
    println!("an absent status: {:?}", best(|| newest_first(&archives, failed()).count()));
    let one = || Query::new(Filter { scenario: Some("shop-7".parse().unwrap()), ..Filter::default() });
    println!(
        "a scenario, all {}: {:?}",
        newest_first(&archives, one()).count(),
        best(|| newest_first(&archives, one()).count())
    );
    println!("a scenario, first 50: {:?}", best(|| newest_first(&archives, one()).take(50).count()));
}
