//! Calls the binary in a folder of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// What the binary said, and how it ended.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// The data it printed, as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Calls it in this folder.
pub(crate) fn hookmill(folder: &Path, arguments: &[&str]) -> Said {
    with_stdin(folder, arguments, "")
}

/// Calls it in this folder with something to read.
pub(crate) fn with_stdin(folder: &Path, arguments: &[&str], input: &str) -> Said {
    call(folder, arguments, &[], input)
}

/// Calls it in this folder with these variables.
pub(crate) fn hookmill_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    call(folder, arguments, variables, "")
}

fn call(folder: &Path, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Said {
    let mut child = Command::new(env!("CARGO_BIN_EXE_hookmill"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RUST_LOG")
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It may end without having read anything.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// The repository's root, where `scenarios/` is.
pub(crate) fn root() -> PathBuf {
    fs::canonicalize(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).unwrap()
}

/// A scenario that answers.
pub(crate) const HELLO: &str = "\
trigger: { webhook: { path: hello, verify: none } }
steps:
  - respond: { json: { response: Hello } }
";
