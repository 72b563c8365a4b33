//! The one way out over HTTP: every module's requests pass the guard here, at each redirect again.

mod body;
mod detour;
mod download;
pub(crate) mod identity;
mod resolver;

use crate::far_side::{Asked, FarSide};
use crate::guard::{Guard, Passage, Trust, own_address, private_address};
use crate::own_hooks::OwnHooks;
pub(crate) use body::{Body, Pieces};
use bytes::{Bytes, BytesMut};
pub(crate) use download::Download;
use reqwest::header::{self, HeaderMap, HeaderName};
use reqwest::{Method, StatusCode, redirect};
use resolver::{GuardedResolver, LookUp, OwnAddresses, RefusedName, System};
use run::error::StepError;
use run::files::Files;
use run::input::DEPTH_HEADER;
use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::Instant;
use url::Url;

/// What `user-agent` says unless the author says something else.
pub(crate) const USER_AGENT: &str = concat!("hookmill/", env!("CARGO_PKG_VERSION"));

/// How long a connection may take to stand.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes are read of an answer that is a refusal: messages tell its beginning.
const MOST_OF_A_REFUSAL: u64 = 64 * 1024;

/// A request, complete.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Body,
}

/// An answer, complete.
#[derive(Clone, Debug)]
pub(crate) struct Incoming {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer that was to become a file.
#[derive(Debug)]
pub(crate) enum Fetched {
    /// It did.
    Kept(Download),
    /// It is an error, and was read as such.
    Whole(Incoming),
}

/// What one exchange may cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Redirects followed; 0: an answer that redirects is the answer.
    pub(crate) redirects: u32,
    /// Bytes of the answer's body, decompressed.
    pub(crate) max_response: u64,
    /// All of it.
    pub(crate) timeout: Duration,
}

/// Sends requests to where the guard lets them go.
#[derive(Debug)]
pub(crate) struct Client {
    guard: Arc<Guard>,
    files: Files,
    look_up: Arc<dyn LookUp>,
    own_hooks: Option<OwnHooks>,
    checked: OnceLock<reqwest::Client>,
    checked_at_own_port: OnceLock<reqwest::Client>,
    trusted: OnceLock<reqwest::Client>,
    /// Answers in place of the network.
    stand_in: Option<Arc<dyn FarSide>>,
    /// Where every request goes in place of its own host.
    detour: Option<Url>,
}

impl Client {
    /// Nothing is loaded before the first request: TLS roots take their time.
    pub(crate) fn new(guard: Guard, files: Files) -> Self {
        Self {
            guard: Arc::new(guard),
            files,
            look_up: Arc::new(System),
            own_hooks: None,
            checked: OnceLock::new(),
            checked_at_own_port: OnceLock::new(),
            trusted: OnceLock::new(),
            stand_in: None,
            detour: None,
        }
    }

    /// The same, handing calls of this server's own hooks over in the process.
    pub(crate) fn with_own_hooks(self, own_hooks: Option<OwnHooks>) -> Self {
        Self { own_hooks, ..self }
    }

    /// The same, with a server that stands in for all others: what the guard lets go is sent there.
    pub(crate) fn with_detour(self, detour: Option<Url>) -> Self {
        Self { detour, ..self }
    }

    /// Reaches nobody: `far_side` answers every request that the guard lets go.
    pub(crate) fn rehearsed(guard: Guard, files: Files, far_side: Arc<dyn FarSide>) -> Self {
        Self { stand_in: Some(far_side), ..Self::new(guard, files) }
    }

    /// The files that requests may carry.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Whether nothing leaves the machine.
    pub(crate) fn is_rehearsed(&self) -> bool {
        self.stand_in.is_some()
    }

    /// Whether the request may go where it wants to, as far as its URL tells.
    pub(crate) fn admit(&self, request: &Outgoing, trust: Trust<'_>) -> Result<(), StepError> {
        self.passage(&request.url, trust).map(drop)
    }

    /// Sends the request, follows redirects, reads the answer; of one that is no success only the beginning.
    pub(crate) async fn send(
        &self,
        request: Outgoing,
        trust: Trust<'_>,
        bounds: Bounds,
    ) -> Result<Incoming, StepError> {
        self.send_and_judge(request, trust, bounds, |status| !status.is_success()).await
    }

    /// The same, where statuses are judged in another way: those that say it all (`is_all`) do so whatever becomes of the
    /// body. It may be endless, or never end.
    pub(crate) async fn send_and_judge(
        &self,
        request: Outgoing,
        trust: Trust<'_>,
        bounds: Bounds,
        is_all: impl Fn(StatusCode) -> bool,
    ) -> Result<Incoming, StepError> {
        let deadline = Instant::now() + bounds.timeout;
        let answer = by(deadline, bounds, self.follow(request, trust, bounds)).await?;
        if is_all(answer.status()) {
            return Ok(beginning(answer, deadline, bounds).await);
        }
        by(deadline, bounds, read(answer, bounds)).await
    }

