//! Which form of a content a client reads, and whether it has that content already.

use crate::assets::Coding;
use actix_web::http::header;
use actix_web::{HttpMessage, HttpRequest};

/// Whether the client reads what was so compressed (RFC 9110 §12.5.3).
pub(crate) fn reads(request: &HttpRequest, coding: Coding) -> bool {
    let Some(accepted) = request.get_header::<header::AcceptEncoding>() else { return false };
    let named = accepted.iter().find(|one| one.item.to_string().eq_ignore_ascii_case(coding.token()));
    named
        .or_else(|| accepted.iter().find(|one| one.item.is_any()))
        .is_some_and(|one| one.quality > header::Quality::ZERO)
}

/// Whether the client has the content of this tag already (RFC 9110 §13.1.2).
pub(crate) fn is_known(request: &HttpRequest, tag: &str) -> bool {
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    known.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
}
