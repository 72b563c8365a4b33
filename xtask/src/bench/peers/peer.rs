//! Another program under measurement: a process on a free port of this machine, with all that it starts.

use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::process;

/// How long a peer may take to be there: the first start of some prepares a database.
const PATIENCE: Duration = Duration::from_secs(180);

/// Killed when dropped, with its children.
pub(crate) struct Peer {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
}

impl Peer {
    /// Starts it and waits until it answers as it should.
    pub(crate) fn start(
        mut command: Command,
        address: SocketAddr,
        log: &Path,
        answers: impl Fn(SocketAddr) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| format!("cannot make {}", log.display()))?;
        // A group of its own, so that what it starts can be ended with it.
        command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).process_group(0);
        let process = command.spawn().with_context(|| format!("cannot start {:?}", command.get_program()))?;
        let mut peer = Self { process, address };
        let end = Instant::now() + PATIENCE;
        while let Err(error) = answers(address) {
            if let Some(status) = peer.process.try_wait()? {
                bail!("the peer ended ({status}); {} says why", log.display());
            }
            if Instant::now() > end {
                bail!("the peer does not answer ({error:#}); {} may say why", log.display());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Fails only when all of them have ended already.
        let _ = process::listen(Command::new("kill").args(["-KILL", "--", &format!("-{}", self.process.id())]));
        let _ = self.process.wait();
    }
}

/// A port that is free now.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
