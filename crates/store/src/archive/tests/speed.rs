//! What archives cost, in figures: `cargo test --release -p store archive::tests::speed -- --ignored --nocapture`.

use super::super::{Archive, Builder, Cache, Part, Query, newest_first};
use super::{run, sample};
use crate::disk::files::RealFiles;
use crate::{Filter, Status};
use run::id::RunId;
use std::path::PathBuf;
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

/// The shortest of five times.
fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let mut timed = || {
        let start = Instant::now();
        std::hint::black_box(work());
        start.elapsed()
    };
    (0..5).map(|_| timed()).min().unwrap_or_default()
}

#[test]
#[ignore = "measures a million runs; needs a release build"]
fn a_million_runs() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::new(16 << 20);
    let paths: Vec<PathBuf> = (0..ARCHIVES).map(|part| folder.path().join(part.to_string())).collect();
    write(&paths, &cache);
    let open = |path: &PathBuf| Archive::open(Arc::new(RealFiles), path, &cache).unwrap();
    println!(
        "open: {:?} each",
        best(|| paths.iter().map(|path| open(path).counts().done).sum::<u64>()) / ARCHIVES as u32
    );
    let archives: Vec<_> = paths.iter().map(|path| Arc::new(open(path))).collect();
    let filters = |archive: &Arc<Archive>| u64::from(archive.directory(Part::Done).unwrap().filters.stored);
    println!("filters: {} KB in all", archives.iter().map(filters).sum::<u64>() / 1000);
    read(&archives);
    search(&archives);
    list(&archives);
}

fn write(paths: &[PathBuf], cache: &Arc<Cache>) {
    let (mut raw, mut stored, mut spent) = (0, 0, Duration::ZERO);
    for (part, path) in paths.iter().enumerate() {
        let numbers = part as u64 * RUNS / ARCHIVES..(part as u64 + 1) * RUNS / ARCHIVES;
        let runs = numbers.map(|number| {
            let name = run(1_700_000_000_000 + number, splitmix(number) >> 2);
            sample(name, &format!("shop-{}", number % 50), Status::Succeeded, &[&journal(number)])
        });
        let runs: Vec<_> = runs.collect();
        raw += runs.iter().flat_map(|run| &run.pieces).map(|piece| piece.len() as u64).sum::<u64>();
        let start = Instant::now();
        let mut builder = Builder::create(Arc::new(RealFiles), path, 0..=1).unwrap();
        runs.iter().for_each(|run| builder.done(run.run, &run.head, &run.pieces, &[]).unwrap());
        stored += builder.finish(cache).unwrap().counts().bytes;
        spent += start.elapsed();
    }
    println!("{RUNS} runs, {} MB raw, {} MB stored", raw / 1_000_000, stored / 1_000_000);
    println!("build: {:?} each", spent / ARCHIVES as u32);
}

fn read(archives: &[Arc<Archive>]) {
    let first = archives[3].bounds().unwrap().0;
    println!("read a neighbour: {:?}", best(|| archives[3].read(first).unwrap().unwrap()));
    // More blocks than the cache holds, each once.
    let runs: Vec<_> =
        archives.iter().flat_map(|archive| archive.each_done().step_by(500).map(|row| row.unwrap().0)).collect();
    let each = |run: &RunId| archives.iter().find_map(|archive| archive.read(*run).unwrap()).unwrap().pieces.len();
    println!("read anywhere: {:?}", best(|| runs.iter().map(each).sum::<usize>()) / runs.len() as u32);
}

fn search(archives: &[Arc<Archive>]) {
    let once = format!("{:016x}", splitmix(700_123));
    let cases = [
        ("a token that occurs once", once.as_str()),
        ("part of that token", &once[3..11]),
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
        let count = newest_first(archives, query()).count();
        println!("search: {what}: {count} found, {:?}", best(|| newest_first(archives, query()).count()));
    }
    let frequent = || Query::new(Filter { text: Some("alice".to_owned()), ..Filter::default() });
    println!("search: a frequent word, first 50: {:?}", best(|| newest_first(archives, frequent()).take(50).count()));
}

fn list(archives: &[Arc<Archive>]) {
    let absent = || Query::new(Filter { status: Some(Status::Failed), ..Filter::default() });
    println!("list: an absent status: {:?}", best(|| newest_first(archives, absent()).count()));
    let one = || Query::new(Filter { scenario: Some("shop-7".parse().unwrap()), ..Filter::default() });
    println!("list: one scenario of 50, all: {:?}", best(|| newest_first(archives, one()).count()));
    println!("list: one scenario of 50, first 50: {:?}", best(|| newest_first(archives, one()).take(50).count()));
}
