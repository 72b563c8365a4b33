//! `POST /api/v1/import`

use super::blocking::blocking;
use crate::App;
use crate::error::{Problem, Refusals};
use crate::imports::Foreign;
use actix_web::{post, web};
use blueprint::{ImportError, Imported, Paths};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use utoipa::ToSchema;

/// A file that another tool has exported: its text, or where it lies.
#[derive(Deserialize, ToSchema)]
#[schema(as = ImportRequest)]
struct Given {
    /// The file's name, for where it has none inside.
    #[serde(default)]
    name: String,
    /// What is in it.
    text: Option<String>,
    /// Where it lies in the web, in place of `text`: a JSON file, an archive of such, or a page of GitHub or n8n.io with
    /// one. Private addresses are not asked unless the server's operator allows it.
    url: Option<String>,
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
    /// `connections` with a `question` for each account, and `items`.
    #[schema(value_type = Object)]
    report: Value,
    /// Where its steps stood: `step` (its id, else its path in the text), `x` and `y` of each.
    #[schema(value_type = Vec<Object>)]
    positions: Value,
}

/// Makes scenarios of what another tool has exported, without keeping them.
#[utoipa::path(tag = "scenarios", operation_id = "import", request_body = Given, responses((status = 200, body = Found), Refusals))]
#[post("/import")]
pub(super) async fn import(app: web::Data<App>, given: web::Json<Given>) -> Result<web::Json<Found>, Problem> {
    let Given { name, text, url } = given.into_inner();
    let (files, paths) = match (text, url) {
        (Some(text), None) => (vec![Foreign { name, bytes: text.into_bytes() }], Paths::Unguessable),
        (None, Some(url)) => {
            let fetched = app.options().imports.fetch(&url).await;
            // What lies in the web is known to others.
            (fetched.map_err(|reason| Problem::invalid_import(&reason))?, Paths::Fresh)
        }
        _ => return Err(Problem::bad_request("either `text` or `url` tells what to import")),
    };
    blocking(move || {
        let mut known = app.options().imports.counterparts();
        if files.len() > 1 {
            // One file of an archive can call another.
            let called = files.iter().flat_map(|it| blueprint::callable(&it.name, &it.bytes));
            Arc::make_mut(&mut known).workflows.extend(called);
        }
        let mut scenarios = Vec::new();
        for Foreign { name, bytes } in files {
            let imported = blueprint::import_with(&name, &bytes, &known, paths);
            let told = |error: ImportError| Problem::invalid_import(&format!("{error}; {}", error.hint()));
            let imported = imported.map_err(told)?;
            scenarios.extend(imported.into_iter().map(Scenario::of));
        }
        Ok(web::Json(Found { scenarios }))
    })
    .await
}

impl Scenario {
    fn of(one: Imported) -> Self {
        let json = |value: serde_json::Result<Value>| value.unwrap_or_default();
        Self {
            kind: json(serde_json::to_value(one.kind)).as_str().unwrap_or_default().to_owned(),
            report: json(serde_json::to_value(&one.report)),
            positions: json(serde_json::to_value(&one.positions)),
            id: one.id,
            text: one.yaml,
        }
    }
}
