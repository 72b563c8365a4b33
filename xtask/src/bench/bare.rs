//! The bare actix-web handler that the gateway is held against: `crates/server/examples/bare.rs`.

use std::path::PathBuf;

use super::wrk::Outcome;
use crate::process;
use crate::workspace::Workspace;

/// One run of each, one right after the other, so that whatever else the machine does meets both.
pub(crate) struct Pair<T> {
    /// The bare handler's.
    pub(crate) bare: Outcome,
    /// The measured server's.
    pub(crate) ours: T,
}

/// Builds it; gives the binary.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    process::show(workspace.cargo().args(["build", "--release", "--package", "server", "--example", "bare"]))?;
    Ok(workspace.target.join("release/examples/bare"))
}
