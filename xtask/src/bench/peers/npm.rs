//! The peers as npm brings them: versions that were seen to work together, installed once below `target/peers`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;
use serde_json::{Value, json};

use crate::process;
use crate::workspace::Workspace;

/// The Node.js that both run on; its package brings the program and the headers for native modules.
const NODE: &str = "24.21.0";
const N8N: &str = "2.41.1";
const NODE_RED: &str = "5.0.7";
const NODE_GYP: &str = "11";

/// What is installed.
pub(crate) struct Installed {
    /// The folder with Node.js: `bin/`, `include/`.
    node: PathBuf,
    /// What `node` starts to be n8n.
    pub(crate) n8n: PathBuf,
    /// What `node` starts to be Node-RED.
    pub(crate) node_red: PathBuf,
    /// Where peers may keep what they need.
    pub(crate) folder: PathBuf,
}

impl Installed {
    /// Installs what is not there yet, which takes minutes and 3 GB.
    pub(crate) fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        let folder = workspace.target.join("peers");
        let node = install_node(&folder)?;
        let installed = Self {
            node,
            n8n: folder.join("n8n/node_modules/n8n/bin/n8n"),
            node_red: folder.join("node-red/node_modules/node-red/red.js"),
            folder,
        };
        installed.install("node-red", &json!({}), &[&format!("node-red@{NODE_RED}")])?;
        // A later linkedom asks for a package that registries lack; install scripts fetch programs from elsewhere.
        let pinned = json!({ "linkedom": "0.18.12" });
        installed.install("n8n", &pinned, &["--ignore-scripts", &format!("n8n@{N8N}")])?;
        installed.build_native(&installed.folder.join("n8n/node_modules/sqlite3"))?;
        Ok(installed)
    }

    /// A command that runs a script.
    pub(crate) fn node(&self) -> Command {
        self.with_node(self.node.join("bin/node"))
    }

    fn install(&self, name: &str, overrides: &Value, packages: &[&str]) -> anyhow::Result<()> {
        let folder = self.folder.join(name);
        // Written last: what is not named in it is half of an installation, or an older one.
        let done = folder.join("installed");
        let wanted = packages.join(" ");
        if fs::read_to_string(&done).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        make_package(&folder, overrides)?;
        let mut npm = self.with_node("npm");
        npm.current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--loglevel=error"]).args(packages);
        process::show(&mut npm)?;
        Ok(fs::write(done, wanted)?)
    }

    /// The one native module that is needed and has no program in its package.
    fn build_native(&self, package: &Path) -> anyhow::Result<()> {
        if package.join("build/Release/node_sqlite3.node").is_file() {
            return Ok(());
        }
        let mut gyp = self.with_node("npx");
        gyp.current_dir(package).args(["--yes", &format!("node-gyp@{NODE_GYP}"), "rebuild"]);
        // As a variable: a setting in the user's own npm configuration would win over an argument.
        gyp.env("npm_config_nodedir", &self.node);
        process::read(&mut gyp).map(drop)
    }

    fn with_node(&self, program: impl Into<OsString>) -> Command {
        let mut command = Command::new(program.into());
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.node.join("bin")].into_iter().chain(std::env::split_paths(&path));
        // Only a folder with a colon in its name cannot be joined; then the system's Node.js is found, or none.
        command.env("PATH", std::env::join_paths(folders).unwrap_or(path.clone()));
        command
    }
}

/// Gives the folder of Node.js inside of its package, which is named for the machine.
fn install_node(peers: &Path) -> anyhow::Result<PathBuf> {
    let folder = peers.join("node");
    if find_node(&folder).is_none() {
        make_package(&folder, &json!({}))?;
        let mut npm = Command::new("npm");
        npm.current_dir(&folder).args(["install", "--no-audit", "--no-fund", &format!("node@{NODE}")]);
        process::show(&mut npm)?;
    }
    find_node(&folder).context("the npm package `node` brings no Node.js for this machine")
}

fn find_node(folder: &Path) -> Option<PathBuf> {
    let modules = [folder.join("node_modules"), folder.join("node_modules/node/node_modules")];
    let entries = modules.iter().filter_map(|modules| fs::read_dir(modules).ok()).flatten().flatten();
    entries.map(|entry| entry.path()).find(|path| path.join("bin/node").is_file() && path.join("include/node").is_dir())
}

fn make_package(folder: &Path, overrides: &Value) -> anyhow::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let package = json!({ "private": true, "overrides": overrides });
    Ok(fs::write(folder.join("package.json"), package.to_string())?)
}
