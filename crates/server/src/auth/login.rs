//! Logging in and out: by the link printed at the start, or by the token.

use super::guard::{Caller, cross_site};
use super::origin::{self, Origin};
use super::sessions::IDLE;
use crate::App;
use crate::error::Problem;
use crate::gateway;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use serde::Deserialize;
use std::net::IpAddr;

/// The page that asks for the token.
const FORM: &str = include_str!("login/form.html");

/// The same, after a wrong try.
const WRONG: &str = include_str!("login/wrong.html");

/// What the form sends.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    token: String,
}

/// `GET /login`
#[get("/login")]
pub(crate) async fn form() -> HttpResponse {
    html(StatusCode::OK, FORM)
}

/// `POST /login`
#[post("/login")]
pub(crate) async fn with_token(
    request: HttpRequest,
    app: web::Data<App>,
    web::Form(given): web::Form<Credentials>,
) -> Result<HttpResponse, Problem> {
    // Programs say nothing of an origin; a browser always does, and may not be made to log in by another site.
    if origin::of(request.headers(), &app.options().public_url) == Origin::Other {
        return Err(cross_site());
    }
    attempt(&request, &app, |app| app.options().token.is(given.token.trim()))
}

/// `GET /login/{code}`
#[get("/login/{code}")]
pub(crate) async fn with_code(
    request: HttpRequest,
    app: web::Data<App>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    attempt(&request, &app, |app| app.login_codes().redeem(&code, app.now()))
}

/// `POST /logout`
pub(crate) async fn logout(caller: Caller, app: web::Data<App>) -> HttpResponse {
    if let Caller::Session(key) = caller {
        app.sessions().close(key);
    }
    let mut cookie = session_cookie(&app, String::new());
    cookie.make_removal();
    home().cookie(cookie).finish()
}

/// The name of the session's cookie. Browsers keep one jar for all ports of a host: the port keeps servers apart. With
/// TLS, `__Host-` has browsers refuse one that another host set (RFC 6265bis §4.1.3).
pub(super) fn cookie_name(app: &App) -> String {
    let url = &app.options().public_url;
    let prefix = if app.is_secure() { "__Host-" } else { "" };
    format!("{prefix}hookmill-{}", url.port_or_known_default().unwrap_or_default())
}

fn attempt(request: &HttpRequest, app: &App, is_right: impl FnOnce(&App) -> bool) -> Result<HttpResponse, Problem> {
    let address = address(request, app);
    app.throttle().attempt(address, app.now()).map_err(|seconds| {
        let detail = "too many wrong tries from this address";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", detail).retry_after(seconds)
    })?;
    if !is_right(app) {
        return Ok(html(StatusCode::UNAUTHORIZED, WRONG));
    }
    app.throttle().succeed(address);
    Ok(home().cookie(session_cookie(app, app.sessions().open(app.now()))).finish())
}

/// Where the request comes from, behind the proxies that are believed.
fn address(request: &HttpRequest, app: &App) -> IpAddr {
    gateway::caller(request, app.gateway().proxies(), &gateway::fields(request))
}

/// To the start page, and nowhere else: where to go is never taken from the request.
fn home() -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, "/"));
    response
}

fn session_cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build(cookie_name(app), secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_secure())
        .max_age(time::Duration::milliseconds(IDLE))
        .finish()
}

fn html(status: StatusCode, page: &'static str) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page)
}
