//! `POST /api/v1/scenarios/{id}/listen`

use super::draft::valid;
use crate::App;
use crate::api::blocking::blocking;
use crate::auth::Caller;
use crate::error::{Problem, Refusals};
use crate::gateway::{Ear, LISTENING};
use actix_web::http::StatusCode;
use actix_web::{post, web};
use run::id::Millis;
use scenario::diagnostic::Diagnostic;
use scenario::plan::Trigger;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;

/// A text that is to listen.
#[derive(Deserialize, ToSchema)]
#[schema(as = ListenRequest)]
#[serde(deny_unknown_fields)]
struct Given {
    /// The text.
    text: String,
}

/// Where it listens.
#[derive(Serialize, ToSchema)]
#[schema(as = ListenResult)]
struct Told {
    /// The addresses of its webhooks.
    urls: Vec<Urls>,
    /// Until when it listens, in milliseconds since 1970.
    #[schema(value_type = i64)]
    until: Millis,
}

/// The addresses of a webhook.
#[derive(Serialize, ToSchema)]
#[schema(as = ListenUrls)]
struct Urls {
    /// Which trigger, from 0 in the order of the text.
    trigger: usize,
    /// The path, as the scenario writes it: that of its kept requests.
    path: String,
    /// Where the scenario is called once this text is published.
    url: String,
    /// Where this text is called now.
    test_url: String,
}

/// Has a text listen at `/hook-test/…` for 30 minutes, in place of another one of the same scenario: each request there
/// starts a run that tries the text, and is kept beside those to the webhook of this path.
#[utoipa::path(
    tag = "scenarios",
    operation_id = "listen_scenario",
    params(("id" = String, Path, description = "The scenario's id; it need not exist")),
    request_body = Given,
    responses((status = 200, body = Told), Refusals)
)]
#[post("/scenarios/{id}/listen")]
pub(in crate::api) async fn listen(
    app: web::Data<App>,
    caller: Caller,
    id: web::Path<String>,
    given: web::Json<Given>,
) -> Result<web::Json<Told>, Problem> {
    let id = valid(&id)?;
    let by: Arc<str> = caller.user().into();
    blocking(move || {
        let diagnostics = app.library().check(&given.text);
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(Problem::invalid_scenario(&diagnostics));
        }
        let deployment = Arc::new(app.handle().keep_for_trial(id.clone(), &given.text)?);
        let paths = app.library().hook_paths(&id, &deployment.plan)?;
        let until = app.now().saturating_add(LISTENING);
        let numbers = deployment.plan.triggers.iter().enumerate();
        let numbers = numbers.filter(|(_, trigger)| matches!(trigger, Trigger::Webhook(_))).map(|(number, _)| number);
        let urls = numbers.zip(&paths).map(|(trigger, path)| Urls {
            trigger,
            path: path.clone(),
            url: format!("{}/hook/{path}", app.base()),
            test_url: format!("{}/hook-test/{path}", app.base()),
        });
        let urls = urls.collect();
        app.gateway()
            .trials
            .listen(Ear { deployment, paths, by, until })
            .map_err(|why| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unservable", why.to_string()))?;
        Ok(web::Json(Told { urls, until }))
    })
    .await
}
