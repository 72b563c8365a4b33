//! The watched folder, as editors, deployments and accidents change it.

use crate::binary::HELLO;
use crate::far_side::FarSide;
use crate::served::Served;
use serde_json::json;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

const CHANGED: &str = r#"{"response":"Changed"}"#;

fn changed() -> String {
    HELLO.replace("response: Hello", "response: Changed")
}

fn scenarios(served: &Served) -> PathBuf {
    served.path().join("scenarios")
}

fn link(to: impl AsRef<Path>, at: impl AsRef<Path>) {
    symlink(to, at).unwrap();
}

#[test]
fn what_is_no_scenario_in_the_folder_stops_nothing() {
    let mut served = Served::start(&[("hello.yaml", HELLO)]);
    let folder = scenarios(&served);
    assert!(Command::new("mkfifo").arg(folder.join("pipe.yaml")).status().unwrap().success());
    fs::create_dir(folder.join("folder.yaml")).unwrap();
    link("loop.yaml", folder.join("loop.yaml"));
    link("/dev/zero", folder.join("zero.yaml"));
    link("nowhere", folder.join("dangling.yaml"));
    fs::write(folder.join("latin.yaml"), b"name: caf\xe9\n").unwrap();
    fs::File::create(folder.join("large.yaml")).unwrap().set_len(1 << 40).unwrap();
    served.write("hello.yaml", &changed());
    served.wait_for("the change", |served| served.get("/hook/hello").text() == CHANGED);
    let made = served.api("PUT", "/scenarios/new", &json!({ "text": HELLO.replace("hello", "new") }).to_string());
    assert_eq!(made.status, 200, "{}", made.text());
    served.stop();
    served.restart();
    assert_eq!(served.get("/hook/hello").text(), CHANGED);
    assert_eq!(served.get("/hook/new").status, 200);
    assert!(served.memory("VmHWM") < 400 * 1024, "{} KiB", served.memory("VmHWM"));
}

#[test]
fn a_file_that_cannot_be_read_leaves_the_last_good_version_serving_also_after_a_restart() {
    let mut served = Served::start(&[("hello.yaml", HELLO), ("other.yaml", &HELLO.replace("hello", "other"))]);
    fs::write(scenarios(&served).join("hello.yaml"), b"name: caf\xe9\n").unwrap();
    served.write("other.yaml", &changed().replace("hello", "other"));
    served.wait_for("the change", |served| served.get("/hook/other").text() == CHANGED);
    assert_eq!(served.get("/hook/hello").status, 200);
    served.stop();
    served.restart();
    assert_eq!(served.get("/hook/hello").status, 200);
    served.write("hello.yaml", &changed());
    served.wait_for("the file that can be read again", |served| served.get("/hook/hello").text() == CHANGED);
}

#[test]
fn a_folder_that_is_replaced_is_watched_on() {
    let mut served = Served::start(&[("hello.yaml", HELLO)]);
    let (folder, new) = (scenarios(&served), served.path().join("new"));
    fs::create_dir(&new).unwrap();
    fs::write(new.join("hello.yaml"), changed()).unwrap();
    fs::rename(&folder, served.path().join("old")).unwrap();
    fs::rename(&new, &folder).unwrap();
    served.wait_for("the new folder's text", |served| served.get("/hook/hello").text() == CHANGED);
    served.write("hello.yaml", HELLO);
    served.wait_for("a change in the new folder", |served| served.get("/hook/hello").text() != CHANGED);
}

