//! The shared vectors: every one gives its verdict.

use super::super::vector::Case;
use serde_json::Value;
use std::path::Path;

/// Where the shared vectors lie, next to the project.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/providers/vectors.json");

/// The entries under this name, where the file is.
fn shared(name: &str) -> Vec<Value> {
    let Ok(text) = std::fs::read_to_string(Path::new(SHARED)) else {
        eprintln!("skipped: the shared vectors are not there");
        return Vec::new();
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    file[name].as_array().unwrap().clone()
}

fn differences(entries: &[Value]) -> Vec<String> {
    let differs = |entry: &Value| {
        let case = Case::read(entry, 0).unwrap();
        assert!(case.expectation.is_there(), "{}", case.id);
        let outcome = case.outcome();
        let difference = case.expectation.difference(&outcome)?;
        Some(format!("{}: {difference} ({outcome:?})", case.id))
    };
    entries.iter().filter_map(differs).collect()
}

#[test]
fn w1_every_shared_vector_gives_its_verdict() {
    assert_eq!(differences(&shared("vectors")), Vec::<String>::new());
}

#[test]
fn w19_every_shared_handshake_is_answered_as_it_must_be() {
    assert_eq!(differences(&shared("challenges")), Vec::<String>::new());
}

#[test]
fn shared_vectors_fail_for_the_reason_they_name() {
    let other = |entry: &Value| {
        let case = Case::read(entry, 0).unwrap();
        let code = case.verdict().err().map(|fault| fault.code);
        let reason = entry["reason"].as_str();
        (code != reason).then(|| format!("{}: {code:?}, not {reason:?}", case.id))
    };
    assert_eq!(shared("vectors").iter().filter_map(other).collect::<Vec<_>>(), Vec::<String>::new());
}
