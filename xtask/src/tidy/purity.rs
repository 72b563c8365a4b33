//! The crates that know no time, no disk and no network: what proves it.

use super::lock::Lock;
use super::sources::Source;

/// These crates.
const PURE: [&str; 4] = ["mail", "scenario", "run", "blueprint"];

/// Packages that wait, call or store. None may be reached from a pure crate, not even by way of others.
const OUTSIDE: [&str; 16] = [
    "actix-web",
    "async-io",
    "async-std",
    "hyper",
    "lettre",
    "mio",
    "notify",
    "reqwest",
    "rusqlite",
    "sled",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tungstenite",
    "ureq",
];

/// What a pure crate's `clippy.toml` forbids, so that an editor shows it while it is written.
const FORBIDDEN_TO_CLIPPY: [&str; 10] = [
    "std::time::SystemTime",
    "std::time::Instant",
    "std::fs::File",
    "std::fs::read",
    "std::fs::read_to_string",
    "std::fs::write",
    "std::net::TcpStream",
    "std::net::TcpListener",
    "std::env::var",
    "std::env::var_os",
];

/// Clippy forbids functions and types by name; whole modules are looked for here. Addresses are data.
const FORBIDDEN_IN_CODE: [&str; 9] = [
    "std::env",
    "std::fs",
    "std::os",
    "std::process",
    "std::thread",
    "std::net::Tcp",
    "std::net::Udp",
    "Instant",
    "SystemTime",
];

/// Complaints about packages that a pure crate leads to.
pub(crate) fn dependencies(lock: &Lock) -> Vec<String> {
    let of_crate = |name: &'static str| {
        let reached = lock.reach(name);
        OUTSIDE.iter().filter(move |outside| reached.contains(**outside)).map(move |it| format!("{name} leads to {it}"))
    };
    PURE.into_iter().flat_map(of_crate).collect()
}

/// Complaints about a `clippy.toml` of a pure crate that does not forbid enough, or does not say why.
pub(crate) fn lints(files: &[Source]) -> Vec<String> {
    let of_crate = |name: &str| {
        let path = format!("crates/{name}/clippy.toml");
        let text = files.iter().find(|file| file.name() == path).map_or("", |file| &file.text);
        let forbids = |what: &str| {
            let entry = format!("{{ path = \"{what}\", reason = \"");
            text.lines().any(|line| line.trim_start().strip_prefix(&entry).is_some_and(|rest| !rest.starts_with('"')))
        };
        let missing = FORBIDDEN_TO_CLIPPY.into_iter().filter(|what| !forbids(what));
        missing.map(|what| format!("{path} does not forbid {what} with a reason")).collect::<Vec<_>>()
    };
    PURE.into_iter().flat_map(of_crate).collect()
}

/// Complaints about code of a pure crate that reaches out.
pub(crate) fn code(files: &[Source]) -> Vec<String> {
    let is_pure = |file: &&Source| PURE.iter().any(|name| file.path.starts_with(format!("crates/{name}/src")));
    let of_file = |file: &Source| {
        let found = file.code().filter_map(|(number, line)| {
            let forbidden = FORBIDDEN_IN_CODE.iter().find(|forbidden| line.contains(**forbidden))?;
            Some(format!("{}:{number} names {forbidden}", file.name()))
        });
        found.collect::<Vec<_>>()
    };
    files.iter().filter(is_pure).flat_map(of_file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.to_owned() }
    }

    #[test]
    fn a_client_behind_another_package_is_found() {
        let lock = Lock::parse(
            "[[package]]\nname = \"scenario\"\nversion = \"1.0.0\"\ndependencies = [\n \"between\",\n]\n\
             [[package]]\nname = \"between\"\nversion = \"1.0.0\"\ndependencies = [\n \"tokio\",\n]\n\
             [[package]]\nname = \"tokio\"\nversion = \"1.0.0\"\n[[package]]\nname = \"run\"\nversion = \"1.0.0\"\n",
        );
        assert_eq!(dependencies(&lock), ["scenario leads to tokio"]);
    }

    #[test]
    fn what_clippy_is_not_told_is_found() {
        let entry = |what: &&str| format!("    {{ path = \"{what}\", reason = \"why\" }},\n");
        let all: String = FORBIDDEN_TO_CLIPPY.iter().map(entry).collect();
        let files = |scenario: &str| {
            [
                source("crates/mail/clippy.toml", &all),
                source("crates/scenario/clippy.toml", scenario),
                source("crates/run/clippy.toml", &all),
                source("crates/blueprint/clippy.toml", &all),
            ]
        };
        assert!(lints(&files(&all)).is_empty());
        let without_reason = all.replacen("reason = \"why\"", "reason = \"\"", 1);
        let expected = ["crates/scenario/clippy.toml does not forbid std::time::SystemTime with a reason"];
        assert_eq!(lints(&files(&without_reason)), expected);
        assert_eq!(lints(&[]).len(), PURE.len() * FORBIDDEN_TO_CLIPPY.len());
    }

    #[test]
    fn code_that_reaches_out_is_found_and_tests_may() {
        let reaches = "//! Why.\nuse std::fs;\n\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n";
        let files = [
            source("crates/run/src/a.rs", reaches),
            source("crates/run/src/tests/b.rs", reaches),
            source("crates/scenario/src/c.rs", "//! Why.\n// std::fs is not for us.\nuse std::net::IpAddr;\n"),
            source("crates/store/src/d.rs", reaches),
        ];
        assert_eq!(code(&files), ["crates/run/src/a.rs:2 names std::fs"]);
    }
}
