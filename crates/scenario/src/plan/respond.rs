//! `respond:` the answer to the caller, and where it may send them.

use crate::expression::Template;

/// The answer to the caller.
#[derive(Clone, Debug)]
pub struct Respond {
    /// Status, 200–599; a whole number when rendered.
    pub status: Template,
    /// Header names (lower-case tokens, checked) and values.
    pub headers: Vec<(String, Template)>,
    /// What is sent.
    pub content: Content,
    /// Hosts that a redirect may lead to which data chooses, lower-case; `*.example.com`: those below.
    pub hosts: Vec<String>,
}

/// The body of an answer.
#[derive(Clone, Debug)]
pub enum Content {
    /// `application/json`.
    Json(Template),
    /// `text/plain; charset=utf-8`.
    Text(Template),
    /// `text/html; charset=utf-8`, sandboxed.
    Html(Template),
    /// `application/xml`.
    Xml(Template),
    /// Sent as it is, with the content type the headers give (`application/octet-stream` unless given).
    Body(Template),
    /// A `Location` header, status 302 unless given.
    Redirect(Template),
    /// Nothing (204 unless a status is given).
    Empty,
}
