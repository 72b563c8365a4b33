//! The webhooks of all scenarios, and which of them a request means.

use super::address::allowed;
use super::cors::Cors;
use super::encoding;
use super::intake::Armed;
use super::parse::MOST_QUERY;
use super::pattern::Pattern;
use super::problem::Refusal;
use super::rate::Bucket;
use super::routes::{Conflict, Endpoint, Lookup, Routes};
use super::schema::{InvalidSchema, Schema};
use super::verify::Fault;
use engine::Deployment;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use run::id::Millis;
use scenario::diagnostic::Place;
use scenario::plan::{Check, Deduping, ItemPath, Network, Rate, WAIT, Webhook};
use scenario::secret::MASK;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How often it is looked into what is wrong with signatures, for each webhook: whoever sends nonsense must not keep the
/// machine busy with it.
const DIAGNOSES: Rate = Rate { count: 20, per: Duration::from_secs(10) };

/// One webhook of one scenario.
#[derive(Debug)]
pub struct Hook {
    /// Its path, as the scenario writes it: `orders/{id}`.
    pub path: Arc<str>,
    /// What a request starts.
    pub deployment: Arc<Deployment>,
    /// The largest body in bytes; none: the server's bound.
    pub max_body: Option<u64>,
    /// What a request has to pass.
    pub checks: Vec<Armed>,
    pub(super) schema: Option<Schema>,
    pub(super) dedupe: Deduping,
    pub(super) each: Option<ItemPath>,
    pub(super) cors: Cors,
    pub(super) diagnoses: Bucket,
    pub(super) secret_parameters: Arc<[String]>,
    secret_headers: Arc<[String]>,
    rate: Option<Bucket>,
    wait: Option<Duration>,
    methods: Vec<String>,
    allow: Vec<Network>,
    /// Who tries the scenario's text, where its requests start trials.
    pub(super) trial: Option<Arc<str>>,
}

/// Whom a webhook lets in; the stricter ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Openness {
    /// Those who prove who they are, or call from where they may.
    Closed,
    /// Whoever knows the path.
    Open,
}

/// Why a webhook cannot be served. What cannot be checked must not look like a check that passed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unservable {
    /// Its input schema cannot be used.
    #[error(transparent)]
    Schema(#[from] InvalidSchema),
    /// `verify` names something that nobody knows.
    #[error("nobody knows how `{0}` is verified")]
    Provider(Arc<str>),
    /// The header or parameter of a secret is only known when a request comes: what is kept of requests could not have it
    /// masked.
    #[error("`{setting}` of `{provider}` must be a text with nothing to be put in: it names what is masked")]
    Unnamed {
        /// The preset.
        provider: &'static str,
        /// Its setting.
        setting: &'static str,
    },
    /// A check would refuse every request, whatever its secret is.
    #[error("`{provider}` would refuse every request: {}", fault.detail)]
    Check {
        /// Its name.
        provider: Arc<str>,
        /// Where it stands in the scenario.
        place: Place,
        /// What is wrong with its settings.
        fault: Fault,
    },
}

impl Unservable {
    /// Where in the scenario the reason stands, where that is not the webhook as a whole.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Schema(_) | Self::Provider(_) | Self::Unnamed { .. } => None,
            Self::Check { place, .. } => Some(*place),
        }
    }
}

