//! The administrator's token: from the environment, else made at the first start and kept beside the data.

use crate::private_file;
use anyhow::Context;
use server::ApiToken;
use std::path::Path;

/// The environment's name for it.
const VARIABLE: &str = "HOOKMILL_TOKEN";

/// The token of this server.
pub(super) fn of(data: &Path) -> anyhow::Result<ApiToken> {
    if let Ok(text) = std::env::var(VARIABLE) {
        return ApiToken::new(&text).with_context(|| format!("{VARIABLE} is no usable token"));
    }
    kept(&data.join("token"))
}

/// The token in this file, which is made where there is none.
fn kept(file: &Path) -> anyhow::Result<ApiToken> {
    let text = private_file::kept(file, ApiToken::generate)?;
    ApiToken::new(text.trim()).with_context(|| format!("{} holds no usable token", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_start_that_was_killed_leaves_no_token_that_stops_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        for left in [None, Some("")] {
            if let Some(text) = left {
                fs::write(&file, text).unwrap();
            }
            kept(&file).unwrap();
            assert_eq!(fs::read_to_string(&file).unwrap().len(), "hookmill_".len() + 64);
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
        fs::write(&file, "short").unwrap();
        let told = format!("{:#}", kept(&file).unwrap_err());
        assert!(told.contains("holds no usable token"), "what a person wrote is not replaced: {told}");
    }
}
