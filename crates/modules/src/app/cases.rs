//! Cases: a call goes in, the request that must come of it is known, an answer goes in, the output is known. They run through
//! the same code as steps do, and nothing leaves the machine.

mod difference;
mod far_side;
mod file;
mod request;

use super::call::AppAction;
use super::registry::{Apps, Entry};
use super::shape::App;
use crate::auth::Tokens;
use crate::catalog::Shared;
use crate::client::Client;
use crate::connections::Connections;
use crate::guard::Guard;
use crate::spec;
use difference::differences;
use far_side::Script;
pub use file::{Case, read};
use run::call::{Call, Module, Origin, Outcome};
use run::error::StepError;
use run::files::Files;
use run::id::{Millis, RunId, ScenarioId, Spot, Turns};
use scenario::diagnostic::Place;
use scenario::plan::StepNo;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// 2026-01-01T00:00:00Z.
const NOW: Millis = 1_767_225_600_000;

/// What the key is by which a far side would know a repeat.
const KEY: &str = "00000000-0000-7000-8000-000000000000.0";

/// How long a case may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came of a case.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Of which action.
    pub action: String,
    /// Where the case stands.
    pub place: Place,
    /// What is not as the case says; nothing where all is well.
    pub faults: Vec<String>,
}

/// Runs cases of an app.
pub async fn run(apps: &Arc<Apps>, app: &str, cases: &[Case], files: &Files) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let entry = apps.entry(app);
    for case in cases {
        let faults = match entry {
            Some(entry) => perform(apps, entry, case, files).await,
            None => vec![format!("there is no app `{app}`")],
        };
        verdicts.push(Verdict { action: case.action.clone(), place: case.place, faults });
    }
    verdicts
}

/// What the cases of an app leave out: an action without a case, an app without a failure.
pub fn gaps(apps: &Apps, app: &str, cases: &[Case]) -> Vec<String> {
    let Some(app) = apps.get(app) else { return Vec::new() };
    let missing = app.actions.iter().filter(|action| !cases.iter().any(|case| case.action == action.name));
    let mut gaps: Vec<String> = missing.map(|action| format!("no case for `{}`", action.name)).collect();
    if !app.actions.is_empty() && !cases.iter().any(|case| case.error.is_some()) {
        gaps.push("no case of a failure".to_owned());
    }
    gaps
}

async fn perform(apps: &Arc<Apps>, entry: &Arc<Entry>, case: &Case, files: &Files) -> Vec<String> {
    let app = &entry.kept().app;
    let connections = match connections(apps, app, case) {
        Ok(connections) => Arc::new(connections),
        Err(fault) => return vec![fault],
    };
    let script = Arc::new(Script::new(&case.exchanges));
    let far_side = Arc::clone(&script) as Arc<dyn crate::far_side::FarSide>;
    let client = Client::rehearsed(Guard::new(Vec::new()), files.clone(), far_side);
    let client = Arc::new(client);
    let shared = Shared::new(connections, client, Tokens::default());
    let name = format!("{}.{}", app.name, case.action);
    let Some(module) = AppAction::all(entry, &Arc::new(shared)).find(|module| module.name() == name) else {
        return vec![format!("there is no action `{}`", case.action)];
    };
    let connection = app.connection.kind().map(|_| CONNECTION);
    let came = called(&module, connection, &case.call).await;
    let mut faults = script.faults();
    faults.extend(compare(case, came));
    faults
}

/// What the connection of a case is called.
const CONNECTION: &str = "it";

/// The connection with the fields that the case gives, or else by example.
fn connections(apps: &Arc<Apps>, app: &App, case: &Case) -> Result<Connections, String> {
    let Some(kind) = app.connection.kind() else { return Ok(Connections::empty()) };
    let settings = match (&case.connection, apps.connection_type(kind)) {
        (Some(given), _) => given.clone(),
        (None, Some(own)) => {
            let fields = own.fields.iter().filter(|field| field.required || field.example.is_some());
            let value =
                |example: &Option<String>, name: &str| example.clone().unwrap_or_else(|| format!("example-{name}"));
            fields.map(|field| (field.name.clone(), value(&field.example, &field.name).into())).collect()
        }
        (None, None) => usual(kind),
    };
    Connections::of_case(apps, CONNECTION, kind, &settings)
}

/// Fields of the types that everybody has.
fn usual(kind: &str) -> Map<String, Value> {
    let fields = match kind {
        "bearer" => json!({ "token": "example-token" }),
        "basic" => json!({ "user": "example-user", "password": "example-password" }),
        "google" | "oauth2" => json!({
            "client_id": "example-client",
            "client_secret": "example-secret",
            "authorize": "https://example.com/authorize",
            "token": "https://example.com/token",
        }),
        "api_key" => json!({ "header": "x-api-key", "value": "example-key" }),
        _ => json!({}),
    };
    fields.as_object().cloned().unwrap_or_default()
}

async fn called(module: &AppAction, connection: Option<&str>, parameters: &Value) -> Result<Outcome, StepError> {
    let scenario: ScenarioId = "case".parse().map_err(|_| spec::invalid("no name of a scenario"))?;
    let spot = Spot { step: StepNo(0), turns: Turns::new() };
    let origin = Origin { scenario: &scenario, run: RunId(uuid::Uuid::nil()), spot: &spot, attempt: 1, depth: 0 };
    let idempotency_key = KEY;
    let call = Call { parameters, connection, idempotency_key, author_host: None, timeout: PATIENCE, now: NOW, origin };
    module.call(call).await
}

/// The value with files as they can be foreseen: what they are called and hold, not where they are kept.
fn without_references(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let is_file = fields.contains_key("content_type") && fields.contains_key("size");
            let foreseen = |(name, value): &(String, Value)| {
                !is_file || !(matches!(name.as_str(), "file" | "base64" | "sha256") || value == "")
            };
            let fields = fields.into_iter().filter(foreseen);
            Value::Object(fields.map(|(name, value)| (name, without_references(value))).collect())
        }
        Value::Array(items) => items.into_iter().map(without_references).collect(),
        other => other,
    }
}

fn compare(case: &Case, came: Result<Outcome, StepError>) -> Vec<String> {
    match (&case.error, came) {
        (None, Ok(outcome)) => match &case.output {
            Some(expected) => {
                differences("output", &without_references(expected.clone()), &without_references(outcome.output))
            }
            None => Vec::new(),
        },
        (None, Err(error)) => vec![format!("it failed: {} ({})", error.message, error.code)],
        (Some(_), Ok(outcome)) => {
            vec![format!("it did not fail; the output is {}", difference::short(&outcome.output))]
        }
        (Some(expected), Err(error)) => {
            let told = json!({
                "code": error.code,
                "status": error.status,
                "retry": error.recovery == run::error::Recovery::Retry,
                "wait": error.retry_after.map(|wait| wait as f64 / 1000.0),
            });
            let mut faults = Vec::new();
            for (key, value) in expected {
                let text = match key.as_str() {
                    "message" => Some(error.message.clone()),
                    "hint" => Some(error.hint.clone().unwrap_or_default()),
                    _ => None,
                };
                match text {
                    Some(text) if !text.contains(value.as_str().unwrap_or_default()) => {
                        faults.push(format!("error.{key}: expected {value} in it, found {text:?}"));
                    }
                    Some(_) => {}
                    None => faults.extend(differences(&format!("error.{key}"), value, &told[key])),
                }
            }
            faults
        }
    }
}
