//! The first start on a machine, without a token given: what is said, and who may read what is kept.

use crate::binary::{HELLO, folder};
use crate::served::Connection;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

/// A process that does not outlive its test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn it_says_where_to_log_in_and_what_to_call() {
    let basic = "verify: { basic: { user: u, password: pass-word-1 } }";
    let folder = folder(&[
        ("scenarios/hello.yaml", HELLO),
        ("scenarios/hidden.yaml", &HELLO.replace("path: hello, ", "")),
        ("scenarios/shut.yaml", &HELLO.replace("hello", "a").replace("verify: none", basic)),
        ("scenarios/below/deep.yaml", &HELLO.replace("hello", "deep")),
    ]);
    let server = Command::new(env!("CARGO_BIN_EXE_hookmill"))
        .args(["serve", "--listen", "127.0.0.1:0"])
        .current_dir(folder.path())
        .env_remove("HOOKMILL_TOKEN")
        .env("RUST_LOG", "info")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut server = Killed(server.unwrap());
    let mut said = Vec::new();
    for line in BufReader::new(server.0.stderr.take().unwrap()).lines() {
        said.push(line.unwrap());
        if said.last().is_some_and(|line| line.starts_with("  try")) {
            break;
        }
    }
    let link = said.iter().find_map(|line| line.strip_prefix("  log in   http://")).expect("a link to log in");
    let (address, path) = link.split_once('/').unwrap();
    let hooks: Vec<&String> = said.iter().filter(|line| line.contains("/hook/") && line.contains("webhook")).collect();
    assert_eq!(hooks.len(), 3, "{said:?}");
    assert!(said.iter().any(|line| line.starts_with("  left out scenarios/below/deep.yaml")), "{said:?}");
    assert!(said.iter().any(|line| line.contains(" INFO ")), "{said:?}");
    assert!(!said.iter().any(|line| line.contains('\u{1b}')), "a log that is no terminal has no colours: {said:?}");
    assert!(said.last().unwrap().contains(&format!("curl http://{address}/hook/")), "{said:?}");
    assert!(!said.last().unwrap().ends_with("/hook/a"), "a hook that wants a login is none to try: {said:?}");

    let mut connection = Connection::open(address.parse().unwrap()).unwrap();
    let answer = connection.send("GET", &format!("/{path}"), &[], b"").unwrap();
    let cookie = answer.header("set-cookie").expect("a session").split(';').next().unwrap().to_owned();
    let runs = connection.send("GET", "/api/v1/runs", &[("cookie", &cookie)], b"").unwrap();
    assert_eq!((answer.status, runs.status), (303, 200));

    let file = folder.path().join(".hookmill/token");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let bearer = format!("Bearer {}", fs::read_to_string(&file).unwrap().trim());
    let runs = connection.send("GET", "/api/v1/runs", &[("authorization", &bearer)], b"").unwrap();
    assert_eq!(runs.status, 200);
}
