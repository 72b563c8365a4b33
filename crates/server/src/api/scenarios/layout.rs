//! `GET|PUT /api/v1/scenarios/{id}/layout`

use super::draft::valid;
use super::named;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{get, put, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// How many steps may have a place of their own, and how many notes there may be.
const MOST: usize = 10_000;
/// The longest name of a step, and the longest note, in bytes.
const LONGEST: usize = 16 * 1024;

/// Where the picture of a scenario has its steps and notes. What has no place here is placed by the editor.
#[derive(Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Layout {
    /// The places of steps, by their paths in the text (`steps/0`).
    #[serde(default)]
    positions: BTreeMap<String, Position>,
    /// Notes beside the steps.
    #[serde(default)]
    notes: Vec<Note>,
}

/// A place.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = LayoutPosition)]
#[serde(deny_unknown_fields)]
struct Position {
    /// To the right.
    x: f64,
    /// Down.
    y: f64,
}

/// A note on the picture.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = LayoutNote)]
#[serde(deny_unknown_fields)]
struct Note {
    /// To the right.
    x: f64,
    /// Down.
    y: f64,
    /// What it says.
    text: String,
}

/// Shows where the picture of a scenario has its steps: an empty layout where nobody moved any.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "get_layout",
    params(("id" = String, Path, description = "The scenario's id")),
    responses((status = 200, body = Layout), Refusals)
)]
#[get("/scenarios/{id}/layout")]
pub(in crate::api) async fn get(app: web::Data<App>, id: web::Path<String>) -> Result<web::Json<Layout>, Problem> {
    let id = named(&id)?;
    blocking(move || {
        let text = app.library().layout(&id)?;
        // What someone wrote by hand and cannot be read is no reason not to show the scenario.
        let layout = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Ok(web::Json(layout))
    })
    .await
}

/// Keeps where the picture of a scenario has its steps, beside the scenario's file.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "put_layout",
    params(("id" = String, Path, description = "The scenario's id")),
    request_body = Layout,
    responses((status = 200, body = Layout), Refusals)
)]
#[put("/scenarios/{id}/layout")]
pub(in crate::api) async fn put(
    app: web::Data<App>,
    id: web::Path<String>,
    layout: web::Json<Layout>,
) -> Result<web::Json<Layout>, Problem> {
    let id = valid(&id)?;
    bounded(&layout)?;
    blocking(move || {
        let text = serde_json::to_string_pretty(&*layout).map_err(|error| Problem::internal(&error))?;
        app.library().put_layout(&id, &format!("{text}\n"))?;
        Ok(layout)
    })
    .await
}

fn bounded(layout: &Layout) -> Result<(), Problem> {
    let texts = layout.positions.keys().chain(layout.notes.iter().map(|note| &note.text));
    if layout.positions.len() > MOST || layout.notes.len() > MOST || texts.into_iter().any(|text| text.len() > LONGEST)
    {
        let detail = format!("a layout has {MOST} places and notes at most, none of more than {LONGEST} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
    }
    Ok(())
}
