//! `cargo xtask run`: from a fresh clone to a served folder in one command.

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::workspace::Workspace;
use crate::{node, process, web};

/// Builds page and binary, then becomes `hookmill serve scenarios`. A C compiler is not looked for: without one this
/// program could not have been linked.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    if let Err(error) = build_page(workspace) {
        let page =
            if web::is_built(workspace) { "the page stays as it was last built" } else { "the page is left out" };
        eprintln!("{page}: {error:#}\neverything else works without it\n");
    }
    process::show(workspace.cargo().args(["build", "--release", "--package", "hookmill"]))?;
    let binary = workspace.target.join("release/hookmill");
    let mut serve = Command::new(&binary);
    serve.current_dir(&workspace.root).args(["serve", "scenarios"]).args(arguments);
    Err(serve.exec()).with_context(|| format!("cannot start {}", binary.display()))
}

fn build_page(workspace: &Workspace) -> anyhow::Result<()> {
    if let Some(complaint) = node::complaint() {
        anyhow::bail!(complaint);
    }
    web::install(workspace)?;
    web::build(workspace)
}
