//! Bins: paths that keep every request and start nothing. A 200 says that the request is on disk.

use super::{Gateway, Wire};
use crate::inspector::{Captured, Verdict};
use bytes::Bytes;
use std::time::{Duration, Instant};
use tokio::time::timeout;
use triggers::webhook::answer::Answered;
use triggers::webhook::headers;
use triggers::webhook::intake::Arrival;
use triggers::webhook::problem::Refusal;

/// After how many seconds a request may come again that could not be kept.
const RETRY_AFTER: u32 = 5;

/// How long a request waits for the disk.
const PATIENCE: Duration = Duration::from_secs(30);

impl Gateway {
    /// Keeps a request to a bin.
    pub(super) async fn keep(&self, bin: &str, wire: impl Wire, arrival: &Arrival<'_>, began: Instant) -> Answered {
        let kept = match self.content(wire, arrival).await {
            Ok(content) => self.write(bin, arrival, &content, began).await,
            Err(refusal) => Err(refusal),
        };
        kept.unwrap_or_else(|refusal| Answered::refused(&refusal))
    }

    async fn content(&self, wire: impl Wire, arrival: &Arrival<'_>) -> Result<Bytes, Refusal> {
        headers::check(arrival.headers)?;
        if let Some(callers) = &self.intake.callers {
            callers.take(arrival.ip, arrival.at).map_err(Refusal::too_fast)?;
        }
        let mut share = self.bodies.share();
        let reading = wire.read(self.max_body, &mut share);
        timeout(self.body_timeout, reading)
            .await
            .unwrap_or_else(|_| Err(Refusal::slow_body(self.body_timeout.as_secs())))
    }

    async fn write(
        &self,
        bin: &str,
        arrival: &Arrival<'_>,
        content: &Bytes,
        began: Instant,
    ) -> Result<Answered, Refusal> {
        let answer = Answered::plain(200, "application/json", r#"{"kept":true}"#);
        let answer_headers: Vec<(&str, &[u8])> =
            answer.headers().map(|(name, value)| (name, value.as_bytes())).collect();
        let kept = self.inspector.record_durably(&Captured {
            hook: bin,
            at: arrival.at,
            took: began.elapsed(),
            ip: arrival.ip,
            method: arrival.method,
            target: arrival.target,
            secret_params: &[],
            secret_headers: &[],
            headers: arrival.headers,
            body: content.clone(),
            body_length: content.len() as u64,
            verdict: Verdict::Kept,
            provider: None,
            event: None,
            id: None,
            status: answer.status,
            answer_headers: &answer_headers,
            answer: &answer.body,
            run: None,
            runs: 0,
            of: None,
        });
        let kept = kept.ok_or_else(Refusal::keeps_nothing)?;
        match timeout(PATIENCE, kept).await {
            Ok(Ok(_)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Refusal::busy(RETRY_AFTER)),
        }
    }
}
