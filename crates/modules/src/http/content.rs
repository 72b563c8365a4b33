//! What a request carries.

pub(crate) mod multipart;

use crate::client::{Body, Pieces};
use crate::file::{FileParameter, Source};
use crate::spec::invalid;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use run::error::StepError;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::borrow::Cow;
use std::sync::Arc;

/// A body sent as it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Raw {
    /// Text, sent as UTF-8.
    Text(String),
    /// Bytes.
    Base64 {
        /// The bytes in base64.
        base64: String,
    },
}

/// A body and the content type it goes by, unless the author gives one.
pub(crate) struct Content {
    pub(crate) kind: Option<Cow<'static, str>>,
    pub(crate) body: Body,
}

/// The body that the parameters give, of which there is at most one.
pub(super) fn content(parameters: &super::Parameters, boundary: &str) -> Result<Option<Content>, StepError> {
    let json = parameters.json.as_ref().map(|value| Content::new(Some("application/json"), value.to_string()));
    let form = parameters.form.as_ref().map(form).transpose()?;
    let text = parameters.text.clone().map(|text| Content::new(Some("text/plain; charset=utf-8"), text));
    let body = parameters.body.as_ref().map(raw).transpose()?;
    let file = parameters.file.as_ref().map(file).transpose()?;
    let multipart = parameters.multipart.as_ref().map(|fields| multipart::content(fields, boundary)).transpose()?;
    let mut given = [json, form, text, body, file, multipart].into_iter().flatten();
    let first = given.next();
    if given.next().is_some() {
        return Err(invalid("only one of `json`, `form`, `text`, `body`, `file` and `multipart` can be sent"));
    }
    Ok(first)
}

/// A JSON value or a text as it is sent, and its content type; at most one of them may be given.
pub(crate) fn content_of(
    json: Option<&Value>,
    text: Option<&String>,
) -> Result<(Option<&'static str>, Bytes), StepError> {
    match (json, text) {
        (Some(_), Some(_)) => Err(invalid("only one of `json` and `text` can be sent")),
        (Some(value), None) => Ok((Some("application/json"), value.to_string().into())),
        (None, Some(text)) => Ok((Some("text/plain; charset=utf-8"), text.clone().into())),
        (None, None) => Ok((None, Bytes::new())),
    }
}

/// The pairs of a query or form: a list is a pair for each item, null none.
pub(super) fn pairs(fields: &Map<String, Value>) -> Result<Vec<(&str, String)>, StepError> {
    let mut pairs = Vec::new();
    for (name, value) in fields {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            pairs.extend(scalar(name, item)?.map(|text| (name.as_str(), text)));
        }
    }
    Ok(pairs)
}

/// A text, number or boolean as text; null is none.
pub(super) fn scalar(name: &str, value: &Value) -> Result<Option<String>, StepError> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text.clone())),
        Value::Bool(_) | Value::Number(_) => Ok(Some(value.to_string())),
        Value::Array(_) | Value::Object(_) => Err(invalid(format!("`{name}` must be a text, number or boolean"))),
    }
}

impl Content {
    fn new(kind: Option<&'static str>, bytes: impl Into<Bytes>) -> Self {
        Self { kind: kind.map(Cow::Borrowed), body: Body::Bytes(bytes.into()) }
    }

    /// A body of this type.
    pub(crate) fn of(kind: impl Into<Cow<'static, str>>, bytes: impl Into<Bytes>) -> Self {
        Self { kind: Some(kind.into()), body: Body::Bytes(bytes.into()) }
    }

    fn with_files(kind: String, sources: Vec<Source>, shown: Value) -> Self {
        Self { kind: Some(kind.into()), body: Body::Pieces(Arc::new(Pieces { sources, shown })) }
    }
}

/// A file as it is, with its type.
pub(crate) fn file(file: &FileParameter) -> Result<Content, StepError> {
    let shown = json!({ "file": file.shown() });
    Ok(Content::with_files(file.content_type().to_owned(), vec![file.source()?], shown))
}

fn form(fields: &Map<String, Value>) -> Result<Content, StepError> {
    let encoded = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs(fields)?).finish();
    Ok(Content::new(Some("application/x-www-form-urlencoded"), encoded))
}

fn raw(raw: &Raw) -> Result<Content, StepError> {
    match raw {
        Raw::Text(text) => Ok(Content::new(None, text.clone())),
        Raw::Base64 { base64 } => match STANDARD.decode(base64) {
            Ok(bytes) => Ok(Content::new(None, bytes)),
            Err(error) => Err(invalid(format!("`body.base64` is not base64: {error}"))),
        },
    }
}
