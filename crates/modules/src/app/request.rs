//! From the parameters of an action to a complete request.

mod fields;
mod target;

use super::scope::Scope;
use super::shape::{Content, Exchange, Goes, Idempotency, Parameter};
use super::template::Filled;
use crate::client::{Body, Outgoing, USER_AGENT};
use crate::file::FileParameter;
use crate::http::content::{self, Content as Carried};
use crate::http::request as http;
use crate::spec::invalid;
use bytes::Bytes;
use fields::{flattened, nest, pairs};
use reqwest::Method;
use reqwest::header::{self, HeaderValue};
use run::error::StepError;
use run::files::Files;
use run::input::DEPTH_HEADER;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use url::Url;

/// What a request is made from.
#[derive(Clone)]
pub(super) struct Making<'a> {
    pub(super) exchange: &'a Exchange,
    /// Those of the action.
    pub(super) parameters: &'a [Parameter],
    /// Those that go by themselves unless a template uses them.
    pub(super) moving: &'a [Parameter],
    /// What is sent with every call of the app.
    pub(super) headers: &'a Filled,
    pub(super) idempotency: Option<&'a Idempotency>,
    /// The names that templates use: parameters of these names do not go by themselves.
    pub(super) used: &'a BTreeSet<String>,
    pub(super) base: Option<&'a Url>,
    pub(super) files: &'a Files,
    pub(super) idempotency_key: &'a str,
    pub(super) depth: Option<HeaderValue>,
}

/// The parts of a request that parameters go to.
#[derive(Default)]
struct Parts {
    query: Map<String, Value>,
    headers: Map<String, Value>,
    json: Map<String, Value>,
    form: Map<String, Value>,
}

