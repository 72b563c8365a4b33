//! Requests that ask about a webhook and start nothing: whether it is there (`HEAD`), and who may send what (`OPTIONS`);
//! and what pages of other sites may see of answers.

use super::{Gateway, caller, fields};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use triggers::webhook::cloudevents;
use triggers::webhook::cors::Field;
use triggers::webhook::headers::check;
use triggers::webhook::problem::Refusal;

/// The answer to a `HEAD` or `OPTIONS` request. Some providers will only take a webhook that answers `HEAD` by 200.
pub(super) fn answer(request: &HttpRequest, gateway: &Gateway) -> Result<HttpResponse, Refusal> {
    let hooks = gateway.hooks.current();
    let (hook, methods) = hooks.asked(path(request))?;
    let headers = fields(request);
    check(&headers)?;
    let ip = caller(request, &gateway.proxies, &headers);
    hook.admit(ip)?;
    gateway.count(ip)?;
    if *request.method() == Method::HEAD {
        return Ok(HttpResponse::Ok().finish());
    }
    let mut response = HttpResponse::NoContent().insert_header((header::ALLOW, allow(methods))).finish();
    add(&mut response, hook.cors.preflight(&headers, methods).unwrap_or_default());
    add(&mut response, cloudevents::permission(&headers).unwrap_or_default());
    Ok(response)
}

fn allow(methods: &[String]) -> String {
    let all: Vec<&str> = methods.iter().map(String::as_str).chain(["HEAD", "OPTIONS"]).collect();
    all.join(", ")
}

/// Lets the page read the answer that its request gets, refusals too, where the webhook is open to it.
pub(super) fn show(response: &mut HttpResponse, request: &HttpRequest, gateway: &Gateway) {
    if request.headers().contains_key(header::ORIGIN)
        && let Ok((hook, _)) = gateway.hooks.current().asked(path(request))
    {
        add(response, hook.cors.headers(&fields(request)));
    }
}

/// The path below `/hook/`, as it came.
fn path(request: &HttpRequest) -> &str {
    request.uri().path().strip_prefix("/hook/").unwrap_or_default()
}

fn add(response: &mut HttpResponse, fields: Vec<Field>) {
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value.as_ref()) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
}
