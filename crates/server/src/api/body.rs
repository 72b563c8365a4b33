//! Request bodies: how large they may be, and what is said of one that cannot be read.

use crate::error::Problem;
use actix_web::error::JsonPayloadError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::{JsonConfig, PayloadConfig};
use actix_web::{HttpRequest, ResponseError};

/// The largest body, in bytes: 16 MiB.
const LARGEST: usize = 16 * 1024 * 1024;

/// How bodies of JSON are read. Only a content type that says so is taken: another site's form cannot send one.
pub(super) fn json() -> JsonConfig {
    JsonConfig::default().limit(LARGEST).error_handler(|error, _: &HttpRequest| unreadable(&error).into())
}

/// How other bodies are read.
pub(super) fn plain() -> PayloadConfig {
    PayloadConfig::new(LARGEST)
}

/// The media type of a body, lower-case and without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or("");
    Some(text.split(';').next().unwrap_or("").trim().to_ascii_lowercase())
}

fn unreadable(error: &JsonPayloadError) -> Problem {
    match error {
        JsonPayloadError::ContentType => Problem::unsupported_media_type("`application/json`"),
        JsonPayloadError::Overflow { .. } | JsonPayloadError::OverflowKnownLength { .. } => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("the body has more than {LARGEST} bytes"))
        }
        other => Problem::new(other.status_code(), "bad_request", other.to_string()),
    }
}