impl Making<'_> {
    /// The request, without a credential. `more` is what a page is asked for by; it goes where parameters go.
    pub(super) fn request(&self, scope: &Scope<'_>, more: &[(String, Value)]) -> Result<Outgoing, StepError> {
        let mut url = target::url(self, scope)?;
        let mut parts = self.parts(scope, more);
        let mut query = match &self.exchange.query {
            Some(filled) => object(filled.render(scope)?, "query")?,
            None => Map::new(),
        };
        query.append(&mut parts.query);
        let query = pairs(&query);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut fields = self.headers.entries(scope)?;
        if let Some(filled) = &self.exchange.headers {
            fields.append(&mut filled.entries(scope)?);
        }
        fields.append(&mut parts.headers);
        let mut headers = http::headers(&fields)?;
        headers.entry(header::USER_AGENT).or_insert(HeaderValue::from_static(USER_AGENT));
        let accepts = if self.exchange.is_file { "*/*" } else { "application/json" };
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static(accepts));
        let method = self.exchange.method.clone();
        if method != Method::GET
            && let Some(Idempotency::Header(name)) = self.idempotency
        {
            let name = header::HeaderName::from_bytes(name.as_bytes()).map_err(|_| invalid("no header name"))?;
            let key = HeaderValue::from_str(self.idempotency_key).map_err(|_| invalid("the key is no text"))?;
            headers.entry(name).or_insert(key);
        }
        headers.extend(self.depth.clone().map(|depth| (header::HeaderName::from_static(DEPTH_HEADER), depth)));
        let content = self.content(scope, parts)?;
        if let Some(kind) = content.as_ref().and_then(|content| content.kind.as_deref()) {
            let kind = HeaderValue::from_str(kind).map_err(|_| invalid(format!("{kind:?} is no content type")))?;
            headers.entry(header::CONTENT_TYPE).or_insert(kind);
        }
        let body = content.map_or_else(|| Body::from(Bytes::new()), |content| content.body);
        Ok(Outgoing { method, url, headers, body })
    }

    /// Parameters that no template uses, where they go.
    fn parts(&self, scope: &Scope<'_>, more: &[(String, Value)]) -> Parts {
        let mut parts = Parts::default();
        let home = self.home();
        for parameter in self.moving {
            let Some(value) = scope.given(&parameter.name) else { continue };
            let goes = match parameter.goes {
                Some(goes) => goes,
                None if self.used.contains(&parameter.name) => continue,
                None => home,
            };
            parts.put(goes, &parameter.wire, value.clone());
        }
        for (wire, value) in more {
            parts.put(home, wire, value.clone());
        }
        parts
    }

    /// Where parameters go that say nothing of it.
    fn home(&self) -> Goes {
        match (&self.exchange.body, &self.exchange.method) {
            (Some(Content::Json(_)), _) => Goes::Json,
            (Some(Content::Form(_)), _) => Goes::Form,
            (Some(Content::Multipart(_)), _) => Goes::Multipart,
            (Some(Content::Raw(_)), _) | (None, &Method::GET | &Method::DELETE) => Goes::Query,
            (None, _) => Goes::Json,
        }
    }

    /// What is carried: what the templates say, and the parameters that go there.
    fn content(&self, scope: &Scope<'_>, parts: Parts) -> Result<Option<Carried>, StepError> {
        match &self.exchange.body {
            Some(Content::Raw(filled)) => self.raw(filled.render(scope)?.unwrap_or_default()).map(Some),
            Some(Content::Form(filled)) => {
                let mut fields = rendered(filled.as_ref(), scope, "form")?;
                fields.extend(parts.form);
                let mut encoded = url::form_urlencoded::Serializer::new(String::new());
                encoded.extend_pairs(flattened(&fields));
                Ok(Some(Carried::of("application/x-www-form-urlencoded", encoded.finish())))
            }
            Some(Content::Multipart(filled)) => {
                let mut fields = rendered(filled.as_ref(), scope, "multipart")?;
                fields.extend(parts.form);
                let fields = fields.into_iter().map(|(name, value)| (name, part(value))).collect();
                content::multipart::content(&fields, &self.files.boundary(self.idempotency_key)).map(Some)
            }
            Some(Content::Json(filled)) => {
                let value = match filled {
                    Some(filled) => filled.render(scope)?.unwrap_or_else(|| Value::Object(Map::new())),
                    None => Value::Object(Map::new()),
                };
                Ok(Some(self.json(value, parts.json)))
            }
            None if parts.json.is_empty() => Ok(None),
            None => Ok(Some(self.json(Value::Object(Map::new()), parts.json))),
        }
    }

    fn json(&self, mut value: Value, rest: Map<String, Value>) -> Carried {
        if let Value::Object(fields) = &mut value {
            for (wire, value) in rest {
                nest(fields, &wire, value);
            }
            if let Some(Idempotency::Json(name)) = self.idempotency {
                fields.entry(name).or_insert_with(|| self.idempotency_key.into());
            }
        }
        Carried::of("application/json", value.to_string())
    }

    /// A body as it is: a file with its type, a text, or JSON.
    fn raw(&self, value: Value) -> Result<Carried, StepError> {
        match value {
            Value::String(text) => {
                let kind = self.exchange.content_type.clone().unwrap_or_else(|| "text/plain; charset=utf-8".to_owned());
                Ok(Carried::of(kind, text))
            }
            Value::Object(_) if FileParameter::deserialize(&value).is_ok_and(|file| file.source().is_ok()) => {
                let file = FileParameter::deserialize(&value).map_err(|error| invalid(error.to_string()))?;
                content::file(&file)
            }
            other => Ok(Carried::of("application/json", other.to_string())),
        }
    }
}

impl Parts {
    fn put(&mut self, goes: Goes, wire: &str, value: Value) {
        let part = match goes {
            Goes::Query => &mut self.query,
            Goes::Header => &mut self.headers,
            Goes::Json => &mut self.json,
            Goes::Form | Goes::Multipart => &mut self.form,
            Goes::Path | Goes::Nowhere => return,
        };
        part.insert(wire.to_owned(), value);
    }
}

fn rendered(filled: Option<&Filled>, scope: &Scope<'_>, what: &str) -> Result<Map<String, Value>, StepError> {
    filled.map_or(Ok(Map::new()), |filled| object(filled.render(scope)?, what))
}

fn object(value: Option<Value>, what: &str) -> Result<Map<String, Value>, StepError> {
    match value {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(fields)) => Ok(fields),
        Some(_) => Err(invalid(format!("`{what}` is no map"))),
    }
}

/// One part of a multipart form: files as they are, other maps and lists as JSON.
fn part(value: Value) -> Value {
    let is_file = |value: &Value| FileParameter::deserialize(value).is_ok_and(|file| file.source().is_ok());
    match value {
        Value::Object(_) if !is_file(&value) => value.to_string().into(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() || is_file(item)) => items.into(),
        Value::Array(_) => value.to_string().into(),
        other => other,
    }
}
