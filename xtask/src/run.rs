//! `cargo xtask run`: from a fresh clone to a served folder in one command.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::flags::Flags;
use crate::workspace::Workspace;
use crate::{node, process, web};

/// Builds page and binary, then becomes `hookmill serve scenarios`. A C compiler is not looked for: without one this
/// program could not have been linked.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let binary = build(workspace)?;
    let mut serve = Command::new(&binary);
    serve.current_dir(&workspace.root).args(["serve", "scenarios"]).args(arguments);
    Err(serve.exec()).with_context(|| format!("cannot start {}", binary.display()))
}

/// The binary of `--binary FILE`, else a new one.
pub(crate) fn given_or_built(workspace: &Workspace, flags: &Flags) -> anyhow::Result<PathBuf> {
    match flags.get::<PathBuf>("--binary")? {
        Some(binary) => binary.canonicalize().with_context(|| format!("there is no {}", binary.display())),
        None => build(workspace),
    }
}

/// Builds page and binary; gives the binary. Without a page everything else works still.
fn build(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    if let Err(error) = build_page(workspace) {
        let page =
            if web::is_built(workspace) { "the page stays as it was last built" } else { "the page is left out" };
        eprintln!("{page}: {error:#}\neverything else works without it\n");
    }
    process::show(workspace.cargo().args(["build", "--release", "--package", "hookmill"]))?;
    Ok(workspace.target.join("release/hookmill"))
}

fn build_page(workspace: &Workspace) -> anyhow::Result<()> {
    if let Some(complaint) = node::complaint() {
        anyhow::bail!(complaint);
    }
    web::install(workspace)?;
    web::build(workspace)
}
