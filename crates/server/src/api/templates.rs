//! `GET /api/v1/templates`

use crate::App;
use crate::error::Refusals;
use actix_web::{get, web};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use utoipa::ToSchema;

/// Every template.
#[derive(Serialize, ToSchema)]
struct Templates {
    /// The templates, by id.
    #[schema(value_type = Vec<Template>)]
    items: Arc<[Template]>,
}

/// A scenario that is there to begin with.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Template {
    /// What its scenario is called unless people say otherwise.
    pub id: String,
    /// Its name for people, in English.
    pub name: String,
    /// What it is for, in English.
    pub description: String,
    /// The scenario, YAML.
    pub text: String,
    /// What it is made of, in the order of the text: triggers and modules.
    pub modules: Vec<String>,
    /// Name and description, by language.
    pub i18n: BTreeMap<String, TemplateWords>,
}

/// A template's name and description in one language.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateWords {
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: String,
}

/// Lists the scenarios that come with the program, to begin with.
#[utoipa::path(tag = "scenarios", operation_id = "list_templates", responses((status = 200, body = Templates), Refusals))]
#[get("/templates")]
pub(super) async fn list(app: web::Data<App>) -> web::Json<Templates> {
    web::Json(Templates { items: Arc::clone(&app.options().templates) })
}
