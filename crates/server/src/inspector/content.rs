//! What the body of a kept request says, read as a run would read it.

use super::record::{MOST_BODY, Record};
use bytes::Bytes;
use run::id::Millis;
use run::input::Input;
use scenario::plan::TriggerReads;
use serde_json::Value;
use std::collections::BTreeSet;
use triggers::webhook::compression;
use triggers::webhook::parse::{RawRequest, parse};
use triggers::webhook::pattern::Pattern;
use triggers::webhook::problem::Refusal;
use triggers::webhook::routes::{Endpoint, Lookup, Routes};
use triggers::webhook::upload::Body;

/// How large a kept body may be once it is decompressed, in bytes.
const MOST_DECODED: usize = 16 * MOST_BODY;

/// The request as a run is given it that is started by it; `hook` is the path that it came to.
pub(crate) fn input(record: &Record<'_>, hook: &str, at: Millis) -> Result<Input, Refusal> {
    let headers: Vec<(&str, &[u8])> = record.headers.iter().map(|(name, value)| (&**name, value.0)).collect();
    let (path, query) = record.target.split_once('?').unwrap_or((&record.target, ""));
    let below = path.strip_prefix("/hook/").or_else(|| path.strip_prefix("/hook-test/")).unwrap_or(path);
    let (path, params) = place(below, hook);
    let sent = Bytes::copy_from_slice(record.body.0);
    let most = u64::try_from(MOST_DECODED).unwrap_or(u64::MAX);
    let body = compression::decompress(compression::named(&headers), sent, most, |_| Ok(()))?;
    parse(RawRequest {
        method: &record.method,
        path: &path,
        params,
        query,
        headers: &headers,
        body: Body::Whole(body),
        ip: record.ip,
        at,
        reads: &TriggerReads::All,
        secret_headers: &[],
    })
}

/// The path, decoded, and what stands in it for the names in the webhook's path.
fn place(path: &str, hook: &str) -> (String, Vec<(String, String)>) {
    let Ok(pattern) = hook.parse::<Pattern>() else { return (path.to_owned(), Vec::new()) };
    let (routes, _) = Routes::build(vec![Endpoint { pattern, methods: Vec::new(), target: () }]);
    match routes.lookup(path, "POST") {
        Lookup::Found(found) => (found.path.into_owned(), found.params),
        _ => (path.to_owned(), Vec::new()),
    }
}

/// The body as `trigger.body` has it, with credentials masked; none where it is not all there, or cannot be read.
pub(crate) fn content(record: &Record<'_>) -> Option<Value> {
    if !record.is_whole() {
        return None;
    }
    let shown = record.shown();
    let headers: Vec<(&str, &[u8])> = record.headers.iter().map(|(name, value)| (&**name, value.0)).collect();
    let input = parse(RawRequest {
        method: &record.method,
        path: "",
        params: Vec::new(),
        query: "",
        headers: &headers,
        body: Body::Whole(Bytes::from(shown.bytes.into_owned())),
        ip: record.ip,
        at: 0,
        reads: &TriggerReads::Fields(BTreeSet::new()),
        secret_headers: &[],
    });
    serde_json::from_slice(input.ok()?.body.text()).ok()
}
