//! Where a request goes. What stands in a path is escaped, so that no parameter leads anywhere else.

use super::Making;
use crate::app::scope::Scope;
use crate::app::shape::{Kind, Parameter};
use crate::app::template::Filled;
use crate::spec::invalid;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use run::error::StepError;
use scenario::data;
use scenario::expression::Piece;
use serde_json::Value;
use url::Url;

/// What is escaped within a segment: everything but what RFC 3986 §3.3 lets stand there, and `+`, which some take for a
/// space.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@');

/// The URL of a call.
pub(super) fn url(making: &Making<'_>, scope: &Scope<'_>) -> Result<Url, StepError> {
    let target = &making.exchange.target;
    let text = match whole(target, scope)? {
        Some(whole) => whole,
        None => path(target, making.parameters, scope)?,
    };
    if text.contains(|c: char| c.is_control()) {
        return Err(StepError::permanent("invalid_url", "the URL holds control characters"));
    }
    if text.starts_with("https://") || text.starts_with("http://") {
        return Url::parse(&text).map_err(|error| StepError::permanent("invalid_url", format!("no URL: {error}")));
    }
    let base = making.base.ok_or_else(|| {
        StepError::permanent("connection_broken", "the connection does not say where the service is")
            .hint("give the connection a `base`")
    })?;
    let base = base.as_str().trim_end_matches('/');
    Url::parse(&format!("{base}{text}")).map_err(|error| StepError::permanent("invalid_url", error.to_string()))
}

/// The URL that the target is as a whole: one expression that gives a complete one.
fn whole(target: &Filled, scope: &Scope<'_>) -> Result<Option<String>, StepError> {
    let pieces = target.pieces()?;
    let [Piece::Value(_)] = pieces.as_slice() else { return Ok(None) };
    let text = target.text(scope)?.unwrap_or_default();
    Ok((text.starts_with("https://") || text.starts_with("http://")).then_some(text))
}

/// The path with what its expressions give, escaped.
fn path(target: &Filled, parameters: &[Parameter], scope: &Scope<'_>) -> Result<String, StepError> {
    let mut text = String::new();
    for piece in target.pieces()? {
        match piece {
            Piece::Text(plain) => text.push_str(&plain),
            Piece::Value(expression) | Piece::Shown(expression) => {
                let source = expression.source().trim();
                let value = expression.eval(scope, &scope.moment);
                let value = value.map_err(|error| invalid(format!("`{source}` of the path: {}", error.message)))?;
                let is_path =
                    parameters.iter().any(|it| it.name == source && matches!(it.kind, Kind::Path | Kind::Url));
                push(&mut text, &segments(&data::to_json(&value), is_path), source)?;
            }
        }
    }
    Ok(text)
}

/// What a value is in a path: one segment, or for a list, and a parameter that is a path, several.
fn segments(value: &Value, is_path: bool) -> Vec<String> {
    match value {
        Value::String(text) if is_path => text.trim_matches('/').split('/').map(str::to_owned).collect(),
        Value::String(text) => vec![text.clone()],
        Value::Null => vec![String::new()],
        Value::Array(items) => items.iter().flat_map(|item| segments(item, false)).collect(),
        other => vec![other.to_string()],
    }
}

fn push(text: &mut String, segments: &[String], source: &str) -> Result<(), StepError> {
    if text.contains('?') {
        text.extend(url::form_urlencoded::byte_serialize(segments.join("/").as_bytes()));
        return Ok(());
    }
    if segments.iter().all(String::is_empty) {
        return Err(invalid(format!("`{source}` is empty, and stands in the path")));
    }
    // A path of its own would lead out of the one it stands in.
    if let Some(odd) = segments.iter().find(|part| matches!(part.as_str(), "." | "..") || part.contains('\\')) {
        return Err(invalid(format!("`{source}` cannot be `{odd}`, for it stands in the path")));
    }
    let escaped: Vec<String> = segments.iter().map(|part| utf8_percent_encode(part, SEGMENT).to_string()).collect();
    text.push_str(&escaped.join("/"));
    Ok(())
}
