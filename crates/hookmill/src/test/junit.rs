//! The outcome as JUnit XML, the way CI systems read it: a suite for each file, a case for each test.

use super::report::{Outcome, Report};
use std::fmt::Write;
use std::time::Duration;

/// The whole document.
pub(super) fn document(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let outcomes = &report.outcomes;
    element(&mut xml, "<testsuites name=\"hookmill\"", outcomes, report.took);
    for suite in outcomes.chunk_by(|one, other| one.file == other.file) {
        let took = suite.iter().map(|outcome| outcome.took).sum();
        let open = format!("  <testsuite name=\"{}\"", escaped(&suite[0].file));
        element(&mut xml, &open, suite, took);
        suite.iter().for_each(|outcome| case(&mut xml, outcome));
        xml.push_str("  </testsuite>\n");
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn element(xml: &mut String, open: &str, outcomes: &[Outcome], took: Duration) {
    let failures = outcomes.iter().filter(|outcome| outcome.test.is_some() && !outcome.has_passed()).count();
    let errors = outcomes.iter().filter(|outcome| outcome.test.is_none()).count();
    let _ = writeln!(
        xml,
        "{open} tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"0\" time=\"{}\">",
        outcomes.len(),
        seconds(took)
    );
}

fn case(xml: &mut String, outcome: &Outcome) {
    let name = outcome.test.as_deref().unwrap_or("can be tested");
    let (name, class, file) = (escaped(name), escaped(&outcome.scenario), escaped(&outcome.file));
    let (line, time) = (outcome.place.line, seconds(outcome.took));
    let head =
        format!("    <testcase name=\"{name}\" classname=\"{class}\" file=\"{file}\" line=\"{line}\" time=\"{time}\"");
    if outcome.has_passed() {
        let _ = writeln!(xml, "{head}/>");
        return;
    }
    let tag = if outcome.test.is_some() { "failure" } else { "error" };
    let first = escaped(outcome.findings.first().map_or("", String::as_str));
    let all = escaped(&outcome.findings.join("\n"));
    let _ = writeln!(xml, "{head}>\n      <{tag} message=\"{first}\">{all}</{tag}>\n    </testcase>");
}

fn seconds(took: Duration) -> String {
    format!("{:.3}", took.as_secs_f64())
}

/// The text as it may stand in attributes and content. What XML 1.0 cannot say at all (§2.2) becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            '\0'..='\x1f' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
