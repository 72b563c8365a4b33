//! From parameters to a complete request.

use super::Parameters;
use super::content::{content, pairs, scalar};
use crate::auth::scheme::basic;
use crate::client::{Outgoing, USER_AGENT};
use crate::connections::{Chosen, HttpAccess, decoded};
use crate::own_hooks;
use crate::spec::invalid;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use run::call::Call;
use run::error::StepError;
use run::files::Files;
use run::input::DEPTH_HEADER;
use serde_json::{Map, Value};
use url::{ParseError, Url};

/// Headers by which the connection is run: whoever could set them could smuggle a second request (RFC 9112 §11.2).
pub(crate) const FRAMING: [HeaderName; 5] =
    [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::UPGRADE, header::TE];

/// The request that the parameters describe, with what the connection adds.
pub(super) fn build(
    parameters: &Parameters,
    access: &HttpAccess<'_>,
    call: &Call<'_>,
    files: &Files,
) -> Result<Outgoing, StepError> {
    let content = content(parameters, &files.boundary(call.idempotency_key))?;
    let method = method(parameters.method.as_deref(), content.is_some())?;
    let mut url = url(&parameters.url, access)?;
    let query = pairs(&parameters.query)?;
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let mut headers = headers(&parameters.headers)?;
    take_userinfo(&mut url, &mut headers)?;
    headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
    headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
    if let Some(kind) = content.as_ref().and_then(|content| content.kind.as_deref()) {
        let kind = HeaderValue::from_str(kind)
            .map_err(|_| StepError::permanent("invalid_header", format!("{kind:?} is no content type")))?;
        headers.entry(header::CONTENT_TYPE).or_insert(kind);
    }
    if !matches!(method, Method::GET | Method::HEAD) {
        let key = HeaderValue::from_str(call.idempotency_key).map_err(|_| invalid("the idempotency key is no text"))?;
        headers.entry("idempotency-key").or_insert(key);
    }
    headers.insert(DEPTH_HEADER, own_hooks::depth(call)?);
    let body = content.map_or_else(|| Bytes::new().into(), |content| content.body);
    let mut request = Outgoing { method, url, headers, body };
    access.sign(&mut request, Chosen::of(call))?;
    Ok(request)
}

/// The method of this name.
pub(crate) fn method(name: Option<&str>, sends: bool) -> Result<Method, StepError> {
    let Some(name) = name else { return Ok(if sends { Method::POST } else { Method::GET }) };
    let method = Method::from_bytes(name.trim().to_ascii_uppercase().as_bytes())
        .map_err(|_| StepError::permanent("invalid_method", format!("{name:?} is no HTTP method")))?;
    match method {
        Method::CONNECT | Method::TRACE => {
            Err(StepError::permanent("invalid_method", format!("{method} cannot be sent")))
        }
        method => Ok(method),
    }
}

/// The URL, relative to the connection's base where it has one.
pub(crate) fn url(text: &str, access: &HttpAccess<'_>) -> Result<Url, StepError> {
    let invalid = |reason: String| StepError::permanent("invalid_url", reason);
    // A URL parser drops line breaks in silence; whoever put them in meant something else.
    if text.contains(|c: char| c.is_control()) {
        return Err(invalid("the URL holds control characters".to_owned()));
    }
    let url = match (Url::parse(text), access.base()) {
        (Err(ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(text.trim_start_matches('/')),
        (parsed, _) => parsed,
    };
    let url = url.map_err(|error| match error {
        ParseError::RelativeUrlWithoutBase => invalid(format!("{text:?} is no complete URL"))
            .hint("begin it with https://, or use a connection with a `base`"),
        error => invalid(format!("the URL cannot be read: {error}")),
    })?;
    if url.host_str().is_none_or(str::is_empty) { Err(invalid("the URL names no host".to_owned())) } else { Ok(url) }
}

/// The headers that an author gives.
pub(crate) fn headers(fields: &Map<String, Value>) -> Result<HeaderMap, StepError> {
    let invalid = |message: String| StepError::permanent("invalid_header", message);
    let mut headers = HeaderMap::new();
    for (name, value) in fields {
        let Some(value) = scalar(name, value)? else { continue };
        let name =
            HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid(format!("{name:?} is no header name")))?;
        if FRAMING.contains(&name) {
            return Err(invalid(format!("the header `{name}` is set by the connection itself")));
        }
        let value = HeaderValue::from_str(value.trim()).map_err(|_| {
            invalid(format!("the value of the header `{name}` holds more than visible ASCII characters"))
        })?;
        headers.insert(name, value);
    }
    Ok(headers)
}

/// Makes of a user and password in the URL what they are everywhere: basic authentication.
pub(crate) fn take_userinfo(url: &mut Url, headers: &mut HeaderMap) -> Result<(), StepError> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    let password = decoded(url.password().unwrap_or_default());
    let value = basic(&decoded(url.username()), &password)?;
    headers.entry(header::AUTHORIZATION).or_insert(value);
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    cleared.map_err(|()| invalid("the URL cannot have a user"))
}
