//! Which crate may use which: the table of docs/ARCHITECTURE.md, held against the manifests.

use serde_json::Value;

/// Each package with those of ours that it may use, all of them for `None`.
const MAY_USE: &[(&str, Option<&[&str]>)] = &[
    ("mail", Some(&[])),
    ("scenario", Some(&["mail"])),
    ("run", Some(&["scenario"])),
    ("blueprint", Some(&["scenario"])),
    ("store", Some(&["run"])),
    ("engine", Some(&["scenario", "run", "store"])),
    ("modules", Some(&["mail", "scenario", "run"])),
    ("triggers", Some(&["mail", "scenario", "run", "engine"])),
    ("server", Some(&["scenario", "run", "engine", "triggers", "blueprint"])),
    ("hookmill", None),
    ("xtask", Some(&[])),
];

/// Complaints about dependencies that the table does not allow; tests may use what they like.
pub(crate) fn check(packages: &[Value]) -> Vec<String> {
    let ours: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    packages.iter().flat_map(|package| check_package(package, &ours)).collect()
}

fn check_package(package: &Value, ours: &[&str]) -> Vec<String> {
    let name = package["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
        return vec![format!("{name} is not in the table of xtask/src/tidy/directions.rs")];
    };
    let Some(allowed) = allowed else { return Vec::new() };
    let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
    dependencies
        .iter()
        .filter(|dependency| dependency["kind"] != "dev")
        .filter_map(|dependency| dependency["name"].as_str())
        .filter(|dependency| ours.contains(dependency) && !allowed.contains(dependency))
        .map(|dependency| format!("{name} uses {dependency}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_dependencies_upwards_are_refused() {
        let package = |name: &str, uses: Value| json!({"name": name, "dependencies": uses});
        let plain = |name: &str| json!({"name": name, "kind": null});
        let packages = [
            package("scenario", json!([plain("serde")])),
            package("run", json!([plain("scenario"), plain("store")])),
            package("store", json!([plain("run"), {"name": "engine", "kind": "dev"}])),
            package("engine", json!([{"name": "server", "kind": "build"}])),
            package("server", json!([])),
            package("hookmill", json!([plain("store"), plain("server")])),
            package("stranger", json!([])),
        ];
        let expected =
            ["run uses store", "engine uses server", "stranger is not in the table of xtask/src/tidy/directions.rs"];
        assert_eq!(check(&packages), expected);
    }
}
