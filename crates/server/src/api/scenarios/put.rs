//! `PUT /api/v1/scenarios/{id}`

use super::draft::published;
use super::named;
use super::view::ScenarioText;
use crate::App;
use crate::api::blocking::blocking;
use crate::api::body::media_type;
use crate::error::{Problem, Refusals};
use crate::library::{Basis, LibraryError};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, put, web};
use scenario::plan::Version;
use serde::Deserialize;
use utoipa::ToSchema;

/// A scenario's text.
#[derive(Deserialize, ToSchema)]
#[schema(as = ScenarioChange)]
struct Given {
    /// The text.
    text: String,
    /// The version it builds upon; left out: whatever is there.
    #[serde(default)]
    version: Option<String>,
    /// The revision of the draft that is published by this, and is no draft any more; one with the same text is none, either.
    #[serde(default)]
    draft: Option<u64>,
}

/// What a change builds upon, and who said so.
struct Builds {
    upon: Basis,
    said: Said,
}

/// Where it stands what a change builds upon.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Said {
    /// In the body, or nowhere.
    InBody,
    /// In `If-Match`.
    InHeader,
}

/// Changes a scenario's text, or makes the scenario. A text with errors is not taken. The version that the change
/// builds upon may stand in the body, or as an entity tag in `If-Match`.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "put_scenario",
    params(
        ("id" = String, Path, description = "The scenario's id"),
        ("If-Match" = Option<String>, Header, description = "The version the change builds upon, in quotes"),
    ),
    request_body(content((Given = "application/json"), (String = "application/yaml"))),
    responses((status = 200, body = ScenarioText), Refusals)
)]
#[put("/scenarios/{id}")]
pub(in crate::api) async fn put(
    request: HttpRequest,
    app: web::Data<App>,
    id: web::Path<String>,
    body: Bytes,
) -> Result<web::Json<ScenarioText>, Problem> {
    let id = named(&id)?;
    let (text, builds, draft) = read(request.headers(), &body)?;
    blocking(move || {
        let entry = app.library().put(&id, &text, &builds.upon).map_err(|error| builds.explain(error))?;
        published(&app, &id, &text, draft);
        Ok(web::Json(ScenarioText::of(&entry, &app)?))
    })
    .await
}

fn read(headers: &HeaderMap, body: &[u8]) -> Result<(String, Builds, Option<u64>), Problem> {
    let (text, basis, draft) = match media_type(headers).as_deref() {
        Some("application/json") => {
            let given: Given = serde_json::from_slice(body).map_err(|error| Problem::bad_request(error.to_string()))?;
            (given.text, given.version.map(|version| Basis::Version(Version(version.into()))), given.draft)
        }
        Some("application/yaml" | "application/x-yaml" | "text/yaml") => {
            let text = std::str::from_utf8(body).map_err(|error| Problem::bad_request(error.to_string()))?;
            (text.to_owned(), None, None)
        }
        _ => return Err(Problem::unsupported_media_type("`application/json` or `application/yaml`")),
    };
    let builds = match basis {
        Some(upon) => Builds { upon, said: Said::InBody },
        None => Builds { upon: if_match(headers)?, said: Said::InHeader },
    };
    Ok((text, builds, draft))
}

/// What `If-Match` says (RFC 9110 §13.1.1): one strong entity tag, or `*` for whatever is there.
fn if_match(headers: &HeaderMap) -> Result<Basis, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(Basis::Anything) };
    let value = value.to_str().unwrap_or("").trim();
    if value == "*" {
        return Ok(Basis::Something);
    }
    let tag = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).filter(|tag| !tag.contains('"'));
    let tag = tag.ok_or_else(|| Problem::bad_request("If-Match must hold one version in quotes"))?;
    Ok(Basis::Version(Version(tag.into())))
}

impl Builds {
    fn explain(&self, error: LibraryError) -> Problem {
        match (self.said, &error) {
            (Said::InHeader, LibraryError::Changed(_) | LibraryError::Unknown(_)) => {
                Problem::new(StatusCode::PRECONDITION_FAILED, "changed", error.to_string())
            }
            _ => error.into(),
        }
    }
}
