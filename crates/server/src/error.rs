//! How a request is refused: problem documents (RFC 9457), one shape for every status.

use crate::api::diagnostic::Diagnostic;
use crate::library::LibraryError;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpResponse, ResponseError};
use engine::{Refused, Unheard, UnknownVersion};
use run::data_store::DataError;
use run::tables::StoreError;
use serde::Serialize;
use std::fmt;
use utoipa::{IntoResponses, ToSchema};

/// Why a request was refused.
#[derive(Debug)]
pub(crate) struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    document: Document,
}

/// A problem document (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document {
    /// `about:blank`: the status and the code say what kind of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What went wrong, for programs: snake_case, stable.
    code: &'static str,
    /// What went wrong, for people.
    detail: String,
    /// What is wrong with a scenario's text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    diagnostics: Vec<Diagnostic>,
    /// What is wrong with the input of a run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    reasons: Vec<Reason>,
}

/// What is wrong with one value of an input.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Reason {
    /// Where: a JSON Pointer (RFC 6901).
    pub(crate) path: String,
    /// What.
    pub(crate) message: String,
}

/// The refusals that every operation of the API may answer.
#[derive(IntoResponses)]
#[expect(dead_code, reason = "read by the derive alone")]
pub(crate) enum Refusals {
    /// The request is not taken.
    #[response(status = "4XX", content_type = "application/problem+json")]
    Client(Document),
    /// The server cannot do it now.
    #[response(status = "5XX", content_type = "application/problem+json")]
    Server(Document),
}

impl Problem {
    /// A problem with this status, code and sentence.
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        let document = Document {
            r#type: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status: status.as_u16(),
            code,
            detail: detail.into(),
            diagnostics: Vec::new(),
            reasons: Vec::new(),
        };
        Self(Box::new(Parts { status, headers: Vec::new(), document }))
    }

    /// There is no such thing.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The request cannot be understood.
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    }

    /// The body is not of a type that is taken here.
    pub(crate) fn unsupported_media_type(expected: &str) -> Self {
        let detail = format!("the body must be {expected}, and the content type must say so");
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail)
    }

    /// The server itself failed; the log has the reason.
    pub(crate) fn internal(reason: &dyn fmt::Display) -> Self {
        tracing::error!("a request failed: {reason}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the server failed; its log says why")
    }

    /// The scenario's text has errors.
    pub(crate) fn invalid_scenario(diagnostics: &[scenario::diagnostic::Diagnostic]) -> Self {
        let mut problem =
            Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_scenario", "the text has errors; it was not taken");
        problem.0.document.diagnostics = diagnostics.iter().map(Diagnostic::from).collect();
        problem
    }

    /// A file that cannot be imported.
    pub(crate) fn invalid_import(reason: &dyn fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_import", reason.to_string())
    }

    /// The input of a run is not what the scenario asks for.
    pub(crate) fn invalid_input(reasons: Vec<Reason>) -> Self {
        let detail = "the input does not satisfy the scenario's schema";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_input", detail);
        problem.0.document.reasons = reasons;
        problem
    }

    /// What is answered to a step that waits is not what it asks for.
    pub(crate) fn invalid_answer(reasons: Vec<Reason>) -> Self {
        let detail = "the answer is not what is asked for";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_answer", detail);
        problem.0.document.reasons = reasons;
        problem
    }

    /// The settings of a connection are wrong.
    pub(crate) fn invalid_connection(reasons: Vec<Reason>) -> Self {
        let detail = "the settings are not what the connection asks for";
        let mut problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_connection", detail);
        problem.0.document.reasons = reasons;
        problem
    }

    /// The same, with a header on the answer.
    #[must_use]
    pub(crate) fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// The same, asking to wait this many seconds (RFC 9110 §10.2.3).
    #[must_use]
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, seconds.to_string())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.document.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        for header in &self.0.headers {
            response.append_header((header.0.clone(), header.1.as_str()));
        }
        response.insert_header((header::CONTENT_TYPE, "application/problem+json")).json(&self.0.document)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_busy", error.to_string()).retry_after(1)
            }
            StoreError::Full(_) => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "store_full", error.to_string()).retry_after(10)
            }
            StoreError::Closed => Self::stopping(),
            StoreError::Conflict | StoreError::Claimed(_) => {
                Self::new(StatusCode::CONFLICT, "conflict", error.to_string())
            }
            StoreError::Failed(_) | StoreError::Corrupt(_) => Self::internal(&error),
        }
    }
}

