//! `cargo xtask shots`: a picture of every page in every look, made of the real binary by `web/e2e/shots.js`.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::flags::Flags;
use crate::test::browser;
use crate::workspace::Workspace;
use crate::{debian, process, run, web};

/// Builds page and binary, and takes the pictures.
pub(crate) fn perform(workspace: &Workspace, arguments: Vec<String>) -> anyhow::Result<ExitCode> {
    let flags = Flags::parse(arguments, &["--only", "--folder", "--binary"])?;
    debian::ensure(&["chromium"], || browser().is_some())?;
    let browser = browser().context("no Chromium is on the PATH")?;
    web::install(workspace)?;
    let binary = run::given_or_built(workspace, &flags)?;
    let folder = flags.get::<PathBuf>("--folder")?.unwrap_or_else(|| workspace.target.join("shots"));
    let folder = std::path::absolute(folder)?;
    let mut node = Command::new("node");
    node.current_dir(workspace.web()).arg("e2e/shots.js").arg("--binary").arg(&binary);
    node.arg("--browser").arg(browser).arg("--folder").arg(&folder);
    if let Some(only) = flags.get::<String>("--only")? {
        node.arg("--only").arg(only);
    }
    process::show(&mut node)?;
    println!("the pictures are in {}", folder.display());
    Ok(ExitCode::SUCCESS)
}
