//! What is said to whoever opened a link: a page for people, JSON for programs.

use super::language::Language;
use super::page;
use crate::error::{Problem, Reason};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use engine::{Awaited, Unheard};
use run::answer::Objection;
use run::id::RunId;
use scenario::plan::{Field, FieldType};
use serde_json::{Map, Value, json};
use triggers::webhook::problem::Refusal;

/// After how many seconds to try again when the run cannot be reached.
const RETRY_AFTER: u64 = 5;

/// What has become of a request.
pub(super) enum Reply {
    /// The step waits for an answer; what was given is objected to, where it is.
    Asks { awaited: Box<Awaited>, given: Map<String, Value>, objections: Vec<Objection> },
    /// It has its answer.
    Resumed(RunId),
    /// Nothing waits behind the link, or not any more, or it is not known now.
    Unheard(Unheard),
    /// The link takes other methods: these.
    NotTaken(String),
    /// The methods that the link takes.
    Methods(String),
    /// The request cannot be read.
    Refused(Refusal),
}

/// Who reads the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    Person,
    Program,
}

impl Reader {
    /// Browsers say that they take HTML; programs hardly ever do.
    fn of(headers: &HeaderMap) -> Self {
        let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
        if accepted.contains("text/html") { Self::Person } else { Self::Program }
    }
}

impl Reply {
    /// The answer, in the language and the form that these headers ask for.
    pub(super) fn send(self, headers: &HeaderMap) -> HttpResponse {
        let language = Language::of(headers);
        let mut response = match Reader::of(headers) {
            Reader::Person => self.for_person(language),
            Reader::Program => self.for_program(),
        };
        let set = response.headers_mut();
        // The address is the key: no page that the answer leads to may learn it, and no search engine.
        set.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        set.insert(header::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow"));
        set.insert(header::VARY, HeaderValue::from_static("accept, accept-language"));
        response
    }

    fn for_person(self, language: Language) -> HttpResponse {
        let words = language.words();
        match self {
            Self::Asks { awaited, given, objections } => {
                let status = if objections.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
                html(status, page::form(&awaited, &given, &objections, language))
            }
            Self::Resumed(_) => html(StatusCode::OK, page::notice(language, words.thanks, words.recorded)),
            Self::Unheard(Unheard::Unknown) => {
                html(StatusCode::NOT_FOUND, page::notice(language, words.unknown, words.look_at_link))
            }
            Self::Unheard(Unheard::Unreachable(reason)) => {
                tracing::error!("a run that waits cannot be reached: {reason}");
                let page = page::notice(language, words.unreachable, words.try_again);
                let mut response = html(StatusCode::SERVICE_UNAVAILABLE, page);
                response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER.into());
                response
            }
            Self::Unheard(_) => html(StatusCode::GONE, page::notice(language, words.over, words.nothing_to_do)),
            other => other.for_program(),
        }
    }

    fn for_program(self) -> HttpResponse {
        match self {
            Self::Asks { awaited, objections, .. } if objections.is_empty() => HttpResponse::Ok().json(asked(&awaited)),
            Self::Asks { objections, .. } => {
                Problem::invalid_answer(objections.iter().map(reason).collect()).error_response()
            }
            Self::Resumed(run) => HttpResponse::Ok().json(json!({ "resumed": true, "run": run.to_string() })),
            Self::Unheard(Unheard::Unknown) => Problem::not_found("no step waits at this address").error_response(),
            Self::Unheard(unheard @ Unheard::Unreachable(_)) => Problem::from(unheard).error_response(),
            Self::Unheard(_) => {
                let detail = "this was answered before, or is not waited for any more";
                Problem::new(StatusCode::GONE, "gone", detail).error_response()
            }
            Self::NotTaken(allow) => {
                let detail = "this link does not take this method";
                let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail);
                problem.header(header::ALLOW, allow).error_response()
            }
            Self::Methods(allow) => HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish(),
            Self::Refused(refusal) => crate::gateway::refused(&refusal),
        }
    }
}

fn html(status: StatusCode, page: String) -> HttpResponse {
    HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, page::policy()))
        .body(page)
}

/// What the step asks for, as JSON.
fn asked(awaited: &Awaited) -> Value {
    json!({
        "scenario": awaited.scenario,
        "title": awaited.title,
        "text": awaited.text,
        "fields": awaited.asks.fields.iter().map(field).collect::<Vec<_>>(),
        "choices": awaited.asks.choices,
        "methods": awaited.asks.methods,
        "until": awaited.until,
    })
}

fn field(field: &Field) -> Value {
    let (of, options) = match &field.of {
        FieldType::Text => ("text", None),
        FieldType::LongText => ("long_text", None),
        FieldType::Number => ("number", None),
        FieldType::Boolean => ("boolean", None),
        FieldType::Date => ("date", None),
        FieldType::Choice(options) => ("choice", Some(options)),
    };
    let mut told = json!({ "name": field.name, "type": of, "label": field.label, "required": field.required });
    if let Some(options) = options {
        told["options"] = json!(options);
    }
    told
}

/// RFC 6901 writes `~` and `/` within a name as `~0` and `~1`.
fn reason(objection: &Objection) -> Reason {
    let name = objection.field.replace('~', "~0").replace('/', "~1");
    Reason { path: format!("/{name}"), message: objection.problem.to_string() }
}
