//! The verdict on one request, and what the doctor says.

use super::Format;
use crate::terminal::{self, BAD, Done, OK, QUIET, paint};
use serde_json::{Value, json};
use std::io::Write;
use triggers::webhook::providers::Provider;
use triggers::webhook::verify::{Diagnosis, Facts, Fault, Greeting, Incoming, Settings, diagnose};

/// What is said of a request.
struct Report {
    provider: &'static str,
    facts: Facts,
    answer: Option<Greeting>,
    refusal: Option<(Fault, Diagnosis)>,
}

/// Checks the request and prints what came of it.
pub(super) fn print(provider: &Provider, settings: &Settings, incoming: &Incoming<'_>, format: Format) -> Done {
    let report = Report::of(provider, settings, incoming);
    let mut out = terminal::stdout();
    match format {
        Format::Text => write!(out, "{}", report.to_text())?,
        Format::Json => writeln!(out, "{:#}", report.to_json())?,
    }
    out.flush()?;
    Ok(terminal::verdict(usize::from(!report.is_valid())))
}

impl Report {
    fn of(provider: &Provider, settings: &Settings, incoming: &Incoming<'_>) -> Self {
        let verdict = provider.verify(settings, incoming, None);
        let answer = provider.handshake(settings, incoming, &verdict);
        let facts = provider.facts(settings, incoming, &incoming.parsed_body());
        // An answered handshake is what it should be, signed or not.
        let fault = verdict.err().filter(|_| answer.is_none());
        let refusal = fault.map(|fault| {
            let diagnosis = diagnose(provider, settings, incoming, &fault, &[]);
            (fault, diagnosis)
        });
        Self { provider: provider.name, facts, answer, refusal }
    }

    fn is_valid(&self) -> bool {
        self.refusal.is_none() && self.answer.as_ref().is_none_or(|answer| answer.status < 400)
    }

    fn verdict(&self) -> &'static str {
        if self.is_valid() { "valid" } else { "invalid" }
    }

    fn to_text(&self) -> String {
        let style = if self.is_valid() { OK } else { BAD };
        let mut text = format!("{} {}\n", paint(style, self.verdict()), self.provider);
        if let Some((_, diagnosis)) = &self.refusal {
            text += diagnosis.to_string().as_str();
            return text;
        }
        for (name, fact) in [("event", &self.facts.event), ("id", &self.facts.id)] {
            if let Some(fact) = fact {
                text += &format!("  {} {}\n", paint(QUIET, format_args!("{name:<9}")), terminal::printable(fact));
            }
        }
        if let Some(answer) = &self.answer {
            let body = terminal::printable(&answer.body);
            text += &format!("  {} {} {body}\n", paint(QUIET, "handshake"), answer.status);
        }
        text
    }

    fn to_json(&self) -> Value {
        let mut report = json!({ "verdict": self.verdict(), "provider": self.provider });
        if let Some((fault, diagnosis)) = &self.refusal {
            report["code"] = fault.code.into();
            report["status"] = fault.status.into();
            report["diagnosis"] = json!(diagnosis);
            return report;
        }
        report["event"] = json!(self.facts.event);
        report["id"] = json!(self.facts.id);
        if let Some(answer) = &self.answer {
            let Greeting { status, content_type, body, .. } = answer;
            report["answer"] = json!({ "status": status, "content_type": content_type, "body": body });
        }
        report
    }
}
