//! Who is asking, and whether they may.

use super::login;
use super::origin::{self, Origin};
use super::sessions::{SessionKey, Way};
use crate::App;
use crate::error::Problem;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest, ResponseError, web};
use std::future::{Ready, ready};
use std::sync::Arc;

/// Someone who may come in, and by what we know them.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    user: Arc<str>,
    means: Means,
}

/// By what we know a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Means {
    /// A token, in the `Authorization` header.
    Token,
    /// A session, in a browser's cookie.
    Session(SessionKey, Way),
}

/// What answers anyone below the guard: whether somebody is to be made administrator, and making them so, for which the
/// code of the printed link is asked.
const PUBLIC: &str = "/api/v1/setup";

/// Lets in who is known and may do this; stands around every route that is not public. Handlers behind it can ask for
/// the [`Caller`].
pub(crate) async fn require<B: MessageBody>(
    app: web::Data<App>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let caller = identify(request.request(), &app).and_then(|caller| permit(caller, request.request(), &app));
    match caller {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            Ok(next.call(request).await?.map_into_left_body())
        }
        // Programs say nothing of an origin; a browser always does.
        Err(_) if request.path() == PUBLIC && !is_of_another_site(request.request(), &app) => {
            Ok(next.call(request).await?.map_into_left_body())
        }
        Err(problem) => Ok(request.into_response(problem.error_response()).map_into_right_body()),
    }
}

/// The user who asks on a route that is open to anyone, where that is certain: a browser with a session counts on our
/// own pages alone. An `Authorization` header that is none of ours is not minded; it may be meant for whoever called.
pub(crate) fn who(request: &HttpRequest, app: &App) -> Option<Arc<str>> {
    let caller = identify(request, app).ok()?;
    let is_ours = || origin::of(request.headers(), &app.options().public_url) == Origin::Same;
    let certain = caller.means == Means::Token || is_ours();
    certain.then_some(caller.user)
}

/// The session of whoever asks on a route that is open to anyone. It says whose browser this is, and no more: another
/// site's page may have sent it here.
pub(crate) fn session(request: &HttpRequest, app: &App) -> Option<SessionKey> {
    identify(request, app).ok()?.session()
}

/// By what we know them. A token that is given must be right, whatever else comes with it.
fn identify(request: &HttpRequest, app: &App) -> Result<Caller, Problem> {
    if let Some(given) = request.headers().get(header::AUTHORIZATION) {
        let token = given.to_str().ok().and_then(bearer);
        return token.and_then(|token| holder(token, app)).ok_or_else(unknown);
    }
    let cookie = request.cookie(&login::cookie_name(app)).ok_or_else(unknown)?;
    let (key, way) = app.sessions().find(cookie.value(), app.now()).ok_or_else(unknown)?;
    Ok(Caller { user: app.accounts().name(), means: Means::Session(key, way) })
}

/// Whose token this is: the server's own is the administrator's, one that was made for a program goes by its name.
fn holder(token: &str, app: &App) -> Option<Caller> {
    if app.options().token.is(token) {
        return Some(Caller { user: app.accounts().name(), means: Means::Token });
    }
    let found = app.accounts().tokens().find(token, app.now())?;
    if let Some(id) = found.to_remember {
        let app = app.clone();
        // What comes of it is told by the log: the request itself does not wait for it.
        drop(web::block(move || {
            if let Err(error) = app.accounts().tokens().remember(&id) {
                tracing::warn!(%error, "when a token was last used was not kept");
            }
        }));
    }
    Some(Caller { user: format!("token:{}", found.name).into(), means: Means::Token })
}

/// Whether they may. Everyone who is known may do everything; but a browser that carries a session may change
/// something only on behalf of our own pages.
fn permit(caller: Caller, request: &HttpRequest, app: &App) -> Result<Caller, Problem> {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match caller.means {
        Means::Session(..) if !only_reads => match origin::of(request.headers(), &app.options().public_url) {
            Origin::Same => Ok(caller),
            Origin::Other | Origin::Unsaid => Err(cross_site()),
        },
        Means::Session(..) | Means::Token => Ok(caller),
    }
}

/// Whether a browser says that a page of another site wants this.
pub(super) fn is_of_another_site(request: &HttpRequest, app: &App) -> bool {
    origin::of(request.headers(), &app.options().public_url) == Origin::Other
}

/// The token of a `Bearer` header (RFC 6750 §2.1); the scheme's name may be in any case (RFC 9110 §11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn unknown() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "this needs a token or a login")
        .header(header::WWW_AUTHENTICATE, "Bearer realm=\"hookmill\"")
}

pub(super) fn cross_site() -> Problem {
    let detail = "a page of another site, or one that does not say which, may change nothing here";
    Problem::new(StatusCode::FORBIDDEN, "cross_site", detail)
}

impl Caller {
    /// The user's name, as runs record it.
    pub(crate) fn user(&self) -> &str {
        &self.user
    }

    /// By what we know them.
    pub(crate) fn means(&self) -> Means {
        self.means
    }

    /// The session, where there is one.
    pub(crate) fn session(&self) -> Option<SessionKey> {
        match self.means {
            Means::Session(key, _) => Some(key),
            Means::Token => None,
        }
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    /// Finds who [`require`] let in.
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(request.extensions().get::<Self>().cloned().ok_or_else(unknown))
    }
}
