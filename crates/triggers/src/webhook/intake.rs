//! The way of a request through the gateway: which webhook it means, whether it may come in, whose it is, what run it
//! starts, and what its caller is told. Whoever reads the request's body off the wire does so between [`Intake::open`] and
//! [`Intake::finish`].

mod checks;
mod delivery;
mod diagnosis;
mod keys;
mod note;
mod tokens;

pub use checks::Armed;
pub use keys::{FetchKeys, KeyRing};
pub use note::{Note, Settled, Verdict};
pub use tokens::KeptTokens;

use super::address::Proxies;
use super::answer::Answered;
use super::cloudevents;
use super::compression;
use super::headers;
use super::hooks::{Hook, Hooks};
use super::parse::{RawRequest, parse};
use super::problem::Refusal;
use super::public::PublicUrl;
use super::rate::Callers;
use super::routes::{Lookup, Match};
use super::upload::Body;
use checks::Passed;
use engine::Handle;
use run::files::Files;
use run::id::Millis;
use run::setting::Setting;
use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

/// What every request goes through. Clones are cheap and mean the same.
#[derive(Clone, Debug)]
pub struct Intake {
    /// Takes the runs.
    pub handle: Handle,
    /// Has the secrets.
    pub setting: Arc<Setting>,
    /// Has the public keys of senders.
    pub keys: KeyRing,
    /// Has the tokens that senders gave.
    pub tokens: KeptTokens,
    /// How many requests each caller may send; none: as many as it likes.
    pub callers: Option<Arc<Callers>>,
    /// Where callers reach the server.
    pub public: PublicUrl,
    /// The proxies that are believed.
    pub proxies: Proxies,
    /// Where files are kept.
    pub files: Files,
}

/// The head of a request.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// As it came.
    pub method: &'a str,
    /// Path and query, as they came: `/hook/orders?x=1`.
    pub target: &'a str,
    /// As they came, in order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The other end of the connection.
    pub peer: IpAddr,
    /// The caller, behind the proxies that are believed.
    pub ip: IpAddr,
    /// When it came.
    pub at: Millis,
    /// Who sends it.
    pub sender: Sender,
}

/// Who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Nobody knows yet.
    Caller,
    /// Somebody who may do everything, and does it by hand: what keeps others out and what recognises repeats is not
    /// asked, and a run is started.
    Operator,
}

impl<'a> Arrival<'a> {
    /// What stands behind `/hook/` or `/hook-test/`, as it came.
    pub fn path(&self) -> &'a str {
        let path = self.target.split_once('?').map_or(self.target, |(path, _)| path);
        path.strip_prefix("/hook/").or_else(|| path.strip_prefix("/hook-test/")).unwrap_or_default()
    }

    /// What stands behind the `?`, as it came; empty where nothing does.
    pub fn query(&self) -> &'a str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A request that may go on: its body is wanted.
#[derive(Debug)]
pub struct Opened<'h, 'a> {
    /// The webhook it means.
    pub hook: &'h Hook,
    path: Cow<'a, str>,
    params: Vec<(String, String)>,
    passed: Passed,
    errand: Errand,
}

/// What a request may be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Errand {
    /// Anything.
    Any,
    /// It came by a method that starts no run, and can only be a handshake.
    Handshake,
}

