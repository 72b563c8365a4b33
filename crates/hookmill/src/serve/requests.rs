//! How long `serve` keeps the requests that come to webhooks.

use clap::Args;
use engine::captures::Bounds;
use engine::{Clock, SystemClock};
use server::{Inspector, Log};
use std::time::Duration;
use store::Store;
use tokio::task::JoinHandle;

/// How often what is too old is looked for.
const PAUSE: Duration = Duration::from_secs(60);

/// How many requests are kept.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct Keeping {
    /// How long the requests that come to webhooks are kept to be looked at, as 12h or 30d; 0 keeps none
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = age)]
    keep_requests: Duration,
    /// How many bytes they may take on disk: beyond it the oldest go; 0 keeps none
    #[arg(long, value_name = "BYTES", default_value_t = 256 << 20)]
    keep_request_bytes: u64,
    /// How many bytes the requests to bins may take, apart from the others; 0 keeps none, and bins answer 503
    #[arg(long, value_name = "BYTES", default_value_t = 64 << 20)]
    keep_bin_bytes: u64,
}

fn age(text: &str) -> Result<Duration, &'static str> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    scenario::duration::parse(text).ok_or("a time, as 12h or 30d, or 0")
}

impl Keeping {
    /// The inspector over what is kept.
    pub(super) fn inspector(self, store: &Store) -> anyhow::Result<Inspector> {
        let bounds = |bytes| Bounds { age: Some(self.keep_requests), bytes };
        let requests = Log { captures: store.captures.clone(), bounds: bounds(self.keep_request_bytes) };
        let bins = Log { captures: store.bins.clone(), bounds: bounds(self.keep_bin_bytes) };
        Ok(Inspector::new(requests, bins, &store.tables)?)
    }
}

/// Looks at what comes to watched webhooks, and lets go of what is too old, until it is aborted.
pub(super) fn keep(inspector: &Inspector, handle: engine::Handle) -> JoinHandle<()> {
    let (follower, inspector) = (inspector.clone(), inspector.clone());
    tokio::spawn(async move {
        tokio::join!(follower.follow(handle), let_go(inspector));
    })
}

async fn let_go(inspector: Inspector) {
    let mut pause = tokio::time::interval(PAUSE);
    loop {
        pause.tick().await;
        let inspector = inspector.clone();
        let done = tokio::task::spawn_blocking(move || inspector.retain(SystemClock.now())).await;
        if let Ok(Err(error)) = done {
            tracing::warn!(%error, "old requests could not be let go");
        }
    }
}

/// Writes what waits, at the end.
pub(super) fn settle(inspector: &Inspector) {
    if let Err(error) = inspector.settle() {
        tracing::warn!(%error, "the last requests could not be kept");
    }
}
