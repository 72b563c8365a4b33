//! Refusals: what a caller is told when no run answers, as problem details (RFC 9457).
//!
//! Made only by the constructors here, one for each code, so that a code has one status and one wording. Nothing in
//! a refusal comes from inside: no file, no step, no address, no secret.

use run::id::RunId;
pub use scenario::input::Reason;
use serde_json::{Map, Value, json};
use std::borrow::Cow;

/// The content type of a refusal (RFC 9457 §3).
pub const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request got no answer of its own.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {detail}")]
pub struct Refusal {
    /// HTTP status.
    pub status: u16,
    /// `bad_json`, `too_large`…: snake_case, stable.
    pub code: &'static str,
    /// What is wrong, in one sentence without a final dot.
    pub detail: Cow<'static, str>,
    /// What is wrong with which value.
    pub reasons: Vec<Reason>,
    /// For the `Allow` header: methods, comma-separated (RFC 9110 §10.2.1).
    pub allow: Option<String>,
    /// For the `Retry-After` header, in seconds (RFC 9110 §10.2.3).
    pub retry_after: Option<u32>,
    /// The run that was started for the request.
    pub run: Option<RunId>,
}

impl Refusal {
    /// 404: no webhook has this path.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "no webhook is at this path")
    }

    /// 404: no webhook has this path, and `detail` says what there is instead.
    pub fn elsewhere(detail: String) -> Self {
        Self::new(404, "not_found", detail)
    }

    /// 503: the scenario behind the webhook is switched off. Not 404 or 410: by these, senders delete or switch off the
    /// webhook on their side, and it is not there any more when the scenario is on again.
    pub fn switched_off() -> Self {
        let refusal = Self::new(503, "switched_off", "the scenario at this path is switched off");
        Self { retry_after: Some(300), ..refusal }
    }

    /// 403: the caller's address is not among those allowed.
    pub fn forbidden() -> Self {
        Self::new(403, "forbidden", "this address may not call this webhook")
    }

    /// 401: the request does not prove who sent it; what is wrong with it is for its author alone. 503: that cannot be told
    /// at the moment.
    pub fn unverified(status: u16) -> Self {
        match status {
            503 => {
                Self { retry_after: Some(60), ..Self::new(503, "unverifiable", "who sent this cannot be verified now") }
            }
            _ => Self::new(401, "unverified", "the request does not prove who sent it"),
        }
    }

    /// 405: the webhook takes other methods.
    pub fn method_not_allowed(allow: &[String]) -> Self {
        let refusal = Self::new(405, "method_not_allowed", "this webhook does not take this method");
        Self { allow: Some(allow.join(", ")), ..refusal }
    }

    /// 408: the body did not come in time.
    pub fn slow_body(seconds: u64) -> Self {
        Self::new(408, "slow_body", format!("the body did not come within {seconds} seconds"))
    }

    /// 413: the body is longer than this many bytes.
    pub fn too_large(most: u64) -> Self {
        Self::new(413, "too_large", format!("the body is longer than {most} bytes"))
    }

    /// 413: the parts that a batch is cut into have more bytes than this together.
    pub fn batch_too_large(most: u64) -> Self {
        Self::new(
            413,
            "batch_too_large",
            format!("the items of this batch have more than {most} bytes, each with all around it"),
        )
    }

    /// 413: the body decodes to so many times its own length, or more.
    pub fn too_compressed(times: u64) -> Self {
        Self::new(413, "too_compressed", format!("the body decodes to more than {times} times its length"))
    }

    /// 413: the batch has more items than this.
    pub fn too_many_items(most: usize) -> Self {
        Self::new(413, "too_many_items", format!("this batch has more than {most} items"))
    }

    /// 415: the body is written in a way that cannot be read.
    pub fn unsupported_media(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(415, "unsupported_media", detail)
    }

    /// 400: the body is not what its content type says.
    pub fn bad_body(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "bad_body", detail)
    }

    /// 400: the request asks for another protocol, and is followed by that instead of a body.
    pub fn no_websocket() -> Self {
        Self::new(400, "no_websocket", "a webhook speaks HTTP alone: send the request without `Upgrade: websocket`")
    }

    /// 400: the body is said to be JSON and is not.
    pub fn bad_json(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "bad_json", detail)
    }

    /// 400: more query parameters than are taken.
    pub fn bad_query(detail: impl Into<Cow<'static, str>>) -> Self {
        Self::new(400, "bad_query", detail)
    }

    /// 431: the header fields are longer than is taken, all together (RFC 6585 §5).
    pub fn headers_too_large(most: usize) -> Self {
        Self::new(431, "headers_too_large", format!("the header fields are longer than {most} bytes"))
    }

    /// 431: more header fields than are taken (RFC 6585 §5).
    pub fn too_many_headers(most: usize) -> Self {
        Self::new(431, "too_many_headers", format!("the request has more than {most} header fields"))
    }

    /// 422: the input does not satisfy the webhook's schema.
    pub fn invalid_input(reasons: Vec<Reason>) -> Self {
        Self { reasons, ..Self::new(422, "invalid_input", "the input is not what this webhook takes") }
    }

    /// 503: nothing more can be taken in at the moment; try again after this many seconds.
    pub fn busy(retry_after: u32) -> Self {
        let refusal = Self::new(503, "busy", "nothing more can be taken in at the moment");
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// 503: the scenario's queue is being drained; try again after this many seconds.
    pub fn draining(retry_after: u32) -> Self {
        let refusal = Self::new(503, "draining", "this webhook takes nothing in until its queue is empty");
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// 503: a file in the body could not be kept.
    pub fn no_room_for_files() -> Self {
        let refusal = Self::new(503, "no_room_for_files", "the files of this request cannot be kept at the moment");
        Self { retry_after: Some(60), ..refusal }
    }

    /// 429: this webhook has too much to do; try again after this many seconds.
    pub fn too_many_requests(retry_after: u32) -> Self {
        let refusal = Self::new(429, "too_many_requests", "this webhook has more to do than it may queue");
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// 429: more requests came than this webhook, or this caller, may have; try again after this many seconds.
    pub fn too_fast(retry_after: u32) -> Self {
        let refusal = Self::new(429, "too_fast", "requests come faster than they are taken");
        Self { retry_after: Some(retry_after), ..refusal }
    }

    /// 500: the run failed before it answered. What went wrong stands in the run, for its owner.
    pub fn run_failed(run: RunId) -> Self {
        Self { run: Some(run), ..Self::new(500, "run_failed", "the run failed before it answered") }
    }

    /// 504: the run goes on, but the caller has waited as long as the webhook lets it.
    pub fn timed_out(run: RunId) -> Self {
        Self { run: Some(run), ..Self::new(504, "timed_out", "the run goes on, but has not answered in time") }
    }

    /// 508: more than this many runs have called each other's hooks in a row up to this request (RFC 5842 §7.2).
    pub fn loop_detected(most: u32) -> Self {
        let detail = format!("hooks have called each other more than {most} times in a row up to this request");
        Self::new(508, "loop_detected", detail)
    }

    /// 503: a bin is asked to keep a request, and the server is set to keep none.
    pub fn keeps_nothing() -> Self {
        let refusal = Self::new(503, "keeps_nothing", "this server is set to keep no requests");
        Self { retry_after: Some(3_600), ..refusal }
    }

    fn new(status: u16, code: &'static str, detail: impl Into<Cow<'static, str>>) -> Self {
        let detail = detail.into();
        Self { status, code, detail, reasons: Vec::new(), allow: None, retry_after: None, run: None }
    }

    /// The phrase that goes with the status; RFC 9457 §4.2.1 wants it as the title where there is no `type`.
    pub fn title(&self) -> &'static str {
        match self.status {
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            413 => "Content Too Large",
            415 => "Unsupported Media Type",
            422 => "Unprocessable Content",
            429 => "Too Many Requests",
            431 => "Request Header Fields Too Large",
            503 => "Service Unavailable",
            504 => "Gateway Timeout",
            508 => "Loop Detected",
            _ => "Internal Server Error",
        }
    }

    /// The body to answer, of type [`CONTENT_TYPE`].
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        members.insert("title".to_owned(), self.title().into());
        members.insert("status".to_owned(), self.status.into());
        members.insert("code".to_owned(), self.code.into());
        members.insert("detail".to_owned(), self.detail.as_ref().into());
        if !self.reasons.is_empty() {
            members.insert("reasons".to_owned(), json!(self.reasons));
        }
        if let Some(run) = &self.run {
            members.insert("run".to_owned(), run.to_string().into());
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn refusals_as_json() {
        let run = RunId::from_str("0190b6f0-0000-7000-8000-000000000001").unwrap();
        let cases = [
            (
                Refusal::not_found(),
                r#"{"title":"Not Found","status":404,"code":"not_found","detail":"no webhook is at this path"}"#,
            ),
            (
                Refusal::invalid_input(vec![Reason { path: "/a".into(), message: "is missing".into() }]),
                r#"{"title":"Unprocessable Content","status":422,"code":"invalid_input","detail":"the input is not what this webhook takes","reasons":[{"path":"/a","message":"is missing"}]}"#,
            ),
            (
                Refusal::run_failed(run),
                r#"{"title":"Internal Server Error","status":500,"code":"run_failed","detail":"the run failed before it answered","run":"0190b6f0-0000-7000-8000-000000000001"}"#,
            ),
        ];
        for (refusal, expected) in cases {
            assert_eq!(refusal.to_json().to_string(), expected);
        }
    }

    #[test]
    fn what_goes_into_headers() {
        assert_eq!(Refusal::method_not_allowed(&["GET".into(), "POST".into()]).allow.as_deref(), Some("GET, POST"));
        assert_eq!(Refusal::busy(7).retry_after, Some(7));
        assert_eq!(Refusal::too_many_requests(9).retry_after, Some(9));
    }

    #[test]
    fn every_status_has_its_phrase() {
        let run = RunId::from_str("0190b6f0-0000-7000-8000-000000000001").unwrap();
        let all = [
            (Refusal::switched_off(), 503),
            (Refusal::unverified(401), 401),
            (Refusal::unverified(503), 503),
            (Refusal::too_fast(1), 429),
            (Refusal::headers_too_large(1), 431),
            (Refusal::batch_too_large(1), 413),
            (Refusal::forbidden(), 403),
            (Refusal::method_not_allowed(&[]), 405),
            (Refusal::too_large(1), 413),
            (Refusal::too_compressed(1), 413),
            (Refusal::unsupported_media("x"), 415),
            (Refusal::bad_body("x"), 400),
            (Refusal::bad_json("x"), 400),
            (Refusal::bad_query("x"), 400),
            (Refusal::too_many_headers(1), 431),
            (Refusal::busy(1), 503),
            (Refusal::draining(1), 503),
            (Refusal::too_many_requests(1), 429),
            (Refusal::timed_out(run), 504),
            (Refusal::loop_detected(1), 508),
            (Refusal::keeps_nothing(), 503),
        ];
        for (refusal, status) in all {
            assert_eq!(refusal.status, status);
            assert_ne!(refusal.title(), "Internal Server Error", "{status}");
        }
    }
}
