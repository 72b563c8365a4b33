//! Files that hold a secret of the installation: made at the first start, and read by their owner alone.

use anyhow::Context;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The text in this file, which is made where there is none.
pub(crate) fn kept(file: &Path, make: impl Fn() -> String) -> anyhow::Result<String> {
    match fs::read_to_string(file) {
        // A start that was killed may have left it so, before it was ever told to anyone.
        Ok(text) if text.is_empty() => made(file, make()),
        Ok(text) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => made(file, make()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", file.display())),
    }
}

/// A new text, in a file that is whole as soon as it has its name.
fn made(file: &Path, text: String) -> anyhow::Result<String> {
    write(file, &text).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(text)
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    let new = file.with_extension("new");
    let mut written = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(&new, file)?;
    fs::File::open(crate::sources::parent(file))?.sync_all()
}
