//! The web page: its packages, its build, and when neither needs doing again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use crate::process;
use crate::workspace::Workspace;

/// What the page is built from, relative to `web/`.
const SOURCES: [&str; 8] = [
    "src",
    "public",
    "index.html",
    "package.json",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Installs the page's packages, unless the lock file has not changed since they were.
pub(crate) fn install(workspace: &Workspace) -> anyhow::Result<()> {
    let web = workspace.web();
    // A link leads to packages that others use as well, and npm would empty that folder first.
    if web.join("node_modules").is_symlink() {
        return Ok(());
    }
    let installed = changed(&web.join("node_modules/.package-lock.json"));
    if installed.is_some() && installed >= changed(&web.join("package-lock.json")) {
        return Ok(());
    }
    println!("installing the page's packages (npm ci)");
    process::read(npm(workspace).args(["ci", "--no-audit", "--no-fund"]))?;
    Ok(())
}

/// Builds the page into `web/dist`, unless no source is newer than what is there.
pub(crate) fn build(workspace: &Workspace) -> anyhow::Result<()> {
    let built = changed(&entry(workspace));
    let sources = SOURCES.iter().filter_map(|source| newest(&workspace.web().join(source))).max();
    if built.is_some() && built >= sources {
        return Ok(());
    }
    println!("building the page (vite build)");
    process::read(npm(workspace).args(["run", "--silent", "build"]))?;
    Ok(())
}

/// Whether a built page is there, new or old.
pub(crate) fn is_built(workspace: &Workspace) -> bool {
    entry(workspace).is_file()
}

/// An npm command in the page's folder.
pub(crate) fn npm(workspace: &Workspace) -> Command {
    let mut command = Command::new("npm");
    command.current_dir(workspace.web());
    command
}

fn entry(workspace: &Workspace) -> PathBuf {
    workspace.web().join("dist/index.html")
}

/// When the newest file in or at `path` was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    let Ok(entries) = fs::read_dir(path) else { return changed(path) };
    entries.flatten().filter_map(|entry| newest(&entry.path())).max()
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
