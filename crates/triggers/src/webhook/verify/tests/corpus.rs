//! Vectors of our own and those that are shared: every one gives its verdict.

use super::super::vector::{Case, Decryption};
use crate::webhook::providers::{self, find};
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

/// Our own entries under this name. Signatures and keys were made with another program.
fn own(name: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("../../../../testdata/verify/vectors.json")).unwrap();
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
fn w1_every_own_vector_gives_its_verdict() {
    assert_eq!(differences(&own("vectors")), Vec::<String>::new());
}

/// A check without something that its author wrote is another check, and may let others in.
#[test]
fn w3_a_request_that_passes_is_refused_once_any_setting_has_no_value() {
    let mut tried = 0;
    for entry in own("vectors").iter().filter(|entry| entry["verdict"] == "valid") {
        let case = Case::read(entry, 0).unwrap();
        // A prefix that is not there protects nothing; signatures with one do not fit without it.
        for setting in case.provider.settings.iter().filter(|setting| setting.name != "prefix") {
            let settings = case.settings.replaced(setting.name, vec![Vec::new()]);
            let verdict = case.with_incoming(|incoming| case.provider.verify(&settings, incoming, None));
            let fault = verdict.expect_err(&format!("{}: `{}` is not needed", case.id, setting.name));
            assert_eq!(fault.code, "no_secret", "{}", case.id);
            let wanted = case.with_incoming(|incoming| case.provider.keys_wanted(&settings, incoming));
            assert_eq!(wanted, None, "{}", case.id);
            tried += 1;
        }
    }
    assert!(tried > 80, "{tried}");
}

#[test]
fn w19_every_own_handshake_is_answered_as_it_must_be() {
    assert_eq!(differences(&own("challenges")), Vec::<String>::new());
}

#[test]
fn every_preset_that_can_verify_has_vectors() {
    let entries = own("vectors");
    for provider in providers::all().filter(|provider| provider.proves()) {
        let of = |case: &str, verdict: &str| {
            let fits = |entry: &&Value| {
                find(entry["provider"].as_str().unwrap()).is_some_and(|found| found.name == provider.name)
                    && entry["verdict"] == verdict
                    && entry["id"].as_str().unwrap().contains(case)
            };
            entries.iter().any(|entry| fits(&entry))
        };
        for (case, verdict) in [("valid", "valid"), ("wrong-secret", "invalid"), ("unsigned", "invalid")] {
            let name = provider.name;
            assert!(of(case, verdict), "testdata/verify/vectors.json has no `{name}-{case}` that is {verdict}");
        }
    }
}

#[test]
fn w4_requests_that_are_played_again_after_the_window_are_refused() {
    let again = |entry: &&Value| entry["id"].as_str().unwrap().ends_with("played-again");
    let entries: Vec<Value> = own("vectors").iter().filter(again).cloned().collect();
    assert!(entries.len() >= 8, "{}", entries.len());
    for entry in &entries {
        let case = Case::read(entry, 0).unwrap();
        assert_eq!(case.verdict().unwrap_err().code, "stale_timestamp", "{}", case.id);
    }
}

#[test]
fn a13_tokens_with_another_algorithm_or_other_claims_are_refused() {
    let of_tokens = |entry: &&Value| entry["id"].as_str().unwrap().contains("-a13-");
    let entries: Vec<Value> = own("vectors").iter().filter(of_tokens).cloned().collect();
    assert!(entries.len() >= 14, "{}", entries.len());
    for entry in &entries {
        assert!(Case::read(entry, 0).unwrap().verdict().is_err(), "{}", entry["id"]);
    }
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
fn every_shared_answer_of_a_survey_decrypts_as_it_must() {
    for entry in shared("decryptions") {
        let decryption = Decryption::read(&entry).unwrap();
        let outcome = decryption.outcome();
        assert_eq!(decryption.difference(&outcome), None, "{}", decryption.id);
    }
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
