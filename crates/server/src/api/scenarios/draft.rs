//! `GET|PUT|DELETE /api/v1/scenarios/{id}/draft`

use super::named;
use crate::App;
use crate::api::blocking::blocking;
use crate::drafts::{Draft as Written, Kept, Unsaved};
use crate::error::{Problem, Refusals};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, delete, get, put, web};
use run::id::{Millis, ScenarioId};
use scenario::MAX_TEXT;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A draft.
#[derive(Serialize, ToSchema)]
struct Draft {
    /// The text, valid or not.
    text: String,
    /// The version of the scenario that it began with; null: it is of a new one.
    basis: Option<String>,
    /// What the next change builds upon.
    revision: u64,
    /// When it was saved, in milliseconds since 1970.
    #[schema(value_type = i64)]
    saved: Millis,
}

/// A draft to save.
#[derive(Deserialize, ToSchema)]
#[schema(as = DraftChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The text, valid or not.
    text: String,
    /// The version of the scenario that it began with; null: it is of a new one.
    #[serde(default)]
    basis: Option<String>,
    /// The last revision that was seen; 0: there was no draft.
    #[serde(default)]
    revision: u64,
}

/// What someone else saved meanwhile: a problem document (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = DraftConflict)]
struct Conflict {
    /// `about:blank`: the status and the code say what kind of problem it is.
    r#type: &'static str,
    /// The status in words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// `draft_changed`.
    code: &'static str,
    /// What is wrong, for people.
    detail: &'static str,
    /// The draft that is kept; null: it was discarded or published.
    draft: Option<Draft>,
}

/// Shows the draft of a scenario, which may not exist yet.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "get_draft",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Draft), Refusals)
)]
#[get("/scenarios/{id}/draft")]
pub(in crate::api) async fn get(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Draft>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let kept = app.drafts().get(&id)?.ok_or_else(|| nothing(&id))?;
        Ok(web::Json(kept.into()))
    })
    .await
}

/// Saves the draft of a scenario, which may not exist yet, on disk. What takes runs stays as it is. A draft that someone
/// else saved since the given revision is not overwritten.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "put_draft",
    params(("id" = String, Path, description = "The scenario's id")),
    request_body = Given,
    responses(
        (status = 200, body = Draft),
        (status = 409, body = Conflict, content_type = "application/problem+json", description = "Someone else saved meanwhile"),
        Refusals,
    )
)]
#[put("/scenarios/{id}/draft")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    let id = valid(&id)?;
    let Given { text, basis, revision } = given.into_inner();
    if text.len() > MAX_TEXT {
        let detail = format!("a scenario's text has {MAX_TEXT} bytes at most");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
    }
    let saved = blocking(move || {
        let draft = Written { text, basis, saved: app.now() };
        match app.drafts().put(&id, draft, revision) {
            Ok(kept) => {
                app.handle().tell_drafted(id, Some(kept.revision));
                Ok(Ok(kept))
            }
            Err(Unsaved::Changed(kept)) => Ok(Err(kept)),
            Err(Unsaved::Store(error)) => Err(error.into()),
        }
    });
    Ok(match saved.await? {
        Ok(kept) => HttpResponse::Ok().json(Draft::from(kept)),
        Err(kept) => Conflict::with(kept).response(),
    })
}

/// Discards the draft of a scenario. What takes runs stays as it is.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "delete_draft",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 204, description = "It is gone"), Refusals)
)]
#[delete("/scenarios/{id}/draft")]
pub(in crate::api) async fn delete(app: web::Data<App>, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    blocking(move || {
        if !app.drafts().delete(&id)? {
            return Err(nothing(&id));
        }
        // The picture of a draft that never became a scenario goes with it.
        if app.library().get(&id).is_none() {
            app.library().drop_layout(&id);
        }
        app.handle().tell_drafted(id, None);
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

impl Conflict {
    fn with(kept: Option<Kept>) -> Self {
        Self {
            r#type: "about:blank",
            title: "Conflict",
            status: 409,
            code: "draft_changed",
            detail: "someone else saved another draft of this scenario meanwhile",
            draft: kept.map(Draft::from),
        }
    }

    fn response(&self) -> HttpResponse {
        HttpResponse::Conflict().insert_header((header::CONTENT_TYPE, "application/problem+json")).json(self)
    }
}

/// Removes the draft that this text, or this revision, is; another one stays. Blocks for the disk.
pub(super) fn published(app: &App, id: &ScenarioId, text: &str, revision: Option<u64>) {
    match app.drafts().publish(id, text, revision) {
        Ok(true) => app.handle().tell_drafted(id.clone(), None),
        Ok(false) => {}
        // The scenario is as it was asked for; a draft too many does no harm.
        Err(error) => tracing::warn!(scenario = %id, %error, "the published draft was not removed"),
    }
}

/// The id of a scenario that may come to be.
pub(super) fn valid(id: &str) -> Result<ScenarioId, Problem> {
    id.parse().map_err(|error: run::id::InvalidScenarioId| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_id", error.to_string())
    })
}

fn nothing(id: &ScenarioId) -> Problem {
    Problem::not_found(format!("there is no draft of `{id}`"))
}

impl From<Kept> for Draft {
    fn from(kept: Kept) -> Self {
        let Kept { draft: Written { text, basis, saved }, revision } = kept;
        Self { text, basis, revision, saved }
    }
}
