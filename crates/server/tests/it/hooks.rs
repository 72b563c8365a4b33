//! `/api/v1/hooks`: webhooks and what came to them.

mod again;
mod bins;
mod events;
mod requests;
mod tokens;

use crate::site::Site;
use bytes::Bytes;
use serde_json::Value;
use server::{Captured, Verdict};
use std::net::Ipv4Addr;
use std::time::Duration;

/// How long anything is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request as the gateway would hand it over.
fn captured<'a>(hook: &'a str, target: &'a str, body: &'a [u8]) -> Captured<'a> {
    Captured {
        hook,
        at: 1_700_000_000_000,
        took: Duration::from_micros(250),
        ip: Ipv4Addr::new(203, 0, 113, 9).into(),
        method: "POST",
        target,
        secret_params: &[],
        secret_headers: &[],
        headers: &[("content-type", b"application/json"), ("x-hub-signature-256", b"sha256=abc")],
        body: Bytes::copy_from_slice(body),
        body_length: body.len() as u64,
        verdict: Verdict::Taken,
        provider: None,
        event: None,
        id: None,
        status: 200,
        answer_headers: &[("content-type", b"application/json")],
        answer: b"{\"accepted\":true}",
        run: None,
        runs: 1,
        of: None,
    }
}

/// The requests of a webhook, newest first, once there are so many.
pub(crate) async fn requests(site: &Site, hook: &str, count: usize) -> Vec<Value> {
    let looking = async {
        loop {
            let listed = site.get(&format!("/hooks/{hook}/requests?limit=200")).await;
            let listed = listed["requests"].as_array().unwrap().clone();
            if listed.len() >= count {
                return listed;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap()
}
