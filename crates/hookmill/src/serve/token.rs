//! The administrator's token: from the environment, else made at the first start and kept beside the data.

use anyhow::Context;
use server::ApiToken;
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// The environment's name for it.
const VARIABLE: &str = "HOOKMILL_TOKEN";

/// The token of this server.
pub(super) fn of(data: &Path) -> anyhow::Result<ApiToken> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return ApiToken::new(&text).with_context(|| format!("{VARIABLE} is no usable token"));
    }
    let file = data.join("token");
    let text = match fs::read_to_string(&file) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => make(&file)?,
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", file.display())),
    };
    ApiToken::new(text.trim()).with_context(|| format!("{} holds no usable token", file.display()))
}

/// A new token, in a file that its owner alone can read.
fn make(file: &Path) -> anyhow::Result<String> {
    let text = ApiToken::generate();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write {}", file.display()))?;
    Ok(text)
}