    /// Sends the request, follows redirects, and keeps the answer as a file unless its status says otherwise.
    pub(crate) async fn fetch(
        &self,
        request: Outgoing,
        trust: Trust<'_>,
        bounds: Bounds,
        is_error: impl Fn(StatusCode) -> bool,
    ) -> Result<Fetched, StepError> {
        let deadline = Instant::now() + bounds.timeout;
        let answer = by(deadline, bounds, self.follow(request, trust, bounds)).await?;
        if is_error(answer.status()) {
            return Ok(Fetched::Whole(beginning(answer, deadline, bounds).await));
        }
        by(deadline, bounds, download::keep(answer, &self.files, bounds)).await.map(Fetched::Kept)
    }

    async fn follow(
        &self,
        mut request: Outgoing,
        trust: Trust<'_>,
        bounds: Bounds,
    ) -> Result<reqwest::Response, StepError> {
        let (mut redirects, home) = (0, request.url.origin());
        loop {
            // A certificate is for whom it was meant, and not for wherever that sends us.
            let identity = trust.identity.filter(|_| request.url.origin() == home);
            let answer = self.exchange(&request, Trust { identity, ..trust }).await?;
            let Some(location) = redirection(&answer, bounds) else { return Ok(answer) };
            if redirects == bounds.redirects {
                return Err(StepError::permanent(
                    "too_many_redirects",
                    format!("redirected more than {} times, last to {}", bounds.redirects, shown(&request.url)),
                ));
            }
            redirects += 1;
            request = redirected(request, answer.status(), &location)?;
        }
    }

    async fn exchange(&self, request: &Outgoing, trust: Trust<'_>) -> Result<reqwest::Response, StepError> {
        let passage = self.passage(&request.url, trust)?;
        if let Some(stand_in) = &self.stand_in {
            let Outgoing { method, url, headers, body } = request;
            let body = body.at_once(&self.files, u64::MAX).await?.unwrap_or_default();
            return stand_in.answer(&Asked { method: method.as_str(), url, headers, body: &body })?.into_response();
        }
        if let Some(own) = &self.own_hooks
            && let Some(asked) = own.taken(request, &self.files).await?
        {
            return own.hooks.request(asked).await?.into_response();
        }
        let detoured = self.detour.as_ref().map(|stand_in| detour::by(stand_in, &request.url));
        let client = match (passage, trust.identity) {
            _ if detoured.is_some() => client(&self.trusted, None)?,
            (Passage::Trusted, Some(identity)) => identity.client(None)?,
            (_, Some(identity)) => identity.client(Some(self.resolver(OwnAddresses::Refused)))?,
            (Passage::Checked, None) => client(&self.checked, Some(self.resolver(OwnAddresses::Admitted)))?,
            (Passage::CheckedAtOwnPort, None) => {
                client(&self.checked_at_own_port, Some(self.resolver(OwnAddresses::Refused)))?
            }
            (Passage::Trusted, None) => client(&self.trusted, None)?,
        };
        let url = detoured.unwrap_or_else(|| request.url.clone());
        let sent = client.request(request.method.clone(), url).headers(request.headers.clone());
        let sent = match &request.body {
            Body::Bytes(bytes) => sent.body(bytes.clone()),
            Body::Pieces(pieces) => {
                let opened = pieces.open(&self.files).await?;
                let sent = sent.header(header::CONTENT_LENGTH, opened.length);
                sent.body(reqwest::Body::wrap_stream(opened.stream()))
            }
        };
        sent.send().await.map_err(|error| network_error(&error, &request.url))
    }

    fn passage(&self, url: &Url, trust: Trust<'_>) -> Result<Passage, StepError> {
        let passage = self.guard.passage(url, trust)?;
        let is_here = self.own_hooks.as_ref().is_some_and(|own| own.is_here(url));
        if is_here && passage != Passage::Trusted { Err(own_address()) } else { Ok(passage) }
    }

    fn resolver(&self, own: OwnAddresses) -> GuardedResolver {
        GuardedResolver { guard: Arc::clone(&self.guard), own, look_up: Arc::clone(&self.look_up) }
    }
}

/// Gives up on an exchange that takes too long.
async fn by<T>(
    deadline: Instant,
    bounds: Bounds,
    exchange: impl Future<Output = Result<T, StepError>>,
) -> Result<T, StepError> {
    let seconds = bounds.timeout.as_secs_f64();
    let late = |_| Err(StepError::passing("timeout", format!("no complete answer within {seconds} s")));
    tokio::time::timeout_at(deadline, exchange).await.unwrap_or_else(late)
}

/// The client in the slot, made at first use, which resolves names by this resolver, or as the system does.
fn client(slot: &OnceLock<reqwest::Client>, resolver: Option<GuardedResolver>) -> Result<&reqwest::Client, StepError> {
    if let Some(client) = slot.get() {
        return Ok(client);
    }
    let made = builder(resolver)
        .build()
        .map_err(|error| StepError::permanent("tls_unavailable", innermost(&error)).hint("install CA certificates"))?;
    Ok(slot.get_or_init(|| made))
}

