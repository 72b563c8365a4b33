//! `GET /api/v1/hooks`

use crate::App;
use crate::api::blocking::blocking;
use crate::error::{Problem, Refusals};
use crate::inspector::Kind;
use crate::library::Entry;
use actix_web::{get, web};
use engine::captures::Tally;
use run::id::Millis;
use run::tables::StoreError;
use scenario::plan::{Network, Trigger, Verify, Webhook};
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;
use triggers::webhook::intake::Armed;
use triggers::webhook::providers;
use utoipa::ToSchema;

/// All webhooks.
#[derive(Serialize, ToSchema)]
#[schema(as = HookList)]
struct Hooks {
    /// Those of scenarios, by scenario; then bins; then paths that no scenario has any more, by what they have kept.
    hooks: Vec<Hook>,
}

/// A webhook.
#[derive(Serialize, ToSchema)]
pub(super) struct Hook {
    /// The path below `/hook/`.
    path: String,
    /// The whole address.
    url: String,
    /// Its scenario; null: none.
    scenario: Option<String>,
    /// Which of the scenario's triggers it is, from 0.
    trigger: Option<usize>,
    /// Whether requests are taken.
    enabled: bool,
    /// Whether it is a bin: a webhook without a scenario, which keeps everything.
    bin: bool,
    /// By what requests are verified: presets and schemes, all of which must pass; null: they are not.
    verify: Option<Vec<String>>,
    /// Presets that know the sender's events and verify nothing, as the sender signs nothing.
    recognised: Vec<String>,
    /// Whether the scenario says that they need not be: it is open on purpose.
    open: bool,
    /// The token that the first caller gave, where its sender gives one to be set as the secret (Notion) and the secret has
    /// no value yet. Anyone may have called first: set it only where you were just having the sender call.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// Networks that may call; empty: anyone.
    allow: Vec<String>,
    /// Methods it takes; empty: any.
    methods: Vec<String>,
    /// What came to it.
    requests: Requests,
}

/// What came to a webhook, as far as it is kept.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = HookRequestCount)]
struct Requests {
    /// How many requests.
    total: u64,
    /// How many of them were refused.
    refused: u64,
    /// When the last one came, in milliseconds since 1970.
    #[schema(value_type = Option<i64>)]
    last: Option<Millis>,
}

/// Lists webhooks, those of switched-off scenarios and bins, too, with how many requests they have kept.
#[utoipa::path(tag = "hooks", operation_id = "list_hooks", responses((status = 200, body = Hooks), Refusals))]
#[get("/hooks")]
pub(in crate::api) async fn list(app: web::Data<App>) -> Result<web::Json<Hooks>, Problem> {
    blocking(move || {
        let mut tallies = app.inspector().tallies()?;
        let mut hooks: Vec<Hook> = Vec::new();
        for entry in app.library().list() {
            hooks.extend(of_entry(&entry, &app, &mut tallies)?);
        }
        for path in app.inspector().bins().into_keys() {
            if !hooks.iter().any(|hook| hook.path == *path) {
                hooks.push(Hook::bin(&path, &app, tallies.remove(&path)));
            }
        }
        hooks.extend(tallies.into_iter().map(|(path, tally)| Hook::gone(&path, &app, tally)));
        Ok(web::Json(Hooks { hooks }))
    })
    .await
}

/// Whether there is a webhook with this path, of a scenario or a bin. Blocks for the disk.
pub(super) fn is_known(path: &str, app: &App) -> bool {
    app.inspector().bins().contains_key(path)
        || app.library().list().iter().any(|entry| entry.hooks.iter().any(|hook| hook == path))
}

fn of_entry(entry: &Entry, app: &App, tallies: &mut BTreeMap<Arc<str>, Tally>) -> Result<Vec<Hook>, StoreError> {
    let plan = entry.plan.iter();
    let webhooks =
        plan.flat_map(|plan| plan.triggers.iter().enumerate()).filter_map(|(number, trigger)| match trigger {
            Trigger::Webhook(webhook) => Some((number, webhook)),
            _ => None,
        });
    let enabled = entry.plan.as_ref().is_some_and(|plan| plan.enabled);
    let hooks = entry.hooks.iter().zip(webhooks).map(|(path, (number, webhook))| {
        let scenario = Some(entry.id.to_string());
        let (methods, allow) = (webhook.methods.clone(), allowed(webhook));
        let (recognised, verify) = checks(webhook);
        let (verify, open) = (Some(verify).filter(|names| !names.is_empty()), webhook.verify == Verify::Open);
        let requests = Requests::of(tallies.remove(path.as_str()));
        let (trigger, token) = (Some(number), token(path, webhook, app)?);
        let hook = Hook { scenario, trigger, enabled, verify, recognised, open, ..Hook::at(path, app) };
        Ok(Hook { token, methods, allow, requests, ..hook })
    });
    hooks.collect()
}

/// What the sender gave, while the author has not set it.
fn token(path: &str, webhook: &Webhook, app: &App) -> Result<Option<String>, StoreError> {
    let intake = &app.gateway().intake;
    let mut checks = webhook.verify.checks().iter().filter_map(Armed::of);
    if checks.any(|armed| armed.awaits_token(&intake.setting)) { intake.tokens.get(path) } else { Ok(None) }
}

fn allowed(webhook: &Webhook) -> Vec<String> {
    webhook.allow.iter().map(|Network { address, prefix }| format!("{address}/{prefix}")).collect()
}

/// The names of the checks, those first that prove nothing.
fn checks(webhook: &Webhook) -> (Vec<String>, Vec<String>) {
    let names = webhook.verify.checks().iter().map(|check| check.provider.to_string());
    names.partition(|name| providers::find(name).is_some_and(|provider| !provider.proves()))
}

impl Hook {
    /// A bin.
    pub(super) fn bin(path: &str, app: &App, tally: Option<Tally>) -> Self {
        Self { bin: true, enabled: true, requests: Requests::of(tally), ..Self::at(path, app) }
    }

    /// A path that has none any more, but had.
    fn gone(path: &str, app: &App, tally: Tally) -> Self {
        Self { requests: Requests::of(Some(tally)), ..Self::at(path, app) }
    }

    fn at(path: &str, app: &App) -> Self {
        let mut url = app.options().public_url.clone();
        url.set_path(&format!("{}/hook/{path}", url.path().trim_end_matches('/')));
        // Braces stand for what the caller chooses, not for themselves.
        let url = url.as_str().replace("%7B", "{").replace("%7D", "}");
        Self {
            path: path.to_owned(),
            url,
            scenario: None,
            trigger: None,
            enabled: false,
            bin: false,
            verify: None,
            recognised: Vec::new(),
            open: false,
            token: None,
            allow: Vec::new(),
            methods: Vec::new(),
            requests: Requests::default(),
        }
    }
}

impl Requests {
    fn of(tally: Option<Tally>) -> Self {
        let tally = tally.unwrap_or_default();
        let refused = tally.kinds[usize::from(Kind::Refused as u8)];
        Self { total: tally.total(), refused, last: tally.last.map(|(_, at)| at) }
    }
}
