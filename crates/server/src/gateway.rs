//! The webhook gateway: reads a request off the wire as far as it is welcome, has it taken in, sends what comes of it, and
//! has it noted.

mod bin;
mod body;
mod capture;
mod inside;
mod trials;

use crate::bodies::Bodies;
use crate::inspector::Inspector;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
pub(crate) use body::read;
use body::{Open, Wire};
use bytes::Bytes;
use engine::Handle;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};
pub use trials::Trials;
pub(crate) use trials::{Ear, LISTENING};
use triggers::webhook::address::Proxies;
use triggers::webhook::answer::{Answered, Connection};
use triggers::webhook::hooks::{Hook, HookTable};
use triggers::webhook::intake::{Arrival, Intake, Opened, Sender, Settled};
use triggers::webhook::problem::Refusal;

/// How the addresses begin at which texts are tried.
pub(crate) const TEST: &str = "/hook-test/";

const LIVE_ALONE: &str =
    "no draft listens at this test address; the live webhook of this path begins with /hook/ instead of /hook-test/";
const TEST_ALONE: &str =
    "no published webhook is at this path; a draft listens to it at /hook-test/, until it is published";
const NOBODY_LISTENS: &str = "no draft listens at this test address: open the scenario in the editor and listen";

/// What the gateway stands on. Clones are cheap and mean the same gateway.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// What every request goes through.
    pub intake: Intake,
    /// The webhooks.
    pub hooks: HookTable,
    /// The largest body that is held in memory and parsed, in bytes; also of files, for webhooks that set no bound of
    /// their own.
    pub max_body: u64,
    /// The largest body with files in it, in bytes, whatever a webhook says.
    pub max_file: u64,
    /// How long a body may take to come; one with files in it longer, by its size.
    pub body_timeout: Duration,
    /// The room for all bodies that are being read.
    pub bodies: Bodies,
    /// Keeps the requests that come, for people to look at.
    pub inspector: Inspector,
    /// Texts that are tried by requests.
    pub trials: Trials,
}

impl Gateway {
    /// Takes the runs.
    pub(crate) fn handle(&self) -> &Handle {
        &self.intake.handle
    }

    /// The proxies that are believed.
    pub(crate) fn proxies(&self) -> &Proxies {
        &self.intake.proxies
    }

    /// The largest decoded body that a webhook takes as a whole, in bytes.
    fn most(&self, hook: &Hook) -> u64 {
        hook.max_body.unwrap_or(self.max_body).min(self.max_body)
    }
}

/// Registers `/hook/…`.
pub(crate) fn configure(gateway: Gateway) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config| {
        config.app_data(web::Data::new(gateway));
        // A bare prefix: a pattern would cost every request a regular expression.
        config.service(web::scope("/hook").default_service(web::to(receive)));
        config.service(web::scope("/hook-test").default_service(web::to(receive)));
    }
}

async fn receive(request: HttpRequest, payload: web::Payload, gateway: web::Data<Gateway>) -> HttpResponse {
    let began = Instant::now();
    let headers = fields(&request);
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let arrival = Arrival {
        method: request.method().as_str(),
        target,
        headers: &headers,
        peer: peer(&request),
        ip: caller(&request, gateway.proxies(), &headers),
        at: gateway.handle().clock().now(),
        sender: Sender::Caller,
    };
    let answer = gateway.answer(Open { request: &request, payload }, &arrival, began, None).await;
    respond(&answer)
}

/// Where a request comes from in time.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// When it began to be answered.
    began: Instant,
    /// The kept request that it is, done again by a person.
    of: Option<u64>,
}

/// A body that was read, if it was.
#[derive(Debug, Default)]
struct Sent {
    /// The bytes as they came; empty where they went into files.
    bytes: Bytes,
    length: u64,
}

impl Gateway {
    /// What the caller of a webhook is told. Whatever it is, the request is kept. `of` is the kept request that this one
    /// is, done again by a person.
    async fn answer(&self, wire: impl Wire, arrival: &Arrival<'_>, began: Instant, of: Option<u64>) -> Answered {
        let (live, tried) = (|| self.hooks.current(), || self.trials.current(arrival.at));
        let is_trial = arrival.target.starts_with(TEST);
        let hooks = if is_trial { tried() } else { live() };
        let (settled, sent) = match self.intake.open(&hooks, arrival).await {
            Ok(opened) => self.finish(opened, wire, arrival).await,
            Err(settled) if settled.hook.is_none() && is_trial => {
                return if live().has(arrival.path()) { instead(LIVE_ALONE) } else { instead(NOBODY_LISTENS) };
            }
            Err(settled) if settled.hook.is_none() => match self.inspector.bin(arrival.path()) {
                None if tried().has(arrival.path()) => return instead(TEST_ALONE),
                Some(bin) => return self.keep(&bin, wire, arrival, began).await,
                None => return settled.answer,
            },
            Err(settled) => (settled, Sent::default()),
        };
        if let Some(hook) = settled.hook {
            capture::note(&self.inspector, hook, &settled, arrival, &sent, Origin { began, of });
        }
        settled.answer
    }

    async fn finish<'h>(&self, opened: Opened<'h, '_>, wire: impl Wire, arrival: &Arrival<'_>) -> (Settled<'h>, Sent) {
        let hook = opened.hook;
        let mut share = self.bodies.share();
        let body = wire.receive(self, hook, arrival.headers, &mut share).await;
        let body = match body {
            Ok(body) => body,
            Err(refusal) => return (Settled::refused(hook, refusal).with_cors(hook, arrival), Sent::default()),
        };
        let sent = Sent::of(&body);
        let room = |bytes| share.take(bytes);
        (self.intake.finish(opened, arrival, body, self.most(hook), room).await, sent)
    }
}

/// That nothing is at this address, and what to do about it.
fn instead(detail: &str) -> Answered {
    Answered::refused(&Refusal::elsewhere(detail.to_owned()))
}

/// The header fields, as they came.
pub(crate) fn fields(request: &HttpRequest) -> Vec<(&str, &[u8])> {
    request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect()
}

/// Where the request comes from, behind the proxies that are believed.
pub(crate) fn caller(request: &HttpRequest, proxies: &Proxies, headers: &[(&str, &[u8])]) -> IpAddr {
    proxies.client(peer(request), headers)
}

fn peer(request: &HttpRequest) -> IpAddr {
    request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip())
}

/// The refusal as a problem document.
pub(crate) fn refused(refusal: &Refusal) -> HttpResponse {
    respond(&Answered::refused(refusal))
}

fn respond(answer: &Answered) -> HttpResponse {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in answer.headers() {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            builder.append_header((name, value));
        }
    }
    if answer.connection == Connection::Closed {
        builder.force_close();
    }
    if answer.headers().all(|(name, _)| name != "referrer-policy") {
        // A path may be all that keeps strangers from a webhook, so browsers are not to pass it on.
        builder.insert_header((header::REFERRER_POLICY, "no-referrer"));
    }
    builder.body(answer.body.clone())
}
