//! `POST /api/v1/connections/{name}/authorize`

use crate::App;
use crate::api::blocking::blocking;
use crate::auth::{Caller, Consents, Errand};
use crate::error::{Problem, Refusals};
use crate::oauth;
use crate::vault::Consent;
use actix_web::{post, web};
use serde::Serialize;
use utoipa::ToSchema;

/// Where somebody is to allow the connection.
#[derive(Serialize, ToSchema)]
#[schema(as = ConnectionConsent)]
struct Begun {
    /// The provider's page, to be opened within ten minutes: by whom has a session, in the same browser.
    url: String,
    /// Where the provider sends people back to; it has to know this address beforehand.
    redirect_uri: String,
}

/// Begins to ask somebody to allow a connection to act for them (OAuth 2). What comes of it is told on the page to which the
/// provider sends them back.
#[utoipa::path(
    tag = "connections",
    operation_id = "authorize_connection",
    params(("name" = String, Path, description = "The connection's name")),
    responses((status = 200, body = Begun), Refusals)
)]
#[post("/connections/{name}/authorize")]
pub(in crate::api) async fn authorize(
    app: web::Data<App>,
    caller: Caller,
    name: web::Path<String>,
) -> Result<web::Json<Begun>, Problem> {
    blocking(move || {
        let name = name.into_inner();
        let redirect = oauth::redirect(&app).ok_or_else(|| Problem::internal(&"the public address is no URL"))?;
        let state = Consents::fresh();
        let Consent { url, verifier } = app.vault().consent(&name, &redirect, &state)?;
        let begun = Begun { url: url.into(), redirect_uri: redirect.to_string() };
        let errand = Errand { connection: name, verifier, redirect };
        app.consents().begin(&state, errand, caller.session(), app.now());
        Ok(web::Json(begun))
    })
    .await
}
