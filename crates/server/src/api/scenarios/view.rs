//! A scenario as the API shows it.

use crate::api::diagnostic::Diagnostic;
use crate::error::Problem;
use crate::library::Entry;
use crate::{App, Post};
use engine::Status;
use run::id::Millis;
use scenario::plan::{Trigger as PlanTrigger, Webhook};
use serde::Serialize;
use triggers::poll::Standing;
use utoipa::ToSchema;

/// A scenario.
#[derive(Serialize, ToSchema)]
pub(super) struct Scenario {
    /// Its id: the file's name without `.yaml`.
    id: String,
    /// What to call it.
    name: String,
    /// What it is for.
    description: String,
    /// Whether its triggers start runs.
    enabled: bool,
    /// Digest of its text.
    version: String,
    /// The file it is kept in.
    source: String,
    /// What is wrong with its text. While it has errors, the last good version takes the runs, if there was one.
    diagnostics: Vec<Diagnostic>,
    /// What starts it.
    triggers: Vec<Trigger>,
    /// The run that began last.
    last_run: Option<LastRun>,
}

/// A scenario and its text.
#[derive(Serialize, ToSchema)]
pub(super) struct ScenarioText {
    #[serde(flatten)]
    scenario: Scenario,
    /// The text as it is now, valid or not.
    text: String,
}

/// What starts a scenario.
#[derive(Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Trigger {
    /// A request.
    Webhook {
        /// The path below `/hook/`.
        path: String,
        /// The whole address.
        url: String,
        /// The methods it takes; empty: any.
        methods: Vec<String>,
    },
    /// The clock.
    Schedule {
        /// When it is due next (RFC 3339); null: never again.
        #[schema(format = DateTime)]
        next: Option<String>,
    },
    /// A mail that arrives.
    Mail {
        /// The connection to the mailbox.
        connection: String,
        /// The folder.
        folder: String,
        /// When it was last looked into (RFC 3339); null: not since the server was started.
        #[schema(format = DateTime)]
        looked: Option<String>,
    },
    /// A mail that is sent to the server itself.
    Mailhook {
        /// The address.
        address: String,
        /// Whether the server takes mails in (`--smtp`); else nobody is there whom they would reach.
        open: bool,
    },
    /// What is new in the answers of a module that is asked now and then.
    Poll {
        /// Which module is asked.
        module: String,
        /// When it is asked next (RFC 3339); null: never again, or it is being asked.
        #[schema(format = DateTime)]
        next: Option<String>,
        /// When it last answered (RFC 3339); null: not since the server was started.
        #[schema(format = DateTime)]
        answered: Option<String>,
        /// How often it has failed in a row.
        failures: u32,
        /// Why, the last time; null while it answers.
        problem: Option<String>,
    },
    /// A person or a program, through the API.
    Manual,
    /// Another scenario.
    Call,
    /// The failure of other scenarios.
    Failure {
        /// Their ids; `*` stands for any characters; empty: all.
        scenarios: Vec<String>,
    },
}

/// A run in short.
#[derive(Serialize, ToSchema)]
struct LastRun {
    /// Its id.
    id: String,
    /// How it stands.
    #[schema(value_type = crate::api::runs::view::RunStatus)]
    status: Status,
    /// When it last changed, in milliseconds since 1970.
    #[schema(value_type = i64)]
    at: Millis,
}

impl Scenario {
    /// The scenario with its last run. Blocks for the disk.
    pub(super) fn of(entry: &Entry, app: &App) -> Result<Self, Problem> {
        let plan = entry.plan.as_deref();
        let name = plan.map(|plan| plan.name.as_str()).filter(|name| !name.is_empty());
        Ok(Self {
            id: entry.id.to_string(),
            name: name.unwrap_or(entry.id.as_str()).to_owned(),
            description: plan.map(|plan| plan.description.clone()).unwrap_or_default(),
            enabled: plan.is_some_and(|plan| plan.enabled),
            version: entry.version.0.to_string(),
            source: entry.file.clone(),
            diagnostics: entry.diagnostics.iter().map(Diagnostic::from).collect(),
            triggers: triggers(entry, app),
            last_run: last_run(entry, app)?,
        })
    }
}

impl ScenarioText {
    /// The scenario with its text and last run. Blocks for the disk.
    pub(super) fn of(entry: &Entry, app: &App) -> Result<Self, Problem> {
        Ok(Self { scenario: Scenario::of(entry, app)?, text: entry.text.to_string() })
    }
}

fn triggers(entry: &Entry, app: &App) -> Vec<Trigger> {
    let (mut hooks, mut next, mut polls) = (entry.hooks.iter(), entry.next.iter(), entry.polls.iter());
    let (beats, mut mails, mut addresses) = (app.handle().beats(&entry.id), 0, entry.addresses.iter());
    let triggers = entry.plan.iter().flat_map(|plan| &plan.triggers);
    triggers
        .filter_map(|trigger| match trigger {
            PlanTrigger::Webhook(webhook) => hooks.next().map(|path| hook(webhook, path, app)),
            PlanTrigger::Schedule(_) => {
                Some(Trigger::Schedule { next: next.next().copied().flatten().and_then(rfc3339) })
            }
            PlanTrigger::Mail(mail) => {
                mails += 1;
                let beat = beats.iter().find(|(name, _)| *name == format!("mail {mails}"));
                let looked = beat.and_then(|(_, beat)| beat.seen).and_then(rfc3339);
                let (connection, folder) = (mail.connection.to_string(), mail.folder.to_string());
                Some(Trigger::Mail { connection, folder, looked })
            }
            PlanTrigger::Mailhook(_) => addresses.next().map(|address| mailhook(address, app)),
            PlanTrigger::Poll(poll) => Some(asked(&poll.module, polls.next().cloned().unwrap_or_default())),
            PlanTrigger::Manual(_) => Some(Trigger::Manual),
            PlanTrigger::Call(_) => Some(Trigger::Call),
            PlanTrigger::Failure(failure) => Some(Trigger::Failure { scenarios: failure.scenarios.clone() }),
        })
        .collect()
}

fn asked(module: &str, standing: Standing) -> Trigger {
    let Standing { next, answered, failures, problem } = standing;
    let (next, answered) = (next.and_then(rfc3339), answered.and_then(rfc3339));
    Trigger::Poll { module: module.to_owned(), next, answered, failures, problem }
}

fn mailhook(address: &str, app: &App) -> Trigger {
    let Post { domain, open } = &app.options().post;
    Trigger::Mailhook { address: format!("{address}@{domain}"), open: *open }
}

fn hook(webhook: &Webhook, path: &str, app: &App) -> Trigger {
    let mut url = app.options().public_url.clone();
    url.set_path(&format!("{}/hook/{path}", url.path().trim_end_matches('/')));
    // Braces stand for what the caller chooses, not for themselves.
    let url = url.as_str().replace("%7B", "{").replace("%7D", "}");
    Trigger::Webhook { path: path.to_owned(), url, methods: webhook.methods.clone() }
}

fn last_run(entry: &Entry, app: &App) -> Result<Option<LastRun>, Problem> {
    Ok(app.handle().last_run(&entry.id)?.map(|(id, head)| LastRun {
        id: id.to_string(),
        status: head.status,
        at: head.at,
    }))
}

fn rfc3339(at: Millis) -> Option<String> {
    jiff::Timestamp::from_millisecond(at).ok().map(|at| at.to_string())
}
