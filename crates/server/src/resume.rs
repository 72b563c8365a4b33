//! `/resume/{token}`: where people and programs answer a step that waits. Whoever has the link may answer, once; to look
//! at the page is not to answer.

mod answer;
pub(crate) mod language;
pub(crate) mod page;
mod reply;

use crate::{App, auth, gateway, headers};
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::{HttpRequest, HttpResponse, web};
use engine::{Awaited, Unheard};
use reply::Reply;
use run::answer::accept;
use run::input::Input;
use scenario::plan::TriggerReads;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use tokio::time::timeout;
use triggers::webhook::parse::{RawRequest, parse};
use triggers::webhook::problem::Refusal;

/// The largest answer, in bytes: 1 MiB.
const LARGEST: u64 = 1 << 20;

/// Registers `/resume/…`.
pub(crate) fn configure(app: &App) -> impl FnOnce(&mut web::ServiceConfig) {
    let headers = headers::security(app);
    move |config| {
        // A bare prefix, as for webhooks.
        config.service(web::scope("/resume").wrap(headers).default_service(web::to(meet)));
    }
}

async fn meet(request: HttpRequest, payload: web::Payload, app: web::Data<App>) -> HttpResponse {
    let reply = match act(&request, payload, &app).await {
        Ok(reply) => reply,
        Err(refusal) => Reply::Refused(refusal),
    };
    reply.send(request.headers())
}

async fn act(request: &HttpRequest, payload: web::Payload, app: &App) -> Result<Reply, Refusal> {
    let awaited = match find(request, app).await {
        Ok(awaited) => awaited,
        Err(unheard) => return Ok(Reply::Unheard(unheard)),
    };
    match what(request, &awaited) {
        Act::Show => {
            let given = answer::pairs(&input(request, web::Bytes::new(), app)?.request.unwrap_or_default().query);
            Ok(Reply::Asks { awaited: Box::new(awaited), given, objections: Vec::new() })
        }
        Act::SayMethods => Ok(Reply::Methods(allowed(&awaited))),
        Act::Refuse => Ok(Reply::NotTaken(allowed(&awaited))),
        Act::Take => {
            let bound = app.gateway().body_timeout;
            let mut share = app.gateway().bodies.share();
            let reading = timeout(bound, gateway::read(request, payload, LARGEST, &mut share)).await;
            let body = reading.map_err(|_| Refusal::slow_body(bound.as_secs()))??;
            Ok(take(awaited, input(request, body, app)?, request, app).await)
        }
    }
}

/// The step that the link leads to. An invented link is found out by its seal alone, wherever it differs.
async fn find(request: &HttpRequest, app: &App) -> Result<Awaited, Unheard> {
    let token = request.path().strip_prefix("/resume/").unwrap_or_default().to_owned();
    let handle = app.handle().clone();
    let found = web::block(move || handle.awaited(&token)).await;
    found.unwrap_or_else(|error| Err(Unheard::Unreachable(error.to_string())))
}

/// What a request is to have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Show,
    Take,
    SayMethods,
    Refuse,
}

/// GET answers only where its author wants that and nothing is asked; not where a browser merely looks ahead.
fn what(request: &HttpRequest, awaited: &Awaited) -> Act {
    let method = request.method();
    let is_taken = awaited.asks.methods.iter().any(|name| name == method.as_str());
    match *method {
        Method::GET if is_taken && asks_nothing(awaited) && !looks_ahead(request.headers()) => Act::Take,
        Method::GET | Method::HEAD => Act::Show,
        Method::OPTIONS => Act::SayMethods,
        _ if is_taken => Act::Take,
        _ => Act::Refuse,
    }
}

fn asks_nothing(awaited: &Awaited) -> bool {
    awaited.asks.fields.is_empty() && awaited.asks.choices.is_empty()
}

/// Whether the request was made before anyone asked for the page (Fetch standard, `Sec-Purpose`; older names of it).
fn looks_ahead(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| headers.contains_key(*name))
}

/// The methods of the link, for the `Allow` header.
fn allowed(awaited: &Awaited) -> String {
    let looking = ["GET", "HEAD", "OPTIONS"];
    let answering = awaited.asks.methods.iter().map(String::as_str).filter(|method| !looking.contains(method));
    looking.into_iter().chain(answering).collect::<Vec<_>>().join(", ")
}

/// The request, parsed as a webhook's is.
fn input(request: &HttpRequest, body: web::Bytes, app: &App) -> Result<Input, Refusal> {
    let headers = gateway::fields(request);
    parse(RawRequest {
        method: request.method().as_str(),
        path: "",
        params: Vec::new(),
        query: request.query_string(),
        headers: &headers,
        body: body.into(),
        ip: gateway::caller(request, app.gateway().proxies(), &headers),
        at: app.now(),
        reads: &TriggerReads::Fields(BTreeSet::new()),
        secret_headers: &[],
    })
}

async fn take(awaited: Awaited, input: Input, request: &HttpRequest, app: &App) -> Reply {
    let given: Map<String, Value> = serde_json::from_slice(input.body.text()).unwrap_or_default();
    let accepted = match accept(&awaited.asks, &given) {
        Ok(accepted) => accepted,
        Err(objections) => return Reply::Asks { awaited: Box::new(awaited), given, objections },
    };
    let answer = answer::payload(accepted, &input, auth::who(request, app).as_deref());
    match app.handle().answer(awaited.run, awaited.spot, answer).await {
        Ok(()) => Reply::Resumed(awaited.run),
        Err(unheard) => Reply::Unheard(unheard),
    }
}
