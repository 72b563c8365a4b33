//! A server under measurement: a process on a free port of this machine.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use super::scratch::Scratch;
use super::{Bench, http};
use crate::process;

/// How long a server may take to start, to end, or to do its work.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Lets the measurement ask the API; the servers listen on this machine alone.
pub(crate) const TOKEN: &str = "a-token-of-the-measurement-0123456789abcdef";

/// Killed when dropped.
pub(crate) struct Server {
    process: Child,
    log: PathBuf,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From before it was started to its first 200.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Serves a scratch folder.
    pub(crate) fn hookmill(bench: &Bench, scratch: &Scratch) -> anyhow::Result<Self> {
        Self::hookmill_with(bench, scratch, &[])
    }

    /// The same with more arguments.
    pub(crate) fn hookmill_with(bench: &Bench, scratch: &Scratch, more: &[&str]) -> anyhow::Result<Self> {
        Self::serve(Command::new(&bench.binary), scratch, free_address()?, more)
    }

    /// The same at this address, which must be free.
    pub(crate) fn hookmill_at(bench: &Bench, scratch: &Scratch, address: SocketAddr) -> anyhow::Result<Self> {
        Self::serve(Command::new(&bench.binary), scratch, address, &[])
    }

    /// The same, by a command that starts the program and takes its arguments.
    pub(crate) fn hookmill_under(command: Command, scratch: &Scratch) -> anyhow::Result<Self> {
        Self::serve(command, scratch, free_address()?, &[])
    }

    fn serve(mut command: Command, scratch: &Scratch, address: SocketAddr, more: &[&str]) -> anyhow::Result<Self> {
        command.arg("serve").arg(scratch.scenarios()).args(["--listen", &address.to_string()]).args(more);
        command.arg("--data").arg(scratch.data()).env("HOOKMILL_TOKEN", TOKEN).env_remove("RUST_LOG");
        Self::start(command, address, scratch.file("log"))
    }

    /// What the gateway is held against.
    pub(crate) fn bare(binary: &Path, scratch: &Scratch) -> anyhow::Result<Self> {
        let address = free_address()?;
        let mut command = Command::new(binary);
        command.arg(address.to_string());
        Self::start(command, address, scratch.file("bare.log"))
    }

    fn start(mut command: Command, address: SocketAddr, log: PathBuf) -> anyhow::Result<Self> {
        let output = File::create(&log)?;
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
        let start = Instant::now();
        let process = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let mut server = Self { process, log, address, ready_after: Duration::ZERO };
        server.wait_for("it to be ready", |server| {
            http::get(server.address, "/readyz").is_ok_and(|ready| ready.is_ok())
        })?;
        server.ready_after = start.elapsed();
        Ok(server)
    }

    /// Looks every millisecond until it holds.
    pub(crate) fn wait_for(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) -> anyhow::Result<()> {
        let end = Instant::now() + PATIENCE;
        while !holds(self) {
            if let Some(status) = self.process.try_wait()? {
                bail!("the server ended ({status}) while waiting for {what}:\n{}", self.said());
            }
            if Instant::now() > end {
                bail!("waited too long for {what}:\n{}", self.said());
            }
            thread::sleep(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Kills it as a power cut would end it: no signal handler runs.
    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn stop(mut self) -> anyhow::Result<()> {
        process::read(Command::new("kill").args(["-TERM", &self.process.id().to_string()]))?;
        let end = Instant::now() + PATIENCE;
        while self.process.try_wait()?.is_none() {
            if Instant::now() > end {
                bail!("the server does not end:\n{}", self.said());
            }
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }

    fn said(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