impl Hook {
    /// The webhook at this path, as its scenario describes it.
    pub fn new(path: &str, deployment: Arc<Deployment>, webhook: &Webhook) -> Result<Self, Unservable> {
        let checks = webhook.verify.checks().iter().map(arm).collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            path: path.into(),
            deployment,
            max_body: webhook.max_body,
            secret_parameters: checks.iter().filter_map(Armed::secret_parameter).map(str::to_owned).collect(),
            secret_headers: checks.iter().flat_map(Armed::secret_headers).collect(),
            checks,
            schema: webhook.input.as_ref().map(Schema::compile).transpose()?,
            dedupe: webhook.dedupe.clone(),
            each: webhook.each.clone(),
            cors: Cors::of(&webhook.cors),
            rate: webhook.rate.map(Bucket::new),
            diagnoses: Bucket::new(DIAGNOSES),
            wait: webhook.wait,
            methods: webhook.methods.clone(),
            allow: webhook.allow.clone(),
            trial: None,
        })
    }

    /// The same webhook of a text that someone tries: it takes requests whether the scenario is on or not, and none is a
    /// repeat.
    #[must_use]
    pub fn tried_by(self, who: &Arc<str>) -> Self {
        Self { trial: Some(Arc::clone(who)), ..self }
    }

    /// Whom it lets in.
    pub fn openness(&self) -> Openness {
        let proves = self.checks.iter().any(|armed| armed.provider.proves());
        if proves || !self.allow.is_empty() { Openness::Closed } else { Openness::Open }
    }

    /// Whether the bytes of a body are needed as they were sent, to verify it.
    pub fn verifies_body(&self) -> bool {
        self.checks.iter().any(|armed| armed.provider.reads_body())
    }

    /// Whether a caller may call at all: asked before its body is read.
    pub(super) fn admit(&self, caller: IpAddr) -> Result<(), Refusal> {
        if !allowed(caller, &self.allow) {
            return Err(Refusal::forbidden());
        }
        if self.deployment.plan.enabled || self.trial.is_some() { Ok(()) } else { Err(Refusal::switched_off()) }
    }

    /// Counts a request. 429: there were more than the webhook takes.
    pub(super) fn count(&self, now: Millis) -> Result<(), Refusal> {
        self.rate.as_ref().map_or(Ok(()), |rate| rate.take(now).map_err(Refusal::too_fast))
    }

    /// The preset that knows the sender's events and manners.
    pub(super) fn lead(&self) -> Option<&Armed> {
        self.checks.iter().find(|armed| armed.provider.tells()).or(self.checks.first())
    }

    /// Whether a sender begins with a request by this method, though it starts no run.
    pub(super) fn greets_by(&self, method: &str) -> bool {
        self.checks.iter().any(|armed| armed.provider.handshake.methods().contains(&method))
    }

    pub(super) fn other_method(&self) -> Refusal {
        Refusal::method_not_allowed(&self.methods)
    }

    /// How long a caller waits for the run's answer.
    pub(super) fn wait(&self) -> Duration {
        self.wait.unwrap_or(WAIT)
    }

    /// The same, where the author has said so.
    pub(super) fn own_wait(&self) -> Option<Duration> {
        self.wait
    }

    /// The query with every secret of this webhook masked, as runs and the journal may see it.
    pub(super) fn hide_tokens<'q>(&self, query: &'q str) -> Cow<'q, str> {
        if self.secret_parameters.is_empty() {
            return Cow::Borrowed(query);
        }
        let pairs = encoding::pairs(query.as_bytes(), encoding_rs::UTF_8).take(MOST_QUERY + 1);
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let shown = pairs.map(|(name, value)| {
            let value = if self.secret_parameters.contains(&name) { MASK } else { &value };
            format!("{}={}", encode(&name), encode(value))
        });
        Cow::Owned(shown.collect::<Vec<_>>().join("&"))
    }

    /// The parameters of a query in which callers of this webhook send secrets.
    pub fn secret_parameters(&self) -> &[String] {
        &self.secret_parameters
    }

    /// The headers, lower-case, in which callers of this webhook send secrets or signatures.
    pub fn secret_headers(&self) -> &[String] {
        &self.secret_headers
    }
}

/// The check, ready for requests.
fn arm(check: &Check) -> Result<Armed, Unservable> {
    let provider = || Arc::clone(&check.provider);
    let armed = Armed::of(check).ok_or_else(|| Unservable::Provider(provider()))?;
    if let Some(setting) = armed.unnamed() {
        return Err(Unservable::Unnamed { provider: armed.provider.name, setting });
    }
    match armed.check() {
        Ok(()) => Ok(armed),
        Err(fault) => Err(Unservable::Check { provider: provider(), place: check.place, fault }),
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

    /// Whether a webhook is at this path below `/hook/`, as it came.
    pub fn has(&self, path: &str) -> bool {
        !matches!(self.0.lookup(path, "POST"), Lookup::NotFound)
    }

    /// The webhook a request means, by its path below `/hook/` as it came.
    pub(super) fn lookup<'r, 'p>(&'r self, path: &'p str, method: &str) -> Lookup<'r, 'p, Hook> {
        self.0.lookup(path, method)
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
