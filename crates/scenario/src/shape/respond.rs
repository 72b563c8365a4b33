//! `respond:` the answer to the caller.
//!
//! What could split or forge an HTTP answer is refused here where it stands literally: header names that are no
//! tokens, values with line ends, headers that belong to the connection (CWE-113).

use crate::check::templates::has_expression;
use crate::check::{Checker, Fields};
use crate::diagnostic::Diagnostic;
use crate::expression::{Piece, Template};
use crate::plan::{Content, Respond};
use crate::text::{Entry, Node, Value};

const CONTENTS: &[&str] = &["json", "text", "html", "xml", "body", "redirect"];
pub(super) const KEYS: &[&str] = &["status", "headers", "json", "text", "html", "xml", "body", "redirect", "hosts"];

/// Headers that frame the message or belong to the connection (RFC 9110, 7.6.1; RFC 9112, 6), and cookies: a
/// scenario's answer must not touch the session of the editor, which may live on the same host.
const FORBIDDEN: &[&str] = &[
    "connection",
    "content-length",
    "keep-alive",
    "proxy-connection",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Checker<'_> {
    /// The answer to the caller.
    pub(super) fn respond(&mut self, node: &Node) -> Option<Respond> {
        let fields = self.fields(node, "`respond`", KEYS)?;
        let content = self.content(fields);
        let (fallback, range) = match &content {
            Some(Content::Redirect(_)) => (302, 300..=399),
            Some(Content::Empty) => (204, 200..=599),
            _ => (200, 200..=599),
        };
        let status = match fields.get("status") {
            Some(status) => self.status(status, range),
            None => Some(Template::Literal(fallback.into())),
        };
        let headers = fields.get("headers").map(|node| self.headers(node)).unwrap_or_default();
        let hosts = fields.get("hosts").map(|node| self.hosts(node)).unwrap_or_default();
        Some(Respond { status: status?, headers, content: content?, hosts })
    }

    /// Names of hosts, of which the first label may be `*`.
    fn hosts(&mut self, node: &Node) -> Vec<String> {
        let mut hosts = Vec::new();
        for node in self.filled_list(node, "`hosts`") {
            let Some(text) = self.text(node, "a host") else { continue };
            let host = text.to_ascii_lowercase();
            if is_host(host.strip_prefix("*.").unwrap_or(&host)) {
                hosts.push(host);
            } else {
                self.report(Diagnostic::bad_host(node.place, text));
            }
        }
        hosts
    }

    fn content(&mut self, fields: Fields<'_>) -> Option<Content> {
        let given: Vec<&Entry> =
            fields.entries().iter().filter(|entry| CONTENTS.contains(&entry.key.text.as_str())).collect();
        if let [_, second, ..] = given.as_slice() {
            self.report(Diagnostic::one_of_keys_at_most(second.key.place, "`respond`", CONTENTS));
        }
        let contents: Vec<_> = given.iter().map(|entry| self.one_content(entry)).collect();
        contents.into_iter().next().unwrap_or(Some(Content::Empty))
    }

    fn one_content(&mut self, entry: &Entry) -> Option<Content> {
        let Entry { key, node } = entry;
        if key.text == "json" {
            return self.template(node).map(Content::Json);
        }
        let template = self.text_of_answer(node, &format!("`{}`", key.text))?;
        Some(match key.text.as_str() {
            "text" => Content::Text(template),
            "html" => Content::Html(template),
            "xml" => Content::Xml(template),
            "redirect" => Content::Redirect(template),
            _ => Content::Body(template),
        })
    }

    fn status(&mut self, node: &Node, range: std::ops::RangeInclusive<u64>) -> Option<Template> {
        match node.text() {
            Some(text) if has_expression(text) => self.template(node),
            _ => self.whole(node, "`status`", range).map(|status| Template::Literal(status.into())),
        }
    }

    fn headers(&mut self, node: &Node) -> Vec<(String, Template)> {
        let Some(fields) = self.open_fields(node, "`headers`") else { return Vec::new() };
        let mut headers = Vec::new();
        for Entry { key, node } in fields.entries() {
            let name = key.text.to_ascii_lowercase();
            if !is_token(&name) {
                self.report(Diagnostic::bad_header_name(key.place, &key.text));
            } else if FORBIDDEN.contains(&name.as_str()) {
                self.report(Diagnostic::forbidden_header(key.place, &key.text));
            }
            let Some(value) = self.text_of_answer(node, &format!("the header `{}`", key.text)) else { continue };
            if has_control_characters(&value) {
                self.report(Diagnostic::bad_header_value(node.place, &key.text));
            }
            headers.push((name, value));
        }
        headers
    }

    /// A text with expressions; numbers, true and false are written as they stand.
    fn text_of_answer(&mut self, node: &Node, what: &str) -> Option<Template> {
        match &node.value {
            Value::Text(_) => self.template(node),
            Value::Bool(_) | Value::Number(_) => Some(Template::Literal(node.written(self.source).into())),
            Value::Null | Value::List(_) | Value::Map(_) => {
                self.wrong_kind(node, what, "text");
                None
            }
        }
    }
}

/// Whether this is the name of a host or its address, without a port.
fn is_host(text: &str) -> bool {
    !text.is_empty() && url::Url::parse(&format!("http://{text}/")).is_ok_and(|url| url.host_str() == Some(text))
}

/// Whether this may name a header (RFC 9110, 5.6.2).
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

fn has_control_characters(value: &Template) -> bool {
    let has = |text: &str| text.contains(|c: char| c.is_control() && c != '\t');
    match value {
        Template::Literal(serde_json::Value::String(text)) => has(text),
        Template::Text(pieces) => pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if has(text))),
        _ => false,
    }
}
