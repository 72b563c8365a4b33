//! Requests that a person sends, or sends again: by the way that all requests go, but nothing keeps them out and none is a
//! repeat.

use crate::App;
use crate::api::value;
use crate::error::Problem;
use crate::inspector::Record;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use triggers::webhook::answer::{Answered, RUN};
use utoipa::ToSchema;

/// A request that is to be sent.
pub(super) struct Parcel {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) body: Bytes,
    /// The kept request that it was.
    pub(super) of: Option<u64>,
}

/// What a request was answered that was sent by hand.
#[derive(Serialize, ToSchema)]
#[schema(as = HookRequestAnswer)]
pub(super) struct Told {
    /// The status.
    pub(super) status: u16,
    /// The run it started, or the first of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<String>,
    /// Names and values, in order.
    #[schema(value_type = Vec<Vec<String>>)]
    headers: Vec<(String, String)>,
    /// The body: text, or base64 where it is no UTF-8.
    #[schema(value_type = serde_json::Value)]
    body: Box<RawValue>,
    /// `base64` where the body is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

impl Parcel {
    /// A kept request, to be sent as it was; refused where not all of it was kept.
    pub(super) fn of(id: u64, record: &Record<'_>) -> Result<Self, Problem> {
        whole(record, "sent")?;
        Ok(Self {
            method: record.method.to_string(),
            target: record.target.to_string(),
            headers: record.headers.iter().map(|(name, value)| (name.to_string(), value.0.to_vec())).collect(),
            body: Bytes::copy_from_slice(record.body.0),
            of: Some(id),
        })
    }

    /// Sends it, and gives what it was answered.
    pub(super) async fn send(self, app: &App) -> Told {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        Told::from(app.gateway().send(&self.method, &self.target, &headers, self.body, self.of).await)
    }
}

/// Refuses a request of which not all was kept, and which can therefore not be done as it was: sent, or copied.
pub(in crate::api) fn whole(record: &Record<'_>, done: &str) -> Result<(), Problem> {
    if record.is_whole() {
        return Ok(());
    }
    let (kept, length) = (record.body.0.len(), record.body_length);
    let detail =
        format!("not all of the request's body was kept ({kept} of {length} bytes), so it cannot be {done} as it was");
    Err(Problem::new(StatusCode::CONFLICT, "incomplete", detail))
}

/// A header field of a request, if it can be one.
pub(super) fn field(name: &str, value: &str) -> Result<(String, Vec<u8>), Problem> {
    let wrong =
        || Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_header", format!("{name:?} is no header field"));
    let name = HeaderName::try_from(name).map_err(|_| wrong())?;
    let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| wrong())?;
    Ok((name.as_str().to_owned(), value.as_bytes().to_vec()))
}

impl From<Answered> for Told {
    fn from(answered: Answered) -> Self {
        let (body, encoding) = match std::str::from_utf8(&answered.body) {
            Ok(text) => (value::text(text), None),
            Err(_) => (value::text(&BASE64_STANDARD.encode(&answered.body)), Some("base64")),
        };
        let headers: Vec<(String, String)> =
            answered.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let run = headers.iter().find(|(name, _)| name == RUN).map(|(_, run)| run.clone());
        Self { status: answered.status, run, headers, body, encoding }
    }
}
