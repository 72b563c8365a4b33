//! Google Sheets (Sheets API v4): values of ranges, read and written on behalf of a service account.

pub(crate) mod append;
mod columns;
mod condition;
pub(crate) mod find;
pub(crate) mod get;
mod range;
mod serial;
pub(crate) mod update;

use crate::auth::{self, Pass};
use crate::catalog::Shared;
use crate::client::{Body, Bounds, Incoming, Outgoing, USER_AGENT};
use crate::connections::{Google, incomplete, required};
use crate::guard::Trust;
use crate::mask::Mask;
use crate::spec::invalid;
use crate::status::status_error;
use bytes::Bytes;
use reqwest::Method;
use reqwest::header::{self, HeaderMap, HeaderValue};
use run::call::{Call, Delivery, Outcome};
use run::error::StepError;
use run::id::Millis;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::time::Duration;
use url::Url;

/// What a token must be good for.
const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// Where the API is, unless the connection has an `endpoint`.
const ENDPOINT: &str = "https://sheets.googleapis.com";

/// The longest answer, in bytes.
const MAX_ANSWER: u64 = 10 * 1024 * 1024;

/// What a cell can hold.
#[derive(Clone, Debug, Deserialize, JsonSchema, PartialEq, Serialize)]
#[serde(untagged)]
enum Cell {
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Empty(()),
}

/// One request to the values of a range.
struct Asked<'a> {
    method: Method,
    spreadsheet: &'a str,
    /// In A1 notation, with the sheet's name; what is done with it follows a colon.
    range: String,
    query: &'a [(&'a str, &'a str)],
    /// None: there is nothing to send.
    body: Option<Value>,
}

/// What came of a request.
enum Answered {
    /// The answer, and what was sent.
    Here(Incoming, Value),
    /// The connection is a sandbox.
    Sandboxed(Outcome),
}

/// By what way a request goes.
#[derive(Clone, Copy)]
struct Via<'a> {
    connection: &'a str,
    timeout: Duration,
    now: Millis,
}

impl<'a> Via<'a> {
    fn of(call: &Call<'a>) -> Result<Self, StepError> {
        Ok(Self { connection: required(call.connection)?, timeout: call.timeout, now: call.now })
    }
}

/// Sends what is asked, over the step's connection.
async fn exchange(
    shared: &Shared,
    spec: &ModuleSpec,
    call: &Call<'_>,
    asked: Asked<'_>,
) -> Result<Answered, StepError> {
    let via = Via::of(call)?;
    if shared.connections.google(via.connection)?.delivery == Delivery::Sandbox {
        let (output, sent) = (spec.sample.clone(), shown(shared, via.connection, asked)?);
        return Ok(Answered::Sandboxed(Outcome { output, sent, delivery: Delivery::Sandbox }));
    }
    let (answer, sent) = ask(shared, via, asked).await?;
    Ok(Answered::Here(answer, sent))
}

/// What people may see of a request.
fn shown(shared: &Shared, connection: &str, asked: Asked<'_>) -> Result<Value, StepError> {
    let google = shared.connections.google(connection)?;
    Ok(google.scheme.mask(None).request(&request(asked, google)?))
}

/// Sends a request over a connection that is no sandbox. Gives the answer, and what was sent.
async fn ask(shared: &Shared, via: Via<'_>, asked: Asked<'_>) -> Result<(Incoming, Value), StepError> {
    let google = shared.connections.google(via.connection)?;
    let request = request(asked, google)?;
    let sent = google.scheme.mask(None).request(&request);
    let url = request.url.clone();
    let trust = Trust { endpoint: Some(&url), ..Trust::default() };
    let pass = Pass { connection: Some(via.connection), scheme: &google.scheme, scopes: &[SCOPE], trust, now: via.now };
    let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: via.timeout };
    let told = auth::send(shared, request, pass, bounds, |status| !status.is_success()).await?;
    if told.answer.status.is_success() {
        return Ok((told.answer, sent));
    }
    Err(refusal(&told.answer, via.now, &told.mask))
}

fn request(asked: Asked<'_>, google: &Google) -> Result<Outgoing, StepError> {
    let mut url = match &google.endpoint {
        Some(endpoint) => endpoint.clone(),
        None => Url::parse(ENDPOINT).map_err(|_| incomplete())?,
    };
    let path = ["v4", "spreadsheets", spreadsheet_id(asked.spreadsheet)?, "values", &asked.range];
    url.path_segments_mut().map_err(|()| incomplete())?.pop_if_empty().extend(path);
    url.query_pairs_mut().extend_pairs(asked.query);
    let mut headers = HeaderMap::from_iter([(header::USER_AGENT, HeaderValue::from_static(USER_AGENT))]);
    let body = asked.body.map(|body| body.to_string());
    if body.is_some() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    let body = body.map_or_else(|| Body::from(Bytes::new()), Body::from);
    let mut request = Outgoing { method: asked.method, url, headers, body };
    google.scheme.prepare(&mut request)?;
    Ok(request)
}

/// The id, taken out of `https://docs.google.com/spreadsheets/d/ID/edit` where it is given so.
fn spreadsheet_id(text: &str) -> Result<&str, StepError> {
    let id = match text.split_once("/spreadsheets/d/") {
        Some((_, rest)) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => text.trim(),
    };
    let fits = !id.is_empty() && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    if fits { Ok(id) } else { Err(invalid(format!("`spreadsheet`: {text:?} is no id of a spreadsheet"))) }
}

fn refusal(answer: &Incoming, now: Millis, mask: &Mask) -> StepError {
    let error = status_error(answer, now, mask);
    let told = serde_json::from_slice::<Value>(&answer.body).ok();
    let told = told.as_ref().and_then(|body| body["error"]["message"].as_str());
    let error = match told {
        Some(told) => StepError { message: format!("Google Sheets: {}", mask.text(told)), ..error },
        None => error,
    };
    match answer.status.as_u16() {
        403 | 404 => error.hint("share the spreadsheet with the service account's address, as an editor"),
        _ => error,
    }
}

/// The answer as what it should be.
fn read<T: DeserializeOwned>(answer: &Incoming) -> Result<T, StepError> {
    serde_json::from_slice(&answer.body).map_err(|error| {
        StepError::permanent("invalid_response", format!("Google Sheets answered something else: {error}"))
    })
}
