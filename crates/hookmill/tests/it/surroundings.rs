//! A command line in surroundings that lack something: it says what, and ends by the code for it.

use crate::binary::{HELLO, folder, hookmill};
use std::fs::{self, File};
use std::process::{Command, Stdio};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hookmill"));
    command.args(arguments).stdin(Stdio::null()).env_remove("RUST_LOG");
    command
}

/// What prints data, each in its own way.
const PRINTING: [&[&str]; 8] = [
    &["modules"],
    &["modules", "--json"],
    &["functions"],
    &["schema"],
    &["check", "hello.yaml"],
    &["fmt", "-"],
    &["test", "hello.yaml"],
    &["--help"],
];

#[test]
fn a_reader_that_went_away_is_no_panic_and_no_error() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    for arguments in PRINTING {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ended =
            command(arguments).current_dir(folder.path()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        assert!(ended.status.code().is_some_and(|code| code != 101), "{arguments:?}: {:?} {said}", ended.status);
    }
}

#[test]
fn nobody_who_hears_the_talk_is_no_panic() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    for arguments in PRINTING.iter().chain(&[&["runs", "list"][..], &["no-such-thing"], &["check", "gone.yaml"]]) {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let ended = command(arguments).current_dir(folder.path()).stdout(Stdio::null()).stderr(full).status().unwrap();
        assert!(ended.code().is_some_and(|code| code != 101), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn data_that_cannot_be_written_is_an_error() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    for arguments in PRINTING.iter().filter(|arguments| **arguments != ["--help"] && arguments[0] != "fmt") {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut command = command(arguments);
        let ended = command.current_dir(folder.path()).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert!(!said.contains("panicked"), "{arguments:?}: {said}");
        let printed = hookmill(folder.path(), arguments).out;
        assert_eq!(ended.status.code(), Some(if printed.is_empty() { 0 } else { 2 }), "{arguments:?}: {said}");
    }
}

#[test]
fn without_a_home_or_any_environment_everything_works() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    for arguments in [&["check", "hello.yaml"][..], &["modules"], &["run", "hello.yaml"]] {
        let ended = command(arguments).current_dir(folder.path()).env_clear().output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments:?}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn arguments_that_are_none_end_with_2() {
    let folder = folder(&[("hello.yaml", HELLO)]);
    for arguments in [
        &["--no-such-flag"][..],
        &["chekc"],
        &["check", "--json=yes"],
        &["check", "\u{0}".trim_matches('\u{0}')],
        &["serve", "--listen", "nowhere"],
        &["serve", "--listen", "127.0.0.1:99999"],
        &["serve", "--workers", "0"],
        &["serve", "--keep", "soon"],
        &["serve", "gone", "--listen", "127.0.0.1:0"],
        &["run", "gone.yaml"],
        &["runs", "show", "no-run"],
        &["listen", "x", "--forward", "not a url"],
    ] {
        let said = hookmill(folder.path(), arguments);
        assert_eq!(said.code, 2, "{arguments:?}: {said:?}");
        assert!(!said.err.is_empty() && !said.err.contains("panicked"), "{arguments:?}: {said:?}");
    }
}

#[test]
fn a_data_folder_that_cannot_be_one_is_named() {
    let folder = folder(&[("scenarios/hello.yaml", HELLO), ("data", "a file")]);
    for data in ["data", "data/inside", "/proc/hookmill", "/dev/null/x"] {
        let said = hookmill(folder.path(), &["serve", "--listen", "127.0.0.1:0", "--data", data]);
        assert_eq!(said.code, 2, "{data}: {said:?}");
        assert!(said.err.contains(data) && !said.err.contains("panicked"), "{data}: {said:?}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("data")).unwrap(), "a file");
}

#[test]
fn a_port_that_is_taken_is_named_before_the_data_folder_is_touched() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = folder(&[("scenarios/hello.yaml", HELLO)]);
    let said = hookmill(folder.path(), &["serve", "--listen", &address, "--data", "data"]);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.err.contains(&address) && said.err.contains("--listen"), "{said:?}");
    assert!(!folder.path().join("data").exists());
}
