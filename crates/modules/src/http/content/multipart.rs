//! `multipart/form-data` (RFC 7578) with files that are read while they are sent.

use super::{Content, scalar};
use crate::file::{FileParameter, Source};
use crate::spec::invalid;
use bytes::Bytes;
use run::error::StepError;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The body of these fields: texts, numbers and booleans, files, and lists of them.
pub(crate) fn content(fields: &Map<String, Value>, boundary: &str) -> Result<Content, StepError> {
    let mut form = Form { boundary, text: String::new(), sources: Vec::new(), shown: Vec::new() };
    for (name, value) in fields {
        let items = match value {
            Value::Array(items) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        for item in items {
            match item {
                Value::Object(_) => form.add_file(name, item)?,
                _ => form.add_field(name, scalar(name, item)?),
            }
        }
    }
    Ok(form.finish())
}

/// A form that is being put together.
struct Form<'b> {
    boundary: &'b str,
    /// What comes after the last file.
    text: String,
    sources: Vec<Source>,
    shown: Vec<Value>,
}

impl Form<'_> {
    fn add_field(&mut self, name: &str, text: Option<String>) {
        let Some(text) = text else { return };
        self.begin(name);
        self.text.push_str("\r\n\r\n");
        self.text.push_str(&text);
        self.text.push_str("\r\n");
        self.shown.push(Value::Object(Map::from_iter([(name.to_owned(), text.into())])));
    }

    fn add_file(&mut self, name: &str, value: &Value) -> Result<(), StepError> {
        let file = FileParameter::deserialize(value)
            .map_err(|error| invalid(format!("`multipart.{name}` must be a text, number, boolean or file: {error}")))?;
        let content_type = file.content_type();
        if content_type.contains(|c: char| c.is_control()) {
            return Err(StepError::permanent("invalid_header", format!("{content_type:?} is no content type")));
        }
        let filename = if file.filename().is_empty() { "file" } else { file.filename() };
        self.begin(name);
        self.text.push_str(&format!("; filename=\"{}\"\r\n", escaped(filename)));
        self.text.push_str(&format!("Content-Type: {content_type}\r\n\r\n"));
        self.close_text();
        self.sources.push(file.source()?);
        self.text.push_str("\r\n");
        self.shown.push(Value::Object(Map::from_iter([(name.to_owned(), json!({ "file": file.shown() }))])));
        Ok(())
    }

    fn begin(&mut self, name: &str) {
        let (boundary, name) = (self.boundary, escaped(name));
        self.text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\""));
    }

    fn close_text(&mut self) {
        self.sources.push(Source::Bytes(Bytes::from(std::mem::take(&mut self.text))));
    }

    fn finish(mut self) -> Content {
        self.text.push_str(&format!("--{}--\r\n", self.boundary));
        self.close_text();
        let kind = format!("multipart/form-data; boundary={}", self.boundary);
        Content::with_files(kind, self.sources, json!({ "multipart": self.shown }))
    }
}

/// A name within quotes (HTML Standard, § multipart form data).
fn escaped(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}
