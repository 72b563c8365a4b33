//! Tests in files of their own.

use crate::binary::{HELLO, folder, hookmill};

const BESIDE: &str = "- { name: says hello, expect: { response: { status: 200, json: { response: Hello } } } }\n";

#[test]
fn a_file_beside_the_scenario_holds_tests_of_it() {
    let as_map = format!("tests:\n  {BESIDE}");
    for (name, text) in [("hello.test.yaml", BESIDE), ("hello.test.yml", &as_map)] {
        let folder = folder(&[("hello.yaml", HELLO), (name, text)]);
        for arguments in [&["test"][..], &["test", "hello.yaml"], &["test", name]] {
            let said = hookmill(folder.path(), arguments);
            assert_eq!(said.code, 0, "{}", said.err);
            assert!(said.err.contains("hello: says hello") && said.err.contains("1 passed"), "{}", said.err);
        }
        let said = hookmill(folder.path(), &["check"]);
        assert!(said.code == 0 && said.err.starts_with("1 scenario, 0 errors"), "{} {}", said.out, said.err);
    }
}

#[test]
fn what_is_wrong_is_said_at_its_place_in_its_file() {
    let wrong = BESIDE.replace("Hello", "Ho");
    let folder = folder(&[("hello.yaml", HELLO), ("hello.test.yaml", &format!("# tests\n{wrong}"))]);
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("FAIL  hello: says hello  ./hello.test.yaml:2:3"), "{}", said.err);
    assert!(said.err.contains("response.json.response: expected \"Ho\", was \"Hello\""), "{}", said.err);
}

#[test]
fn a_file_of_tests_is_checked_with_the_names_of_its_scenario() {
    let folder = folder(&[
        ("hello.yaml", HELLO),
        ("hello.test.yaml", "- { name: x, mock: { far: 1 }, expekt: {} }\n"),
        ("gone.test.yaml", "[]\n"),
    ]);
    let said = hookmill(folder.path(), &["check"]);
    assert_eq!(said.code, 1);
    for line in [
        "./hello.test.yaml:1:22: error[E0230]: no step has the id or module `far`",
        "./hello.test.yaml:1:32: error[E0104]: a test has no key `expekt`",
        "./gone.test.yaml:1:1: error[E0603]: there is no scenario `gone` beside these tests",
    ] {
        assert!(said.out.contains(line), "{line:?} is not in\n{}", said.out);
    }
    let said = hookmill(folder.path(), &["test"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("0 passed, 2 failed") && said.err.contains("E0603"), "{}", said.err);
    let said = hookmill(folder.path(), &["test", "gone.test.yaml"]);
    assert_eq!(said.code, 2);
}

#[test]
fn a_file_of_tests_is_no_scenario_of_the_served_folder() {
    let served = crate::served::Served::start(&[("hello.yaml", HELLO), ("hello.test.yaml", BESIDE)]);
    let listed = served.api("GET", "/scenarios", "").json();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "{listed}");
}
