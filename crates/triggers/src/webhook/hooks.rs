//! The webhooks of all scenarios: what a request has to pass before it starts a run, and what its caller is told.

use super::address::allowed;
use super::cors::Cors;
use super::parse::{RawRequest, parse};
use super::pattern::Pattern;
use super::problem::Refusal;
use super::rate::Bucket;
use super::routes::{Conflict, Endpoint, Lookup, Match, Routes};
use super::schema::Schema;
use engine::{Answer, By, Delivery, Deployment, Handle, Refused, Told};
use run::id::{Millis, RunId};
use run::input::Input;
use run::response::Response;
use scenario::plan::{Dedupe, Verify, Webhook};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// After how many seconds a caller that was refused for lack of room may try again.
const RETRY_AFTER: u32 = 5;

/// One webhook of one scenario.
#[derive(Debug)]
pub struct Hook {
    /// What a request starts.
    pub deployment: Arc<Deployment>,
    /// How long a caller waits for the run's answer.
    pub wait: Duration,
    /// The largest body in bytes; none: the server's bound.
    pub max_body: Option<u64>,
    /// The pages of other sites that may call it.
    pub cors: Cors,
    methods: Vec<String>,
    allow: Vec<scenario::plan::Network>,
    schema: Option<Schema>,
    verify: Verify,
    rate: Option<Bucket>,
    dedupe: Option<Dedupe>,
}

impl Hook {
    /// The webhook as its scenario describes it. An input schema that cannot be used is told, and refuses everything:
    /// a check that is not made must not look like one that passed.
    pub fn new(deployment: Arc<Deployment>, webhook: &Webhook) -> Result<Self, super::schema::InvalidSchema> {
        Ok(Self {
            deployment,
            wait: webhook.wait,
            max_body: webhook.max_body,
            cors: Cors::of(&webhook.cors),
            rate: webhook.rate.map(Bucket::new),
            methods: webhook.methods.clone(),
            allow: webhook.allow.clone(),
            schema: webhook.input.as_ref().map(Schema::compile).transpose()?,
            verify: webhook.verify.clone(),
            dedupe: webhook.dedupe.expression().cloned(),
        })
    }

    /// Whether a caller may call at all: asked before its body is read.
    pub fn admit(&self, caller: IpAddr) -> Result<(), Refusal> {
        // Nothing verifies requests here yet: a check that is not made must not look like one that passed.
        if !allowed(caller, &self.allow) || !self.verify.checks().is_empty() {
            return Err(Refusal::forbidden());
        }
        if self.deployment.plan.enabled { Ok(()) } else { Err(Refusal::gone()) }
    }

    /// Counts a request. 429: there were more than the webhook takes.
    pub fn count(&self, now: Millis) -> Result<(), Refusal> {
        self.rate.as_ref().map_or(Ok(()), |rate| rate.take(now).map_err(Refusal::too_fast))
    }

    /// The input of the run that this request starts.
    pub fn input(&self, request: RawRequest<'_>) -> Result<Input, Refusal> {
        let input = parse(request)?;
        if let Some(schema) = &self.schema {
            super::schema::check(schema, &input)?;
        }
        Ok(input)
    }

    /// Starts the run that this request starts, or finds the one that an earlier delivery of the same started; waits
    /// for its answer as long as callers do.
    pub async fn deliver(&self, handle: &Handle, input: Input) -> Result<Told, Refused> {
        let dedupe = self.dedupe.clone().map(By::Expression);
        handle.deliver(&self.deployment, Delivery { input, recognised: None, dedupe }, self.wait).await
    }
}

/// All webhooks by path.
#[derive(Debug)]
pub struct Hooks(Routes<Hook>);

impl Hooks {
    /// The table of these webhooks by their paths, and which of them stand in each other's way (by their place in the
    /// list; the first is served).
    pub fn build(hooks: Vec<(Pattern, Hook)>) -> (Self, Vec<Conflict>) {
        let endpoints = hooks.into_iter().map(|(pattern, hook)| {
            let methods = hook.methods.clone();
            Endpoint { pattern, methods, target: hook }
        });
        let (routes, conflicts) = Routes::build(endpoints.collect());
        (Self(routes), conflicts)
    }

    /// The webhook a request means, by its path below `/hook/` as it came.
    pub fn find<'r, 'p>(&'r self, path: &'p str, method: &str) -> Result<Match<'r, 'p, Hook>, Refusal> {
        match self.0.lookup(path, method) {
            Lookup::Found(found) => Ok(found),
            Lookup::MethodNotAllowed { allow } => Err(Refusal::method_not_allowed(allow)),
            Lookup::NotFound => Err(Refusal::not_found()),
        }
    }

    /// The webhook at this path, and the methods it takes: for requests that only ask about it.
    pub fn asked(&self, path: &str) -> Result<(&Hook, &[String]), Refusal> {
        self.0.asked(path).ok_or_else(Refusal::not_found)
    }
}

/// The table in use: read by every request, replaced when scenarios change.
#[derive(Clone, Debug)]
pub struct HookTable(Arc<RwLock<Arc<Hooks>>>);

impl Default for HookTable {
    fn default() -> Self {
        Self(Arc::new(RwLock::new(Arc::new(Hooks::build(Vec::new()).0))))
    }
}

impl HookTable {
    /// The table as it is now.
    pub fn current(&self) -> Arc<Hooks> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on, this table is used. Requests that found their webhook in the old one are not disturbed.
    pub fn replace(&self, hooks: Hooks) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(hooks);
    }
}

/// What the caller is told in the end.
#[derive(Clone, Debug)]
pub enum Reply {
    /// What the run says.
    Response {
        /// Which run.
        run: RunId,
        /// Its answer.
        response: Arc<Response>,
    },
    /// That the run is on disk and has no answer of its own.
    Accepted {
        /// Which run.
        run: RunId,
    },
    /// That no run was started, as the scenario's limits have it.
    Dropped,
}

/// What the engine's answer means to the caller of a webhook.
pub fn reply(answer: Result<Answer, Refused>) -> Result<Reply, Refusal> {
    match answer {
        Ok(Answer::Responded { run, response }) => Ok(Reply::Response { run, response }),
        Ok(Answer::Accepted { run }) => Ok(Reply::Accepted { run }),
        Ok(Answer::Failed { run }) => Err(Refusal::run_failed(run)),
        Ok(Answer::TimedOut { run }) => Err(Refusal::timed_out(run)),
        Ok(Answer::Dropped) => Ok(Reply::Dropped),
        Err(Refused::Busy { retry_after }) => Err(Refusal::too_many_requests(retry_after)),
        Err(Refused::Draining { retry_after }) => Err(Refusal::draining(retry_after)),
        Err(Refused::Stopping | Refused::Store(_)) => Err(Refusal::busy(RETRY_AFTER)),
    }
}
