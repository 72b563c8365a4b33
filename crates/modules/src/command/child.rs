//! A program that was started, and its end: it does not outlive whoever waits for it, and neither does what it has started.

use run::error::StepError;
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;
use tokio::sync::oneshot;

/// How much it may write to each of its outputs, in bytes.
const OUTPUT: usize = 1024 * 1024;

/// How long its outputs may stay open after its end: somebody it has started, and let go, may hold them.
const LINGER: Duration = Duration::from_secs(2);

/// What of the server's environment it gets.
const ENVIRONMENT: [&str; 4] = ["PATH", "LANG", "LC_ALL", "TZ"];

/// A program that runs.
pub(super) struct Child {
    ended: oneshot::Receiver<Result<Ended, StepError>>,
    _group: Group,
}

/// What a program came to.
pub(super) struct Ended {
    /// None where a signal has ended it.
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

/// The processes of the program, as long as they can be named: none once it has been waited for, as its number may be
/// another's then.
#[derive(Clone)]
struct Leader(Arc<Mutex<Option<Pid>>>);

/// Ends the processes when nobody waits for them any more.
struct Group(Leader);

impl Child {
    pub(super) fn start(path: &Path, arguments: &[String], input: String) -> Result<Self, StepError> {
        let folder = Folder::new().map_err(|error| unstarted(&error))?;
        let mut child = Command::new(path)
            .args(arguments)
            .env_clear()
            .envs(ENVIRONMENT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("HOME", folder.path())
            .current_dir(folder.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| unstarted(&error))?;
        let leader = Leader(Arc::new(Mutex::new(Pid::from_raw(child.id() as i32))));
        let group = Group(leader.clone());
        let (tell, ended) = oneshot::channel();
        let (stdout, stderr) =
            (reader(child.stdout.take(), leader.clone()), reader(child.stderr.take(), leader.clone()));
        if let Some(mut stdin) = child.stdin.take() {
            // It need not read what it is given.
            std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
        }
        std::thread::spawn(move || {
            let outcome = leader.reaped(&mut child).map_err(|error| unstarted(&error)).and_then(|status| {
                let (stdout, stderr) = (text(&stdout)?, text(&stderr)?);
                Ok(Ended { code: status.code(), stdout, stderr })
            });
            drop(folder);
            // Whoever waited may have gone.
            let _ = tell.send(outcome);
        });
        Ok(Self { ended, _group: group })
    }

    /// What it comes to. Whoever drops this ends it.
    pub(super) async fn ended(mut self) -> Result<Ended, StepError> {
        let outcome = (&mut self.ended).await;
        outcome.unwrap_or_else(|_| Err(unstarted(&io::Error::other("nobody waited for it"))))
    }
}

impl Leader {
    /// Ends the processes, if they can still be named.
    fn kill(&self) {
        let leader = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(leader) = *leader {
            // Those that are gone need not be ended.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }

    /// Waits for its end, and ends what it leaves behind while its number is still its own.
    fn reaped(&self, child: &mut process::Child) -> io::Result<ExitStatus> {
        let pid = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pid) = pid {
            while let Err(error) = waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT) {
                if error != rustix::io::Errno::INTR {
                    break;
                }
            }
            self.kill();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        }
        child.wait()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.0.kill();
    }
}

/// An empty folder, which goes with this.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("hookmill-command-{}", uuid::Uuid::now_v7()));
        fs::create_dir(&path)?;
        Ok(Self(path))
    }

    fn path(&self) -> &OsStr {
        self.0.as_os_str()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed stays in the folder of things that are temporary.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Reads an output to its end; one that is too long ends the program.
fn reader(output: Option<impl Read + Send + 'static>, leader: Leader) -> mpsc::Receiver<Vec<u8>> {
    let (tell, read) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(output) = output {
            // What was read before an error counts.
            let _ = output.take(OUTPUT as u64 + 1).read_to_end(&mut bytes);
        }
        if bytes.len() > OUTPUT {
            leader.kill();
        }
        let _ = tell.send(bytes);
    });
    read
}

fn text(output: &mpsc::Receiver<Vec<u8>>) -> Result<String, StepError> {
    let bytes = output.recv_timeout(LINGER).map_err(|_| {
        StepError::permanent("command_failed", "something that the command has started keeps its output open")
    })?;
    if bytes.len() > OUTPUT {
        return Err(StepError::permanent("too_large", format!("the command writes more than {OUTPUT} bytes")));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn unstarted(error: &io::Error) -> StepError {
    StepError::permanent("command_failed", format!("the command cannot be run: {error}"))
}
