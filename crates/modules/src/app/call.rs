//! One call of an action: what is given becomes requests, and what is answered becomes the output.

use super::answer::{body, seen};
use super::connection::AppConnection;
use super::failure::failure;
use super::pages::{Ask, Reading, USUAL};
use super::registry::{Entry, Kept};
use super::request::Making;
use super::scope::Scope;
use super::shape::{Action, App, Exchange, Login};
use super::template::Filled;
use super::{describe, routing};
use crate::auth::{self, Pass, Scheme};
use crate::catalog::Shared;
use crate::client::{Bounds, Fetched, Incoming, Outgoing};
use crate::connections::{Chosen, Google, HostPattern, HttpAccess, required};
use crate::guard::Trust;
use crate::mask::Mask;
use crate::own_hooks;
use reqwest::Method;
use reqwest::header::HeaderMap;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use scenario::expression::Moment;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};
use tokio::time::Instant;
use url::Url;

/// The longest answer that becomes a value, in bytes.
const MOST_OF_A_VALUE: u64 = 10 * 1024 * 1024;

/// The longest answer that becomes a file, in bytes.
const MOST_OF_A_FILE: u64 = 100 * 1024 * 1024;

/// How many redirects of a GET are followed.
const REDIRECTS: u32 = 5;

/// An action of an app, as a module: read when it is first asked for more than its name.
pub(crate) struct AppAction {
    entry: Arc<Entry>,
    /// Which of the app's actions.
    at: usize,
    shared: Arc<Shared>,
    ready: OnceLock<Ready>,
}

/// An action that is read.
struct Ready {
    spec: Arc<ModuleSpec>,
    app: Arc<App>,
    action: Arc<Action>,
    shared: Arc<Shared>,
    declared: Vec<String>,
    used: OnceLock<BTreeSet<String>>,
}

impl AppAction {
    /// All actions of an app.
    pub(crate) fn all(entry: &Arc<Entry>, shared: &Arc<Shared>) -> impl Iterator<Item = Self> {
        let module = |at| Self { entry: Arc::clone(entry), at, shared: Arc::clone(shared), ready: OnceLock::new() };
        (0..entry.modules.len()).map(module)
    }

    fn ready(&self) -> &Ready {
        self.ready.get_or_init(|| {
            let Kept { app, specs } = self.entry.kept();
            let action = &app.actions[self.at];
            Ready {
                spec: Arc::clone(&specs[self.at]),
                app: Arc::clone(app),
                action: Arc::clone(action),
                shared: Arc::clone(&self.shared),
                declared: action.parameters.iter().map(|it| it.name.clone()).collect(),
                used: OnceLock::new(),
            }
        })
    }
}

impl Module for AppAction {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.ready().spec
    }

    fn name(&self) -> &str {
        &self.entry.modules[self.at]
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.ready().perform(call))
    }
}

impl Ready {
    async fn perform(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let given = describe::given(&self.action.parameters, call.parameters)?;
        let moment = moment(&call);
        let access = self.access(&call)?;
        let scope = Scope::new(&given, &self.declared, moment)
            .with("connection", &access.shown())
            .with("idempotency_key", &call.idempotency_key.into());
        let base = self.base(&access, moment)?;
        let hosts = self.hosts(&access, moment)?;
        let mask = access.mask();
        let used = self.used.get_or_init(|| routing::used(&self.app, &self.action));
        let deadline = Instant::now() + call.timeout;
        let mut performance = Performance {
            module: self,
            call: &call,
            access,
            base,
            hosts,
            used,
            mask,
            told: Vec::new(),
            deadline,
            sent: Vec::new(),
        };
        let delivery = performance.access.delivery();
        if delivery == Delivery::Sandbox && !self.shared.client.is_rehearsed() {
            performance.rehearse(&scope)?;
            let (output, sent) = (self.spec.sample.clone(), performance.sent());
            return Ok(Outcome { output, sent, delivery });
        }
        let output = performance.output(scope).await.map_err(|error| performance.masked(error))?;
        let outcome = Outcome { output, sent: performance.sent(), delivery: Delivery::Real };
        Ok(performance.masks().fold(outcome, |outcome, mask| mask.outcome(outcome)))
    }

