//! Real servers as child processes, each in a folder of its own and on a free port; they go with the value that holds them.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to answer at its port.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server.
pub(crate) struct Daemon {
    command: Box<dyn Fn() -> Command + Send + Sync>,
    child: Child,
    pub(crate) port: u16,
}

/// The program of this name; none where the machine lacks it, which is said. Where `CI` is set, it must be there.
pub(crate) fn program(name: &str, package: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = ["/usr/sbin".into(), "/usr/local/sbin".into()].into_iter().chain(postgres_folders());
    let folders = std::env::split_paths(&path).chain(others);
    let found = folders.map(|folder| folder.join(name)).find(|path| path.is_file());
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none(), "{name} is missing; install {package}");
        eprintln!("skipped: {name} is needed; install {package}");
    }
    found
}

/// Where Debian keeps the programs of PostgreSQL, which several versions may have.
fn postgres_folders() -> Vec<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    versions.map(|version| version.path().join("bin")).collect()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The program as this user, where we are root and could be anyone.
pub(crate) fn run_as(user: &str, program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--clear-groups", "--"]).arg(program);
    command
}

/// Gives the folder and what is in it to this user, where we are root.
pub(crate) fn given_to(user: &str, folder: &Path) {
    if is_root() {
        let given = Command::new("chown").arg("-R").arg(user).arg(folder).status().unwrap();
        assert!(given.success(), "chown {user}");
    }
}

/// A port that nobody listens at now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Daemon {
    /// Starts the server and waits until it takes connections at the port.
    pub(crate) fn start(port: u16, command: impl Fn() -> Command + Send + Sync + 'static) -> Self {
        let child = spawned(&mut command());
        let mut daemon = Self { command: Box::new(command), child, port };
        daemon.wait();
        daemon
    }

    /// Ends the server at once, as a crash would.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Ends the server by this signal.
    pub(crate) fn end(&mut self, signal: &str) {
        let told = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status().unwrap();
        assert!(told.success(), "kill -s {signal}");
        let _ = self.child.wait();
    }

    /// Sends this signal to the server and the processes that it has started.
    #[allow(dead_code, reason = "not every binary that has this file does so")]
    pub(crate) fn signal_all(&self, signal: &str) {
        let id = self.child.id();
        let children = fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
        let told =
            Command::new("kill").args(["-s", signal, &id.to_string()]).args(children.split_whitespace()).status();
        assert!(told.unwrap().success(), "kill -s {signal}");
    }

    /// Starts it again at the same port.
    pub(crate) fn restart(&mut self) {
        self.kill();
        self.child = spawned(&mut (self.command)());
        self.wait();
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("the server ended: {status}");
            }
            assert!(begun.elapsed() < PATIENCE, "nobody answers at port {}", self.port);
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawned(command: &mut Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// An authority that nobody knows, and a certificate for `localhost` that it gave.
pub(crate) struct Certificates {
    folder: TempDir,
    pub(crate) authority: String,
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Certificates {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let authority = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap().pem();
        let kept = |name: &str, text: &str| kept(folder.path(), name, text);
        let (certificate, key) = (kept("certificate.pem", &certificate), kept("key.pem", &key.serialize_pem()));
        Self { authority, certificate, key, folder }
    }

    /// Where they are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}

fn kept(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    // Servers refuse keys that others could read.
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    path
}