impl From<DataError> for Problem {
    fn from(error: DataError) -> Self {
        let status = match &error {
            DataError::Store(error) => return error.clone().into(),
            DataError::InvalidName(_) | DataError::InvalidKey | DataError::InvalidQuery(_) => StatusCode::BAD_REQUEST,
            DataError::Conflict(_) => StatusCode::CONFLICT,
            DataError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            DataError::InvalidSchema(_)
            | DataError::InvalidRecord(_)
            | DataError::WrongType(_)
            | DataError::OutOfRange(_) => StatusCode::UNPROCESSABLE_ENTITY,
            DataError::Busy => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl From<Unheard> for Problem {
    fn from(unheard: Unheard) -> Self {
        let detail = unheard.to_string();
        match unheard {
            Unheard::Unknown => Self::not_found(detail),
            Unheard::Over => Self::new(StatusCode::CONFLICT, "over", detail),
            Unheard::NotWaiting => Self::new(StatusCode::CONFLICT, "not_waiting", detail),
            Unheard::Busy => Self::new(StatusCode::CONFLICT, "busy", detail),
            Unheard::NoVersion => Self::new(StatusCode::NOT_FOUND, "no_version", detail),
            Unheard::Unfit(_) => Self::new(StatusCode::CONFLICT, "unfit", detail),
            Unheard::AnsweredBefore => Self::new(StatusCode::CONFLICT, "answered_before", detail),
            Unheard::Unreachable(reason) => {
                tracing::error!("a run cannot be reached: {reason}");
                let detail = "the run cannot be reached now; the server's log says why";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "unreachable", detail).retry_after(5)
            }
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Busy { retry_after } => {
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "busy", refused.to_string());
                problem.retry_after(retry_after.into())
            }
            Refused::Draining { retry_after } => {
                let problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "draining", refused.to_string());
                problem.retry_after(retry_after.into())
            }
            Refused::Stopping => Self::stopping(),
            Refused::Store(error) => error.into(),
        }
    }
}

impl From<UnknownVersion> for Problem {
    fn from(unknown: UnknownVersion) -> Self {
        let detail = unknown.to_string();
        match unknown {
            UnknownVersion::Store(error) => error.into(),
            UnknownVersion::Missing { .. } => Self::new(StatusCode::NOT_FOUND, "no_version", detail),
            UnknownVersion::Invalid { .. } => Self::new(StatusCode::CONFLICT, "invalid_version", detail),
        }
    }
}

impl Problem {
    fn stopping() -> Self {
        let detail = "the server is stopping; try again when it is back";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "stopping", detail).retry_after(5)
    }
}

impl From<LibraryError> for Problem {
    fn from(error: LibraryError) -> Self {
        match &error {
            LibraryError::Unknown(_) => Self::not_found(error.to_string()),
            LibraryError::Exists(_) => Self::new(StatusCode::CONFLICT, "exists", error.to_string()),
            LibraryError::Reserved { .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_id", error.to_string())
            }
            LibraryError::Occupied(_) => Self::new(StatusCode::CONFLICT, "occupied", error.to_string()),
            LibraryError::Changed(_) => Self::new(StatusCode::CONFLICT, "changed", error.to_string()),
            LibraryError::Invalid(diagnostics) => Self::invalid_scenario(diagnostics),
            LibraryError::Unused { .. } => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "not_in_use", error.to_string()).retry_after(5)
            }
            LibraryError::Write { .. } => {
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "write_failed", error.to_string())
            }
        }
    }
}
