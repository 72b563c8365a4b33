//! What is kept of a request for people to look at.

use super::{Origin, Sent};
use crate::inspector::{Captured, Inspector, Verdict};
use triggers::webhook::hooks::Hook;
use triggers::webhook::intake::{self, Arrival, Settled};
use triggers::webhook::upload::Body;

impl Sent {
    /// The body as it came, before anything is made of it.
    pub(super) fn of(body: &Body) -> Self {
        match body {
            Body::Whole(bytes) => Self { bytes: bytes.clone(), length: bytes.len() as u64 },
            Body::Parts { files, .. } => Self { length: files.iter().map(|file| file.size).sum(), ..Self::default() },
            Body::File(file) => Self { length: file.size, ..Self::default() },
        }
    }
}

/// Keeps a request to a webhook, with what became of it.
pub(super) fn note(
    inspector: &Inspector,
    hook: &Hook,
    settled: &Settled<'_>,
    arrival: &Arrival<'_>,
    sent: &Sent,
    origin: Origin,
) {
    if !inspector.wants(&hook.path) {
        return;
    }
    let diagnosis = match &settled.note.verdict {
        intake::Verdict::Refused { diagnosis: Some(diagnosis), .. } => serde_json::to_value(diagnosis).ok(),
        _ => None,
    };
    let verdict = match &settled.note.verdict {
        intake::Verdict::Taken => Verdict::Taken,
        intake::Verdict::Repeat => Verdict::Repeat,
        intake::Verdict::Handshake => Verdict::Handshake,
        intake::Verdict::Refused { code, detail, .. } => {
            Verdict::Refused { code, detail, diagnosis: diagnosis.as_ref() }
        }
    };
    let answer_headers: Vec<(&str, &[u8])> =
        settled.answer.headers().map(|(name, value)| (name, value.as_bytes())).collect();
    inspector.record(&Captured {
        hook: &hook.path,
        at: arrival.at,
        took: origin.began.elapsed(),
        ip: arrival.ip,
        method: arrival.method,
        target: arrival.target,
        secret_params: hook.secret_parameters(),
        secret_headers: hook.secret_headers(),
        headers: arrival.headers,
        body: sent.bytes.clone(),
        body_length: sent.length,
        verdict,
        provider: settled.note.provider,
        event: settled.note.event.as_deref(),
        id: settled.note.id.as_deref(),
        status: settled.answer.status,
        answer_headers: &answer_headers,
        answer: &settled.answer.body,
        run: settled.note.run,
        runs: settled.note.runs,
        of: origin.of,
    });
}
