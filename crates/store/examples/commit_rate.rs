//! How many runs a second the store makes durable, and what one costs: `commit_rate [FOLDER] [SIZE]`. Runs of one piece
//! of SIZE bytes (300), for 1, 16 and 128 callers that each wait for one append after another; then reads and lists.

use run::id::RunId;
use run::retention::Durability;
use std::error::Error;
use std::time::{Duration, Instant};
use store::{Append, Filter, Head, Status, Store};
use uuid::Uuid;

type Failure = Box<dyn Error + Send + Sync>;

const RUNS: [(usize, usize); 3] = [(1, 4_000), (16, 60_000), (128, 200_000)];

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "commit-rate-data".into());
    let size = arguments.next().map_or(Ok(300), |text| text.parse())?;
    let store = store::open(&format!("sled:{folder}"))?;
    println!("opened, resident {} MiB", resident());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    for (callers, runs) in RUNS {
        let (cpu, start) = (cpu(), Instant::now());
        let mut latencies = runtime.block_on(append(&store, callers, runs / callers, size))?;
        let (took, used) = (start.elapsed(), crate::cpu().saturating_sub(cpu));
        latencies.sort_unstable();
        let at = |share: f64| latencies[((latencies.len() - 1) as f64 * share) as usize].as_micros();
        println!(
            "{callers:>4} callers: {:>6.0} appends/s, {:>5.1} us CPU each, p50 {} us, p99 {} us, resident {} MiB",
            latencies.len() as f64 / took.as_secs_f64(),
            used.as_secs_f64() * 1e6 / latencies.len() as f64,
            at(0.5),
            at(0.99),
            resident(),
        );
    }
    read(&store)?;
    Ok(())
}

async fn append(store: &Store, callers: usize, each: usize, size: usize) -> Result<Vec<Duration>, Failure> {
    let tasks: Vec<_> = (0..callers).map(|caller| tokio::spawn(call(store.clone(), caller, each, size))).collect();
    let mut latencies = Vec::new();
    for task in tasks {
        latencies.extend(task.await??);
    }
    Ok(latencies)
}

async fn call(store: Store, caller: usize, each: usize, size: usize) -> Result<Vec<Duration>, Failure> {
    let scenario: run::id::ScenarioId = if caller == 0 { "rare".parse()? } else { "hello".parse()? };
    let bytes: Vec<u8> = (0..size).map(|n| (n * 7 % 251) as u8).collect();
    let mut latencies = Vec::with_capacity(each);
    for _ in 0..each {
        let start = Instant::now();
        let run = RunId(Uuid::now_v7());
        let at = run.created();
        let head = Head { scenario: scenario.clone(), status: Status::Succeeded, wake: None, at, line: None };
        let (bytes, digests, durability) = (bytes.clone(), Vec::new(), Durability::Disk);
        store.journal.append(Append { run, piece: 0, head, bytes, digests, claim: None, durability }).await?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}

fn read(store: &Store) -> Result<(), Failure> {
    let start = Instant::now();
    let newest = store.journal.list(&Filter::default(), 50)?;
    println!("list of the newest 50: {:?}", start.elapsed());
    let start = Instant::now();
    let none = Filter { scenario: Some("none".parse()?), ..Filter::default() };
    let found = store.journal.list(&none, 50)?.len();
    println!("list of a scenario with {found} runs: {:?}, resident {} MiB", start.elapsed(), resident());
    let start = Instant::now();
    for (run, _) in &newest {
        store.journal.read(*run)?.ok_or("a listed run is not there")?;
    }
    println!("read of one run: {:?}", start.elapsed() / newest.len().max(1) as u32);
    Ok(())
}

/// CPU time of this process so far; 0 where the system does not tell.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    // User and system time are fields 14 and 15, in hundredths of a second (proc(5)).
    let ticks: u64 = after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

/// Resident memory of this process without what it maps from files, in MiB; 0 where the system does not tell.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() / 1024
}
