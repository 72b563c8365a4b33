//! `GET /api/v1/alarms`

#![expect(unused_qualifications, reason = "what `utoipa::path` makes of the query names it by its path")]

use super::View;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::web::Query;
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which alarms to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// Also those that are over.
    #[serde(default)]
    all: bool,
}

/// Alarms.
#[derive(Serialize, ToSchema)]
#[schema(as = AlarmList)]
struct Alarms {
    /// The alarms: those that go on first, then the newest first.
    items: Vec<View>,
}

/// Lists what is wrong.
#[utoipa::path(
    tag = "alarms",
    operation_id = "list_alarms",
    params(Wanted),
    responses((status = 200, body = Alarms), Refusals)
)]
#[get("/alarms")]
pub(in crate::api) async fn list(app: web::Data<App>, wanted: Query<Wanted>) -> Result<web::Json<Alarms>, Problem> {
    let alarms = app.handle().alarms().into_iter().filter(|alarm| wanted.all || alarm.cleared.is_none());
    Ok(web::Json(Alarms { items: alarms.map(View::from).collect() }))
}