impl Intake {
    /// Which webhook a request means, and whether it may go on, as far as its head tells.
    pub async fn open<'h, 'a>(&self, hooks: &'h Hooks, arrival: &Arrival<'a>) -> Result<Opened<'h, 'a>, Settled<'h>> {
        let (found, errand) = match hooks.lookup(arrival.path(), arrival.method) {
            Lookup::Found(found) => (found, Errand::Any),
            Lookup::NotFound => return Err(Settled::unknown()),
            Lookup::MethodNotAllowed { found, allow } => {
                let errand = self.other_method(found.target, allow, arrival).map_err(|settled| *settled)?;
                (found, errand)
            }
        };
        let Match { target: hook, path, params } = found;
        let passed = match self.admit(hook, arrival).await {
            Ok(passed) => passed,
            Err(refused) => return Err(refused.with_cors(hook, arrival)),
        };
        Ok(Opened { hook, path, params, passed, errand })
    }

    /// A request by a method that starts no run here: a question that is answered at once, or a handshake. Some senders
    /// only take a webhook that answers `HEAD` by 200.
    fn other_method<'h>(
        &self,
        hook: &'h Hook,
        allow: &[String],
        arrival: &Arrival<'_>,
    ) -> Result<Errand, Box<Settled<'h>>> {
        let question = match arrival.method {
            "HEAD" => Answered::empty(200),
            "OPTIONS" => permission(hook, allow, arrival),
            method if hook.greets_by(method) => return Ok(Errand::Handshake),
            _ => return Err(Box::new(Settled::refused(hook, Refusal::method_not_allowed(allow)))),
        };
        Err(Box::new(match self.count(hook, arrival) {
            Ok(()) => Settled::handshake(hook, question),
            Err(refusal) => Settled::refused(hook, refusal),
        }))
    }

    /// Whether the caller may come in: by its address, by how much it sends, and by what its head proves.
    async fn admit<'h>(&self, hook: &'h Hook, arrival: &Arrival<'_>) -> Result<Passed, Settled<'h>> {
        if arrival.sender == Sender::Operator {
            return Ok(Passed::Unasked);
        }
        let counted = self.count(hook, arrival).and_then(|()| match hook.checks.is_empty() {
            true => hook.count(arrival.at),
            // Strangers must not use up what is meant for the sender.
            false => Ok(()),
        });
        counted.map_err(|refusal| Settled::refused(hook, refusal))?;
        self.verify_head(hook, arrival).await
    }

    /// Whether the caller may call at all, and does not do so too often.
    fn count(&self, hook: &Hook, arrival: &Arrival<'_>) -> Result<(), Refusal> {
        headers::check(arrival.headers)?;
        headers::check_depth(arrival.headers)?;
        hook.admit(arrival.ip)?;
        match &self.callers {
            Some(callers) => callers.take(arrival.ip, arrival.at).map_err(Refusal::too_fast),
            None => Ok(()),
        }
    }

    /// What becomes of a request whose body is there, as it was sent. `most` is the largest decoded body in bytes; `room`
    /// is asked before more memory is taken for it.
    pub async fn finish<'h>(
        &self,
        opened: Opened<'h, '_>,
        arrival: &Arrival<'_>,
        body: Body,
        most: u64,
        room: impl FnMut(u64) -> Result<(), Refusal>,
    ) -> Settled<'h> {
        let hook = opened.hook;
        let settled = match self.verify(&opened, arrival, &body).await {
            Ok(()) => self.start(opened, arrival, body, most, room).await,
            Err(settled) => settled,
        };
        settled.with_cors(hook, arrival)
    }

    async fn start<'h>(
        &self,
        opened: Opened<'h, '_>,
        arrival: &Arrival<'_>,
        body: Body,
        most: u64,
        room: impl FnMut(u64) -> Result<(), Refusal>,
    ) -> Settled<'h> {
        let hook = opened.hook;
        let sent = match &body {
            Body::Whole(bytes) => bytes.clone(),
            Body::Parts { .. } | Body::File(_) => Default::default(),
        };
        let input = decoded(body, arrival, most, room).and_then(|body| {
            let reads = &hook.deployment.plan.trigger_reads;
            let query = hook.hide_tokens(arrival.query());
            parse(RawRequest {
                method: arrival.method,
                path: &opened.path,
                params: opened.params,
                query: &query,
                headers: arrival.headers,
                body,
                ip: arrival.ip,
                at: arrival.at,
                reads,
                secret_headers: hook.secret_headers(),
            })
        });
        match input {
            Ok(input) => self.deliver(hook, arrival, &sent, input).await,
            Err(refusal) => Settled::refused(hook, refusal),
        }
    }
}

/// Who may send what: for browsers, and for senders of CloudEvents.
fn permission(hook: &Hook, allow: &[String], arrival: &Arrival<'_>) -> Answered {
    let methods: Vec<&str> = allow.iter().map(String::as_str).chain(["HEAD", "OPTIONS"]).collect();
    let answer = Answered::empty(204).with("allow", methods.join(", "));
    let told = cloudevents::permission(arrival.headers).unwrap_or_default();
    let told = hook.cors.preflight(arrival.headers, allow).unwrap_or_default().into_iter().chain(told);
    told.fold(answer, |answer, (name, value)| answer.with(name, value))
}

fn decoded(
    body: Body,
    arrival: &Arrival<'_>,
    most: u64,
    room: impl FnMut(u64) -> Result<(), Refusal>,
) -> Result<Body, Refusal> {
    match body {
        Body::Whole(bytes) => {
            let coding = compression::named(arrival.headers);
            compression::decompress(coding, bytes, most, room).map(Body::Whole)
        }
        decoded @ (Body::Parts { .. } | Body::File(_)) => Ok(decoded),
    }
}
