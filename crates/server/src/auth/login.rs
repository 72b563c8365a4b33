//! Logging in and out: by the link printed at the start, by name and password, or by the token.

use super::guard::{Caller, cross_site, is_of_another_site};
use super::sessions::{IDLE, Way};
use crate::App;
use crate::error::Problem;
use crate::gateway;
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, get, post, web};
use serde::Deserialize;
use std::net::IpAddr;

/// The page that asks who it is, with a place for one sentence.
const PAGE: &str = include_str!("login/page.html");

/// What it says at first.
const ASKING: &str =
    "<p>Give your name and password, or the server's token, or open the link that it printed when it started.</p>";

/// What it says after a wrong try.
const WRONG: &str = "<p role=\"alert\">That name with that password, that token or that link is not valid. A link works \
                     once, for 24 hours; a restart makes a new one.</p>";

/// What the form sends: a name with a password, or a token.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    token: String,
}

/// `GET /login`
#[get("/login")]
pub(crate) async fn form() -> HttpResponse {
    page(StatusCode::OK, ASKING)
}

/// `POST /login`
#[post("/login")]
pub(crate) async fn with_credentials(
    request: HttpRequest,
    app: web::Data<App>,
    web::Form(given): web::Form<Credentials>,
) -> Result<HttpResponse, Problem> {
    // Programs say nothing of an origin; a browser always does, and may not be made to log in by another site.
    if is_of_another_site(&request, &app) {
        return Err(cross_site());
    }
    if given.password.is_empty() && given.token.is_empty() {
        return Err(Problem::bad_request("a `name` and `password` are asked for, or a `token`"));
    }
    let address = throttled(&request, &app)?;
    let way = if !given.token.is_empty() && app.options().token.is(given.token.trim()) {
        Some(Way::Token)
    } else if !given.password.is_empty() && is_administrator(&app, given).await? {
        Some(Way::Password)
    } else {
        None
    };
    Ok(answer(&app, address, way))
}

/// Whether name and password are right. Hashing takes its time, and memory: it waits for its turn.
async fn is_administrator(app: &web::Data<App>, given: Credentials) -> Result<bool, Problem> {
    let _room = app.accounts().room().await;
    let app = app.clone();
    let is_right = web::block(move || app.accounts().is_administrator(&given.name, &given.password));
    is_right.await.map_err(|error| Problem::internal(&error))
}

/// `GET /login/{code}`
#[get("/login/{code}")]
pub(crate) async fn with_code(
    request: HttpRequest,
    app: web::Data<App>,
    code: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let address = throttled(&request, &app)?;
    let way = app.login_codes().redeem(&code, app.now()).then_some(Way::Link);
    Ok(answer(&app, address, way))
}

/// `POST /logout`
pub(crate) async fn logout(caller: Caller, app: web::Data<App>) -> HttpResponse {
    if let Some(key) = caller.session() {
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

/// Counts a try to come in, before it is looked at, and gives the address to forgive once it was right.
pub(crate) fn throttled(request: &HttpRequest, app: &App) -> Result<IpAddr, Problem> {
    let address = address(request, app);
    app.throttle().attempt(address, app.now()).map_err(|seconds| {
        let detail = "too many wrong tries from this address";
        Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tries", detail).retry_after(seconds)
    })?;
    Ok(address)
}

/// A session for who came in this way.
fn answer(app: &App, address: IpAddr, way: Option<Way>) -> HttpResponse {
    let Some(way) = way else { return page(StatusCode::UNAUTHORIZED, WRONG) };
    app.throttle().succeed(address);
    home().cookie(session_cookie(app, app.sessions().open(way, app.now()))).finish()
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

/// The cookie that carries a session's secret.
pub(crate) fn session_cookie(app: &App, secret: String) -> Cookie<'static> {
    Cookie::build(cookie_name(app), secret)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_secure())
        .max_age(time::Duration::milliseconds(IDLE))
        .finish()
}

fn page(status: StatusCode, sentence: &str) -> HttpResponse {
    let page = PAGE.replace("{sentence}", sentence);
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page)
}
