//! What the body of a kept request says, read as a run would read it.

use super::record::Record;
use bytes::Bytes;
use scenario::plan::TriggerReads;
use serde_json::Value;
use std::collections::BTreeSet;
use triggers::webhook::parse::{RawRequest, parse};
use triggers::webhook::upload::Body;

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
