//! `GET /api/v1/setup`

use super::Setup;
use crate::App;
use crate::error::Refusals;
use actix_web::{get, web};

/// Says whether there is an administrator with a password. Answers anyone.
#[utoipa::path(
    tag = "setup",
    operation_id = "get_setup",
    security(()),
    responses((status = 200, body = Setup), Refusals)
)]
#[get("/setup")]
pub(in crate::api) async fn get(app: web::Data<App>) -> web::Json<Setup> {
    web::Json(Setup { done: app.accounts().is_set_up() })
}
