//! The JSON Schema against the same texts as the check.

use crate::catalog::catalog;
use scenario::schema::schema;
use serde_json::Value;

fn json_of(name: &str) -> Value {
    let path = format!("{}/testdata/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn it_is_a_schema_itself() {
    jsonschema::meta::validate(&schema(&catalog())).unwrap();
}

#[test]
fn it_accepts_what_the_check_accepts() {
    let validator = jsonschema::validator_for(&schema(&catalog())).unwrap();
    for name in ["clean-ship-order", "clean-triggers", "clean-flow", "clean-respond", "clean-http"] {
        let scenario = json_of(name);
        let errors: Vec<String> =
            validator.iter_errors(&scenario).map(|e| format!("{}: {e}", e.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn it_refuses_what_the_check_refuses() {
    let validator = jsonschema::validator_for(&schema(&catalog())).unwrap();
    for name in [
        "unknown-top-keys",
        "missing-steps",
        "step-without-module",
        "step-with-two-modules",
        "step-unknown-keys",
        "retry",
        "respond-status",
        "webhook-paths",
        "webhook-empty-lists",
        "triggers-shape",
        "unknown-module",
        "parameters",
        "parameters-alternatives",
    ] {
        assert!(!validator.is_valid(&json_of(name)), "{name}");
    }
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
