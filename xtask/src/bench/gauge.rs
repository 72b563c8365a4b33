//! What a process takes of the machine, as proc(5) tells it, and what a folder takes of the disk.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

/// Ticks of a second in which the kernel counts processor time for programs (`USER_HZ`, proc(5)).
const TICKS: u64 = 100;

/// What a process holds in memory (`VmRSS`), in MB of 10⁶ bytes.
pub(crate) fn resident(pid: u32) -> anyhow::Result<f64> {
    memory(pid, "VmRSS:")
}

/// The most that a process has held in memory since it was started (`VmHWM`), in MB of 10⁶ bytes.
pub(crate) fn peak(pid: u32) -> anyhow::Result<f64> {
    memory(pid, "VmHWM:")
}

/// The processor's time that a process has used, in its own code and in the kernel.
pub(crate) fn processor_time(pid: u32) -> anyhow::Result<Duration> {
    let stat = read(pid, "stat")?;
    let ticks = parse_ticks(&stat).with_context(|| format!("the stat of process {pid} has no times"))?;
    Ok(Duration::from_millis(ticks * 1000 / TICKS))
}

/// The bytes that a process has handed to the system to be written. What reaches the disk is more, by whole sectors; but
/// `write_bytes` would say far too much: it counts whole folios of the page cache, of which only a part is written.
pub(crate) fn written(pid: u32) -> anyhow::Result<u64> {
    let io = read(pid, "io")?;
    let number = io.lines().find_map(|line| line.strip_prefix("wchar:")?.trim().parse().ok());
    number.with_context(|| format!("the io of process {pid} has no wchar"))
}

/// How many files and connections a process has open.
pub(crate) fn descriptors(pid: u32) -> anyhow::Result<usize> {
    let folder = of(pid).join("fd");
    Ok(fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?.count())
}

/// The bytes that the disk gives to a folder and all below it; files that vanish meanwhile count for nothing.
pub(crate) fn allocated(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let size = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => allocated(&entry.path()),
        Ok(metadata) => metadata.blocks() * 512, // st_blocks counts these, whatever the file system's own are (stat(2))
        Err(_) => 0,
    };
    entries.map(size).sum()
}

fn memory(pid: u32, line: &str) -> anyhow::Result<f64> {
    let status = read(pid, "status")?;
    parse_memory(&status, line).with_context(|| format!("the status of process {pid} has no {line}"))
}

fn parse_memory(status: &str, name: &str) -> Option<f64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

/// Fields 14 and 15; the name before them may hold blanks and brackets.
fn parse_ticks(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_whitespace().skip(11).map(str::parse::<u64>);
    Some(fields.next()?.ok()? + fields.next()?.ok()?)
}

fn read(pid: u32, name: &str) -> anyhow::Result<String> {
    let path = of(pid).join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

fn of(pid: u32) -> PathBuf {
    Path::new("/proc").join(pid.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_memory() {
        let check = |status, name, expected| assert_eq!(parse_memory(status, name), expected);
        let status = "Name:\thookmill\nVmHWM:\t   62500 kB\nVmRSS:\t   31250 kB\n";
        check(status, "VmRSS:", Some(32.0));
        check(status, "VmHWM:", Some(64.0));
        check("Name:\tkthreadd\n", "VmRSS:", None);
    }

    #[test]
    fn reads_ticks() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 9 0 0 0 40 2 0 0 20 0 4 0 99 1 2";
        assert_eq!(parse_ticks(stat), Some(42));
        assert_eq!(parse_ticks("7 (a) S 1"), None);
    }

    #[test]
    fn looks_at_this_process() -> anyhow::Result<()> {
        let pid = std::process::id();
        assert!(peak(pid)? >= resident(pid)? / 2.0 && resident(pid)? > 0.0);
        assert!(descriptors(pid)? > 0 && allocated(Path::new(env!("CARGO_MANIFEST_DIR"))) > 0);
        processor_time(pid).map(drop)
    }
}
