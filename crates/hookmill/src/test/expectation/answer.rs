//! The answer to the caller against what a test expects of it.

use super::difference::{differences, shown};
use engine::Rehearsal;
use run::entry::End;
use run::response::Response;
use scenario::plan::Expect;
use serde_json::Value;

/// Adds a finding for each part of the answer that is not as expected.
pub(super) fn compare(expect: &Expect, rehearsal: &Rehearsal, findings: &mut Vec<String>) {
    let response = rehearsal.state.response().map(AsRef::as_ref);
    if let Some(expected) = expect.status {
        let status = status(response, rehearsal);
        if status != expected {
            findings.push(format!("response.status: expected {expected}, was {status}"));
        }
    }
    let body = response.map_or(&[][..], |response| &response.body);
    if let Some(expected) = &expect.json {
        match serde_json::from_slice::<Value>(body) {
            Ok(actual) => findings.extend(differences("response.json", expected, &actual)),
            Err(_) => findings.push(format!(
                "response.json: expected {}, was {}",
                shown(expected),
                if body.is_empty() { "no body".to_owned() } else { shown(&String::from_utf8_lossy(body).into()) }
            )),
        }
    }
    if let Some(expected) = &expect.text {
        let actual = String::from_utf8_lossy(body).into_owned();
        findings.extend(differences("response.text", expected, &actual.into()));
    }
    for (name, expected) in &expect.headers {
        let values = response.map_or(&[][..], |response| &response.headers);
        let path = format!("response.headers.{name}");
        match values.iter().find(|(key, _)| key == name) {
            Some((_, actual)) => findings.extend(differences(&path, expected, &actual.as_str().into())),
            None => findings.push(format!("{path}: expected {}, but it is missing", shown(expected))),
        }
    }
}

/// The status the caller would see: a run without an answer is accepted, or failed.
fn status(response: Option<&Response>, rehearsal: &Rehearsal) -> u16 {
    match (response, rehearsal.state.end()) {
        (Some(response), _) => response.status,
        (None, Some(End::Failed { .. })) => 500,
        (None, _) => 200,
    }
}
