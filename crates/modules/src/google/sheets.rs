//! `google_sheets.append`: rows at the end of a table (Sheets API v4, `spreadsheets.values.append`).

use super::token::{Grant, Token};
use crate::catalog::Shared;
use crate::client::{Bounds, Incoming, Outgoing, USER_AGENT};
use crate::connections::{Google, incomplete, required};
use crate::guard::Trust;
use crate::mask::Mask;
use crate::spec::{About, describe, invalid, parameters};
use crate::status::status_error;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode};
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;
use url::Url;

/// What a token must be good for.
const SCOPE: &str = "https://www.googleapis.com/auth/spreadsheets";

/// Where the API is, unless the connection has an `endpoint`.
const ENDPOINT: &str = "https://sheets.googleapis.com";

/// The longest answer, in bytes: it repeats what was written.
const MAX_ANSWER: u64 = 10 * 1024 * 1024;

/// Appends a row, or several, after the last one of a table in Google Sheets. Rows appended at the same time all
/// arrive: each gets new cells of its own. The output has `updated_range`, `updated_rows`, `spreadsheet` and
/// `table_range`.
///
/// Values are stored as they are: a text that begins with `=` stays a text, so that data from outside cannot
/// become a formula. `formulas: true` has them read as if a person had typed them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The spreadsheet's id, or its address in the browser.
    spreadsheet: String,
    /// The name of the sheet, as its tab shows it.
    sheet: String,
    /// The cells of one row, from left to right. Null leaves a cell empty.
    row: Option<Vec<Cell>>,
    /// Several rows at once.
    rows: Option<Vec<Vec<Cell>>>,
    /// Whether texts such as `=A1+1` or `1.5.2026` become formulas, dates and numbers, as when typed by hand.
    #[serde(default)]
    formulas: bool,
}

/// What a cell can hold.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(untagged)]
enum Cell {
    Bool(bool),
    Number(serde_json::Number),
    Text(String),
    Empty(()),
}

/// The module.
pub(crate) struct Append {
    spec: Arc<ModuleSpec>,
    shared: Arc<Shared>,
}

impl Append {
    pub(crate) fn new(shared: &Arc<Shared>) -> Self {
        let spec = describe::<Parameters>(About {
            name: "google_sheets.append",
            example: json!({
                "connection": "office",
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "sheet": "Shipments",
                "row": ["A1", "2026-11-22", 6],
            }),
            sample: json!({
                "updated_range": "Shipments!A2:C2",
                "updated_rows": 1,
                "spreadsheet": "1AbCdEfGhIjKlMnOpQrStUvWxYz",
                "table_range": "Shipments!A1:C1",
            }),
            connections: &["google"],
            needs_connection: true,
            ..About::default()
        });
        Self { spec, shared: Arc::clone(shared) }
    }

    async fn append(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let connection = required(call.connection)?;
        let google = self.shared.connections.google(connection)?;
        let request = build(&parameters, google)?;
        let sent = Mask::default().request(&request);
        if google.delivery == Delivery::Sandbox {
            return Ok(Outcome { output: self.spec.sample.clone(), sent, delivery: Delivery::Sandbox });
        }
        let grant = Grant { connection, google, scope: SCOPE };
        let exchange = self.exchange(&request, grant, &call);
        let answer = tokio::time::timeout(call.timeout, exchange).await.map_err(|_| {
            StepError::passing("timeout", format!("no complete answer within {} s", call.timeout.as_secs_f64()))
        })??;
        Ok(Outcome { output: output(&answer)?, sent, delivery: Delivery::Real })
    }

    /// Sends the request with a token; one that is refused before its time is replaced once.
    async fn exchange(&self, request: &Outgoing, grant: Grant<'_>, call: &Call<'_>) -> Result<Incoming, StepError> {
        let tokens = &self.shared.tokens;
        let token = tokens.get(&self.shared, grant, call, None).await?;
        let mut answer = self.send(request, &token, call).await?;
        if answer.status == StatusCode::UNAUTHORIZED {
            let fresh = tokens.get(&self.shared, grant, call, Some(&token)).await?;
            answer = self.send(request, &fresh, call).await?;
        }
        if answer.status.is_success() { Ok(answer) } else { Err(refusal(&answer, call)) }
    }

