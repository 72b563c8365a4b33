//! `file.read`: the content of a file as a value.

use super::{FileParameter, failed, text, whole};
use crate::spec::{About, describe, parameters};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use run::call::{BoxFuture, Call, Delivery, Module, Outcome};
use run::error::StepError;
use run::files::Files;
use run::tables::StoreError;
use scenario::catalog::ModuleSpec;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;
use tokio::task::spawn_blocking;

/// The longest file that becomes a value, in bytes.
const MOST: u64 = 16 * 1024 * 1024;

/// Reads a file of at most 16 MiB and gives its content: as text, as the value that its JSON says, or as base64.
///
/// Steps that pass files on, like `http.request`, do not need it. A text that is read so can go on into `from_csv`,
/// `from_xml` and the like.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Parameters {
    /// The file: `trigger.file`, one of `trigger.files`, or the `body` of a step with `response: file`.
    file: FileParameter,
    /// What to make of it: `text`, `json` or `base64`.
    #[serde(rename = "as", default)]
    read_as: ReadAs,
    /// The character set of the text, if it is not UTF-8: `iso-8859-1`, `big5`…
    charset: Option<String>,
}

/// What to make of a file.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ReadAs {
    /// Its text.
    #[default]
    Text,
    /// The value that its JSON says.
    Json,
    /// Its bytes in base64.
    Base64,
}

/// The module.
pub(crate) struct Read {
    spec: Arc<ModuleSpec>,
    files: Files,
}

impl Read {
    pub(crate) fn new(files: &Files) -> Self {
        let spec = describe::<Parameters>(About {
            name: "file.read",
            example: json!({ "file": { "filename": "orders.csv", "text": "number,total\nA1,6\n" }, "as": "text" }),
            sample: json!("number,total\nA1,6\n"),
            connections: &[],
            needs_connection: false,
            ..About::default()
        });
        Self { spec, files: files.clone() }
    }

    async fn read(&self, call: Call<'_>) -> Result<Outcome, StepError> {
        let parameters: Parameters = parameters(&call)?;
        let (files, file) = (self.files.clone(), parameters.file.clone());
        let bytes = spawn_blocking(move || whole(&files, &file, MOST)).await;
        let bytes = bytes.unwrap_or_else(|_| Err(failed(&StoreError::Closed)))?;
        let output = match parameters.read_as {
            ReadAs::Text => text(&bytes, parameters.charset.as_deref())?.into(),
            ReadAs::Base64 => STANDARD.encode(&bytes).into(),
            ReadAs::Json => serde_json::from_slice(&bytes).map_err(|error| {
                StepError::permanent("invalid_json", format!("the file is not JSON: {error}"))
                    .hint("`as: text` takes it as it is")
            })?,
        };
        Ok(Outcome { output, sent: json!({ "file": parameters.file.shown() }), delivery: Delivery::Real })
    }
}

impl Module for Read {
    fn spec(&self) -> &Arc<ModuleSpec> {
        &self.spec
    }

    fn call<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Outcome, StepError>> {
        Box::pin(self.read(call))
    }
}
