//! The JSON Schema against the same texts as the check.

use crate::cases::{cases, rendered};
use crate::catalog::catalog;
use jsonschema::Validator;
use scenario::schema::schema;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// Mistakes that the shape of a text does not show: names, expressions, zones, and the forms of `collect`, beside which
/// every value may stand.
const BEYOND: &[&str] = &[
    "assign-names",
    "calendar-misread",
    "collect-shape",
    "expression-brackets",
    "expression-idioms",
    "expression-numbers",
    "expression-operators",
    "expression-syntax",
    "expression-texts",
    "for-each-in",
    "functions-arguments",
    "functions-unknown",
    "keys",
    "names",
    "names-in-branches",
    "names-in-loops",
    "names-of-handlers",
    "names-of-later-steps",
    "names-of-modules",
    "names-shadowed",
    "on-error-names",
    "parallel-names",
    "places-of-names",
    "repeat-names",
    "respond-names",
    "return-names",
    "script-names",
    "script-refused",
    "secrets",
    "secrets-unknown",
    "timezone",
    "todo",
    "trigger-fields",
    "verify-expressions",
    "wait-for-names",
    "wide-characters",
];

/// The text as JSON; none where it is no YAML.
fn json_of(path: &Path) -> Option<Value> {
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).ok()
}

fn validator() -> Validator {
    jsonschema::validator_for(&schema(&catalog())).unwrap()
}

#[test]
fn it_is_a_schema_itself() {
    jsonschema::meta::validate(&schema(&catalog())).unwrap();
}

#[test]
fn it_accepts_what_the_check_accepts() {
    let validator = validator();
    let mut refused = Vec::new();
    for path in cases().into_iter().filter(|path| rendered(path).0) {
        let scenario = json_of(&path).unwrap();
        let found = validator.iter_errors(&scenario);
        refused.extend(found.map(|error| format!("{}: {}: {error}", path.display(), error.instance_path())));
    }
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}

#[test]
fn it_refuses_what_the_check_refuses_as_far_as_it_can_see() {
    let validator = validator();
    let mut accepted = BTreeSet::new();
    for path in cases().into_iter().filter(|path| !rendered(path).0) {
        if json_of(&path).is_some_and(|scenario| validator.is_valid(&scenario)) {
            accepted.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        }
    }
    assert_eq!(accepted, BEYOND.iter().map(ToString::to_string).collect());
}

#[test]
fn modules_bring_their_parameters() {
    let schema = schema(&catalog());
    let request = &schema["$defs"]["step"]["properties"]["http.request"];
    assert_eq!(request["description"], "Does http.request.");
    assert!(request["properties"]["connection"]["examples"].as_array().unwrap().contains(&"partner".into()));
    let append = &schema["$defs"]["step"]["properties"]["google_sheets.append"];
    assert!(append["required"].as_array().unwrap().contains(&"connection".into()));
}