/// As a mounted configuration changes: the files are links into a folder that is itself a link, which is swapped.
#[test]
fn connections_behind_links_are_used_when_the_link_is_swapped() {
    let far_side = FarSide::start();
    let ask = "
trigger: { webhook: { path: ask, verify: none } }
steps:
  - http.request: { connection: shop, url: /x }
  - respond: {}
";
    let connection = |base: &str, rest: &str| format!("shop: {{ type: http, base: \"{base}\"{rest} }}\n");
    let mut served = Served::start(&[
        ("connections.yaml", &connection("http://shop.example.com", ", sandbox: true")),
        ("ask.yaml", ask),
    ]);
    served.stop();
    let folder = scenarios(&served);
    for version in ["one", "two"] {
        fs::create_dir(folder.join(version)).unwrap();
    }
    fs::rename(folder.join("connections.yaml"), folder.join("one/connections.yaml")).unwrap();
    fs::write(folder.join("two/connections.yaml"), connection(&far_side.url(""), "")).unwrap();
    link("one", folder.join("..data"));
    link("..data/connections.yaml", folder.join("connections.yaml"));
    served.restart();
    assert_eq!((served.get("/hook/ask").status, far_side.requests()), (204, 0));
    link("two", folder.join("..next"));
    fs::rename(folder.join("..next"), folder.join("..data")).unwrap();
    served.wait_for("a real call", |served| {
        served.get("/hook/ask");
        far_side.requests() > 0
    });
}

#[test]
fn what_is_put_goes_where_the_link_leads_and_keeps_who_may_read_it() {
    let served = Served::start(&[]);
    let (file, at) = (served.path().join("elsewhere.yaml"), scenarios(&served).join("hello.yaml"));
    fs::write(&file, HELLO).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    link("../elsewhere.yaml", &at);
    let put = served.api("PUT", "/scenarios/hello", &json!({ "text": changed() }).to_string());
    assert_eq!(put.status, 200, "{}", put.text());
    assert_eq!(fs::read_to_string(&file).unwrap(), changed());
    assert!(fs::symlink_metadata(&at).unwrap().is_symlink());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn of_those_who_make_a_scenario_at_once_one_is_told_that_it_is_there() {
    let served = Served::start(&[]);
    for round in 0..10 {
        let texts: Vec<String> = (0..8).map(|n| HELLO.replace("response: Hello", &format!("response: {n}"))).collect();
        let make = |text: &str| {
            let given = json!({ "id": format!("new{round}"), "text": text.replace("hello", &format!("new{round}")) });
            served.api("POST", "/scenarios", &given.to_string()).status
        };
        let told: Vec<u16> = thread::scope(|scope| {
            let threads: Vec<_> = texts.iter().map(|text| scope.spawn(|| make(text))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(told.iter().filter(|status| **status == 201).count(), 1, "{told:?}");
        let winner = told.iter().position(|status| *status == 201).unwrap();
        assert_eq!(served.get(&format!("/hook/new{round}")).text(), format!("{{\"response\":{winner}}}"));
    }
}

#[test]
fn what_was_saved_a_moment_ago_is_not_overwritten() {
    let served = Served::start(&[("hello.yaml", HELLO)]);
    let version = served.api("GET", "/scenarios/hello", "").json()["version"].clone();
    served.write("hello.yaml", &changed());
    let put = served.api("PUT", "/scenarios/hello", &json!({ "text": HELLO, "version": version }).to_string());
    assert_eq!(put.status, 409, "{}", put.text());
    for number in 0..10 {
        let saved = HELLO.replace("response: Hello", &format!("response: {number}"));
        served.write("hello.yaml", &saved);
        let switch = if number % 2 == 0 { "disable" } else { "enable" };
        assert_eq!(served.api("POST", &format!("/scenarios/hello/{switch}"), "").status, 200);
        let text = fs::read_to_string(scenarios(&served).join("hello.yaml")).unwrap();
        assert!(text.contains(&format!("response: {number}")), "{text}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_not_overwritten_by_a_new_scenario() {
    let served = Served::start(&[]);
    let file = scenarios(&served).join("notes.yaml");
    fs::write(&file, b"caf\xe9\n").unwrap();
    let given = json!({ "id": "notes", "text": HELLO }).to_string();
    for (method, path) in [("POST", "/scenarios"), ("PUT", "/scenarios/notes")] {
        let made = served.api(method, path, &given);
        assert_eq!(made.status, 409, "{method}: {}", made.text());
    }
    assert_eq!(fs::read(&file).unwrap(), b"caf\xe9\n");
}