    async fn send(&self, request: &Outgoing, token: &Token, call: &Call<'_>) -> Result<Incoming, StepError> {
        let mut request = request.clone();
        let mut value =
            HeaderValue::from_str(&format!("Bearer {}", token.secret().reveal())).map_err(|_| incomplete())?;
        value.set_sensitive(true);
        request.headers.insert(header::AUTHORIZATION, value);
        let endpoint = request.url.clone();
        let trust = Trust { author_host: None, endpoint: Some(&endpoint) };
        let bounds = Bounds { redirects: 0, max_response: MAX_ANSWER, timeout: call.timeout };
        self.shared.client.send(request, trust, bounds).await
    }
}

impl Module for Append {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.append(call))
    }
}

fn build(parameters: &Parameters, google: &Google) -> Result<Outgoing, StepError> {
    let rows = match (&parameters.row, &parameters.rows) {
        (Some(row), None) => vec![row.clone()],
        (None, Some(rows)) => rows.clone(),
        _ => return Err(invalid("one of `row` and `rows` must be given, and not both")),
    };
    let headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::USER_AGENT, HeaderValue::from_static(USER_AGENT)),
        (header::AUTHORIZATION, HeaderValue::from_static("Bearer")),
    ]);
    let body = json!({ "majorDimension": "ROWS", "values": rows });
    Ok(Outgoing { method: Method::POST, url: url(parameters, google)?, headers, body: body.to_string().into() })
}

fn url(parameters: &Parameters, google: &Google) -> Result<Url, StepError> {
    if parameters.sheet.is_empty() || parameters.sheet.contains(char::is_control) {
        return Err(invalid("`sheet` must be the name of a sheet"));
    }
    let mut url = match &google.endpoint {
        Some(endpoint) => endpoint.clone(),
        None => Url::parse(ENDPOINT).map_err(|_| incomplete())?,
    };
    // A1 notation: quotes around the name, doubled within it.
    let range = format!("'{}'!A1:append", parameters.sheet.replace('\'', "''"));
    let path = ["v4", "spreadsheets", spreadsheet_id(&parameters.spreadsheet)?, "values", &range];
    url.path_segments_mut().map_err(|()| incomplete())?.pop_if_empty().extend(path);
    url.query_pairs_mut()
        .append_pair("valueInputOption", if parameters.formulas { "USER_ENTERED" } else { "RAW" })
        // New cells for each call: two calls at once never write to the same ones.
        .append_pair("insertDataOption", "INSERT_ROWS");
    Ok(url)
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

fn refusal(answer: &Incoming, call: &Call<'_>) -> StepError {
    let error = status_error(answer, call.now, &Mask::default());
    let told = serde_json::from_slice::<Value>(&answer.body).ok();
    let told = told.as_ref().and_then(|body| body["error"]["message"].as_str());
    let error = match told {
        Some(told) => StepError { message: format!("Google Sheets: {told}"), ..error },
        None => error,
    };
    match answer.status.as_u16() {
        403 | 404 => error.hint("share the spreadsheet with the service account's address, as an editor"),
        _ => error,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Appended {
    spreadsheet_id: String,
    #[serde(default)]
    table_range: Option<String>,
    updates: Updates,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Updates {
    updated_range: String,
    #[serde(default)]
    updated_rows: u64,
}

fn output(answer: &Incoming) -> Result<Value, StepError> {
    let appended: Appended = serde_json::from_slice(&answer.body).map_err(|error| {
        StepError::permanent("invalid_response", format!("Google Sheets answered something else: {error}"))
    })?;
    Ok(json!({
        "updated_range": appended.updates.updated_range,
        "updated_rows": appended.updates.updated_rows,
        "spreadsheet": appended.spreadsheet_id,
        "table_range": appended.table_range,
    }))
}
