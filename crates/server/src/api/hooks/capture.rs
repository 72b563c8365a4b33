//! A request to a webhook as the API shows it.

use crate::api::response::{Content, Response};
use crate::api::value;
use crate::gateway::TEST;
use crate::inspector::{Kind, Raw, Record, decode};
use engine::captures::Capture;
use run::id::Millis;
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use utoipa::ToSchema;

/// A request in short.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HookRequestSummary)]
pub(super) struct Summary {
    /// Its id; later ones have greater ones.
    pub(super) id: String,
    /// When it came, in milliseconds since 1970.
    #[schema(value_type = i64)]
    at: Millis,
    /// Its method.
    method: String,
    /// Path and query, as they came; what carries a credential is masked.
    target: String,
    /// It came to the test address, and started a trial.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test: bool,
    /// Where it came from.
    ip: String,
    /// The status of the answer.
    status: u16,
    /// What became of it.
    verdict: Kind,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What happened, in the provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<String>,
    /// The run it started, or repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<String>,
    /// How long the body was, in bytes.
    length: u64,
    /// How long the caller waited, in microseconds; at a bin, until the request was handed to the disk, for it cannot say
    /// of itself how long the writing takes.
    took_us: u64,
}

/// A request, whole. What carries a credential is masked.
#[derive(Serialize, ToSchema)]
#[schema(as = HookRequest)]
pub(super) struct Whole {
    #[serde(flatten)]
    summary: Summary,
    /// Names and values, in order.
    #[schema(value_type = Vec<Vec<String>>)]
    headers: Vec<(String, String)>,
    /// The body.
    #[serde(flatten)]
    body: Content,
    /// How many bytes of the body are kept; less than `length` where it was longer than is kept, or was not read.
    kept: usize,
    /// The provider's preset that verified it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<String>,
    /// The provider's name of the delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<String>,
    /// Why it was refused, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// What is wrong with its signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    diagnosis: Option<Box<RawValue>>,
    /// How many runs it started.
    runs: u32,
    /// The request that a person sent again in this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    /// What it was answered.
    answer: Response,
}

impl Summary {
    /// The request in short; none where it was kept by another release.
    pub(super) fn of(capture: &Capture) -> Option<Self> {
        decode(&capture.bytes).map(|record| Self::of_record(capture, &record))
    }

    fn of_record(capture: &Capture, record: &Record<'_>) -> Self {
        Self {
            id: capture.id.to_string(),
            at: capture.at,
            method: record.method.to_string(),
            target: record.target.to_string(),
            test: record.target.starts_with(TEST),
            ip: record.ip.to_string(),
            status: record.status,
            verdict: Kind::of(capture.kind),
            code: owned(&record.code),
            event: owned(&record.event),
            run: record.run.map(|run| run.to_string()),
            length: record.body_length,
            took_us: record.took,
        }
    }
}

impl Whole {
    /// The request, whole.
    pub(super) fn of(capture: &Capture, record: &Record<'_>) -> Self {
        Self {
            summary: Summary::of_record(capture, record),
            headers: fields(&record.headers),
            body: Content::of(&record.shown_body()),
            kept: record.body.0.len(),
            provider: owned(&record.provider),
            delivery: owned(&record.id),
            detail: owned(&record.detail),
            diagnosis: record.diagnosis.as_ref().map(|text| value::bounded(text.as_bytes())),
            runs: record.runs,
            of: record.of.map(|of| of.to_string()),
            answer: answer(record),
        }
    }
}

fn answer(record: &Record<'_>) -> Response {
    let (headers, body) = (fields(&record.answer_headers), Content::of(&record.shown_answer()));
    Response { status: record.status, headers, body }
}

fn fields(fields: &[(Cow<'_, str>, Raw<'_>)]) -> Vec<(String, String)> {
    let text = |(name, value): &(Cow<'_, str>, Raw<'_>)| (name.to_string(), value.text().into_owned());
    fields.iter().map(text).collect()
}

fn owned(text: &Option<Cow<'_, str>>) -> Option<String> {
    text.as_deref().map(str::to_owned)
}
