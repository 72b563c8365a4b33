//! Packages of the system: installed where that is allowed, else named with the exact command.

use std::process::Command;

use anyhow::bail;

use crate::process;

/// Packages ask nothing, and start none of the services that they bring.
const ENVIRONMENT: [&str; 3] = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"];

/// Makes sure of Debian packages; `present` says whether what they bring is there already.
pub(crate) fn ensure(packages: &[&str], present: impl Fn() -> bool) -> anyhow::Result<()> {
    if present() {
        return Ok(());
    }
    let list = packages.join(" ");
    let by_hand = format!("install it with: sudo apt-get update && sudo apt-get install --yes {list}");
    let Some(prefix) = privilege() else { bail!("{list} is missing; {by_hand}") };
    println!("installing {list}");
    let install = [&["install", "--yes", "--no-install-recommends"], packages].concat();
    for arguments in [["update"].as_slice(), &install] {
        let words = [prefix, &ENVIRONMENT, &["apt-get", "--quiet"], arguments].concat();
        process::read(Command::new(words[0]).args(&words[1..]))?;
    }
    if !present() {
        bail!("{list} was installed, but what it should bring is still not found; {by_hand}");
    }
    Ok(())
}

/// What to write before `apt-get` so that it may install; nothing when it may not or is not there.
fn privilege() -> Option<&'static [&'static str]> {
    if !process::succeeds("apt-get", &["--version"]) {
        return None;
    }
    let root = process::read(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if root {
        return Some(&[]);
    }
    process::succeeds("sudo", &["-n", "true"]).then_some(&["sudo", "-n"])
}
