//! `GET /api/v1/connections`

use super::Source;
use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::oauth;
use crate::vault;
use actix_web::{get, web};
use engine::Health;
use run::id::Millis;
use scenario::plan::{Kind, Plan};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::ToSchema;

/// All connections, and the types that there are.
#[derive(Serialize, ToSchema)]
struct Connections {
    /// By name.
    items: Vec<Connection>,
    /// Where providers send people back to who authorize a connection; they have to know this address beforehand.
    #[serde(skip_serializing_if = "Option::is_none")]
    redirect_uri: Option<String>,
    /// The types that a connection can have, with the fields of their forms.
    #[schema(value_type = Vec<ConnectionType>)]
    types: Value,
}

/// A connection, without what is secret in it.
#[derive(Serialize, ToSchema)]
struct Connection {
    /// Its name.
    name: String,
    /// Its type; empty where that is not known.
    r#type: String,
    /// Who made it.
    source: Source,
    /// Whether nothing is sent over it.
    sandbox: bool,
    /// Whether it can be used.
    state: State,
    /// Why it cannot be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The scenarios whose steps name it.
    used_by: Vec<String>,
    /// When a step last used it, since the server started.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used: Option<Millis>,
    /// Since when every call over it was refused or found nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since: Option<Millis>,
    /// Whether somebody has authorized it; not there where nobody has to.
    #[serde(skip_serializing_if = "Option::is_none")]
    authorized: Option<bool>,
    /// When its credential ends and nothing takes its place, as far as that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<Millis>,
    /// Its settings, without the secret ones; empty for a connection that the file has.
    fields: Map<String, Value>,
}

/// Whether a connection can be used.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConnectionState)]
enum State {
    /// It can.
    Ok,
    /// It cannot; the reason stands beside.
    Broken,
}

/// A type of connection.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a vault gives as JSON")]
struct ConnectionType {
    /// `bearer`, `smtp`…
    r#type: String,
    /// What people call it.
    title: String,
    /// Its settings.
    fields: Vec<ConnectionField>,
    /// What people who speak another language call it, by language.
    i18n: BTreeMap<String, ConnectionTitle>,
}

/// A setting of a connection.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a vault gives as JSON")]
struct ConnectionField {
    /// Its key.
    name: String,
    /// What it holds. `secret` and `json` are written and never read back.
    kind: ConnectionFieldKind,
    /// Whether it must be given.
    required: bool,
    /// What people call it.
    title: String,
    /// What it is for.
    description: String,
    /// What it may be, where that is a choice.
    #[schema(required = false)]
    choices: Vec<String>,
    /// Title and description in other languages.
    i18n: BTreeMap<String, ConnectionWords>,
}

/// What a setting holds.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(dead_code, reason = "describes what a vault gives as JSON")]
enum ConnectionFieldKind {
    /// A line.
    Text,
    /// A credential.
    Secret,
    /// A URL.
    Url,
    /// A number.
    Number,
    /// JSON that is a credential.
    Json,
    /// One of the choices.
    Choice,
    /// Several texts, parted by commas.
    List,
}

/// A name in another language.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a vault gives as JSON")]
struct ConnectionTitle {
    /// What it is called.
    title: String,
}

/// Words of a setting in another language.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what a vault gives as JSON")]
struct ConnectionWords {
    /// What it is called.
    title: String,
    /// What it is for.
    description: String,
}

/// Lists connections, those of the file and those made in the editor.
#[utoipa::path(
    tag = "connections",
    operation_id = "list_connections",
    responses((status = 200, body = Connections), Refusals)
)]
#[get("/connections")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Connections>, Problem> {
    blocking(move || {
        let entries = app.library().list();
        let named: Vec<(String, BTreeSet<&str>)> =
            entries.iter().filter_map(|entry| Some((entry.id.to_string(), names(entry.plan.as_deref()?)))).collect();
        let health = app.handle().connection_health();
        let items = app.vault().connections().into_iter().map(|connection| {
            let using = named.iter().filter(|(_, names)| names.contains(&*connection.name));
            let used_by = using.map(|(id, _)| id.clone()).collect();
            let health = health.get(&*connection.name).copied().unwrap_or_default();
            view(connection, used_by, health)
        });
        let (items, types) = (items.collect(), app.vault().connection_types());
        let redirect_uri = oauth::redirect(&app).map(String::from);
        Ok(web::Json(Connections { items, redirect_uri, types }))
    })
    .await
}

/// The connections that the steps of a scenario name.
fn names(plan: &Plan) -> BTreeSet<&str> {
    let calls = plan.steps.iter().filter_map(|step| match &step.kind {
        Kind::Call(call) => call.connection.as_deref(),
        _ => None,
    });
    calls.collect()
}

fn view(connection: vault::Connection, used_by: Vec<String>, health: Health) -> Connection {
    let Health { last_used, failing_since } = health;
    let refused_since = connection.refused.as_ref().map(|(since, _)| *since);
    let reason = connection.broken.or(connection.refused.map(|(_, why)| why));
    Connection {
        name: connection.name,
        r#type: connection.kind,
        source: connection.origin.into(),
        sandbox: connection.sandbox,
        state: if reason.is_some() { State::Broken } else { State::Ok },
        reason,
        used_by,
        last_used,
        failing_since: failing_since.or(refused_since),
        authorized: connection.authorized,
        expires: connection.expires,
        fields: connection.fields,
    }
}
