//! `http:` recorded answers of far sides.

use crate::check::Checker;
use crate::diagnostic::Diagnostic;
use crate::plan::{Exchange, ExchangeBody};
use crate::text::{Entry, Node, Value};

pub(in crate::shape) const KEYS: &[&str] = &["url", "method", "request", "times", "status", "headers", "json", "text"];
pub(in crate::shape) const REQUEST_KEYS: &[&str] = &["query", "json"];

impl Checker<'_> {
    pub(super) fn exchanges(&mut self, node: &Node) -> Vec<Exchange> {
        let list = self.list(node, "`http`").unwrap_or_default();
        list.iter().filter_map(|node| self.exchange(node)).collect()
    }

    fn exchange(&mut self, node: &Node) -> Option<Exchange> {
        let fields = self.fields(node, "an exchange", KEYS)?;
        let Some(url) = fields.get("url") else {
            self.report(Diagnostic::missing_key(fields.place, "url", "an exchange"));
            return None;
        };
        let url = self.text(url, "`url`").map(str::to_owned);
        let method = fields.get("method").and_then(|node| self.text(node, "`method`")).map(str::to_uppercase);
        let times = fields.get("times").and_then(|node| self.whole(node, "`times`", 1..=u64::from(u32::MAX)));
        let status = fields.get("status").and_then(|node| self.whole(node, "`status`", 100..=599));
        let (mut query, mut json) = (None, None);
        if let Some(request) = fields.get("request").and_then(|node| self.fields(node, "`request`", REQUEST_KEYS)) {
            query = request.get("query").map(|node| self.expected(node));
            json = request.get("json").map(|node| self.expected(node));
        }
        if let (Some(_), Some(text)) = (fields.get("json"), fields.entry("text")) {
            self.report(Diagnostic::one_of_keys_at_most(text.key.place, "an exchange", &["json", "text"]));
        }
        let body = match (fields.get("json"), fields.get("text")) {
            (Some(json), _) => ExchangeBody::Json(json.to_json()),
            (None, Some(text)) => ExchangeBody::Text(self.text(text, "`text`")?.to_owned()),
            (None, None) => ExchangeBody::Empty,
        };
        Some(Exchange {
            place: node.place,
            url: url?,
            method,
            query,
            json,
            times: times.and_then(|times| u32::try_from(times).ok()),
            status: status.and_then(|status| u16::try_from(status).ok()).unwrap_or(200),
            headers: fields.get("headers").map(|node| self.recorded_headers(node)).unwrap_or_default(),
            body,
        })
    }

    fn recorded_headers(&mut self, node: &Node) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let fields = self.open_fields(node, "`headers`");
        for Entry { key, node } in fields.map(|fields| fields.entries()).unwrap_or_default() {
            let values = match &node.value {
                Value::List(values) => values.as_slice(),
                _ => std::slice::from_ref(node),
            };
            for node in values {
                let value = match &node.value {
                    Value::Bool(_) | Value::Number(_) => Some(node.written(self.source)),
                    _ => self.text(node, &format!("the header `{}`", key.text)),
                };
                headers.extend(value.map(|value| (key.text.to_ascii_lowercase(), value.to_owned())));
            }
        }
        headers
    }
}
