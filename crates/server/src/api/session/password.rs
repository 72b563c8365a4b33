//! `PUT /api/v1/session/password`

use crate::App;
use crate::api::blocking::blocking;
use crate::auth::{Caller, Means, SetUpError, Way, throttled};
use crate::error::{Problem, Refusals};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, put, web};
use serde::Deserialize;
use utoipa::ToSchema;

/// A new password.
#[derive(Deserialize, ToSchema)]
#[schema(as = PasswordChange)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The password as it was. Not asked of a session that the printed link opened: so a forgotten one is replaced.
    #[serde(default)]
    current: String,
    /// The password from now on: 12 characters at least.
    password: String,
}

/// Changes the administrator's password. All sessions but this one end.
#[utoipa::path(
    tag = "session",
    operation_id = "change_password",
    request_body = Given,
    responses((status = 204), Refusals)
)]
#[put("/session/password")]
pub(in crate::api) async fn change(
    caller: Caller,
    request: HttpRequest,
    app: web::Data<App>,
    given: web::Json<Given>,
) -> Result<HttpResponse, Problem> {
    if !app.accounts().is_set_up() {
        return Err(Problem::new(StatusCode::CONFLICT, "not_set_up", "there is no administrator yet; `POST /setup`"));
    }
    let is_by_link = matches!(caller.means(), Means::Session(_, Way::Link));
    let address = if is_by_link { None } else { Some(throttled(&request, &app)?) };
    let _room = app.accounts().room().await;
    let worker = app.clone();
    let Given { current, password } = given.into_inner();
    blocking(move || {
        let accounts = worker.accounts();
        if !is_by_link && !accounts.is_administrator(&accounts.name(), &current) {
            let detail = "this is not the password as it was";
            return Err(Problem::new(StatusCode::FORBIDDEN, "wrong_password", detail));
        }
        accounts.change_password(&password, worker.now()).map_err(Problem::from)
    })
    .await?;
    address.into_iter().for_each(|address| app.throttle().succeed(address));
    app.sessions().close_others(caller.session());
    Ok(HttpResponse::NoContent().finish())
}

impl From<SetUpError> for Problem {
    fn from(error: SetUpError) -> Self {
        let detail = error.to_string();
        match error {
            SetUpError::Done => Self::new(StatusCode::CONFLICT, "already_set_up", detail),
            SetUpError::Unfit(_) => Self::new(StatusCode::UNPROCESSABLE_ENTITY, "unfit", detail),
            SetUpError::Store(error) => error.into(),
            SetUpError::Hash(error) => Self::internal(&error),
        }
    }
}
