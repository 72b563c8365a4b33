//! Node.js, which builds the web page: is it there, and is it new enough?

use std::fmt;
use std::process::Command;

use crate::process;

/// The oldest Node.js that the page's build tool runs on; `web/package.json` says the same under `engines`.
pub(crate) const OLDEST: Version = Version { major: 20, minor: 19 };

const NODE: &str = "install it with: curl -fsSL https://deb.nodesource.com/setup_22.x | sudo bash - && sudo apt-get \
                    install --yes nodejs";
const NPM: &str = "install it with: sudo apt-get install --yes npm";

/// As much of a version as matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version {
    major: u32,
    minor: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// Nothing when Node.js and npm can be used, else what is wrong and what to type.
pub(crate) fn complaint() -> Option<String> {
    let version = |program| process::read(Command::new(program).arg("--version")).ok();
    complaint_about(version("node").as_deref(), version("npm").as_deref())
}

fn complaint_about(node: Option<&str>, npm: Option<&str>) -> Option<String> {
    let what = match node.map(parse) {
        None => "Node.js is missing".to_owned(),
        Some(None) => "`node --version` gives no version".to_owned(),
        Some(Some(version)) if version < OLDEST => format!("Node.js {version} is too old"),
        Some(Some(_)) if npm.is_none() => return Some(format!("npm is missing; {NPM}")),
        Some(Some(_)) => return None,
    };
    Some(format!("{what} (at least {OLDEST} is needed); {NODE}"))
}

/// Reads what `node --version` prints: `v20.19.4`.
fn parse(text: &str) -> Option<Version> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.').map(str::parse);
    Some(Version { major: numbers.next()?.ok()?, minor: numbers.next()?.ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_wrong_with_node() {
        let check = |node, npm, expected: Option<&str>| {
            let complaint = complaint_about(node, npm);
            match expected {
                None => assert_eq!(complaint, None),
                Some(words) => assert!(complaint.as_deref().is_some_and(|text| text.contains(words)), "{complaint:?}"),
            }
        };
        check(Some("v20.19.0\n"), Some("11.0.0"), None);
        check(Some("v24.1.2\n"), Some("11.0.0"), None);
        check(Some("v24.1.2\n"), None, Some("npm is missing"));
        check(Some("v20.18.3\n"), Some("11.0.0"), Some("Node.js 20.18 is too old (at least 20.19"));
        check(Some("v18.20.4\n"), Some("11.0.0"), Some("Node.js 18.20 is too old"));
        check(Some("no version\n"), Some("11.0.0"), Some("gives no version"));
        check(None, None, Some("Node.js is missing"));
        check(None, None, Some("apt-get install --yes nodejs"));
    }
}
