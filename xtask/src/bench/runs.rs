//! What the API tells of runs.

use anyhow::{Context, ensure};
use serde_json::Value;

use super::http;
use super::server::Server;

/// The most that a page of the API holds.
const PAGE: usize = 200;

/// How many runs the API shows as running, one at most; nothing while it cannot say.
pub(crate) fn running(server: &Server) -> Option<usize> {
    list(server, "status=running&limit=1").ok().map(|items| items.len())
}

/// The newest runs of this query.
pub(crate) fn list(server: &Server, query: &str) -> anyhow::Result<Vec<Value>> {
    page(server, query).map(|(items, _)| items)
}

/// How many runs there are of this query, by all of its pages.
pub(crate) fn count(server: &Server, query: &str) -> anyhow::Result<usize> {
    all(server, query).map(|items| items.len())
}

/// The runs of this query, by all of its pages.
pub(crate) fn all(server: &Server, query: &str) -> anyhow::Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut before = String::new();
    loop {
        let (items, next) = page(server, &format!("{query}&limit={PAGE}{before}"))?;
        all.extend(items);
        match next {
            Some(next) => before = format!("&before={next}"),
            None => return Ok(all),
        }
    }
}

fn page(server: &Server, query: &str) -> anyhow::Result<(Vec<Value>, Option<String>)> {
    let answer = http::get(server.address, &format!("/api/v1/runs?{query}"))?;
    let said = String::from_utf8_lossy(&answer.body);
    ensure!(answer.is_ok(), "the list of runs, {query}, is answered {} {said}", answer.status);
    let page: Value = serde_json::from_slice(&answer.body)?;
    let items = page["items"].as_array().with_context(|| format!("no items for {query}: {said}"))?.clone();
    Ok((items, page["next"].as_str().map(str::to_owned)))
}
