//! The webhook gateway: reads a request as far as it is welcome, hands it to its run, and sends what comes back.

mod body;
mod question;

use crate::bodies::Bodies;
use crate::inspector::Inspector;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
pub(crate) use body::read;
use engine::{Handle, Novelty};
use run::files::Files;
use run::id::RunId;
use run::response::Response;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;
use triggers::webhook::address::Proxies;
use triggers::webhook::headers::check;
use triggers::webhook::hooks::{HookTable, Reply, reply};
use triggers::webhook::parse::RawRequest;
use triggers::webhook::problem::{self, Refusal};
use triggers::webhook::rate::Callers;

/// Tells which run answered.
const RUN: HeaderName = HeaderName::from_static("hookmill-run");

/// Tells that the answer is that of an earlier delivery, and its run.
const REPEAT: HeaderName = HeaderName::from_static("hookmill-repeat");

/// What a page may do that a scenario answers with: it must not act in the name of the editor's origin (CWE-79).
const SANDBOX: &str = "sandbox allow-forms allow-popups allow-scripts";

/// What the gateway stands on.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Takes the runs.
    pub handle: Handle,
    /// The webhooks.
    pub hooks: HookTable,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// The largest body that is held in memory and parsed, in bytes; also of files, for webhooks that set no bound of
    /// their own.
    pub max_body: u64,
    /// The largest body with files in it, in bytes, whatever a webhook says.
    pub max_file: u64,
    /// How long a body may take to come; one with files in it longer, by its size.
    pub body_timeout: Duration,
    /// The room for all bodies that are being read.
    pub bodies: Bodies,
    /// Where files are kept.
    pub files: Files,
    /// How many requests each caller may send; none: any number.
    pub callers: Option<Arc<Callers>>,
    /// Keeps the requests that come, for people to look at.
    pub inspector: Inspector,
}

impl Gateway {
    /// Counts a request of this caller. 429: there were too many.
    fn count(&self, caller: IpAddr) -> Result<(), Refusal> {
        let Some(callers) = &self.callers else { return Ok(()) };
        callers.take(caller, self.handle.clock().now()).map_err(Refusal::too_fast)
    }
}

/// Registers `/hook/…`.
pub(crate) fn configure(gateway: Gateway) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::Data::new(gateway));
        // A bare prefix: a pattern would cost every request a regular expression.
        config.service(web::scope("/hook").default_service(web::to(receive)));
    }
}

async fn receive(request: HttpRequest, payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    if matches!(*request.method(), Method::HEAD | Method::OPTIONS) {
        return private(question::answer(&request, &gateway).unwrap_or_else(|refusal| refused(&refusal)));
    }
    let mut first = None;
    let mut response = match start(&request, payload, &gateway, &mut first).await {
        Ok(Reply::Response { run, response }) => answer(run, &response),
        Ok(Reply::Accepted { run }) => accepted(run),
        Ok(Reply::Dropped) => dropped(),
        Err(refusal) => refused(&refusal),
    };
    if let Some(run) = first {
        response.headers_mut().insert(REPEAT, in_header(run));
    }
    question::show(&mut response, &request, &gateway);
    private(response)
}

/// A path may be all that keeps strangers from a webhook, so browsers are not to pass it on.
fn private(mut response: HttpResponse) -> HttpResponse {
    let headers = response.headers_mut();
    if !headers.contains_key(header::REFERRER_POLICY) {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
    response
}

/// Has the request start its run; gives in `first` the run of an earlier delivery that it repeats.
async fn start(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: &Gateway,
    first: &mut Option<RunId>,
) -> Result<Reply, Refusal> {
    let hooks = gateway.hooks.current();
    let path = request.uri().path().strip_prefix("/hook/").unwrap_or_default();
    let found = hooks.find(path, request.method().as_str())?;
    let headers = fields(request);
    check(&headers)?;
    let ip = caller(request, &gateway.proxies, &headers);
    let hook = found.target;
    hook.admit(ip)?;
    gateway.count(ip)?;
    hook.count(gateway.handle.clock().now())?;
    let mut share = gateway.bodies.share();
    let body = body::receive(request, payload, gateway, hook, &mut share).await?;
    let body = body::decompress(request, body, gateway, hook, &mut share)?;
    let input = hook.input(RawRequest {
        method: request.method().as_str(),
        path: &found.path,
        params: found.params,
        query: request.query_string(),
        headers: &headers,
        body,
        ip,
        at: gateway.handle.clock().now(),
        reads: &hook.deployment.plan.trigger_reads,
    })?;
    drop(share);
    let told = hook.deliver(&gateway.handle, input).await;
    reply(told.map(|told| {
        *first = told.answer.run().filter(|_| told.novelty == Novelty::Repeat);
        told.answer
    }))
}

/// The header fields, as they came.
pub(crate) fn fields(request: &HttpRequest) -> Vec<(&str, &[u8])> {
    request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

/// Where the request comes from, behind the proxies that are believed.
pub(crate) fn caller(request: &HttpRequest, proxies: &Proxies, headers: &[(&str, &[u8])]) -> IpAddr {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    proxies.client(peer, headers)
}

fn answer(run: RunId, response: &Response) -> HttpResponse {
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    let mut is_page = false;
    for (name, value) in &response.headers {
        is_page |= name == "content-type" && can_run_scripts(value);
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.as_str())) {
            builder.append_header((name, value));
        }
    }
    if is_page {
        builder.append_header((header::CONTENT_SECURITY_POLICY, SANDBOX));
    }
    builder.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    name_run(&mut builder, run).body(response.body.clone())
}

/// Whether a browser may run what an answer of this type holds.
fn can_run_scripts(content_type: &str) -> bool {
    let content_type = content_type.to_ascii_lowercase();
    ["html", "xml", "svg"].iter().any(|kind| content_type.contains(kind))
}

fn accepted(run: RunId) -> HttpResponse {
    name_run(&mut HttpResponse::Ok(), run)
        .content_type("application/json")
        .body(format!(r#"{{"accepted":true,"run":"{run}"}}"#))
}

/// No run was started, and none will be for this delivery: it is not to be sent again.
fn dropped() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(r#"{"accepted":false,"dropped":"as many runs are under way as the scenario allows"}"#)
}

/// The refusal as a problem document.
pub(crate) fn refused(refusal: &Refusal) -> HttpResponse {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    builder.content_type(problem::CONTENT_TYPE);
    if matches!(refusal.status, 408 | 413) || refusal.code == "busy" {
        // What is still to come of the body is not wanted.
        builder.force_close();
    }
    if let Some(allow) = &refusal.allow {
        builder.insert_header((header::ALLOW, allow.as_str()));
    }
    if let Some(seconds) = refusal.retry_after {
        builder.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some(run) = refusal.run {
        name_run(&mut builder, run);
    }
    builder.body(refusal.to_json().to_string())
}

fn name_run(builder: &mut HttpResponseBuilder, run: RunId) -> &mut HttpResponseBuilder {
    let mut text = [0; uuid::fmt::Hyphenated::LENGTH];
    builder.insert_header((RUN, &*run.0.hyphenated().encode_lower(&mut text)))
}

fn in_header(run: RunId) -> HeaderValue {
    HeaderValue::try_from(run.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""))
}
