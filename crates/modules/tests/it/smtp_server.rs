//! A real SMTP server (aiosmtpd, from PyPI) as a child process.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// The version the tests are written against.
const PACKAGE: &str = "aiosmtpd==1.4.6";

/// A running server; it goes with this value.
pub(crate) struct SmtpServer {
    child: Child,
    mails: Receiver<String>,
    pub(crate) port: u16,
}

impl SmtpServer {
    /// A server in this mode. None where there is no Python to run it, which is said.
    pub(crate) fn start(mode: &[&str]) -> Option<Self> {
        if Command::new("python3").arg("--version").output().is_err() {
            eprintln!("skipped: python3 is needed for the SMTP server");
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/smtp_server.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args(mode)
            .env("PYTHONPATH", install())
            .env("PYTHONWARNINGS", "ignore")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let port = lines.next().expect("the server tells its port").unwrap().parse().unwrap();
        // Read at once: a server whose mails nobody reads takes no more of them.
        let (sender, mails) = channel();
        thread::spawn(move || lines.map_while(Result::ok).all(|line| sender.send(line).is_ok()));
        Some(Self { child, mails, port })
    }

    /// The next mail it took.
    pub(crate) fn mail(&mut self) -> Value {
        serde_json::from_str(&self.mails.recv().unwrap()).unwrap()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The folder with the package, installed once. Several test processes may try at once: the first one wins.
fn install() -> PathBuf {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-tools");
    let folder = tools.join(PACKAGE);
    if !folder.exists() {
        std::fs::create_dir_all(&tools).unwrap();
        let fresh = tempfile::tempdir_in(&tools).unwrap().keep();
        let installed = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
            .arg(&fresh)
            .arg(PACKAGE)
            .status()
            .unwrap();
        assert!(installed.success(), "pip install {PACKAGE}");
        if std::fs::rename(&fresh, &folder).is_err() {
            std::fs::remove_dir_all(&fresh).unwrap();
        }
    }
    folder
}
