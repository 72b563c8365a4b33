//! Renders the answer to a caller.

use super::failure;
use crate::error::StepError;
use crate::names::View;
use crate::response::Response;
use bytes::Bytes;
use scenario::expression::{Moment, Template};
use scenario::plan::{Content, Respond};

/// How long an answer may be, in bytes: it is journaled whole.
const LONGEST: usize = 32 << 20;

pub(super) fn render(respond: &Respond, view: &View, moment: &Moment) -> Result<Response, StepError> {
    let status = status(&respond.status, view, moment)?;
    let mut headers = Vec::with_capacity(respond.headers.len() + 1);
    for (name, value) in &respond.headers {
        let text = header_value(value.text(view, moment).map_err(failure)?)?;
        if name == "location" && (300..400).contains(&status) {
            lead(respond, value, &text)?;
        }
        headers.push((name.clone(), text));
    }
    let (body, content_type) = body(&respond.content, view, moment)?;
    if body.len() > LONGEST {
        let message = format!("the answer has {} bytes; {LONGEST} are the most", body.len());
        return Err(StepError::permanent("answer_too_large", message));
    }
    if let Some(content_type) = content_type
        && !headers.iter().any(|(name, _)| name == "content-type")
    {
        headers.push(("content-type".to_owned(), content_type.to_owned()));
    }
    if let Content::Redirect(target) = &respond.content {
        let text = header_value(target.text(view, moment).map_err(failure)?)?;
        lead(respond, target, &text)?;
        headers.push(("location".to_owned(), text));
    }
    Ok(Response { status, headers, body })
}

/// A redirect leads to a place of the author's choice: else anyone could make a link of this server that leads to their
/// page (CWE-601).
fn lead(respond: &Respond, template: &Template, target: &str) -> Result<(), StepError> {
    if respond.may_redirect(template, target) {
        return Ok(());
    }
    let message = "the redirect leads to a host that is neither written in the scenario nor listed";
    Err(StepError::permanent("open_redirect", message)
        .hint("Write the host itself, as `https://shop.example.com/{{ … }}`, or list it: `hosts: [shop.example.com]`."))
}

fn body(content: &Content, view: &View, moment: &Moment) -> Result<(Bytes, Option<&'static str>), StepError> {
    let text = |template: &Template| template.text(view, moment).map(Bytes::from).map_err(failure);
    Ok(match content {
        Content::Json(template) => {
            let mut out = Vec::with_capacity(128);
            template.write_json(view, moment, &mut out).map_err(failure)?;
            (out.into(), Some("application/json"))
        }
        Content::Text(template) => (text(template)?, Some("text/plain; charset=utf-8")),
        Content::Html(template) => (text(template)?, Some("text/html; charset=utf-8")),
        Content::Xml(template) => (text(template)?, Some("application/xml")),
        Content::Body(template) => (text(template)?, Some("application/octet-stream")),
        Content::Redirect(_) | Content::Empty => (Bytes::new(), None),
    })
}

fn status(template: &Template, view: &View, moment: &Moment) -> Result<u16, StepError> {
    let value = match template {
        Template::Literal(value) => value.clone(),
        template => template.render(view, moment).map_err(failure)?,
    };
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok());
    number.and_then(|number| u16::try_from(number).ok()).filter(|status| (200..=599).contains(status)).ok_or_else(
        || {
            StepError::permanent("bad_status", format!("`status` gives {value}, which is no HTTP status"))
                .hint("A status is a whole number from 200 to 599.")
        },
    )
}

/// A header value holds no control characters: a line break would start another header (RFC 9110 §5.5, CWE-113).
fn header_value(text: String) -> Result<String, StepError> {
    if text.chars().any(|character| character.is_control() && character != '\t') {
        return Err(StepError::permanent("bad_header", "a header's value holds a line break or a control character"));
    }
    Ok(text)
}
