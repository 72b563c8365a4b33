//! `hookmill fmt`.

use crate::binary::{HELLO, folder, hookmill, root, with_stdin};
use std::fs;

const UNTIDY: &str = "# about the step\nsteps:\n- set: {a: 1}\n  id: x   # its name\nname: N\n";
const TIDY: &str = "name: N\n\n# about the step\nsteps:\n  - id: x   # its name\n    set: { a: 1 }\n";

#[test]
fn the_shipped_scenarios_are_canonical() {
    let said = hookmill(&root(), &["fmt", "--check", "scenarios"]);
    assert_eq!((said.code, said.out.as_str()), (0, ""), "{}", said.err);
}

#[test]
fn files_are_written_and_named() {
    let folder = folder(&[("a.yaml", UNTIDY), ("b.yaml", TIDY), ("sub/c.yaml", UNTIDY)]);
    let said = hookmill(folder.path(), &["fmt", "--check"]);
    assert_eq!((said.code, said.out.as_str()), (1, "./a.yaml\n./sub/c.yaml\n"), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), UNTIDY, "--check writes nothing");

    let said = hookmill(folder.path(), &["fmt", "--stdout", "a.yaml"]);
    assert_eq!((said.code, said.out.as_str()), (0, TIDY));
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), UNTIDY, "--stdout writes nothing");

    let said = hookmill(folder.path(), &["fmt"]);
    assert_eq!((said.code, said.out.as_str()), (0, "./a.yaml\n./sub/c.yaml\n"), "{}", said.err);
    for file in ["a.yaml", "b.yaml", "sub/c.yaml"] {
        assert_eq!(fs::read_to_string(folder.path().join(file)).unwrap(), TIDY, "{file}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3, "nothing else is left behind");
    assert_eq!(hookmill(folder.path(), &["fmt", "--check"]).code, 0);
}

#[test]
fn standard_input_is_answered_on_standard_output() {
    let folder = folder(&[]);
    let said = with_stdin(folder.path(), &["fmt", "-"], UNTIDY);
    assert_eq!((said.code, said.out.as_str()), (0, TIDY));
    assert_eq!(with_stdin(folder.path(), &["fmt", "--check", "-"], UNTIDY).code, 1);
    assert_eq!(with_stdin(folder.path(), &["fmt", "--check", "-"], TIDY).code, 0);
}

#[test]
fn what_is_no_yaml_is_told_and_left_alone() {
    let broken = "steps: [\n";
    let folder = folder(&[("a.yaml", broken), ("b.yaml", UNTIDY), ("hello.yaml", HELLO)]);
    let said = hookmill(folder.path(), &["fmt"]);
    assert_eq!(said.code, 1);
    assert!(said.err.contains("a.yaml:1:") && said.err.contains("error[E0101]"), "{}", said.err);
    assert_eq!(fs::read_to_string(folder.path().join("a.yaml")).unwrap(), broken);
    assert_eq!(fs::read_to_string(folder.path().join("b.yaml")).unwrap(), TIDY, "others are formatted all the same");
}

#[cfg(unix)]
#[test]
fn permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("real.txt", UNTIDY)]);
    let real = folder.path().join("real.txt");
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&real, folder.path().join("a.yaml")).unwrap();
    assert_eq!(hookmill(folder.path(), &["fmt", "a.yaml"]).code, 0);
    assert_eq!(fs::read_to_string(&real).unwrap(), TIDY);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    assert!(fs::symlink_metadata(folder.path().join("a.yaml")).unwrap().is_symlink());
}
