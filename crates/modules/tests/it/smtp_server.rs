//! A real SMTP server (aiosmtpd, from PyPI) as a child process.

use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// The version the tests are written against.
const PACKAGE: &str = "aiosmtpd==1.4.6";

/// What looks at signatures, with what it needs for those by Ed25519.
const VERIFIER: &str = "dkimpy[ed25519]==1.1.8";

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
        let script = script("smtp_server.py");
        let mut child = Command::new("python3")
            .arg(script)
            .args(mode)
            .env("PYTHONPATH", install(PACKAGE))
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

/// Whether the signature of this mail is good, as another program sees it (dkimpy, from PyPI), where the DNS has this
/// record: its name and its text.
#[allow(dead_code, reason = "not every binary that has this file looks at signatures")]
pub(crate) fn is_signed(mail: &str, record: (&str, &str)) -> bool {
    let mut child = Command::new("python3")
        .arg(script("dkim_verify.py"))
        .args([record.0, record.1])
        .env("PYTHONPATH", install(VERIFIER))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(mail.as_bytes()).unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    said.trim() == "good"
}

/// A program of the tests, whichever crate has this file.
fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../modules/testdata").join(name)
}

/// The folder with the package, installed once. Several test processes may try at once: the first one wins.
fn install(package: &str) -> PathBuf {
    let tools = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("test-tools");
    let folder = tools.join(package);
    if !folder.exists() {
        std::fs::create_dir_all(&tools).unwrap();
        let fresh = tempfile::tempdir_in(&tools).unwrap().keep();
        let installed = Command::new("python3")
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
            .arg(&fresh)
            .arg(package)
            .status()
            .unwrap();
        assert!(installed.success(), "pip install {package}");
        if std::fs::rename(&fresh, &folder).is_err() {
            std::fs::remove_dir_all(&fresh).unwrap();
        }
    }
    folder
}
