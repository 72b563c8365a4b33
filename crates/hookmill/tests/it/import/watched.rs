//! What watches in Make and n8n becomes a `mail` or `poll` trigger: `testdata/watched.yaml` has modules and nodes with
//! something behind that reads what they give, and the scenarios that are made of them.

use crate::binary::{folder, hookmill};
use serde::Deserialize;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    /// What was exported, as JSON.
    file: String,
    /// What somebody has to decide.
    #[serde(default)]
    decides: Vec<String>,
    /// The scenario below its name.
    becomes: String,
}

#[test]
fn what_is_watched_elsewhere_is_watched_here() {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/watched.yaml");
    let cases: Vec<Case> = serde_yaml::from_str(&fs::read_to_string(cases).unwrap()).unwrap();
    assert!(cases.len() > 15, "the cases are gone");
    let files: Vec<(String, String)> = cases
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let mut file: Value = serde_json::from_str(&case.file).unwrap();
            file["name"] = json!(case.name);
            (format!("in/{number:02}.json"), file.to_string())
        })
        .collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let place = folder(&files);
    let report = hookmill(place.path(), &["import", "in", "-o", "out", "--enable", "--report", "json"]).json();
    let mut wrong = Vec::new();
    for (case, imported) in cases.iter().zip(report["files"].as_array().unwrap()) {
        let text = fs::read_to_string(place.path().join(imported["written"].as_str().unwrap())).unwrap();
        let (_, text) = text.split_once("\n\n").unwrap();
        let decides: Vec<&str> =
            imported["items"].as_array().unwrap().iter().filter_map(|it| it["reason"].as_str()).collect();
        if text != case.becomes || decides != case.decides {
            wrong.push(format!("--- {}\n{text}--- asks {decides:?}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let check = hookmill(place.path(), &["check", "out"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert_eq!(hookmill(place.path(), &["fmt", "--check", "out"]).code, 0);
}
