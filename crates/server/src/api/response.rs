//! An HTTP answer as the API shows it: that of a run, and that which a kept request got.

use crate::api::value;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// What was answered.
#[derive(Serialize, ToSchema)]
pub(super) struct Response {
    /// The HTTP status.
    pub(super) status: u16,
    /// Names and values, in order.
    #[schema(value_type = Vec<Vec<String>>)]
    pub(super) headers: Vec<(String, String)>,
    /// The body.
    #[serde(flatten)]
    pub(super) body: Content,
}

/// A body.
#[derive(Serialize, ToSchema)]
pub(super) struct Content {
    /// The body: text, or base64 where it is no UTF-8.
    #[schema(value_type = serde_json::Value)]
    body: Box<RawValue>,
    /// `base64` where the body is so.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

impl Content {
    /// These bytes.
    pub(super) fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { body: value::text(text), encoding: None },
            Err(_) => Self { body: value::text(&BASE64_STANDARD.encode(bytes)), encoding: Some("base64") },
        }
    }
}

impl From<&run::response::Response> for Response {
    fn from(response: &run::response::Response) -> Self {
        let headers = response.headers.clone();
        Self { status: response.status, headers, body: Content::of(&response.body) }
    }
}
