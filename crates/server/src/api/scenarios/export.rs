//! `GET /api/v1/scenarios/{id}/export`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::{named, unknown};
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use actix_web::http::header;
use actix_web::web::Query;
use actix_web::{HttpResponse, get, web};
use blueprint::export::make;
use blueprint::picture::Picture;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// A picture opened in the browser runs and fetches nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// What a scenario is to become.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// A blueprint of Make, a flow chart in the language of Mermaid, or a picture.
    #[param(inline)]
    r#as: Form,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Form {
    Make,
    Mermaid,
    Svg,
}

/// Gives a scenario as a blueprint of Make, whose `metadata.hookmill` leads back to it, or as a picture.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "export_scenario",
    params(("id" = String, Path, description = "The scenario's id"), Wanted),
    responses(
        (status = 200, content(
            (serde_json::Value = "application/json"),
            (String = "text/plain"),
            (String = "image/svg+xml")
        )),
        Refusals
    )
)]
#[get("/scenarios/{id}/export")]
pub(in crate::api) async fn export(
    app: web::Data<App>,
    id: web::Path<String>,
    wanted: Query<Wanted>,
) -> Result<HttpResponse, Problem> {
    let id = named(&id)?;
    let form = wanted.into_inner().r#as;
    let (kind, extension, file, body) = blocking(move || {
        let text = app.library().get(&id).ok_or_else(|| unknown(id.as_str()))?.text;
        let picture = || Picture::of(&text);
        let (kind, extension, body) = match form {
            Form::Make => {
                let known = app.options().imports.counterparts();
                let exported = make(id.as_str(), &text, &known);
                let exported = exported.map_err(|found| Problem::invalid_scenario(&[*found]))?;
                ("application/json", "json", exported.blueprint.to_string())
            }
            Form::Mermaid => ("text/plain; charset=utf-8", "mmd", picture().mermaid()),
            Form::Svg => ("image/svg+xml", "svg", picture().svg()),
        };
        Ok((kind, extension, id, body))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_DISPOSITION, format!("inline; filename=\"{file}.{extension}\"")))
        .body(body))
}
