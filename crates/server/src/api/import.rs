//! `POST /api/v1/import`

use super::blocking::blocking;
use crate::App;
use crate::error::{Problem, Refusals};
use actix_web::{post, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// A file that another tool has exported.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportRequest)]
struct Given {
    /// The file's name, for where it has none inside.
    #[serde(default)]
    name: String,
    /// What is in it.
    text: String,
}

/// What it becomes.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportResult)]
struct Found {
    /// The scenarios of the file.
    scenarios: Vec<Scenario>,
}

/// A scenario made of a file. It is not kept before somebody saves it.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportedScenario)]
struct Scenario {
    /// What it may be called.
    id: String,
    /// Whose the file is: `make`, `n8n`, `zapier` or `node_red`.
    kind: String,
    /// The scenario's text.
    text: String,
    /// What became of every module: `modules` (`total`, `executable`, `todo`), `expressions` (`total`, `translated`),
    /// `connections`, and `items`.
    #[schema(value_type = Object)]
    report: Value,
    /// Where its steps stood: `step`, `x` and `y` of each.
    #[schema(value_type = Vec<Object>)]
    positions: Value,
}

/// Makes scenarios of what another tool has exported, without keeping them.
#[utoipa::path(tag = "scenarios", operation_id = "import", request_body = Given, responses((status = 200, body = Found), Refusals))]
#[post("/import")]
pub(super) async fn import(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Found>, Problem> {
    blocking(move || {
        let Given { name, text } = given.into_inner();
        let imported = blueprint::import(&name, text.as_bytes(), &app.options().counterparts);
        let imported = imported.map_err(|error| Problem::invalid_import(&error))?;
        let scenarios = imported.into_iter().map(|one| {
            let json = |value: serde_json::Result<Value>| value.unwrap_or_default();
            Scenario {
                kind: json(serde_json::to_value(one.kind)).as_str().unwrap_or_default().to_owned(),
                report: json(serde_json::to_value(&one.report)),
                positions: json(serde_json::to_value(&one.positions)),
                id: one.id,
                text: one.yaml,
            }
        });
        Ok(web::Json(Found { scenarios: scenarios.collect() }))
    })
    .await
}