    fn access(&self, call: &Call<'_>) -> Result<Access<'_>, StepError> {
        match &self.app.connection {
            Login::None => Ok(Access::None),
            login => {
                let name = required(call.connection)?;
                let own = login.kind().is_some_and(|kind| !crate::connections::KINDS.contains(&kind));
                if own {
                    return self.shared.connections.app(name, login.kind().unwrap_or_default()).map(Access::Own);
                }
                if login.kind() == Some("google") {
                    return self.shared.connections.google(name).map(Access::Google);
                }
                self.shared.connections.http(name).map(Access::Http)
            }
        }
    }

    /// Where paths are below.
    fn base(&self, access: &Access<'_>, moment: Moment) -> Result<Option<Url>, StepError> {
        let Some(base) = &self.app.base else { return Ok(access.base().cloned()) };
        if let Access::Google(google) = access
            && let Some(endpoint) = &google.endpoint
        {
            let base = url_of(base, &access.scope(moment))?;
            return Ok(endpoint.join(base.path()).ok());
        }
        url_of(base, &access.scope(moment)).map(Some)
    }

    fn hosts(&self, access: &Access<'_>, moment: Moment) -> Result<Vec<HostPattern>, StepError> {
        let scope = access.scope(moment);
        let texts = self.app.hosts.iter().map(|host| host.text(&scope));
        let texts: Vec<Option<String>> = texts.collect::<Result<_, _>>()?;
        Ok(texts.into_iter().flatten().filter_map(|text| text.parse().ok()).collect())
    }
}

/// How the calls of an action are authorized.
pub(super) enum Access<'a> {
    None,
    Http(HttpAccess<'a>),
    Google(&'a Google),
    Own(&'a AppConnection),
}

impl Access<'_> {
    fn delivery(&self) -> Delivery {
        match self {
            Self::None => Delivery::Real,
            Self::Http(http) => http.delivery(),
            Self::Google(google) => google.delivery,
            Self::Own(own) => own.delivery,
        }
    }

    fn base(&self) -> Option<&Url> {
        match self {
            Self::Http(http) => http.base(),
            _ => None,
        }
    }

    fn shown(&self) -> Value {
        match self {
            Self::Own(own) => own.shown(),
            _ => json!({}),
        }
    }

    /// What places of credentials see.
    fn scope(&self, moment: Moment) -> Scope<'static> {
        match self {
            Self::Own(own) => own.scope(moment),
            _ => Scope::empty(moment).with("connection", &json!({})),
        }
    }

    fn mask(&self) -> Mask {
        match self {
            Self::None => Mask::default(),
            Self::Http(http) => http.mask(),
            Self::Google(google) => google.scheme.mask(None),
            Self::Own(own) => own.mask(),
        }
    }

    fn prepare(&self, request: &mut Outgoing) -> Result<(), StepError> {
        match self {
            Self::None => Ok(()),
            Self::Http(http) => http.sign(request, Chosen::ByAuthor),
            Self::Google(google) => google.scheme.prepare(request),
            Self::Own(own) => own.scheme.prepare(request),
        }
    }

    /// The way of a request.
    fn pass<'b>(&'b self, call: &'b Call<'_>, scopes: &'b [&'b str], trust: Trust<'b>) -> Pass<'b> {
        let scheme = match self {
            Self::None => &Scheme::None,
            Self::Http(http) => return http.pass(call.connection, trust, call.now),
            Self::Google(google) => &google.scheme,
            Self::Own(own) => &own.scheme,
        };
        Pass { connection: call.connection, scheme, scopes, trust, now: call.now }
    }
}

/// One call that is under way.
struct Performance<'a> {
    module: &'a Ready,
    call: &'a Call<'a>,
    access: Access<'a>,
    base: Option<Url>,
    hosts: Vec<HostPattern>,
    used: &'a BTreeSet<String>,
    mask: Mask,
    /// What hides the tokens of the calls that were answered.
    told: Vec<Mask>,
    deadline: Instant,
    sent: Vec<Value>,
}

/// An answer that was no failure.
struct Answered<'s> {
    value: Value,
    headers: HeaderMap,
    url: Url,
    /// With the answer in it.
    scope: Scope<'s>,
}

