//! Bodies: read as far as they are welcome, and no faster than what they carry goes to the disk.

use super::Gateway;
use crate::bodies::Share;
use actix_web::http::header;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{StreamExt, future, stream};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::timeout;
use triggers::webhook::compression::{self, Coding};
use triggers::webhook::hooks::Hook;
use triggers::webhook::problem::Refusal;
use triggers::webhook::upload::{self, Body, Bounds, Reception};

/// Whoever sends files slower than this, in bytes a second, is not waited for.
const SLOWEST: u64 = 64 * 1024;

/// Where the body of a request is. Two types rather than two cases, because what actix reads cannot leave its thread, and
/// what is at hand can.
pub(super) trait Wire {
    /// The body of a request to this webhook.
    async fn receive(
        self,
        gateway: &Gateway,
        hook: &Hook,
        headers: &[(&str, &[u8])],
        share: &mut Share,
    ) -> Result<Body, Refusal>;

    /// The body as a whole, up to the bound in bytes.
    async fn read(self, most: u64, share: &mut Share) -> Result<Bytes, Refusal>;
}

/// A body that is still to be read.
pub(super) struct Open<'r> {
    pub(super) request: &'r HttpRequest,
    pub(super) payload: web::Payload,
}

impl Wire for Open<'_> {
    async fn receive(
        self,
        gateway: &Gateway,
        hook: &Hook,
        headers: &[(&str, &[u8])],
        share: &mut Share,
    ) -> Result<Body, Refusal> {
        receive(self.request, self.payload, gateway, hook, headers, share).await
    }

    async fn read(self, most: u64, share: &mut Share) -> Result<Bytes, Refusal> {
        read(self.request, self.payload, most, share).await
    }
}

impl Wire for Bytes {
    async fn receive(
        self,
        gateway: &Gateway,
        hook: &Hook,
        headers: &[(&str, &[u8])],
        share: &mut Share,
    ) -> Result<Body, Refusal> {
        let Way { reception, coding, bounds } = Way::of(gateway, hook, headers, Some(self.len() as u64))?;
        let whole = self.read(reception.bound(bounds), share).await?;
        if reception == Reception::Whole {
            return Ok(Body::Whole(whole));
        }
        let chunks = stream::iter([Ok(whole)]);
        upload::receive(reception, coding, chunks, &gateway.intake.files, bounds, |bytes| share.take(bytes)).await
    }

    async fn read(self, most: u64, share: &mut Share) -> Result<Bytes, Refusal> {
        if self.len() as u64 > most {
            return Err(Refusal::too_large(most));
        }
        share.take(self.len() as u64)?;
        Ok(self)
    }
}

/// The way that a body takes.
struct Way {
    reception: Reception,
    coding: Option<Coding>,
    bounds: Bounds,
}

impl Way {
    /// Of a body of this length, as far as it is known, to this webhook.
    fn of(gateway: &Gateway, hook: &Hook, headers: &[(&str, &[u8])], length: Option<u64>) -> Result<Self, Refusal> {
        let wanted = hook.max_body.unwrap_or(gateway.max_body);
        let bounds = Bounds { parsed: wanted.min(gateway.max_body), files: wanted.min(gateway.max_file) };
        let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let reception = match hook.verifies_body() {
            // What was signed is the bytes as they come.
            true => Reception::Whole,
            false => {
                let reads = &hook.deployment.plan.trigger_reads;
                Reception::of(content_type.map(|(_, value)| *value), length, reads)?
            }
        };
        Ok(Self { reception, coding: Coding::of(compression::named(headers))?, bounds })
    }
}

/// The body of a request to this webhook: whole, or as the files that it is or carries.
async fn receive(
    request: &HttpRequest,
    payload: web::Payload,
    gateway: &Gateway,
    hook: &Hook,
    headers: &[(&str, &[u8])],
    share: &mut Share,
) -> Result<Body, Refusal> {
    let Gateway { body_timeout, .. } = gateway;
    let files = &gateway.intake.files;
    let announced = announced(request)?;
    let Way { reception, coding, bounds } = Way::of(gateway, hook, headers, announced)?;
    let most = reception.bound(bounds);
    if reception == Reception::Whole {
        return in_time(*body_timeout, async { read(request, payload, most, share).await.map(Body::Whole) }).await;
    }
    if announced.is_some_and(|length| length > most) {
        return Err(Refusal::too_large(most));
    }
    let patience = *body_timeout + Duration::from_secs(announced.unwrap_or(most) / SLOWEST);
    // What actix reads cannot leave its thread; a short pipe hands it on as fast as it is wanted.
    let (sender, receiver) = mpsc::channel(1);
    let chunks = stream::unfold(receiver, |mut receiver: mpsc::Receiver<_>| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    });
    let room = |bytes| share.take(bytes);
    let taking = async {
        future::join(pump(payload, sender), upload::receive(reception, coding, chunks, files, bounds, room)).await.1
    };
    in_time(patience, Box::pin(taking)).await
}

/// The body, up to the bound. A longer one is refused as soon as that is known: by its announced length before
/// anything is read, else when the bound is passed (RFC 9110 §15.5.14).
pub(crate) async fn read(
    request: &HttpRequest,
    payload: web::Payload,
    most: u64,
    share: &mut Share,
) -> Result<Bytes, Refusal> {
    if announced(request)?.is_some_and(|length| length > most) {
        return Err(Refusal::too_large(most));
    }
    let chunks = payload.map(|chunk| {
        let chunk = chunk.map_err(|_| broke_off())?;
        share.take(chunk.len() as u64)?;
        Ok(chunk)
    });
    upload::whole(chunks, most).await
}

/// The length that the caller announces. What follows a request for a WebSocket has no end, whatever it announces: actix reads
/// it as that protocol's.
fn announced(request: &HttpRequest) -> Result<Option<u64>, Refusal> {
    let upgrades = request.headers().get_all(header::UPGRADE);
    if upgrades.into_iter().any(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket")) {
        return Err(Refusal::no_websocket());
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    Ok(length.and_then(|length| length.to_str().ok()?.parse().ok()))
}

/// Hands chunks on until there are no more, or nobody wants them.
async fn pump(mut payload: web::Payload, sender: mpsc::Sender<Result<Bytes, Refusal>>) {
    while let Some(chunk) = payload.next().await {
        if sender.send(chunk.map_err(|_| broke_off())).await.is_err() {
            return;
        }
    }
}

async fn in_time<T>(patience: Duration, reading: impl Future<Output = Result<T, Refusal>>) -> Result<T, Refusal> {
    timeout(patience, reading).await.unwrap_or_else(|_| Err(Refusal::slow_body(patience.as_secs())))
}

fn broke_off() -> Refusal {
    Refusal::bad_body("the body broke off")
}
