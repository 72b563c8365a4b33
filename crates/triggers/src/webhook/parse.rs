//! From a request to what a run is given of it. The hot path: a small JSON body is parsed once, and the rest of the
//! request is copied once.

use super::body::{self, Decoded};
use super::encoding;
use super::headers;
use super::problem::Refusal;
use super::upload::Body;
use run::id::Millis;
use run::input::{Input, Request, Source};
use scenario::plan::TriggerReads;
use std::net::IpAddr;

/// How many query parameters a request may have.
pub const MOST_QUERY: usize = 1_000;

/// A request that found its webhook.
#[derive(Clone, Debug)]
pub struct RawRequest<'a> {
    /// As it came.
    pub method: &'a str,
    /// Path below `/hook/`, decoded.
    pub path: &'a str,
    /// Values of `{name}` segments, decoded.
    pub params: Vec<(String, String)>,
    /// What stands behind the `?`, as it came; empty where nothing does.
    pub query: &'a str,
    /// As they came, in order.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body, within the size the webhook takes.
    pub body: Body,
    /// The caller's address, as [`Proxies::client`](super::address::Proxies::client) finds it.
    pub ip: IpAddr,
    /// When it came.
    pub at: Millis,
    /// What the scenario reads of it: what nobody reads is not prepared.
    pub reads: &'a TriggerReads,
    /// Headers, lower-case, that carry a credential, besides those that look like it by their names.
    pub secret_headers: &'a [String],
}

/// What a run is given of this request. The content type alone decides how the body is read.
///
/// Values of headers that carry credentials are replaced by [`MASK`](scenario::secret::MASK), because the input is journaled: an
/// expression that reads `trigger.headers.authorization` sees the mask.
pub fn parse(request: RawRequest<'_>) -> Result<Input, Refusal> {
    let RawRequest { method, path, params, query, headers, body, ip, at, reads, secret_headers } = request;
    let kept = headers::keep(headers, secret_headers)?;
    let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let content_type = content_type.map(|(_, value)| *value);
    let Decoded { body, raw, files } = body::decode(content_type, body, reads)?;
    let request = Request {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        params,
        query: parse_query(query)?,
        headers: kept,
        ip: ip.to_string(),
    };
    Ok(Input { source: Source::Webhook, at, request: Some(Box::new(request)), body, raw, files })
}

fn parse_query(query: &str) -> Result<Vec<(String, String)>, Refusal> {
    if query.is_empty() {
        return Ok(Vec::new());
    }
    let pairs: Vec<_> = encoding::pairs(query.as_bytes(), encoding_rs::UTF_8).take(MOST_QUERY + 1).collect();
    if pairs.len() > MOST_QUERY {
        return Err(Refusal::bad_query(format!("the query has more than {MOST_QUERY} parameters")));
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests;
