//! `POST /api/v1/setup`

use super::Setup;
use crate::App;
use crate::api::blocking::blocking;
use crate::auth::{Caller, SetUpError, Way, session_cookie, throttled};
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, post, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// Who is to be the administrator.
#[derive(Deserialize, ToSchema)]
#[schema(as = SetupRequest)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The code of the login link that the server printed: what stands behind `/login/`. Not asked of who is logged in.
    #[serde(default)]
    code: String,
    /// Their name.
    name: String,
    /// Their password: 12 characters at least.
    password: String,
}

/// Makes the one administrator and opens a session for them. Answers anyone who has the code of the printed link; the
/// code is used up by it.
#[utoipa::path(
    tag = "setup",
    operation_id = "set_up",
    security(()),
    request_body = Given,
    responses((status = 201, body = Setup), Refusals)
)]
#[post("/setup")]
pub(in crate::api) async fn create(
    caller: Option<Caller>,
    request: HttpRequest,
    app: web::Data<App>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    let Given { code, name, password } = given.into_inner();
    if app.accounts().is_set_up() {
        return Err(SetUpError::Done.into());
    }
    let address = throttled(&request, &app)?;
    if caller.is_none() && !app.login_codes().knows(&code, app.now()) {
        let detail = "the code of the link that the server printed is asked for; a restart prints a new one";
        return Err(Problem::new(StatusCode::UNAUTHORIZED, "wrong_code", detail));
    }
    app.throttle().succeed(address);
    let _room = app.accounts().room().await;
    let worker = app.clone();
    blocking(move || worker.accounts().set_up(&name, &password, worker.now()).map_err(Problem::from)).await?;
    app.login_codes().redeem(&code, app.now());
    app.sessions().close_others(None);
    let cookie = session_cookie(&app, app.sessions().open(Way::Password, app.now()));
    Ok(HttpResponse::Created().cookie(cookie).json(Setup { done: true }))
}