/// What all clients have in common.
fn builder(resolver: Option<GuardedResolver>) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true);
    match resolver {
        Some(resolver) => builder.dns_resolver(Arc::new(resolver)),
        None => builder,
    }
}

/// Where the answer sends us, if it does and we follow.
fn redirection(answer: &reqwest::Response, bounds: Bounds) -> Option<String> {
    let follows = matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) && bounds.redirects > 0;
    let location = answer.headers().get(header::LOCATION).filter(|_| follows)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

/// The request that follows a redirect (RFC 9110 §15.4): 303 turns into GET, 301 and 302 turn POST into GET as
/// every client does; what may be a credential does not go along to another origin.
fn redirected(mut request: Outgoing, status: StatusCode, location: &str) -> Result<Outgoing, StepError> {
    let target = request.url.join(location).map_err(|error| {
        StepError::permanent("invalid_redirect", format!("redirected to something that is no URL: {error}"))
    })?;
    if request.url.scheme() == "https" && target.scheme() == "http" {
        let message = format!("redirected from https to plain http at {}", shown(&target));
        return Err(StepError::permanent("insecure_redirect", message));
    }
    let becomes_get = match status {
        StatusCode::SEE_OTHER => request.method != Method::HEAD,
        StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => request.method == Method::POST,
        _ => false,
    };
    if becomes_get {
        request.method = Method::GET;
        request.body = Bytes::new().into();
        request.headers.remove(header::CONTENT_TYPE);
        request.headers.remove("idempotency-key");
    }
    if target.origin() != request.url.origin() {
        request.headers = request.headers.into_iter().filter_map(carried_along).collect();
    }
    request.url = target;
    Ok(request)
}

/// Headers that cannot be a credential. A list of those that can would never be complete.
fn carried_along(
    (name, value): (Option<HeaderName>, header::HeaderValue),
) -> Option<(HeaderName, header::HeaderValue)> {
    let name = name?;
    let harmless = [header::ACCEPT, header::ACCEPT_LANGUAGE, header::CONTENT_TYPE, header::USER_AGENT].contains(&name)
        || ["idempotency-key", DEPTH_HEADER].contains(&name.as_str());
    (harmless && !value.is_sensitive()).then_some((name, value))
}

async fn read(mut answer: reqwest::Response, bounds: Bounds) -> Result<Incoming, StepError> {
    if answer.content_length().is_some_and(|length| length > bounds.max_response) {
        return Err(too_large(bounds));
    }
    let mut body = BytesMut::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if (body.len() + chunk.len()) as u64 > bounds.max_response => {
                return Err(too_large(bounds));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => break,
            Err(error) => return Err(network_error(&error, answer.url())),
        }
    }
    let headers = std::mem::take(answer.headers_mut());
    Ok(Incoming { status: answer.status(), headers, body: body.freeze() })
}

/// The answer with as much of its body as comes in time and within bounds. That is no error: its status has said it all.
async fn beginning(mut answer: reqwest::Response, deadline: Instant, bounds: Bounds) -> Incoming {
    let status = answer.status();
    let most = if status.is_success() { bounds.max_response } else { bounds.max_response.min(MOST_OF_A_REFUSAL) };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut body = BytesMut::new();
    while body.len() < most
        && let Ok(Ok(Some(chunk))) = tokio::time::timeout_at(deadline, answer.chunk()).await
    {
        body.extend_from_slice(&chunk[..chunk.len().min(most - body.len())]);
    }
    Incoming { status, headers: std::mem::take(answer.headers_mut()), body: body.freeze() }
}

fn too_large(bounds: Bounds) -> StepError {
    StepError::permanent("too_large", format!("the answer is longer than {} bytes", bounds.max_response))
        .hint("raise `max_response`, or ask for less")
}

fn network_error(error: &reqwest::Error, url: &Url) -> StepError {
    let host = url.host_str().unwrap_or_default();
    match sources(error).find_map(|source| source.downcast_ref::<RefusedName>()) {
        Some(RefusedName::Private) => return private_address(host),
        Some(RefusedName::Own) => return own_address(),
        None => {}
    }
    if error.is_timeout() {
        return StepError::passing("timeout", format!("{host} did not answer in time"));
    }
    let code = match error {
        error if error.is_connect() => "connection_failed",
        error if error.is_builder() => return StepError::permanent("invalid_request", innermost(error)),
        _ => "connection_lost",
    };
    StepError::passing(code, format!("{host}: {}", innermost(error)))
}

/// The last of an error's causes: the one that says what happened, and which holds no URL.
fn innermost(error: &reqwest::Error) -> String {
    sources(error).last().map_or_else(|| "the request failed".to_owned(), ToString::to_string)
}

fn sources(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&error| error.source())
}

/// A URL for messages: without what may be secret.
fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[cfg(test)]
mod tests;
