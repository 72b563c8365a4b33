//! `/api/v1/hooks`: webhooks and what came to them.

mod again;
mod bins;
mod events;
mod requests;
mod tokens;

use crate::site::{Site, answer};
use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::{Value, json};
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

/// Makes a bin.
async fn bin(site: &Site, path: &str) {
    answer(site.api("POST", "/hooks").json(&json!({ "path": path })), StatusCode::CREATED).await;
}

/// The requests of a webhook, newest first, once there are so many.
pub(crate) async fn requests(site: &Site, hook: &str, count: usize) -> Vec<Value> {
    let looking = async {
        loop {
            // Of a path that no scenario has, there is nothing before the first request is written.
            let told = site.api("GET", &format!("/hooks/{hook}/requests?limit=200")).send().await.unwrap();
            let listed: Value = told.json().await.unwrap();
            let listed = listed["requests"].as_array().cloned().unwrap_or_default();
            if listed.len() >= count {
                return listed;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap()
}
