//! `POST /api/v1/hooks/{hook}/requests/{id}/scenario`

use super::get::find;
use super::unknown;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::{Said, decode, draft};
use actix_web::{post, web};
use run::id::ScenarioId;
use serde::Serialize;
use utoipa::ToSchema;

/// A scenario that is not kept yet.
#[derive(Serialize, ToSchema)]
#[schema(as = ScenarioDraft)]
struct Draft {
    /// An id that no scenario has.
    id: String,
    /// Its text.
    text: String,
}

/// Drafts a scenario that takes such requests: its trigger, with the preset of the sender where it is known by its
/// headers; what the body is like; a step that names its fields; and the request as a test. Of a
/// webhook that a scenario has, it says `verify` and `each` as that scenario does, at a path next to it. Nothing is kept.
/// A draft of a request to a bin has the bin's path; it outweighs the bin once it is kept.
#[utoipa::path(
    tag = "hooks",
    operation_id = "draft_scenario",
    params(
        ("hook" = String, Path, description = "The webhook's path, percent-encoded as one segment"),
        ("id" = String, Path, description = "The request's id"),
    ),
    responses((status = 200, body = Draft), Refusals)
)]
#[post("/hooks/{hook}/requests/{id}/scenario")]
pub(in crate::api) async fn drafted(
    app: web::Data<App>,
    path: web::Path<(String, String)>,
) -> Result<web::Json<Draft>, Problem> {
    let (hook, id) = path.into_inner();
    blocking(move || {
        let capture = find(&app, &hook, &id)?;
        let record = decode(&capture.bytes).ok_or_else(|| unknown(&id))?;
        let (path, said) = match said(&app, &hook) {
            Some(said) => (beside(&hook), said),
            None => (hook.clone(), Said::default()),
        };
        Ok(web::Json(Draft { id: free_id(&app, &hook), text: draft(&record, &path, &said) }))
    })
    .await
}

/// What the scenario with this webhook says of it, if one has it.
fn said(app: &App, hook: &str) -> Option<Said> {
    app.library().list().iter().find_map(|entry| {
        let number = entry.hooks.iter().position(|known| known == hook)?;
        Some(Said::of(&entry.text, number))
    })
}

/// A path next to one that is taken. A parameter is a whole segment, so nothing can stand behind it there.
fn beside(hook: &str) -> String {
    if hook.ends_with('}') { format!("{hook}/new") } else { format!("{hook}-new") }
}

/// An id after the webhook's path that no scenario has.
fn free_id(app: &App, hook: &str) -> String {
    let words = hook.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut base = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    base.truncate(60);
    let base = if base.is_empty() { "webhook".to_owned() } else { base };
    let is_free = |id: &str| id.parse::<ScenarioId>().is_ok_and(|id| app.library().get(&id).is_none());
    let numbered = (2..).map(|number: u64| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(|id| is_free(id)).unwrap_or(base)
}