impl Performance<'_> {
    async fn output<'s>(&mut self, scope: Scope<'s>) -> Result<Value, StepError> {
        let action = Arc::clone(&self.module.action);
        if let Some(pages) = &action.pages {
            let limit = scope.given("limit").and_then(Value::as_u64).unwrap_or(USUAL).max(1);
            return self.list(scope, Reading::of(pages, limit)).await;
        }
        if action.is_sequence {
            return self.sequence(scope).await;
        }
        let Some(exchange) = action.exchanges.first() else { return Ok(Value::Null) };
        let answered = self.exchange(exchange, &scope, &[], None).await?;
        shaped(action.output.as_ref(), &answered.scope, answered.value)
    }

    async fn sequence<'s>(&mut self, mut scope: Scope<'s>) -> Result<Value, StepError> {
        let action = Arc::clone(&self.module.action);
        let mut last = Value::Null;
        for exchange in &action.exchanges {
            let wanted = exchange.when.as_ref().map_or(Ok(true), |when| when.holds(&scope))?;
            last = if wanted {
                let answered = self.exchange(exchange, &scope, &[], None).await?;
                shaped(exchange.output.as_ref(), &answered.scope, answered.value)?
            } else {
                Value::Null
            };
            scope.set(&exchange.id, &last);
        }
        let scope = scope.with("answer", &last).with("status", &Value::Null).with("headers", &json!({}));
        shaped(action.output.as_ref(), &scope, last)
    }

    async fn list<'s>(&mut self, scope: Scope<'s>, mut reading: Reading<'_>) -> Result<Value, StepError> {
        let action = Arc::clone(&self.module.action);
        let Some(exchange) = action.exchanges.first() else { return Ok(Value::Null) };
        let mut ask = Ask::By(reading.first());
        loop {
            let (more, at) = match &ask {
                Ask::By(more) => (more.as_slice(), None),
                Ask::At(url) => (&[][..], Some(url)),
            };
            let answered = self.exchange(exchange, &scope, more, at).await?;
            match reading.take(&answered.scope, &answered.headers, &answered.url) {
                Some(next) => ask = next,
                None => break,
            }
        }
        let items = Value::Array(reading.items);
        shaped(action.output.as_ref(), &scope.with("items", &items), items)
    }

    /// Makes the first request and sends nothing.
    fn rehearse(&mut self, scope: &Scope<'_>) -> Result<(), StepError> {
        let action = Arc::clone(&self.module.action);
        let Some(exchange) = action.exchanges.first() else { return Ok(()) };
        let more = action.pages.as_ref().map(|pages| Reading::of(pages, USUAL).first()).unwrap_or_default();
        self.request(exchange, scope, &more, None).map(drop)
    }

    fn request(
        &mut self,
        exchange: &Exchange,
        scope: &Scope<'_>,
        more: &[(String, Value)],
        at: Option<&Url>,
    ) -> Result<Outgoing, StepError> {
        let module = self.module;
        let (app, action) = (&module.app, &module.action);
        let base = match &exchange.base {
            Some(base) => Some(url_of(base, &self.access.scope(scope.moment))?),
            None => self.base.clone(),
        };
        let making = Making {
            exchange,
            parameters: &action.parameters,
            moving: if action.is_sequence { &[] } else { &action.parameters },
            headers: &app.headers,
            idempotency: action.idempotency.as_ref().or(app.idempotency.as_ref()),
            used: self.used,
            base: base.as_ref(),
            files: module.shared.client.files(),
            idempotency_key: self.call.idempotency_key,
            depth: Some(own_hooks::depth(self.call)?),
        };
        let mut request = making.request(scope, more)?;
        if let Some(url) = at {
            request.url = url.clone();
        }
        self.admits(&request.url, base.as_ref())?;
        self.access.prepare(&mut request)?;
        module.shared.client.admit(&request, self.trust(&request.url))?;
        self.sent.push(self.mask.request(&request));
        Ok(request)
    }

    /// Whether the credential may go there: to the app itself, and to the hosts that it names.
    fn admits(&self, url: &Url, base: Option<&Url>) -> Result<(), StepError> {
        let is_base = [base, self.base.as_ref()].into_iter().flatten().any(|base| base.origin() == url.origin());
        if is_base || self.hosts.iter().any(|host| host.covers(url)) {
            return Ok(());
        }
        let host = url.host_str().unwrap_or_default();
        let message = format!("{host} is none of the hosts that {} may send to", self.module.app.title.en);
        Err(StepError::permanent("credential_elsewhere", message))
    }

    fn trust<'b>(&'b self, url: &'b Url) -> Trust<'b> {
        let is_named = self.hosts.iter().any(|host| host.names(url));
        Trust { endpoint: if is_named { Some(url) } else { self.base.as_ref() }, ..Trust::default() }
    }

    async fn exchange<'s>(
        &mut self,
        exchange: &Exchange,
        scope: &Scope<'s>,
        more: &[(String, Value)],
        at: Option<&Url>,
    ) -> Result<Answered<'s>, StepError> {
        let request = self.request(exchange, scope, more, at)?;
        let url = request.url.clone();
        let redirects = if request.method == Method::GET { REDIRECTS } else { 0 };
        let max_response = if exchange.is_file { MOST_OF_A_FILE } else { MOST_OF_A_VALUE };
        let timeout = self.deadline.saturating_duration_since(Instant::now());
        let bounds = Bounds { redirects, max_response, timeout };
        let shared = &self.module.shared;
        let scopes: Vec<&str> = self.module.action.scopes.iter().map(String::as_str).collect();
        let pass = self.access.pass(self.call, &scopes, self.trust(&url));
        let answer = if exchange.is_file {
            let told = auth::fetch(shared, request, pass, bounds, |status| !status.is_success()).await?;
            self.told.push(told.mask);
            match told.answer {
                Fetched::Kept(download) => {
                    let value = json!(download.file);
                    let (status, headers) = (download.status, download.headers);
                    let answer = Incoming { status, headers: headers.clone(), body: bytes::Bytes::new() };
                    return Ok(Answered { scope: seen(scope, &answer, &value), value, headers, url });
                }
                Fetched::Whole(answer) => answer,
            }
        } else {
            let told = auth::send(shared, request, pass, bounds, |status| !status.is_success()).await?;
            self.told.push(told.mask);
            told.answer
        };
        let value = body(&answer, &self.mask);
        let answered = seen(scope, &answer, &value);
        let app = &self.module.app;
        match failure(&app.title.en, &app.errors, &answer, &answered, self.call.now, &self.mask) {
            Some(error) => Err(error),
            None => Ok(Answered { value, headers: answer.headers, url, scope: answered }),
        }
    }

    /// What people may see of the requests: the one, or a list.
    fn sent(&mut self) -> Value {
        match self.sent.len() {
            1 => self.sent.remove(0),
            _ => std::mem::take(&mut self.sent).into(),
        }
    }

    fn masks(&self) -> impl Iterator<Item = &Mask> {
        std::iter::once(&self.mask).chain(&self.told)
    }

    fn masked(&self, error: StepError) -> StepError {
        let text = |text: String| self.masks().fold(text, |text, mask| mask.text(&text));
        StepError { message: text(error.message), hint: error.hint.map(text), ..error }
    }
}

/// The URL that a base is.
fn url_of(base: &Filled, scope: &Scope<'_>) -> Result<Url, StepError> {
    let text = base.text(scope)?.unwrap_or_default();
    let url = Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| {
        let message = "what the connection says of where the service is makes no URL";
        StepError::permanent("connection_broken", message).hint("look at the connection's settings")
    })
}

/// The output that a template makes; without one, the answer as it is.
fn shaped(output: Option<&Filled>, scope: &Scope<'_>, usual: Value) -> Result<Value, StepError> {
    match output {
        None => Ok(usual),
        Some(filled) => Ok(filled.render(scope)?.unwrap_or_default()),
    }
}

/// Now, and chance that is the same in each attempt.
fn moment(call: &Call<'_>) -> Moment {
    let digest = Sha256::digest(call.idempotency_key.as_bytes());
    let seed = digest.iter().take(8).fold(0_u64, |seed, byte| (seed << 8) | u64::from(*byte));
    Moment { now: call.now, seed, first_line: 0 }
}
