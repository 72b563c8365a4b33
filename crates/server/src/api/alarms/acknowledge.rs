//! `POST /api/v1/alarms/acknowledge`

use super::{Kind, View};
use crate::App;
use crate::api::blocking::blocking;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use engine::{AlarmKind, NoSuchAlarm};
use serde::Deserialize;
use utoipa::ToSchema;

/// Which alarm was seen.
#[derive(Deserialize, ToSchema)]
#[schema(as = AlarmAcknowledge)]
#[serde(deny_unknown_fields)]
struct Given {
    /// What is wrong.
    #[schema(value_type = Kind)]
    kind: AlarmKind,
    /// With what.
    subject: String,
}

/// Notes that someone has seen an alarm. It goes on until what is wrong is mended.
#[utoipa::path(
    tag = "alarms",
    operation_id = "acknowledge_alarm",
    request_body = Given,
    responses((status = 200, body = View), Refusals)
)]
#[post("/alarms/acknowledge")]
pub(in crate::api) async fn acknowledge(
    app: web::Data<App>,
    caller: Caller,
    given: web::Json<Given>,
) -> Result<web::Json<View>, Problem> {
    let Given { kind, subject } = given.into_inner();
    let alarm = blocking(move || {
        app.handle().acknowledge(kind, &subject, caller.user().to_owned()).map_err(|error| match error {
            NoSuchAlarm::Unknown => Problem::not_found(error.to_string()),
            NoSuchAlarm::Store(error) => error.into(),
        })
    });
    Ok(web::Json(alarm.await?.into()))
}
